"""Results of an analysis as layers, each on a scale of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

import msgspec

from navigator_export.analysis.comparison import Comparison, Difference
from navigator_export.analysis.coverage import Coverage, Covered
from navigator_export.analysis.gaps import Gap, Gaps
from navigator_export.analysis.means import Means, Origin
from navigator_export.analysis.plan import Plan
from navigator_export.analysis.reports import of_comparison, of_gaps, of_plan, said_of_use
from navigator_export.analysis.statements import ANALYSES
from navigator_export.analysis.use import ThreatUse, Use
from navigator_export.attack import Catalogue
from navigator_export.characters import clean_name
from navigator_export.errors import LayerError, SelectionError
from navigator_export.layer.comments import and_more
from navigator_export.layer.composition import Heading, Opening, compose
from navigator_export.layer.format import Divider, Layer, LayerTechnique, Metadata, Number, encode
from navigator_export.layer.palette import PALETTES
from navigator_export.layer.room import TOOLTIP, fitting, height
from navigator_export.layer.scales import Class, Scale, amounts, categorical, clear_maximum, legend, rounded, shown
from navigator_export.layer.sheets import without_forbidden
from navigator_export.preparation import unreadable
from navigator_export.validation import gate
from navigator_export.version import __version__
from navigator_export.wording import shortened

CHANGE_COLORS: Final = {
    "gained": "#5a9ed8",
    "better": "#92c4ea",
    "worse": "#f9d38d",
    "lost": "#f3985e",
    "same": "#ebebeb",
}
"""Blue for more and orange for less, each of a lightness of its own; a test proves that everybody tells them apart.

The first has the highest score.
"""

STATE_COLORS: Final = {"uncovered": "#e97b4f", "weak": "#fbd58b", "covered": "#88b7e1"}

_STEPS: Final = 3
"""From the first of four colours to the last."""

_LONGEST_NAME: Final = 40
"""Characters of one side in a layer's name."""

_PART: Final = TOOLTIP // 5
"""Pixels of each list in a comment: who uses a technique, what covers it, and what would."""


class Making(msgspec.Struct, frozen=True):
    """What a layer says of how it was made, besides what the result tells."""

    command: str
    """Command that makes the same layer."""
    name: str | None = None
    """In the place of its own name."""
    description: str | None = None


def finished(layer: Layer, catalogue: Catalogue) -> bytes:
    """Return the checked text of a layer.

    Raises LayerError where it has a finding, and SelectionError where a name that was given cannot be shown.
    """
    problems = unreadable(layer.name, layer.description or None)
    if problems:
        raise SelectionError(*problems)
    text = encode(layer)
    findings = gate(text, catalogue)
    if findings:
        raise LayerError(findings)
    return text


# ---- comparisons -----------------------------------------------------------------------------------------------------


def comparison_layer(comparison: Comparison, making: Making) -> Layer:
    """Return the layer that shows what became of each technique that either side covers, a colour a kind of change."""
    old, new = comparison.old, comparison.new
    scale, codes = _kinds("change", CHANGE_COLORS)
    techniques = [
        LayerTechnique(
            technique_id=difference.technique,
            score=codes[difference.change],
            comment=_change_comment(difference, old, new),
            metadata=_facts(("before", _value(old, difference.old)), ("after", _value(new, difference.new))),
        )
        for difference in comparison.differences
    ]
    words = [*_side("old", old), *_side("new", new)]
    if comparison.presence_only:
        words.append(("compared", comparison.presence_only))
    return _layer(
        techniques,
        scale,
        new,
        making,
        name=comparison_name(comparison),
        sentences=of_comparison(comparison).sentences,
        origins=(*old.origins, *new.origins),
        words=words,
    )


def comparison_name(comparison: Comparison) -> str:
    """Return the name of a comparison's layer: what differs first, then what both sides have in common."""
    before, after = (name.split(" · ") for name in (comparison.old.name, comparison.new.name))
    both = [part for part in after if part in before]
    one, other = (" · ".join(part for part in parts if part not in both) for parts in (before, after))
    changed = f"{_short(one or 'all')} → {_short(other or 'all')}" if one or other else "same"
    return _name(changed, *both)


def _change_comment(difference: Difference, old: Coverage, new: Coverage) -> str:
    if difference.change == "same":
        return f"same: {_value(new, difference.new)}"
    head = f"{difference.change}: {_value(old, difference.old)} → {_value(new, difference.new)}"
    side = old if difference.change in ("worse", "lost") else new
    return "\n".join((head, *_bounded(_labels(difference.by), f"by ({_first(side.name)}):")))


def _value(side: Coverage, value: Number | None) -> str:
    if value is None:
        return "not covered"
    return side.measure.word(value)


# ---- gaps ------------------------------------------------------------------------------------------------------------


def gaps_layer(gaps: Gaps, making: Making) -> Layer:
    """Return the layer of a threat over a coverage: every technique that is used, by whether it is covered."""
    coverage, use = gaps.coverage, gaps.use
    scale, codes = _kinds("gap", STATE_COLORS)
    techniques = [
        LayerTechnique(
            technique_id=gap.technique,
            score=codes[gap.state],
            comment=_gap_comment(gap, coverage, use),
            metadata=_facts(("weight", shown(gap.weight)), ("value", _value(coverage, gap.value))),
        )
        for gap in gaps.techniques
    ]
    return _layer(
        techniques,
        scale,
        coverage,
        making,
        name=gaps_name(gaps),
        sentences=of_gaps(gaps).sentences,
        origins=(*coverage.origins, *use.origins, *(origin for offer in gaps.offers for origin in offer.origins)),
        words=[*_side("coverage", coverage), ("threat", use.name), ("weight", _weight_words(use))],
    )


def gaps_name(gaps: Gaps) -> str:
    """Return the name of the layer of gaps: what is covered against what."""
    first, *rest = gaps.coverage.name.split(" · ")
    return _name(f"{_short(first)} vs {_short(gaps.use.name)}", *rest)


def _gap_comment(gap: Gap, coverage: Coverage, use: ThreatUse) -> str:
    state = "weakly covered" if gap.state == "weak" else gap.state
    head = f"{state}: {_value(coverage, gap.value)}" if gap.value is not None else state
    lines = [head, _weight_line(gap.weight, gap.users, use)]
    lines += _bounded(gap.covered_parts, "covered in part by:")
    lines += _bounded(_labels(gap.means), "covered by:")
    closers = [f"{closer.means.label} ({closer.means.tier or _first(closer.source)})" for closer in gap.closers]
    return "\n".join((*lines, *_bounded(closers, "would close it:"), *_users(gap.users)))


# ---- threats ---------------------------------------------------------------------------------------------------------


def use_layer(use: ThreatUse, making: Making) -> Layer:
    """Return the layer of what threats use, each technique with its weight, in the colours of exposure."""
    techniques = [
        LayerTechnique(
            technique_id=used.technique,
            score=used.weight,
            comment="\n".join((_weight_line(used.weight, used.users, use), *_users(used.users))),
        )
        for used in use.techniques.values()
    ]
    return _layer(
        techniques,
        _use_scale(use),
        use,
        making,
        name=_name(_short(use.name), f"ATT&CK {use.attack_version}"),
        sentences=(f"What {use.name} use.", *said_of_use(use)),
        origins=use.origins,
        words=[("threat", use.name), ("weight", _weight_words(use))],
    )


def _use_scale(use: ThreatUse) -> Scale:
    """Return the scale from the least to the most used technique; from nothing where all are used alike."""
    colors = PALETTES["orange"]
    weights = [used.weight for used in use.techniques.values()]
    low, high = min(weights), max(weights)
    if low == high:
        low = 0
    elif all(isinstance(weight, int) for weight in weights):
        # Drawn by other programs too: whole numbers whose difference is a multiple of the steps.
        high = low + _STEPS * ceil((high - low) / _STEPS)
    high = clear_maximum(high, weights, colors)
    unit = _UNITS.get(use.unit, (use.unit, f"{use.unit}s"))
    if low == 0:
        points: tuple[tuple[Number, str], ...] = ((high, f"{shown(rounded(high))} {unit[high != 1]}"),)
    else:
        numbers = tuple(rounded(low + (high - low) * n / _STEPS) for n in range(_STEPS + 1))
        points = tuple((number, label.replace("+", "")) for number, label in amounts(numbers, unit))
    return Scale("use", ANALYSES["use"], low, high, colors, legend(points, low, high, colors))


_UNITS: Final = {"software": ("software", "software"), "weight": ("weight", "weight")}


# ---- plans -----------------------------------------------------------------------------------------------------------


def plan_layer(plan: Plan, making: Making) -> Layer:
    """Return the layer of a plan: every technique that is used, by the step that covers it first."""
    use, had = plan.use, {(means.framework, means.id) for means in plan.have}
    steps = {technique: number for number, step in enumerate(plan.steps, 1) for technique in step.adds}
    techniques = []
    for used in use.techniques.values():
        covered = plan.coverage.techniques.get(used.technique)
        owned = [means for means in covered.means if (means.framework, means.id) in had] if covered else []
        number = 0 if owned else steps.get(used.technique)
        techniques.append(_planned(used, plan, number, owned, covered))
    first, *rest = plan.coverage.name.split(" · ")
    words = [
        *_side("to choose from", plan.coverage),
        ("threat", use.name),
        ("there already", ", ".join(means.id for means in plan.have)),
        ("steps", ", ".join(f"{number} {step.means.id}" for number, step in enumerate(plan.steps, 1))),
    ]
    return _layer(
        techniques,
        _step_scale(plan),
        plan.coverage,
        making,
        name=_name(f"Plan of {len(plan.steps)} for {_short(use.name)}", first, *rest),
        sentences=of_plan(plan).sentences,
        origins=(*plan.coverage.origins, *use.origins),
        words=words,
    )


def _planned(
    used: Use, plan: Plan, number: int | None, owned: Sequence[Means], covered: Covered | None
) -> LayerTechnique:
    users = (_weight_line(used.weight, used.users, plan.use), *_users(used.users))
    if number is None:
        reached = "\nsomething covers it, but not in the plan" if covered else ""
        comment = "\n".join((f"not covered{reached}", *users))
        return LayerTechnique(technique_id=used.technique, color=STATE_COLORS["uncovered"], comment=comment)
    if number:
        means = plan.steps[number - 1].means
        head = [f"step {number}: {means.id} {means.name}".rstrip()]
    else:
        head = ["there already", *_bounded(_labels(owned), "covered by:")]
    return LayerTechnique(
        technique_id=used.technique,
        score=number,
        comment="\n".join((*head, *users)),
        metadata=_facts(("weight", shown(used.weight))),
    )


def _step_scale(plan: Plan) -> Scale:
    """Return the scale of steps, the first one the darkest, with what stays uncovered in a colour of its own."""
    colors = PALETTES["blue"][::-1]
    last = max(len(plan.steps), 1)
    high = clear_maximum(last, range(last + 1), colors)
    points: list[tuple[Number, str]] = [(0, "there already")] if plan.have else []
    marks = sorted({1, ceil(last / 2), last})
    points += [(number, f"step {number}") for number in marks]
    items = list(legend(points, 0, high, colors))
    return Scale(
        name="step",
        meaning=f"{ANALYSES['step']}: the step that covers a technique first",
        minimum=0,
        maximum=high,
        colors=colors,
        legend=(*items, msgspec.structs.replace(items[0], label="not covered", color=STATE_COLORS["uncovered"])),
        aggregate="min",
    )


# ---- what they share -------------------------------------------------------------------------------------------------


def _kinds(analysis: str, colors: Mapping[str, str]) -> tuple[Scale, Mapping[str, int]]:
    """Return the scale of the kinds that an analysis tells apart, and the score of each: the first has the highest."""
    codes = {kind: len(colors) - place for place, kind in enumerate(colors, 1)}
    classes = [Class(codes[kind], kind, color) for kind, color in colors.items()]
    return categorical(analysis, ANALYSES[analysis], classes), codes


def _layer(
    techniques: Iterable[LayerTechnique],
    scale: Scale,
    of: Coverage | ThreatUse,
    making: Making,
    *,
    name: str,
    sentences: Iterable[str],
    origins: Iterable[Origin],
    words: Iterable[tuple[str, str]],
) -> Layer:
    """Return a layer with the heading that a result has where `making` gives it no other."""
    heading = Heading(
        name=making.name or name,
        description=clean_name(" ".join(sentences)) if making.description is None else making.description,
        metadata=_provenance(origins, of, scale.name, words, making.command),
    )
    in_order = tuple(sorted(techniques, key=lambda technique: technique.technique_id))
    return compose(in_order, heading, scale, of.domain, of.attack_version, Opening())


def _provenance(
    origins: Iterable[Origin],
    of: Coverage | ThreatUse,
    analysis: str,
    words: Iterable[tuple[str, str]],
    command: str,
) -> tuple[Metadata | Divider, ...]:
    """Return the metadata of a layer: the sources, what was asked of them, and the command."""
    entries: list[Metadata | Divider] = []
    for origin in dict.fromkeys(origins):
        entries += _facts(
            ("source", origin.name),
            ("SHA-256", origin.sha256),
            ("framework", origin.framework),
            ("ATT&CK release", origin.attack_version),
        )
        entries.append(Divider())
    return (
        *entries,
        *_facts(
            ("layer's ATT&CK release", f"{of.attack_version} {of.domain}"),
            *words,
            ("score", f"{analysis}: {ANALYSES[analysis]}"),
            ("command", command),
            ("made with", f"navigator-export {__version__}"),
        ),
    )


def _side(label: str, coverage: Coverage) -> list[tuple[str, str]]:
    return [(label, coverage.name), (f"{label}: selection", coverage.selection)]


def _facts(*pairs: tuple[str, str]) -> tuple[Metadata, ...]:
    cleaned = ((name, clean_name(" ".join(value.split()))) for name, value in pairs)
    return tuple(Metadata(name, value) for name, value in cleaned if value)


def _weight_words(use: ThreatUse) -> str:
    return "as stated" if use.unit == "weight" else f"how many {_UNITS.get(use.unit, ('', f'{use.unit}s'))[1]} use it"


def _weight_line(weight: Number, users: Sequence[str], use: ThreatUse) -> str:
    if not users:
        return f"weight {shown(weight)}"
    if len(users) == 1:
        return f"used by {clean_name(users[0])}"
    return f"used by {len(users)} {_UNITS.get(use.unit, ('', f'{use.unit}s'))[1]}"


def _users(users: Sequence[str]) -> list[str]:
    """Return who uses a technique, in lines; nothing for one, whom the line of the weight names."""
    return _bounded(users, "who:") if len(users) > 1 else []


def _labels(means: Sequence[Means]) -> list[str]:
    ranked = sorted(means, key=lambda one: (-one.best, one.id))
    return [one.label if one.ratings else f"{one.id} {shortened(one.name)}".rstrip() for one in ranked]


def _bounded(texts: Sequence[str], head: str) -> list[str]:
    """Return a heading and texts below it, as many as a comment has room for, with a count of the rest; or nothing."""
    if not texts:
        return []
    lines = [clean_name(" ".join(text.split())) for text in texts]
    shown_ = fitting([height(line) for line in lines], _PART)
    return ["", head, *lines[:shown_], *and_more(len(lines) - shown_)]


def _first(name: str) -> str:
    """Return the part of a coverage's name that says most."""
    return _short(name.split(" · ", maxsplit=1)[0])


def _short(text: str) -> str:
    words = clean_name(without_forbidden(" ".join(text.split())))
    return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1].rstrip()}…"


def _name(*parts: str) -> str:
    return " · ".join(filter(None, map(_short_part, parts)))


def _short_part(text: str) -> str:
    return clean_name(without_forbidden(" ".join(text.split())))
