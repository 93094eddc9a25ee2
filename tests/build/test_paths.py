"""The file of each layer: within the folder, good on every file system, and of no other layer."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, Selection, make_layer, read
from navigator_export.build.paths import LONGEST_PART, checked_path, is_layer_path, same_file_key
from navigator_export.errors import Problem
from navigator_export.frameworks import identity
from tests.build.manifests import built, layers_in, manifest_file, paths_of, problems_of, row_of, sources, tree
from tests.made_inputs import mapping_file
from tests.running import Run

LEAVING = [
    "../a",
    "a/../../b",
    "a/../b",
    "..",
    "../",
    "/etc/a",
    "//host/a",
    "~/a",
    "~root/a",
    "\\a",
    "a\\..\\..\\b",
    "..\\a",
    "C:\\a",
    "C:/a",
    "c:a",
    "a/c:/b",
    "\\\\host\\share\\a",
    ".json/../a",
    # Endings are taken off folders too, and what is left must not lead out either.
    "...json/a",
    "...json/...json/...json/a",
    ".json/{outside}/a",
    ".json/.json/{outside}/a",
    "a/...json/...json/b",
]


@pytest.mark.parametrize("path", LEAVING)
def test_path_that_leaves_the_folder_is_told_and_nothing_is_written(path: str, tmp_path: Path) -> None:
    path = path.format(outside=str(tmp_path).lstrip("/"))
    text = {"sources": {"m365": "m365.json"}, "layers": [{"path": path}]}
    problems = problems_of(tmp_path, text)
    assert any(repr(path) in problem.message for problem in problems)
    assert problems[0].place.startswith("line ")


UNFIT = [
    *("con", "CON.json", "a/nul/b", "aux.txt", "com1", "LPT9.json", "prn"),
    *("./a", "a/./b", "a//b", "a/", "a/ /b"),
    *("a\nb", "a\tb", "a\0b"),
    *("a<b", "a>b", 'a"b', "a|b", "a?b", "a*b"),
    *("a./b", "a /b", ".json"),
    *("com¹", "COM²", "com³.txt", "LPT¹", "lpt².json", "a/LPT³", "CONIN$", "conout$", "clock$", "con .txt"),
    *(
        "a\u202eb",
        "a\u200fb",
        "a\u2066b",
        "a\u061cb",
        "a\u200bb",
        "a\ufeffb",
        "a\u00adb",
        "a\u2028b",
        "a\x85b",
        "a\x9bb",
    ),
    *("a\ufe0fb", "a\u3164b", "a\U000e0041b", "a/\u202eb/c"),
]


@pytest.mark.parametrize("path", UNFIT)
def test_path_that_not_every_file_system_takes_is_told(path: str, tmp_path: Path) -> None:
    problems = problems_of(tmp_path, {"sources": {"m365": "m365.json"}, "layers": [{"path": path}]})
    assert any(repr(path) in problem.message for problem in problems)


@pytest.mark.parametrize(
    "path",
    [
        *("index", "index.json", "INDEX.json", "Index.json"),
        *(".navigator-export-staging/a", ".Navigator-Export-Staging/lock", ".navigator-export-staging/files/a"),
    ],
)
def test_path_of_the_builds_own_files_is_told(path: str, tmp_path: Path) -> None:
    assert problems_of(tmp_path, {"sources": {"m365": "m365.json"}, "layers": [{"path": path}]})


@pytest.mark.parametrize("path", ["m365", "./m365.json", "M365.json", "layers.json", "sets/../m365.json"])
def test_path_of_a_source_or_of_the_manifest_is_told(path: str, tmp_path: Path, run: Run) -> None:
    sources(tmp_path)
    text = json.dumps({"sources": {"m365": "m365.json"}, "layers": [{"path": path}]})
    (tmp_path / "layers.json").write_text(text)
    before = tree(tmp_path)
    outcome = run("build", tmp_path / "layers.json")
    after = tree(tmp_path)
    assert {name: after.get(name) for name in before} == before
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("a", "a.json"),
        ("a.json", "a.json"),
        ("a.b", "a.b.json"),
        ("a b/c d", "a b/c d.json"),
        ("größe/ü", "größe/ü.json"),
        ("a&b#c+d%e", "a&b#c+d%e.json"),
        ("x/y/z", "x/y/z.json"),
        ("a..b/c..d", "a..b/c..d.json"),
        ("console", "console.json"),
    ],
)
def test_path_is_the_file_with_its_ending(path: str, file: str, tmp_path: Path) -> None:
    built(tmp_path, {"sources": {"m365": "m365.json"}, "layers": [{"path": path}]})
    assert list(layers_in(tmp_path / "out")) == [file]


@pytest.mark.parametrize("name", ["名" * 90, "ä" * 200, "x" * 300, "a名" * 80])
def test_name_that_is_too_long_in_bytes_is_cut(name: str, tmp_path: Path) -> None:
    built(tmp_path, {"sources": {"m365": "m365.json"}, "layers": [{"path": f"{name}/{name}"}]})
    [path] = layers_in(tmp_path / "out")
    assert all(len(part.encode()) <= LONGEST_PART for part in path.removesuffix(".json").split("/"))
    assert path.startswith(name[:20])


@given(st.text(min_size=1))
def test_path_that_is_taken_is_one_that_a_build_knows_again(path: str) -> None:
    checked = checked_path(path)
    assert isinstance(checked, Problem) or is_layer_path(checked)


@pytest.mark.parametrize("path", ["a/é", "É", "a/e\u0301.json"])
def test_paths_of_one_file_have_one_key_whatever_their_form(path: str) -> None:
    forms = {change(path) for change in (str.upper, str.lower, nfc, nfd)}
    assert len(forms) > 1
    assert len({same_file_key(form) for form in forms}) == 1


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_path_through_a_link_that_leads_out_is_refused(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, "layers:\n  - {sources: m365, path: a}\n  - {sources: m365, path: link/b}")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/link").symlink_to(tmp_path / "elsewhere")
    outcome = run("build", path, "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "link" in outcome.err
    assert tree(tmp_path / "elsewhere") == {}
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["link"]


def test_link_that_stays_in_the_folder_is_followed(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, "layers: [{sources: m365, path: link/b}]")
    (tmp_path / "out/real").mkdir(parents=True)
    (tmp_path / "out/link").symlink_to("real")
    assert run("build", path, "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out/real/b.json").exists()


def test_file_that_is_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, "layers: [{sources: m365, path: a}]")
    (tmp_path / "victim.json").write_text("{}")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.json").symlink_to(tmp_path / "victim.json")
    run("build", path, "-o", tmp_path / "out")
    assert (tmp_path / "victim.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("one", "other"),
    [("a", "a"), ("a", "a.json"), ("a", "A"), ("x/é", "X/É"), ("ß", "SS"), ("é", "e\u0301"), ("É/x", "e\u0301/x")],
)
def test_two_entries_of_one_path_are_told_with_both_lines(one: str, other: str, tmp_path: Path) -> None:
    text = f"layers:\n  - {{sources: m365, path: {one}}}\n  - {{sources: nist, path: {other}}}"
    [problem] = problems_of(tmp_path, text)
    assert problem.place.startswith("line 4")
    assert "line 3" in problem.message


def test_family_and_entry_of_one_path_are_told(tmp_path: Path) -> None:
    text = "layers:\n  - {sources: m365, for_each: tier, path: 'x/{tier}'}\n  - {sources: nist, path: x/E5}"
    assert any("x/e5.json" in str(problem).casefold() for problem in problems_of(tmp_path, text))


def test_path_that_is_a_folder_of_another_is_told(tmp_path: Path) -> None:
    text = "layers:\n  - {sources: m365, path: a.json}\n  - {sources: nist, path: a.json.json/b}"
    found = paths_of(tmp_path, text)
    folders = {parent.as_posix() for path in found for parent in Path(path).parents}
    assert not folders & set(found)


def test_template_that_does_not_tell_values_apart_gives_each_a_name_of_its_own(tmp_path: Path) -> None:
    paths = paths_of(tmp_path, "layers: [{sources: m365, for_each: [tier, group], path: same}]")
    assert len({path.casefold() for path in paths}) == 4
    assert all(path.startswith("same-") for path in paths)


def test_sources_whose_names_look_alike_get_names_of_their_own(tmp_path: Path) -> None:
    text = """
        sources: {"a b": m365.json, "a-b": m365.json, "A B": nist.json}
        layers: [{for_each: source}, {for_each: [source, group]}]
    """
    paths = paths_of(tmp_path, text)
    assert len({path.casefold() for path in paths}) == len(paths) == 9


def test_default_path_of_one_layer_is_the_name_that_export_gives(tmp_path: Path) -> None:
    text = "layers: [{sources: m365, select: {tier: E3}}, {attack_version: 20.0, score: count}]"
    names = paths_of(tmp_path, text)
    expected = {make_layer(read(tmp_path / "m365.json"), Recipe(selection=Selection(tier="E3"))).file_name}
    assert expected < set(names)


def test_long_names_are_cut_and_stay_apart(tmp_path: Path) -> None:
    rows = [row_of("x" * 300 + end) for end in ("a", "b")]
    mapping_file(tmp_path, rows, "long.json")
    text = "sources: {long: long.json}\nlayers: [{for_each: capability}, {path: '" + "y" * 300 + "/" + "z" * 300 + "'}]"
    built(tmp_path, text)
    paths = list(layers_in(tmp_path / "out"))
    assert len(paths) == 3
    assert all(len(part) <= 120 for path in paths for part in path.split("/"))


SAFE = re.compile(r"[a-z0-9_+][a-z0-9._+-]*")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    str.strip
) | st.sampled_from(
    ["con", "CON", "nul.txt", "COM1", "..", ".", "/", "a/b", "A/B", "a b", "a-b", "ß", "ss", "ı", "i", "é", "e\u0301"]
)


TEMPLATES = st.sampled_from([None, "{capability}", "x/{source}_{capability}"])


def names_of(ids: list[str], template: str | None) -> list[str]:
    with TemporaryDirectory() as folder:
        mapping_file(Path(folder), [row_of(id_) for id_ in ids], "any.json")
        layer = {"for_each": "capability"} | ({"path": template} if template else {})
        return paths_of(Path(folder), {"sources": {"any": "any.json"}, "layers": [layer]})


@given(
    st.lists(IDS, min_size=1, max_size=6, unique_by=identity),
    st.sampled_from([None, "{capability}", "x/{source}_{capability}"]),
)
def test_names_of_any_capabilities_are_distinct_and_safe_on_every_file_system(
    ids: list[str], template: str | None
) -> None:
    paths = names_of(ids, template)
    assert len(paths) == len(ids)
    assert len({path.casefold() for path in paths}) == len(ids)
    for path in paths:
        *folders, name = path.split("/")
        assert name.endswith(".json")
        for part in (*folders, name.removesuffix(".json")):
            assert SAFE.fullmatch(part), part
            assert not RESERVED.fullmatch(part), part
            assert len(part) <= 120


@given(st.lists(IDS, min_size=1, max_size=4, unique_by=str.strip))
def test_names_do_not_depend_on_the_order_of_the_rows(ids: list[str]) -> None:
    assert names_of(ids, None) == names_of(ids[::-1], None)
