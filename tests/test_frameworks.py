from __future__ import annotations

import pytest

from navigator_export.frameworks import framework


@pytest.mark.parametrize(
    ("licence", "tier"),
    [
        ("Microsoft 365 E3 and E5", "E3"),
        ("Microsoft 365 E5", "E5"),
        ("Microsoft Entra ID P2", "E5"),
        ("Defender for Office 365 plan 1 and plan 2", "E3"),
        ("included in all versions of the suite", "E3"),
        ("a contract", None),
    ],
)
def test_licence_words_name_their_lowest_tier(licence: str, tier: str | None) -> None:
    scheme = framework("m365").tiers
    assert scheme is not None
    assert scheme.lowest_named(licence) == tier


@pytest.mark.parametrize(("id_", "name"), [("intel-vpro", "Intel vPro"), ("M365", "Microsoft 365"), ("own", "own")])
def test_frameworks_have_a_name_or_go_by_their_id(id_: str, name: str) -> None:
    assert framework(id_).name == name
