"""Lists as people keep them: what is not plain is understood, refused, or said by name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from navigator_export import MappingSet, SourceError
from navigator_export.attack import builtin
from navigator_export.readers.lists.cells import capabilities_in
from navigator_export.readers.lists.columns import FIELDS, OTHER_OPTIONS
from navigator_export.readers.lists.template import template
from tests.readers.lists.made_lists import pairs, ratings, read_csv
from tests.real_inputs import ROOT
from tests.results import capabilities_of, metadata_of
from tests.running import Run

CASES = ROOT.parent / "shared" / "list-cases"
OWN = ["01", "02", "06", "07", "08", "09", "10", "12", "14", "15", "21", "23", "24", "26", "28", "31", "32", "33", "36"]


def cases() -> list[Any]:
    """Return those of the shared cases that are about lists, or one that says that they are missing."""
    file = CASES / "expected.json"
    if not file.exists():
        return [pytest.param("", {}, marks=pytest.mark.skip(reason=f"{file} is missing"))]
    return [
        pytest.param(name, case, id=name)
        for name, case in json.loads(file.read_text("utf-8")).items()
        if name.partition(" ")[0] in OWN
    ]


@pytest.mark.parametrize(("name", "case"), cases())
def test_shared_cases(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, case: dict[str, Any]) -> None:
    monkeypatch.chdir(CASES)
    outcome = run(*case["args"])
    want = case["want"]
    assert outcome.code == want.get("exit", outcome.code if "not_pairs" in want else 0), name
    assert re.search(want.get("says", ""), outcome.err)
    if "pairs" in want:
        entries = json.loads(outcome.out)["techniques"]
        found = {entry["techniqueID"]: sorted(capabilities_of(entry)) for entry in entries}
        assert found == {technique: sorted(ids) for technique, ids in want["pairs"].items()}


def remarks(mappings: MappingSet) -> str:
    """Return all that is said of the sources."""
    return "\n".join(remark for source in mappings.sources for remark in source.remarks)


@pytest.mark.parametrize(
    ("cell", "ids", "unclear"),
    [
        ("AC-2", ("AC-2",), False),
        ("AC-2, AC-3", ("AC-2", "AC-3"), False),
        ("AC-2;AC-3|AC-4\nAC-5", ("AC-2", "AC-3", "AC-4", "AC-5"), False),
        ("AC-2 and AC-3", ("AC-2", "AC-3"), False),
        ("AC-2 AC-3", ("AC-2", "AC-3"), False),
        ("AC-2 (1), AC-2 (1)", ("AC-2 (1)",), False),
        ("3.10; 3.11", ("3.10", "3.11"), False),
        ("EDR, SIEM", ("EDR", "SIEM"), False),
        ("AC-2,", ("AC-2",), False),
        ("Login, odd place", ("Login, odd place",), True),
        ("AC-2 - AC-5", ("AC-2 - AC-5",), True),
        ("Block and train", ("Block and train",), False),
    ],
)
def test_cells_of_several_capabilities(cell: str, ids: tuple[str, ...], *, unclear: bool) -> None:
    assert capabilities_in(cell) == (ids, unclear)


def test_names_of_several_capabilities_go_with_their_ids() -> None:
    mappings = read_csv('Control ID,Control name,Technique\n"A-1\nA-2","One\nTwo",T1114\n')
    assert [(c.id, c.name) for c in mappings.capabilities] == [("A-1", "One"), ("A-2", "Two")]


def test_cell_that_may_hold_several_ids_is_named() -> None:
    said = remarks(read_csv('Control ID,Technique\n"Login, odd place",T1114\nA-2,T1078\n'))
    assert "may hold several ids, and are read as one: row 2 'Login, odd place'" in said


@pytest.mark.parametrize(
    "technique",
    [
        *("TID", "Technique Number", "MITRE ATT&CK IDs", "MITRE ATT&CK (Technique) IDs", "Mapped Technique"),
        *("target ID", "tags", "threat.technique.id", "kibana.alert.rule.threat.technique.id", "Technique (ID)"),
    ],
)
@pytest.mark.parametrize(
    "capability",
    [
        *("Mitigation", "Rule Name", "Detection Name", "Analytic Name", "Use Case", "Test GUID", "Data Component"),
        *("CIS Safeguard", "Policy", "Countermeasure", "Security Control"),
    ],
)
def test_headers_that_people_use(technique: str, capability: str) -> None:
    assert pairs(read_csv(f"{technique},{capability}\nT1114,X-1\n")) == [("X-1", "T1114")]


@pytest.mark.parametrize(
    ("headers", "cells", "name"),
    [
        ("Control ID,Control,Technique", "C-1,Firewall,T1114", "Firewall"),
        ("Control ID,Control,Description,Technique", "C-1,Firewall,What it does,T1114", "Firewall"),
        ("Control ID,Control,Control Name,Technique", "C-1,Firewall,Wall,T1114", "Wall"),
        ("Control ID,Product,Technique", "C-1,Firewall,T1114", ""),
        ("ID,Description,Technique", "C-1,What it does,T1114", "What it does"),
    ],
)
def test_column_beside_one_of_ids_has_their_names(headers: str, cells: str, name: str) -> None:
    [capability] = {mapping.capability for mapping in read_csv(f"{headers}\n{cells}\n").mappings}
    assert (capability.id, capability.name) == ("C-1", name)


@pytest.mark.parametrize("headers", ["Technique ID,Technique", "ATT&CK ID,Technique", "Technique,Technique ID"])
def test_names_beside_techniques_are_compared(headers: str) -> None:
    cells = "T1114,PowerShell" if headers.endswith(",Technique") else "PowerShell,T1114"
    mappings = read_csv(f"Control,{headers}\nC-1,{cells}\n")
    assert [mapping.technique for mapping in mappings.mappings] == ["T1114"]
    assert "PowerShell" in remarks(mappings)


@pytest.mark.parametrize(
    ("header", "technique", "sub", "expected"),
    [
        ("Sub-technique", "T1566", "T1566.002", ["T1566.002"]),
        ("ATT&CK Sub-Technique ID", "T1566", ".002", ["T1566.002"]),
        ("threat.technique.subtechnique.id", "T1566", "0.002", ["T1566.002"]),
        ("Sub-technique", "T1059", "0.01", ["T1059.010"]),
        ("Sub-technique", "T1566", ".001; .002", ["T1566.001", "T1566.002"]),
        ("Sub-technique", "T1566, T1078", "T1566.002", ["T1078", "T1566.002"]),
        ("Sub-technique", "T1566", "Spearphishing Link", ["T1566.002"]),
        ("Sub-technique (Name)", "T1566", "Spearphishing Link", ["T1566.002"]),
        ("Sub-technique", "T1566", "n/a", ["T1566"]),
    ],
)
def test_subtechniques_stand_in_for_their_own_parent(
    header: str, technique: str, sub: str, expected: list[str]
) -> None:
    mappings = read_csv(f'Control ID,Technique,{header}\nC-1,"{technique}","{sub}"\n')
    assert sorted(m.technique for m in mappings.mappings) == expected


def test_subtechniques_of_others_are_read_and_said() -> None:
    mappings = read_csv("Control ID,Technique,Sub-technique\nC-1,T1078,T1566.002\n")
    assert sorted(m.technique for m in mappings.mappings) == ["T1078", "T1566.002"]
    assert "T1566.002 is no sub-technique of T1078 (row 2)" in remarks(mappings)
    with pytest.raises(SourceError, match="not a sub-technique of T1078"):
        read_csv("Control ID,Technique,Sub-technique\nC-1,T1078,Spearphishing Link\n")


def test_columns_of_techniques_with_numbers_are_all_read() -> None:
    mappings = read_csv("Rule ID,Technique 1,Technique 2\nR-1,T1114,T1078\nR-2,,T1566\n")
    assert pairs(mappings) == [("R-1", "T1114"), ("R-1", "T1078"), ("R-2", "T1566")]
    assert "Technique 1 and Technique 2 are all read as techniques" in remarks(mappings)


def test_field_of_one_column_given_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="comment is given 2 columns"):
        read_csv("A,B,C,D\nx,T1114,y,z\n", columns=(("comment", "C"), ("comment", "D")))


def test_matrix_of_techniques_and_products() -> None:
    text = "Technique ID,EDR,SIEM,Proxy\nT1114,x,significant,\nT1078,no,yes,-\nT1566,,,\n"
    with pytest.raises(SourceError, match="each product's column as marks"):
        read_csv(text)
    mappings = read_csv(text, columns=(("marks", "EDR"), ("marks", "SIEM"), ("marks", "Proxy")))
    assert pairs(mappings) == [("EDR", "T1114"), ("SIEM", "T1114"), ("SIEM", "T1078")]
    assert ratings(mappings) == ["None None", "protect significant", "None None"]
    assert [unmapped.reason for unmapped in mappings.unmapped] == ["no capability"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("technique,id\nT1114,T1114\nT1114,T1114.003\n", "nothing but techniques"),
        ("technique,name\nT1114,Email Collection\nT1566,Phishing\n", "nothing but techniques"),
        ("technique,product\nT1114,x\nT1566,no\n", "holds marks"),
    ],
)
def test_capability_column_of_other_things_is_refused(text: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read_csv(text)


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("Other", "T1078", "holds technique ids such as 'T1078', and is not read"),
        ("Severity", "partial", "holds ratings such as 'partial', and is not read"),
        ("Overall coverage", "much", "sounds like a value, and is not read"),
    ],
)
def test_column_that_is_not_read_is_warned_of(header: str, cell: str, expected: str) -> None:
    text = f"Control ID,Technique,{header}\nC-1,T1114,{cell}\n"
    assert expected in remarks(read_csv(text))
    assert expected not in remarks(read_csv(text, columns=(("ignore", header),)))


@pytest.mark.parametrize("header", ["Notes on it", "Owner", "Technique name"])
def test_column_of_other_things_is_not_warned_of(header: str) -> None:
    assert header not in remarks(read_csv(f"Control ID,Technique,{header}\nC-1,T1114,see T1078 and the like\n"))


def test_header_with_a_year_is_known() -> None:
    assert ratings(read_csv("Control ID,Technique,Rating Level 2026\nC-1,T1114,partial\n")) == ["protect partial"]


@pytest.mark.parametrize("header", ["Level", "Score", "Maturity"])
def test_unrelated_column_of_values_does_not_block(header: str) -> None:
    text = f"Rule ID,{header},Technique ID\nR-1,critical,T1114\nR-2,low,T1078\n"
    mappings = read_csv(text)
    assert ratings(mappings) == ["None None"] * 2
    said = f"column {header} holds other words than ratings, and is not read: 'critical' in 1 row, 'low' in 1 row; "
    assert said + "`reading.ratings` says what they mean, as 'critical'=partial" in remarks(mappings)
    assert header not in remarks(read_csv(text, columns=(("value", ""),)))
    with pytest.raises(SourceError, match="unknown value 'low'"):
        read_csv(text, ratings=(("critical", "significant"),))


def test_names_that_contradict_their_ids_are_said_with_both() -> None:
    said = remarks(
        read_csv("Control ID,Technique ID,Technique Name\nC-1,T1059.001,PowerShell\nC-2,T1059.002,powershell\n")
    )
    assert "T1059.002 is 'AppleScript', but its name is given as 'powershell', which is T1059.001: row 3" in said
    two = remarks(read_csv("Control ID,Technique ID,Technique Name\nC-1,T1078,Our name\nC-2,T1078,Theirs\n"))
    assert "T1078 has two names: 'Our name' (row 2) and 'Theirs' (row 3)" in two
    fitting = (
        "Control ID,Technique ID,Technique Name\nC-1,T1566.002,Phishing: Spearphishing Link\nC-2,T1566.001,Phishing\n"
    )
    assert "name" not in remarks(read_csv(fitting))


def test_list_of_names_alone() -> None:
    mappings = read_csv("Control Name,Technique Name\nBlock macros,Phishing\nTrain,Phishing: Spearphishing Link\n")
    assert pairs(mappings) == [("Block macros", "T1566"), ("Train", "T1566.002")]
    assert "the names of column Control Name stand for them" in remarks(mappings)
    assert "2 rows give a technique by its name: 'Phishing' as T1566" in remarks(mappings)
    with pytest.raises(SourceError, match=r"expected T1566\.001 or T1598\.002"):
        read_csv("Control Name,Technique Name\nBlock macros,Spearphishing Attachment\n")
    with pytest.raises(SourceError, match=r"'Phishng' is not a technique id; nearest names: T1566 Phishing"):
        read_csv("Control Name,Technique Name\nBlock macros,Phishng\n")


@pytest.mark.parametrize("id_", ["2026-03-01", "1-Mar", "Mar-01", "01.03.2026", "3/1/26", "1E+05"])
def test_ids_that_a_spreadsheet_made_into_something_else_are_said(id_: str) -> None:
    assert f"'{id_}' in row 2" in remarks(read_csv(f"Control ID,Technique\n{id_},T1114\n"))


@pytest.mark.parametrize("id_", ["MAIL-01", "3.10", "MAR-01", "AC-2", "1-3", "E-1"])
def test_ids_that_are_like_dates_are_none(id_: str) -> None:
    assert "spreadsheet" not in remarks(read_csv(f"Control ID,Technique\n{id_},T1114\n"))


@pytest.mark.parametrize("word", ["none", "non_mappable"])
def test_words_for_not_covered_mean_no_mapping(word: str) -> None:
    text = "Control ID,Technique,Coverage\nC-1,T1114,partial\nC-2,T1078,None\nC-3,T1566,0%\nC-4,T1110,0\n"
    mappings = read_csv(text, ratings=(("None", word), ("0", word)))
    assert pairs(mappings) == [("C-1", "T1114")]
    assert [unmapped.reason for unmapped in mappings.unmapped] == ["non-mappable"] * 3
    assert "3 rows map nothing, by rating: '0' in 1 row, '0%' in 1 row, 'None' in 1 row" in remarks(mappings)


def test_status_is_said_and_selected_on() -> None:
    text = "Control ID,Technique,Status\nC-1,T1114,Implemented\nC-2,T1078,Planned\nC-3,T1566,\n"
    assert "rows of every status count: 'Implemented' in 1 row, 'Planned' in 1 row; `reading.statuses`" in remarks(
        read_csv(text)
    )
    chosen = read_csv(text, statuses=("impl*",))
    assert pairs(chosen) == [("C-1", "T1114")]
    assert "2 rows map nothing, by status: none in 1 row, 'Planned' in 1 row" in remarks(chosen)
    with pytest.raises(SourceError, match="no row has the status 'Retired'; known statuses: Implemented, Planned"):
        read_csv(text, statuses=("Retired",))
    assert "status" not in remarks(read_csv("Control ID,Technique,Status\nC-1,T1114,complete\n"))


def test_blank_capabilities_are_filled_down_when_asked() -> None:
    text = "Control ID,Name,Technique\nC-1,One,T1114\n,,T1078\nC-2,,T1566\n"
    assert pairs(read_csv(text)) == [("C-1", "T1114"), ("C-2", "T1566")]
    filled = read_csv(text, fill_down=True)
    assert pairs(filled) == [("C-1", "T1114"), ("C-1", "T1078"), ("C-2", "T1566")]
    assert {m.capability.name for m in filled.mappings if m.capability.id == "C-1"} == {"One"}


def test_metadata_of_the_first_row_goes_for_all() -> None:
    head = "framework,framework_version,attack_version,domain,control id,technique id\n"
    one = read_csv(f"{head}acme,2026,16.1,enterprise,C-1,T1114\n,,,,C-2,T1078\n")
    assert [(s.framework, s.framework_version, s.attack_version) for s in one.sources] == [("acme", "2026", "16.1")]
    assert remarks(one) == ""
    two = read_csv(
        f"{head}a,,16.1,enterprise,C-1,T1114\n,,16.1,,C-2,T1078\nb,,16.1,enterprise,C-3,T1566\n,,16.1,,C-4,T1110\n"
    )
    assert [(c.framework, c.id) for c in two.capabilities] == [("a", "C-1"), ("a", "C-2"), ("b", "C-3"), ("b", "C-4")]
    assert "2 rows leave column framework blank, and count as the one above" in remarks(two)


def test_one_wrong_word_of_many_rows_is_one_problem() -> None:
    rows = "".join(f"C-{i},T1114,None\n" for i in range(562))
    with pytest.raises(SourceError) as raised:
        read_csv(f"Control ID,Technique,Coverage\n{rows}")
    [problem] = raised.value.problems
    assert problem.place == "row 2, column Coverage"
    assert "unknown value 'None' (562 times; also row 3, row 4, row 5 and 558 more)" in problem.message


def test_list_with_unknown_headers_gets_help_with_its_columns() -> None:
    with pytest.raises(SourceError, match="its cells are 'Alert', 'Stages', 'Refs'; `reading"):
        read_csv('"Alert","Stages","Refs"\n"Login, odd","a, b, c","T1078"\n')


def test_page_on_lists_names_every_field() -> None:
    page = (ROOT / "docs" / "own-list.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {field.option for field in FIELDS.values()} | set(OTHER_OPTIONS)


def test_manifest_says_how_a_list_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "Rule,a1,a2,Status,Level\nR-1,T1114,T1078,on,Hi\n,T1566,,on,Hi\nR-2,T1110,,off,Hi\nR-3,T1003,,on,None\n",
        "utf-8",
    )
    source = "{files: own.csv, fill_down: true, status: 'on', columns: {technique_id: [a1, a2], value: ''}}"
    manifest = tmp_path / "layers.yaml"
    manifest.write_text(f"sources: {{own: {source}}}\nlayers: [{{path: own.json}}]\n", "utf-8")
    outcome = run("build", manifest, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    entries = json.loads((tmp_path / "out" / "own.json").read_text("utf-8"))["techniques"]
    found = {entry["techniqueID"]: metadata_of(entry, "capability") for entry in entries if entry.get("score")}
    assert found == {"T1003": ["R-3"], "T1078": ["R-1"], "T1114": ["R-1"], "T1566": ["R-1"]}


def test_layer_says_how_its_list_was_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("Rule,Technique,Level\nR-1,T1114,Hi\n,T1566,No\n", "utf-8")
    options = ("--fill-down", "--column", "value=Level", "--rating", "Hi=significant", "--rating", "No=none")
    outcome = run("export", file, *options)
    assert outcome.code == 0, outcome.err
    assert "--fill-down --column=value=Level --rating=Hi=significant --rating=No=none" in outcome.out.decode()


def test_example_of_the_template_is_at_the_newest_release() -> None:
    [source] = read_csv(template("csv")).sources
    assert source.attack_version == builtin().newest("enterprise")


def test_old_name_that_is_another_domains_today_is_no_contradiction() -> None:
    [table] = read_csv("Control,Technique,Name\nA,T1046,Network Service Scanning\nB,T1059,PowerShell\n").sources
    assert not [remark for remark in table.remarks if "T1046" in remark]
    [table] = read_csv("Control,Technique ID,Technique Name\nA,T1046,Phishing\n").sources
    assert [remark for remark in table.remarks if "T1046" in remark and "T1566" in remark]


def test_head_that_goes_on_in_a_second_row_is_no_name_of_ids() -> None:
    with pytest.raises(SourceError, match="column"):
        read_csv("Control,ID\nControl\n")
