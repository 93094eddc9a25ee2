from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from navigator_export import make_layer, read, validate
from tests.made_inputs import (
    NIST,
    layer_bytes,
    make_row,
    mapping_bytes,
    mapping_file,
    mapping_set,
    rated_rows,
    unrated_rows,
)
from tests.results import control_characters, metadata_of, scores
from tests.running import Run, run_process


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return mapping_file(tmp_path, rated_rows())


def test_layer_alone_is_on_standard_output_and_the_account_on_standard_error(run: Run, source: Path) -> None:
    outcome = run("export", source)
    assert outcome.code == 0
    assert outcome.out == make_layer(read(source)).text
    assert outcome.err.splitlines() == [
        "M365 2025-07-18: 7 mappings of 3 capabilities on 4 techniques",
        "7 rows: 7 in the layer",
    ]


def test_process_of_its_own_says_the_same(run: Run, source: Path) -> None:
    process, outcome = run_process("export", source), run("export", source)
    assert (process.returncode, process.stdout, process.stderr.decode()) == outcome


def test_sample_is_exported_without_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("export", "sample")
    assert outcome.code == 0
    assert set(scores(outcome.out)) == {"T1114", "T1114.001", "T1114.002", "T1114.003"}


def test_several_sources_make_one_layer(run: Run, source: Path, tmp_path: Path) -> None:
    other = mapping_file(tmp_path, unrated_rows(), "nist.json", **NIST)
    layer = json.loads(run("export", source, other).out)
    assert metadata_of(layer, "source") == ["mappings.json", "nist.json"]


def test_dash_is_standard_input(run: Run) -> None:
    outcome = run("export", "-", stdin=mapping_bytes(rated_rows()))
    assert outcome.code == 0
    assert metadata_of(json.loads(outcome.out), "source") == ["standard input"]


def test_quiet_says_nothing_but_problems(run: Run, source: Path, tmp_path: Path) -> None:
    assert run("export", source, "-q").err == ""
    odd = mapping_file(tmp_path, [*rated_rows(), make_row("A", "T9999")], "odd.json")
    [line] = run("export", odd, "-q").err.splitlines()
    assert line == "warning T9999 (unknown): 1 mapping dropped"


def test_account_counts_every_row(run: Run, tmp_path: Path) -> None:
    rows = [*rated_rows(), rated_rows()[0], make_row("A", None), make_row("C-E3", "T9999"), make_row("BARE", "T1003")]
    outcome = run("export", mapping_file(tmp_path, rows), "--tier", "E3")
    assert "warning 1 capability without a tier is left out: BARE" in outcome.err
    assert (
        "11 rows: 4 in the layer, 4 not selected, 1 repeated, 1 without a mapping, 1 on inactive techniques"
        in outcome.err
    )


def test_remarks_of_the_reader_are_told(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, [make_row("A", references=["no address"])])
    assert "warning mappings.json: 1 reference holds no web address" in run("export", file).err


# ---- where it goes ---------------------------------------------------------------------------------------------------


def test_output_is_written_to_a_file_and_told(run: Run, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    outcome = run("export", source, "-o", target)
    assert (outcome.code, outcome.out) == (0, b"")
    assert target.read_bytes() == make_layer(read(source)).text
    assert outcome.err.splitlines()[-1] == f"written: {target}"


def test_output_to_dash_is_standard_output(run: Run, source: Path) -> None:
    assert run("export", source, "-o", "-").out == make_layer(read(source)).text


@pytest.mark.parametrize("folder", ["out/", "existing", "existing/"])
def test_output_to_a_folder_has_a_name_of_its_own(run: Run, source: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "existing").mkdir()
    assert run("export", source, "--tier", "E3", "-o", f"{tmp_path}/{folder}").code == 0
    name = "m365-07.18.2025_attack-16.1-enterprise_tier-e3_best.json"
    assert [file.name for file in (tmp_path / folder).iterdir()] == [name]


def test_output_replaces_what_was_there(run: Run, source: Path, tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text("old")
    run("export", source, "-o", tmp_path / "out.json")
    assert validate((tmp_path / "out.json").read_bytes()) == ()


@pytest.mark.parametrize("link", ["same", "symbolic link", "hard link", "other spelling"])
def test_output_over_a_source_is_refused(run: Run, source: Path, link: str) -> None:
    before = source.read_bytes()
    target = source
    if link == "symbolic link":
        target = source.with_name("link.json")
        target.symlink_to(source)
    elif link == "hard link":
        target = source.with_name("hard.json")
        target.hardlink_to(source)
    elif link == "other spelling":
        target = source.parent / ".." / source.parent.name / source.name
    outcome = run("export", source, "-o", target)
    assert outcome.code == 2
    assert f"{target}: error " in outcome.err
    assert source.read_bytes() == before


def test_output_over_a_capability_set_is_refused(run: Run, source: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("MAIL-E3")
    outcome = run("export", source, "--capability-set", ids, "-o", ids)
    assert outcome.code == 2
    assert ids.read_text() == "MAIL-E3"


def test_report_over_a_source_or_the_output_is_refused(run: Run, source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    assert run("export", source, "--report", source).code == 2
    assert source.read_bytes() == before
    assert run("export", source, "-o", tmp_path / "out.json", "--report", tmp_path / "out.json").code == 2


@pytest.mark.parametrize("target", ["folder-as-file", "read-only"])
def test_output_that_cannot_be_written_exits_2(run: Run, source: Path, tmp_path: Path, target: str) -> None:
    file = tmp_path / "there.json"
    file.write_text("old")
    file.chmod(0o444)
    outcome = run("export", source, "-o", file if target == "read-only" else file / "x.json")
    assert (outcome.code, outcome.out) == (2, b"")
    assert f"{file}" in outcome.err
    assert file.read_text() == "old"


# ---- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"{", "this is not valid JSON"),
        (layer_bytes(), "this is a Navigator layer"),
        (mapping_bytes([]), "it contains no mappings"),
        (mapping_bytes([make_row("A", "x")]), "$.mapping_objects[0].attack_object_id: error 'x' is not a technique id"),
        (mapping_bytes([make_row()], attack_version="999"), "ATT&CK 999 is not known"),
    ],
)
def test_unusable_source_exits_2_with_words(run: Run, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x.json").write_bytes(data)
    outcome = run("export", tmp_path / "x.json", "-o", tmp_path / "out.json")
    assert (outcome.code, outcome.out) == (2, b"")
    assert message in outcome.err
    assert not (tmp_path / "out.json").exists()


def test_missing_source_names_the_nearest_and_exits_2(run: Run, source: Path) -> None:
    outcome = run("export", source.with_name("mapings.json"))
    assert outcome.code == 2
    assert "nearest file names there: mappings.json" in outcome.err


@pytest.mark.parametrize(
    "options",
    [
        ("--capability", "MAIL-E4"),
        ("--tier", "E4"),
        ("--assign-tier", "x=E5"),
        ("--weights", "minimal=3,partial=2,significant=1"),
        ("--range", "5:5"),
        ("--category", "respond", "--technique", "T1114"),
        ("--on-inactive", "error", "--attack-version", "abc"),
        ("--attack-version", "999"),
    ],
    ids=" ".join,
)
def test_recipe_that_does_not_fit_exits_2_with_words(run: Run, source: Path, options: Sequence[str]) -> None:
    outcome = run("export", source, *options)
    assert (outcome.code, outcome.out) == (2, b"")
    assert "error " in outcome.err


def test_layer_with_a_finding_exits_1_and_is_not_written(run: Run, source: Path, tmp_path: Path) -> None:
    outcome = run("export", source, "--name", " ", "-o", tmp_path / "out.json")
    assert (outcome.code, outcome.out) == (1, b"")
    assert "the layer was not written:" in outcome.err
    assert "[field-missing]" in outcome.err
    assert not (tmp_path / "out.json").exists()


def test_kept_inactive_techniques_are_told(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, [*rated_rows(), make_row("A", "T1053.001")])
    outcome = run("export", file, "--on-inactive", "keep")
    assert outcome.code == 0
    assert "[technique-revoked]" in outcome.err
    assert "T1053.001" in scores(outcome.out)


def test_refused_inactive_techniques_exit_2(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, [*rated_rows(), make_row("A", "T1053.001")])
    outcome = run("export", file, "--on-inactive", "error")
    assert outcome.code == 2
    assert "T1053.001" in outcome.err


STEERING = "\x1b]0;title\x07\x1b[31mred\x9b2J\r\x08\x7f"


def test_control_characters_of_a_source_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    rows = [
        *rated_rows(),
        make_row(f"BARE{STEERING}", "T1003", comments=STEERING, references=[f"x{STEERING}"]),
        make_row("A", "T1059", mapping_framework_version=STEERING, attack_version=STEERING),
    ]
    file = mapping_file(tmp_path, rows, f"x{STEERING}.json", mapping_framework_version=STEERING)
    told = {(): "written: ", ("--tier", "E5"): "BARE", ("--capability", f"no{STEERING}"): r"\x1b[31mred"}
    for options, words in told.items():
        outcome = run("export", file, *options, "-o", tmp_path / "out.json")
        assert words in outcome.err
        assert control_characters(outcome.err) == set()


@pytest.mark.parametrize("column", ["attack_object_id", "score_category", "score_value"])
def test_control_characters_of_wrong_words_never_reach_the_terminal(run: Run, tmp_path: Path, column: str) -> None:
    file = mapping_file(tmp_path, [make_row() | {column: STEERING}])
    outcome = run("export", file)
    assert outcome.code == 2
    assert control_characters(outcome.err) == set()


@pytest.mark.parametrize("field", ["mapping_framework", "attack_version", "technology_domain"])
def test_control_characters_of_metadata_never_reach_the_terminal(run: Run, tmp_path: Path, field: str) -> None:
    file = mapping_file(tmp_path, [make_row()], **{field: STEERING})
    assert control_characters(run("export", file).err) == set()


# ---- options ---------------------------------------------------------------------------------------------------------

ALL = {"T1078": 3, "T1114": 3, "T1114.003": 1, "T1566": 2}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ALL),
        (("--tier", "E3"), {"T1078": 3, "T1114": 2, "T1114.003": 1}),
        (("--tier", "E5"), ALL),
        (("--tier", "E5", "--exact-tier"), {"T1114": 3, "T1566": 2}),
        (("--exclude-tier", "E5"), {"T1078": 3, "T1114": 2, "T1114.003": 1}),
        (("--capability", "mail-*"), {"T1114": 2, "T1114.003": 1}),
        (("--exclude-capability", "HUNT-E5"), {"T1078": 3, "T1114": 2, "T1114.003": 1}),
        (("--group", "Identity"), {"T1078": 3, "T1114": 0}),
        (("--exclude-group", "mail"), {"T1078": 3, "T1114": 0}),
        (("--category", "Detect"), {"T1114": 3, "T1114.003": 1, "T1566": 2}),
        (("--exclude-category", "detect"), {"T1078": 3, "T1114": 2, "T1566": 1}),
        (("--value", "minimal", "--value", "partial"), {"T1114": 2, "T1114.003": 1, "T1566": 2}),
        (("--exclude-value", "significant"), {"T1114": 2, "T1114.003": 1, "T1566": 2}),
        (("--min-value", "partial"), {"T1078": 3, "T1114": 3, "T1566": 2}),
        (("--mapping-type", "other_type"), {"T1078": 3, "T1114": 0}),
        (("--exclude-mapping-type", "Technique*"), {"T1078": 3, "T1114": 0}),
        (("--technique", "T1114*"), {"T1114": 3, "T1114.003": 1}),
        (("--exclude-technique", "T1114"), {"T1078": 3, "T1114.003": 1, "T1566": 2}),
        (("--framework", "m365"), ALL),
        (("--assign-tier", "LOGIN-E3=E5", "--tier", "E3"), {"T1114": 2, "T1114.003": 1}),
        (("--score", "count"), {"T1078": 1, "T1114": 3, "T1114.003": 1, "T1566": 1}),
        (("--score", "mean"), {"T1078": 3, "T1114": 2.5, "T1114.003": 1, "T1566": 1.5}),
        (("--score", "sum"), {"T1078": 3, "T1114": 5, "T1114.003": 1, "T1566": 3}),
        (("--score", "breadth"), {"T1078": 1, "T1114": 2, "T1114.003": 1, "T1566": 2}),
        (
            ("--weights", "minimal=10,partial=50,significant=100"),
            {"T1078": 100, "T1114": 100, "T1114.003": 10, "T1566": 50},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_options_select_and_score(run: Run, source: Path, options: Sequence[str], expected: dict[str, float]) -> None:
    outcome = run("export", source, *options)
    assert outcome.code == 0, outcome.err
    assert scores(outcome.out) == expected


def test_capability_set_takes_what_it_lists(run: Run, source: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("# ours\nMAIL-E3\nlogin-*\n")
    outcome = run("export", source, "--capability-set", tmp_path / "ids.txt")
    assert scores(outcome.out) == {"T1078": 3, "T1114": 2, "T1114.003": 1}


def test_capability_set_that_cannot_be_used_exits_2(run: Run, source: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("MAIL-E3\nNONE-1\nNONE-2\n")
    outcome = run("export", source, "--capability-set", tmp_path / "ids.txt")
    assert outcome.code == 2
    assert "NONE-1" in outcome.err
    assert "NONE-2" in outcome.err
    assert run("export", source, "--capability-set", tmp_path / "none.txt").code == 2


def test_look_of_the_layer_can_be_chosen(run: Run, source: Path) -> None:
    options = ("--aggregate", "--name", "Ours", "--description", "Of us", "--range", "0:6", "--comments", "none")
    layer = json.loads(run("export", source, *options).out)
    assert (layer["name"], layer["description"]) == ("Ours", "Of us")
    assert layer["layout"]["showAggregateScores"] is True
    assert (layer["gradient"]["minValue"], layer["gradient"]["maxValue"]) == (0, 6)
    assert len(layer["techniques"]) == 4
    assert [t for t in layer["techniques"] if "comment" in t] == []


def test_fold_makes_a_folded_layer(run: Run, source: Path) -> None:
    outcome = run("export", source, "--fold")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["layout"]["expandedSubtechniques"] == "none"


@pytest.mark.parametrize("name", ["report.json", "report.txt"])
def test_report_tells_what_became_of_inactive_techniques(run: Run, tmp_path: Path, name: str) -> None:
    file = mapping_file(tmp_path, [*rated_rows(), make_row("A", "T1053.001"), make_row("A", "T9999")])
    outcome = run("export", file, "--attack-version", "16.1", "--report", tmp_path / name)
    assert outcome.code == 0, outcome.err
    text = (tmp_path / name).read_text("utf-8")
    for words in ("T1053.001", "T1053.002", "T9999"):
        assert words in text
    if name.endswith(".json"):
        report = json.loads(text)
        assert report["mappings_in"] == 9
        assert report["mappings_out"] == 8
        assert [fate["outcome"] for fate in report["fates"]] == ["moved", "dropped"]


def test_made_up_and_read_mappings_are_the_same(source: Path) -> None:
    assert read(source) == mapping_set(rated_rows())


@pytest.mark.parametrize("name", ["own.xlsx", "own.CSV", "e5.svg", "e5.png"])
def test_layer_is_not_written_into_a_file_called_like_a_list_or_a_picture(run: Run, tmp_path: Path, name: str) -> None:
    outcome = run("export", "sample", "-o", tmp_path / name)
    assert outcome.code == 2
    assert "a layer is JSON" in outcome.err
    assert "`navigator-export render` draws" in outcome.err
    assert list(tmp_path.iterdir()) == []
