"""The entries of a layer's techniques: each one that the Navigator can take, and each cell filled once."""

from __future__ import annotations

import re
from typing import Final

from navigator_export.attack import Release
from navigator_export.model import TECHNIQUE_ID
from navigator_export.upgrading import entries, fields
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import TYPE, drop

TECHNIQUES: Final = Mend("techniques", "A layer has a list of techniques, if an empty one.")
ENTRY: Final = Mend(
    "technique-entry",
    "An entry that is no object is left out, for the Navigator crashes on it; the mere text of an id becomes an entry.",
)
ID: Final = Mend(
    "technique-id",
    "An id is written as ATT&CK writes it, T1114.003; an entry without one is left out: it is in no cell.",
)
TACTIC: Final = Mend(
    "tactic-name",
    "A tactic is written by its short name (Collection, TA0009 and lateral_movement are not); without a name it is "
    "left out, and the technique is annotated under all of its tactics.",
)
REPEATED: Final = Mend(
    "repeated-cell",
    "An entry whose every cell a later one fills is left out: the Navigator shows the later one alone.",
)
TECHNIQUE_MENDS: Final = (TECHNIQUES, ENTRY, ID, TACTIC, REPEATED)

_FIELDS: Final[dict[str, fields.MendField]] = {
    "score": fields.number,
    "comment": fields.text,
    "color": fields.colour,
    "enabled": fields.flag,
    "showSubtechniques": fields.flag,
    "metadata": entries.metadata,
    "links": entries.links,
}


def mend_techniques(editor: Editor, layer: Node, release: Release | None) -> None:
    """Mend the techniques of a layer, whose tactics are those of a release."""
    listed = layer.get("techniques")
    if listed is None:
        editor.add(layer, "techniques", [], TECHNIQUES)
        return
    if listed.value is None:
        editor.replace(listed, [], TECHNIQUES)
        return
    if not listed.is_list:
        editor.refuse(listed.path, "the techniques are no list", "write a list of objects, each with a techniqueID")
        return
    for entry in listed.nodes():
        if isinstance(entry.value, str) and _spelled(entry.value):
            editor.replace(entry, {"techniqueID": _spelled(entry.value)}, ENTRY)
        elif not entry.is_object:
            drop(editor, listed, entry, ENTRY)
        elif _mend_id(editor, listed, entry):
            fields.mend_fields(editor, entry, _FIELDS)
            _mend_tactic(editor, entry, release)
    if release is not None:
        leave_out_repeated(editor, listed, release)


def _mend_id(editor: Editor, listed: Node, entry: Node) -> bool:
    """Mend the id of an entry, and return whether it has one."""
    node = entry.get("techniqueID")
    if node is None:
        named = (part for name, part in entry.members() if _NO_LETTERS.sub("", name.casefold()) == "techniqueid")
        other = next(named, None)
        if other is not None and isinstance(other.value, str) and _spelled(other.value):
            editor.rename(entry, other, "techniqueID", _spelled(other.value), ID)
            return True
    elif isinstance(node.value, str) and (spelled := _spelled(node.value)):
        if node.value != spelled:
            editor.replace(node, spelled, ID)
        return True
    editor.remove(listed, entry, ID)
    return False


_NO_LETTERS: Final = re.compile("[^a-z]")


def _spelled(text: str) -> str:
    """Return a technique's id as ATT&CK writes it; empty where the text is none."""
    id_ = text.strip().upper()
    return id_ if TECHNIQUE_ID.fullmatch(id_) else ""


def _mend_tactic(editor: Editor, entry: Node, release: Release | None) -> None:
    node = entry.get("tactic")
    if node is None:
        return
    if not isinstance(node.value, str):
        drop(editor, entry, node, TYPE)
    elif not node.value.strip():
        editor.remove(entry, node, TACTIC)
    else:
        name = tactic_name(node.value, release)
        if name != node.value:
            editor.replace(node, name, TACTIC)


def tactic_name(text: str, release: Release | None) -> str:
    """Return the short name of a tactic that is written in some way; the text itself where no tactic is."""
    word = re.sub(r"[\s_]+", "-", text.strip().casefold()).replace("&", "and")
    for tactic in release.matrix if release else ():
        if word in {tactic.short_name, tactic.id.casefold(), tactic.name.casefold().replace(" ", "-")}:
            return tactic.short_name
    return word if _SHORT_NAME.fullmatch(word) and word != text and "_" in text else text


_SHORT_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")


def leave_out_repeated(editor: Editor, listed: Node, release: Release) -> None:
    """Leave out entries of which nothing is seen in a release because later ones fill their cells."""
    filled: set[tuple[str, str]] = set()
    for entry in reversed(listed.nodes()):
        cells = cells_of(entry, release)
        if cells and cells <= filled:
            editor.remove(listed, entry, REPEATED)
        filled |= cells


def cells_of(entry: Node, release: Release) -> set[tuple[str, str]]:
    """Return the cells, each a technique and a tactic, that an entry fills in a release."""
    id_, tactic = (node.value if (node := entry.get(name)) is not None else None for name in ("techniqueID", "tactic"))
    tactics = release.tactics.get(id_, ()) if isinstance(id_, str) else ()
    return {(str(id_), name) for name in tactics if tactic in (None, name)}
