from __future__ import annotations

import json

import pytest

from navigator_export.analysis.gaps import Gaps, gaps
from navigator_export.analysis.gates import Earlier, earlier_in, failing
from navigator_export.analysis.reports import as_values
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError, SourceError
from navigator_export.output import as_json
from tests.analysis.sides_made import at_tier, made_coverage, made_use
from tests.made_inputs import rated_rows


def found(tier: str) -> Gaps:
    return gaps(made_coverage(rated_rows(), recipe=at_tier(tier)), made_use(T1566=3, T1114=2), builtin())


def index(**entry: object) -> bytes:
    known = {"coverage": "E3 · M365 2025-07-18", "threat": "a list", "by_use": 0.4, "by_rating": 0.2}
    return json.dumps({"generator": "navigator-export 1", "gaps": [known | entry]}).encode()


def test_an_answer_is_no_worse_than_itself() -> None:
    for tier in ("E3", "E5"):
        answer = as_json(as_values(found(tier))).encode()
        assert failing(found(tier), earlier=earlier_in(answer, "f.json", found(tier))) == ()


def test_more_is_no_failure_and_less_is_told_in_each_respect() -> None:
    less, more = (as_json(as_values(found(tier))).encode() for tier in ("E3", "E5"))
    assert failing(found("E5"), earlier=earlier_in(less, "f.json", found("E5"))) == ()
    sunk = failing(found("E3"), earlier=earlier_in(more, "f.json", found("E3")))
    assert [words.partition(",")[0] for words in sunk] == [
        "40.0 % of use is covered",
        "weighted by rating",
        "covered before",
    ]


def test_index_of_a_build_is_looked_up_by_coverage_and_threat() -> None:
    assert earlier_in(index(), "index.json", found("E3")) == Earlier(0.4, 0.2)
    for other in ({"coverage": "E5 · M365 2025-07-18"}, {"threat": "another"}):
        with pytest.raises(SourceError, match=r"does not say what E3 .* covers of a list; it has"):
            earlier_in(index(**other), "index.json", found("E3"))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"use": 5}', b"\xff", b"[" * 100_000])
def test_anything_else_is_no_earlier_answer(data: bytes) -> None:
    with pytest.raises(SourceError, match="no earlier answer"):
        earlier_in(data, "f.json", found("E3"))


def test_required_techniques_are_ids() -> None:
    with pytest.raises(SelectionError, match="no technique ids: 'PowerShell'"):
        failing(found("E3"), required=["PowerShell"])
