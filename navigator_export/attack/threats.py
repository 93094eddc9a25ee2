"""Which techniques the known groups, campaigns and software use: what ATT&CK reports of them, and no more.

A count of groups is a count of reports. It says what was seen and written up, not how common a technique is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import resources
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError, nearest
from navigator_export.model import Domain
from navigator_export.wording import quoted

ThreatKind = Literal["group", "campaign", "software"]
KINDS: Final[tuple[ThreatKind, ...]] = ("group", "campaign", "software")


class Threat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group, a campaign or a piece of software."""

    id: str
    """ATT&CK id, `G0016`, `C0024` or `S0002`."""
    name: str
    kind: ThreatKind
    techniques: tuple[str, ...] = ()
    """Used directly; sorted."""
    aliases: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    """Ids of the software that it uses; sorted."""
    attributed_to: tuple[str, ...] = ()
    """Ids of the groups that a campaign is attributed to."""

    @property
    def label(self) -> str:
        """Return the name with the id."""
        return f"{self.name} ({self.id})"


class Threats(msgspec.Struct, frozen=True, dict=True):
    """The threats of one domain, as one ATT&CK release states them."""

    domain: Domain
    attack_version: str
    threats: tuple[Threat, ...]
    """Sorted by id."""

    @cached_property
    def by_id(self) -> dict[str, Threat]:
        """Return the threats by id."""
        return {threat.id: threat for threat in self.threats}

    @cached_property
    def _by_word(self) -> dict[str, list[Threat]]:
        """Return the threats by everything that names them."""
        found: dict[str, list[Threat]] = {}
        for threat in self.threats:
            for word in dict.fromkeys(map(_plain, (threat.id, threat.name, *threat.aliases))):
                found.setdefault(word, []).append(threat)
        return found

    def of(self, kind: ThreatKind) -> tuple[Threat, ...]:
        """Return the threats of a kind that use some technique."""
        return tuple(threat for threat in self.threats if threat.kind == kind and threat.techniques)

    def find(self, word: str) -> Threat:
        """Return the threat of an id, a name or an alias, without regard to case, spaces and hyphens.

        An id or a name goes before an alias, and among these a group before a campaign, and that before software.
        Raises SelectionError, with the nearest names, where none or several are left.
        """
        wanted = _plain(word)
        ranked = sorted(self._by_word.get(wanted, []), key=lambda threat: _rank(threat, wanted))
        best = [threat for threat in ranked if _rank(threat, wanted) == _rank(ranked[0], wanted)]
        if len(best) == 1:
            return best[0]
        if best:
            labels = ", ".join(threat.label for threat in best)
            raise SelectionError(
                Problem(f"{quoted(word)} names several threats", "threat", f"name one by id: {labels}")
            )
        names = dict.fromkeys(name for threat in self.threats for name in (threat.id, threat.name, *threat.aliases))
        message = f"{quoted(word)} is no group, campaign or software of {self.domain} ATT&CK {self.attack_version}"
        raise SelectionError(Problem(message, "threat", nearest(word, names, "names")))


def _plain(word: str) -> str:
    """Return what all spellings of a threat's name share: `apt29` for `APT29`, `APT-29` and `apt 29`."""
    return re.sub(r"[\s_-]+", "", word).casefold()


def _rank(threat: Threat, wanted: str) -> tuple[bool, int]:
    return wanted not in (_plain(threat.id), _plain(threat.name)), KINDS.index(threat.kind)


@cache
def builtin_threats() -> Threats:
    """Return the threats that the package carries: those of Enterprise."""
    data = (resources.files(__package__) / "threats.json").read_bytes()
    return msgspec.json.decode(data, type=Threats)


def techniques_of(
    threat: Threat, threats: Threats, *, with_software: bool = False, with_campaigns: bool = False
) -> dict[str, tuple[str, ...]]:
    """Return the techniques of a threat, each with the labels of those that use it.

    Its own come first. With `with_software` those of the software that it uses are added, with `with_campaigns` those
    of the campaigns that are attributed to it; with both also the software of these campaigns.
    """
    users: dict[str, list[str]] = {}
    for user in _users(threat, threats, with_software=with_software, with_campaigns=with_campaigns):
        for technique in user.techniques:
            users.setdefault(technique, []).append(user.label)
    return {technique: tuple(labels) for technique, labels in sorted(users.items())}


def _users(threat: Threat, threats: Threats, *, with_software: bool, with_campaigns: bool) -> Iterator[Threat]:
    actors = [threat]
    if with_campaigns:
        actors += (campaign for campaign in threats.of("campaign") if threat.id in campaign.attributed_to)
    yield from actors
    if with_software:
        yield from _software(actors, threats)


def _software(actors: Iterable[Threat], threats: Threats) -> Iterator[Threat]:
    ids = dict.fromkeys(id_ for actor in actors for id_ in actor.software)
    yield from (threats.by_id[id_] for id_ in ids if id_ in threats.by_id)
