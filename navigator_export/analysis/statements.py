"""What a layer of our own making states: how it was scored, what its capabilities are, whether it is an analysis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

import msgspec

from navigator_export.analysis.means import Means
from navigator_export.frameworks import FRAMEWORKS, Framework
from navigator_export.layer.format import Divider, Layer, LayerTechnique, Metadata
from navigator_export.layer.scoring import STRATEGIES, Scoring, Weights
from navigator_export.model import VALUES

ANALYSES: Final = MappingProxyType(
    {
        "change": "what changed from one coverage to another",
        "gap": "what threats use, laid over what is covered",
        "use": "what threats use",
        "step": "a plan",
    }
)
"""Scores of layers that are results of an analysis, with what such a layer shows."""


class Statement(msgspec.Struct, frozen=True):
    """What a layer says of itself; of a layer of somebody else's, nothing."""

    ours: bool = False
    strategy: str = ""
    """What scored; empty where that is not known."""
    analysis: str = ""
    """What the layer shows, where it is the result of an analysis."""
    weights: Weights = Scoring().weights
    frameworks: tuple[Framework, ...] = ()
    ids: tuple[str, ...] = ()
    """Of the frameworks."""
    shared: tuple[tuple[str, str], ...] = ()
    """Facts that hold for all mappings of the layer."""

    def means(self, technique: LayerTechnique) -> tuple[Means, ...]:
        """Return what covers a technique, sorted by id; nothing where the layer does not tell all of it."""
        entries = technique.metadata or ()
        if not self.ours or any(isinstance(entry, Metadata) and entry.name == "and" for entry in entries):
            return ()
        found = [self._means(block) for block in _blocks(entries)]
        known = [means for means in found if means]
        return tuple(sorted(known, key=lambda m: (m.id, m.framework))) if len(known) == len(found) else ()

    def _means(self, block: Sequence[Metadata]) -> Means | None:
        first, *rest = block
        id_, facts = first.value, [*rest, *(Metadata(*fact) for fact in self.shared)]
        name = _first(facts, "name")
        owner = self._owner([fact.value for fact in facts if fact.name == "framework"])
        if first.name != "capability":
            words = first.value.split(" · ")
            id_, name, owner = first.name, words[0], self._owner(words[1:2])
        elif not rest and " " in id_:
            return None
        categories, values = ([fact.value for fact in facts if fact.name == kind] for kind in ("category", "value"))
        if len(categories) == 1:
            categories *= len(values)
        if owner is None or len(categories) != len(values):
            return None
        ratings = sorted(set(zip(categories, values, strict=True)))
        fields = {"id": id_, "name": name, "framework": owner, "tier": _first(facts, "tier"), "ratings": ratings}
        try:
            return msgspec.convert(fields, Means)
        except msgspec.ValidationError:
            return None  # a layer that somebody changed

    def _owner(self, names: Sequence[str]) -> str | None:
        """Return the framework that is named, or the layer's only one; None where it has several."""
        if len(set(self.ids)) == 1:
            return self.ids[0]
        return next((id_ for id_, one in zip(self.ids, self.frameworks, strict=True) if one.name in names), None)


def statement_of(layer: Layer) -> Statement:
    """Return what a layer states."""
    entries = [entry for entry in layer.metadata or () if isinstance(entry, Metadata)]
    if not _first(entries, "made with").startswith("navigator-export "):
        return Statement()
    score = _first(entries, "score").partition(":")[0]
    known = dict(_framework(entry.value) for entry in entries if entry.name == "framework")
    return Statement(
        ours=True,
        strategy=score if score in STRATEGIES else "",
        analysis=ANALYSES.get(score, ""),
        weights=_weights(_first(entries, "command")),
        frameworks=tuple(known.values()),
        ids=tuple(known),
        shared=tuple((entry.name, entry.value) for entry in entries if entry.name in ("category", "tier")),
    )


def _first(entries: Iterable[Metadata], name: str) -> str:
    return next((entry.value for entry in entries if entry.name == name), "")


def _framework(stated: str) -> tuple[str, Framework]:
    """Return the id and the framework of a name with its version."""
    fits = ((id_, one) for id_, one in FRAMEWORKS.items() if f"{stated} ".startswith(f"{one.name} "))
    return max(fits, key=lambda pair: len(pair[1].name), default=(stated, Framework(stated)))


def _blocks(entries: Iterable[object]) -> Iterator[list[Metadata]]:
    """Yield the entries of each capability: all up to a divider, or each alone where it tells all of its own."""
    for is_divider, group in groupby(entries, key=lambda entry: isinstance(entry, Divider)):
        block = [entry for entry in group if isinstance(entry, Metadata) and entry.name != "links"]
        if is_divider or not block:
            continue
        if block[0].name == "capability" and block[1:] and block[1].name in _FACTS:
            yield block
        else:
            yield from ([entry] for entry in block)


_FACTS: Final = frozenset({"name", "framework", "group", "category", "value", "tier", "licence", "mapping type"})
"""What metadata say of a capability."""


def _weights(command: str) -> Weights:
    """Return the weights that a layer's command names, else those that count without."""
    given = _WEIGHTS.search(command)
    if given is None:
        return Scoring().weights
    numbers = map(float, given.groups())
    minimal, partial, significant = (int(number) if number.is_integer() else number for number in numbers)
    return (minimal, partial, significant)


_WEIGHTS: Final = re.compile("--weights=" + ",".join(rf"{value}=([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?)" for value in VALUES))
