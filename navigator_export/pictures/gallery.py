"""Layers side by side on one page: a small picture of each, its figures, and where it opens."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from navigator_export.pictures.html import bar, packaged
from navigator_export.pictures.markup import document, escaped
from navigator_export.pictures.matrix import Count


class Glance(msgspec.Struct, frozen=True):
    """What can be told of a layer at a glance."""

    thumbnail: str
    """Markup, as `thumbnail_of` gives it."""
    tactics: tuple[tuple[str, Count], ...]
    """The tactics that show, by name, and how much of each is marked."""


class Card(msgspec.Struct, frozen=True):
    """A layer in a gallery."""

    name: str
    matrix: str
    """Domain and release, in words."""
    selection: str
    score: str
    techniques: int
    mappings: int
    glance: Glance
    page: str
    """Address of its page."""
    links: tuple[tuple[str, str], ...]
    """Label and address of every form that it comes in."""


class Wall(msgspec.Struct, frozen=True):
    """Cards that belong together."""

    title: str
    """Empty where nothing is said of them together."""
    cards: tuple[Card, ...]
    open_url: str | None = None
    """Address that opens them together."""


def gallery(title: str, about: str, walls: Sequence[Wall], open_url: str | None = None) -> bytes:
    """Return a page of layers; `open_url` opens all of them together."""
    together = f' · <a href="{escaped(open_url)}">Open all together in the Navigator</a>' if open_url else ""
    body = "\n".join(
        (
            f"<header><h1>{escaped(title)}</h1><p>{escaped(about)}{together}</p></header>",
            '<form class="tools" role="search" aria-label="Search and order" hidden>'
            '<label>Search<input type="search" name="words" autocomplete="off"></label>'
            '<label>Order<select name="order"><option value="manifest">as listed</option>'
            '<option value="name">by name</option><option value="techniques">most techniques first</option>'
            '<option value="mappings">most mappings first</option></select></label>'
            '<output aria-live="polite"></output></form>',
            "<main>",
            *(_wall(wall) for wall in walls),
            "</main>",
            "<footer>A bar says how many techniques and sub-techniques of a tactic are marked: something is mapped to "
            "them, which is no promise of protection. ATT&amp;CK® is a registered trademark of The MITRE "
            "Corporation.</footer>",
        )
    )
    return document(title, body, style=packaged("gallery.css"), script=packaged("gallery.js"))


def _wall(wall: Wall) -> str:
    together = f' <a href="{escaped(wall.open_url)}">Open these together</a>' if wall.open_url else ""
    head = f"<h2>{escaped(wall.title or 'Layers')}</h2>{f'<p>{together}</p>' if together else ''}"
    return f'<section>{head}<ul class="cards">\n' + "\n".join(map(_card, wall.cards)) + "\n</ul></section>"


def _card(card: Card) -> str:
    bars = "".join(f"<li>{escaped(name)} <b>{count}</b>{bar(count)}" for name, count in card.glance.tactics)
    links = "".join(f'<a href="{escaped(address)}">{escaped(label)}</a>' for label, address in card.links)
    return (
        f'<li class="card" data-techniques="{card.techniques}" data-mappings="{card.mappings}">{card.glance.thumbnail}'
        f'<div class="in"><h3><a href="{escaped(card.page)}">{escaped(card.name)}</a></h3>'
        f"<p>{escaped(card.selection)} · {escaped(card.score)} · {escaped(card.matrix)}</p>"
        f'<dl class="facts"><div><dt>techniques</dt><dd>{card.techniques:,}</dd></div>'
        f"<div><dt>mappings</dt><dd>{card.mappings:,}</dd></div></dl>"
        f'<ul class="bars" aria-label="Marked techniques by tactic">{bars}</ul><p class="links">{links}</p></div>'
    )
