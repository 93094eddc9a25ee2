"""The layer format that a layer states, and fields of older formats that the Navigator still obeys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from navigator_export.errors import Severity
from navigator_export.schemas import shown
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

FORMAT = Rule(
    "format-version",
    "error",
    "The layer states another format than 4.5, or none: the Navigator opens it with a dialog or a notice.",
)
OLD_FIELD = Rule("field-old", "warning", "A field of an older layer format is still obeyed, but has another place now.")
VERSIONS = Rule("versions-invalid", "error", "What the layer was made for is no object: the Navigator refuses it.")

_CURRENT: Final = ["4", "5"]


def check_format(view: LayerView) -> Iterator[Finding]:
    """Find a format that is missing, old or unknown, as the Navigator reads it, and old fields that it obeys."""
    versions = view.layer.get("versions", {})
    if not isinstance(versions, dict | list):
        said = f"expected an object, found {shown(versions)}: the Navigator refuses the layer"
        yield VERSIONS.finding(f"{view.path}.versions", said, _example(view))
    elif "version" in view.layer:
        yield from _old_place(view)
    elif "layer" not in view.part("versions"):
        where = f"{view.path}.versions" if "versions" in view.layer else view.path
        yield FORMAT.finding(where, "no layer format is stated: the Navigator calls the layer outdated", _example(view))
    else:
        stated = view.part("versions")["layer"]
        yield from _judged(f"{view.path}.versions.layer", stated, 'write "4.5"')
        if not isinstance(stated, str) and _is_current(stated):
            yield FORMAT.finding(f"{view.path}.versions.layer", "a number, which works", 'write "4.5"', "warning")
    yield from _view_mode(view)


def _old_place(view: LayerView) -> Iterator[Finding]:
    """Judge a top-level `version`: it counts, whatever `versions` says."""
    path, stated = f"{view.path}.version", view.layer["version"]
    beside = view.part("versions").get("layer")
    if beside is None:
        old = list(_judged(path, stated, f"leave it out, and {_example(view)}"))
        yield from old or [OLD_FIELD.finding(path, "version has moved to versions.layer", _example(view))]
    elif _is_current(stated):
        yield OLD_FIELD.finding(path, "version has moved to versions.layer", "leave it out")
    else:
        hint = "leave it out" if _is_current(beside) else 'leave it out, and write "4.5" as versions.layer'
        severity: Severity = "warning" if _numbers(stated)[0] == _CURRENT[0] else "error"
        yield FORMAT.finding(path, f"version {shown(stated)} overrides versions.layer {shown(beside)}", hint, severity)


def _judged(path: str, stated: object, hint: str) -> Iterator[Finding]:
    if _is_current(stated):
        return
    if _numbers(stated)[0] == _CURRENT[0]:
        yield FORMAT.finding(path, f"format {shown(stated)}: nothing is lost, but a notice shows", hint, "warning")
    else:
        yield FORMAT.finding(path, f"format {shown(stated)}: the Navigator calls the layer outdated", hint)


def _numbers(stated: object) -> list[str]:
    """Return the parts of a format as the Navigator takes them apart."""
    number = int(stated) if isinstance(stated, float) and stated.is_integer() else stated
    return (stated if isinstance(stated, str) else shown(number)).split(".")


def _is_current(stated: object) -> bool:
    return _numbers(stated)[:2] == _CURRENT


def _example(view: LayerView) -> str:
    attack = view.major or view.newest
    return f'write "versions": {{"attack": "{attack}", "navigator": "5.1.0", "layer": "4.5"}}'


def _view_mode(view: LayerView) -> Iterator[Finding]:
    if "viewMode" not in view.layer:
        return
    path, mode = f"{view.path}.viewMode", view.layer["viewMode"]
    if "layout" in view.layer:
        yield OLD_FIELD.finding(path, "viewMode is ignored beside layout", "leave it out")
    else:
        layout = _LAYOUTS.get(mode) if isinstance(mode, int | float) and not isinstance(mode, bool) else None
        said = "is obeyed, but is the old form of layout" if layout else "means nothing to the Navigator"
        yield OLD_FIELD.finding(path, f"viewMode {shown(mode)} {said}", f'write "layout": {layout or _LAYOUTS[0]}')


_LAYOUTS: Final[dict[Any, str]] = {
    0: '{"layout": "side"}',
    1: '{"layout": "side", "showID": true, "showName": false}',
    2: '{"layout": "mini"}',
}
