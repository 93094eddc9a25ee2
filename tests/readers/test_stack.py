"""The YAML of CTID's security stack mappings."""

from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export import SourceError, read
from tests.readers.lists.made_lists import pairs, ratings
from tests.running import Run

CONTROL = """\
version: 1
ATT&CK version: 9
creation date: 06/03/2021
name: Example Guard (EG)
contact: someone@example.org
platform: AWS
tags:
  - Storage
  - Network
description: >-
  What it is.
techniques:
  - id: T1110
    name: Brute Force
    technique-scores:
      - category: Protect
        value: Minimal
        comments: >-
          Said of
          the technique.
      - category: Detect
        value: Partial
    sub-techniques-scores:
      - sub-techniques:
          - id: T1110.001
            name: Password Guessing
          - id: T1110.003
            name: Password Spraying
        scores:
          - category: Protect
            value: Significant
            comments: Said of both.
          - category: Respond
            value: Minimal
comments: >-
  Said of the control.
references:
  - 'https://example.org/guard'
"""
NOTHING = """\
version: 1
ATT&CK version: 9
creation date: 07/04/2021
name: Example Vault
platform: AWS
tags:
description: It maps nothing.
techniques: []
"""


def stack(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_one_control(tmp_path: Path) -> None:
    mappings = read(stack(tmp_path, Guard=CONTROL) / "Guard.yaml")
    assert pairs(mappings) == [
        ("example_guard_(eg)", technique)
        for technique in ("T1110", "T1110", "T1110.001", "T1110.001", "T1110.003", "T1110.003")
    ]
    assert ratings(mappings)[:4] == ["protect minimal", "detect partial", "protect significant", "respond minimal"]
    assert mappings.mappings[0].comment == "Said of the technique."
    assert {m.references for m in mappings.mappings} == {("https://example.org/guard",)}
    [capability] = mappings.capabilities
    assert capability.name == "Example Guard (EG)"
    assert [group.name for group in capability.groups] == ["Network", "Storage"]
    [source] = mappings.sources
    assert (source.framework, source.attack_version, source.framework_version) == ("aws", "9.0", "06/03/2021")


def test_folder(tmp_path: Path) -> None:
    stack(tmp_path, Guard=CONTROL, Vault=NOTHING)
    (tmp_path / "README.md").write_text("x", "utf-8")
    (tmp_path / "valid_tags.yaml").write_text("- Storage\n", "utf-8")
    mappings = read(tmp_path)
    [source] = mappings.sources
    assert (source.format, source.name, source.rows, source.mappings) == ("stack", tmp_path.name, 7, 6)
    assert [(u.place, u.reason) for u in mappings.unmapped] == [("Vault.yaml, line 1", "non-mappable")]
    assert "1 file is no rule and no control and is left out: valid_tags.yaml" in source.remarks
    assert source.framework_version == "07/04/2021"


def test_folder_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "AWS").mkdir()
    stack(tmp_path / "AWS", Guard=CONTROL)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(read(tmp_path).mappings) == 6


def test_hash_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = read(stack(tmp_path / "a", Guard=CONTROL)), read(stack(tmp_path / "b", Guard=CONTROL))
    assert one.sources[0].sha256 == other.sources[0].sha256
    stack(tmp_path / "b", Vault=NOTHING)
    assert read(tmp_path / "b").sources[0].sha256 != one.sources[0].sha256


def test_platforms_of_one_release_go_together(tmp_path: Path) -> None:
    mappings = read(stack(tmp_path, A=CONTROL, B=CONTROL.replace("platform: AWS", "platform: GCP")))
    assert [source.framework for source in mappings.sources] == ["aws", "gcp"]


def test_releases_do_not_mix(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="different ATT&CK releases"):
        read(stack(tmp_path, A=CONTROL, B=CONTROL.replace("version: 9", "version: 10")))


def test_first_words_of_the_format(tmp_path: Path) -> None:
    text = CONTROL.replace("category: Protect", "category: Prevent").replace("category: Respond", "function: Response")
    assert set(ratings(read(stack(tmp_path, A=text)))) == {
        "protect minimal",
        "detect partial",
        "protect significant",
        "respond minimal",
    }


def test_problems_of_all_files_are_told_with_file_and_line(tmp_path: Path) -> None:
    stack(
        tmp_path,
        A=CONTROL.replace("value: Partial", "value: Prtial"),
        B=CONTROL.replace("name: Example", "nam: Example").replace("platform: AWS", "name: x\nplatform: [AWS]"),
        C=CONTROL.replace("id: T1110.001", "id: T111"),
        D="name: D\nplatform: [",
    )
    with pytest.raises(SourceError) as raised:
        read(tmp_path)
    lines = "\n".join(raised.value.lines())
    assert "B.yaml, line 1, platform: error expected text, found a list" in lines
    assert "D.yaml" in lines
    stack(tmp_path, B=CONTROL, D=NOTHING)
    with pytest.raises(SourceError) as raised:
        read(tmp_path)
    lines = "\n".join(raised.value.lines())
    assert "A.yaml, line 21, score_value: error unknown value 'Prtial'" in lines
    assert "C.yaml, line 25, attack_object_id: error 'T111' is not a technique id" in lines


@pytest.mark.parametrize("content", [None, "a: b\n"])
def test_folder_without_a_stack(tmp_path: Path, run: Run, content: str | None) -> None:
    if content:
        (tmp_path / "x.yaml").write_text(content, "utf-8")
    outcome = run("export", tmp_path)
    assert outcome.code == 2
    assert "folder" in outcome.err
    assert "name the files in it" in outcome.err
