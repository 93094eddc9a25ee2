"""What a build says of itself, and whether others can rely on it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given, strategies as st

from navigator_export.attack import known
from navigator_export.build import Drift, build, read_manifest
from navigator_export.build.index import INDEX, MOST_TABS, IndexedLayer, index_files, listed_files
from navigator_export.build.manifest import Manifest
from navigator_export.build.memory import Memory
from navigator_export.opening import PUBLIC_NAVIGATOR
from navigator_export.version import __version__
from tests.build.manifests import INDEX_FILES, built, checked, layers_in, manifest_file, settled, tree
from tests.made_inputs import NIST, Json, make_row, mapping_file, unrated_rows
from tests.real_inputs import ROOT
from tests.results import metadata_of
from tests.running import Run

TEXT = """
    layers:
      - {sources: m365, for_each: [tier, group], description: "{tier} of {group_name}"}
      - {sources: nist, path: "nist 800 & 53#1", attack_version: latest}
      - {path: both, score: count, select: {technique: "T1114*"}}
"""


def index_of(folder: Path) -> dict[str, Json]:
    index: dict[str, Json] = json.loads((folder / "index.json").read_bytes())
    return index


def with_base(base_url: str, text: str = TEXT, navigator_url: str | None = None) -> str:
    head = f"base_url: {json.dumps(base_url)}\n"
    if navigator_url:
        head += f"navigator_url: {json.dumps(navigator_url)}\n"
    return head + text.replace("\n    ", "\n").lstrip("\n")


# ---- index.json ------------------------------------------------------------------------------------------------------


def test_index_describes_each_layer_as_it_is(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    index = index_of(tmp_path / "out")
    layers = layers_in(tmp_path / "out")
    files = tree(tmp_path / "out")
    assert index["generator"] == f"navigator-export {__version__}"
    assert index["manifest"] == "layers.yaml"
    assert sorted(entry["file"] for entry in index["layers"]) == sorted(layers)
    for entry in index["layers"]:
        layer = layers[entry["file"]]
        [release] = metadata_of(layer, "layer's ATT&CK release")
        [mappings] = metadata_of(layer, "mappings")
        assert entry["name"] == layer["name"]
        assert entry["description"] == layer["description"]
        assert entry["domain"] == layer["domain"]
        assert f"{entry['attack_version']} enterprise" == release
        assert entry["techniques"] == len(layer["techniques"])
        assert f"{entry['mappings']} on {entry['techniques']} techniques" == mappings
        assert [entry["selection"]] == metadata_of(layer, "selection")
        assert [entry["score"]] == [value.partition(":")[0] for value in metadata_of(layer, "score")]
        assert entry["sha256"] == hashlib.sha256(files[entry["file"]]).hexdigest()
        assert [source["name"] for source in entry["sources"]] == metadata_of(layer, "source")
        for source in entry["sources"]:
            assert source["sha256"] == hashlib.sha256((tmp_path / source["name"]).read_bytes()).hexdigest()
            assert source["attack_version"] == "16.1"
        frameworks = {"m365.json": "m365", "nist.json": "nist_800_53"}
        assert [source["framework"] for source in entry["sources"]] == [
            frameworks[source["name"]] for source in entry["sources"]
        ]


@pytest.mark.parametrize("base_url", [None, "https://example.org/x"])
def test_index_is_of_its_schema(base_url: str | None, tmp_path: Path) -> None:
    built(tmp_path, with_base(base_url) if base_url else TEXT)
    schema = json.loads((ROOT / "schemas/index.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = [
        error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(index_of(tmp_path / "out"))
    ]
    assert errors == []


def entries(folder: Path) -> list[dict[str, Json]]:
    """Return the index's entries, one for each layer that was built."""
    found: list[dict[str, Json]] = index_of(folder / "out")["layers"]
    assert sorted(entry["file"] for entry in found) == sorted(layers_in(folder / "out")) != []
    return found


def test_command_in_the_index_makes_the_layer(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, TEXT)
    monkeypatch.chdir(tmp_path)
    for entry in entries(tmp_path):
        program, *arguments = shlex.split(entry["command"])
        assert program == "navigator-export"
        outcome = run(*arguments)
        assert outcome.code == 0
        made, expected = json.loads(outcome.out), json.loads((tmp_path / "out" / entry["file"]).read_bytes())
        for key in ("techniques", "gradient", "legendItems", "versions", "layout"):
            assert made[key] == expected[key], entry["command"]


def test_command_in_the_index_is_that_of_the_layer(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    for entry in entries(tmp_path):
        layer = json.loads((tmp_path / "out" / entry["file"]).read_bytes())
        assert [entry["command"]] == metadata_of(layer, "command")


def test_groups_are_the_layers_of_each_entry_that_goes_over_values(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    index = index_of(tmp_path / "out")
    [group] = index["groups"]
    files = [entry["file"] for entry in index["layers"]]
    assert group["files"] == [file for file in files if file.startswith("m365/")]
    assert len(group["files"]) > 2


ORDER = """
    layers:
      - {sources: nist, path: z}
      - {sources: m365, for_each: {tier: [E5, E3]}, path: "y-{tier}"}
      - {sources: m365, path: x, title: Products}
      - {sources: nist, path: b}
      - {sources: m365, for_each: category, path: "a-{category}", title: Products}
"""
ORDERED = ["z", "y-e5", "y-e3", "x", "b", "a-protect", "a-detect", "a-respond"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_order_is_that_of_the_manifest(jobs: int, tmp_path: Path) -> None:
    """In the list, in what opens them, and in the table within each section; also where some are remembered."""
    text = with_base("https://example.org/l", ORDER)
    built(tmp_path, text, jobs=jobs)
    index = index_of(tmp_path / "out")
    urls = [f"https://example.org/l/{file}.json" for file in ORDERED]
    assert [entry["file"] for entry in index["layers"]] == [f"{file}.json" for file in ORDERED]
    assert index["default_layers"]["urls"] == urls
    assert layer_urls(index["open_url"])[1] == urls
    assert checked(tmp_path, text) == Drift((), (), ())


def test_index_is_the_same_where_layers_are_remembered(tmp_path: Path) -> None:
    manifest = settled(tmp_path, ORDER)
    texts = []
    for _ in range(2):
        build(manifest, str(tmp_path / "out"), known(), memory=Memory(manifest.file))
        texts.append(tree(tmp_path / "out"))
        (tmp_path / "out/y-e5.json").unlink()
    assert texts[0] == texts[1]


def test_entries_of_one_title_are_one_group(tmp_path: Path) -> None:
    built(tmp_path, with_base("https://example.org/l", ORDER))
    by_tier, products = index_of(tmp_path / "out")["groups"]
    assert by_tier["name"] == "M365 2025-07-18 by tier"
    assert by_tier["files"] == ["y-e5.json", "y-e3.json"]
    assert products["name"] == "Products"
    assert products["files"] == ["x.json", "a-protect.json", "a-detect.json", "a-respond.json"]
    assert layer_urls(products["open_url"])[1] == [f"https://example.org/l/{file}" for file in products["files"]]


def test_table_has_a_section_for_each_group_and_one_for_the_rest(tmp_path: Path) -> None:
    built(tmp_path, with_base("https://example.org/l", ORDER))
    table = (tmp_path / "out/INDEX.md").read_text("utf-8")
    seen = re.findall(r"^## (.*)|^\| \[.*?\]\(([^)]*)\.json\)", table, re.MULTILINE)
    assert [heading or file for heading, file in seen] == [
        *("Single layers", "z", "b"),
        *("M365 2025-07-18 by tier", "y-e5", "y-e3"),
        *("Products", "x", "a-protect", "a-detect", "a-respond"),
    ]
    assert table.count("[Open these together](") == 2


def test_table_without_groups_has_no_sections(tmp_path: Path) -> None:
    built(tmp_path, "layers: [{sources: nist, path: z}, {sources: m365, path: a}]")
    table = (tmp_path / "out/INDEX.md").read_text("utf-8")
    assert "##" not in table
    assert table.count("| Layer |") == 1
    assert table.index("(z.json)") < table.index("(a.json)")


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("for_each: [tier, group]", "M365 2025-07-18 by tier and group"),
        ("for_each: {group: mail}, select: {tier: E3}", "M365 2025-07-18 by group · tier E3"),
        ("for_each: category, score: count", "M365 2025-07-18 by category · count"),
        ("for_each: capability_set", "M365 2025-07-18 by capability set"),
        ("for_each: category, title: Ours", "Ours"),
    ],
)
def test_title_tells_what_the_layers_of_an_entry_are(entry: str, title: str, tmp_path: Path) -> None:
    head = "sources: {m365: m365.json}\ncapability_sets: {mail: [MAIL-*]}\n"
    built(tmp_path, f"{head}layers: [{{{entry}}}]")
    assert [group["name"] for group in index_of(tmp_path / "out")["groups"]] == [title]


NEWER = {"mapping_framework_version": "2.1"}


def test_title_of_several_sources(tmp_path: Path) -> None:
    for name in "abcd":
        mapping_file(tmp_path, unrated_rows(), f"{name}.json", **{**NIST, "mapping_framework": f"f{name}", **NEWER})
    head = "sources: {a: a.json, b: b.json, c: c.json, d: d.json}\n"
    entries_ = '[{for_each: source, sources: [a, b]}, {for_each: source, path: "all/{source}"}]'
    built(tmp_path, f"{head}layers: {entries_}")
    names = [group["name"] for group in index_of(tmp_path / "out")["groups"]]
    assert names == ["fa 2.1 + fb 2.1 by source", "4 sources by source"]


def test_index_names_no_folder_of_this_computer(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    for name in INDEX_FILES:
        assert str(tmp_path).encode() not in (tmp_path / "out" / name).read_bytes()


# ---- SHA256SUMS ------------------------------------------------------------------------------------------------------


def test_checksums_are_of_every_file_but_themselves(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    files = tree(tmp_path / "out")
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]


def test_sha256sum_accepts_the_checksums_until_a_file_is_changed(tmp_path: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("there is no sha256sum here")
    text = "layers: [{sources: m365, path: 'a b/c&d#e+f%g'}, {sources: nist, path: größe}]"
    built(tmp_path, text)

    def result() -> int:
        return subprocess.run(
            [program, "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False
        ).returncode

    assert result() == 0
    with (tmp_path / "out/größe.json").open("ab") as file:
        file.write(b" ")
    assert result() == 1


# ---- addresses -------------------------------------------------------------------------------------------------------

BASES = [
    "https://example.org/layers",
    "https://example.org/layers/",
    "https://example.org/a&b+c/100%25/d%23e",
    "https://user@example.org:8443/ATT%26CK/",
    "http://localhost:4200",
    "https://example.org/größe/ü",
    "https://example.org/with space",
]
ODD_PATH = "a&b#c+d%e f/größe =;"


def layer_urls(open_url: str) -> tuple[str, list[str], dict[str, str]]:
    """Return the address of the Navigator, the layers that it is told to open, and its other settings."""
    base, _, fragment = open_url.partition("#")
    pairs = [part.split("=", 1) for part in fragment.split("&")]
    urls = [unquote(value) for name, value in pairs if name == "layerURL"]
    return base, urls, {name: value for name, value in pairs if name != "layerURL"}


@pytest.mark.parametrize("base_url", BASES)
def test_addresses_lead_to_the_files(base_url: str, tmp_path: Path) -> None:
    text = f"layers:\n  - {{sources: m365, path: '{ODD_PATH}'}}\n  - {{sources: nist, path: plain}}"
    built(tmp_path, with_base(base_url, text))
    index = index_of(tmp_path / "out")
    for entry in index["layers"]:
        url = entry["url"]
        assert unquote(url) == unquote(base_url.rstrip("/") + "/") + entry["file"]
        assert not urlsplit(url).fragment
        assert not urlsplit(url).query
        navigator, urls, settings = layer_urls(entry["open_url"])
        assert navigator == PUBLIC_NAVIGATOR
        assert urls == [url]
        assert settings == {"leave_site_dialog": "false"}
    all_urls = [entry["url"] for entry in index["layers"]]
    assert layer_urls(index["open_url"])[1] == all_urls
    assert index["default_layers"] == {"enabled": True, "urls": all_urls}


@pytest.mark.parametrize(
    "base_url", ["https://example.org/a b", "https://example.org/größe", 'https://example.org/"<>']
)
def test_addresses_hold_nothing_that_no_address_has(base_url: str, tmp_path: Path) -> None:
    built(tmp_path, with_base(base_url))
    allowed = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
    for entry in entries(tmp_path):
        assert allowed.fullmatch(entry["url"])
        assert allowed.fullmatch(entry["open_url"])


@pytest.mark.parametrize("base_url", ["https://example.org/a?x=1", "https://example.org/a#b", "https://example.org/?"])
def test_base_url_that_no_file_can_be_below_is_told(base_url: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "layers.yaml").write_text(with_base(base_url, "sources: {a: sample}\nlayers: [{path: a}]"))
    outcome = run("build", tmp_path / "layers.yaml", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "base_url" in outcome.err


def test_own_navigator_is_opened_where_one_is_named(tmp_path: Path) -> None:
    built(tmp_path, with_base("https://example.org/x", navigator_url="https://example.org/nav/"))
    opened = [layer_urls(entry["open_url"])[0] for entry in index_of(tmp_path / "out")["layers"]]
    assert opened == ["https://example.org/nav/"] * len(layers_in(tmp_path / "out"))
    assert opened


def test_without_base_url_there_are_no_addresses_but_those_of_assets(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    index = index_of(tmp_path / "out")
    assert len(index["layers"]) == len(layers_in(tmp_path / "out")) > 2
    assert [entry for entry in index["layers"] if "url" in entry or "open_url" in entry] == []
    assert "open_url" not in index
    urls = index["default_layers"]["urls"]
    assert [unquote(url.removeprefix("assets/")) for url in urls] == [entry["file"] for entry in index["layers"]]
    assert all("#" not in url and " " not in url for url in urls)


def many(count: int) -> list[IndexedLayer]:
    return [
        IndexedLayer(f"{n}.json", "x", "", "enterprise-attack", "16.1", (), "", "best", 1, 1, "", "0" * 64)
        for n in range(count)
    ]


@pytest.mark.parametrize(("count", "together"), [(MOST_TABS, True), (MOST_TABS + 1, False)])
def test_too_many_layers_are_not_opened_together(count: int, together: bool, tmp_path: Path) -> None:
    rows = [make_row(f"CAP-{n}", "T1114") for n in range(count)]
    mapping_file(tmp_path, rows, "many.json")
    text = "base_url: https://example.org\nsources: {many: many.json}\nlayers: [{for_each: capability}]"
    built(tmp_path, text)
    index = index_of(tmp_path / "out")
    assert ("open_url" in index) is together
    [group] = index["groups"]
    assert bool(group.get("open_url")) is together
    assert len(index["default_layers"]["urls"]) == count


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), min_size=1))
def test_address_of_any_path_leads_back_to_it(path: str) -> None:
    manifest = Manifest("layers.yaml", None, "https://example.org/l", "https://example.org/n/", {}, {}, (), {})
    [layer] = many(1)
    moved = IndexedLayer(**{**{f: getattr(layer, f) for f in layer.__struct_fields__}, "file": path})
    plan = type("P", (), {"path": path, "title": ""})
    index = json.loads(index_files(manifest, [plan], [moved])[INDEX])
    [entry] = index["layers"]
    assert unquote(entry["url"].removeprefix("https://example.org/l/")) == path
    assert layer_urls(entry["open_url"])[1] == [entry["url"]]


# ---- INDEX.md --------------------------------------------------------------------------------------------------------


def test_table_links_every_layer(tmp_path: Path) -> None:
    text = f"layers:\n  - {{sources: m365, path: '{ODD_PATH}'}}\n  - {{sources: m365, path: 'b(1)/c'}}"
    built(tmp_path, with_base("https://example.org/l", text))
    table = (tmp_path / "out/INDEX.md").read_text("utf-8")
    index = index_of(tmp_path / "out")
    links = re.findall(r"(?<!\\)\]\(([^()\s]*)\)", table)
    assert {unquote(link) for link in links if "://" not in link} == {entry["file"] for entry in index["layers"]}
    assert [link for link in links if "://" in link] == [index["open_url"], *(e["open_url"] for e in index["layers"])]


NASTY = "a | b [c](d) <img src=x> `e` *f* _g_ \\ h"


def test_table_shows_names_of_any_signs_as_they_are(tmp_path: Path) -> None:
    rows = [make_row("A|B <i>", "T1114", ""), make_row("[x](y)", "T1114", "")]
    mapping_file(tmp_path, rows, "odd.json", **NIST)
    text = {
        "sources": {"odd": "odd.json"},
        "layers": [{"path": "a", "name": NASTY}, {"for_each": "capability", "name": "{capability}\n2nd"}],
    }
    built(tmp_path, text)
    lines = (tmp_path / "out/INDEX.md").read_text("utf-8").splitlines()
    rows_shown = [line for line in lines if line.startswith("| [")]
    assert len(rows_shown) == 3
    for line in rows_shown:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 7
        assert re.search(r"(?<!\\)(?:\\\\)*[<>]", line) is None
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\]\(", line)) == 1
    assert any("a \\| b \\[c\\](d)" in line for line in rows_shown)


STEERING = "a\u202eb\u2066c\x9b31md\u061c"


def test_characters_that_steer_a_terminal_are_spelled_out(tmp_path: Path) -> None:
    """In the manifest's file name, in the names of layers and of groups."""
    rows = [make_row("MAIL-E3", "T1114", capability_group=STEERING)]
    mapping_file(tmp_path, rows, "odd.json", capability_groups={STEERING: STEERING})
    text = {"sources": {"odd": "odd.json"}, "layers": [{"for_each": "group", "name": "{group}", "path": "a"}]}
    path = manifest_file(tmp_path, text, f"x{STEERING}{os.fsdecode(bytes([255]))}.yaml")
    build(read_manifest(str(path)), str(tmp_path / "out"), known())
    index = (tmp_path / "out/index.json").read_text("utf-8")
    table = (tmp_path / "out/INDEX.md").read_text("utf-8")
    for page in (index, table):
        assert not (set(STEERING) - set("abcd31m")) & set(page)
        assert "u202e" in page
    assert json.loads(index)["layers"][0]["name"] == json.loads((tmp_path / "out/a.json").read_bytes())["name"]


def test_table_shows_the_figures_of_the_index(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    table = (tmp_path / "out/INDEX.md").read_text("utf-8")
    for entry in entries(tmp_path):
        figures = f"| {entry['attack_version']} enterprise "
        tail = f"| {entry['score']} | {entry['techniques']} | {entry['mappings']} |"
        assert any(figures in line and line.endswith(tail) for line in table.splitlines())


# ---- reading an index back -------------------------------------------------------------------------------------------


def test_index_is_read_back(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    data = (tmp_path / "out/index.json").read_bytes()
    assert sorted(listed_files(data)) == sorted(layers_in(tmp_path / "out"))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"[]", b"5", b"{}", b'{"layers": [{"file": "a.json"}]}', b"\xff\xfe", b"\0" * 10),
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_index_lists_nothing(data: bytes) -> None:
    assert tuple(listed_files(data)) == ()


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_no_index(data: bytes) -> None:
    assert tuple(listed_files(data)) == ()
