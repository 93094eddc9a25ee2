from __future__ import annotations

import pytest

from navigator_export.analysis.use import use_of, use_of_layer, use_of_list
from navigator_export.attack import builtin
from navigator_export.attack.threats import Threat, Threats
from navigator_export.errors import SelectionError
from navigator_export.layer.reading import read_layers
from tests.analysis.sides_made import release
from tests.made_inputs import layer_bytes

THREATS = Threats(
    "enterprise",
    "16.1",
    (
        Threat("C0001", "Night Raid", "campaign", ("T1003",), software=("S0001",), attributed_to=("G0001",)),
        Threat("G0001", "Red Fox", "group", ("T1059", "T1114"), aliases=("Vulpes",), software=("S0002",)),
        Threat("G0002", "Grey Owl", "group", ("T1059",)),
        Threat("G0003", "Idle", "group"),
        Threat("S0001", "Claw", "software", ("T1021",)),
        Threat("S0002", "Tail", "software", ("T1059", "T1566")),
    ),
)


def weights(*words: str, **more: bool) -> dict[str, float]:
    return {id_: used.weight for id_, used in use_of(words, THREATS, release(), **more).techniques.items()}


def test_direct_use_alone_unless_asked() -> None:
    assert weights("G0001") == {"T1059": 1, "T1114": 1}
    assert weights("G0001", with_software=True) == {"T1059": 1, "T1114": 1, "T1566": 1}
    assert weights("G0001", with_campaigns=True) == {"T1003": 1, "T1059": 1, "T1114": 1}
    both = weights("G0001", with_software=True, with_campaigns=True)
    assert both == {"T1003": 1, "T1021": 1, "T1059": 1, "T1114": 1, "T1566": 1}


def test_weight_is_how_many_of_the_named_use_it() -> None:
    assert weights("vulpes", "grey owl") == {"T1059": 2, "T1114": 1}
    assert weights("groups:all") == {"T1059": 2, "T1114": 1}
    assert weights("top:1") == {"T1059": 2}
    assert weights("software:all") == {"T1021": 1, "T1059": 1, "T1566": 1}


def test_what_was_added_is_said() -> None:
    use = use_of(["G0001"], THREATS, release(), with_software=True)
    assert use.name == "Red Fox (G0001), with their software"


def test_moved_ids_count_each_threat_once() -> None:
    # T1562 and its sub-techniques went in 19.0.
    newest = builtin().require("enterprise", "20.0")
    threats = Threats("enterprise", "16.1", (Threat("G0001", "Red Fox", "group", ("T1562.001", "T1114")),))
    use = use_of(["G0001"], threats, newest)
    assert all(used.weight == 1 for used in use.techniques.values())
    assert "T1562.001" not in use.techniques


def test_techniques_that_are_not_active_are_told() -> None:
    use = use_of_list([("T1114", 1), ("T1600.999", 1)], "list", release())
    assert list(use.techniques) == ["T1114"]
    assert "T1600.999" in use.notes[0]


@pytest.mark.parametrize(
    ("words", "message"), [(["nobody"], "'nobody' is no group"), (["Idle"], "no technique of Idle")]
)
def test_words_that_name_nothing_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        use_of(words, THREATS, release())


def test_other_domain_is_refused() -> None:
    with pytest.raises(SelectionError, match="facts of threats are of enterprise"):
        use_of(["G0001"], THREATS, builtin().require("ics", "16.1"))


def test_layer_weighs_by_score() -> None:
    techniques = [
        {"techniqueID": "T1114", "score": 4},
        {"techniqueID": "T1059", "comment": "seen"},
        {"techniqueID": "T1003", "score": 0},
        {"techniqueID": "T1021", "score": 2, "enabled": False},
    ]
    use = use_of_layer(read_layers(layer_bytes(techniques=techniques), "l")[0], release())
    assert {id_: used.weight for id_, used in use.techniques.items()} == {"T1059": 1, "T1114": 4}


def test_layers_of_another_domain_or_of_another_analysis_are_refused() -> None:
    [mobile] = read_layers(layer_bytes(domain="mobile-attack"), "f.json")
    with pytest.raises(SelectionError, match="is of mobile-attack, and this is enterprise"):
        use_of_layer(mobile, release())
    metadata = [{"name": "score", "value": "gap: x"}, {"name": "made with", "value": "navigator-export 1"}]
    [laid] = read_layers(layer_bytes(metadata=metadata), "f.json")
    with pytest.raises(SelectionError, match="and not what is used"):
        use_of_layer(laid, release())
