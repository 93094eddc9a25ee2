from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from navigator_export import Criteria, MappingSet, Recipe, Scoring, Selection, TierOptions, make_layer, read_bytes
from navigator_export.attack import known
from navigator_export.layer.naming import file_name, slug, title
from navigator_export.preparation import Settled, prepare, settle
from navigator_export.recipe import selection_words
from tests.made_inputs import joined_set, make_row, mapping_bytes, mapping_set, rated_rows

MAPPINGS = mapping_set(rated_rows())

NAMES = [
    (Recipe(), "Microsoft 365 07/18/2025 · ATT&CK 16.1 · everything · best", "everything_best"),
    (
        Recipe(selection=Selection(tier="E3"), scoring=Scoring(strategy="count")),
        "Microsoft 365 07/18/2025 · ATT&CK 16.1 · tier E3 · count",
        "tier-e3_count",
    ),
    (
        Recipe(selection=Selection(exclude=Criteria(groups=("mail",))), comments="none"),
        "Microsoft 365 07/18/2025 · ATT&CK 16.1 · without group mail · best · comments none",
        "without-group-mail_best_comments-none",
    ),
]


@pytest.mark.parametrize(("recipe", "name", "tail"), NAMES)
def test_title_and_file_name_tell_framework_release_selection_and_score(recipe: Recipe, name: str, tail: str) -> None:
    product = make_layer(MAPPINGS, recipe)
    assert product.layer.name == name
    assert product.file_name == f"m365-07.18.2025_attack-16.1-enterprise_{tail}.json"


@pytest.mark.parametrize(("domain", "technique"), [("mobile", "T1430"), ("ics", "T0800")])
def test_title_and_file_name_tell_another_domain(domain: str, technique: str) -> None:
    product = make_layer(mapping_set([make_row("A", technique)], technology_domain=domain))
    assert f"ATT&CK 16.1 {domain} ·" in product.layer.name
    assert f"attack-16.1-{domain}" in product.file_name


def test_title_and_file_name_tell_a_move_to_another_release() -> None:
    product = make_layer(MAPPINGS, Recipe(attack_version="20.0"))
    assert "ATT&CK 20.0 (from 16.1)" in product.layer.name
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


def test_words_of_a_selection_up_to_80_characters_stand_whole_in_a_title() -> None:
    longest = "x" * (80 - len("capability "))
    assert names(selecting(longest))[0] == f"Microsoft 365 07/18/2025 · ATT&CK 16.1 · capability {longest} · best"
    cut = names(selecting(f"{longest}y"))[0]
    assert re.fullmatch(
        rf"Microsoft 365 07/18/2025 · ATT&CK 16\.1 · capability {longest}… \[[0-9a-f]{{8}}\] · best", cut
    )


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
    assert bool(re.search(r" \[[0-9a-f]{8}\] ", shown)) == bool(in_title)
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
            "mapping type other_type, min value partial · best",
            "mapping-type-other_type_min-value-partial_best",
        ),
        (
            Recipe(tiers=TierOptions(assigned=(("*", "LOGIN-E3", "E5"),))),
            "assign tier LOGIN-E3=E5 · best",
            None,
        ),
        (
            Recipe(selection=Selection(tier="E3", exact_tier=True)),
            "tier E3, exact tier · best",
            "tier-e3_exact-tier_best",
        ),
        (
            Recipe(
                selection=Selection(exclude_tiers=("E3",)), fold=True, on_inactive="keep", scoring=Scoring(range=(0, 9))
            ),
            "without tier E3 · best · range 0:9 · on-inactive keep · fold",
            None,
        ),
        (Recipe(description="Of us"), "everything · best", None),
    ],
)
def test_names_tell_every_other_choice(recipe: Recipe, words: str, tail: str | None) -> None:
    product = make_layer(MAPPINGS, recipe)
    assert product.layer.name == f"Microsoft 365 07/18/2025 · ATT&CK 16.1 · {words}"
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
    assert product.layer.name == "Microsoft 365 · ATT&CK 16.1 · everything · best"
    assert product.file_name == "m365_attack-16.1-enterprise_everything_best.json"
    both = make_layer(joined_set(m365=[make_row()], nist_800_53=[make_row()]))
    assert both.layer.name.startswith("Microsoft 365 07/18/2025 + NIST 800-53 07/18/2025 · ")
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
