"""Which sentence of a comment tells most of one technique."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from navigator_export.frameworks import framework
from navigator_export.layer.passages.clauses import LONGEST
from navigator_export.layer.passages.licence import without_licence
from navigator_export.layer.passages.sentences import sentences_of
from navigator_export.layer.passages.statement import Kind, Statement, is_context, remark, statement
from navigator_export.layer.passages.words import COMMON, stems_of_name
from navigator_export.model import Mapping

_MOST = 0.6
"""Share of a capability's families of techniques from which on a sentence of them all describes the capability."""
_SHORT = 2
"""Sentences up to which a comment has no room for anything but what is said of the technique."""
_FEW = 3
"""Families below which that cannot be told."""

_NAMES_IT, _NAMES_HALF, _TELLS, _MAY_TELL, _TELLS_NOTHING = range(5)


class _Reading(msgspec.Struct, frozen=True, gc=False):
    """A sentence of a comment that states something, and what of its rank is the same for every technique."""

    found: Statement
    repetition: tuple[bool, int]
    describes: bool
    """Whether it describes the capability, not what it does."""
    place: int
    text: str
    """With the sentence before, where it leans on that."""
    leaning: bool
    """Whether it leans on a sentence that it is not shown with."""


class _Said(msgspec.Struct):
    """What the comments of one capability say."""

    kind: Kind
    families: set[str] = msgspec.field(default_factory=set)
    """Techniques that it comments on; a sub-technique counts as its parent."""
    techniques: dict[str, set[str]] = msgspec.field(default_factory=dict)
    """Which techniques each sentence is said of."""

    repetitions: dict[str, tuple[bool, int]] = msgspec.field(default_factory=dict)
    """What `repetition` has found."""
    readings: dict[str, tuple[_Reading, ...]] = msgspec.field(default_factory=dict)
    """What is stated by the comments that were looked at; many stand for several techniques."""

    def read(self, comment: str) -> tuple[_Reading, ...]:
        """Return the sentences of a comment that state something."""
        found = self.readings.get(comment)
        if found is None:
            found = self.readings[comment] = tuple(_readings(_spoken(comment), self))
        return found

    def repetition(self, sentence: str) -> tuple[bool, int]:
        """Return whether a sentence is said of several techniques, and of how many families of them."""
        found = self.repetitions.get(sentence)
        if found is None:
            techniques = self.techniques[sentence]
            found = self.repetitions[sentence] = (len(techniques) > 1, len({_family(id_) for id_ in techniques}))
        return found

    def describes_itself(self, repeated: int) -> bool:
        """Return whether a sentence that is said of so many families describes the capability, not what it does."""
        return self.kind == "coverage" and len(self.families) >= _FEW and repeated > _MOST * len(self.families)


class Passages:
    """The sentences of all comments of a mapping set, to tell what a capability says again and again."""

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        self._said: dict[tuple[str, str], _Said] = {}
        for mapping in mappings:
            if mapping.comment:
                key = (mapping.capability.framework, mapping.capability.id)
                said = self._said.get(key)
                if said is None:
                    said = self._said[key] = _Said(framework(mapping.capability.framework).shows)
                said.families.add(_family(mapping.technique))
                for sentence in _spoken(mapping.comment):
                    said.techniques.setdefault(sentence, set()).add(mapping.technique)

    def about(self, mapping: Mapping, technique_name: str) -> str:
        """Return the sentence of the mapping's comment that says best what is done about its technique.

        One that names the technique comes first, then one that says an effect on it; of those, one without a limit,
        then one that the capability repeats least for other techniques. Where no sentence says that, a short comment
        of this technique alone stands for itself, and of any other nothing is said: the result is empty.
        """
        if not mapping.comment:
            return ""
        said = self._said[mapping.capability.framework, mapping.capability.id]
        best = min(_candidates(said.read(mapping.comment), stems_of_name(technique_name)), default=None)
        return best[-1] if best else _remark(_spoken(mapping.comment), said)


_Candidate = tuple[int, bool, bool, tuple[bool, int], bool, bool, int, str]
"""What a sentence is ranked by, the best first, and its text."""


def _readings(sentences: Sequence[str], said: _Said) -> Iterator[_Reading]:
    for place, sentence in enumerate(sentences):
        found = statement(sentence, said.kind)
        if found is None:
            continue
        repetition = said.repetition(sentence)
        joined = _joined(sentences[place - 1], found, said.kind) if found.leaning and place else ""
        yield _Reading(
            found,
            repetition,
            said.describes_itself(repetition[1]),
            place,
            joined or found.text,
            found.leaning and not joined,
        )


def _candidates(readings: Iterable[_Reading], name: frozenset[str]) -> Iterator[_Candidate]:
    for reading in readings:
        found = reading.found
        closeness = _closeness(found, name)
        if closeness == _TELLS_NOTHING or (reading.describes and _is_general(found, closeness, name)):
            continue
        if not (reading.leaning and closeness == _MAY_TELL):
            yield (
                closeness,
                found.limited,
                reading.leaning,
                reading.repetition,
                found.weak,
                found.cut,
                reading.place,
                reading.text,
            )


def _remark(sentences: Sequence[str], said: _Said) -> str:
    """Return the first sentence of a comment that is short and of this technique alone, as people write their own."""
    if len(sentences) > _SHORT or any(said.repetition(sentence)[0] for sentence in sentences):
        return ""
    return next(filter(None, (remark(sentence, said.kind) for sentence in sentences)), "")


def _closeness(found: Statement, name: frozenset[str]) -> int:
    """Return how close a statement is to the technique whose name has these words."""
    shared = len(name & found.stems)
    if name and shared == len(name):
        return _NAMES_IT
    if shared * 2 >= len(name) > 0:
        return _NAMES_HALF
    is_about = bool(shared) or found.of_attack
    if found.weak:
        return _MAY_TELL if is_about else _TELLS_NOTHING
    return _TELLS if is_about else _MAY_TELL


def _is_general(found: Statement, closeness: int, name: frozenset[str]) -> bool:
    """Return whether a statement tells nothing that sets this technique apart from others."""
    is_of_it = not found.weak and found.of_attack and not found.stems.isdisjoint(name - COMMON)
    return closeness != _NAMES_IT and not is_of_it


def _joined(before: str, found: Statement, kind: Kind) -> str:
    """Return a statement with the sentence that it leans on; empty where they are too long or that says nothing."""
    fits = len(before) + 1 + len(found.text) <= LONGEST
    return f"{before} {found.text}" if fits and is_context(before, kind) else ""


def _family(technique: str) -> str:
    return technique[:5]


@lru_cache(maxsize=4096)
def _spoken(comment: str) -> tuple[str, ...]:
    return sentences_of(without_licence(comment))
