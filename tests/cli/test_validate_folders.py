"""`validate` on many files: folders, an overview of many findings, rules that are ignored, and a configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export.validation import RULES
from navigator_export.validation.reports.text import MOST_LINES
from tests.made_inputs import Json, layer_bytes, mapping_bytes, rated_rows
from tests.real_inputs import ROOT
from tests.running import Run

Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return what makes files in an otherwise empty folder, which becomes the current one, and returns it."""
    monkeypatch.chdir(tmp_path)

    def make(**files: bytes | dict[str, Json]) -> Path:
        for number, (name, content) in enumerate(files.items()):
            path = tmp_path / f"{name.replace('__', '/')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                content if isinstance(content, bytes) else layer_bytes(**{"name": f"{number} layer", **content})
            )
        return tmp_path

    return make


GOOD: dict[str, Json] = {}
WARNED = {"extra": 1}
BAD = {"techniques": [{"techniqueID": "T1086", "score": 1}]}
MANY = {"techniques": [{"techniqueID": "T9999"}] * (MOST_LINES + 5)}


# ---- folders ---------------------------------------------------------------------------------------------------------


def test_folder_is_checked_with_the_folders_in_it(run: Run, project: Project) -> None:
    project(layers__a=BAD, layers__deep__b=WARNED, layers__c=GOOD)
    outcome = run("validate", "layers")
    assert outcome.code == 1
    lines = outcome.out.decode().splitlines()
    assert [line.partition("::")[0] for line in lines] == ["layers/a.json", "layers/deep/b.json"]
    assert "3 layer files: 1 error, 1 warning" in outcome.err


def test_files_of_a_folder_that_are_no_layers_are_skipped_and_named(run: Run, project: Project) -> None:
    index = b'{"generator": "navigator-export 1", "layers": [], "groups": []}'
    bundle = b'{"type": "bundle", "objects": []}'
    project(a=GOOD, index=index, package=b'{"name": "x"}', attack=bundle, m365=mapping_bytes(rated_rows()))
    outcome = run("validate", ".")
    assert (outcome.code, outcome.out) == (0, b"")
    for line in (
        "skipped as the index of a build: 1 file (index.json)",
        "skipped as JSON of another kind: 1 file (package.json)",
        "skipped as a STIX bundle: 1 file (attack.json)",
        "skipped as a mapping file: 1 file (m365.json)",
        "1 layer file: 0 errors, 0 warnings",
    ):
        assert line in outcome.err.splitlines()


def test_files_that_are_named_are_not_skipped_but_for_the_index_of_a_build(run: Run, project: Project) -> None:
    index = b'{"generator": "navigator-export 1", "layers": [], "groups": []}'
    project(a=GOOD, index=index, package=b'{"name": "x"}', attack=b'{"type": "bundle", "objects": []}')
    outcome = run("validate", "a.json", "index.json")
    assert (outcome.code, outcome.out) == (0, b"")
    assert "skipped as the index of a build: 1 file (index.json)" in outcome.err
    outcome = run("validate", "a.json", "package.json", "attack.json")
    assert outcome.code == 1
    assert b"attack.json::$: error this is a STIX bundle, not a layer" in outcome.out
    assert b"package.json::$" in outcome.out
    assert "skipped" not in outcome.err
    assert "skipped as JSON of another kind" not in run("validate", ".", "package.json").err


def test_many_skipped_files_are_counted_and_named_with_v(run: Run, project: Project) -> None:
    project(layer=GOOD, **{f"x{n}": b"{}" for n in range(9)})
    assert "skipped as JSON of another kind: 9 files (x0.json, x1.json, x2.json, x3.json, x4.json and 4 more)" in (
        run("validate", ".").err
    )
    assert "x7.json, x8.json" in run("validate", ".", "-v").err


def test_broken_json_in_a_folder_is_not_skipped(run: Run, project: Project) -> None:
    project(a=GOOD, b=b"{")
    outcome = run("validate", ".")
    assert outcome.code == 1
    assert b"[not-json]" in outcome.out


def test_folder_without_layers_exits_2_and_others_are_checked(run: Run, project: Project) -> None:
    folder = project(a__x=b"{}", b__y=BAD)
    (folder / "c").mkdir()
    outcome = run("validate", "a", "b", "c")
    assert outcome.code == 2
    assert "a: error there is no layer in this folder" in outcome.err
    assert "c: error there is no .json file in this folder" in outcome.err
    assert b"b/y.json::" in outcome.out


def test_file_that_is_named_twice_is_checked_once(run: Run, project: Project) -> None:
    project(layers__a=BAD)
    assert run("validate", "layers", "layers/a.json", "layers").out.count(b"technique-revoked") == 1


# ---- what was checked ------------------------------------------------------------------------------------------------


def test_releases_that_were_checked_against_are_named(run: Run, project: Project) -> None:
    def at(attack: str) -> dict[str, Json]:
        return {"versions": {"attack": attack, "navigator": "5.1.0", "layer": "4.5"}}

    project(a=at("16"), b=at("16"), c=at("20"), d={"domain": "other-attack"})
    outcome = run("validate", ".", "--ignore", "mixed-releases")
    assert "techniques checked against ATT&CK enterprise 16.1 (2 files), enterprise 20.0 (1 file)" in outcome.err
    assert "techniques not checked in 1 file" in outcome.err
    table = run("validate", ".", "-v", "--ignore", "mixed-releases").out.decode().splitlines()[-5:]
    assert [re.split(r"  +", row.strip()) for row in table] == [
        ["errors", "warnings", "ATT&CK", "file"],
        ["0", "0", "enterprise 16.1", "a.json"],
        ["0", "0", "enterprise 16.1", "b.json"],
        ["0", "0", "enterprise 20.0", "c.json"],
        ["1", "0", "not checked", "d.json"],
    ]
    against = run("validate", "a.json", "c.json", "--against", "15")
    assert "techniques checked against ATT&CK enterprise 15.1 (2 files)" in against.err


# ---- few findings by line, many by rule ------------------------------------------------------------------------------


def test_findings_are_told_by_line_up_to_the_limit_and_by_rule_above(run: Run, project: Project) -> None:
    project(
        most={"techniques": [{"techniqueID": f"T90{n:02}"} for n in range(MOST_LINES)]},
        more={"techniques": [{"techniqueID": f"T90{n:02}"} for n in range(MOST_LINES + 1)]},
    )
    select = ("--select", "technique-unknown")
    lines = run("validate", "most.json", *select).out.decode().splitlines()
    assert len(lines) == MOST_LINES
    assert all(line.endswith("[technique-unknown]") for line in lines)
    outcome = run("validate", "more.json", *select)
    lines = outcome.out.decode().splitlines()
    assert lines[0] == f"technique-unknown: {MOST_LINES + 1} errors in 1 file"
    assert lines[2].startswith("  more.json::$.techniques[0].techniqueID: unknown technique T9000")
    assert lines[5] == f"  and {MOST_LINES - 2} more"
    assert lines[-1].split() == [str(MOST_LINES + 1), "0", "enterprise", "16.1", "more.json"]
    assert "-v tells every finding" in outcome.err
    every = run("validate", "more.json", *select, "-v")
    assert every.out.count(b"[technique-unknown]") == MOST_LINES + 1
    assert "-v tells" not in every.err


def test_limit_is_what_help_and_docs_say(run: Run) -> None:
    says = f"More than {MOST_LINES} "
    assert says in " ".join(run("validate", "--help").out.decode().split())
    assert says in (ROOT / "docs" / "validate.md").read_text("utf-8")


@pytest.mark.parametrize("format_", ["json", "github", "sarif"])
def test_other_formats_have_every_finding(format_: str, run: Run, project: Project) -> None:
    project(a=MANY)
    outcome = run("validate", "a.json", "--select", "technique-unknown", "--format", format_)
    found = {"json": b'"rule": "technique-unknown"', "github": b"::error ", "sarif": b'"ruleId": "technique-unknown"'}
    assert outcome.out.count(found[format_]) == MOST_LINES + 5
    assert "-v tells" not in outcome.err


def test_json_says_what_was_checked_skipped_and_ignored(run: Run, project: Project) -> None:
    project(a=BAD, b=b"{}")
    document = json.loads(run("validate", ".", "--format", "json", "--ignore", "technique-*").out)
    assert document["attack"] == {"a.json": ["enterprise 16.1"]}
    assert document["skipped"] == {"b.json": "JSON of another kind"}
    assert document["ignored"] == {"technique-revoked": 1}
    assert (document["errors"], document["findings"]) == (0, [])


# ---- rules that are ignored or selected ------------------------------------------------------------------------------


def test_ignored_rules_are_counted_and_do_not_fail(run: Run, project: Project) -> None:
    project(a=BAD | WARNED)
    outcome = run("validate", "a.json", "--ignore", "technique-revoked", "--ignore", "unknown-*")
    assert (outcome.code, outcome.out) == (0, b"")
    assert "2 findings of ignored rules: technique-revoked 1, unknown-field 1" in outcome.err


def test_selected_rules_alone_are_told(run: Run, project: Project) -> None:
    project(a=BAD | WARNED)
    outcome = run("validate", "a.json", "--select", "unknown-field")
    assert outcome.code == 0
    assert outcome.out.endswith(b"[unknown-field]\n")
    assert outcome.out.count(b"\n") == 1
    assert "1 finding of ignored rules: technique-revoked 1" in outcome.err


@pytest.mark.parametrize("option", ["--ignore", "--select", "--explain"])
def test_rule_that_there_is_not_exits_2_and_names_the_nearest(option: str, run: Run, project: Project) -> None:
    project(a=GOOD)
    outcome = run("validate", "a.json", option, "technique-revokd")
    assert outcome.code == 2
    assert "there is no rule 'technique-revokd'; nearest rules: technique-revoked" in outcome.err


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1), (("--strict", "--ignore", "unknown-*"), 0)])
def test_warnings_fail_where_that_is_asked(options: tuple[str, ...], code: int, run: Run, project: Project) -> None:
    project(a=WARNED)
    assert run("validate", "a.json", *options).code == code


def test_rule_is_explained(run: Run) -> None:
    for rule in RULES:
        outcome = run("validate", "--explain", rule.id)
        assert outcome.code == 0
        assert outcome.out.startswith(f"# {rule.id}\n".encode())


# ---- the configuration -----------------------------------------------------------------------------------------------


def test_configuration_of_the_nearest_folder_counts(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(below__a=BAD | WARNED)
    (folder / "pyproject.toml").write_text('[tool.navigator-export]\nignore = ["technique-*"]\nstrict = true\n')
    monkeypatch.chdir(folder / "below")
    outcome = run("validate", "a.json", "-v")
    assert outcome.code == 1
    assert b"technique-revoked" not in outcome.out
    assert f"configuration: {folder / 'pyproject.toml'}" in outcome.err
    assert "configuration" not in run("validate", "a.json").err
    assert run("validate", "a.json", "--no-strict").code == 0
    assert b"technique-revoked" in run("validate", "a.json", "--isolated").out
    (folder / "other.toml").write_text('select = ["link-protocol"]')
    assert run("validate", "a.json", "--config", "../other.toml").out == b""


def test_options_ignore_besides_the_configuration_and_select_instead_of_it(run: Run, project: Project) -> None:
    folder = project(a=BAD | WARNED)
    (folder / ".navigator-export.toml").write_text('ignore = ["technique-*"]\nselect = ["technique-*"]')
    assert run("validate", "a.json").out == b""
    assert b"unknown-field" in run("validate", "a.json", "--select", "*").out
    assert run("validate", "a.json", "--select", "*", "--ignore", "unknown-field").out == b""


def test_rules_are_ignored_in_files_from_the_configurations_folder(run: Run, project: Project) -> None:
    folder = project(old__a=BAD, new__b=BAD)
    (folder / ".navigator-export.toml").write_text('[per-file-ignores]\n"old/*" = ["technique-*"]')
    outcome = run("validate", ".")
    assert outcome.out.startswith(b"new/b.json::")
    assert outcome.out.count(b"\n") == 1
    assert "1 finding of ignored rules: technique-revoked 1" in outcome.err


def test_release_of_the_configuration_is_checked_against(run: Run, project: Project) -> None:
    folder = project(a={"techniques": [{"techniqueID": "T1562", "score": 1}]})
    (folder / ".navigator-export.toml").write_text('against = "20.0"')
    assert run("validate", "a.json").code == 1
    assert run("validate", "a.json", "--against", "16").code == 0
    (folder / ".navigator-export.toml").write_text('against = "99"')
    outcome = run("validate", "a.json")
    assert outcome.code == 2
    assert f"{folder / '.navigator-export.toml'}::against: error ATT&CK 99 is not known" in outcome.err


@pytest.mark.parametrize("text", ["ignore = ['x']", "ignored = []", "strict = yes"])
def test_configuration_that_cannot_be_used_exits_2(text: str, run: Run, project: Project) -> None:
    folder = project(a=GOOD)
    (folder / ".navigator-export.toml").write_text(text)
    outcome = run("validate", "a.json")
    assert (outcome.code, outcome.out) == (2, b"")
    assert ".navigator-export.toml::" in outcome.err


def test_configuration_can_be_named_or_left_out_but_not_both(run: Run, project: Project) -> None:
    project(a=GOOD)
    assert run("validate", "a.json", "--isolated", "--config", "x.toml").code == 2
    outcome = run("validate", "a.json", "--config", "x.toml")
    assert outcome.code == 2
    assert "x.toml: error there is no such file" in outcome.err
