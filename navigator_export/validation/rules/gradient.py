"""Gradients that do not colour every score, or give scores one colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from navigator_export.validation.annotations import colour_of
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView, is_number
from navigator_export.wording import counted

GRADIENT_RANGE = Rule(
    "gradient-range",
    "error",
    "The gradient's least value is not below its greatest: all scores get one colour.",
)
GRADIENT_TOP = Rule(
    "gradient-top",
    "error",
    "A score lies just below the gradient's greatest value: the Navigator crashes, and the matrix does not load.",
)
SCORES_ALIKE = Rule(
    "scores-alike",
    "warning",
    "Scores that differ get one colour: they lie outside the gradient's range, or too close together for it.",
)


def check_gradient(view: LayerView) -> Iterator[Finding]:
    """Find a gradient whose range does not rise, and scores that fall between its last two colours."""
    gradient = view.part("gradient")
    low, high = gradient.get("minValue"), gradient.get("maxValue")
    if not (is_number(low) and is_number(high)):
        return
    if low >= high:
        yield GRADIENT_RANGE.finding(
            f"{view.path}.gradient",
            f"minValue {low} is not below maxValue {high}",
            "write the least score as minValue and the greatest as maxValue",
        )
        return
    # The Navigator has colours 0 to 99 and asks for round(100 * fraction): from 99.5 % on, short of the whole, none.
    last = low + (high - low) * 0.995
    scores = ((path, entry.get("score")) for path, entry in view.techniques)
    at_top = [(path, score) for path, score in scores if is_number(score) and last <= score < high]
    if at_top:
        path, score = at_top[0]
        others = f", as are {counted(len(at_top) - 1, 'other score')}" if len(at_top) > 1 else ""
        yield GRADIENT_TOP.finding(
            f"{path}.score",
            f"{score} is within half a percent of maxValue {high}{others}",
            "round it, or raise maxValue",
        )


def check_scores(view: LayerView) -> Iterator[Finding]:
    """Find different scores that the gradient gives one colour."""
    bounds = _range(view)
    if bounds is None:
        return
    low, high = bounds
    scores = [
        entry.fields["score"]
        for entry in view.entries
        if is_number(entry.fields.get("score"))
        and entry.fields.get("enabled") is not False
        and not colour_of(entry.fields)
    ]
    top, bottom = [s for s in scores if s >= high], [s for s in scores if s <= low]
    alike = [
        s
        for side, is_told in ((top, _has_open_top(view)), (bottom, False))
        if _differ(side) and not is_told
        for s in side
    ]
    outside = sum(not low <= s <= high for s in alike)
    where = f"{view.path}.gradient" if "gradient" in view.layer else view.path
    hint = f"set the gradient's minValue and maxValue to {min(scores)} and {max(scores)}" if scores else ""
    if alike:
        said = f"{outside} of {counted(len(scores), 'score')} lie outside the gradient, {low} to {high}, and look alike"
        yield SCORES_ALIKE.finding(where, said, hint)
    elif _differ(scores) and len({_step(s, low, high) for s in scores}) == 1:
        said = f"all {counted(len(scores), 'score')} get one colour of the gradient, {low} to {high}"
        yield SCORES_ALIKE.finding(where, said, hint)


def _range(view: LayerView) -> tuple[float, float] | None:
    """Return the range of scores that the Navigator colours, its own where the layer has none; None for a bad one."""
    if "gradient" not in view.layer:
        return _DEFAULT
    low, high = view.part("gradient").get("minValue"), view.part("gradient").get("maxValue")
    return (low, high) if is_number(low) and is_number(high) and low < high else None


_DEFAULT: Final = (0, 100)


def _differ(scores: Sequence[Any]) -> bool:
    return len(set(scores)) > 1


def _step(score: float, low: float, high: float) -> int:
    """Return the number of a score's colour among the hundred of a gradient."""
    if score >= high:
        return 99
    return 0 if score <= low else round((score - low) / (high - low) * 100)


def _has_open_top(view: LayerView) -> bool:
    """Return whether the legend says that its last colour stands for more, so that nobody is misled."""
    legend = view.layer.get("legendItems")
    labels = [item.get("label") for item in legend if isinstance(item, dict)] if isinstance(legend, list) else []
    return any(_OPEN.search(label) for label in labels if isinstance(label, str))


_OPEN: Final = re.compile(r"\b(or|and) (more|above|over|higher)\b|[0-9]\s*\+|[≥>]", re.IGNORECASE)
