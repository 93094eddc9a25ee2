from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from navigator_export import Criteria, MappingSet, Recipe, Scoring, Selection, TierOptions, make_layer, read_bytes
from navigator_export.attack import known
from navigator_export.layer.naming import beginning, file_name, framework_title, slug, title
from navigator_export.layer.sheets import forbidden_in
from navigator_export.preparation import Settled, prepare, settle
from navigator_export.recipe import selection_words
from tests.made_inputs import joined_set, make_row, mapping_bytes, mapping_set, rated_rows

MAPPINGS = mapping_set(rated_rows())


def including(**aspects: tuple[str, ...]) -> Recipe:
    return Recipe(selection=Selection(include=Criteria(**aspects)))


NAMES = [
    (Recipe(), "M365 2025-07-18", "everything_best"),
    (Recipe(selection=Selection(tier="E3")), "E3 · M365 2025-07-18", "tier-e3_best"),
    (
        Recipe(selection=Selection(tier="E3"), scoring=Scoring(strategy="count")),
        "E3 · M365 2025-07-18 · count",
        "tier-e3_count",
    ),
    (Recipe(scoring=Scoring(strategy="best")), "M365 2025-07-18", "everything_best"),
    (including(groups=("identity",)), "Identity · M365 2025-07-18", "group-identity_best"),
    (including(capabilities=("HUNT-E5",)), "HUNT-E5 Name of HUNT-E5 · M365 2025-07-18", "capability-hunt-e5_best"),
    (
        including(capabilities=("HUNT-E5", "MAIL-E3")),
        "HUNT-E5, MAIL-E3 · M365 2025-07-18",
        "capability-hunt-e5_capability-mail-e3_best",
    ),
    (including(capabilities=("hunt-e5",)), "capability hunt-e5 · M365 2025-07-18", "capability-hunt-e5_best"),
    (including(capabilities=("MAIL-*",)), "MAIL-… · M365 2025-07-18", None),
    (including(categories=("detect",)), "detect · M365 2025-07-18", "category-detect_best"),
    (including(values=("partial", "significant")), "partial, significant · M365 2025-07-18", None),
    (including(techniques=("T1114*",)), "T1114… · M365 2025-07-18", None),
    (Recipe(selection=Selection(min_value="partial")), "at least partial · M365 2025-07-18", "min-value-partial_best"),
    (
        Recipe(selection=Selection(tier="E3", exact_tier=True, include=Criteria(categories=("detect",)))),
        "detect, E3 only · M365 2025-07-18",
        None,
    ),
    (
        Recipe(selection=Selection(exclude=Criteria(groups=("mail",))), comments="none"),
        "without group mail · M365 2025-07-18 · comments none",
        "without-group-mail_best_comments-none",
    ),
    (
        Recipe(layout="side", show_id=True, platforms=("windows",)),
        "M365 2025-07-18 · layout side · show id · platforms Windows",
        "everything_best_layout-side_show-id_platforms-windows",
    ),
]


@pytest.mark.parametrize(("recipe", "name", "tail"), NAMES)
def test_title_tells_what_distinguishes_first_and_the_file_name_everything(
    recipe: Recipe, name: str, tail: str | None
) -> None:
    product = make_layer(MAPPINGS, recipe)
    assert product.layer.name == name
    if tail:
        assert product.file_name == f"m365-07.18.2025_attack-16.1-enterprise_{tail}.json"


@pytest.mark.parametrize(("domain", "technique"), [("mobile", "T1430"), ("ics", "T0800")])
def test_title_and_file_name_tell_another_domain(domain: str, technique: str) -> None:
    product = make_layer(mapping_set([make_row("A", technique)], technology_domain=domain))
    assert product.layer.name == f"M365 2025-07-18 {'ICS' if domain == 'ics' else domain}"
    assert f"attack-16.1-{domain}" in product.file_name


def test_title_and_file_name_tell_a_move_to_another_release() -> None:
    product = make_layer(MAPPINGS, Recipe(attack_version="20.0"))
    assert product.layer.name == "M365 2025-07-18 · ATT&CK 20.0"
    assert "to ATT&CK 20.0, moved from 16.1 to 20.0. " in str(product.layer.description)
    assert "attack-16.1-to-20.0" in product.file_name


def test_given_name_is_the_title() -> None:
    assert make_layer(MAPPINGS, Recipe(name="Ours")).layer.name == "Ours"


WORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + " -_.,·/*?[]=:'é\n"), min_size=1, max_size=12)
PATTERNS = st.lists(WORDS | st.sampled_from(["AC-3", "ac-3", "E3", "a, group b"]), max_size=3).map(tuple)
CRITERIA = st.builds(
    Criteria,
    capabilities=PATTERNS,
    groups=PATTERNS,
    categories=st.lists(st.sampled_from(("protect", "detect")), max_size=2).map(tuple),
    techniques=PATTERNS,
)
RANDOM_RECIPES = st.builds(
    Recipe,
    selection=st.builds(
        Selection,
        include=CRITERIA,
        exclude=CRITERIA,
        tier=st.sampled_from((None, "E3", "E5")),
        exact_tier=st.booleans(),
        min_value=st.sampled_from((None, "partial")),
        exclude_tiers=st.lists(st.sampled_from(("E3", "E5")), max_size=2).map(tuple),
    ),
    tiers=st.builds(
        TierOptions,
        assigned=st.lists(st.tuples(st.just("*"), WORDS, st.sampled_from(("E3", "E5"))), max_size=2).map(tuple),
    ),
    scoring=st.builds(
        Scoring,
        strategy=st.sampled_from(("best", "count")),
        weights=st.sampled_from(((1, 2, 3), (1, 2, 4), (1, 2, 3.00000001))),
        range=st.none() | st.tuples(st.just(0), st.floats(1, 1e9)),
    ),
    comments=st.sampled_from(("short", "full", "none")),
    on_inactive=st.sampled_from(("drop", "keep")),
    fold=st.booleans(),
    aggregate=st.booleans(),
    layout=st.sampled_from(("flat", "side")),
    show_id=st.booleans(),
    hide_unscored=st.booleans(),
    platforms=st.sampled_from(((), ("Windows",), ("Windows", "macOS"))),
)


def settled(mappings: MappingSet, recipe: Recipe) -> Settled:
    """Return a recipe as if it fitted the mappings: names follow from the words alone."""
    strategy = recipe.scoring.strategy
    assert strategy is not None
    everything = settle(prepare((mappings,), Recipe(), known()), Recipe())
    return replace(everything, recipe=recipe, strategy=strategy, selection=selection_words(recipe))


def names(recipe: Recipe) -> tuple[str, str]:
    made = settled(MAPPINGS, recipe)
    return title(made), file_name(made)


@given(one=RANDOM_RECIPES, other=RANDOM_RECIPES)
def test_different_recipes_have_different_titles_and_file_names(one: Recipe, other: Recipe) -> None:
    if one == other:
        assert names(one) == names(other)
        return
    assert names(one)[0] != names(other)[0]
    assert names(one)[1] != names(other)[1]


@given(recipe=RANDOM_RECIPES, framework=WORDS, version=WORDS, group=WORDS)
def test_no_title_has_a_character_that_excel_refuses(recipe: Recipe, framework: str, version: str, group: str) -> None:
    rows = [make_row("A/1", capability_description="Is it: *this*?", capability_group=group)]
    data = mapping_bytes(rows, mapping_framework=f"x{framework}", mapping_framework_version=version)
    mappings = read_bytes(data, "a.json")
    chosen = replace(recipe, selection=replace(recipe.selection, include=Criteria(capabilities=("A/1",))))
    for made in (settled(mappings, recipe), settled(mappings, chosen)):
        assert forbidden_in(title(made)) == ""


@given(recipe=RANDOM_RECIPES)
def test_a_title_begins_as_was_told_before_anything_was_selected(recipe: Recipe) -> None:
    made = settled(MAPPINGS, recipe)
    begun = beginning(made.prepared, recipe)
    assert title(made).startswith(begun)
    assert len(begun) > 0


LOOKALIKES = [
    (Criteria(capabilities=("A", "B")), Criteria(capabilities=("A, capability B",))),
    (Criteria(capabilities=("A",), groups=("B",)), Criteria(capabilities=("A, group B",))),
    (Criteria(capabilities=("a b",)), Criteria(capabilities=("a-b",))),
    (Criteria(capabilities=("a b",)), Criteria(capabilities=("a_b",))),
    (Criteria(capabilities=("a*",)), Criteria(capabilities=("a?",))),
    (Criteria(capabilities=("a_group-b",)), Criteria(capabilities=("a",), groups=("b",))),
    (Criteria(groups=("é",)), Criteria(groups=("è",))),
    (Criteria(techniques=("T1114 · count",)), Criteria(techniques=("T1114",))),
    (Criteria(capabilities=("x" * 100 + "1",)), Criteria(capabilities=("x" * 100 + "2",))),
]


@pytest.mark.parametrize(("one", "other"), LOOKALIKES)
def test_recipes_that_look_alike_have_different_titles_and_file_names(one: Criteria, other: Criteria) -> None:
    first, second = (
        names(Recipe(selection=Selection(include=criteria), scoring=Scoring(strategy="best")))
        for criteria in (one, other)
    )
    assert first[0] != second[0]
    assert first[1] != second[1]


@given(recipe=RANDOM_RECIPES, framework=WORDS, version=WORDS)
def test_file_names_are_safe_everywhere(recipe: Recipe, framework: str, version: str) -> None:
    rows = [make_row("A")]
    data = mapping_bytes(rows, mapping_framework=f"x{framework}", mapping_framework_version=version)
    mappings = read_bytes(data, "a.json")
    name = file_name(settled(mappings, recipe))
    assert re.fullmatch(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*\.json", name)
    assert len(name) < 240


# ---- names at their bounds -------------------------------------------------------------------------------------------


def selecting(*capabilities: str, **other: object) -> Recipe:
    return Recipe(
        selection=Selection(include=Criteria(capabilities=capabilities)), scoring=Scoring(strategy="best"), **other
    )


def test_words_of_a_selection_up_to_48_characters_stand_whole_in_a_title() -> None:
    longest = "x" * (48 - len("capability "))
    assert names(selecting(longest))[0] == f"capability {longest} · M365 2025-07-18"
    cut = names(selecting(f"{longest}y"))[0]
    assert re.fullmatch(rf"capability {longest[:-1]}… · M365 2025-07-18 · #[0-9a-f]{{8}}", cut)


def test_words_of_a_file_name_up_to_80_characters_stand_whole() -> None:
    longest = "x" * (80 - len("capability-_best"))
    start = "m365-07.18.2025_attack-16.1-enterprise_"
    assert names(selecting(longest))[1] == f"{start}capability-{longest}_best.json"
    cut = names(selecting(f"{longest}y"))[1]
    assert re.fullmatch(rf"{start}capability-{longest}y_bes_[0-9a-f]{{8}}\.json", cut)
    assert re.fullmatch(rf"{start}capability-{longest}yyyy_[0-9a-f]{{8}}\.json", names(selecting(longest + "yyyy"))[1])


@pytest.mark.parametrize(
    ("recipe", "in_title", "in_file_name"),
    [
        (selecting("A-1.b_C"), False, False),
        (selecting("A", "B"), False, False),
        (selecting("a b"), False, True),
        (selecting("a*"), False, True),
        (selecting("a, b"), True, True),
        (selecting("a · b"), True, True),
        (selecting("a_group-b"), False, True),
        (selecting("a_B-c"), False, False),
        (selecting("A", name="other"), None, False),
    ],
)
def test_a_digest_stands_only_where_words_can_be_read_in_two_ways(
    recipe: Recipe, in_title: bool | None, in_file_name: bool
) -> None:
    shown, file = names(recipe)
    assert bool(re.search(r" · #[0-9a-f]{8}$", shown)) == bool(in_title)
    assert bool(re.search(r"_[0-9a-f]{8}\.json$", file)) == in_file_name


def test_a_digest_tells_the_score_too() -> None:
    found = {
        re.findall("[0-9a-f]{8}", name)[-1]
        for strategy in ("best", "count")
        for name in names(replace(selecting("a, b"), scoring=Scoring(strategy=strategy)))
    }
    assert len(found) == 2


@pytest.mark.parametrize(
    ("recipe", "words", "tail"),
    [
        (
            Recipe(selection=Selection(include=Criteria(mapping_types=("other_type",)), min_value="partial")),
            "at least partial, mapping type other_type · M365 2025-07-18",
            "mapping-type-other_type_min-value-partial_best",
        ),
        (
            Recipe(tiers=TierOptions(assigned=(("*", "LOGIN-E3", "E5"),))),
            "M365 2025-07-18 · assign tier LOGIN-E3=E5",
            None,
        ),
        (
            Recipe(selection=Selection(tier="E3", exact_tier=True)),
            "E3 only · M365 2025-07-18",
            "tier-e3_exact-tier_best",
        ),
        (
            Recipe(
                selection=Selection(exclude_tiers=("E3",)), fold=True, on_inactive="keep", scoring=Scoring(range=(0, 9))
            ),
            "without tier E3 · M365 2025-07-18 · range 0 to 9 · on inactive keep · fold",
            None,
        ),
        (Recipe(description="Of us"), "M365 2025-07-18", None),
    ],
)
def test_names_tell_every_other_choice(recipe: Recipe, words: str, tail: str | None) -> None:
    product = make_layer(MAPPINGS, recipe)
    assert product.layer.name == words
    if tail:
        assert product.file_name == f"m365-07.18.2025_attack-16.1-enterprise_{tail}.json"
    assert "of-us" not in product.file_name


def test_release_stands_once_in_the_names_of_a_moved_layer() -> None:
    product = make_layer(MAPPINGS, Recipe(attack_version="20.0", name="Ours"))
    assert product.layer.name == "Ours"
    assert product.file_name == "m365-07.18.2025_attack-16.1-to-20.0-enterprise_everything_best.json"


def test_frameworks_without_version_and_several_frameworks_are_named() -> None:
    mappings = mapping_set([make_row()], mapping_framework_version="")
    product = make_layer(mappings)
    assert product.layer.name == "M365"
    assert product.file_name == "m365_attack-16.1-enterprise_everything_best.json"
    both = make_layer(joined_set(m365=[make_row()], nist_800_53=[make_row()]))
    assert both.layer.name == "M365 2025-07-18 + NIST 800-53 2025-07-18"
    assert both.file_name.startswith("m365-07.18.2025+nist_800_53-07.18.2025_attack-16.1-")


def test_long_names_of_frameworks_are_cut_in_file_names() -> None:
    [start, *_] = make_layer(mapping_set([make_row()], mapping_framework="x" * 100)).file_name.split("_attack-")
    assert start == "x" * 80


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ab c", "ab-c"),
        ("a/b", "a.b"),
        (" .-a-. ", "a"),
        ("a  *b", "a-b"),
        ("a_b+c.d", "a_b+c.d"),
        ("é", "x"),
        ("", "x"),
    ],
)
def test_slug(text: str, safe: str) -> None:
    assert slug(text) == safe


@pytest.mark.parametrize(
    ("framework", "version", "shown"),
    [
        ("m365", "07/18/2025", "M365 2025-07-18"),
        ("nist_800_53", "rev5", "NIST 800-53 r5"),
        ("nist_800_53", "Rev. 4", "NIST 800-53 r4"),
        ("cri_profile", "v2.1", "CRI v2.1"),
        ("csa_ccm", "4.1", "CCM 4.1"),
        ("kev", "02/13/2025", "KEV 2025-02-13"),
        ("veris", "1.4.0", "VERIS 1.4.0"),
        ("intel-vpro", "08/20/2024", "vPro 2024-08-20"),
        ("our: own/list", "", "our – own-list"),
    ],
)
def test_frameworks_are_called_what_people_call_them_with_dates_as_iso(
    framework: str, version: str, shown: str
) -> None:
    mappings = mapping_set([make_row()], mapping_framework=framework, mapping_framework_version=version)
    assert framework_title(mappings.sources[0]) == shown


def test_frameworks_selected_out_of_several_are_told_once() -> None:
    mappings = joined_set(m365=[make_row()], nist_800_53=[make_row("AC-03")])
    assert make_layer(mappings, including(frameworks=("m365",))).layer.name == "M365 2025-07-18"
    named = make_layer(mappings, including(frameworks=("m365",), categories=("protect",))).layer.name
    assert named == "protect · M365 2025-07-18"
    assert make_layer(mappings, including(frameworks=("m3*",))).layer.name == "M365 2025-07-18 · framework m3…"


def names_of(known: list[tuple[str, str, str]], **aspects: tuple[str, ...]) -> str:
    """Return the name of a layer of capabilities, each by id, name and group."""
    rows = [make_row(id_, "T1114", capability_description=name, capability_group=group) for id_, name, group in known]
    groups = {group: group.replace("_", " ").title() for _, _, group in known}
    return str(make_layer(mapping_set(rows, capability_groups=groups), including(**aspects)).layer.name)


def test_capability_and_group_of_one_name_are_told_apart() -> None:
    rows = [("cloud_key", "Cloud Key", "cloud_key"), ("vault", "Vault", "other")]
    assert names_of(rows, capabilities=("cloud_key",)) == "Cloud Key · M365 2025-07-18"
    assert names_of(rows, groups=("cloud_key",)) == "group Cloud Key · M365 2025-07-18"


@pytest.mark.parametrize(
    ("id_", "name", "shown"),
    [
        ("AC-03", "Access Enforcement", "AC-03 Access Enforcement"),
        ("AC-03", "Who may: read/write?", "AC-03 Who may – read-write_"),
        (
            "AC-03",
            "Control of every access of anybody to any of the systems",
            "AC-03 Control of every access of anybody to any…",
        ),
        ("action.x.Abuse of y", "Abuse of y by somebody", "action.x.Abuse of y"),
        ("mail_guard", "", "mail_guard"),
        ("detect", "", "capability detect"),
        ("T1114", "", "capability T1114"),
    ],
)
def test_one_capability_is_told_by_id_and_name(id_: str, name: str, shown: str) -> None:
    assert names_of([(id_, name, "g"), ("other", "Other", "g")], capabilities=(id_,)) == f"{shown} · M365 2025-07-18"


def test_capability_whose_id_excel_refuses_is_told_with_a_digest() -> None:
    name = names_of([("Spy/Log", "Spying", "g")], capabilities=("Spy/Log",))
    assert re.fullmatch(r"capability Spy-Log · M365 2025-07-18 · #[0-9a-f]{8}", name)
