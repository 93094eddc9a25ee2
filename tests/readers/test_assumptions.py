"""What is taken for granted of lists that do not state it, and said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from navigator_export import MappingSet, ReadOptions, Recipe, make_layer, read, read_each
from tests.attack_facts import is_active, release_key, table
from tests.build.manifests import built, layers_in
from tests.made_inputs import make_row, mapping_file
from tests.real_inputs import MAPPING_FILES, plain_rows, technique


def own_list(folder: Path, *techniques: str, name: str = "own.csv") -> Path:
    """Write a list that states no release and return its path."""
    path = folder / name
    path.write_text("Control,Technique\n" + "".join(f"C-{n},{id_}\n" for n, id_ in enumerate(techniques)))
    return path


def release_of(*files: Path, options: ReadOptions | None = None) -> tuple[list[str], list[str]]:
    """Return the release of each source, and what is said of releases."""
    sources = [source for one in read_each(*files, options=options) for source in one.sources]
    said = [remark for source in sources for remark in source.remarks if "ATT&CK release" in remark]
    return [source.attack_version for source in sources], said


@pytest.mark.parametrize(
    ("techniques", "release", "count"),
    [
        (["T1114"], "20.0", "1 of its 1 technique id is active"),
        (["T1562.001", "T1114"], "18.1", "2 of its 2 technique ids are active"),
        (["T1562.001", "t1562.001 ", "T9999"], "18.1", "1 of its 2 technique ids is active"),
        (["T9999"], "20.0", "0 of its 1 technique id are active"),
        (["T1660"], "20.0", "1 of its 1 technique id is active"),
    ],
)
def test_release_is_the_newest_in_which_the_most_ids_are_active(
    techniques: Sequence[str], release: str, count: str, tmp_path: Path
) -> None:
    releases, [remark] = release_of(own_list(tmp_path, *techniques))
    assert releases == [release]
    assert remark == (
        f"no ATT&CK release is stated; assuming {release}, in which {count}; `reading.attack_version` changes that"
    )


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_a_list_of_published_ids_is_at_a_release_that_has_them_all(file: Path, tmp_path: Path) -> None:
    rows = plain_rows(file)
    domain = rows.metadata["technology_domain"]
    ids = {technique(row) for row in rows.mapping}
    [release], _ = release_of(own_list(tmp_path, *sorted(ids)), options=ReadOptions(domain=domain))
    active = {other: sum(is_active(domain, id_, other) for id_ in ids) for other in table()["releases"][domain]}
    assert active[release] == max(active.values())
    assert not [o for o, n in active.items() if n == active[release] and release_key(o) > release_key(release)]


def test_beside_a_source_that_states_its_release_a_list_takes_it_and_says_so(tmp_path: Path) -> None:
    stated = mapping_file(tmp_path, [make_row()], "published.json", attack_version="14.1")
    own = own_list(tmp_path, "T1114", "T1659", "T1562.001")
    for files in ((stated, own), (own, stated)):
        releases, [remark] = release_of(*files)
        assert releases == ["14.1", "14.1"]
        assert "taking 14.1, which published.json states, in which 3 of its 3 technique ids are active" in remark
    assert make_layer(read(stated, own)).layer.versions.attack == "14"


def test_sources_of_other_domains_or_of_several_releases_decide_nothing(tmp_path: Path) -> None:
    stated = {"attack_version": "14.1", "technology_domain": "mobile"}
    mobile = mapping_file(tmp_path, [make_row(technique="T1660")], "m.json", **stated)
    own = own_list(tmp_path, "T1562.001")
    assert release_of(mobile, own)[0] == ["14.1", "18.1"]
    two = [mapping_file(tmp_path, [make_row()], f"{r}.json", attack_version=r) for r in ("14.1", "15.1")]
    assert release_of(*two, own)[0] == ["14.1", "15.1", "18.1"]
    assert make_layer(read_each(*two, own), Recipe(attack_version="20.0")).tally.retargeting.to_release == "20.0"


def test_lists_that_state_none_are_taken_to_be_at_one_release(tmp_path: Path) -> None:
    new, old = own_list(tmp_path, "T1114", name="new.csv"), own_list(tmp_path, "T1562.001", name="old.csv")
    releases, said = release_of(new, old)
    assert releases == ["18.1", "18.1"]
    assert len(said) == 2
    assert isinstance(read(new, old), MappingSet)


def test_what_the_user_says_stands(tmp_path: Path) -> None:
    assert release_of(own_list(tmp_path, "T1562.001"), options=ReadOptions(attack_version="15.1")) == (["15.1"], [])


def test_in_a_build_a_list_takes_the_release_of_the_sources_beside_it(tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row()], "published.json", attack_version="14.1")
    own_list(tmp_path, "T1562.001")
    sources = {"published": "published.json", "own": "own.csv"}
    built(tmp_path, {"sources": sources, "layers": [{"path": "both"}, {"for_each": "source"}]})
    layers = layers_in(tmp_path / "out")
    releases = {path: layer["versions"]["attack"] for path, layer in layers.items()}
    assert releases == {"both.json": "14", "published.json": "14", "own.json": "18"}
