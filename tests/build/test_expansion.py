"""From the entries of a manifest to layers: what each selects."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from navigator_export import Recipe, Selection, make_layer, read
from navigator_export.selection import Criteria
from tests.build.manifests import built, layers_in, manifest_file, paths_of, plans_of, problems_of
from tests.made_inputs import Json, make_row, mapping_file, rated_rows
from tests.real_inputs import M365_2025, corpus, plain_rows
from tests.results import scores
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
