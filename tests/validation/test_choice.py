from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.validation import RULES, Finding
from navigator_export.validation.choice import Choice, unknown_rules

IDS = {rule.id for rule in RULES}


def finding(rule: str, file: str = "a.json") -> Finding:
    return Finding(rule, "error", "$", "message", file=file)


FOUND = [finding("technique-revoked"), finding("technique-duplicate"), finding("not-json"), finding("link-protocol")]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice(), IDS),
        (Choice(ignore=("not-json",)), IDS - {"not-json"}),
        (Choice(ignore=("technique-*", "not-*")), {i for i in IDS if not i.startswith(("technique-", "not-"))}),
        (Choice(select=("technique-*",)), {i for i in IDS if i.startswith("technique-")}),
        (Choice(select=("technique-*", "not-json"), ignore=("*-json", "technique-r*")), None),
        (Choice(ignore=("*",)), set()),
        (Choice(select=("NOT-JSON",)), {"not-json"}),
    ],
)
def test_rules_are_told_that_are_selected_and_not_ignored(choice: Choice, told: set[str] | None) -> None:
    if told is None:
        told = {i for i in IDS if i.startswith("technique-")} - {"technique-revoked"}
    assert choice.rules == told


def test_findings_are_split_in_their_order_and_none_is_lost() -> None:
    told, ignored = Choice(ignore=("technique-*",)).split(FOUND)
    assert (told, ignored) == (FOUND[2:], FOUND[:2])
    assert Choice().split(FOUND) == (FOUND, [])


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("a.json", {"a.json", "old/a.json", "old/deep/a.json"}),
        ("old/*", {"old/a.json", "old/b.json", "old/deep/a.json"}),
        ("old/?.json", {"old/a.json", "old/b.json"}),
        ("*", {"a.json", "old/a.json", "old/b.json", "old/deep/a.json"}),
        ("*/deep/*", {"old/deep/a.json"}),
    ],
)
def test_rules_of_a_file_are_ignored_there_alone(
    pattern: str, files: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    named = ("a.json", "old/a.json", "old/b.json", "old/deep/a.json")
    choice = Choice(per_file=((pattern, ("technique-*",)),), folder=str(tmp_path))
    for named_by in ("../{}", str(tmp_path / "{}")):
        found = [finding(rule, named_by.format(name)) for name in named for rule in ("technique-revoked", "not-json")]
        told, ignored = choice.split(found)
        assert ignored == [finding("technique-revoked", named_by.format(name)) for name in named if name in files]
        assert len(told) + len(ignored) == len(found)


def test_file_beyond_the_folder_is_told_by_its_whole_path_or_its_name(tmp_path: Path) -> None:
    found = [finding("not-json", str(tmp_path / "a.json"))]
    for pattern, ignored in (("a.json", True), (f"{tmp_path}/*", True), ("b.json", False)):
        choice = Choice(per_file=((pattern, ("not-json",)),), folder=str(tmp_path / "below"))
        assert choice.split(found) == (([], found) if ignored else (found, []))


def test_rule_that_there_is_not_is_told_with_its_index_and_the_nearest() -> None:
    [(index, problem)] = unknown_rules(["technique-*", "technique-revokd", "NOT-JSON"])
    assert index == 1
    assert str(problem).startswith("there is no rule 'technique-revokd'; nearest rules: technique-revoked")
