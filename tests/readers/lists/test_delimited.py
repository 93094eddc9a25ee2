"""Lists as CSV: whatever separator, encoding, header and spelling people use."""

from __future__ import annotations

import pytest

from navigator_export import SourceError
from navigator_export.readers.lists.listing import references_in
from navigator_export.readers.lists.technique_ids import technique_ids
from tests.readers.lists.made_lists import csv_text, pairs, ratings, read_csv

PAIR = [("AC-1", "T1114")]


@pytest.mark.parametrize(
    "header",
    [
        "capability_id,attack_object_id",
        "Control ID,Technique ID",
        "CONTROL,TECHNIQUE",
        "Control No.,ATT&CK ID",
        "Control (NIST),MITRE ATT&CK® Technique",
        "id,ttp",
        '"Control\nID","Technique\nID"',
        "  Control Id  , technique-id ",
    ],
)
def test_header_is_matched_with_tolerance(header: str) -> None:
    assert pairs(read_csv(f"{header}\nAC-1,T1114\n")) == PAIR


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found_out(separator: str) -> None:
    rows = [("Control ID", "Notes", "Technique"), ("AC-1", "a, b; c", "T1114")]
    mappings = read_csv(csv_text(rows, separator))
    assert pairs(mappings) == PAIR
    assert dict(mappings.sources[0].reading)["separator"] in ("comma", "semicolon", "tab", "vertical bar")


def test_separator_as_excel_says_it() -> None:
    mappings = read_csv("sep=;\nControl;Technique\nAC-1;T1114\n")
    assert pairs(mappings) == PAIR


def test_apostrophes_as_quotation_marks() -> None:
    assert pairs(read_csv("'Control','Technique'\n'Access, guests','T1114'\n")) == [("Access, guests", "T1114")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encoding_is_found_out_and_said(codec: str) -> None:
    text = "Control;Name;Technique\nAC-1;Zugriff für Gäste – geprüft;T1114\n"
    mappings = read_csv(text.encode(codec))
    assert mappings.capabilities[0].name == "Zugriff für Gäste – geprüft"
    assert "encoding" in dict(mappings.sources[0].reading)
    assert any("Windows-1252" in remark for remark in mappings.sources[0].remarks) == (codec == "cp1252")


def test_encoding_can_be_named() -> None:
    text = "Control,Name,Technique\nAC-1,Łódź,T1114\n"
    assert read_csv(text.encode("cp1250"), encoding="cp1250").capabilities[0].name == "Łódź"


@pytest.mark.parametrize("name", ["klingon", "rot13", "zlib", "idna\0"])
def test_encoding_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="encoding"):
        read_csv("Control,Technique\nAC-1,T1114\n", encoding=name)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(ends: str) -> None:
    assert pairs(read_csv("Control,Technique\nAC-1,T1114\nAC-2,T1078\n".replace("\n", ends))) == [
        ("AC-1", "T1114"),
        ("AC-2", "T1078"),
    ]


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ("T1114", ("T1114",)),
        ("t1114", ("T1114",)),
        ("T1114.3", ("T1114.003",)),
        ("T1114.03", ("T1114.003",)),
        ("T1114/003", ("T1114.003",)),
        ("T1114 - Email Collection", ("T1114",)),
        ("Email Collection (T1114)", ("T1114",)),
        ("T1114: Email Collection: Email Forwarding Rule", ("T1114",)),
        ("T1114, T1114.003", ("T1114", "T1114.003")),
        ("T1114;T1078|T1566\nT1110", ("T1114", "T1078", "T1566", "T1110")),
        ("T1114 T1078", ("T1114", "T1078")),
        ("T1114 and T1078", ("T1114", "T1078")),
        ("T1053 - Scheduled Task/Job, T1114 - Email Collection", ("T1053", "T1114")),
        ("T1114.", ("T1114",)),
        ("T1114, T1114", ("T1114",)),
        ("T1552 (.001, .004)", ("T1552.001", "T1552.004")),
        ("T1552 (001; 004), T1078", ("T1552.001", "T1552.004", "T1078")),
        ("T1552.{001,004}", ("T1552.001", "T1552.004")),
        ("T1087.001 and .002", ("T1087.001", "T1087.002")),
        ("T1003.001/.002\n.003", ("T1003.001", "T1003.002", "T1003.003")),
        ("T1547_001", ("T1547.001",)),
        (r"T1134(\.005)", ("T1134.005",)),
        (r"T1134\.005", ("T1134.005",)),
        ("attack.execution, attack.t1059.001", ("T1059.001",)),
        ("['attack.t1059.001', 'attack.g0034', 'cve.2021.44228']", ("T1059.001",)),
        ("attack.execution", ()),
    ],
)
def test_technique_cells(cell: str, ids: tuple[str, ...]) -> None:
    assert technique_ids(cell) == (ids, "")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("T111", "nearest ids"),
        ("T11145", "nearest ids"),
        ("1114", "expected T1114"),
        ("1114.003", "expected T1114.003"),
        ("T1114.0031", "not a technique id"),
        ("T1114.*", "not a technique id"),
        ("T1114.xxx", "not a technique id"),
        ("TA0009", "is a tactic"),
        ("Email Collection", "expected T1114"),
        ("T1114.001 - T1114.003", "is a range"),
        ("T1114.001-003", "cut short"),
        ("T1114, 003", "cut short"),
        ("T1114, .003", "cut short"),
        ("T1547 001", "cut short"),
        ("T1547:001", "cut short"),
        ("T1552 sub .001", "cut short"),
        (r"T1003(\.005|\.006)?", "cut short"),
        ("T1059.001.002", "not a technique id"),
        ("T1114, T15666", "not a technique id"),
        ("T1114, T1078, Phishing", "expected T1566"),
        ("=HYPERLINK(1)", "not a technique id"),
        ("#REF!", "not a technique id"),
    ],
)
def test_technique_cells_that_are_wrong_say_what_was_expected(cell: str, expected: str) -> None:
    ids, wrong = technique_ids(cell)
    assert ids == ()
    assert expected in wrong


def test_several_techniques_in_a_cell_are_several_mappings() -> None:
    mappings = read_csv('Control,Techniques,Notes\nAC-1,"T1114, T1114.3",why\n')
    assert pairs(mappings) == [("AC-1", "T1114"), ("AC-1", "T1114.003")]
    assert {m.comment for m in mappings.mappings} == {"why"}


@pytest.mark.parametrize(("technique", "sub"), [("T1114", "T1114.003"), ("T1114", ".003"), ("T1114", "3")])
def test_column_of_subtechniques_comes_first(technique: str, sub: str) -> None:
    text = f"Control,Technique ID,Sub-technique ID\nAC-1,{technique},{sub}\nAC-2,T1078,\n"
    assert pairs(read_csv(text)) == [("AC-1", "T1114.003"), ("AC-2", "T1078")]


def test_all_wrong_cells_are_told_at_once_with_their_places() -> None:
    rows = "AC-1,T11145,protect,partial\nAC-2,T1114,protect,Hgh\nAC-3,nope,detect,partial\n"
    text = f"Control,Technique,Category,Score\n{rows}"
    with pytest.raises(SourceError) as raised:
        read_csv(text)
    lines = raised.value.lines()
    assert len(lines) == 3
    assert lines[0].startswith("own.csv::row 2, column Technique: error 'T11145' is not a technique id; expected T1114")
    assert any(line.startswith("own.csv::row 4, column Technique") for line in lines)
    says = "`reading.ratings` says what it means, as Hgh=partial, or as Hgh=none that nothing is mapped"
    assert any("row 3, column Score: error unknown value 'Hgh'; expected" in line and says in line for line in lines)


def test_wrong_word_of_a_row_with_several_techniques_is_told_once() -> None:
    with pytest.raises(SourceError) as raised:
        read_csv('Control,Technique,Score Category,Score\nAC-1,"T1114, T1078",protct,Hgh\n')
    assert [p.place for p in raised.value.problems] == ["row 2, column Score Category", "row 2, column Score"]


def test_problems_beyond_the_cap_are_counted() -> None:
    rows = "".join(f"AC-{i},wrong{i}\n" for i in range(500))
    with pytest.raises(SourceError) as raised:
        read_csv(f"Control,Technique\n{rows}")
    assert len(raised.value.problems) == 500
    assert raised.value.lines()[-1] == "own.csv: and 480 more"


def test_titles_notes_and_repeated_headers_are_no_mappings_and_said() -> None:
    text = (
        "Our control mapping 2026,,,\n,,,\nControl ID,Control name,Technique,Notes\nAC-1,Access,T1114,\n"
        "Control ID,Control name,Technique,Notes\nAC-2,Guests,T1078,\n,,,\nNote: reviewed by the board in May.,,,\n"
        ",,,version 3\n"
    )
    mappings = read_csv(text)
    assert pairs(mappings) == [("AC-1", "T1114"), ("AC-2", "T1078")]
    assert [c.id for c in mappings.capabilities] == ["AC-1", "AC-2"]
    [remark] = [r for r in mappings.sources[0].remarks if "notes" in r]
    assert "row 8" in remark
    assert "row 9" in remark
    assert dict(mappings.sources[0].reading)["header"] == "row 3"


def test_header_in_two_rows() -> None:
    text = "Control,,Technique,,Assessment\nID,Name,ID,Name,Score\nAC-1,Access,T1114,Email Collection,partial\n"
    mappings = read_csv(text)
    assert pairs(mappings) == PAIR
    assert mappings.capabilities[0].name == "Access"
    assert ratings(mappings) == ["protect partial"]
    assert dict(mappings.sources[0].reading)["column Assessment Score"] == "value"


def test_rows_without_technique_or_capability_are_counted() -> None:
    text = "Control,Name,Technique\nAC-1,Access,T1114\nAC-2,Guests,n/a\n,Nobody,T1078\n"
    mappings = read_csv(text)
    assert pairs(mappings) == PAIR
    assert [(u.place, u.reason) for u in mappings.unmapped] == [("row 3", "no technique"), ("row 4", "no capability")]
    assert any("`reading.fill_down`" in remark for remark in mappings.sources[0].remarks)


def test_columns_can_be_named_by_header_or_letter() -> None:
    text = "What,Why,Where\nAC-1,because,T1114\n"
    with pytest.raises(SourceError, match="no column is the capability id or the technique id"):
        read_csv(text)
    by_name = read_csv(text, columns=(("capability_id", "what"), ("technique_id", "Where"), ("comment", "Why")))
    by_letter = read_csv(text, columns=(("capability_id", "A"), ("technique_id", "C"), ("comment", "B")))
    assert pairs(by_name) == pairs(by_letter) == PAIR
    assert by_name.mappings[0].comment == "because"


def test_columns_that_are_not_there_are_told_with_the_nearest() -> None:
    with pytest.raises(SourceError, match="no column 'Tecnique'; nearest columns: Technique"):
        read_csv("Control,Technique\nAC-1,T1114\n", columns=(("technique_id", "Tecnique"),))
    with pytest.raises(SourceError, match="unknown field 'tecnique_id'; nearest fields: technique_id"):
        read_csv("Control,Technique\nAC-1,T1114\n", columns=(("tecnique_id", "Technique"),))


def test_list_without_header_is_read_by_letters() -> None:
    text = "AC-1,T1114\nAC-2,T1078\n"
    assert len(pairs(read_csv(text, columns=(("capability_id", "A"), ("technique_id", "B"))))) == 2


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("High", ("high", "significant")),
        ("3", ("3", "significant")),
        ("3.0", ("3", "significant")),
        ("75%", ("75%", "significant")),
        ("75 %", ("67..100", "significant")),
        ("75", ("67..100%", "significant")),
        ("x", ("X", "protect significant")),
    ],
)
def test_own_rating_words_and_numbers(word: str, option: tuple[str, str]) -> None:
    mappings = read_csv(f"Control,Technique,Category,Score\nAC-1,T1114,protect,{word}\n", ratings=(option,))
    assert ratings(mappings) == ["protect significant"]


@pytest.mark.parametrize("cell", ["Protect - Significant", "significant (Protection)", "PREVENT/SIGNIFICANT"])
def test_category_and_value_in_one_cell(cell: str) -> None:
    assert ratings(read_csv(f"Control,Technique,Rating\nAC-1,T1114,{cell}\n")) == ["protect significant"]


def test_values_without_category_are_assumed_to_protect_and_said() -> None:
    text = "Control,Technique,Score\nAC-1,T1114,Partial\n"
    assumed = read_csv(text)
    assert ratings(assumed) == ["protect partial"]
    assert any("`reading.category`" in remark for remark in assumed.sources[0].remarks)
    assert ratings(read_csv(text, category="detect")) == ["detect partial"]


def test_percentages_are_not_guessed() -> None:
    with pytest.raises(SourceError, match="unknown value '75%'"):
        read_csv("Control,Technique,Rating\nAC-1,T1114,75%\n")


def test_rating_option_that_is_none_is_refused() -> None:
    with pytest.raises(SourceError, match="'superb' is not a rating"):
        read_csv("Control,Technique,Score\nAC-1,T1114,High\n", ratings=(("High", "superb"),))


def test_category_column_of_other_things_is_a_group() -> None:
    mappings = read_csv("Control,Category,Technique\nAC-1,Mail,T1114\n")
    assert [group.name for group in mappings.capabilities[0].groups] == ["Mail"]
    assert mappings.mappings[0].category is None
    assert "column Category holds other words, and is read as group" in mappings.sources[0].remarks


def test_domain_column_of_other_things_is_a_group() -> None:
    mappings = read_csv("Control,Domain,Technique\nAC-1,Logging,T1114\n")
    assert [group.name for group in mappings.capabilities[0].groups] == ["Logging"]
    assert mappings.domain == "enterprise"


def test_what_the_list_does_not_say_is_assumed_and_said() -> None:
    source = read_csv("Control,Technique\nAC-1,T1114\n", name="our controls.csv").sources[0]
    assert source.framework == "our controls"
    assert source.attack_version == "20.0"
    assert any("ATT&CK release" in remark for remark in source.remarks)


def test_domain_is_that_of_the_techniques() -> None:
    mappings = read_csv("Control,Technique\nAC-1,T0800\nAC-2,T0801\n")
    assert mappings.domain == "ics"


def test_options_stand_in_for_what_the_list_says() -> None:
    mappings = read_csv(
        "Control,Technique,Framework,ATT&CK Version\nAC-1,T1114,x,15.1\n",
        framework="nist_800_53",
        framework_version="rev5",
        attack_version="16.1",
        domain="enterprise",
    )
    source = mappings.sources[0]
    assert (source.framework, source.framework_version, source.attack_version) == ("nist_800_53", "rev5", "16.1")
    assert ("source-framework", "nist_800_53") in source.read_options


def test_frameworks_in_a_column_are_several_sources() -> None:
    mappings = read_csv("Framework,Control,Technique\nNIST 800-53,AC-3,T1114\nours,X-1,T1114\n")
    assert [source.framework for source in mappings.sources] == ["nist_800_53", "ours"]


def test_domains_in_a_column_do_not_mix() -> None:
    with pytest.raises(SourceError, match="different domains"):
        read_csv("Control,Technique,Domain,ATT&CK version\nA,T1114,enterprise,16.1\nB,T0800,ics,16.1\n")


def test_formulas_are_text() -> None:
    mappings = read_csv('Control,Technique,Notes\n=1+1,T1114,"=HYPERLINK(""http://x"")"\n')
    assert mappings.mappings[0].capability.id == "=1+1"
    assert mappings.mappings[0].comment.startswith("=HYPERLINK")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("[]", []),
        ("", []),
        ("['https://a.example/x', 'https://b.example']", ["https://a.example/x", "https://b.example"]),
        ('["https://a.example/it\'s"]', ["https://a.example/it's"]),
        ("https://a.example https://b.example", ["https://a.example https://b.example"]),
        ("[broken", ["[broken"]),
        (r"['https://a.example/\x41']", ["https://a.example/A"]),
        (r"['\N{x}']", [r"\N{x}"]),
    ],
)
def test_references_as_printed_list(cell: str, expected: list[str]) -> None:
    assert references_in(cell) == expected


def test_unsafe_links_never_become_links() -> None:
    mappings = read_csv("Control,Technique,Links\nA,T1114,javascript:alert(1) https://good.example/\n")
    assert mappings.mappings[0].references == ("https://good.example/",)
