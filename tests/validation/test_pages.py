"""The pages of the rules in `docs/rules/`: one for each, in one form, with examples that do what they say."""

from __future__ import annotations

import os
import re

import pytest

from navigator_export import validate
from navigator_export.validation import RULES, Rule
from navigator_export.validation.pages import FOLDER, address, page
from tests.real_inputs import ROOT

REWRITE = os.environ.get("NAVIGATOR_EXPORT_REWRITE_GOLDEN") == "1"
SECTIONS = ("What it reports", "Why it is bad", "Example", "Instead")
PAGES = ROOT / FOLDER
LIST = ROOT / "docs" / "rules.md"

RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def sections(rule: Rule) -> dict[str, str]:
    """Return the text of each section of a rule's page, by its heading."""
    _, *parts = re.split(r"^## ", page(rule.id) or "", flags=re.MULTILINE)
    return {heading: text.strip() for heading, text in (part.split("\n", 1) for part in parts)}


def example(text: str) -> bytes:
    """Return the one block of JSON in a section, in the encoding that it names."""
    [(encoding, block)] = re.findall(r"^```json ?([\w-]*)\n(.*?\n)```$", text, flags=re.MULTILINE | re.DOTALL)
    return block.encode(encoding or "utf-8")


def head(rule: Rule) -> str:
    """Return how a rule's page begins."""
    return f"# {rule.id}\n\n**{rule.severity}**: {rule.doc}\n\n"


def listed() -> str:
    """Return the list of all rules."""
    rows = (f"| [{rule.id}](rules/{rule.id}.md) | {rule.severity} | {rule.doc} |" for rule in RULES)
    return "\n".join(
        (
            "# Rules",
            "",
            "What `navigator-export validate` reports; `--explain RULE` shows a rule's page, and",
            "[Validating](validate.md) tells how to select and ignore rules.",
            "",
            "| Rule | Severity | |",
            "| --- | --- | --- |",
            *rows,
            "",
        )
    )


@RULE
def test_page_says_what_why_and_what_instead(rule: Rule) -> None:
    file = PAGES / f"{rule.id}.md"
    if REWRITE and file.is_file():
        first = file.read_text("utf-8").index("## ")
        file.write_text(head(rule) + file.read_text("utf-8")[first:], "utf-8")
    text = page(rule.id)
    assert text is not None, f"write {FOLDER}/{rule.id}.md"
    assert text.startswith(head(rule) + f"## {SECTIONS[0]}\n"), "NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 writes it"
    found = sections(rule)
    assert tuple(found) == SECTIONS
    assert all(found.values())


@RULE
def test_example_breaks_the_rule_and_nothing_else(rule: Rule) -> None:
    assert {finding.rule for finding in validate(example(sections(rule)["Example"]))} == {rule.id}


@RULE
def test_what_to_write_instead_is_clean(rule: Rule) -> None:
    assert validate(example(sections(rule)["Instead"])) == ()


def test_every_page_is_that_of_a_rule() -> None:
    assert {file.name for file in PAGES.iterdir()} == {f"{rule.id}.md" for rule in RULES}


def test_list_has_every_rule() -> None:
    if REWRITE:
        LIST.write_text(listed(), "utf-8")
    assert LIST.read_text("utf-8") == listed(), "NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 writes it"


def test_rule_that_there_is_not_has_no_page() -> None:
    assert page("no-such-rule") is None


def test_addresses_are_those_of_the_files() -> None:
    assert address("not-json").endswith("/blob/main/docs/rules/not-json.md")
