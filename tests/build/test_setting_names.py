"""What a build advises is what a manifest has; from Python it is the field of a recipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from navigator_export import Recipe, Selection, make_layer, read
from navigator_export.errors import SelectionError
from tests.build.manifests import manifest_file, problems_of
from tests.made_inputs import mapping_file, rated_rows
from tests.running import Run

WRONG = [
    ("layers: [{sources: nist, select: {tier: E5}}]", "select.tier", "tiers.FRAMEWORK.order"),
    ("layers: [{sources: m365, on_inactive: error, attack_version: '8.0', select: {technique: T1566.004}}]", "", ""),
    ("tiers: {m365: {order: [E3, E5], assign: {X: E3}}}\nlayers: [{sources: m365}]", "$.tiers", "known ids"),
    ("layers: [{sources: m365, score: {weights: {minimal: 9, partial: 5, significant: 7}}}]", "score.weights", "like"),
    ("layers: [{sources: m365, exclude: {tier: E9}}]", "exclude.tier", "nearest tiers"),
    ("layers: [{sources: m365, select: {capability: MIAL-E3}}]", "select.capability", "MAIL-E3"),
    ("sources: {own: {files: own.csv, ratings: {Hgh: hgh}}}\nlayers: [{sources: own}]", "ratings", "significant"),
]


@pytest.mark.parametrize(("text", "place", "hint"), WRONG)
def test_problem_of_a_build_names_keys_and_no_option(tmp_path: Path, text: str, place: str, hint: str) -> None:
    (tmp_path / "own.csv").write_text("control id,technique id,value\nA,T1114,Hgh\n", "utf-8")
    for problem in problems_of(tmp_path, text):
        words = f"{problem.place} {problem.message} {problem.hint}"
        assert place in problem.place
        assert hint in words
        assert "--" not in words
        assert not re.search(r"`(selection|tiers|scoring|reading)\.", words)


def test_the_same_problem_has_the_words_of_whoever_asked(run: Run, tmp_path: Path) -> None:
    source = mapping_file(tmp_path, rated_rows(), mapping_framework="own")
    with pytest.raises(SelectionError, match=r"selection\.tier: .*`tiers\.orders`") as error:
        make_layer(read(source), Recipe(selection=Selection(tier="E5")))
    assert "--" not in str(error.value)
    outcome = run("export", source, "--tier", "E5")
    assert "--tier: error" in outcome.err
    assert "--tiers names some" in outcome.err
    built = run("build", manifest_file(tmp_path, "sources: {own: mappings.json}\nlayers: [{select: {tier: E5}}]"))
    assert "select.tier" in built.err
    assert "tiers.FRAMEWORK.order names some" in built.err
    assert "--" not in built.err


def test_limits_of_a_source_can_be_said_in_a_manifest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("control id,technique id\nA,T1114\nB,T1114\n", "utf-8")
    [problem] = problems_of(tmp_path, "sources: {own: {files: own.csv, limits: {rows: 1}}}\nlayers: [{sources: own}]")
    assert "more than 1 row" in problem.message
    assert problem.hint == "limits.rows allows more"
    enough = manifest_file(tmp_path, "sources: {own: {files: own.csv, limits: {rows: 2}}}\nlayers: [{sources: own}]")
    assert run("build", enough, "-o", tmp_path / "out").code == 0
