from __future__ import annotations

import pytest

from navigator_export.layer.passages import Passages, licence_of
from tests.made_inputs import make_row, mapping_set

PRODUCT = "Mail Rules look at each message on its way."
BY_RULE = "They protect from Email Collection by encrypting what is sent."
FORWARDING = "They detect forwarding that nobody asked for."
LICENCE = "License Requirements: Suite plan 1 and plan 2"


def said(comments: dict[str, str], technique: str, name: str) -> str:
    """Return what is said of one technique, where a capability has these comments by technique."""
    mappings = mapping_set([make_row("A", id_, "protect partial", comments=text) for id_, text in comments.items()])
    [mapping] = [m for m in mappings.mappings if m.technique == technique]
    return Passages(mappings.mappings).about(mapping, name)


@pytest.mark.parametrize("joint", [" ", "\n", "\n\n", "\r\n"])
def test_a_sentence_repeated_for_other_techniques_gives_way(joint: str) -> None:
    comments = {"T1114": PRODUCT + joint + BY_RULE, "T1566": PRODUCT + joint + FORWARDING}
    assert said(comments, "T1114", "Email Collection") == BY_RULE
    assert said(comments, "T1566", "Phishing") == FORWARDING


def test_a_repeated_sentence_stands_where_there_is_no_other() -> None:
    assert said({"T1114": PRODUCT, "T1566": PRODUCT}, "T1114", "Email Collection") == PRODUCT


def test_a_sentence_shared_within_a_family_goes_before_one_shared_with_others() -> None:
    comments = {
        "T1114": f"{PRODUCT} {FORWARDING}",
        "T1114.003": f"{PRODUCT} {FORWARDING}",
        "T1566": PRODUCT,
    }
    assert said(comments, "T1114.003", "Email Forwarding Rule") == FORWARDING


def test_the_sentence_that_names_the_technique_goes_before_others() -> None:
    comment = f"Something is set up first. {FORWARDING} {BY_RULE}"
    assert said({"T1114": comment}, "T1114", "Email Collection") == BY_RULE


@pytest.mark.parametrize("spelling", ["email collection", "EMAIL COLLECTION", "Email-Collection", "email collections"])
def test_a_technique_is_named_in_any_spelling(spelling: str) -> None:
    naming = f"This is about {spelling} alone"
    assert said({"T1114": f"{FORWARDING} {naming}"}, "T1114", "Email Collection") == naming


def test_a_sentence_on_an_effect_goes_before_one_without() -> None:
    assert said({"T1114": f"Set it up in the portal. {FORWARDING}"}, "T1114", "Other Name") == FORWARDING


def test_a_sentence_on_the_score_itself_goes_last() -> None:
    scoring = "This is scored partial against Email Collection."
    assert said({"T1114": f"{scoring} {FORWARDING}"}, "T1114", "Email Collection") == FORWARDING


def test_another_capability_may_repeat_a_sentence() -> None:
    rows = [
        make_row("A", "T1114", comments=f"{BY_RULE} {FORWARDING}"),
        make_row("B", "T1566", comments=BY_RULE),
    ]
    mappings = mapping_set(rows).mappings
    assert Passages(mappings).about(mappings[0], "Email Collection") == BY_RULE


@pytest.mark.parametrize("comment", ["", "   ", LICENCE, "https://example.org/a-page", "…"])
def test_nothing_is_said_without_a_sentence(comment: str) -> None:
    assert said({"T1114": comment}, "T1114", "Email Collection") == ""


def test_licence_passage_is_not_what_is_said() -> None:
    assert said({"T1114": f"{FORWARDING}\n{LICENCE}"}, "T1114", "Email Collection") == FORWARDING


@pytest.mark.parametrize("abbreviation", ["e.g.", "i.e.", "etc.", "vs."])
def test_abbreviations_end_no_sentence(abbreviation: str) -> None:
    sentence = f"Rules detect forwarding ({abbreviation} Contoso mail) of any kind."
    assert said({"T1114": f"{sentence} {PRODUCT}"}, "T1114", "Other") == sentence


def test_a_long_sentence_is_cut_between_words() -> None:
    long = "They detect " + " ".join(f"word{i}" for i in range(100)) + "."
    cut = said({"T1114": long}, "T1114", "Email Collection")
    assert cut.endswith(" …")
    assert len(cut) <= 302
    assert long.startswith(cut.removesuffix(" …") + " ")


def test_a_sentence_without_spaces_within_the_limit_is_cut_all_the_same() -> None:
    cut = said({"T1114": "x" * 400 + " detect"}, "T1114", "Email Collection")
    assert cut == "x" * 300 + " …"


@pytest.mark.parametrize(
    ("comment", "licence"),
    [
        (f"{PRODUCT}\n\nLicense Requirements:\nSuite plan 2", "Suite plan 2"),
        (f"{PRODUCT}\nLicense requirements: Suite E3 and E5", "Suite E3 and E5"),
        (f"{PRODUCT}\nlicence requirements:  Suite   E5", "Suite E5"),
        (f"{PRODUCT}\nLicense: any", "any"),
        (f"{PRODUCT}\nRequired licenses\nE5 or plan 2", "E5 or plan 2"),
        (f"{PRODUCT}\nLicensing requirements: P1", "P1"),
        (f"{PRODUCT}\r\nLicense Requirements:\r\nSuite\r\nand more", "Suite and more"),
        (f"{PRODUCT} It requires an E5 license. {BY_RULE}", "It requires an E5 license."),
        (f"{PRODUCT} {BY_RULE}", ""),
        ("Licensees of software are told so.", ""),
        ("", ""),
    ],
)
def test_licence_sentence(comment: str, licence: str) -> None:
    assert licence_of(comment.replace("\r\n", "\n")) == licence
