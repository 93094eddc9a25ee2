"""The platforms of a layer's filter, by the names that its release has for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from navigator_export.attack.platforms import READ_AS, RENAMED, platforms
from navigator_export.model import Domain
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import NULL, TYPE, drop

PLATFORM: Final = Mend(
    "platform",
    "A platform gets the name that the layer's release has for it (Office 365 is Office Suite since 16); one that the "
    "release does not have is left out, for it shows nothing. With no name left, the filter is left out.",
)
ALL_PLATFORMS: Final = Mend(
    "all-platforms",
    "A filter that lets all platforms of its release through lets all of the new release through: the Navigator "
    "writes such a filter into every layer.",
)

_NEWEST_NAME: Final = {old.casefold(): name for old, name in READ_AS.items()} | {
    old.casefold(): name for _, before, name in RENAMED for old in before
}
"""What platforms are called today, by their former names."""


def names_at(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return the names that a release, which knows some platforms, has for one; none where it does not have it."""
    return (name,) if name in known else tuple(sorted(own for own in known if _newest(own) == _newest(name)))


def _newest(name: str) -> str:
    word = " ".join(name.split()).casefold()
    return _NEWEST_NAME.get(word, word).casefold()


def mend_platforms(editor: Editor, layer: Node, domain: Domain, major: int, before: int | None = None) -> None:
    """Give the platforms of a layer's filter their names in its release, which was another one `before`, if it was."""
    filters = layer.get("filters")
    listed = filters.get("platforms") if filters is not None else None
    known = platforms(domain, major)
    if filters is None or listed is None:
        return
    if not listed.is_list:
        drop(editor, filters, listed, TYPE)
        return
    for node in listed.nodes():
        if not isinstance(node.value, str):
            drop(editor, listed, node, TYPE)
    if not known or not listed.items:
        return
    earlier = platforms(domain, before) if before is not None and before != major else None
    lets_all_through = earlier is not None and _covers(listed.value, earlier)
    _rename(editor, listed, known)
    if lets_all_through:
        for name in sorted(known - set(listed.value)):
            editor.append(listed, name, ALL_PLATFORMS)
    if not listed.items:
        editor.remove(filters, listed, PLATFORM)


def _covers(names: Iterable[str], known: frozenset[str]) -> bool:
    return {_newest(name) for name in known} <= {_newest(name) for name in names}


def _rename(editor: Editor, listed: Node, known: frozenset[str]) -> None:
    seen: set[str] = set()
    for node in listed.nodes():
        names = [name for name in names_at(node.value, known) if name not in seen]
        seen.update(names)
        if not names:
            editor.remove(listed, node, PLATFORM)
            continue
        if node.value != names[0]:
            editor.replace(node, names[0], PLATFORM)
        for name in names[1:]:
            editor.append(listed, name, PLATFORM)


def mend_filters(editor: Editor, inside: Node, node: Node) -> None:
    """Mend what a layer's filters are, but for the names of platforms; the stages of old formats are left out."""
    if not node.is_object:
        drop(editor, inside, node, TYPE)
        return
    stages, names = node.get("stages"), node.get("platforms")
    if stages is not None:
        editor.remove(node, stages, STAGES)
    if names is not None and names.value is None:
        editor.remove(node, names, NULL)


STAGES: Final = Mend("filter-stages", "`filters.stages` is left out: formats since 4.0 have no stages.")
