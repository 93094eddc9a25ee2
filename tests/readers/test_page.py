"""The text of a technique's page, as copied from a browser."""

from __future__ import annotations

import pytest

from navigator_export import MappingSet, SourceError, make_layer, read, read_bytes
from navigator_export.layer.passages import licence_of
from navigator_export.readers import ReadOptions
from tests.readers.lists.made_lists import pairs
from tests.real_inputs import NIST_14, corpus, shared
from tests.running import Run

PAGE = """\
T1114 Email Collection Mappings

Some words on the technique.

View in MITRE ATT&CK®

Mappings

Capability ID Capability Description Mapping Type ATT&CK ID ATT&CK Name Notes
AC-03 Access Enforcement Protects T1114 Email Collection
SI-07 Software, Firmware, and Information Integrity Protects T1114 Email Collection
X-MAIL-E3 Rules that Protects use Technique Scores T1114 Email Collection
Comments
Mail is checked. References to T1114 Email Collection are logged. License Requirements: Plan 1
References
https://example.org/rules
javascript:alert(1)://

ATT&CK Subtechniques

Technique ID Technique Name Number of Mappings
T1114.001 Local Email Collection 8
"""


def read_page(text: str, **options: object) -> MappingSet:
    return read_bytes(text.encode(), "page.txt", ReadOptions(**options))


def test_published_page() -> None:
    mappings = read(shared("corpus/pages/T1114-email-collection.txt"))
    assert len(mappings.mappings) == 20
    commented = [m for m in mappings.mappings if m.comment]
    assert len(commented) == 6
    assert sum(bool(licence_of(m.comment)) for m in commented) == 5
    assert {m.technique for m in mappings.mappings} == {"T1114"}
    assert [(s.framework, s.mappings) for s in mappings.sources] == [("nist_800_53", 14), ("m365", 6)]
    facts = dict(mappings.sources[0].reading)
    counts = {name: how for name, how in facts.items() if name.startswith("sub-technique")}
    assert [how.partition(":")[2] for how in counts.values()] == [
        f" {n} mappings, not on this page" for n in (8, 16, 19)
    ]


def test_published_page_agrees_with_the_published_sets() -> None:
    page = read(shared("corpus/pages/T1114-email-collection.txt"))
    nist = read(corpus(NIST_14))
    on_page = {m.capability.id for m in page.mappings if m.capability.framework == "nist_800_53"}
    assert on_page == {m.capability.id for m in nist.mappings if m.technique == "T1114"}


def test_layer_of_the_published_page() -> None:
    product = make_layer(read(shared("corpus/pages/T1114-email-collection.txt")))
    assert [t.technique_id for t in product.layer.techniques] == ["T1114"]
    assert product.layer.techniques[0].score == 20


@pytest.mark.parametrize("separator", [" ", "\t", "\u00a0"])
def test_page_with_any_space_between_the_columns(separator: str) -> None:
    text = PAGE
    if separator == "\t":
        text = text.replace(
            "AC-03 Access Enforcement Protects T1114 Email", "AC-03\tAccess Enforcement\tProtects\tT1114\tEmail"
        )
    elif separator != " ":
        text = text.replace("AC-03 Access", f"AC-03{separator}Access")
    mappings = read_page(text)
    assert pairs(mappings) == [("AC-03", "T1114"), ("SI-07", "T1114"), ("X-MAIL-E3", "T1114")]
    assert [m.mapping_type.name for m in mappings.mappings if m.mapping_type] == [
        "Protects",
        "Protects",
        "Technique Scores",
    ]
    assert mappings.mappings[2].capability.name == "Rules that Protects use"


def test_comment_references_and_licence() -> None:
    last = read_page(PAGE).mappings[-1]
    assert last.comment.startswith("Mail is checked. References to T1114")
    assert licence_of(last.comment) == "Plan 1"
    assert last.references == ("https://example.org/rules",)


def test_framework_release_and_domain_from_options() -> None:
    mappings = read_page(PAGE, framework="mine", framework_version="1", attack_version="14.1")
    [source] = mappings.sources
    assert (source.framework, source.framework_version, source.attack_version) == ("mine", "1", "14.1")
    assert len(mappings.mappings) == 3


def test_lines_that_are_no_rows_are_told() -> None:
    text = PAGE.replace("SI-07 Software, Firmware, and Information Integrity Protects", "SI-07 Software fends off")
    with pytest.raises(SourceError) as raised:
        read_page(text)
    [line] = raised.value.lines()
    assert line.startswith("page.txt::line 11: error not a row of the table: 'SI-07 Software fends off T1114 Email")


def test_page_without_rows() -> None:
    with pytest.raises(SourceError, match="lists no mapping"):
        read_page(PAGE.partition("AC-03")[0])


def test_other_text_is_no_page() -> None:
    with pytest.raises(SourceError, match="not a technique page"):
        read_page("hello\n", format="page")


def test_command_of_a_page_names_it_once(run: Run) -> None:
    page = shared("corpus/pages/T1114-email-collection.txt")
    outcome = run("export", page, "--source-attack-version", "14.1")
    assert outcome.code == 0
    assert b'navigator-export export T1114-email-collection.txt --source-attack-version=14.1"' in outcome.out


TODAY = """\
Mappings Explorer
T1114 EMAIL COLLECTION
Somebody reads mail.

View in MITRE ATT&CK®.
NIST 800-53 Mappings
ATT&CK Version16.1ATT&CK DomainEnterpriseChange Versions

Capability ID
Capability Description
Mapping Type
ATT&CK ID
ATT&CK Name
Notes
AC-03\tFirst control\tmitigates\tT1114\tEmail Collection
AC-04 Second control mitigates T1114 Email Collection
Showing 1 to 2 of 5 rows  rows per page
‹
1
2
›
Acme Mappings
ATT&CK Version16.1ATT&CK DomainEnterpriseChange Versions
Capability ID\tCapability Description\tMapping Type\tATT&CK ID\tATT&CK Name\tNotes
A-1\tMail thing\tTechnique Scores\tT1114\tEmail Collection\t
Comments
Comparable Mappings
are stopped.
References
https://example.org/mail
Showing 1 to 1 of 1 rows
© somebody
"""


def test_page_with_a_table_for_each_framework() -> None:
    mappings = read_page(TODAY)
    assert pairs(mappings) == [("AC-03", "T1114"), ("AC-04", "T1114"), ("A-1", "T1114")]
    assert [(s.framework, s.attack_version, s.domain) for s in mappings.sources] == [
        ("nist_800_53", "16.1", "enterprise"),
        ("Acme", "16.1", "enterprise"),
    ]
    assert [m.mapping_type.id for m in mappings.mappings if m.mapping_type] == [
        "mitigates",
        "mitigates",
        "Technique Scores",
    ]
    assert mappings.mappings[2].comment == "Comparable Mappings\nare stopped."
    assert mappings.mappings[2].references == ("https://example.org/mail",)


def test_rows_that_the_page_does_not_show_are_told() -> None:
    [first, second] = read_page(TODAY).sources
    assert first.remarks == (
        "only 2 of 5 rows of NIST 800-53 are in the text; show all rows of the page's tables and copy it again",
    )
    assert second.remarks == ()


def test_rows_of_a_table_that_were_copied_page_by_page_are_all_there() -> None:
    more = "".join(f"AC-{n}\tControl\tmitigates\tT1114\tEmail Collection\n" for n in (5, 6, 7))
    text = TODAY.replace("‹\n", f"{more}Showing 3 to 5 of 5 rows\n‹\n")
    mappings = read_page(text)
    assert [source.remarks for source in mappings.sources] == [(), ()]
    assert len(mappings.mappings) == 6


def test_line_in_a_table_of_today_that_is_no_row_is_told() -> None:
    with pytest.raises(SourceError, match=r"line 16: error not a row of the table: 'AC-04 fends off"):
        read_page(TODAY.replace("AC-04 Second control mitigates", "AC-04 fends off"))
