"""From the entries of a manifest to layers: what each selects, and the file it is written to."""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, Selection, make_layer, read
from navigator_export.build.paths import LONGEST_PART, checked_path, is_layer_path, same_file_key
from navigator_export.build.templates import FIELDS
from navigator_export.errors import Problem
from navigator_export.frameworks import identity
from navigator_export.selection import Criteria
from tests.build.manifests import (
    built,
    layers_in,
    manifest_file,
    paths_of,
    plans_of,
    problems_of,
    row_of,
    sources,
    tree,
)
from tests.made_inputs import Json, make_row, mapping_file, rated_rows
from tests.real_inputs import M365_2025, corpus, plain_rows
from tests.results import metadata_of, scores
from tests.running import Run

# ---- for_each --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aspect", "paths"),
    [
        ("source", ["m365", "nist"]),
        ("framework", ["m365+nist/m365", "m365+nist/nist_800_53"]),
        ("tier", ["m365+nist/e3", "m365+nist/e5"]),
        ("group", ["m365+nist/ac", "m365+nist/sc", "m365+nist/identity", "m365+nist/mail"]),
        ("category", ["m365+nist/protect", "m365+nist/detect", "m365+nist/respond"]),
        ("capability", [f"m365+nist/{id_}" for id_ in ("hunt-e5", "login-e3", "mail-e3", "ac-03", "ac-16", "sc-07")]),
        ("capability_set", ["m365+nist/post", "m365+nist/access"]),
    ],
)
@pytest.mark.parametrize("form", ["{}", "[{}]"])
def test_one_layer_for_each_value_of_an_aspect(aspect: str, paths: list[str], form: str, tmp_path: Path) -> None:
    text = f"""
        capability_sets: {{post: [MAIL-E3], access: "AC-*"}}
        layers: [{{for_each: {form.format(aspect)}}}]
    """
    assert paths_of(tmp_path, text) == [f"{path}.json" for path in paths]


@pytest.mark.parametrize(
    ("for_each", "recipe"),
    [
        ("tier: E3", Recipe(selection=Selection(tier="E3"))),
        ("tier: E5", Recipe(selection=Selection(tier="E5"))),
        ("group: mail", Recipe(selection=Selection(include=Criteria(groups=("mail",))))),
        ("category: detect", Recipe(selection=Selection(include=Criteria(categories=("detect",))))),
        ("category: respond", Recipe(selection=Selection(include=Criteria(categories=("respond",))))),
        ("capability: MAIL-E3", Recipe(selection=Selection(include=Criteria(capabilities=("MAIL-E3",))))),
        ("capability_set: post", Recipe(selection=Selection(include=Criteria(capabilities=("MAIL-E3", "HUNT-E5"))))),
        ("framework: m365", Recipe(selection=Selection(include=Criteria(frameworks=("m365",))))),
    ],
)
def test_layer_of_a_value_is_the_one_that_export_makes(for_each: str, recipe: Recipe, tmp_path: Path) -> None:
    text = f"""
        capability_sets: {{post: [MAIL-E3, HUNT-E5]}}
        layers: [{{sources: m365, for_each: {{{for_each}}}, path: a}}]
    """
    built(tmp_path, text)
    expected = make_layer(read(tmp_path / "m365.json"), recipe).text
    assert (tmp_path / "out/a.json").read_bytes() == expected


@pytest.mark.parametrize(
    ("patterns", "paths"),
    [
        ("E3", ["e3"]),
        ("[E3, E5]", ["e3", "e5"]),
        ("e*", ["e3", "e5"]),
        ("'?5'", ["e5"]),
        ("[E5, E5, E*]", ["e5", "e3"]),
    ],
)
def test_for_each_takes_the_values_that_patterns_pick(patterns: str, paths: list[str], tmp_path: Path) -> None:
    text = f"layers: [{{sources: m365, for_each: {{tier: {patterns}}}, path: '{{tier}}'}}]"
    assert paths_of(tmp_path, text) == [f"{path}.json" for path in paths]


def test_for_each_takes_names_as_well_as_ids(tmp_path: Path) -> None:
    text = "layers: [{sources: m365, for_each: {group: Mail Protection}, path: '{group}'}]"
    assert paths_of(tmp_path, text) == ["mail.json"]


@pytest.mark.parametrize("pattern", ["E4", "x*", "mail"])
def test_pattern_that_picks_nothing_is_told_with_what_there_is(pattern: str, tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, f"layers:\n  - {{sources: m365, for_each: {{tier: ['{pattern}', E3]}}}}")
    assert pattern in problem.message
    assert "E3" in problem.hint
    assert problem.place.startswith("line 3")


def test_aspect_without_values_is_told(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "layers:\n  - {sources: nist, for_each: tier}")
    assert "there is no tier to make layers for" in problem.message


def test_for_each_source_makes_layers_of_one_source_each(tmp_path: Path) -> None:
    built(tmp_path, "layers: [{for_each: source}]")
    for name in ("m365", "nist"):
        expected = make_layer(read(tmp_path / f"{name}.json")).text
        assert (tmp_path / "out" / f"{name}.json").read_bytes() == expected


def test_for_each_source_with_values_takes_those(tmp_path: Path) -> None:
    assert paths_of(tmp_path, "layers: [{for_each: {source: n*}}]") == ["nist.json"]


ASPECTS = {"tier": ["e3", "e5"], "group": ["identity", "mail"], "category": ["protect", "detect", "respond"]}


@pytest.mark.parametrize("aspects", [("tier", "group"), ("category", "tier"), ("tier", "group", "category")])
def test_several_aspects_are_crossed_in_the_order_given(aspects: tuple[str, ...], tmp_path: Path) -> None:
    expected = ["_".join(values) for values in product(*(ASPECTS[aspect] for aspect in aspects))]
    text = f"layers: [{{sources: m365, for_each: [{', '.join(aspects)}]}}]"
    assert paths_of(tmp_path, text) == [f"m365/{name}.json" for name in expected]


def test_sources_and_aspects_are_crossed_where_each_source_has_values(tmp_path: Path) -> None:
    assert paths_of(tmp_path, "layers: [{for_each: [source, group]}]") == [
        "m365/identity.json",
        "m365/mail.json",
        "nist/ac.json",
        "nist/sc.json",
    ]


def test_crossed_values_that_map_nothing_are_skipped_and_told(tmp_path: Path, run: Run) -> None:
    rows = rated_rows()
    groups = ("mail", "identity")
    tiers = {"E3": ("E3",), "E5": ("E3", "E5")}
    full = {
        f"{tier.lower()}_{group}_{category}.json"
        for (tier, included), group, category in product(tiers.items(), groups, ("protect", "detect", "respond"))
        if any(
            row["capability_id"][-2:] in included
            and row["capability_group"] == group
            and row["score_category"] == category
            for row in rows
        )
    }
    text = "layers: [{sources: m365, for_each: [tier, group, category]}]"
    result = built(tmp_path, text)
    assert {path.removeprefix("m365/") for path in layers_in(tmp_path / "out")} == full
    assert len(result.empty) == 12 - len(full)
    outcome = run("build", manifest_file(tmp_path, text), "-o", tmp_path / "other", "-v")
    assert f"{12 - len(full)} crossed values map nothing" in outcome.err
    assert outcome.err.count("maps nothing") == 12 - len(full)
    index = json.loads((tmp_path / "other/index.json").read_bytes())
    assert {layer["file"].removeprefix("m365/") for layer in index["layers"]} == full


def test_manifest_whose_layers_are_all_empty_is_told(tmp_path: Path) -> None:
    text = """
        layers:
          - {sources: m365, for_each: {category: respond}, select: {capability: LOGIN-E3}}
    """
    assert problems_of(tmp_path, text)


# ---- for_each and select together ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aspect", "select", "paths"),
    [
        ("group", "group: mail", ["mail"]),
        ("category", "category: [detect, respond]", ["detect", "respond"]),
        ("framework", "framework: nist*", ["nist_800_53"]),
        ("capability", "capability: '*-E3'", ["login-e3", "mail-e3"]),
        ("capability", "capability: ac-3", ["ac-03"]),
        ("tier", "tier: E3", ["e3"]),
        ("group", "capability: MAIL-E3", ["mail"]),
        ("capability", "group: identity", ["login-e3"]),
        ("capability", "tier: E3", ["login-e3", "mail-e3"]),
    ],
)
def test_for_each_goes_over_what_select_leaves(aspect: str, select: str, paths: list[str], tmp_path: Path) -> None:
    built(tmp_path, f"layers: [{{for_each: {aspect}, select: {{{select}}}, path: '{{{aspect}}}'}}]")
    assert sorted(layers_in(tmp_path / "out")) == [f"{path}.json" for path in paths]


def test_capability_sets_cannot_be_crossed_with_select_capability(tmp_path: Path) -> None:
    text = """
        capability_sets: {post: MAIL-E3}
        layers: [{sources: m365, for_each: capability_set, select: {capability: HUNT-E5}}]
    """
    assert "cannot go together" in str(problems_of(tmp_path, text)[0])


def test_layer_of_a_capability_is_of_that_one_alone_whatever_signs_are_in_its_id(tmp_path: Path) -> None:
    ids = ["A*", "AB", "A?", "A[B]", "[AB]", "ab c"]
    rows = [make_row(id_, technique, "") for id_, technique in zip(ids, _TECHNIQUES, strict=True)]
    mapping_file(tmp_path, rows, "signs.json")
    text = "sources: {signs: signs.json}\nlayers: [{for_each: capability, name: '{capability}'}]"
    built(tmp_path, text)
    layers = layers_in(tmp_path / "out").values()
    assert {layer["name"]: [t["techniqueID"] for t in layer["techniques"]] for layer in layers} == {
        id_: [technique] for id_, technique in zip(ids, _TECHNIQUES, strict=True)
    }


_TECHNIQUES = ("T1114", "T1078", "T1566", "T1059", "T1562", "T1656")


def test_capabilities_of_one_id_in_two_frameworks_get_a_layer_each(tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row("AC-3", "T1114", "", capability_description="One")], "one.json")
    other = {"mapping_framework": "aws"}
    mapping_file(tmp_path, [make_row("AC-3", "T1078", "", capability_description="Two")], "two.json", **other)
    text = """
        sources: {one: one.json, two: two.json}
        layers: [{for_each: [framework, capability]}]
    """
    built(tmp_path, text)
    found = {path: [t["techniqueID"] for t in layer["techniques"]] for path, layer in layers_in(tmp_path).items()}
    assert {path.rpartition("/")[2]: ids for path, ids in found.items()} == {
        "aws_ac-3.json": ["T1078"],
        "m365_ac-3.json": ["T1114"],
    }


# ---- templates -------------------------------------------------------------------------------------------------------


def test_templates_know_sources_and_values(tmp_path: Path) -> None:
    text = """
        layers:
          - sources: m365
            for_each: [tier, group, category]
            score: count
            path: "{framework}/{source}-{domain}-{attack_version}/{tier}/{group}_{category}_{score}"
            name: "{framework_name} {framework_version}: {tier} {group} {group_name} {category} by {score}"
            description: "{{not a field}} of ATT&CK {attack_version}"
    """
    built(tmp_path, text)
    layers = layers_in(tmp_path / "out")
    layer = layers["m365/m365-enterprise-16.1/e5/mail_detect_count.json"]
    assert layer["name"] == "Microsoft 365 07/18/2025: E5 mail Mail Protection detect by count"
    assert layer["description"] == "{not a field} of ATT&CK 16.1"


def test_template_knows_the_release_that_a_layer_is_moved_to(tmp_path: Path) -> None:
    for release, told in (("latest", "20.0"), ("own", "16.1"), ("18.1", "18.1")):
        text = f"layers: [{{sources: m365, attack_version: {release}, path: '{{attack_version}}'}}]"
        assert paths_of(tmp_path, text) == [f"{told}.json"]


@pytest.mark.parametrize("asked", ["17.1", "16", "20"])
def test_template_tells_the_release_that_serves_for_one_that_is_not_listed(asked: str, tmp_path: Path) -> None:
    text = f"layers: [{{sources: m365, attack_version: {asked}, path: a, name: '{{attack_version}}'}}]"
    built(tmp_path, text)
    [layer] = layers_in(tmp_path / "out").values()
    [release] = metadata_of(layer, "layer's ATT&CK release")
    assert layer["name"] == release.split()[0]


def test_template_knows_the_name_of_a_capability(tmp_path: Path) -> None:
    text = "layers: [{sources: m365, for_each: {capability: MAIL-E3}, name: '{capability}: {capability_name}'}]"
    built(tmp_path, text)
    [layer] = layers_in(tmp_path / "out").values()
    assert layer["name"] == "MAIL-E3: Name of MAIL-E3"


@pytest.mark.parametrize("key", ["path", "name", "description"])
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{tear}", "there is no field {tear}; nearest fields: tier"),
        ("{group}", "{group} has no value in this layer"),
        ("{score}", "{score} has no value in this layer"),
        ("{0}", "there is no field {0}"),
        ("{}", "there is no field {}"),
        ("{tier.upper}", "there is no field {tier.upper}"),
        ("{tier[0]}", "there is no field {tier[0]}"),
        ("{tier!r}", "tier"),
        ("{tier:>9}", "tier"),
        ("{tier", "write {{ and }} for braces"),
        ("tier}", "write {{ and }} for braces"),
        ("{__class__}", "there is no field"),
    ],
)
def test_template_that_is_wrong_is_told_with_its_key(key: str, template: str, message: str, tmp_path: Path) -> None:
    text = f"layers:\n  - sources: m365\n    for_each: tier\n    {key}: '{template}'"
    [problem] = problems_of(tmp_path, text)
    assert message in str(problem)
    assert key in f"{problem.place} {problem.message}"
    assert problem.place.startswith("line 5")


def test_every_field_that_is_documented_can_have_a_value(tmp_path: Path) -> None:
    text = """
        capability_sets: {post: [MAIL-E3, HUNT-E5]}
        layers:
          - for_each: [source, framework, tier, group, category, capability]
            sources: m365
            score: count
            path: "{template}"
          - for_each: [capability_set]
            path: "sets/{capability_set}"
    """
    template = "-".join(f"{{{field}}}" for field in FIELDS if field != "capability_set")
    assert len(paths_of(tmp_path, text.replace("{template}", template))) > 10


def test_values_of_a_template_stay_one_part_of_a_path(tmp_path: Path) -> None:
    rows = [row_of("../../up"), row_of("/etc/passwd"), row_of("a/b\\c"), row_of(".."), row_of("C:x")]
    mapping_file(tmp_path, rows, "odd.json")
    text = "sources: {odd: odd.json}\nlayers: [{for_each: capability, path: 'x/{capability}'}]"
    paths = paths_of(tmp_path, text)
    assert len(paths) == len(rows)
    assert all(path.count("/") == 1 and path.startswith("x/") for path in paths)
    assert all(".." not in path.split("/") for path in paths)


# ---- paths -----------------------------------------------------------------------------------------------------------

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


# ---- how many --------------------------------------------------------------------------------------------------------


def test_crossed_values_have_a_limit_that_is_told_before_they_are_crossed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_row(f"CAP-{n}", "T1114", capability_group=f"group-{n}") for n in range(120)]
    mapping_file(tmp_path, rows, "many.json", capability_groups={f"group-{n}": f"Group {n}" for n in range(120)})
    monkeypatch.setattr("navigator_export.build.expansion.product", pytest.fail)
    text = "sources: {many: many.json}\nlayers:\n  - {sources: many, for_each: [capability, group]}"
    [problem] = problems_of(tmp_path, text)
    assert problem.message == "this gives 14,400 layers, and a manifest may give 10,000 in all"
    assert problem.place.startswith("line 3")


def test_limit_is_that_of_the_whole_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("navigator_export.build.expansion.MOST_LAYERS", 3)
    entry = "  - {sources: m365, for_each: tier, path: '{tier}-%d'}\n"
    assert len(paths_of(tmp_path, "layers:\n" + entry % 1)) == 2
    [problem] = problems_of(tmp_path, "layers:\n" + entry % 1 + entry % 2)
    assert "this gives 2 layers, and a manifest may give 3 in all" in problem.message
    assert problem.place.startswith("line 4")


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


# ---- a published file ------------------------------------------------------------------------------------------------


def test_layer_for_each_capability_holds_its_techniques_and_no_others(tmp_path: Path) -> None:
    file = corpus(M365_2025)
    expected: dict[str, set[str]] = {}
    for row in plain_rows(file).mapping:
        expected.setdefault(row["capability_id"].strip(), set()).add(row["attack_object_id"].strip())
    text = {"sources": {"m365": str(file)}, "layers": [{"for_each": "capability", "name": "{capability}"}]}
    built(tmp_path, text)
    layers = layers_in(tmp_path / "out")
    assert {layer["name"]: {t["techniqueID"] for t in layer["techniques"]} for layer in layers.values()} == expected


def test_tiers_include_the_lower_ones_unless_exact(tmp_path: Path) -> None:
    text = """
        layers:
          - {sources: m365, for_each: tier, path: "{tier}", score: count}
          - {sources: m365, for_each: tier, path: "only-{tier}", select: {exact_tier: true}, score: count}
    """
    built(tmp_path, text)

    def counted(name: str) -> dict[str, float]:
        return scores((tmp_path / "out" / name).read_bytes())

    assert counted("e3.json") == counted("only-e3.json") == {"T1114": 2, "T1114.003": 1, "T1078": 1}
    assert counted("e5.json") == {"T1114": 3, "T1114.003": 1, "T1078": 1, "T1566": 1}
    assert counted("only-e5.json") == {"T1114": 1, "T1566": 1}


def test_layers_share_one_scale(tmp_path: Path) -> None:
    built(tmp_path, "layers: [{sources: m365, for_each: [tier, group], score: sum}]")
    gradients = [json.dumps(layer["gradient"]) for layer in layers_in(tmp_path / "out").values()]
    assert len(gradients) > 2
    assert len(set(gradients)) == 1


def test_plan_of_a_layer_names_the_line_of_its_entry(tmp_path: Path) -> None:
    plans: list[Json] = list(plans_of(tmp_path, "layers:\n  - {sources: m365, path: a}\n  - {sources: nist, path: b}"))
    assert [(plan.place, plan.entry) for plan in plans] == [("line 3", 0), ("line 4", 1)]
