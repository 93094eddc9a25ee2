"""What becomes of mappings whose technique is not active in the layer's release: each has its fate, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export import Criteria, LayerError, Recipe, Selection, SelectionError, make_layer, read, validate
from navigator_export.retargeting import Fate
from tests.made_inputs import IMPAIRED, Json, make_row, mapping_set
from tests.real_inputs import AWS, NIST_16, corpus
from tests.results import scores
from tests.running import Run

# ---- ids that are wrong in the sources -------------------------------------------------------------------------------


def test_id_that_its_own_release_does_not_have_is_told_with_what_replaces_it(run: Run, tmp_path: Path) -> None:
    outcome = run("export", corpus(AWS), "-o", tmp_path / "layer.json")
    [line] = [line for line in outcome.err.splitlines() if "T1053.001" in line and line.startswith("warning")]
    assert outcome.code == 0
    assert "At (Linux)" in line
    assert "revoked since 11.0" in line
    assert "1 mapping dropped" in line
    assert "T1053.002 replaces it" in line
    assert "--attack-version" in line
    assert "T1053.001" not in scores((tmp_path / "layer.json").read_bytes())


def test_id_of_another_domain_is_told_as_such(run: Run, tmp_path: Path) -> None:
    outcome = run("export", corpus(NIST_16), "-o", tmp_path / "layer.json")
    [line] = [line for line in outcome.err.splitlines() if line.startswith("warning T1521.003")]
    assert outcome.code == 0
    assert "a technique of mobile" in line
    assert "1 mapping dropped" in line
    assert "replaces" not in line


def test_move_takes_an_id_that_its_own_release_does_not_have_along() -> None:
    product = make_layer(read(corpus(AWS)), Recipe(attack_version="16.1"))
    [fate] = product.tally.retargeting.fates
    assert (fate.technique, fate.target, fate.mappings) == ("T1053.001", "T1053.002", 1)
    assert product.tally.retargeting.dropped == 0


def test_inactive_ids_can_be_kept_and_are_told_by_validation(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    outcome = run("export", corpus(AWS), "--on-inactive", "keep", "-o", layer)
    assert outcome.code == 0
    assert "[technique-revoked]" in outcome.err
    assert "1 mapping kept" in outcome.err
    assert "T1053.001" in scores(layer.read_bytes())
    findings = validate(layer.read_bytes())
    assert [finding.rule for finding in findings] == ["technique-revoked"]
    assert "T1053.002" in findings[0].hint


@pytest.mark.parametrize("target", [None, "20.0"])
def test_inactive_ids_can_be_refused(run: Run, tmp_path: Path, target: str | None) -> None:
    layer = tmp_path / "layer.json"
    options = ("--attack-version", target) if target else ()
    outcome = run("export", corpus(NIST_16), "--on-inactive", "error", "-o", layer, *options)
    assert outcome.code == 2
    assert not layer.exists()
    [line] = [line for line in outcome.err.splitlines() if "T1521.003" in line]
    assert "not active in ATT&CK" in line
    assert "a technique of mobile" in line


def test_nothing_is_refused_where_every_id_has_a_place(run: Run, tmp_path: Path) -> None:
    options = ("--attack-version", "20.0", "--on-inactive", "error")
    assert run("export", corpus(AWS), *options, "-o", tmp_path / "layer.json").code == 0


def test_every_refused_id_is_told_at_once() -> None:
    rows = [make_row(technique=id_) for id_ in ("T1053.001", "T1521.003", "T9999", "T1114")]
    with pytest.raises(SelectionError) as error:
        make_layer(mapping_set(rows), Recipe(on_inactive="error"))
    told = [problem.message.split()[0] for problem in error.value.problems]
    assert told == ["T1053.001", "T1521.003", "T9999"]


def test_only_findings_of_inactive_techniques_are_let_through_by_keep() -> None:
    rows = [make_row(technique="T1053.001")]
    product = make_layer(mapping_set(rows), Recipe(on_inactive="keep"))
    assert [finding.rule for finding in product.findings] == ["technique-revoked"]
    with pytest.raises(LayerError, match="blank"):
        make_layer(mapping_set(rows), Recipe(on_inactive="keep", name=" "))


def test_layer_of_inactive_techniques_alone_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(SelectionError) as error:
        make_layer(mapping_set([make_row(technique="T1086")]))
    assert "T1086" in str(error.value)
    assert "`attack_version`" in str(error.value)
    assert set(scores(make_layer(mapping_set([make_row(technique="T1086")]), Recipe(attack_version="16.1")).text)) == {
        "T1059.001"
    }


# ---- the report ------------------------------------------------------------------------------------------------------


def test_fates_are_those_of_the_selection_alone() -> None:
    rows = [*IMPAIRED, make_row("MAIL-E3", "T1114"), make_row("LOGIN-E3", "T1521.003")]
    recipe = Recipe(attack_version="20.0", selection=Selection(include=Criteria(capabilities=("MAIL-*", "LOGIN-*"))))
    told = make_layer(mapping_set(rows), recipe).tally.retargeting
    assert [fate.technique for fate in told.fates] == ["T1521.003", "T1562.001"]
    assert (told.mappings_in, told.mappings_out, told.dropped) == (4, 3, 1)


def test_selection_of_techniques_is_by_the_id_at_the_layers_release() -> None:
    recipe = Recipe(attack_version="20.0", selection=Selection(include=Criteria(techniques=("T1685",))))
    assert scores(make_layer(mapping_set(IMPAIRED), recipe).text) == {"T1685": 3}


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (0, "T1562 Impair Defenses (revoked since 19.1): 1 mapping moved onto T1685 Disable or Modify Tools"),
        (1, "T1562.001 Disable or Modify Tools (revoked since 19.1): 2 mappings moved onto T1685 Disable or Modify "),
    ],
)
def test_fate_is_one_sentence(fate: int, words: str) -> None:
    rows = [*IMPAIRED, make_row("LOGIN-E3", "T1562.001")]
    told: tuple[Fate, ...] = make_layer(mapping_set(rows), Recipe(attack_version="20.0")).tally.retargeting.fates
    assert str(told[fate]).startswith(words)


# ---- fates of made-up rows -------------------------------------------------------------------------------------------


def fates_of(*ids: str, **recipe: Json) -> list[tuple[str, str, str | None, int]]:
    """Return the fates of mappings to these techniques at 16.1, each of a capability of its own."""
    mappings = mapping_set([make_row(f"C{number}", id_) for number, id_ in enumerate(ids)])
    fates = make_layer(mappings, Recipe(**recipe)).tally.retargeting.fates
    return [(fate.technique, fate.outcome, fate.target, fate.mappings) for fate in fates]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["T1562.001"], [("T1562.001", "moved", "T1685", 1)]),
        (["T1562.001", "T1562.001", "T1114"], [("T1562.001", "moved", "T1685", 2)]),
        (["T1562.001", "T1562"], [("T1562", "merged", "T1685", 1), ("T1562.001", "merged", "T1685", 1)]),
        (["T1562.001", "T1685"], [("T1562.001", "merged", "T1685", 1)]),
        (["T1562.001", "T1059.001"], [("T1562.001", "moved", "T1685", 1)]),
        (["T1562.001", "T1086"], [("T1086", "moved", "T1059.001", 1), ("T1562.001", "moved", "T1685", 1)]),
        (["T1086", "T1059.001", "T1562"], [("T1086", "merged", "T1059.001", 1), ("T1562", "moved", "T1685", 1)]),
    ],
)
def test_merged_is_moved_to_where_other_mappings_stand(ids: list[str], expected: list[Json]) -> None:
    assert fates_of(*ids, attack_version="20.0") == expected


def test_what_has_no_replacement_is_dropped_or_kept_where_the_rest_moves() -> None:
    ids = ("T1114", "T1562", "T9999", "T1521.003", "T9999")
    moved_there = ("T1562", "moved", "T1685", 1)
    assert fates_of(*ids, attack_version="20.0") == [
        ("T1521.003", "dropped", None, 1),
        moved_there,
        ("T9999", "dropped", None, 2),
    ]
    assert fates_of(*ids, attack_version="20.0", on_inactive="keep") == [
        ("T1521.003", "kept", None, 1),
        moved_there,
        ("T9999", "kept", None, 2),
    ]
    assert fates_of("T1086", "T1086", "T1562", on_inactive="keep") == [("T1086", "kept", None, 2)]


@pytest.mark.parametrize(
    ("technique", "recipe", "words"),
    [
        (
            "T1562.001",
            {"attack_version": "20.0"},
            "T1562.001 Disable or Modify Tools (revoked since 19.1): 1 mapping moved to T1685 Disable or Modify Tools",
        ),
        ("T9999", {}, "T9999 (unknown): 1 mapping dropped"),
        ("T9999", {"on_inactive": "keep"}, "T9999 (unknown): 1 mapping kept"),
    ],
)
def test_fate_says_what_became_of_an_id(technique: str, recipe: dict[str, Json], words: str) -> None:
    mappings = mapping_set([make_row("A", technique), make_row("A", "T1114")])
    [fate] = make_layer(mappings, Recipe(**recipe)).tally.retargeting.fates
    assert str(fate) == words
    assert (fate.target is None) == (fate.target_name is None)
