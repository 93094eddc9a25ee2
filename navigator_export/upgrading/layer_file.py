"""Upgrading a layer file: any format to 4.5, and where asked to another ATT&CK release.

What is changed is told change by change, and nothing else changes; what comes out passes validation, but for ids that
are not active and were to stay. What has no mend that is beyond doubt is a finding, and nothing comes out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from pathlib import PurePath
from typing import Final

import msgspec
from msgspec.structs import replace

from navigator_export.attack import Catalogue, Release, known
from navigator_export.characters import clean_name
from navigator_export.model import Domain
from navigator_export.upgrading import platforms
from navigator_export.upgrading.changes import NOT_MENDABLE, Change, Editor
from navigator_export.upgrading.concrete import Node, Tree, UnreadableError
from navigator_export.upgrading.document import read_layers_of, tell_oddities
from navigator_export.upgrading.encoding import decode
from navigator_export.upgrading.gradient import mend_gradient
from navigator_export.upgrading.layer import is_other_matrix, mend_domain, mend_layer, mend_release
from navigator_export.upgrading.merging import OnMerge
from navigator_export.upgrading.release import Move, infer, move_layer, state_release
from navigator_export.upgrading.techniques import cells_of, mend_techniques
from navigator_export.validation import Finding, validate
from navigator_export.validation.document import parse
from navigator_export.validation.rules import techniques
from navigator_export.wording import counted, listed, shortened


class UpgradeOptions(msgspec.Struct, frozen=True):
    """What an upgrade is to do besides the format."""

    attack_version: str | None = None
    """ATT&CK release to move the techniques to, `20.0` or `latest`; None leaves each layer at its own."""
    keep_inactive: bool = False
    """Whether entries whose id nothing replaces stay when they are moved."""
    on_merge: OnMerge = "keep-both-comments"


class Upgrade(msgspec.Struct, frozen=True):
    """What an upgrade came to."""

    file: str
    data: bytes | None
    """What the file is to hold: what it held, where nothing changes; None where it cannot be mended."""
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What cannot be mended."""
    notes: tuple[str, ...] = ()
    """What was taken for granted, and what stays although the Navigator does not show it."""


def upgrade(
    data: bytes, file: str = "", options: UpgradeOptions | None = None, catalogue: Catalogue | None = None
) -> Upgrade:
    """Return a layer file upgraded; `file` is what messages call it, and what a layer without a name is called after.

    Raises AttackError where the release to move to is not known.
    """
    decoded = decode(data)
    if decoded is None:
        return _refused(file, parse(data).findings)
    text, changes = decoded
    try:
        tree = Tree(text)
    except UnreadableError as error:
        findings = parse(text.encode("utf-8", "surrogatepass")).findings
        return _refused(file, findings or (NOT_MENDABLE.finding("", f"not valid JSON: {error}"),))
    editor = Editor(tree)
    editor.changes += changes
    tell_oddities(editor)
    findings, layers = read_layers_of(editor)
    if findings:
        return _refused(file, findings)
    upgrading = _Upgrading(editor, catalogue or known(), options or UpgradeOptions(), _name_after(file))
    for layer in layers:
        upgrading.layer(layer)
    if not editor.problems:
        _refuse_what_json_cannot_hold(editor)
    if editor.problems:
        return _refused(file, editor.problems, upgrading.notes)
    written = tree.text().encode("utf-8", "surrogatepass") if editor.changes else data
    wrong = _still_wrong(written, catalogue, [layer.path for layer in upgrading.left])
    if wrong:
        return _refused(file, wrong, upgrading.notes)
    return Upgrade(file, written, tuple(editor.changes), (), tuple(upgrading.notes))


class _Upgrading:
    """Upgrades the layers of one file."""

    def __init__(self, editor: Editor, catalogue: Catalogue, options: UpgradeOptions, name: str) -> None:
        self.notes: list[str] = []
        self.left: list[Node] = []
        """Layers of other matrices, which stay as they are."""
        self._editor = editor
        self._catalogue = catalogue
        self._options = options
        self._name = name

    def layer(self, layer: Node) -> None:
        if is_other_matrix(layer):
            self.left.append(layer)
            self._note(layer, "the layer is of another matrix than ATT&CK's, and stays as it is")
            return
        editor, catalogue = self._editor, self._catalogue
        domain = mend_domain(editor, layer, catalogue)
        if domain is None:
            return
        target = self._options.attack_version
        mend_layer(editor, layer, self._name)
        major = mend_release(editor, layer, domain, catalogue, moves=target is not None)
        release = catalogue.release(domain, catalogue.newest(domain) if major is None else str(major))
        if target is not None:
            release = self._source(layer, domain, major)
        mend_techniques(editor, layer, release)
        if target is not None and release is not None:
            self._move(layer, release, catalogue.require(domain, target), major)
        else:
            platforms.mend_platforms(editor, layer, domain, major or _major_of(catalogue.newest(domain)))
            self._note_unseen(layer, release, major)
        mend_gradient(editor, layer)

    def _source(self, layer: Node, domain: Domain, major: int | None) -> Release:
        """Return the release that a layer is moved from."""
        stated = self._catalogue.release(domain, str(major)) if major is not None else None
        if stated is not None:
            return stated
        found = infer(layer, domain, self._catalogue)
        if found.ids:
            self._note(layer, str(found))
        return self._catalogue.require(domain, found.version)

    def _move(self, layer: Node, source: Release, target: Release, major: int | None) -> None:
        options = self._options
        move_layer(
            self._editor,
            layer,
            Move(source, target),
            keep_inactive=options.keep_inactive,
            on_merge=options.on_merge,
        )
        state_release(self._editor, layer, target)
        before = _major_of(source.version) if major is None else major
        platforms.mend_platforms(self._editor, layer, target.domain, _major_of(target.version), before)
        if options.keep_inactive:
            self._note_unseen(layer, target, None)

    def _note_unseen(self, layer: Node, release: Release | None, major: int | None) -> None:
        """Note the entries that stay although they are in no cell of the release."""
        if release is None:
            self._note(layer, f"the techniques of ATT&CK {major} are not known, and were not looked at")
            return
        techniques = layer.get("techniques")
        entries = [(entry.get("techniqueID"), entry) for entry in techniques.nodes()] if techniques is not None else []
        ids = [(id_.value, entry) for id_, entry in entries if id_ is not None]
        inactive = dict.fromkeys(id_ for id_, _ in ids if id_ not in release.active)
        elsewhere = dict.fromkeys(id_ for id_, e in ids if id_ in release.active and not cells_of(e, release))
        at = f"ATT&CK {release.version}"
        if inactive:
            count = counted(len(inactive), "id is", "ids are")
            self._note(layer, f"unseen, as {count} not active in {at}: {listed(list(inactive), 8)}{self._advice()}")
        if elsewhere:
            count = counted(len(elsewhere), "technique does", "techniques do")
            told = f"unseen, as {count} not have the tactic in {at} under which there is an entry"
            self._note(layer, f"{told}: {listed(list(elsewhere), 8)}{self._advice()}")

    def _advice(self) -> str:
        return "" if self._options.attack_version else "; `attack_version` moves a layer to another release"

    def _note(self, layer: Node, message: str) -> None:
        self.notes.append(message if layer.path == "$" else f"{layer.path}: {message}")


def _major_of(version: str) -> int:
    return int(version.partition(".")[0])


def _name_after(file: str) -> str:
    return clean_name(PurePath(file).stem).strip() or "layer"


def _refused(file: str, findings: Iterable[Finding], notes: Iterable[str] = ()) -> Upgrade:
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        errors = [NOT_MENDABLE.finding("", "the text cannot be read", "save it as UTF-8")]
    return Upgrade(file, None, (), tuple(replace(finding, file=file) for finding in errors), tuple(notes))


def _refuse_what_json_cannot_hold(editor: Editor) -> None:
    """Tell of numbers beyond any, which are left where the format has no field that they could be left out of."""
    for node in editor.tree.every_node():
        if node.items is None and isinstance(node.value, float) and not math.isfinite(node.value):
            message = f"{shortened(node.spelling(), 20)} is no number in JSON"
            editor.refuse(node.path, message, "write a number, or leave it out")


UNSEEN: Final = frozenset(
    rule.id
    for rule in (
        *(techniques.UNKNOWN, techniques.OTHER_DOMAIN, techniques.NOT_YET, techniques.REVOKED, techniques.DEPRECATED),
        *(techniques.TACTIC_UNKNOWN, techniques.TACTIC_MISMATCH, techniques.DUPLICATE),
    )
)
"""Rules of validation for entries that stay although they are in no cell."""


def _still_wrong(data: bytes, catalogue: Catalogue | None, left: Collection[str]) -> list[Finding]:
    return [
        finding
        for finding in validate(data, "", catalogue)
        if finding.severity == "error" and finding.rule not in UNSEEN and not finding.path.startswith(tuple(left))
    ]
