from __future__ import annotations

import pytest

from navigator_export.layer.passages import Passages, licence_of
from tests.growth import LINEAR, growth
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


# ---- where a passage ends --------------------------------------------------------------------------------------------


def sentence_of(length: int, *spaces: int) -> str:
    """Return a sentence of that many characters, with spaces at these places alone."""
    return "".join(" " if place in spaces else "x" for place in range(length))


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (sentence_of(299, 4), sentence_of(299, 4)),
        (sentence_of(300, 4), sentence_of(300, 4)),
        (sentence_of(301, 4), "xxxx …"),
        (sentence_of(301, 4, 298), f"{sentence_of(298, 4)} …"),
        (sentence_of(301, 4, 299), f"{sentence_of(299, 4)} …"),
        (sentence_of(302, 4, 300), "xxxx …"),
        (sentence_of(400, 350), f"{sentence_of(300)} …"),
    ],
)
def test_a_sentence_is_cut_at_the_last_space_of_its_first_300_characters(sentence: str, shown: str) -> None:
    assert said({"T1114": sentence}, "T1114", "Other") == shown


@pytest.mark.parametrize(
    ("heading", "licence", "rest"),
    [
        ("License: E5\nand more", "E5 and more", ""),
        ("License: E5\n\nThey detect more.", "E5", "They detect more."),
        ("License: E5\n \t\nThey detect more.", "E5", "They detect more."),
        ("License: E5\nLicense: E3", "E5", ""),
        ("License: E5\n \tlicence requirements: E3", "E5", ""),
        ("License: E5\nunder this license", "E5 under this license", ""),
        ("License:\n\n\nE5\nand more\n\nThey detect more.", "E5 and more", "They detect more."),
        ("  License Requirements\nE5", "E5", ""),
        ("License : E5", "E5", ""),
        ("License", "", ""),
        ("License  : E5", "", ""),
        ("A License: E5", "", "A License: E5"),
    ],
)
def test_licence_passage_ends_at_a_blank_line_or_another_heading(heading: str, licence: str, rest: str) -> None:
    assert licence_of(heading) == licence
    if rest or licence:
        assert said({"T1114": heading}, "T1114", "Other") == rest


@pytest.mark.parametrize(
    ("comment", "first"),
    [
        ("They detect. Then more is said.", "They detect."),
        ("They detect! Then more is said.", "They detect!"),
        ("They detect? Then more is said.", "They detect?"),
        ("They detect: Then more is said.", "They detect: Then more is said."),
        ("They detect. then more is said.", "They detect. then more is said."),
        ("They detect. 2 more are said.", "They detect."),
        ("They detect.Then more is said.", "They detect.Then more is said."),
        ("They detect. “Then” more is said.", "They detect."),
        ("They detect. (Then) more is said.", "They detect."),
        ("They detect rvs. Then more is said.", "They detect rvs."),
        ("They detect sketc. Then more is said.", "They detect sketc."),
    ],
)
def test_a_sentence_ends_before_a_capital_or_a_number(comment: str, first: str) -> None:
    assert said({"T1114": comment}, "T1114", "Other") == first


@pytest.mark.parametrize(
    ("sentence", "is_licence"),
    [
        ("This requires an E5 licence", True),
        ("This REQUIRES P2", True),
        ("Require plan 2 for this", True),
        ("An E5 licence is what this requires", False),
        ("This requires work. no licence", False),
        ("This required E5", False),
        ("This requires E55", False),
        ("This requires plan 3", False),
        ("This requires work.and requires E3", True),
    ],
)
def test_licence_sentence_says_what_is_required(sentence: str, is_licence: bool) -> None:
    assert licence_of(sentence) == (sentence if is_licence else "")


# ---- any length ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "repeated",
    [
        "requires ",
        "require x ",
        "licence: ",
        "licence\n",
        "License:\n",
        "license requirement \n",
        "\n\t",
        '."',
        ". ",
        "E3 ",
    ],
)
def test_time_grows_with_the_length_of_a_comment_alone(repeated: str) -> None:
    def passages(times: int) -> None:
        comment = f"licen require {repeated * times}"
        licence_of.__wrapped__(comment)
        Passages(mapping_set([make_row("A", comments=comment)]).mappings)

    assert growth(passages, 1_500) < LINEAR
