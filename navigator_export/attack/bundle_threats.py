"""The groups, campaigns and software of an ATT&CK bundle, and what each uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping as Dictionary
from typing import Final

import msgspec

from navigator_export.attack.threats import Threat, ThreatKind

_KINDS: Final[dict[str, ThreatKind]] = {
    "intrusion-set": "group",
    "campaign": "campaign",
    "malware": "software",
    "tool": "software",
}
_RELATIONS: Final = frozenset({"uses", "attributed-to"})


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""


class ThreatObject(msgspec.Struct):
    """The part of a STIX object that tells of a threat, or of what one uses."""

    type: str
    id: str = ""
    name: str = ""
    aliases: list[str] = []
    x_mitre_aliases: list[str] = []
    external_references: list[_Reference] = []
    revoked: bool = False
    x_mitre_deprecated: bool = False
    relationship_type: str = ""
    source_ref: str = ""
    target_ref: str = ""


def tells_of_threats(type_: str, relationship_type: str) -> bool:
    """Return whether an object of a STIX type, or a relation of a type, tells of threats."""
    return type_ in _KINDS or (type_ == "relationship" and relationship_type in _RELATIONS)


def threats_in(objects: Iterable[ThreatObject], techniques: Dictionary[str, str]) -> tuple[Threat, ...]:
    """Return the threats of a bundle, sorted by id, without revoked and deprecated ones.

    `techniques` are the ATT&CK ids of the techniques by STIX id.
    """
    current = [each for each in objects if not (each.revoked or each.x_mitre_deprecated)]
    stated = {each.id: each for each in current if each.type in _KINDS and _attack_id(each)}
    ids = {stix_id: _attack_id(each) for stix_id, each in stated.items()}
    used: dict[str, set[str]] = {}
    attributed: dict[str, set[str]] = {}
    for relation in current:
        if relation.relationship_type == "attributed-to":
            attributed.setdefault(relation.source_ref, set()).add(relation.target_ref)
        elif relation.relationship_type == "uses":
            used.setdefault(relation.source_ref, set()).add(relation.target_ref)
    found = [
        Threat(
            id=ids[stix_id],
            name=each.name,
            kind=_KINDS[each.type],
            techniques=_named(used.get(stix_id, ()), techniques),
            aliases=tuple(dict.fromkeys(a for a in (*each.aliases, *each.x_mitre_aliases) if a != each.name)),
            software=_named(used.get(stix_id, ()), ids),
            attributed_to=_named(attributed.get(stix_id, ()), ids),
        )
        for stix_id, each in stated.items()
    ]
    return tuple(sorted(found, key=lambda threat: threat.id))


def _named(stix_ids: Iterable[str], names: Dictionary[str, str]) -> tuple[str, ...]:
    return tuple(sorted({names[id_] for id_ in stix_ids if id_ in names}))


def _attack_id(each: ThreatObject) -> str:
    return next(
        (r.external_id for r in each.external_references if r.source_name.startswith("mitre-") and r.external_id), ""
    )
