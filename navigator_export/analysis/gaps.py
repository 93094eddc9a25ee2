"""What threats use and coverage leaves open, with what would close it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from navigator_export.analysis.coverage import Coverage, refuse_exposure
from navigator_export.analysis.means import Means
from navigator_export.analysis.tactics import TacticCount, count_by_tactic
from navigator_export.analysis.use import ThreatUse
from navigator_export.attack import Catalogue
from navigator_export.errors import Problem, SelectionError
from navigator_export.layer.format import Number

State = Literal["uncovered", "weak", "covered"]
STATES: Final[tuple[State, ...]] = ("uncovered", "weak", "covered")


class Closer(msgspec.Struct, frozen=True):
    """A capability that is not in the coverage and would answer a technique, or answer it better."""

    source: str
    """What offers it: another tier of the same set, or another source, in words."""
    means: Means
    value: Number
    """The score that the technique has with what offers it."""


class Gap(msgspec.Struct, frozen=True):
    """What becomes of one technique that is used."""

    technique: str
    name: str
    tactics: tuple[str, ...]
    state: State
    weight: Number
    users: tuple[str, ...]
    value: Number | None
    """Its value in the coverage; None where it is not covered."""
    means: tuple[Means, ...] = ()
    """What covers it."""
    covered_parts: tuple[str, ...] = ()
    """Of a technique that is not covered itself: the sub-techniques that are. They cover it in part, and not more."""
    closers: tuple[Closer, ...] = ()
    """What would close it, best value first, then by id."""


class Shares(msgspec.Struct, frozen=True):
    """How much of what is used is covered, each a share from 0 to 1."""

    covered: int
    """Techniques that are covered, weakly or not."""
    weak: int
    """Of these, the weakly covered ones."""
    of: int
    """Techniques that are used."""
    by_count: float
    by_use: float
    """Each technique weighted by how much it is used."""
    by_rating: float | None
    """Weighted by use, and by the value as a share of the best one; None where nothing is rated."""


class Gaps(msgspec.Struct, frozen=True):
    """What is used, laid over what is covered."""

    coverage: Coverage
    use: ThreatUse
    shares: Shares
    techniques: tuple[Gap, ...]
    """Every used technique: uncovered ones, weak ones, then covered ones; each sorted by weight, then by id."""
    tactics: tuple[TacticCount, ...]
    """Covered, and of these weakly, of the used techniques of the tactic."""
    offers: tuple[Coverage, ...] = ()
    """What may close the gaps."""

    def of_state(self, state: State) -> tuple[Gap, ...]:
        """Return the techniques of a state."""
        return tuple(gap for gap in self.techniques if gap.state == state)


def gaps(coverage: Coverage, use: ThreatUse, catalogue: Catalogue, offers: Sequence[Coverage] = ()) -> Gaps:
    """Return what threats use and a coverage leaves open; `offers` are coverages of the same release that may close it.

    Raises SelectionError where domains or releases differ.
    """
    refuse_exposure((coverage, *offers))
    others: tuple[Coverage | ThreatUse, ...] = (use, *offers)
    for other in others:
        if (other.domain, other.attack_version) != (coverage.domain, coverage.attack_version):
            message = (
                f"{other.name!r} is of {other.domain} {other.attack_version}, "
                f"{coverage.name!r} of {coverage.domain} {coverage.attack_version}"
            )
            raise SelectionError(Problem(message, "attack_version", "`attack_version` moves all to one release"))
    release = catalogue.require(coverage.domain, coverage.attack_version)
    found = []
    for technique, used in use.techniques.items():
        covered = coverage.techniques.get(technique)
        state: State = "uncovered" if covered is None else "weak" if coverage.is_weak(technique) else "covered"
        found.append(
            Gap(
                technique=technique,
                name=release.name(technique),
                tactics=release.tactics.get(technique, ()),
                state=state,
                weight=used.weight,
                users=used.users,
                value=covered.value if covered else None,
                means=covered.means if covered else (),
                covered_parts=() if covered else _parts(technique, coverage),
                closers=() if state == "covered" else _closers(technique, coverage, offers),
            )
        )
    answered = use.techniques.keys() & coverage.techniques.keys()
    weak = {technique for technique in answered if coverage.is_weak(technique)}
    return Gaps(
        coverage=coverage,
        use=use,
        shares=shares(coverage, use),
        techniques=tuple(sorted(found, key=lambda gap: (STATES.index(gap.state), -gap.weight, gap.technique))),
        tactics=count_by_tactic(release, (answered, weak), among=use.techniques.keys()),
        offers=tuple(offers),
    )


def shares(coverage: Coverage, use: ThreatUse) -> Shares:
    """Return how much of what is used is covered."""
    answered = [technique for technique in use.techniques if technique in coverage.techniques]
    of_use = sum(use.techniques[technique].weight for technique in answered)
    rated = sum(use.techniques[technique].weight * coverage.share_of_top(technique) for technique in answered)
    return Shares(
        covered=len(answered),
        weak=sum(coverage.is_weak(technique) for technique in answered),
        of=len(use.techniques),
        by_count=len(answered) / len(use.techniques),
        by_use=of_use / use.weight,
        by_rating=rated / use.weight if coverage.measure.rated else None,
    )


def _parts(technique: str, coverage: Coverage) -> tuple[str, ...]:
    return tuple(id_ for id_ in coverage.techniques if id_.startswith(f"{technique}."))


def _closers(technique: str, coverage: Coverage, offers: Iterable[Coverage]) -> tuple[Closer, ...]:
    """Return what offers answer a technique with that the coverage does not have against it already."""
    covered = coverage.techniques.get(technique)
    have = {(means.framework, means.id) for means in covered.means} if covered else set()
    found = []
    for offer in offers:
        answer = offer.techniques.get(technique)
        if answer is None or _no_better(covered.value if covered else None, answer.value, coverage, offer):
            continue
        found += [Closer(offer.name, m, answer.value) for m in answer.means if (m.framework, m.id) not in have]
    return tuple(sorted(found, key=lambda closer: (-closer.means.best, closer.means.id)))


def _no_better(value: Number | None, offered: Number, coverage: Coverage, offer: Coverage) -> bool:
    return value is not None and coverage.measure.kind == offer.measure.kind and offered <= value
