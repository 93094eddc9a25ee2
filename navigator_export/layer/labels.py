"""What the capabilities and groups of a mapping set are called in a layer's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from navigator_export.layer.sheets import forbidden_in, without_forbidden
from navigator_export.model import CATEGORIES, TECHNIQUE_ID, VALUES, Capability

Kind = Literal["capability", "group"]

LONGEST: Final = 48
"""Characters of a selection in a name."""

_CODE: Final = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
"""An id that only repeats a name in a machine's spelling: `aws_rds`, `m365-defender`."""

_LABELLED: Final = re.compile(r"(capability|group|technique|mapping type|without|at least|exact|tier) ")
"""What other words of a name begin with."""


class Labels:
    """The ids and names of capabilities and groups, each as it can stand in a name without being taken for another."""

    def __init__(self, capabilities: Iterable[Capability]) -> None:
        names: dict[tuple[Kind, str], set[str]] = {}
        for capability in capabilities:
            names.setdefault(("capability", capability.id), set()).add(capability.name)
            for group in capability.groups:
                names.setdefault(("group", group.id), set()).add(group.name)
        self._labels = {(kind, id_): _label(id_, sorted(given)) for (kind, id_), given in names.items()}
        owners: dict[str, set[tuple[Kind, str]]] = {}
        for key, label in self._labels.items():
            for text in (label, key[1]):
                owners.setdefault(text.casefold(), set()).add(key)
        self._owners = owners

    def label(self, kind: Kind, id_: str) -> str | None:
        """Return id and name of what has this id, or the one that tells both; None where that would mislead."""
        label = self._labels.get((kind, id_))
        return None if label is None else self._told(label, kind, id_)

    def id(self, kind: Kind, id_: str) -> str | None:
        """Return the id alone of what has it; None where that would mislead."""
        return self._told(id_, kind, id_) if (kind, id_) in self._labels else None

    def knows(self, text: str) -> bool:
        """Return whether a capability or a group is called so."""
        return text.casefold() in self._owners

    def _told(self, text: str, kind: Kind, id_: str) -> str | None:
        """Return a text where it tells one capability or group; a group that is called as a capability says so."""
        owners = self._owners[text.casefold()]
        if {owner for owner in owners if owner[0] == kind} != {(kind, id_)} or not _is_clear(text, id_):
            return None
        return text if kind == "capability" or len(owners) == 1 else f"{kind} {text}"


def _is_clear(text: str, id_: str) -> bool:
    """Return whether a text can be taken for nothing else that stands in a name."""
    return (
        not forbidden_in(id_)
        and not set("…,·#").intersection(id_)
        and "·" not in text
        and text not in (*CATEGORIES, *VALUES)
        and not TECHNIQUE_ID.match(text)
        and not _LABELLED.match(text)
    )


def _label(id_: str, names: list[str]) -> str:
    name = without_forbidden(" ".join(names[0].split())) if len(names) == 1 else ""
    if not name or " " in id_ or name == id_:
        text = id_
    elif _CODE.fullmatch(id_):
        text = name
    else:
        text = f"{id_} {name}"
    if len(text) <= LONGEST:
        return text
    cut = text[:LONGEST].rpartition(" ")[0].rstrip(" ,;–-")
    return f"{cut if len(cut) > len(id_) else text[: LONGEST - 1]}…"
