from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from navigator_export.errors import SourceError
from navigator_export.frameworks import FRAMEWORKS, framework, framework_called, key
from navigator_export.sets.names import find, is_full_name, is_name, name_of, newest_first, with_newer
from navigator_export.sets.registry import PublishedSet, known
from tests.sets.made_sets import M365, OLD_M365, made

SETS = known().sets


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("m365", "m365:2025-07-18@16.1"),
        ("M365", "m365:2025-07-18@16.1"),
        ("Microsoft 365", "m365:2025-07-18@16.1"),
        ("m365@12.11.2023", "m365:2023-12-11@14.1"),
        ("m365@12/11/2023", "m365:2023-12-11@14.1"),
        ("m365@2023-12-11", "m365:2023-12-11@14.1"),
        ("m365:2023", "m365:2023-12-11@14.1"),
        ("m365@14", "m365:2023-12-11@14.1"),
        ("nist", "nist:rev5@16.1"),
        ("nist_800_53", "nist:rev5@16.1"),
        ("NIST-800-53", "nist:rev5@16.1"),
        ("800-53:5@v16.1", "nist:rev5@16.1"),
        ("nist:r4", "nist:rev4@14.1"),
        ("nist:Rev 5@8.2", "nist:rev5@8.2"),
        ("nist@14.1", "nist:rev5@14.1"),
        ("cri:v2.1", "cri:2.1@16.1"),
        ("cri:2.1", "cri:2.1@16.1"),
        ("csa", "ccm:4.1@17.1"),
        ("google-cloud", "gcp:2025-03-06@16.1"),
        ("intel-vpro", "vpro:2024-08-20@15.1"),
        ("veris@mobile", "veris:1.4.0@16.1@mobile"),
        ("veris:1.3.7@ics", "veris:1.3.7@12.1@ics"),
        ("kev@15.1@mobile", "kev:2025-02-13@15.1@mobile"),
        ("kev@Mobile@15.1", "kev:2025-02-13@15.1@mobile"),
    ],
)
def test_name_finds_its_set(word: str, name: str) -> None:
    assert name_of(find(word, SETS)) == name


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("m356", "there is no published set of this name; nearest sets: m365"),
        ("cis", "no published set of CIS Controls is known; there are sets of AWS"),
        ("m365@99", "no published set of Microsoft 365 at ATT&CK 99; there are m365:2025-07-18@16.1"),
        ("m365@11.12.2023", "no published set of Microsoft 365 of 11.12.2023; there are m365:2025-07-18@16.1"),
        ("m365@mobile", "no published set of Microsoft 365 for mobile"),
        ("nist:rev6", "of version rev6; there are nist:rev5@16.1, nist:rev5@14.1"),
        ("nist:rev4@16.1", "at ATT&CK 16.1; there are nist:rev4@14.1"),
        ("ccm@four", "'four' is none of what follows an @"),
        ("m365@14.1@16.1", "at ATT&CK 16.1; there are m365:2023-12-11@14.1"),
    ],
)
def test_name_of_no_set_is_told_with_the_nearest(word: str, told: str) -> None:
    with pytest.raises(SourceError) as raised:
        find(word, SETS)
    assert told in str(raised.value)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("one", SETS, ids=name_of)
def test_full_name_leaves_nothing_open(one: PublishedSet) -> None:
    name = name_of(one)
    assert find(name, SETS) is one
    assert is_full_name(name)
    assert [other for other in SETS if name_of(other) == name] == [one]


def test_full_name_stays_with_its_set_when_newer_ones_come() -> None:
    later = made("m365", "01/02/2027", "21.0").facts
    assert name_of(find("m365", [*SETS, later])) == "m365:2027-01-02@21.0"
    for one in SETS:
        assert find(name_of(one), [*SETS, later]) is one


@pytest.mark.parametrize("word", ["mappings.json", "m365-12.11.2023_attack-14.1-enterprise.json", "a/m365", "x", ""])
def test_other_words_are_no_names(word: str) -> None:
    assert not is_name(word)


def test_short_name_is_no_full_one() -> None:
    assert not is_full_name("m365")
    assert not is_full_name("m365:2025-07-18")


@given(st.text(max_size=30), st.sampled_from(["", ":", "@"]), st.sampled_from(["m365", "nist", "veris", ""]))
def test_any_text_finds_a_set_or_says_why_not(text: str, mark: str, framework_word: str) -> None:
    word = f"{framework_word}{mark}{text}"
    try:
        found = find(word, SETS)
    except SourceError as error:
        found = None
        problem = error.problems[0]
    assert found in SETS if found else problem.hint


def test_every_framework_is_called_by_id_name_and_words_of_its_own() -> None:
    published = {id_: one for id_, one in FRAMEWORKS.items() if one.words}
    assert FRAMEWORKS.keys() - published.keys() == {"larkfield"}
    for id_, one in published.items():
        for word in filter(None, (id_, id_.replace("_", "-"), one.name, one.short, *one.words)):
            assert framework_called(word.upper()) == id_
    assert {key(one.framework) for one in SETS} <= FRAMEWORKS.keys()
    assert all(framework(one.framework).words for one in SETS)


def test_list_begins_with_what_short_names_take() -> None:
    m365 = [name_of(one) for one in newest_first(SETS) if one.framework == "m365"]
    assert m365 == ["m365:2025-07-18@16.1", "m365:2023-12-11@14.1"]


def test_newer_sets_come_beside_and_other_contents_in_place() -> None:
    changed = made("m365", "07/18/2025", rows=3).facts
    again = replace(OLD_M365.facts, commit="1" * 40)
    later = made("m365", "01/02/2027", "21.0").facts
    known_sets = (OLD_M365.facts, M365.facts)
    assert with_newer(known_sets, (changed, again, later)) == (OLD_M365.facts, changed, later)
