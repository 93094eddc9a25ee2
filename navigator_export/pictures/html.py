"""A layer as a page: one HTML file that asks nobody for anything and works without script, better with it.

Tactic by tactic a table of techniques, whose cells are links to what is said of each technique further down. A link's
target opens beside the matrix by style alone; the script adds search, filters and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from navigator_export.layer.format import Divider, Link, Metadata
from navigator_export.model import Domain
from navigator_export.pictures.colours import ink_on, shown_number
from navigator_export.pictures.markup import document, escaped
from navigator_export.pictures.matrix import Cell, Column, Count, Picture

_FILTERS: Final = ("tier", "capability", "group", "category", "value", "tactic")

_DOMAINS: Final[dict[Domain, str]] = {"enterprise": "Enterprise", "mobile": "Mobile", "ics": "ICS"}

_ADDRESSES: Final = ("https://", "http://", "mailto:")
"""What a link may begin with; any other address is shown as text."""


class _Said(msgspec.Struct, frozen=True):
    """What a layer says of one technique, under the tactics of which it says the same."""

    anchor: str
    cell: Cell
    name: str
    tactics: tuple[str, ...]


def html_of(picture: Picture) -> bytes:
    """Return the page of a layer, from its picture on white; the same picture gives the same bytes."""
    anchors, said = _gathered(picture)
    classes = _Classes()
    columns = "\n".join(_column(column, anchors, classes, show_id=picture.show_id) for column in picture.shown)
    details = "\n".join(_article(item, picture, classes) for item in said)
    folded = any(_folded(cell) for column in picture.shown for cell in column.cells)
    body = "\n".join(
        (
            '<a class="skip" href="#matrix">Skip to the matrix</a>',
            _header(picture, classes),
            "<main>",
            _tools(folded=folded),
            '<section class="grid" id="matrix" tabindex="0" aria-label="Matrix">',
            f'<div class="cols">\n{columns}\n</div>',
            "</section>",
            f'<section class="d"><h2>Technique by technique</h2><div class="ds">\n{details}\n</div></section>',
            _provenance(picture),
            "</main>",
            "<footer>Coverage means that something is mapped, not that it protects. ATT&amp;CK® is a registered "
            "trademark of The MITRE Corporation.</footer>",
        )
    )
    style = packaged("html.css") + classes.rules()
    return document(picture.name or "Layer", body, style=style, script=packaged("html.js"))


@cache
def packaged(name: str) -> str:
    """Return a style or a script that travels in the package."""
    return files("navigator_export.pictures").joinpath(name).read_text("utf-8")


class _Classes:
    """Classes for the colours in a page: its policy lets no style stand in an attribute."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, fill: str) -> str:
        """Return the class of a colour."""
        return self._names.setdefault(fill, f"c{len(self._names)}")

    def rules(self) -> str:
        """Return the style of all classes that were asked for."""
        return "".join(
            f".{name},tr.{name}{{background:{fill};color:{ink_on(fill)}}}\n" for fill, name in self._names.items()
        )


def _gathered(picture: Picture) -> tuple[dict[tuple[str, str], str], list[_Said]]:
    """Return the anchors of annotated cells, by id and tactic, and what is said at each anchor, by id."""
    anchors: dict[tuple[str, str], str] = {}
    said: dict[tuple[str, bytes], _Said] = {}
    taken: set[str] = set()
    for column in picture.shown:
        tactic = column.tactic
        for cell, name in _with_names(column):
            if not cell.annotated and cell.value is None:
                continue
            known = msgspec.structs.replace(cell, sub_techniques=(), open=False, hidden=False)
            key = (cell.id, msgspec.json.encode(known))
            if key in said:
                item = said[key]
                said[key] = msgspec.structs.replace(item, tactics=(*item.tactics, tactic.name))
            else:
                anchor = f"{cell.id}-{tactic.short_name}" if cell.id in taken else cell.id
                taken.add(cell.id)
                said[key] = _Said(anchor, cell, name, (tactic.name,))
            anchors[cell.id, tactic.short_name] = said[key].anchor
    return anchors, sorted(said.values(), key=lambda item: item.anchor)


def _with_names(column: Column) -> Iterator[tuple[Cell, str]]:
    """Yield every cell that is not hidden with its name, that of a sub-technique after its technique's."""
    for cell in column.cells:
        if not cell.hidden:
            yield cell, cell.name
            yield from ((sub, f"{cell.name}: {sub.name}") for sub in cell.sub_techniques if not sub.hidden)


def _header(picture: Picture, classes: _Classes) -> str:
    count = picture.count()
    legend = "".join(f'<li class="{classes.of(item.color)}">{escaped(item.label)}' for item in picture.legend)
    parts = [
        "<header>",
        f'<p class="over">MITRE ATT&amp;CK® {_DOMAINS[picture.domain]} {escaped(picture.release)}</p>',
        f"<h1>{escaped(picture.name or 'Layer')}</h1>",
        f'<p class="about">{escaped(picture.description)}</p>' if picture.description else "",
        f'<p class="sum"><b>{_share(count)}</b>{count} techniques and sub-techniques are marked</p>',
        f'<ul class="legend" aria-label="Legend">{legend}</ul>' if legend else "",
        "</header>",
    ]
    return "\n".join(filter(None, parts))


def _share(count: Count) -> str:
    """Return a share in whole per cent; one that is not all is never 100, nor one that is something 0."""
    if count.marked in (0, count.all):
        return "100 %" if count.marked else "0 %"
    return f"{min(99, max(1, round(100 * count.marked / count.all)))} %"


def _tools(*, folded: bool) -> str:
    selects = "".join(
        f'<label>{name.capitalize()}<select name="{name}"><option value="">all</option></select></label>'
        for name in _FILTERS
    )
    fold = '<label class="k"><input type="checkbox" name="all">Folded sub-techniques too</label>' if folded else ""
    return (
        '<form class="tools" role="search" aria-label="Search and filters" hidden>'
        '<label class="w">Search<input type="search" name="words" autocomplete="off" '
        'placeholder="technique, id, capability, words"></label>'
        f'{selects}<label class="k"><input type="checkbox" name="only">Matches alone</label>{fold}'
        '<button type="reset">Reset</button><output aria-live="polite"></output></form>'
    )


def _column(column: Column, anchors: dict[tuple[str, str], str], classes: _Classes, *, show_id: bool) -> str:
    tactic, count = column.tactic, column.count()
    rows = []
    for cell in column.cells:
        if cell.hidden:
            continue
        rows.append(_row(cell, anchors.get((cell.id, tactic.short_name), ""), classes, "", show_id=show_id))
        folded = not cell.open
        for sub in cell.sub_techniques:
            if not sub.hidden and (cell.open or sub.annotated):
                anchor = anchors.get((sub.id, tactic.short_name), "")
                rows.append(_row(sub, anchor, classes, "s fold" if folded else "s", show_id=show_id))
    return (
        f'<section class="t"><h2 id="{escaped(tactic.id)}">{escaped(tactic.name)}</h2>'
        f"<p>{count}</p>"
        f"{bar(count)}"
        f'<table aria-labelledby="{escaped(tactic.id)}"><colgroup><col><col class="n"></colgroup>'
        '<thead class="v"><tr><th scope="col">Technique<th scope="col">Score</thead>\n'
        f"<tbody>{chr(10).join(rows)}</tbody></table></section>"
    )


def bar(count: Count) -> str:
    """Return a share as a bar, for whoever sees it: beside it stands what it says."""
    width = f"{100 * count.marked / count.all:.1f}".removesuffix(".0") if count.all else "0"
    return (
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width}" height="4"/></svg>'
    )


def _folded(cell: Cell) -> bool:
    return not cell.open and any(sub.annotated and not sub.hidden for sub in cell.sub_techniques)


def _row(cell: Cell, anchor: str, classes: _Classes, extra: str, *, show_id: bool) -> str:
    name = escaped(f"{cell.id} {cell.name}" if show_id else cell.name)
    words = [extra] if extra else []
    if not cell.enabled:
        words.append("z")
    elif cell.fill:
        words.append(classes.of(cell.fill))
    if not anchor:
        words.append("u")
    marked = f' class="{" ".join(words)}"' if words else ""
    linked = f'<a href="#{escaped(anchor)}">{name}</a>' if anchor else name
    value = "" if cell.value is None else shown_number(cell.value)
    return f'<tr{marked}><th scope="row">{linked}<td>{value}'


def _article(item: _Said, picture: Picture, classes: _Classes) -> str:
    cell = item.cell
    facts = [", ".join(item.tactics)]
    if not cell.enabled:
        facts.append("disabled in this layer")
    where = escaped(" · ".join(facts))
    if cell.score is not None:
        where += f" · {_chip('score', shown_number(cell.score), cell.fill if cell.aggregate is None else '', classes)}"
    if cell.aggregate is not None:
        said = f"{picture.aggregates} with its sub-techniques"
        where += f" · {_chip(said, shown_number(cell.aggregate), cell.fill, classes)}"
    parts = [
        f'<article id="{escaped(item.anchor)}" tabindex="-1" aria-labelledby="h-{escaped(item.anchor)}">'
        f'<a class="x" href="#matrix" aria-label="Close">×</a>'
        f'<h3 id="h-{escaped(item.anchor)}">{_technique_link(cell.id, picture)} {escaped(item.name)}</h3>'
        f'<p class="w">{where}</p>'
    ]
    if cell.comment:
        parts.append(f'<p class="o">{escaped(cell.comment)}</p>')
    parts += _lists(cell.metadata)
    parts += _links(cell.links)
    return "".join((*parts, "</article>"))


def _chip(label: str, value: str, fill: str, classes: _Classes) -> str:
    chip = f'<span class="chip {classes.of(fill)}">{value}</span>' if fill else f"<b>{value}</b>"
    return f"{label} {chip}"


def _technique_link(id_: str, picture: Picture) -> str:
    """Return an id as a link to the technique's page of the layer's release."""
    path = f"versions/v{picture.release.partition('.')[0]}/techniques/{id_.replace('.', '/')}/"
    return f'<a href="https://attack.mitre.org/{escaped(path)}" rel="noreferrer">{escaped(id_)}</a>'


def _lists(entries: Sequence[Metadata | Divider]) -> Iterator[str]:
    """Yield metadata as lists of names and values, one for what stands between two dividers."""
    pairs: list[str] = []
    for entry in (*entries, Divider()):
        if isinstance(entry, Metadata):
            pairs.append(f"<dt>{escaped(entry.name)}<dd>{escaped(entry.value)}")
        elif pairs:
            yield f"<dl>{''.join(pairs)}</dl>"
            pairs = []


def _links(entries: Iterable[Link | Divider]) -> Iterator[str]:
    items = [f"<li>{_link(entry)}" for entry in entries if isinstance(entry, Link)]
    if items:
        yield f"<ul>{''.join(items)}</ul>"


def _link(link: Link) -> str:
    if not link.url.lower().startswith(_ADDRESSES):
        return escaped(f"{link.label}: {link.url}")
    return f'<a href="{escaped(link.url)}" rel="noreferrer">{escaped(link.label)}</a>'


def _provenance(picture: Picture) -> str:
    """Return where the layer came from, and what of it no cell shows."""
    parts = [*_lists(picture.metadata), *_links(picture.links)]
    if picture.platforms:
        parts.append(f"<p>Shown are techniques of {escaped(', '.join(picture.platforms))} alone.</p>")
    if picture.lost:
        parts.append(f"<p>Not in this release, and so in no cell: {escaped(', '.join(picture.lost))}.</p>")
    return f'<section class="p"><h2>About this layer</h2>{"".join(parts)}</section>' if parts else ""
