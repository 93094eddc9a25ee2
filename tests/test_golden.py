"""Whole layers, byte by byte. They are rewritten only where NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 is set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from navigator_export import Criteria, Recipe, Scoring, Selection, TierOptions, __version__, make_layer, read, validate

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "NAVIGATOR_EXPORT_REWRITE_GOLDEN"

LAYERS: dict[str, tuple[tuple[str, ...], Recipe]] = {
    "rated": (("rated.json",), Recipe()),
    "rated-base-tier": (("rated.json",), Recipe(selection=Selection(tier="E3"), comments="full")),
    "unrated": (("unrated.json",), Recipe()),
    "joined": (
        ("rated.json", "unrated.json"),
        Recipe(
            selection=Selection(exclude=Criteria(techniques=("T1566*",))),
            scoring=Scoring(strategy="count", range=(0, 6)),
            attack_version="20.0",
            name="Mail and access",
        ),
    ),
    "mobile": (
        ("mobile.json",),
        Recipe(
            selection=Selection(tier="plus", exact_tier=True),
            tiers=TierOptions(orders=(("*", ("base", "plus")),), assigned=(("*", "*", "base"), ("*", "wipe", "plus"))),
            scoring=Scoring(strategy="sum", weights=(10, 50, 100)),
            comments="none",
        ),
    ),
}


def masked(text: bytes) -> str:
    return text.decode().replace(f'"navigator-export {__version__}"', '"navigator-export VERSION"')


@pytest.mark.parametrize("name", LAYERS)
def test_layer_is_the_golden_one(name: str) -> None:
    sources, recipe = LAYERS[name]
    text = masked(make_layer(read(*(GOLDEN / "sources" / source for source in sources)), recipe).text)
    file = GOLDEN / f"{name}.json"
    if os.environ.get(REWRITE) == "1":
        file.write_text(text, "utf-8")
        pytest.fail(f"{REWRITE}=1: rewrote {file.name}; look at what changed, then run without it")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("name", LAYERS)
def test_golden_layer_is_valid(name: str) -> None:
    assert validate((GOLDEN / f"{name}.json").read_bytes()) == ()


def test_every_golden_file_is_tested() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(LAYERS)
    used = {source for sources, _ in LAYERS.values() for source in sources}
    assert {file.name for file in (GOLDEN / "sources").iterdir()} == used
