from __future__ import annotations

import csv
import io

from navigator_export.analysis.comparison import compare
from navigator_export.analysis.gaps import gaps
from navigator_export.analysis.plan import plan
from navigator_export.analysis.reports import (
    as_csv,
    as_markdown,
    as_values,
    of_comparison,
    of_gaps,
    of_plan,
    of_use,
)
from navigator_export.attack import builtin
from tests.analysis.sides_made import at_tier, made_coverage, made_use
from tests.made_inputs import make_row, rated_rows

OLD, NEW = (made_coverage(rated_rows(), recipe=at_tier(tier)) for tier in ("E3", "E5"))
USE = made_use(T1566=3, T1114=2, T1003=1)


def test_comparison_says_how_many_of_how_many() -> None:
    report = of_comparison(compare(OLD, NEW, builtin()))
    assert report.sentences[0] == "1 gained, 1 better, 0 worse, 0 lost, 2 same."
    assert "3 before, 4 after, of 656 techniques and sub-techniques of enterprise ATT&CK 16.1" in report.sentences[1]
    assert [row[:5] for row in report.tables[-1].rows] == [
        ("gained", "T1566", "Phishing", "", "partial"),
        ("better", "T1114", "Email Collection", "partial", "significant"),
    ]


def test_gaps_say_their_denominators_and_what_they_do_not_tell() -> None:
    report = of_gaps(gaps(OLD, USE, builtin(), [NEW]))
    said = " ".join(report.sentences)
    assert "1 of the 3 techniques that are used are covered (33.3 %)" in said
    assert "33.3 % of 6 uses" in said
    assert "not protection" in said
    assert "not how common" in said
    assert report.tables[-1].rows[0] == (
        "uncovered",
        "T1566",
        "Phishing",
        "3",
        "",
        "E5: HUNT-E5 detect partial, respond minimal",
    )


def test_what_is_not_listed_is_counted() -> None:
    report = of_gaps(gaps(OLD, USE, builtin()), most=1)
    assert len(report.tables[-1].rows) == 1
    assert "The 1 most used gaps are listed, of 2." in report.sentences


def test_plan_says_how_far_it_goes() -> None:
    report = of_plan(plan(NEW, USE))
    assert "covers 83.3 % of use" in report.sentences[0]
    assert "proven" in report.sentences[1]


def test_markup_in_texts_stays_text() -> None:
    hostile = made_coverage([make_row("A|B-E3<script>", "T1114")])
    text = as_markdown(of_comparison(compare(OLD, hostile, builtin())))
    assert "<script>" not in text
    rows = [line for line in text.splitlines() if line.startswith(("| lost", "| gained"))]
    assert all(line.replace("\\|", "").count("|") == 7 for line in rows)


def test_cells_of_csv_are_no_formulas() -> None:
    coverage = made_coverage([make_row("=1+1-E3", "T1114")])
    rows = list(csv.reader(io.StringIO(as_csv(of_plan(plan(coverage, made_use(T1114=1)))))))
    assert rows[1][1] == "'=1+1-E3"


def test_json_has_no_list_of_all_techniques_of_a_side() -> None:
    values = as_values(gaps(OLD, USE, builtin()))
    assert "techniques" not in values["coverage"]
    assert values["shares"]["of"] == 3
    assert values["techniques"][0]["technique"] == "T1566"


def test_use_lists_every_technique() -> None:
    release = builtin().require(USE.domain, USE.attack_version)
    assert [row[:3] for row in of_use(USE, release).tables[0].rows] == [
        ("T1003", "OS Credential Dumping", "1"),
        ("T1114", "Email Collection", "2"),
        ("T1566", "Phishing", "3"),
    ]
