"""What README.md and the docs show is done: every command line, its output where that is shown, Python, manifests."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import openpyxl
import pytest
import yaml

from navigator_export.cli.commands import commands as program
from navigator_export.schemas import violations
from tests.docs.command_reference import every_command
from tests.docs.golden import in_step
from tests.docs.material import lay_out
from tests.docs.pages import PAGES, README, Block, blocks, commands, name_of, prose
from tests.real_inputs import ROOT, SHARED
from tests.running import Outcome, Run

UNTRIED = {
    "navigator-export attack download": "asks MITRE's repository",
    "navigator-export attack import": "asks for a bundle of MITRE's; tests/cli/test_attack.py imports others",
    "navigator-export serve": "serves until Ctrl-C; tests/cli/test_serve.py tries it",
    "navigator-export export https://": "asks a host that does not exist; tests/cli/test_fetching.py asks another",
    "navigator-export sets outdated": "asks GitHub",
    "navigator-export sets update": "asks GitHub",
}
"""Commands whose arguments alone are tried, and why."""

FOREIGN = {"cd", "docker", "git", "node", "pip", "pipx", "python", "uvx", "make"}
"""What other command lines begin with; they need a network, or set up what runs these tests."""

CODES = {
    "navigator-export validate layers/ other.json": 1,
    "navigator-export gaps own.csv --threat top:50 --fail-under 60": 1,
}
"""Exit codes of examples that show one other than 0."""

RAW_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
"""A word of a command line as it is typed, with its quotation marks."""

SETS_INSIDE = {"navigator-export build larger.yaml -o larger"}
"""Commands that take published sets by a manifest."""

SET_NAME = re.compile(r"^(m365|nist|veris)([@:].*)?$|^all$")
PUBLISHED = SHARED / "corpus" / "mappings"

EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)


def own(line: str) -> bool:
    return line.startswith("navigator-export ") or line == "navigator-export"


def lines_of(page: Path) -> list[tuple[Block, str]]:
    """Return the command lines of a page, each with the block it stands in."""
    return [(block, line) for block in blocks(page.read_text("utf-8")) for line in commands(block)]


def arguments(line: str) -> list[str]:
    """Return what a shell passes to the program; an unquoted pattern becomes the files that it fits."""
    words: list[str] = []
    for raw in RAW_WORD.findall(line)[1:]:
        [word] = shlex.split(raw)
        found = sorted(map(str, Path().glob(word))) if word == raw and "*" in word else []
        words += found or [word]
    return words


def untried(line: str) -> bool:
    return any(line.startswith(start) for start in UNTRIED)


def asks_for_sets(line: str) -> bool:
    named = any(SET_NAME.match(word) for word in line.split()[2:])
    return named or line in SETS_INSIDE or line == "navigator-export sets"


@pytest.fixture
def shell(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Run:
    """Return a function that runs a line in a folder of its own, without network, with a browser that does nothing."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("NAVIGATOR_EXPORT_BROWSER", "true")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    if PUBLISHED.exists():
        monkeypatch.setenv("NAVIGATOR_EXPORT_SETS", str(PUBLISHED))

    def run_line(line: str) -> Outcome:
        return run(*arguments(line))

    return run_line


@EVERY_PAGE
def test_every_command_line_does_what_it_should(page: Path, shell: Run) -> None:
    text = page.read_text("utf-8")
    lay_out(Path(), text)
    for block in blocks(text):
        if block.title:
            Path(block.title).write_text(block.text, "utf-8")
    made = text
    for block, line in lines_of(page):
        if not own(line) or untried(line) or (asks_for_sets(line) and not PUBLISHED.exists()):
            continue
        outcome = shell(line)
        assert outcome.code == CODES.get(line, 0), f"{line}\n{outcome.err}"
        if block.language == "console":
            made = made.replace(block.text, shown(block.text, line, outcome), 1)
    assert in_step(page, made), "NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 writes what the commands give"


def shown(text: str, line: str, outcome: Outcome) -> str:
    """Return what a console shows of one command: all of it, or as much as stands above a line with … alone."""
    output = [row.rstrip() for row in (outcome.out.decode() + outcome.err).splitlines()]
    before = text.splitlines()[1:]
    if before[1:] and before[-1] == "…":
        output = [*output[: len(before) - 1], "…"]
    return "\n".join([f"$ {line}", *output, ""])


@EVERY_PAGE
def test_every_line_in_a_shell_is_known(page: Path) -> None:
    """So that no command line is passed over for a spelling that these tests do not see."""
    for _, line in lines_of(page):
        first = line.partition(" ")[0]
        assert own(line) or first in FOREIGN or not line.strip(), line
        if first == "make":
            assert re.search(rf"^{line.split()[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), line


def test_every_exit_code_is_that_of_an_example() -> None:
    assert set(CODES) <= {line for page in PAGES for _, line in lines_of(page)}


def test_every_untried_command_is_in_the_docs_and_its_arguments_are_good() -> None:
    lines = [line for page in PAGES for _, line in lines_of(page) if own(line) and untried(line)]
    assert {start for start in UNTRIED for line in lines if line.startswith(start)} == set(UNTRIED)
    for line in lines:
        words = arguments(line)
        command, context = program, click.Context(program)
        while isinstance(command, click.Group):
            name = words.pop(0)
            found = command.get_command(context, name)
            assert found is not None, line
            command, context = found, click.Context(found, parent=context)
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        assert [word for word in words if word.startswith("-") and word not in known] == [], line


OPTIONS = {
    option for _, command in every_command() for one in command.params for option in (*one.opts, *one.secondary_opts)
} | {"--help", "--version"}


@EVERY_PAGE
def test_every_option_in_prose_exists(page: Path) -> None:
    spans = re.findall(r"`([^`]+)`", prose(page.read_text("utf-8")))
    named = {option for span in spans for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", span)}
    assert named <= OPTIONS


@EVERY_PAGE
def test_every_command_in_prose_exists(page: Path) -> None:
    known = {words[0] for words, _ in every_command()}
    spans = re.findall(r"`navigator-export ([a-z]+)", prose(page.read_text("utf-8")))
    assert set(spans) <= known


def test_readme_names_commands_that_there_are() -> None:
    rows = re.findall(r"^\| (`.*?) \|", README.read_text("utf-8"), re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`([a-z]+)", row)}
    assert len(named) > 10
    assert named <= {words[0] for words, _ in every_command()}


@EVERY_PAGE
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page.read_text("utf-8")):
        if block.language == "python":
            exec(block.text, names)


def yaml_blocks(page: Path) -> list[object]:
    return [yaml.safe_load(block.text) for block in blocks(page.read_text("utf-8")) if block.language == "yaml"]


MANIFEST_KEYS = {"sources", "layers", "pages", "compare", "gaps"}


@EVERY_PAGE
def test_manifests_are_as_the_schema_asks(page: Path) -> None:
    rest = {"sources": {"x": "x.json"}, "layers": [{"path": "x.json"}]}
    for document in yaml_blocks(page):
        if isinstance(document, dict) and document.keys() & MANIFEST_KEYS:
            assert violations("manifest", rest | document) == []


@EVERY_PAGE
def test_workflows_and_hooks_name_what_there_is(page: Path) -> None:
    inputs = set(yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"])
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    for document in yaml_blocks(page):
        for step in every_mapping(document):
            if str(step.get("uses", "")).startswith("navigator-export/"):
                assert set(step["with"]) <= inputs
            if "hooks" in step:
                assert {hook["id"] for hook in step["hooks"]} <= hooks


def every_mapping(document: object) -> list[dict[str, object]]:
    """Return all mappings in a YAML document."""
    children = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    own_one = [document] if isinstance(document, dict) else []
    return own_one + [found for child in children for found in every_mapping(child)]


def test_configuration_is_taken(shell: Run) -> None:
    [block] = [block for block in blocks((ROOT / "docs/validate.md").read_text("utf-8")) if block.language == "toml"]
    Path(".navigator-export.toml").write_text(block.text, "utf-8")
    lay_out(Path(), "layer.json")
    outcome = shell("navigator-export validate layer.json -v")
    assert outcome.code == 0
    assert ".navigator-export.toml" in outcome.err


def test_readme_shows_what_a_cell_says(shell: Run) -> None:
    [said] = [block.text for block in blocks(README.read_text("utf-8")) if block.language == "text"]
    assert shell("navigator-export export sample-company --tier Plus -o plus.json").code == 0
    entries = json.loads(Path("plus.json").read_text("utf-8"))["techniques"]
    [comment] = [entry["comment"] for entry in entries if entry["techniqueID"] == "T1566.002"]
    assert " ".join(comment.split()).startswith(" ".join(said.split()))


LISTS = (
    "Nr,What we do,Covers\nC-1,Firewall,T1078\n",
    "Control ID,Technique,Rating\nC-1,T1078,High\nC-2,T1110,75%\nC-3,Phishng,\nC-4,DNS,\n",
    "Control ID,Technique,Rating\nC-1,T1078,partial\n,T1110,partial\nC-3,T1566,\n",
)


def test_own_lists_are_told_what_the_page_says(shell: Run) -> None:
    said = ""
    for text in LISTS:
        Path("list.csv").write_text(text, "utf-8")
        said += shell("navigator-export export list.csv").err
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("2026")):
        for row in (("Control ID", "Technique"), ("C-1", "T1078")):
            sheet.append(row)
    book.save("list.xlsx")
    said += shell("navigator-export export list.xlsx").err
    page = (ROOT / "docs/own-list.md").read_text("utf-8").partition("| what is said |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE)
    assert len(told) == 10
    assert [words for words in told if words not in said] == []


@pytest.mark.parametrize(
    ("page", "shown", "said"),
    [
        ("comparing", "Covered: 158 before, 309 after, of 706", "Plus covers 309 techniques where Base covers 158"),
        ("comparing", "151 gained, 23 better", "a better\nanswer to 23 more"),
        ("gaps", "31 of the 66 techniques that are used are covered (47.0 %), 5", "31 of the 66 techniques that APT29"),
        ("gaps", "The plan has 5 capabilities and covers 75.8 % of use", "from 47 to 76 percent"),
    ],
)
def test_prose_has_the_numbers_of_the_output_above_it(page: str, shown: str, said: str) -> None:
    text = (ROOT / f"docs/{page}.md").read_text("utf-8")
    assert 0 < text.find(shown) < text.find(said)


def test_readme_is_short() -> None:
    assert len(README.read_text("utf-8").split()) <= 700
