"""The rules: what the Navigator drops, hides, refuses or crashes on although the schema has nothing to say.

Each was seen in the Navigator, or is read from its source. Checks see any JSON object and must survive it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Final, TypeGuard

import msgspec
from msgspec.structs import replace

from navigator_export import schemas
from navigator_export.attack import Catalogue, Release, Standing
from navigator_export.attack.platforms import platforms
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.model import TECHNIQUE_ID, Domain
from navigator_export.validation.document import DOCUMENT_RULES
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.wording import counted

NAVIGATOR_OLDEST: Final = 4
"""The oldest ATT&CK release that the Navigator has."""

SCHEMA = Rule("schema", "error", "A field is not what the layer format asks for, or what the Navigator can take.")
UNKNOWN_FIELD = Rule("unknown-field", "warning", "A field is not part of the layer format: the Navigator ignores it.")
ATTACK_MISSING = Rule(
    "attack-version-missing",
    "warning",
    "The layer names no ATT&CK release: the Navigator silently opens it as the newest.",
)
ATTACK_UNKNOWN = Rule(
    "attack-version-unknown", "error", "The Navigator has no such ATT&CK release: it refuses the layer."
)
ATTACK_SPELLING = Rule(
    "attack-version-spelling",
    "warning",
    "Only the first digits of the ATT&CK release count; the rest misleads.",
)
UNKNOWN = Rule("technique-unknown", "error", "No ATT&CK release has the technique: the Navigator silently drops it.")
OTHER_DOMAIN = Rule(
    "technique-other-domain",
    "error",
    "The technique belongs to another ATT&CK domain: the Navigator silently drops it.",
)
NOT_YET = Rule(
    "technique-not-yet",
    "error",
    "The technique is newer than the layer's release: the Navigator silently drops it.",
)
REVOKED = Rule("technique-revoked", "error", "Another technique has replaced it: the Navigator silently drops it.")
DEPRECATED = Rule(
    "technique-deprecated",
    "error",
    "The technique was removed without a replacement: the Navigator silently drops it.",
)
TACTIC_UNKNOWN = Rule("tactic-unknown", "error", "The layer's release has no such tactic: the technique is in no cell.")
TACTIC_MISMATCH = Rule(
    "tactic-mismatch",
    "error",
    "The technique does not have that tactic in the layer's release: it is in no cell.",
)
DUPLICATE = Rule(
    "technique-duplicate",
    "error",
    "Two entries fill the same cell: the last replaces the first, comment and all.",
)
NO_TECHNIQUES = Rule("no-techniques", "warning", "The layer annotates no technique: the matrix stays empty.")
HIDDEN = Rule(
    "subtechnique-hidden",
    "warning",
    "An annotated sub-technique is not shown on opening, so a scored one shows no colour.",
)
GRADIENT_RANGE = Rule(
    "gradient-range",
    "error",
    "The gradient's least value is not below its greatest: all scores get one colour.",
)
GRADIENT_TOP = Rule(
    "gradient-top",
    "error",
    "A score lies just below the gradient's greatest value, where the Navigator looks for a colour that it lacks.",
)
PLATFORM = Rule(
    "platform-unknown",
    "error",
    "The layer's release has no such platform: its techniques are hidden, maybe all.",
)
MIXED = Rule(
    "mixed-releases",
    "warning",
    "The layers are of several domains or ATT&CK releases: the Navigator combines only layers that share both.",
)
LINK = Rule(
    "link-protocol",
    "error",
    "A link has no protocol, or one that is not for links: it leads elsewhere, or is unsafe.",
)

RULES: Final[tuple[Rule, ...]] = (
    *DOCUMENT_RULES,
    SCHEMA,
    UNKNOWN_FIELD,
    ATTACK_MISSING,
    ATTACK_UNKNOWN,
    ATTACK_SPELLING,
    UNKNOWN,
    OTHER_DOMAIN,
    NOT_YET,
    REVOKED,
    DEPRECATED,
    TACTIC_UNKNOWN,
    TACTIC_MISMATCH,
    DUPLICATE,
    NO_TECHNIQUES,
    HIDDEN,
    GRADIENT_RANGE,
    GRADIENT_TOP,
    PLATFORM,
    LINK,
    MIXED,
)
"""Every rule, in the order in which `validate --rules` lists them."""


class LayerView(msgspec.Struct, frozen=True, dict=True):
    """A layer's JSON, with safe access to the parts that rules look at, whatever is in it."""

    layer: dict[str, Any]
    path: str
    catalogue: Catalogue
    against: str | None = None
    """ATT&CK release to check techniques against instead of the layer's own."""

    @cached_property
    def domain(self) -> Domain | None:
        """Return the layer's domain; None where it names none."""
        return next((d for d, name in DOMAIN_NAMES.items() if name == self.layer.get("domain")), None)

    @cached_property
    def attack(self) -> str | None:
        """Return what the layer states as its ATT&CK release; None where it states nothing."""
        versions = self.layer.get("versions")
        stated = versions.get("attack") if isinstance(versions, dict) else None
        return None if stated is None or isinstance(stated, bool | dict | list) else str(stated)

    @cached_property
    def major(self) -> int | None:
        """Return the major ATT&CK release as the Navigator reads it: the first run of digits."""
        digits = re.search(r"[0-9]{1,6}", self.attack or "")
        return int(digits[0]) if digits else None

    @cached_property
    def release(self) -> Release | None:
        """Return the techniques of the layer's release, the newest where it names none; None where not known."""
        if self.domain is None:
            return None
        if self.against:
            return self.catalogue.release(self.domain, self.against)
        if not self.attack:
            return self.catalogue.release(self.domain, self.catalogue.newest(self.domain))
        return None if self.major is None else self.catalogue.release(self.domain, str(self.major))

    @cached_property
    def techniques(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return the entries of `techniques` that are objects, each with its path."""
        entries = self.layer.get("techniques")
        if not isinstance(entries, list):
            return ()
        return tuple((f"{self.path}.techniques[{i}]", e) for i, e in enumerate(entries) if isinstance(e, dict))


Check = Callable[[LayerView], Iterator[Finding]]


def check_schema(view: LayerView) -> Iterator[Finding]:
    """Find every violation of the layer schema."""
    for violation in schemas.each_violation("navigator-layer-4.5", view.layer, rows="techniques"):
        yield SCHEMA.finding(
            view.path + violation.path.removeprefix("$"),
            violation.message,
            violation.hint,
            violation.severity,
        )


def check_fields(view: LayerView) -> Iterator[Finding]:
    """Find fields that the format does not know, at the layer, its layout and its techniques."""
    layer_fields, layout_fields, technique_fields = _known_fields()
    yield from _unknown_fields([(view.path, view.layer)], layer_fields)
    layout = view.layer.get("layout")
    if isinstance(layout, dict):
        yield from _unknown_fields([(f"{view.path}.layout", layout)], layout_fields)
    yield from _unknown_fields(view.techniques, technique_fields)


def check_attack_version(view: LayerView) -> Iterator[Finding]:
    """Find an ATT&CK release that is missing, unknown or misleading."""
    path = f"{view.path}.versions.attack"
    newest = max(int(view.catalogue.newest(domain).partition(".")[0]) for domain in view.catalogue.domains)
    if not view.attack:
        if isinstance(view.layer.get("versions"), dict):
            yield ATTACK_MISSING.finding(path, "the ATT&CK release is missing", f'add it, such as "{newest}"')
    elif view.major is None or not NAVIGATOR_OLDEST <= view.major <= newest:
        yield ATTACK_UNKNOWN.finding(
            path, f"unknown ATT&CK release {view.attack!r}", f"known are {NAVIGATOR_OLDEST} to {newest}"
        )
    elif not re.fullmatch(r"[0-9]+(\.[0-9]+)*", view.attack):
        yield ATTACK_SPELLING.finding(path, f"{view.attack!r} is read as {view.major}", f'write "{view.major}"')


def check_techniques(view: LayerView) -> Iterator[Finding]:
    """Find technique ids that are not active in the layer's release, and tactics that they do not have."""
    release = view.release
    if release is None:
        return
    ids = Hints(release.active, "ids")
    told: dict[str, Finding] = {}
    for path, entry in view.techniques:
        id_ = entry.get("techniqueID")
        if not isinstance(id_, str) or not TECHNIQUE_ID.fullmatch(id_):
            continue
        if id_ not in release.active:
            if id_ not in told:
                told[id_] = _inactive(id_, release.standing(id_), release, ids)
            yield replace(told[id_], path=f"{path}.techniqueID")
            continue
        tactic = entry.get("tactic")
        if not isinstance(tactic, str) or not release.tactics[id_] or tactic in release.tactics[id_]:
            continue
        has = f"{id_} has {', '.join(release.tactics[id_])} in {release.version}; leave tactic out to fill all"
        if tactic in release.all_tactics:
            yield TACTIC_MISMATCH.finding(f"{path}.tactic", f"{id_} does not have the tactic {tactic}", has)
        else:
            yield TACTIC_UNKNOWN.finding(f"{path}.tactic", f"{tactic!r} is not a tactic of {release.version}", has)


def check_duplicates(view: LayerView) -> Iterator[Finding]:
    """Find entries that replace an earlier one: the same id and tactic, or the id without a tactic after one with."""
    by_cell: dict[tuple[str, str | None], str] = {}
    by_id: dict[str, str] = {}
    for path, entry in view.techniques:
        id_, tactic = entry.get("techniqueID"), entry.get("tactic")
        if not isinstance(id_, str) or not (tactic is None or isinstance(tactic, str)):
            continue
        earlier = by_id.get(id_) if tactic is None else by_cell.get((id_, tactic))
        if earlier is not None:
            yield DUPLICATE.finding(path, f"{id_} replaces the entry at {earlier}", "keep one entry per cell")
        by_cell.setdefault((id_, tactic), path)
        by_id.setdefault(id_, path)


def check_visibility(view: LayerView) -> Iterator[Finding]:
    """Find layers that show nothing, and annotated sub-techniques that are folded away."""
    if isinstance(view.layer.get("techniques"), list) and not view.techniques:
        yield NO_TECHNIQUES.finding(f"{view.path}.techniques", "no technique")
    layout = view.layer.get("layout")
    if isinstance(layout, dict) and layout.get("expandedSubtechniques") in ("annotated", "all"):
        return
    opened = {str(e.get("techniqueID")) for _, e in view.techniques if e.get("showSubtechniques") is True}
    hidden = [
        path
        for path, e in view.techniques
        if isinstance(id_ := e.get("techniqueID"), str)
        and "." in id_
        and id_.partition(".")[0] not in opened
        and _ANNOTATIONS & e.keys()
    ]
    if hidden:
        count = f"{len(hidden)} annotated sub-technique{'s are' if len(hidden) > 1 else ' is'} folded away"
        yield HIDDEN.finding(hidden[0], count, 'set layout.expandedSubtechniques to "annotated"')


def check_gradient(view: LayerView) -> Iterator[Finding]:
    """Find a gradient whose range does not rise, and scores that fall between its last two colours."""
    gradient = view.layer.get("gradient")
    if not isinstance(gradient, dict):
        return
    low, high = gradient.get("minValue"), gradient.get("maxValue")
    if not (_is_number(low) and _is_number(high)):
        return
    if low >= high:
        yield GRADIENT_RANGE.finding(f"{view.path}.gradient", f"minValue {low} is not below maxValue {high}")
        return
    # The Navigator has colours 0 to 99 and asks for round(100 * fraction): from 99.5 % on, short of the whole, none.
    last = low + (high - low) * 0.995
    scores = ((path, entry.get("score")) for path, entry in view.techniques)
    at_top = [(path, score) for path, score in scores if _is_number(score) and last <= score < high]
    if at_top:
        path, score = at_top[0]
        others = f", as are {counted(len(at_top) - 1, 'other score')}" if len(at_top) > 1 else ""
        yield GRADIENT_TOP.finding(
            f"{path}.score",
            f"{score} is within half a percent of maxValue {high}{others}",
            "round it, or raise maxValue",
        )


def check_platforms(view: LayerView) -> Iterator[Finding]:
    """Find platforms that the layer's release does not have."""
    filters = view.layer.get("filters")
    names = filters.get("platforms") if isinstance(filters, dict) else None
    if view.domain is None or view.major is None or not isinstance(names, list):
        return
    known = platforms(view.domain, view.major)
    if not known:
        return
    hints = Hints(known, "platforms")
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in known:
            yield PLATFORM.finding(
                f"{view.path}.filters.platforms[{index}]",
                f"ATT&CK {view.major} has no platform {name!r}",
                hints.near(name),
            )


def check_links(view: LayerView) -> Iterator[Finding]:
    """Find links that the Navigator opens relative to its own address, or that run code."""
    for path, entry in ((view.path, view.layer), *view.techniques):
        links = entry.get("links")
        for index, link in enumerate(links if isinstance(links, list) else ()):
            url = link.get("url") if isinstance(link, dict) else None
            if not isinstance(url, str) or not url:
                continue
            where = f"{path}.links[{index}].url"
            protocol = _PROTOCOL.match(url)
            if protocol is None:
                yield LINK.finding(where, "no protocol", f"write https://{url[:60].lstrip('/')}")
            elif protocol[1].casefold() in _UNSAFE_PROTOCOLS:
                yield LINK.finding(where, f"{protocol[1]}: runs code", "use https://")


def check_batch(views: Sequence[tuple[str, LayerView]]) -> Iterator[tuple[str, Finding]]:
    """Find layers, each with its file, of another domain or ATT&CK release than the first of their batch."""
    first: tuple[Domain, int] | None = None
    for file, view in views:
        if view.domain is None or view.major is None:
            continue
        first = first or (view.domain, view.major)
        if (view.domain, view.major) != first:
            message = f"{view.domain} {view.major} beside {first[0]} {first[1]}"
            yield file, MIXED.finding(view.path, message, "move all to one release to combine them")


CHECKS: Final[tuple[Check, ...]] = (
    check_schema,
    check_fields,
    check_attack_version,
    check_techniques,
    check_duplicates,
    check_visibility,
    check_gradient,
    check_platforms,
    check_links,
)

_PROTOCOL: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_UNSAFE_PROTOCOLS: Final = {"javascript", "data", "vbscript"}
_ANNOTATIONS: Final = {"score", "color", "comment", "metadata", "links"}


@cache
def _known_fields() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the fields of a layer, its layout and a technique, as the schema lists them."""
    layer = schemas.load("navigator-layer-4.5")
    nodes = (layer, layer["properties"]["layout"], layer["$defs"]["technique"])
    return (
        frozenset(nodes[0]["properties"]),
        frozenset(nodes[1]["properties"]),
        frozenset(nodes[2]["properties"]),
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unknown_fields(places: Iterable[tuple[str, dict[str, Any]]], known: frozenset[str]) -> Iterator[Finding]:
    fields = Hints(known, "fields")
    for path, value in places:
        for field in sorted(value.keys() - known):
            place = path + schemas.json_path([field]).removeprefix("$")
            yield UNKNOWN_FIELD.finding(place, f"unknown field {field!r}", fields.near(field))


def _inactive(id_: str, standing: Standing, release: Release, ids: Hints) -> Finding:
    """Return what is to be told of an id that is not active in a release; where it stands is left open."""
    at = f"{release.domain} {release.version}"
    name = release.name(id_)
    named = f"{id_} {name}" if name else id_
    since = f" since {standing.since}" if standing.since else ""
    match standing.kind:
        case "revoked":
            hint = (
                f"use {standing.replacement} {release.name(standing.replacement)}"
                if standing.replacement
                else "nothing active replaces it"
            )
            return REVOKED.finding("", f"{named} is revoked{since}", hint)
        case "deprecated" | "removed":
            return DEPRECATED.finding("", f"{named} is {standing.kind}{since}", "nothing replaces it; leave it out")
        case "not yet":
            return NOT_YET.finding("", f"{named} is not in {at}", f"it is new in {standing.since}")
        case "other domain":
            return OTHER_DOMAIN.finding(
                "", f"{id_} is not a technique of {release.domain}", f"it belongs to {standing.domain}"
            )
        case _:
            return UNKNOWN.finding("", f"unknown technique {id_} in {at}", ids.near(id_))
