"""What threats use: the techniques to lay coverage against, each with its weight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from navigator_export.analysis.means import Origin
from navigator_export.analysis.statements import ANALYSES, statement_of
from navigator_export.attack import Release
from navigator_export.attack.threats import KINDS, Threat, Threats, techniques_of
from navigator_export.errors import Problem, SelectionError
from navigator_export.layer.format import DOMAIN_NAMES, Layer, Number
from navigator_export.model import TECHNIQUE_ID, Domain
from navigator_export.wording import counted

REPORTED: Final = "a count of reports, not of how common a technique is"


class Use(msgspec.Struct, frozen=True):
    """How one technique is used."""

    technique: str
    weight: Number
    """How many of the threats use it, or the weight that a list or a layer gives it."""
    users: tuple[str, ...] = ()
    """Who uses it, in words; empty where a list names techniques alone."""


class ThreatUse(msgspec.Struct, frozen=True):
    """The techniques that are used, at one ATT&CK release of one domain."""

    name: str
    """What was asked for, in words."""
    domain: Domain
    attack_version: str
    unit: str
    """What a weight of 1 is, such as `threat`."""
    techniques: dict[str, Use]
    """By id, sorted."""
    notes: tuple[str, ...] = ()
    """What did not go in, each a sentence."""
    origins: tuple[Origin, ...] = ()
    """Where that is known from."""

    @property
    def weight(self) -> Number:
        """Return the sum of all weights."""
        return sum(use.weight for use in self.techniques.values())


def use_of(
    words: Sequence[str],
    threats: Threats,
    release: Release,
    *,
    with_software: bool = False,
    with_campaigns: bool = False,
) -> ThreatUse:
    """Return what the named threats use, moved to a release.

    A word is an id, a name or an alias; `groups:all`, `campaigns:all` or `software:all`; or `top:50`, the fifty
    techniques that most groups use.
    Raises SelectionError where a word names no threat, the release is of another domain, or nothing is used.
    """
    if threats.domain != release.domain:
        message = f"the facts of threats are of {threats.domain}, and this is {release.domain}"
        raise SelectionError(Problem(message, "threat", "name a layer or a list of techniques instead"))
    named, most, labels = _named(words, threats)
    users: dict[str, dict[str, None]] = {}
    for threat in named:
        of_threat = techniques_of(threat, threats, with_software=with_software, with_campaigns=with_campaigns)
        for technique in of_threat:
            users.setdefault(technique, {})[threat.label] = None
    raw = [Use(technique, len(who), tuple(who)) for technique, who in users.items()]
    techniques, notes = moved(raw, release, threats.attack_version)
    if most:
        ranked = sorted(techniques.values(), key=lambda use: (-use.weight, use.technique))[:most]
        techniques = {use.technique: use for use in sorted(ranked, key=lambda use: use.technique)}
    if not techniques:
        raise SelectionError(Problem(f"no technique of {', '.join(labels)} is known", "threat"))
    kinds = {threat.kind for threat in named}
    unit = kinds.pop() if len(kinds) == 1 else "threat"
    added = [words for asked, words in ((with_software, "their software"), (with_campaigns, "campaigns")) if asked]
    name = ", ".join(labels) + (f", with {' and '.join(added)}" if added else "")
    facts = Origin(
        "groups, campaigns and software of ATT&CK", attack_version=f"{threats.attack_version} {threats.domain}"
    )
    return ThreatUse(name, release.domain, release.version, unit, techniques, notes, (facts,))


def use_of_list(
    weights: Iterable[tuple[str, Number]], name: str, release: Release, stated_release: str | None = None
) -> ThreatUse:
    """Return the use that (technique id, weight) pairs state, moved to a release.

    Raises SelectionError where an id is none, or none is left.
    """
    pairs = list(weights)
    bad = [id_ for id_, _ in pairs if not TECHNIQUE_ID.fullmatch(id_)]
    if bad:
        raise SelectionError(Problem(f"not an ATT&CK technique id: {', '.join(bad[:5])}", "threat", "write T1114.003"))
    techniques, notes = moved([Use(id_, weight) for id_, weight in pairs], release, stated_release or release.version)
    if not techniques:
        raise SelectionError(Problem(f"{name} holds no technique that is active in ATT&CK {release.version}", "threat"))
    return ThreatUse(name, release.domain, release.version, "weight", techniques, notes)


def use_of_layer(layer: Layer, release: Release) -> ThreatUse:
    """Return what a layer marks, moved to a release: its scores are the weights, and what has none weighs 1.

    Raises SelectionError where nothing that is active is marked.
    """
    analysis = statement_of(layer).analysis
    if analysis and analysis != ANALYSES["use"]:
        hint = "name a threat's layer, or any other"
        raise SelectionError(
            Problem(f"the layer {layer.name!r} shows {analysis}, and not what is used", "threat", hint)
        )
    if layer.domain in DOMAIN_NAMES.values() and layer.domain != DOMAIN_NAMES[release.domain]:
        message = f"the layer {layer.name!r} is of {layer.domain}, and this is {release.domain}"
        raise SelectionError(Problem(message, "threat", "name a threat of the same domain"))
    best: dict[str, Number] = {}
    for entry in layer.techniques or ():
        if entry.enabled is False or not (isinstance(entry.score, int | float) or entry.color or entry.comment):
            continue
        weight = entry.score if isinstance(entry.score, int | float) else 1
        if weight > 0 and TECHNIQUE_ID.fullmatch(entry.technique_id):
            best[entry.technique_id] = max(weight, best.get(entry.technique_id, 0))
    return use_of_list(best.items(), layer.name, release)


def moved(uses: Iterable[Use], release: Release, stated_release: str) -> tuple[dict[str, Use], tuple[str, ...]]:
    """Return uses at a release, sorted by id, and a note of what is not active there."""
    found: dict[str, Use] = {}
    gone: dict[str, None] = {}
    for use in uses:
        id_ = use.technique
        target = id_ if id_ in release.active else release.standing(id_).replacement
        if target is None:
            gone[id_] = None
            continue
        other = found.get(target)
        if other and use.users:
            # Whoever uses both ids uses the one that both became once.
            users = tuple(dict.fromkeys((*other.users, *use.users)))
            found[target] = Use(target, len(users), users)
        else:
            found[target] = Use(target, max(use.weight, other.weight) if other else use.weight, use.users)
    notes: tuple[str, ...] = ()
    if gone:
        what = counted(len(gone), "technique")
        notes = (f"{what} of {stated_release} not active in ATT&CK {release.version}, left out: {', '.join(gone)}",)
    return dict(sorted(found.items())), notes


_ALL: Final = re.compile(rf"({'|'.join((*(f'{kind}s' for kind in KINDS), 'software'))}):all", re.IGNORECASE)
_TOP: Final = re.compile(r"top:([1-9][0-9]{0,3})", re.IGNORECASE)


def _named(words: Sequence[str], threats: Threats) -> tuple[tuple[Threat, ...], int, list[str]]:
    """Return the threats that words name, how many techniques are asked for at most, and the words for people."""
    named: dict[str, Threat] = {}
    labels = []
    most = 0
    for word in words:
        everything, top = _ALL.fullmatch(word.strip()), _TOP.fullmatch(word.strip())
        if top:
            most = int(top[1])
            found = threats.of("group")
            labels.append(f"the {most} techniques that most groups use")
        elif everything:
            kind = next(kind for kind in KINDS if everything[1].casefold() in (f"{kind}s", kind))
            found = threats.of(kind)
            labels.append(f"all {counted(len(found), kind)}" if kind != "software" else "all software")
        else:
            found = (threats.find(word),)
            labels.append(found[0].label)
        named |= {threat.id: threat for threat in found}
    return tuple(named.values()), most, labels
