from __future__ import annotations

import pytest

from navigator_export.layer.passages import licence_of
from navigator_export.layer.passages.licence import without_licence

PRODUCT = "Mail Rules look at each message on its way."


@pytest.mark.parametrize(
    ("comment", "licence"),
    [
        (f"{PRODUCT}\n\nLicense Requirements:\nSuite plan 2", "Suite plan 2"),
        (f"{PRODUCT}\nLicense requirements: Suite E3 and E5", "Suite E3 and E5"),
        (f"{PRODUCT}\nlicence requirements:  Suite   E5", "Suite E5"),
        (f"{PRODUCT}\nLicense: any", "any"),
        (f"{PRODUCT}\nRequired licenses\nE5 or plan 2", "E5 or plan 2"),
        (f"{PRODUCT}\nLicensing requirements: P1", "P1"),
        (f"{PRODUCT}\nLicense Requirements:\nSuite\nand more", "Suite and more"),
        (f"{PRODUCT} It requires an E5 license. {PRODUCT}", "It requires an E5 license."),
        (f"{PRODUCT} {PRODUCT}", ""),
        ("Licensees of software are told so.", ""),
        ("", ""),
    ],
)
def test_licence_sentence(comment: str, licence: str) -> None:
    assert licence_of(comment) == licence


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
        ("License", "", "License"),
        ("License  : E5", "", "License  : E5"),
        ("A License: E5", "", "A License: E5"),
    ],
)
def test_licence_passage_ends_at_a_blank_line_or_another_heading(heading: str, licence: str, rest: str) -> None:
    assert licence_of(heading) == licence
    assert without_licence(heading).strip() == rest


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
