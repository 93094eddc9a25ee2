"""Whole builds: the same bytes however they are made, each source read once, and no harm done by whoever kills one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest

from navigator_export import validate
from navigator_export.attack import known
from navigator_export.build import ManifestError, batch, build, read_manifest
from navigator_export.build.expansion import Plan
from navigator_export.build.paths import STAGING
from tests.build.manifests import INDEX_FILES, built, layers_in, manifest_file, problems_of, tree
from tests.made_inputs import Json, make_row, mapping_file
from tests.real_inputs import MAPPING_FILES, ROOT, shared
from tests.running import Run, run_process, start

TEXT = """
    attack_version: latest
    capability_sets: {post: [MAIL-E3, HUNT-E5]}
    layers:
      - {for_each: [source, group]}
      - {sources: m365, for_each: [tier, category], path: "{tier}/{category}"}
      - {sources: m365, for_each: capability_set, score: count}
      - {path: both, comments: full, score: breadth}
      - {sources: m365, select: {capability: "MAIL-?3"}, score: mean, path: hashed}   # a name that Excel refuses
"""


# ---- the same bytes --------------------------------------------------------------------------------------------------

WAYS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "2 jobs": (("--jobs", "2"), {}),
    "3 jobs": (("--jobs", "3"), {}),
    "many jobs": (("--jobs", "40"), {}),
    "fresh": (("--fresh",), {}),
    "fresh with jobs": (("--fresh", "--jobs", "2"), {}),
    "hash seed 1": (("--fresh",), {"PYTHONHASHSEED": "1"}),
    "hash seed 4711": (("--fresh", "--jobs", "2"), {"PYTHONHASHSEED": "4711"}),
    "time zone": (("--fresh",), {"TZ": "Pacific/Kiritimati"}),
    "C locale": (("--fresh",), {"LC_ALL": "C", "PYTHONUTF8": "0"}),
    "Turkish locale": (("--fresh",), {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
    "optimised": (("--fresh",), {"PYTHONOPTIMIZE": "2"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_bytes_are_the_same_however_a_build_is_run(way: str, tmp_path: Path) -> None:
    built(tmp_path, TEXT, "expected")
    options, env = WAYS[way]
    result = run_process("build", tmp_path / "layers.yaml", "-o", tmp_path / "out", *options, env=env)
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "out") == tree(tmp_path / "expected")
    assert " · #" in json.loads(tree(tmp_path / "out")["hashed.json"])["name"]


def test_bytes_are_the_same_from_any_folder_and_by_any_path(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path / "a", TEXT, "expected")
    expected = tree(tmp_path / "a/expected")
    for number, (folder, manifest) in enumerate(
        (("a", "layers.yaml"), (".", "a/layers.yaml"), ("a/expected", "../layers.yaml"), ("a", "../a/./layers.yaml"))
    ):
        monkeypatch.chdir(tmp_path / folder)
        output = tmp_path / f"out{number}"
        assert run("build", manifest, "-o", output, "--fresh").code == 0
        assert tree(output) == expected


def test_bytes_are_the_same_in_a_folder_of_another_name(tmp_path: Path) -> None:
    built(tmp_path / "a", TEXT)
    built(tmp_path / "another folder", TEXT)
    assert tree(tmp_path / "a/out") == tree(tmp_path / "another folder/out")


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_bytes_are_the_same_for_published_files(file: Path, tmp_path: Path) -> None:
    text = {
        "sources": {"it": str(file)},
        "attack_version": "latest",
        "layers": [{"path": "all"}, {"for_each": "group", "comments": "none"}],
    }
    built(tmp_path, text, "expected")
    env = {"PYTHONHASHSEED": "99", "TZ": "America/New_York", "LC_ALL": "C"}
    result = run_process("build", tmp_path / "layers.yaml", "-o", tmp_path / "out", "--jobs", "2", env=env)
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "out") == tree(tmp_path / "expected")


def test_every_layer_of_every_published_file_is_valid(tmp_path: Path) -> None:
    files = sorted(shared("corpus/mappings").glob("*.json"))
    text = {
        "sources": {file.stem: str(file) for file in files},
        "attack_version": "latest",
        "defaults": {"comments": "none"},
        "layers": [{"for_each": ["source", "group"]}],
    }
    built(tmp_path, text, jobs=2)
    layers = {path: data for path, data in tree(tmp_path / "out").items() if path not in INDEX_FILES}
    assert len(layers) > 100
    assert {path: validate(data) for path, data in layers.items() if validate(data)} == {}
    assert {json.loads(data)["versions"]["attack"] for data in layers.values()} == {"20"}


# ---- each source once ------------------------------------------------------------------------------------------------

COUNTING = """
    import os, sys
    log = os.open(sys.argv.pop(1), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    folder = sys.argv.pop(1)
    def hook(event, arguments):
        if event == "open" and os.path.dirname(str(arguments[0])) == folder and str(arguments[0]).endswith("json"):
            os.write(log, (os.path.basename(str(arguments[0])) + "\\n").encode())
    sys.addaudithook(hook)
    sys.argv[0] = "navigator-export"
    from navigator_export.cli import main
    main()
"""


def run_script(script: str, *arguments: str | os.PathLike[str], **options: Json) -> subprocess.Popen[bytes]:
    """Start a script that runs the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", dedent(script), *map(os.fspath, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        **options,
    )


@pytest.mark.parametrize("options", [(), ("--jobs", "3"), ("--check",)])
def test_each_source_is_read_once_however_many_layers_come_from_it(options: tuple[str, ...], tmp_path: Path) -> None:
    path = manifest_file(tmp_path, TEXT)
    log = tmp_path / "log"
    process = run_script(COUNTING, log, tmp_path, "build", path, "-o", tmp_path / "out", *options)
    process.communicate()
    assert process.returncode == (1 if "--check" in options else 0)
    assert sorted(log.read_text().split()) == ["m365.json", "nist.json"]


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_problems_are_the_same_and_in_the_same_order_with_any_number_of_jobs(
    jobs: int, tmp_path: Path, run: Run
) -> None:
    lines = [f"  - {{sources: m365, path: p{n}, select: {{capability: MIAL-{n}}}}}" for n in range(12)]
    text = "layers:\n" + "\n".join(lines)
    expected = problems_of(tmp_path, text)
    outcome = run("build", tmp_path / "layers.yaml", "-o", tmp_path / "out", "--jobs", str(jobs))
    assert outcome.code == 2
    assert len(expected) == 12
    assert [line.partition(": error ")[2] for line in outcome.err.splitlines()] == [
        str(problem) for problem in expected
    ]
    assert not (tmp_path / "out").exists()


def test_layer_that_does_not_pass_validation_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "layers:\n  - {sources: m365, path: a}\n  - {sources: m365, path: b, name: ' '}")
    assert problem.place.startswith("line 4")
    assert "$.name" in str(problem)


def test_inactive_techniques_can_be_refused_for_a_whole_build(tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row(technique="T1053.001"), make_row()], "wrong.json")
    text = "sources: {wrong: wrong.json}\nlayers:\n  - path: a\n    on_inactive: error"
    [problem] = problems_of(tmp_path, text)
    assert "T1053.001" in problem.message
    assert problem.place.startswith("line 4")


# ---- killed builds ---------------------------------------------------------------------------------------------------

CAPABILITIES = 250
TECHNIQUES = ("T1114", "T1114.001", "T1114.002", "T1114.003", "T1078", "T1566", "T1059", "T1059.001")


class Large:
    """A folder with two manifests of many layers under the same paths, and what each of them gives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = [
            make_row(f"CAP-{number:03}", technique, "protect partial", comments=f"What {number} does for {technique}. ")
            for number in range(CAPABILITIES)
            for technique in TECHNIQUES[: 1 + number % len(TECHNIQUES)]
        ]
        folder.mkdir()
        mapping_file(folder, rows, "large.json")
        entry = {"for_each": "capability", "path": "layers/{capability}"}
        for name in ("old", "new"):
            layers = [entry | {"description": f"{name} one"}, {"path": f"only-{name}"}]
            text = json.dumps({"sources": {"large": "large.json"}, "layers": layers}, indent=1)
            (folder / f"{name}.yaml").write_text(text)
            assert run_process("build", folder / f"{name}.yaml", "-o", folder / f"{name}-layers").returncode == 0
        self.old, self.new = tree(folder / "old-layers"), tree(folder / "new-layers")
        assert len(self.new) == CAPABILITIES + 1 + len(INDEX_FILES)

    def start(self, output: Path) -> None:
        """Put the old layers into an output folder."""
        shutil.copytree(self.folder / "old-layers", output)

    def check_after_kill(self, output: Path) -> None:
        """Check that every file is whole, old or new, and that the next build makes everything right."""
        found = {path: data for path, data in tree(output).items() if not path.startswith(STAGING)}
        for path, data in found.items():
            assert data in (self.old.get(path), self.new.get(path)), path
        assert self.old.keys() & self.new.keys() <= found.keys()
        again = run_process("build", self.folder / "new.yaml", "-o", output, "--fresh", "--quiet")
        assert again.returncode == 0, again.stderr
        assert tree(output) == self.new
        assert not (output / STAGING).exists()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    folder = tmp_path_factory.mktemp("large")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield Large(folder / "work")


SIGNALLED = """
    import os, signal, sys
    from pathlib import Path
    number, method, left = int(sys.argv.pop(1)), sys.argv.pop(1), [int(sys.argv.pop(1))]
    real = getattr(Path, method)
    def counted(self, *arguments, **named):
        left[0] -= 1
        if left[0] in (-1, -3):
            os.kill(os.getpid(), number)
        return real(self, *arguments, **named)
    setattr(Path, method, counted)
    sys.argv[0] = "navigator-export"
    from navigator_export.cli import main
    main()
"""
"""A build that sends itself a signal at a step, and another one while what the first began is undone."""
LAST = CAPABILITIES + 1


@pytest.mark.parametrize(
    ("method", "step"),
    [
        *(("replace", step) for step in (0, 1, LAST // 2, LAST - 1, LAST, LAST + 1, LAST + 2)),
        *(("write_bytes", step) for step in (0, 1, LAST // 2, LAST, LAST + 2)),
        ("unlink", 0),
    ],
)
def test_build_killed_at_any_step_leaves_whole_files(method: str, step: int, large: Large, tmp_path: Path) -> None:
    output = tmp_path / "out"
    large.start(output)
    command = ("build", large.folder / "new.yaml", "-o", output, "--fresh")
    process = run_script(SIGNALLED, str(int(signal.SIGKILL)), method, str(step), *command)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    large.check_after_kill(output)


def waiting(output: Path) -> int:
    """Return how many layers wait in the staging folder."""
    return len(list((output / STAGING / "files/layers").glob("*")))


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("moment", [0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
def test_build_killed_at_any_moment_leaves_whole_files(moment: float, jobs: str, large: Large, tmp_path: Path) -> None:
    """The moment is a part of the layers that wait in the staging folder, as a clock would differ between computers."""
    output = tmp_path / "out"
    large.start(output)
    script = "import sys; sys.argv[0] = 'navigator-export'; from navigator_export.cli import main; main()"
    process = run_script(
        script,
        *("build", large.folder / "new.yaml", "-o", output, "--fresh", "--jobs", jobs),
        start_new_session=True,
    )
    try:
        while process.poll() is None and waiting(output) < moment * CAPABILITIES:
            time.sleep(0.001)
        process.kill()
        assert process.wait() == -signal.SIGKILL, "the build ended before it was killed"
        large.check_after_kill(output)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"]


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize(
    ("method", "step"),
    [
        *(("write_bytes", step) for step in (0, LAST)),
        *(("replace", step) for step in (0, 1, LAST // 2, LAST, LAST + 2)),
    ],
)
def test_signal_at_any_step_leaves_everything_as_it_was(
    name: str, method: str, step: int, large: Large, tmp_path: Path
) -> None:
    """A second one comes while the first one's work is undone. The build sends them itself, so none comes too late."""
    output = tmp_path / "out"
    large.start(output)
    number = getattr(signal, name)
    arguments = ("build", large.folder / "new.yaml", "-o", output, "--fresh")
    process = run_script(SIGNALLED, str(int(number)), method, str(step), *arguments)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (128 + number, b"", b"interrupted, nothing changed\n")
    assert tree(output) == large.old
    assert not (output / STAGING).exists()


@pytest.mark.parametrize("name", SIGNALS)
def test_signal_to_a_build_and_its_workers_ends_all_of_them_in_silence(name: str, large: Large, tmp_path: Path) -> None:
    output = tmp_path / "out"
    large.start(output)
    number = getattr(signal, name)
    arguments = ("build", large.folder / "new.yaml", "-o", output, "--fresh", "--jobs", "2")
    process = start(*arguments, start_new_session=True)
    while process.poll() is None and not waiting(output):
        time.sleep(0.001)
    os.killpg(process.pid, number)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (128 + number, b"", b"interrupted, nothing changed\n")
    assert tree(output) == large.old
    assert not (output / STAGING).exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_worker_that_is_killed_is_told(large: Large, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("navigator_export.build.batch._Worker.make", killed_worker)
    manifest = read_manifest(str(large.folder / "new.yaml"))
    with pytest.raises(ManifestError, match="ended from outside; try again with fewer jobs"):
        build(manifest, str(tmp_path / "out"), known(), jobs=2)
    assert not (tmp_path / "out").exists()


def killed_worker(plan: Plan) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# ---- what was built --------------------------------------------------------------------------------------------------


def test_result_tells_layers_empty_ones_and_removed_ones(tmp_path: Path) -> None:
    built(tmp_path, "layers: [{sources: m365, path: gone}]")
    result = built(tmp_path, TEXT)
    assert result.removed == ("gone.json",)
    assert {made.plan.path for made in result.layers} == set(layers_in(tmp_path / "out"))
    assert {made.plan.path for made in result.empty} == {"e3/respond.json"}
    entries = [made.plan.entry for made in result.made]
    assert entries == sorted(entries)


def test_inactive_techniques_are_counted(tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row(technique="T1053.001"), make_row("HUNT-E5"), make_row()], "wrong.json")
    text = "sources: {wrong: wrong.json}\nlayers: [{path: a}, {path: b, attack_version: 16.1}]"
    counts = {made.plan.path: made.inactive for made in built(tmp_path, text).made}
    assert counts == {"a.json": 1, "b.json": 0}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a build works in one process unless told")
def test_large_build_works_in_as_many_processes_as_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert [batch._that_pay(layers) for layers in (1, 199, 400, 5_000)] == [1, 1, 2, 4]
