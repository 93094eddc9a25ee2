from __future__ import annotations

import json
import pickle
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import msgspec
import pytest
from hypothesis import given, strategies as st

from navigator_export import Criteria, Recipe, Scoring, Selection, TierOptions, make_layer, read, read_bytes
from navigator_export.cli.commands import commands
from navigator_export.layer.annotation import COMMENT_STYLES
from navigator_export.layer.scoring import STRATEGIES
from navigator_export.model import CATEGORIES, VALUES
from navigator_export.readers import ReadOptions
from navigator_export.recipe import command, encoded
from navigator_export.retargeting import ON_INACTIVE
from tests.made_inputs import (
    NIST,
    make_row,
    mapping_bytes,
    mapping_file,
    mapping_set,
    rated_rows,
    unrated_rows,
)
from tests.real_inputs import ROOT
from tests.results import metadata_of
from tests.running import Run

OPTIONS: list[Sequence[str]] = [
    (),
    ("--tier", "E3"),
    ("--tier", "e5", "--exact-tier"),
    ("--exclude-tier", "E5"),
    ("--min-value", "partial"),
    ("--capability", "MAIL-E3", "--capability", "hunt-*"),
    ("--exclude-capability", "MAIL-E3"),
    ("--group", "Identity"),
    ("--exclude-group", "mail"),
    ("--category", "detect", "--category", "respond"),
    ("--exclude-category", "PROTECT"),
    ("--value", "partial"),
    ("--exclude-value", "minimal"),
    ("--mapping-type", "Technique Scores"),
    ("--exclude-mapping-type", "other_type"),
    ("--technique", "T1114*"),
    ("--exclude-technique", "T1566"),
    ("--framework", "m365"),
    ("--assign-tier", "LOGIN-E3=E5", "--tier", "E3"),
    ("--tiers", "E1,E3,E5", "--assign-tier", "*=E1", "--tier", "E1"),
    ("--tiers", "m365:E1,E3,E5", "--tier", "E3"),
    *(("--score", score) for score in ("best", "count", "mean", "sum", "breadth", "category")),
    *(("--colors", colors) for colors in ("viridis", "#fee8c8,#fdbb84")),
    ("--score", "sum", "--weights", "minimal=10,partial=50,significant=100"),
    ("--weights", "minimal=1.23456789,partial=2.0000001,significant=3.3"),
    ("--score", "count", "--range", "0:1234567"),
    ("--range", "-0.5:12.25"),
    ("--comments", "none"),
    ("--comments", "full"),
    ("--on-inactive", "error"),
    ("--fold",),
    ("--aggregate",),
    ("--name", "Mail, for «us» & 'them' $HOME `x` \\ \"y\""),
    ("--name", "-x"),
    ("--name", "multi\nline"),
    ("--description", ""),
    ("--description", "--tier"),
    ("--attack-version", "20.0"),
    ("--attack-version", "latest"),
    ("--attack-version", "14"),
]


def command_of(text: bytes) -> list[str]:
    """Return the words that follow the program's name in the command that a layer names."""
    [line] = metadata_of(json.loads(text), "command")
    program, *words = shlex.split(line)
    assert program == "navigator-export"
    return words


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_command_in_a_layer_makes_the_same_bytes(
    options: Sequence[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping_file(tmp_path, rated_rows(), "my mappings.json")
    monkeypatch.chdir(tmp_path)
    first = run("export", tmp_path / "my mappings.json", *options)
    assert first.code == 0, first.err
    again = run(*command_of(first.out))
    assert again.code == 0, again.err
    assert again.out == first.out


RECIPES = [
    Recipe(selection=Selection(exclude_tiers=("E5",), exclude=Criteria(groups=("identity",)))),
    Recipe(scoring=Scoring(weights=(1 / 3, 2 / 3, 1))),
    Recipe(scoring=Scoring(weights=(1.0, 2.0, 4.0), range=(0.0, 10.0))),
    Recipe(description=""),
    Recipe(tiers=TierOptions(assigned=(("*", "LOGIN-*", "E5"),)), selection=Selection(tier="E5", exact_tier=True)),
    Recipe(selection=Selection(include=Criteria(capabilities=("-E3*", "*E3"))), on_inactive="keep"),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
def test_command_of_a_layer_made_through_the_library_makes_the_same_bytes(
    recipe: Recipe, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*rated_rows(), make_row("-E3-E3", "T1059")]
    mapping_file(tmp_path, rows, "a.json")
    monkeypatch.chdir(tmp_path)
    product = make_layer(read("a.json"), recipe)
    again = run(*command_of(product.text))
    assert again.code == 0, again.err
    assert json.loads(again.out) == json.loads(product.text)


@pytest.mark.parametrize("name", ["sample", "-x.json", "--fold", "ä ö.json", "a'b.json", "a b=c.json"])
def test_command_works_for_sources_of_any_name(
    name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = mapping_file(tmp_path, rated_rows(), name)
    monkeypatch.chdir(tmp_path)
    first = run("export", file)
    again = run(*command_of(first.out))
    assert again.code == 0, again.err
    assert again.out == first.out


def test_command_of_standard_input_reads_standard_input(run: Run) -> None:
    data = mapping_bytes(rated_rows())
    first = run("export", "-", stdin=data)
    assert run(*command_of(first.out), stdin=data).out == first.out


def test_command_of_a_repeated_source_makes_the_same_bytes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping_file(tmp_path, rated_rows(), "a.json")
    monkeypatch.chdir(tmp_path)
    first = run("export", "a.json", "a.json")
    assert run(*command_of(first.out)).out == first.out


def test_command_of_a_capability_set_names_its_ids(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping_file(tmp_path, rated_rows(), "a.json")
    Path(tmp_path, "set.txt").write_text("MAIL-E3\nHUNT-*\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    first = run("export", "a.json", "--capability-set", "set.txt")
    words = " ".join(command_of(first.out))
    assert "set.txt" not in words
    assert re.search(r"--capability[= ]MAIL-E3 --capability[= ]HUNT-\*", words)
    assert run(*command_of(first.out)).out == first.out


def test_command_holds_no_folder_and_no_output(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows())
    run("export", file, "-o", tmp_path / "out.json")
    text = (tmp_path / "out.json").read_bytes()
    assert command_of(text) == ["export", "mappings.json"]
    assert str(tmp_path).encode() not in text


def _exported(file: Path) -> bool:
    """Return whether a file is a layer that `export` makes; comparisons and gaps are what the build itself makes."""
    text = file.read_bytes()
    return "techniques" in json.loads(text) and command_of(text)[0] == "export"


LAYERS = [file for file in sorted((ROOT / "layers").rglob("*.json")) if _exported(file)]


@pytest.mark.skipif(not LAYERS, reason="layers/ has no layer")
@pytest.mark.parametrize("file", LAYERS, ids=lambda file: file.name)
def test_layers_in_the_folder_are_what_their_command_makes_now(file: Path, run: Run) -> None:
    text = file.read_bytes()
    outcome = run(*command_of(text))
    assert outcome.code == 0, outcome.err
    assert outcome.out == text


def test_command_of_the_default_recipe_has_no_options() -> None:
    assert command(mapping_set(unrated_rows(), **NIST), Recipe()) == "navigator-export export mappings.json"


# ---- the command line as a recipe ------------------------------------------------------------------------------------


class StoppedError(Exception):
    """Raised in place of making a layer."""


def recipe_of(words: Sequence[str]) -> Recipe:
    """Return the recipe that the command line makes of what follows the program's name."""
    with (
        mock.patch("navigator_export.cli.export.make_layer", side_effect=StoppedError) as making,
        pytest.raises(StoppedError),
    ):
        commands.main([*words], standalone_mode=False)
    _, recipe = making.call_args.args
    assert isinstance(recipe, Recipe)
    return recipe


NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
NAMES_OF_ANYTHING = st.lists(
    NAME | st.sampled_from(["-x", "--tier", "=", "a=b", "m365:x", "a, b", "'", "$x", "\n"]), max_size=3
).map(tuple)
PLAIN = st.text(st.sampled_from("abcXYZ019 .-*?"), min_size=1, max_size=6).map(str.strip).filter(bool)
OWNERS = PLAIN | st.just("*")
TIERS = st.none() | NAME
NUMBERS = st.integers(0, 10**9) | st.floats(0, 1e9, allow_nan=False)
ANY_CRITERIA = st.builds(
    Criteria,
    frameworks=NAMES_OF_ANYTHING,
    capabilities=NAMES_OF_ANYTHING,
    groups=NAMES_OF_ANYTHING,
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=3).map(tuple),
    values=st.lists(st.sampled_from(VALUES), max_size=3).map(tuple),
    mapping_types=NAMES_OF_ANYTHING,
    techniques=NAMES_OF_ANYTHING,
)
ANY_RECIPE = st.builds(
    Recipe,
    selection=st.builds(
        lambda tier, exact, **other: Selection(tier=tier, exact_tier=exact and tier is not None, **other),
        tier=TIERS,
        exact=st.booleans(),
        include=ANY_CRITERIA,
        exclude=ANY_CRITERIA,
        min_value=st.sampled_from((None, *VALUES)),
        exclude_tiers=NAMES_OF_ANYTHING,
    ),
    tiers=st.builds(
        TierOptions,
        orders=st.lists(st.tuples(OWNERS, st.lists(PLAIN, min_size=1, max_size=3).map(tuple)), max_size=2).map(tuple),
        assigned=st.lists(st.tuples(OWNERS, OWNERS, PLAIN), max_size=2).map(tuple),
    ),
    scoring=st.builds(
        Scoring,
        strategy=st.sampled_from((None, *STRATEGIES)),
        weights=st.just((1, 2, 3)) | st.tuples(NUMBERS, NUMBERS, NUMBERS),
        range=st.none() | st.tuples(NUMBERS.map(lambda n: -n), NUMBERS),
    ),
    colors=st.none() | NAME,
    attack_version=st.none() | NAME,
    comments=st.sampled_from(COMMENT_STYLES),
    on_inactive=st.sampled_from(ON_INACTIVE),
    fold=st.booleans(),
    layout=st.sampled_from(("flat", "side", "mini")),
    show_id=st.booleans(),
    hide_unscored=st.booleans(),
    platforms=st.lists(st.sampled_from(("Windows", "Office Suite")), max_size=2).map(tuple),
    aggregate=st.booleans(),
    name=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    description=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@given(recipe=ANY_RECIPE)
def test_parsing_the_command_of_a_recipe_gives_the_recipe(recipe: Recipe) -> None:
    program, *words = shlex.split(command(read("sample"), recipe))
    assert program == "navigator-export"
    assert recipe_of(words) == recipe


def test_every_field_of_a_recipe_is_an_option_of_its_command() -> None:
    criteria = Criteria(("f",), ("c",), ("g",), ("detect",), ("partial",), ("m",), ("t",))
    recipe = Recipe(
        selection=Selection(criteria, criteria, "E5", True, "partial", ("E3",)),
        tiers=TierOptions((("own", ("a", "b")), ("*", ("c",))), (("own", "x", "a"), ("*", "y", "c"))),
        scoring=Scoring("sum", (1, 2.5, 4), (0, 9)),
        colors="viridis",
        attack_version="20.0",
        comments="none",
        on_inactive="keep",
        fold=True,
        aggregate=True,
        layout="side",
        show_id=True,
        hide_unscored=True,
        platforms=("Windows", "Office Suite"),
        name="n",
        description="d",
    )
    aspects = [
        *("framework=f", "capability=c", "group=g", "category=detect", "value=partial", "mapping-type=m", "technique=t")
    ]
    assert shlex.split(command(mapping_set(rated_rows()), recipe)) == [
        *("navigator-export", "export", "mappings.json"),
        *(f"--{aspect}" for aspect in aspects),
        *("--tier=E5", "--exact-tier", "--min-value=partial"),
        *(f"--exclude-{aspect}" for aspect in aspects),
        *("--exclude-tier=E3", "--tiers=own:a,b", "--tiers=c", "--assign-tier=own:x=a", "--assign-tier=y=c"),
        *("--score=sum", "--weights=minimal=1,partial=2.5,significant=4", "--range=0:9", "--colors=viridis"),
        *("--attack-version=20.0", "--comments=none", "--on-inactive=keep", "--name=n", "--description=d"),
        *("--fold", "--aggregate", "--layout=side", "--show-id", "--hide-unscored"),
        *("--platforms=Windows", "--platforms=Office Suite"),
    ]
    assert recipe_of(shlex.split(command(read("sample"), recipe))[1:]) == recipe


def test_command_repeats_how_the_sources_were_read_once() -> None:
    options = ReadOptions(framework="mine", domain="enterprise")
    mappings = read_bytes(mapping_bytes([make_row()]), "a.json", options)
    assert command(mappings, Recipe(fold=True)) == (
        "navigator-export export a.json --source-framework=mine --source-domain=enterprise --fold"
    )


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(selection=Selection(tier="E3", include=Criteria(groups=("mail",))), attack_version="latest"),
        Recipe(scoring=Scoring("mean", weights=(1, 2, 9)), tiers=TierOptions(orders=(("m365", ("E3", "E5")),))),
    ],
)
def test_equal_recipes_have_one_text_also_in_another_process(recipe: Recipe) -> None:
    sent = pickle.loads(pickle.dumps(recipe))
    assert sent == recipe
    assert encoded(sent) == encoded(recipe)
    assert encoded(msgspec.structs.replace(recipe, name="x")) != encoded(recipe)
