"""The fields of a layer itself: formats 1.0 to 4.4 become 4.5."""

from __future__ import annotations

import re
from typing import Final

from navigator_export.attack import Catalogue
from navigator_export.layer.format import DOMAIN_NAMES, LAYER_FORMAT, NAVIGATOR
from navigator_export.model import Domain
from navigator_export.upgrading import entries, fields
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import drop
from navigator_export.upgrading.platforms import STAGES, mend_filters

FORMAT: Final = Mend(
    "format",
    "The layer says that it is of format 4.5, in `versions`; the `version` of formats before 4.0, which goes before "
    "that, is left out.",
)
NAME: Final = Mend("name", "A layer without a name is called after its file.")
DOMAIN: Final = Mend(
    "domain",
    "The domain has the name that the Navigator knows, enterprise-attack for mitre-enterprise; without one, it is the "
    "only domain that has all the techniques.",
)
ATTACK: Final = Mend(
    "attack-version",
    "The ATT&CK release is text that begins with its number; one that says nothing is left out, and the newest is "
    "meant, as the Navigator takes it.",
)
VIEW: Final = Mend(
    "view-mode",
    "`viewMode` and `viewFullTable` become a `layout`, as the Navigator reads them; beside a layout they are left out.",
)
CUSTOM: Final = Mend(
    "custom-data", "An empty `customDataURL` is left out: the Navigator tries to download it and refuses the layer."
)
HIDE: Final = Mend(
    "hide-disabled", "`hideDisable`, as DeTT&CT wrote it, becomes `hideDisabled`, which is what the format has."
)
LAYER_MENDS: Final = (FORMAT, NAME, DOMAIN, ATTACK, VIEW, HIDE, CUSTOM, STAGES)

_LAYOUT: Final[dict[str, fields.MendField]] = {
    "layout": fields.choice("side", "flat", "mini"),
    "aggregateFunction": fields.choice("average", "min", "max", "sum"),
    "showID": fields.flag,
    "showName": fields.flag,
    "showAggregateScores": fields.flag,
    "countUnscored": fields.flag,
    "expandedSubtechniques": fields.choice("none", "annotated", "all"),
}

_FIELDS: Final[dict[str, fields.MendField]] = {
    "description": fields.text,
    "filters": mend_filters,
    "sorting": fields.sorting,
    "layout": fields.mend_object(_LAYOUT),
    "hideDisabled": fields.flag,
    "legendItems": entries.legend,
    "showTacticRowBackground": fields.flag,
    "tacticRowBackground": fields.full_colour,
    "selectTechniquesAcrossTactics": fields.flag,
    "selectSubtechniquesWithParent": fields.flag,
    "selectVisibleTechniques": fields.flag,
    "metadata": entries.metadata,
    "links": entries.links,
}


def mend_layer(editor: Editor, layer: Node, name: str) -> None:
    """Mend what a layer says of itself, all but domain, release, techniques, platforms and gradient.

    `name` is what a layer without one is called.
    """
    _mend_name(editor, layer, name)
    _mend_versions(editor, layer)
    misspelt = layer.get("hideDisable")
    if misspelt is not None and layer.get("hideDisabled") is None:
        editor.rename(layer, misspelt, "hideDisabled", misspelt.value, HIDE)
    fields.mend_fields(editor, layer, _FIELDS)
    _mend_view(editor, layer)
    custom = layer.get("customDataURL")
    if custom is not None and not custom.value:
        drop(editor, layer, custom, CUSTOM)


def _mend_name(editor: Editor, layer: Node, name: str) -> None:
    node = layer.get("name")
    if node is None:
        editor.add(layer, "name", name, NAME, at=0)
    elif fields.is_number(node.value):
        fields.text(editor, layer, node)
    elif not isinstance(node.value, str) or not node.value.strip():
        editor.replace(node, name, NAME)


def _mend_versions(editor: Editor, layer: Node) -> None:
    old, versions = layer.get("version"), layer.get("versions")
    today = {"navigator": NAVIGATOR, "layer": LAYER_FORMAT}
    if versions is None and old is not None:
        editor.rename(layer, old, "versions", today, FORMAT)
        return
    if old is not None:
        editor.remove(layer, old, FORMAT)
    if versions is None:
        editor.add(layer, "versions", today, FORMAT, at=1)
    elif not versions.is_object:
        editor.replace(versions, today, FORMAT)
    else:
        stated, navigator = versions.get("layer"), versions.get("navigator")
        if stated is None or stated.value != LAYER_FORMAT:
            editor.settle(versions, "navigator", NAVIGATOR, FORMAT)
            editor.settle(versions, "layer", LAYER_FORMAT, FORMAT)
        elif navigator is not None:
            fields.text(editor, versions, navigator)


def _mend_view(editor: Editor, layer: Node) -> None:
    """Put a layout in the place of what formats before 3.0 have instead."""
    mode, full = layer.get("viewMode"), layer.get("viewFullTable")
    if mode is not None:
        _put_layout(editor, layer, mode, _LAYOUTS.get(mode.value) if fields.is_number(mode.value) else None)
    if full is not None:
        _put_layout(editor, layer, full, _LAYOUTS[1] if full.value is False and mode is None else None)


def _put_layout(editor: Editor, layer: Node, old: Node, layout: dict[str, str | bool] | None) -> None:
    if layout and layer.get("layout") is None:
        editor.rename(layer, old, "layout", layout, VIEW)
    else:
        editor.remove(layer, old, VIEW)


_LAYOUTS: Final[dict[float, dict[str, str | bool]]] = {
    1: {"layout": "side", "showID": True, "showName": False},
    2: {"layout": "mini", "showID": False, "showName": False},
}
"""The view modes of old formats that are not the Navigator's own layout; a table that is not full is the first."""


def mend_domain(editor: Editor, layer: Node, catalogue: Catalogue) -> Domain | None:
    """Give a layer's domain its name, and return it; None where it is another matrix, or in doubt, which is told."""
    node = layer.get("domain")
    stated = node.value if node is not None else None
    found = next((domain for domain, name in DOMAIN_NAMES.items() if name == stated), None)
    if found:
        return found
    words = _words(stated)
    found = next((domain for domain in DOMAIN_NAMES if domain in words), None)
    if found is None and not words:
        found = _domain_of_ids(layer, catalogue)
    if found is None:
        said = "the layer names no domain" if not words else f"{stated!r} is no domain that the Navigator has"
        hint = "write enterprise-attack, mobile-attack or ics-attack"
        editor.refuse(f"{layer.path}.domain", said, hint)
        return None
    editor.settle(layer, "domain", DOMAIN_NAMES[found], DOMAIN)
    return found


def is_other_matrix(layer: Node) -> bool:
    """Return whether a layer is of a matrix that is not ATT&CK's, for a Navigator that has it."""
    domain, custom = layer.get("domain"), layer.get("customDataURL")
    words = _words(domain.value if domain is not None else None)
    ours = words & {"attack", "mitre", *DOMAIN_NAMES}
    return bool(custom is not None and custom.value) or "atlas" in words or bool(words and not ours)


def _words(text: object) -> set[str]:
    return set(re.findall("[a-z]+", text.casefold())) if isinstance(text, str) else set()


def _domain_of_ids(layer: Node, catalogue: Catalogue) -> Domain | None:
    domains = [set(catalogue.known_domains(id_)) for id_ in ids_of(layer)]
    shared = set.intersection(*filter(None, domains)) if any(domains) else set()
    return shared.pop() if len(shared) == 1 else None


def ids_of(layer: Node) -> list[str]:
    """Return the ids of a layer's techniques, as they are written."""
    listed = layer.get("techniques")
    ids = [entry.get("techniqueID") for entry in listed.nodes()] if listed is not None else []
    return [node.value.strip().upper() for node in ids if node is not None and isinstance(node.value, str)]


_OLDEST: Final = 4
"""The oldest release that the Navigator has."""


def mend_release(editor: Editor, layer: Node, domain: Domain, catalogue: Catalogue, *, moves: bool) -> int | None:
    """Mend how a layer states its ATT&CK release, and return the major one; None where it states none.

    One that the Navigator does not have cannot be mended, unless the layer `moves` to another anyway.
    """
    versions = layer.get("versions")
    node = versions.get("attack") if versions is not None else None
    if versions is None or node is None:
        return None
    if fields.is_number(node.value):
        editor.replace(node, node.spelling(), ATTACK)
    if not isinstance(node.value, str) or not node.value.strip():
        drop(editor, versions, node, ATTACK)
        return None
    release = re.search(r"[0-9]{1,6}(?:\.[0-9]+)*", node.value)
    newest = int(catalogue.newest(domain).partition(".")[0])
    major = int(release[0].partition(".")[0]) if release else None
    if major is None or not _OLDEST <= major <= newest:
        if not moves:
            hint = f"write one of {_OLDEST} to {newest}, or have the layer moved with `attack_version`"
            editor.refuse(node.path, f"the Navigator has no ATT&CK release {node.value!r}", hint)
        return None
    if release and release[0] != node.value:
        editor.replace(node, release[0], ATTACK)
    return major
