"""Which sentence of a comment tells most of one technique."""

from __future__ import annotations

from collections.abc import Iterable

from navigator_export.frameworks import framework
from navigator_export.layer.passages.clauses import LONGEST
from navigator_export.layer.passages.licence import requires_licence, without_licence
from navigator_export.layer.passages.sentences import sentences_of
from navigator_export.layer.passages.statement import Kind, Statement, statement, stems_of_name
from navigator_export.model import Mapping

_MOST = 0.6
_FEW = 3


class Passages:
    """The sentences of all comments of a mapping set, to tell what a capability says again and again."""

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        said: dict[tuple[str, str], dict[str, set[str]]] = {}
        families: dict[tuple[str, str], set[str]] = {}
        for mapping in mappings:
            if not mapping.comment:
                continue
            capability = mapping.capability
            key = (capability.framework, capability.id)
            families.setdefault(key, set()).add(mapping.technique[:5])
            of_capability = said.setdefault(key, {})
            for sentence in _spoken(mapping.comment):
                of_capability.setdefault(sentence, set()).add(mapping.technique)
        self._said = said
        self._families = {key: len(of_capability) for key, of_capability in families.items()}

    def about(self, mapping: Mapping, technique_name: str) -> str:
        """Return the sentence of the mapping's comment that says what is done about its technique; empty if none does.

        """
        if not mapping.comment:
            return ""
        capability = mapping.capability
        key = (capability.framework, capability.id)
        kind = framework(capability.framework).shows
        said, families = self._said[key], self._families[key]
        name = stems_of_name(technique_name)
        best = None
        spoken = _spoken(mapping.comment)
        for place, sentence in enumerate(spoken):
            found = statement(sentence, kind)
            if found is None:
                continue
            techniques = said[sentence]
            shared = len(name & found.stems)
            closeness = _closeness(found, shared, len(name))
            repeated = len({technique[:5] for technique in techniques})
            if kind == "coverage" and families >= _FEW and repeated > _MOST * families and closeness:
                if found.weak or not found.of_attack or not shared:
                    continue
            if closeness == 4:
                continue
            text = found.text
            leaning = found.leaning
            if leaning and place:
                before = spoken[place - 1]
                if len(before) + 1 + len(text) <= LONGEST:
                    context = statement(before, kind)
                    if context and not context.leaning:
                        text = f"{before} {text}"
                        leaning = False
            if leaning and closeness == 3:
                continue
            rank = (closeness, found.limited, leaning, len(techniques) > 1, repeated, found.weak, found.cut, place)
            if best is None or rank < best[0]:
                best = (rank, text)
        return best[1] if best else ""


def _closeness(found: Statement, shared: int, size: int) -> int:
    if size and shared == size:
        return 0
    if shared * 2 >= size > 0:
        return 1
    if not found.weak:
        return 2 if shared or found.of_attack else 3
    return 3 if shared or found.of_attack else 4


def _spoken(comment: str) -> tuple[str, ...]:
    return sentences_of(without_licence(comment))
