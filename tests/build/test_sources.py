"""The sources of a manifest: read as it says, and told of where they cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.manifests import built, layers_in, manifest_file, problems_of, settled, sources
from tests.readers.test_stack import CONTROL
from tests.real_inputs import SHARED, shared
from tests.running import Run

# ---- sources that cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "this is not valid JSON"),
        (b"", "the file is empty"),
        (b'{"metadata": {}}', "mapping_objects is missing"),
        (b"\xff\xfe\x00", "the text is not UTF-16"),
    ],
)
def test_broken_source_is_told_with_file_and_place(content: bytes, words: str, tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "broken.json").write_bytes(content)
    text = "sources: {m365: m365.json, broken: broken.json}\nlayers:\n  - {sources: m365, path: a}\n  - sources: broken"
    problems = problems_of(tmp_path, text)
    assert [p.place for p in problems if not p.place.startswith("line 4") or "broken.json" not in p.place] == []
    assert words in str(problems[0])


def test_sources_that_do_not_agree_are_told(tmp_path: Path) -> None:
    sources(tmp_path)
    other = (tmp_path / "nist.json").read_text().replace("16.1", "14.1")
    (tmp_path / "older.json").write_text(other)
    text = "sources: {m365: m365.json, older: older.json}\nlayers:\n  - path: a\n"
    [problem] = problems_of(tmp_path, text)
    assert problem.place.startswith("line 3")
    assert "14.1" in str(problem)


def test_source_that_no_layer_uses_may_be_broken(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "broken.json").write_bytes(b"{")
    text = "sources: {m365: m365.json, broken: broken.json}\nlayers: [{sources: m365, path: a}]"
    assert [made.plan.path for made in built(tmp_path, text).layers] == ["a.json"]


def test_glob_takes_all_files_in_order_of_their_names(tmp_path: Path) -> None:
    sources(tmp_path)
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_bytes((tmp_path / "nist.json").read_bytes())
    manifest = settled(tmp_path, "sources: {all: '[ab]*.json'}\nlayers: [{}]")
    assert manifest.sources["all"].files == (str(tmp_path / "a.json"), str(tmp_path / "b.json"))


def test_file_whose_name_looks_like_a_glob_can_be_named(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "m[1].json").write_bytes((tmp_path / "m365.json").read_bytes())
    manifest = settled(tmp_path, "sources: {all: 'm[1].json'}\nlayers: [{}]")
    assert manifest.sources["all"].files == (str(tmp_path / "m[1].json"),)


# ---- sources that do not say everything themselves -------------------------------------------------------------------

LIST = "Control,Technique,Strength\nC-1,T1114,High\nC-2,T1114.003,Low\n"
LISTED = """
    sources:
      mine:
        files: mine.csv
        framework: my_framework
        framework_version: {version}
        attack_version: 16.1
        category: protect
        columns: {{capability_id: Control, technique_id: Technique, value: Strength}}
        ratings: {{High: significant, Low: minimal}}
    layers: [{{path: a}}]
"""


def test_source_can_be_a_list_with_what_it_does_not_say(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    built(tmp_path, LISTED.format(version="v2"))
    layer = layers_in(tmp_path / "out")["a.json"]
    assert {t["techniqueID"]: t["score"] for t in layer["techniques"]} == {"T1114": 3, "T1114.003": 1}
    assert "my_framework" in layer["name"]


def test_version_of_a_framework_written_as_a_number_is_not_rounded(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    built(tmp_path, LISTED.format(version="1.10"))
    assert "my_framework 1.10" in layers_in(tmp_path / "out")["a.json"]["name"]


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("files", "mien.csv", "nearest files: mine.csv"),
        ("fiels", "mine.csv", "unknown key 'fiels'"),
        ("format", "cvs", "csv"),
        ("attack_version", "latest", "expected form"),
        ("domain", "cloud", "enterprise"),
        ("category", "prevent", "protect"),
        ("columns", "{technic: A}", "technique"),
        ("columns", "{technique_id: Nowhere}", "Nowhere"),
        ("ratings", "{High: great}", "great"),
    ],
)
def test_wrong_word_on_how_to_read_a_source_is_told_with_its_line(
    key: str, given: str, message: str, tmp_path: Path
) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    lines = ["sources:", "  mine:", "    framework: x"]
    lines += [] if key == "files" else ["    files: mine.csv"]
    lines += [] if key == "attack_version" else ["    attack_version: '16.1'"]
    lines += [f"    {key}: {given}", "layers:", "  - path: a"]
    found = [(problem.place, str(problem)) for problem in problems_of(tmp_path, "\n".join(lines))]
    places = [place for place, words in found if message in words]
    assert places
    assert [place for place in places if not place.startswith("line ")] == []


def test_changed_way_to_read_a_source_makes_its_layers_again(tmp_path: Path, run: Run) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    path = manifest_file(tmp_path, LISTED.format(version="'1'"))
    assert run("build", path, "-o", tmp_path / "out").code == 0
    manifest_file(tmp_path, LISTED.format(version="'1'").replace("Low: minimal", "Low: partial"))
    assert run("build", path, "-o", tmp_path / "out").code == 0
    scores = {t["techniqueID"]: t["score"] for t in layers_in(tmp_path / "out")["a.json"]["techniques"]}
    assert scores == {"T1114": 3, "T1114.003": 2}


# ---- against the published files -------------------------------------------------------------------------------------


def test_glob_over_the_published_files_of_one_release_goes_together(tmp_path: Path) -> None:
    folder = shared("corpus/mappings")
    text = {"sources": {"all": f"{folder}/*16.1-enterprise.json"}, "layers": [{"path": "all"}]}
    [layer] = [made.layer for made in built(tmp_path, text).layers]
    assert layer is not None
    assert len(layer.sources) == len(list(SHARED.glob("corpus/mappings/*16.1-enterprise.json")))


def test_inputs_are_all_files_that_a_build_reads(tmp_path: Path) -> None:
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "a.yaml").write_text(CONTROL, "utf-8")
    (tmp_path / "stack" / "notes.txt").touch()
    manifest = settled(tmp_path, "sources: {a: [m365.json, sample], b: stack}\nlayers: [{sources: a}]")
    assert [path.relative_to(tmp_path).as_posix() for path in manifest.inputs] == [
        "layers.yaml",
        "m365.json",
        "stack/a.yaml",
    ]
