from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st

from navigator_export import Finding, validate
from navigator_export.characters import spelled_out
from navigator_export.validation import RULES, Checked, Rule, validate_files
from navigator_export.validation.pages import REPOSITORY, address, page
from navigator_export.validation.reports import REPORT_FORMATS, Account, markdown, report, step_summary
from navigator_export.version import __version__
from tests.made_inputs import Json, layer_bytes, make_layer_json

FINDING = Finding("field-type", "error", "$.name", "is empty", "the tab's title", "a.json")


# ---- reading the formats, each as its own documentation says ---------------------------------------------------------


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield severity, properties and message of each workflow command."""
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        yield match[1], {name: unescaped(value) for name, value in pairs}, unescaped(match[3])


URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


def checked_sarif(text: str) -> dict[str, Any]:
    """Return a SARIF log, after a check of what SARIF 2.1.0 requires of the objects in it."""
    log: dict[str, Any] = json.loads(text)
    assert log["version"] == "2.1.0"
    assert isinstance(log["runs"], list)
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert isinstance(driver["name"], str)
        rules = {rule["id"]: rule for rule in driver["rules"]}
        assert len(rules) == len(driver["rules"])
        for rule in rules.values():
            assert isinstance(rule["shortDescription"]["text"], str)
            assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
            if "helpUri" in rule:
                assert re.fullmatch(r"https://[\w./-]+", rule["helpUri"])
                assert rule["help"]["text"]
        assert isinstance(run["results"], list)
        for result in run["results"]:
            assert isinstance(result["message"]["text"], str)
            assert result["level"] in ("none", "note", "warning", "error")
            assert result["ruleId"] in rules
            for location in result["locations"]:
                physical = location["physicalLocation"]
                assert URI_REFERENCE.fullmatch(physical["artifactLocation"]["uri"])
                assert physical["region"]["startLine"] >= 1
    return log


# ---- the right line --------------------------------------------------------------------------------------------------

BAD = make_layer_json(
    techniques=[
        {"techniqueID": "T1114", "score": "one"},
        {"techniqueID": "T1086", "links": [{"label": "a", "url": "https://example.org"}, {"label": "b", "url": "x"}]},
        {"techniqueID": "T1566", "metadata": [{"name": "a", "value": "b"}, {"name": "c", "value": 5}]},
    ]
)
PLACES = {
    "$.techniques[0].score": '"score": "one"',
    "$.techniques[1].techniqueID": '"T1086"',
    "$.techniques[1].links[1].url": '"url": "x"',
    "$.techniques[2].metadata[1].value": '"value": 5',
}
"""What stands in the line of each finding of `BAD`."""

LAYOUTS: dict[str, Callable[[Json], str]] = {
    "pretty": lambda value: json.dumps(value, indent=2),
    "tabs": lambda value: json.dumps(value, indent="\t"),
    "CR LF": lambda value: json.dumps(value, indent=4).replace("\n", "\r\n"),
    "blank lines": lambda value: "\n\n" + json.dumps(value, indent=1).replace("\n", "\n\n"),
    "keys in reverse": lambda value: json.dumps(dict(reversed(value.items())), indent=2),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("format_", ["github", "sarif"])
def test_findings_name_the_lines_where_they_are(layout: str, format_: str) -> None:
    text = LAYOUTS[layout](BAD)
    data = text.encode()
    lines = text.replace("\r\n", "\n").split("\n")
    expected = {path: next(n for n, line in enumerate(lines, 1) if piece in line) for path, piece in PLACES.items()}
    assert reported_lines(data, format_) == expected


def reported_lines(data: bytes, format_: str) -> dict[str, int]:
    """Return the line of each path that has a finding, from one of the formats."""
    text = report(validate(data, "a.json"), {"a.json": data}, format_)
    if format_ == "github":
        return {message.partition(":")[0]: int(properties["line"]) for _, properties, message in commands(text)}
    [run] = checked_sarif(text)["runs"]
    return {
        where["logicalLocations"][0]["fullyQualifiedName"]: where["physicalLocation"]["region"]["startLine"]
        for result in run["results"]
        for where in result["locations"]
    }


@pytest.mark.parametrize("format_", ["github", "sarif"])
def test_findings_of_one_line_are_on_line_1(format_: str) -> None:
    assert reported_lines(json.dumps(BAD).encode(), format_) == dict.fromkeys(PLACES, 1)


def test_one_technique_a_line_is_told_by_its_line() -> None:
    head, *entries = (json.dumps(part) for part in (BAD | {"techniques": []}, *BAD["techniques"]))
    text = head.replace('"techniques": []', '"techniques": [\n' + ",\n".join(entries) + "\n]")
    lines = {path: 2 + int(path[len("$.techniques[")]) for path in PLACES}
    assert reported_lines(text.encode(), "github") == lines


def test_findings_in_a_list_of_layers_name_the_lines_of_their_layer() -> None:
    text = json.dumps([make_layer_json(), BAD, BAD], indent=2)
    found = reported_lines(text.encode(), "github")
    for path, piece in PLACES.items():
        at = [number for number, line in enumerate(text.split("\n"), 1) if piece in line]
        assert found[path.replace("$", "$[1]")] == at[0]
        assert found[path.replace("$", "$[2]")] == at[1]


@pytest.mark.parametrize(
    ("fields", "piece"),
    [
        ({"my field": 1}, '"my field"'),
        ({"größe": 1}, '"gr\\u00f6'),
        ({"a.b": 1}, '"a.b"'),
        ({"techniques": [{"techniqueID": "T1114", "score": 1, "x[0]": 1}]}, '"x[0]"'),
        ({"layout": {"expandedSubtechniques": "annotated", "sub techniques": 1}}, '"sub techniques"'),
    ],
)
def test_unknown_field_of_any_name_is_told_by_its_line(fields: dict[str, Json], piece: str) -> None:
    text = json.dumps(make_layer_json(**fields), indent=2)
    [line] = [number for number, content in enumerate(text.split("\n"), 1) if piece in content]
    assert list(reported_lines(text.encode(), "github").values()) == [line]


def test_missing_field_is_told_by_the_line_of_what_it_is_missing_in() -> None:
    text = json.dumps(make_layer_json(techniques=[{"techniqueID": "T1114"}, {"score": 5}]), indent=2)
    line_before = text.split("\n").index('      "score": 5')
    assert reported_lines(text.encode(), "github") == {"$.techniques[1]": line_before}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{\n  "name": \n}', 3),
        (b"", 1),
        (b'{"name":\n\n"M\xe4il"}', 3),
    ],
)
def test_file_that_is_no_json_is_told_by_the_line_where_it_breaks(data: bytes, line: int) -> None:
    severity, properties, _ = next(commands(report(validate(data, "a.json"), {"a.json": data}, "github")))
    assert (severity, properties["line"]) == ("error", str(line))


def test_finding_of_a_file_that_is_not_at_hand_is_on_line_1() -> None:
    [(_, properties, _)] = commands(report([FINDING], {}, "github"))
    assert properties == {"file": "a.json", "line": "1", "title": "field-type"}


# ---- text and JSON ---------------------------------------------------------------------------------------------------


def test_text_is_one_line_a_finding() -> None:
    assert report([FINDING, FINDING], {}, "text") == "\n".join([str(FINDING)] * 2)
    assert str(FINDING) == "a.json::$.name: error is empty; the tab's title [field-type]"


def test_json_counts_and_lists_what_was_found() -> None:
    warning = Finding("no-techniques", "warning", "$.techniques", "no technique", file="b.json")
    document = json.loads(report([FINDING, warning], {"a.json": b"", "b.json": b"", "c.json": b""}, "json"))
    assert document == {
        "files": ["a.json", "b.json", "c.json"],
        "errors": 1,
        "warnings": 1,
        "findings": [
            {
                "rule": "field-type",
                "severity": "error",
                "path": "$.name",
                "message": "is empty",
                "hint": "the tab's title",
                "file": "a.json",
            },
            {
                "rule": "no-techniques",
                "severity": "warning",
                "path": "$.techniques",
                "message": "no technique",
                "file": "b.json",
            },
        ],
    }


@pytest.mark.parametrize("format_", ["text", "github"])
def test_nothing_found_is_nothing_said(format_: str) -> None:
    assert report([], {"a.json": layer_bytes()}, format_) == ""


def test_nothing_found_is_a_whole_document() -> None:
    files = {"a.json": layer_bytes()}
    assert json.loads(report([], files, "json")) == {"files": ["a.json"], "errors": 0, "warnings": 0, "findings": []}
    [run] = checked_sarif(report([], files, "sarif"))["runs"]
    assert run["results"] == []


def test_sarif_tells_what_a_rule_is_about_and_where_its_page_is() -> None:
    [run] = checked_sarif(report(validate(layer_bytes(extra=1), "a.json"), {}, "sarif"))["runs"]
    assert run["tool"]["driver"]["informationUri"] == REPOSITORY
    [rule] = run["tool"]["driver"]["rules"]
    assert rule["helpUri"] == address("unknown-field")
    assert rule["help"] == {"text": page("unknown-field"), "markdown": page("unknown-field")}


def test_rule_without_a_page_has_no_address() -> None:
    own = Rule("own", "error", "A rule of somebody else's.")
    [run] = checked_sarif(report([own.finding("$", "bad", file="a.json")], {}, "sarif", [own]))["runs"]
    [rule] = run["tool"]["driver"]["rules"]
    assert rule.keys() == {"id", "shortDescription", "defaultConfiguration"}


# ---- an overview of many findings ------------------------------------------------------------------------------------


def overview(findings: list[Finding], *files: str) -> list[list[str]]:
    """Return the parts of the text about findings in files, each as its lines."""
    account = Account(tuple(Checked(file, ("enterprise 16.1",)) for file in files))
    return [part.splitlines() for part in report(findings, {}, "text", RULES, account).split("\n\n")]


def many(rule: str, severity: str, *numbers: int) -> list[Finding]:
    """Return so many findings of a rule in the first file, the second and so on."""
    return [
        Finding(rule, severity, f"$.x[{place}]", "bad", file=f"{file}.json")
        for file, number in enumerate(numbers)
        for place in range(number)
    ]


def test_rules_with_errors_come_first_and_those_with_most_findings() -> None:
    found = many("link-protocol", "error", 3) + many("unknown-field", "warning", 40) + many("not-json", "error", 7)
    *rules, table = overview(found, "0.json")
    assert [lines[0] for lines in rules] == [
        "not-json: 7 errors in 1 file",
        "link-protocol: 3 errors in 1 file",
        "unknown-field: 40 warnings in 1 file",
    ]
    assert [line.split() for line in table] == [
        ["errors", "warnings", "ATT&CK", "file"],
        ["10", "40", "enterprise", "16.1", "0.json"],
    ]


def test_first_places_are_of_as_many_files_as_there_are() -> None:
    [[head, doc, *places], _] = overview(many("not-json", "error", 30, 1, 0, 1, 1), "0.json")
    assert head == "not-json: 33 errors in 4 files"
    assert doc.strip() == next(rule.doc for rule in RULES if rule.id == "not-json")
    assert places == ["  0.json::$.x[0]: bad", "  1.json::$.x[0]: bad", "  3.json::$.x[0]: bad", "  and 30 more"]
    [[_, _, *places], _] = overview(many("not-json", "error", 30, 1), "0.json")
    assert places[:3] == ["  0.json::$.x[0]: bad", "  1.json::$.x[0]: bad", "  0.json::$.x[1]: bad"]


def test_rule_may_have_errors_and_warnings() -> None:
    [[head, *_], _] = overview(many("no-layer", "error", 2) + many("no-layer", "warning", 1, 30), "0.json")
    assert head == "no-layer: 2 errors, 31 warnings in 2 files"


def test_table_has_the_files_with_findings_and_counts_the_others() -> None:
    _, [_, first, second, rest] = overview(
        many("not-json", "error", 1000, 0, 40), "0.json", "1.json", "2.json", "3.json"
    )
    assert first.split() == ["1,000", "0", "enterprise", "16.1", "0.json"]
    assert second.split() == ["40", "0", "enterprise", "16.1", "2.json"]
    assert rest == "and 2 files without a finding"


def test_columns_stand_below_each_other() -> None:
    _, table = overview(many("not-json", "error", 1000, 40), "0.json", "1.json")
    assert {line.index("enterprise") for line in table[1:]} == {table[0].index("ATT&CK")}
    assert {line.index(".json") for line in table[1:]} == {table[0].index("file") + 1}


# ---- annotations for GitHub ------------------------------------------------------------------------------------------

NASTY = "a%b:c,d\ne\rf::error file=x::g%0A"


def test_github_keeps_percent_colon_comma_and_newlines_apart() -> None:
    finding = Finding("field-type", "error", "$", f"message {NASTY}", f"hint {NASTY}", f"folder/{NASTY}")
    text = report([finding], {}, "github")
    assert "\n" not in text
    assert "\r" not in text
    [(severity, properties, message)] = commands(text)
    assert severity == "error"
    assert properties == {"file": f"folder/{NASTY}", "line": "1", "title": "field-type"}
    assert message == f"$: message {NASTY}; hint {NASTY}"


@given(st.text(), st.text())
def test_github_gives_any_file_and_message_back(file: str, message: str) -> None:
    text = report([Finding("field-type", "warning", "$", message, file=file)], {}, "github")
    assert re.search(r"[\r\n]", text) is None
    match = re.fullmatch(r"::warning file=([^:,]*),line=1,title=field-type::(.*)", text, re.DOTALL)
    assert match
    assert unescaped(match[1]) == file
    assert unescaped(match[2]) == f"$: {message}"


def test_github_knows_errors_and_warnings() -> None:
    data = layer_bytes(techniques=[], description=5)
    severities = [severity for severity, *_ in commands(report(validate(data, "a"), {"a": data}, "github"))]
    assert sorted(severities) == ["error", "warning"]


# ---- SARIF -----------------------------------------------------------------------------------------------------------


def test_sarif_names_tool_rules_and_places() -> None:
    files = {"a.json": json.dumps(BAD, indent=2).encode(), "b.json": layer_bytes(techniques=[])}
    findings = validate_files(files)
    [run] = checked_sarif(report(findings, files, "sarif"))["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("navigator-export", __version__)
    docs = {rule.id: (rule.doc, rule.severity) for rule in RULES}
    told = {r["id"]: (r["shortDescription"]["text"], r["defaultConfiguration"]["level"]) for r in driver["rules"]}
    assert told == {id_: docs[id_] for id_ in {finding.rule for finding in findings}}
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [(f.rule, f.severity) for f in findings]
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
    assert uris == [finding.file for finding in findings]


@pytest.mark.parametrize("file", ["a b.json", "a%20b.json", "a#b.json", "größe.json", "folder\\a.json", "a?b.json"])
def test_sarif_names_files_as_addresses(file: str) -> None:
    finding = Finding("field-type", "error", "$", "is empty", file=file)
    [run] = checked_sarif(report([finding], {}, "sarif"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert "#" not in uri
    assert "?" not in uri
    assert unquote(uri) == file.replace("\\", "/")


@given(st.lists(st.builds(Finding, st.sampled_from([r.id for r in RULES]), st.just("error"), *[st.text()] * 4)))
def test_every_format_takes_any_findings(findings: list[Finding]) -> None:
    for format_ in REPORT_FORMATS:
        assert isinstance(report(findings, {}, format_), str)
    assert len(json.loads(report(findings, {}, "json"))["findings"]) == len(findings)
    [run] = checked_sarif(report(findings, {}, "sarif"))["runs"]
    texts = [result["message"]["text"] for result in run["results"]]
    assert all(text.startswith(f.message) for text, f in zip(texts, findings, strict=True))


# ---- the summary of a workflow's step --------------------------------------------------------------------------------


def test_summary_counts_and_shows_findings() -> None:
    finding = Finding("field-type", "error", "$.name", "a | b <b> [x](y)\n`c` *d*", file="a_b.json")
    warning = Finding("no-techniques", "warning", "", "no technique")
    page = step_summary([finding, warning], "2 layer files")
    assert page.startswith("### 2 layer files\n\n1 error, 1 warning\n\n| Severity |")
    row = next(line for line in page.splitlines() if line.startswith("| error"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert re.search(r"(?<!\\)[<>\[\]*`]", row) is None


def test_summary_of_nothing_has_no_table() -> None:
    assert step_summary([], "1 layer file") == "### 1 layer file\n\n0 errors, 0 warnings\n\n"


def test_summary_of_many_tells_how_many_more() -> None:
    page = step_summary([FINDING] * 250, "files")
    rows = [line for line in page.splitlines() if line.startswith("| error")]
    assert f"and {250 - len(rows)} more" in page


@given(st.text())
def test_markdown_cell_stays_one_cell(text: str) -> None:
    cell = markdown(text)
    assert re.search(r"[\r\n]", cell) is None
    assert re.search(r"(?<!\\)(?:\\\\)*[|\[\]<>*_`]", cell) is None
    assert re.sub(r"\\(.)", r"\1", cell) == spelled_out(" ".join(text.split()))


# ---- through the command line ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", REPORT_FORMATS)
@pytest.mark.parametrize(("fields", "code"), [({}, 0), ({"techniques": []}, 0), ({"name": 5}, 1)])
def test_exit_code_is_1_for_errors_alone_in_every_format(
    format_: str, fields: dict[str, Json], code: int, run: Any, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(**fields))
    assert run("validate", file, "--format", format_).code == code


@pytest.mark.parametrize("format_", REPORT_FORMATS)
def test_unreadable_file_gives_2_and_the_others_are_reported_all_the_same(
    format_: str, run: Any, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(name=5))
    outcome = run("validate", tmp_path / "missing.json", file, "--format", format_)
    assert outcome.code == 2
    assert "there is no such file" in outcome.err
    assert b"a.json" in outcome.out
    assert b"field-type" in outcome.out


def test_step_summary_is_added_to_the_page_of_the_workflow(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(name=5))
    assert run("validate", file, "--format", "github").code == 1
    text = page.read_text("utf-8")
    assert text.startswith("before\n###")
    assert "1 error, 0 warnings" in text
    assert "$.name" in text


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_step_summary_is_for_the_github_format_alone(
    format_: str, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(name=5))
    assert run("validate", file, "--format", format_).code == 1
    assert not page.exists()


def test_step_summary_that_cannot_be_written_changes_nothing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no folder" / "summary.md"))
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes())
    outcome = run("validate", file, "--format", "github")
    assert (outcome.code, outcome.out) == (0, b"")


@pytest.mark.parametrize("format_", REPORT_FORMATS)
def test_result_goes_to_standard_output_and_the_count_beside_it(format_: str, run: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(name=5))
    outcome = run("validate", file, "--format", format_)
    assert b"is not" in outcome.out or b"expected" in outcome.out
    assert "expected" not in outcome.err
