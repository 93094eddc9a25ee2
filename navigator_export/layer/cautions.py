"""What to know before scores are read as ratings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from navigator_export.frameworks import framework
from navigator_export.layer.scoring import StrategyName
from navigator_export.model import Mapping
from navigator_export.wording import counted


def cautions(mappings: Sequence[Mapping], strategy: StrategyName) -> Iterator[str]:
    """Yield what the selected mappings are not, each a sentence; nothing where all is of one kind and rated."""
    frameworks = dict.fromkeys(m.capability.framework for m in mappings)
    yield from _of_two_kinds(frameworks)
    if strategy != "count":
        yield from _unrated(mappings, strategy, frameworks)


def _of_two_kinds(frameworks: Sequence[str] | dict[str, None]) -> Iterator[str]:
    exposed = [framework(id_).name for id_ in frameworks if framework(id_).shows == "exposure"]
    covered = [framework(id_).name for id_ in frameworks if framework(id_).shows == "coverage"]
    if exposed and covered:
        yield (
            f"{' and '.join(exposed)} {'tells' if len(exposed) == 1 else 'tell'} what is used against you, "
            f"{' and '.join(covered)} what works against it: a score made of both is neither"
        )


def _unrated(mappings: Sequence[Mapping], strategy: StrategyName, frameworks: dict[str, None]) -> Iterator[str]:
    rated = [m for m in mappings if (m.category if strategy in ("breadth", "category") else m.rated)]
    counting = "`scoring.strategy` count shows how many capabilities there are"
    if not rated:
        yield f"nothing selected is rated, so every score is 0; {counting}"
        return
    techniques = {m.technique for m in mappings}
    zeros = len(techniques - {m.technique for m in rated})
    rated_frameworks = {m.capability.framework for m in rated}
    unrated = [framework(id_).name for id_ in frameworks if id_ not in rated_frameworks]
    if unrated:
        verbs = ("is", "changes") if len(unrated) == 1 else ("are", "change")
        yield f"{' and '.join(unrated)} {verbs[0]} not rated, unlike the rest, and {verbs[1]} no score; {counting}"
    if zeros:
        alone = counted(zeros, "technique has", "techniques have")
        yield f"{alone} unrated mappings alone, of {len(techniques)} in all: the score 0 stands for 'not rated'"
