"""What the Navigator shows of a layer: its matrix, column by column and cell by cell, at the layer's ATT&CK release.

Each rule is that of the Navigator's own code: `view-model.ts` (which techniques show, in which order, and aggregates),
`technique-vm.ts` (what of an annotation counts) and `matrix/cell.ts` (the colour).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, cached_property
from math import inf, isfinite
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from navigator_export.attack import Catalogue, Release, Tactic
from navigator_export.attack.platforms import READ_AS, platforms
from navigator_export.errors import Problem, SourceError
from navigator_export.layer.format import (
    Divider,
    Layer,
    LayerTechnique,
    Layout,
    LegendItem,
    Link,
    LinkEntry,
    Metadata,
    MetadataEntry,
)
from navigator_export.model import Domain
from navigator_export.pictures.colours import GREY, WHITE, Shades, ink_on, number, painted, shades_of
from navigator_export.validation.annotations import is_shown
from navigator_export.validation.view import DOMAINS_BY_NAME, OLD_DOMAIN_NAMES
from navigator_export.wording import quoted


class Cell(msgspec.Struct, frozen=True):
    """A technique or sub-technique under one tactic."""

    id: str
    name: str
    score: float | None = None
    aggregate: float | None = None
    """Score of the technique and its sub-techniques together, where the layer shows those and one of them is scored."""
    comment: str = ""
    metadata: tuple[Metadata | Divider, ...] = ()
    links: tuple[Link | Divider, ...] = ()
    enabled: bool = True
    color: str = ""
    """Of its own, as the layer writes it; goes before the score's."""
    fill: str = ""
    """What the cell is painted with, `#rrggbb`; empty where with nothing."""
    ink: str = "#000000"
    """Colour of the text on it."""
    hidden: bool = False
    """By the layer's filter of platforms, or because it is disabled and the layer hides that."""
    sub_techniques: tuple[Cell, ...] = ()
    """In the order in which they show, the hidden ones among them."""
    open: bool = False
    """Whether its sub-techniques show."""

    @property
    def annotated(self) -> bool:
        """Return whether the layer says anything of it."""
        said = self.score is not None or self.color or self.comment or self.metadata or self.links
        return bool(said) or not self.enabled

    @property
    def marked(self) -> bool:
        """Return whether it has a score or a colour of its own."""
        return self.score is not None or bool(self.color)

    @property
    def value(self) -> float | None:
        """Return the score that the cell has the colour of: the aggregate one where there is one, else its own."""
        return self.score if self.aggregate is None else self.aggregate


class Count(msgspec.Struct, frozen=True):
    """How many of some techniques and sub-techniques have a score, or a colour of their own."""

    marked: int
    all: int

    def __str__(self) -> str:
        return f"{self.marked} of {self.all}"


class Column(msgspec.Struct, frozen=True):
    """A tactic with its techniques."""

    tactic: Tactic
    cells: tuple[Cell, ...]
    """Techniques in the order in which they show, the hidden ones among them."""

    @property
    def hidden(self) -> bool:
        """Return whether all of its techniques are hidden, and so it does not show."""
        return all(cell.hidden for cell in self.cells)

    def count(self) -> Count:
        """Return how many of the techniques and sub-techniques that the layer's filters let show are marked."""
        shown = tuple(shown_of(self.cells))
        return Count(sum(cell.marked for cell in shown), len(shown))


class Picture(msgspec.Struct, frozen=True, dict=True):
    """A layer as it is seen."""

    name: str
    description: str
    domain: Domain
    release: str
    """The ATT&CK release whose techniques these are, `16.1`."""
    columns: tuple[Column, ...]
    """Every tactic in the order of the matrix; those that are `hidden` do not show."""
    legend: tuple[LegendItem, ...]
    """Colours as `#rrggbb`."""
    shades: Shades
    """The gradient."""
    aggregates: str = ""
    """How scores are aggregated, `average`, `min`, `max` or `sum`; empty where the layer does not show it."""
    show_id: bool = False
    """Whether ids stand before the names."""
    platforms: tuple[str, ...] = ()
    """What the filter lets show; empty where that is all."""
    metadata: tuple[Metadata | Divider, ...] = ()
    links: tuple[Link | Divider, ...] = ()
    lost: tuple[str, ...] = ()
    """Ids of techniques that the layer annotates, and that no cell of its release has, in the layer's order."""

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns that show."""
        return tuple(column for column in self.columns if not column.hidden)

    def cells(self) -> Iterator[Cell]:
        """Yield the techniques and sub-techniques that show, open or folded, tactic by tactic."""
        for column in self.shown:
            yield from shown_of(column.cells)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Return the letters of the legend's colours, where cells have one of these that is not a score's.

        They tell the colours to those who do not see them.
        """
        letters = {item.color: chr(ord("A") + number % 26) for number, item in enumerate(self.legend)}
        return letters if any(cell.color and cell.fill in letters for cell in self.cells()) else {}

    def count(self) -> Count:
        """Return how many techniques and sub-techniques that show are marked, each counted once for all its tactics."""
        cells = list(self.cells())
        marked = {cell.id for cell in cells if cell.marked}
        return Count(len(marked), len({cell.id for cell in cells}))


def shown_of(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield the techniques that are not hidden, each followed by its sub-techniques that are not, open or folded."""
    for cell in cells:
        if not cell.hidden:
            yield cell
            yield from (sub for sub in cell.sub_techniques if not sub.hidden)


def picture_of(layer: Layer, catalogue: Catalogue, file: str = "", behind: str = WHITE) -> Picture:
    """Return what the Navigator shows of a layer, its colours on cells that are `behind` without one.

    `file` is what messages call the layer. Raises SourceError where the layer is none of ATT&CK's, or of a release
    that is not known.
    """
    release = _release_of(layer, catalogue, file)
    layout = _given(layer.layout, Layout())
    annotations = _Annotations(layer, release)
    drawn = _Drawing(layer, layout, release, annotations, behind)
    aggregates = _choice(layout.aggregate_function, _AGGREGATES) if layout.show_aggregate_scores is True else ""
    return Picture(
        name=layer.name,
        description=_given(layer.description, ""),
        domain=release.domain,
        release=release.version,
        columns=tuple(drawn.columns()),
        legend=tuple(_legend(layer, behind)),
        shades=drawn.shades,
        aggregates=aggregates,
        show_id=layout.show_id is True,
        platforms=tuple(sorted(drawn.platforms or ())),
        metadata=_metadata(_given(layer.metadata, ())),
        links=_links(_given(layer.links, ())),
        lost=annotations.lost,
    )


def _release_of(layer: Layer, catalogue: Catalogue, file: str) -> Release:
    """Return the release in which the Navigator opens a layer: by the first digits that it states, else the newest.

    Raises SourceError where it is none of ATT&CK's, or not known.
    """
    domain = DOMAINS_BY_NAME.get(layer.domain) or OLD_DOMAIN_NAMES.get(layer.domain)
    if domain is None or _given(layer.custom_data_url, ""):
        message = f"this layer is of another matrix than ATT&CK's, {quoted(layer.domain)}, which cannot be drawn"
        raise SourceError(file, [Problem(message, "$.domain", f"known are {', '.join(DOMAINS_BY_NAME)}")])
    stated = _given(layer.versions.attack, "") if not isinstance(layer.versions, UnsetType) else ""
    if not stated:
        return catalogue.require(domain, catalogue.newest(domain))
    digits = re.search(r"[0-9]{1,3}(?![0-9])", stated)
    release = catalogue.release(domain, str(int(digits[0]))) if digits else None
    if release is None:
        listed = catalogue.domains[domain].releases
        hint = f"known are {listed[0]} to {listed[-1]}; attack import and attack download add others"
        raise SourceError(file, [Problem(f"ATT&CK {stated} is not known for {domain}", "$.versions.attack", hint)])
    return release


class _Annotations:
    """What a layer says of each cell, by id and tactic: the last that it says counts."""

    def __init__(self, layer: Layer, release: Release) -> None:
        cells: dict[tuple[str, str], LayerTechnique] = {}
        lost: dict[str, None] = {}
        for entry in _given(layer.techniques, ()):
            has = release.tactics.get(entry.technique_id, ())
            tactics = has if entry.tactic is UNSET else tuple(tactic for tactic in has if tactic == entry.tactic)
            cells |= {(entry.technique_id, tactic): entry for tactic in tactics}
            if not tactics:
                lost[entry.technique_id] = None
        self._cells = cells
        self.lost = tuple(lost)

    def of(self, id_: str, tactic: str) -> LayerTechnique | None:
        return self._cells.get((id_, tactic))


class _Drawing:
    """A layer on its way to cells."""

    def __init__(self, layer: Layer, layout: Layout, release: Release, annotations: _Annotations, behind: str) -> None:
        self.shades = shades_of(layer.gradient)
        self.platforms = _filter(layer)
        self._layout = layout
        self._release = release
        self._annotations = annotations
        self._behind = behind
        self._plain_ink = ink_on(behind)
        self._cells: dict[tuple[str, int], Cell] = {}
        """By id and what the layer says of it, which is mostly the same under all its tactics."""
        self._sorting = _given(layer.sorting, 0)
        self._hides_disabled = layer.hide_disabled is True
        self._expanded = _choice(layout.expanded_subtechniques, _EXPANDED)
        unstated = platforms(release.domain, int(release.version.partition(".")[0])) or ()
        self._no_platform = ("None",) if "None" in unstated else ()

    def columns(self) -> Iterator[Column]:
        """Yield the tactics in the order of the matrix."""
        children: dict[str, list[str]] = {}
        for id_ in self._release.active:
            parent, dot, _ = id_.partition(".")
            if dot:
                children.setdefault(parent, []).append(id_)
        drawn = {}
        for id_ in self._release.active:
            if "." not in id_ or id_.partition(".")[0] not in self._release.active:
                drawn[id_] = self._technique(id_, children.get(id_, ()))
        for tactic in self._release.matrix:
            cells = [cells[tactic.short_name] for cells in drawn.values() if tactic.short_name in cells]
            yield Column(tactic, self._aggregated_and_sorted(cells))

    def _technique(self, id_: str, sub_ids: Iterable[str]) -> dict[str, Cell]:
        """Return a technique under each of its tactics."""
        tactics = self._release.tactics[id_]
        subs = [(sub, self._release.tactics[sub]) for sub in sub_ids]
        opens = self._expanded == "all" or (
            self._expanded == "annotated"
            and any(self._cell(sub, tactic).annotated for sub, its_tactics in subs for tactic in its_tactics)
        )
        cells = {}
        for tactic in tactics:
            under = [self._cell(sub, tactic) for sub, its_tactics in subs if tactic in its_tactics]
            entry = self._annotations.of(id_, tactic)
            cell = self._cell(id_, tactic)
            # A disabled technique stays for the sake of a sub-technique that shows.
            stays = any(sub.enabled and not self._filtered(sub.id) for sub in under)
            cells[tactic] = replace(
                cell,
                sub_techniques=self._sorted(under),
                open=bool(under) and (opens or (entry is not None and entry.show_subtechniques is True)),
                hidden=self._filtered(id_) or (self._hides_disabled and not cell.enabled and not stays),
            )
        return cells

    def _cell(self, id_: str, tactic: str) -> Cell:
        """Return a technique under a tactic, as if it had no sub-techniques."""
        entry = self._annotations.of(id_, tactic)
        key = id_, id(entry)
        if key not in self._cells:
            self._cells[key] = self._made(id_, entry)
        return self._cells[key]

    def _made(self, id_: str, entry: LayerTechnique | None) -> Cell:
        name = self._release.name(id_)
        if entry is None:
            return Cell(id_, name, ink=self._plain_ink, hidden=self._filtered(id_))
        enabled = entry.enabled is not False
        score = None if isinstance(entry.score, UnsetType) else number(entry.score)
        color = _given(entry.color, "")
        own = painted(color, self._behind) if color else ""
        fill = own or ("" if score is None else self.shades.of(score)) if enabled else ""
        ink = (ink_on(fill) if fill else self._plain_ink) if enabled else GREY
        return Cell(
            id_,
            name,
            score=score,
            comment=_given(entry.comment, ""),
            metadata=_metadata(_given(entry.metadata, ())),
            links=_links(_given(entry.links, ())),
            enabled=enabled,
            color=color if own else "",
            fill=fill,
            ink=ink,
            hidden=self._filtered(id_) or (self._hides_disabled and not enabled),
        )

    def _filtered(self, id_: str) -> bool:
        """Return whether the layer's filter of platforms hides a technique."""
        if self.platforms is None:
            return False
        has = self._release.platforms.get(id_) or self._no_platform
        return bool(has) and self.platforms.isdisjoint(has)

    def _aggregated_and_sorted(self, cells: list[Cell]) -> tuple[Cell, ...]:
        """Return the techniques of a tactic in their order, with aggregate scores where the layer shows those.

        The Navigator aggregates while it sorts, and so leaves a technique that shows alone without.
        """
        if self._layout.show_aggregate_scores is True and sum(not cell.hidden for cell in cells) > 1:
            cells = [self._aggregated(cell) if cell.sub_techniques else cell for cell in cells]
        return self._sorted(cells)

    def _aggregated(self, cell: Cell) -> Cell:
        scores = [sub.score for sub in cell.sub_techniques if sub.score is not None]
        scored = len(scores) + (cell.score is not None)
        if not scored:
            return cell
        # A technique without a score of its own counts as 0 here, also for the least.
        scores.append(cell.score or 0)
        function = _choice(self._layout.aggregate_function, _AGGREGATES)
        counted = len(cell.sub_techniques) + 1 if self._layout.count_unscored is True else scored
        average = sum(scores) / counted
        aggregate = _two_places({"min": min(scores), "max": max(scores), "sum": sum(scores)}.get(function, average))
        if not isfinite(aggregate):
            return cell
        if not cell.enabled or cell.color:
            return replace(cell, aggregate=aggregate)
        fill = self.shades.of(aggregate)
        return replace(cell, aggregate=aggregate, fill=fill, ink=ink_on(fill))

    def _sorted(self, cells: list[Cell]) -> tuple[Cell, ...]:
        """Return cells in the order that the layer's `sorting` says, by name where scores are the same."""
        by_name = sorted(cells, key=lambda cell: collation(cell.name), reverse=self._sorting == _NAME_DOWN)
        if self._sorting == _SCORE_UP:
            by_name.sort(key=_rank)
        elif self._sorting == _SCORE_DOWN:
            by_name.sort(key=lambda cell: -_rank(cell))
        return tuple(by_name)


_NAME_DOWN, _SCORE_UP, _SCORE_DOWN = 1, 2, 3

_AGGREGATES: Final = ("average", "min", "max", "sum")
_EXPANDED: Final = ("none", "annotated", "all")


def _rank(cell: Cell) -> float:
    value = cell.value
    return -inf if value is None else value


def _two_places(value: float) -> float:
    """Return a number rounded as JavaScript's toFixed(2) does."""
    if not isfinite(value) or abs(value) >= 1e21:  # noqa: PLR2004 - which it leaves alone
        return value
    return float(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP, context=Context(prec=40)))


_PUNCTUATION: Final = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_RANKS: Final = {
    character: rank for rank, character in enumerate(_PUNCTUATION + "0123456789abcdefghijklmnopqrstuvwxyz")
}


@cache
def collation(name: str) -> tuple[Any, ...]:
    """Return the key that sorts names as a browser does: punctuation, digits, letters; then accents, then capitals."""
    parts = unicodedata.normalize("NFD", name)
    letters = [character for character in parts if not unicodedata.combining(character)]
    folded = [character.casefold() for character in letters]
    primary = tuple((_RANKS.get(character, len(_RANKS)), character) for character in folded)
    return (
        primary,
        len(parts),
        tuple(character != small for character, small in zip(letters, folded, strict=True)),
        name,
    )


def _filter(layer: Layer) -> frozenset[str] | None:
    """Return the platforms that a layer lets show; None where it lets all."""
    if isinstance(layer.filters, UnsetType) or not _given(layer.filters.platforms, ()):
        return None
    return frozenset(READ_AS.get(name, name) for name in _given(layer.filters.platforms, ()))


def _legend(layer: Layer, behind: str) -> Iterator[LegendItem]:
    for item in _given(layer.legend_items, ()):
        fields = msgspec.json.decode(item) if isinstance(item, msgspec.Raw) else msgspec.to_builtins(item)
        label, color = (fields.get("label"), fields.get("color")) if isinstance(fields, dict) else (None, None)
        if isinstance(label, str) and isinstance(color, str) and painted(color, behind):
            yield LegendItem(label, painted(color, behind))


def _metadata(entries: tuple[MetadataEntry, ...]) -> tuple[Metadata | Divider, ...]:
    return tuple([kept for entry in entries if (kept := _metadata_entry(entry)) is not None])


def _metadata_entry(entry: MetadataEntry) -> Metadata | Divider | None:
    if isinstance(entry, Metadata):
        return entry if entry.name and entry.value else None
    fields: Any = {"divider": True} if isinstance(entry, Divider) else msgspec.json.decode(entry)
    if not is_shown("metadata", fields):
        return None
    return Metadata(fields["name"], fields["value"]) if "name" in fields else Divider()


def _links(entries: tuple[LinkEntry, ...]) -> tuple[Link | Divider, ...]:
    return tuple([kept for entry in entries if (kept := _link_entry(entry)) is not None])


def _link_entry(entry: LinkEntry) -> Link | Divider | None:
    if isinstance(entry, Link):
        return entry if entry.label and entry.url else None
    fields: Any = {"divider": True} if isinstance(entry, Divider) else msgspec.json.decode(entry)
    if not is_shown("links", fields):
        return None
    return Link(fields["label"], fields["url"]) if "url" in fields else Divider()


def _choice(word: str | UnsetType, words: tuple[str, ...]) -> str:
    """Return a word that the Navigator knows; the first of them for any other."""
    return word if isinstance(word, str) and word in words else words[0]


def _given(value: Any, default: Any) -> Any:
    """Return what a layer says; the default where it does not say."""
    return default if value is UNSET else value
