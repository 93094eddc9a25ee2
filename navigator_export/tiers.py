"""Licence tiers: which capability belongs to which, and what a tier includes."""

from __future__ import annotations

import msgspec

from navigator_export.errors import Problem, SelectionError, nearest
from navigator_export.frameworks import TierScheme, framework
from navigator_export.model import Capability, MappingSet
from navigator_export.patterns import matches, matching


class TierOptions(msgspec.Struct, frozen=True):
    """What the user says of tiers, on top of what is known of the frameworks."""

    orders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(framework id pattern, its tiers from the lowest to the highest) pairs; the first that matches stands."""
    assigned: tuple[tuple[str, str, str], ...] = ()
    """(framework id pattern, capability id pattern, tier); the last that matches stands, before the id's suffix."""


class Tiers(msgspec.Struct, frozen=True):
    """The tier of each capability of a mapping set."""

    orders: tuple[tuple[str, ...], ...]
    """The tiers of each framework that has some, from the lowest to the highest."""
    by_capability: dict[tuple[str, str], str]
    """(framework, capability id) to tier; a capability without a tier is not in it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all tiers, each once."""
        return tuple(dict.fromkeys(tier for order in self.orders for tier in order))

    def of(self, capability: Capability) -> str | None:
        """Return the tier of a capability, or None."""
        return self.by_capability.get((capability.framework, capability.id))

    def spelled(self, tier: str) -> str:
        """Return a tier as its framework spells it, `Plus` for `plus`. Raises SelectionError where there is none."""
        known = _spelled(tier, self.names)
        if known is None:
            hint = (
                nearest(tier, self.names, "tiers")
                if self.names
                else "these frameworks have no tiers; `tiers.orders` names some and `tiers.assigned` assigns them"
            )
            raise SelectionError(Problem(f"there is no tier {tier!r}", "selection.tier", hint))
        return known

    def included(self, tier: str, *, exact: bool) -> frozenset[str]:
        """Return the tiers that `tier` includes: the lower ones and itself, or only itself.

        Raises SelectionError where there is no such tier.
        """
        known = self.spelled(tier)
        if exact:
            return frozenset({known})
        return frozenset(lower for order in self.orders if known in order for lower in order[: order.index(known) + 1])


def assign_tiers(mappings: MappingSet, options: TierOptions) -> Tiers:
    """Return the tiers of all capabilities: as assigned, else by the suffix that the framework's scheme reads.

    Raises SelectionError where an assignment names no capability or an unknown tier.
    """
    schemes = {source.framework: _scheme(source.framework, options) for source in mappings.sources}
    orders = tuple(dict.fromkeys(scheme.order for scheme in schemes.values() if scheme))
    by_capability = {}
    for capability in mappings.capabilities:
        scheme = schemes[capability.framework]
        tier = scheme.tier_of(capability.id) if scheme else None
        if tier:
            by_capability[capability.framework, capability.id] = tier
    problems = []
    for owner, pattern, named in options.assigned:
        frameworks = [framework_id for framework_id in schemes if matches(owner, framework_id)]
        candidates = [capability for capability in mappings.capabilities if capability.framework in frameworks]
        if not frameworks and owner != "*":
            continue
        capabilities = matching(pattern, candidates)
        own = dict.fromkeys(tier for id_ in frameworks if (scheme := schemes[id_]) for tier in scheme.order)
        tier = _spelled(named, tuple(own))
        place = f"tiers.assigned {pattern}={named}"
        if not capabilities:
            hint = nearest(pattern, (capability.id for capability in candidates), "ids")
            problems.append(Problem(f"there is no capability {pattern!r}", place, hint))
        elif tier is None:
            hint = nearest(named, own, "tiers") if own else "name the tiers, lowest first, with `tiers.orders`"
            problems.append(Problem(f"there is no tier {named!r}", place, hint))
        else:
            by_capability.update({(c.framework, c.id): tier for c in capabilities})
    if problems:
        raise SelectionError(*problems)
    return Tiers(orders, by_capability)


def _spelled(tier: str, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name.casefold() == tier.strip().casefold()), None)


def _scheme(framework_id: str, options: TierOptions) -> TierScheme | None:
    order = next((order for pattern, order in options.orders if matches(pattern, framework_id)), None)
    return TierScheme(order) if order else framework(framework_id).tiers
