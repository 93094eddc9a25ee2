"""The filter by platform: names that the release does not have, and annotations that the filter hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from navigator_export.attack.platforms import READ_AS, RENAMED, platforms
from navigator_export.validation.annotations import kept
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView
from navigator_export.wording import counted, listed, shortened

PLATFORM = Rule(
    "platform-unknown",
    "error",
    "The layer's release has no such platform: its techniques are hidden, maybe all.",
)
OLD_PLATFORM = Rule("platform-old", "warning", "A platform has an old spelling, which the Navigator reads as today's.")
FILTERED = Rule(
    "platform-hides",
    "warning",
    "The layer's own filter hides techniques that it annotates: they have none of its platforms.",
)

_SHOWN_IDS: Final = 5


def check_platforms(view: LayerView) -> Iterator[Finding]:
    """Find platforms that the layer's release does not have, or that have an old spelling."""
    names, known = _names(view), _known(view)
    if not names or known is None:
        return
    hints = Hints(known, "platforms")
    said = "" if known & _selected(names) else "; no platform is left, so the matrix is empty"
    for index, name in enumerate(names):
        path = f"{view.path}.filters.platforms[{index}]"
        read = READ_AS.get(name, name)
        if read != name:
            lacks = "" if read in known else f", which ATT&CK {_major(view)} does not have"
            yield OLD_PLATFORM.finding(
                path, f"{name} is read as {read}{lacks}", "leave filters out" if lacks else f'write "{read}"'
            )
        elif name not in known:
            message = f"ATT&CK {_major(view)} has no platform {shortened(name)!r}{said}"
            yield PLATFORM.finding(path, message, _today(name, known) or hints.near(name))


def check_filtered(view: LayerView) -> Iterator[Finding]:
    """Find annotated techniques that the layer's filter hides."""
    hidden: dict[str, tuple[str, ...]] = {}
    for _, fields in view.techniques if _names(view) else ():
        id_ = fields.get("techniqueID")
        if isinstance(id_, str) and id_ not in hidden and kept(fields).keys() - {"enabled"}:
            missing = lacking(view, id_)
            if missing:
                hidden[id_] = missing
    if hidden:
        shown = [f"{id_} ({', '.join(has)})" for id_, has in hidden.items()]
        have = "has" if len(hidden) == 1 else "have"
        yield FILTERED.finding(
            f"{view.path}.filters.platforms",
            f"{counted(len(hidden), 'annotated technique')} {have} none of these platforms and "
            f"{'is' if len(hidden) == 1 else 'are'} hidden: {listed(shown, _SHOWN_IDS)}",
            "add the platforms, or leave filters out",
        )


def lacking(view: LayerView, id_: str) -> tuple[str, ...]:
    """Return the platforms for the lack of which a layer's own filter hides a technique; none for one that it shows.

    A sub-technique is hidden with its parent. A filter that leaves no platform at all is told of by itself.
    """
    release, selected, known = view.own_release, _selected(_names(view)), _known(view)
    if release is None or id_ not in release.active or (known and not selected & known) or not selected:
        return ()
    needed = (release.platforms.get(one, ()) for one in (id_.partition(".")[0], id_))
    return next((has for has in needed if has and not selected & set(has)), ())


def _names(view: LayerView) -> list[str]:
    """Return the platforms of the filter; none where the Navigator drops it whole."""
    names = view.part("filters").get("platforms")
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


def _selected(names: list[str]) -> set[str]:
    return {READ_AS.get(name, name) for name in names}


def _major(view: LayerView) -> int:
    """Return the release in which the Navigator opens the layer."""
    return view.major or view.newest


def _known(view: LayerView) -> frozenset[str] | None:
    if view.domain is None or (view.attack is not None and view.major is None):
        return None
    return platforms(view.domain, _major(view))


def _today(name: str, known: frozenset[str]) -> str:
    """Return the hint for a platform that has another name in the layer's release."""
    for since, before, after in RENAMED:
        if name in before and after in known:
            return f'write "{after}", its name since ATT&CK {since}'
        if name == after and known & set(before):
            return f"until ATT&CK {since - 1} it is {' and '.join(sorted(known & set(before)))}"
    return ""
