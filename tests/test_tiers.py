from __future__ import annotations

import re

import pytest

from navigator_export import TierOptions, assign_tiers
from navigator_export.errors import SelectionError
from tests.made_inputs import NIST, joined_set, make_row, mapping_set, rated_rows, unrated_rows


def tiers_by_id(options: TierOptions | None = None, *, nist: bool = False) -> dict[str, str | None]:
    mappings = mapping_set(unrated_rows(), **NIST) if nist else mapping_set(rated_rows())
    tiers = assign_tiers(mappings, options or TierOptions())
    return {capability.id: tiers.of(capability) for capability in mappings.capabilities}


def test_m365_tier_is_the_suffix_of_the_id() -> None:
    assert tiers_by_id() == {"HUNT-E5": "E5", "LOGIN-E3": "E3", "MAIL-E3": "E3"}


def test_frameworks_without_scheme_have_no_tiers() -> None:
    assert set(tiers_by_id(nist=True).values()) == {None}


def test_the_last_assignment_that_matches_stands() -> None:
    options = TierOptions(assigned=(("*", "*", "E5"), ("*", "mail-*", "E3")))
    assert tiers_by_id(options) == {"HUNT-E5": "E5", "LOGIN-E3": "E5", "MAIL-E3": "E3"}


def test_own_tiers_serve_any_framework() -> None:
    options = TierOptions(orders=(("*", ("base", "high")),), assigned=(("*", "AC-*", "base"), ("*", "sc-7", "HIGH")))
    assert tiers_by_id(options, nist=True) == {"AC-03": "base", "AC-16": "base", "SC-07": "high"}


def test_own_tiers_replace_those_of_the_framework() -> None:
    tiers = assign_tiers(mapping_set(rated_rows()), TierOptions(orders=(("m365", ("E1", "E3", "E5")),)))
    assert tiers.names == ("E1", "E3", "E5")
    assert tiers.included("E3", exact=False) == {"E1", "E3"}


def test_tiers_named_for_another_framework_leave_those_of_m365() -> None:
    tiers = assign_tiers(mapping_set(rated_rows()), TierOptions(orders=(("nist*", ("low", "high")),)))
    assert tiers.names == ("E3", "E5")


def test_the_first_order_that_matches_a_framework_stands() -> None:
    options = TierOptions(orders=(("M3*", ("E1", "E3")), ("*", ("low", "high"))))
    assert assign_tiers(mapping_set(rated_rows()), options).names == ("E1", "E3")


@pytest.mark.parametrize(
    ("tier", "exact", "included"),
    [("E3", False, {"E3"}), ("E5", False, {"E3", "E5"}), ("E5", True, {"E5"}), (" e5 ", True, {"E5"})],
)
def test_a_tier_includes_the_lower_ones_unless_exact(tier: str, exact: bool, included: set[str]) -> None:
    tiers = assign_tiers(mapping_set(rated_rows()), TierOptions())
    assert tiers.included(tier, exact=exact) == included


def test_all_wrong_assignments_are_told_at_once_with_hints() -> None:
    with pytest.raises(SelectionError) as caught:
        assign_tiers(mapping_set(rated_rows()), TierOptions(assigned=(("*", "MIAL-E3", "E5"), ("*", "MAIL-E3", "E4"))))
    first, second = caught.value.problems
    assert "MAIL-E3" in first.hint
    assert first.place == "tiers.assigned MIAL-E3=E5"
    assert {"E3", "E5"} <= set(re.findall(r"\w+", second.hint))


def test_assignment_without_any_tiers_says_how_to_name_them() -> None:
    with pytest.raises(SelectionError, match=r"`tiers\.orders`"):
        tiers_by_id(TierOptions(assigned=(("*", "AC-*", "high"),)), nist=True)


@pytest.mark.parametrize("id_", ["PLAIN", "PLAIN-E4", "E3-PLAIN", "PLAIN-E33", "PLAINE3"])
def test_other_endings_name_no_tier(id_: str) -> None:
    mappings = mapping_set([make_row(id_)])
    assert assign_tiers(mappings, TierOptions()).of(mappings.capabilities[0]) is None


BOTH = joined_set(m365=rated_rows(), own=[make_row("MAIL-E3"), make_row("OTHER")])


def test_tiers_of_several_frameworks_are_named_once_and_include_the_lower_ones_of_each() -> None:
    tiers = assign_tiers(BOTH, TierOptions(orders=(("own", ("low", "E5", "top")),)))
    assert tiers.names == ("E3", "E5", "low", "top")
    assert tiers.included("E3", exact=False) == {"E3"}
    assert tiers.included("E5", exact=False) == {"E3", "E5", "low"}
    assert tiers.included("E5", exact=True) == {"E5"}
    assert tiers.included("top", exact=False) == {"low", "E5", "top"}


def test_assignments_are_of_the_frameworks_that_they_name() -> None:
    options = TierOptions(
        orders=(("own", ("low", "high")),),
        assigned=(("M3*", "MAIL-*", "e5"), ("own", "*", "high"), ("none", "X", "E9")),
    )
    assert assign_tiers(BOTH, options).by_capability == {
        ("m365", "HUNT-E5"): "E5",
        ("m365", "LOGIN-E3"): "E3",
        ("m365", "MAIL-E3"): "E5",
        ("own", "MAIL-E3"): "high",
        ("own", "OTHER"): "high",
    }


def test_a_capability_of_another_framework_or_a_tier_of_it_is_not_found() -> None:
    with pytest.raises(SelectionError) as caught:
        assign_tiers(
            BOTH, TierOptions(orders=(("own", ("low",)),), assigned=(("own", "HUNT-E5", "low"), ("own", "*", "E5")))
        )
    first, second = caught.value.problems
    assert first.message == "there is no capability 'HUNT-E5'"
    assert "HUNT" not in first.hint
    assert (second.message, second.hint) == ("there is no tier 'E5'", "known tiers: low")


def test_capabilities_without_tier_have_no_entry() -> None:
    assert assign_tiers(BOTH, TierOptions()).by_capability.keys() == {
        ("m365", "HUNT-E5"),
        ("m365", "LOGIN-E3"),
        ("m365", "MAIL-E3"),
    }
