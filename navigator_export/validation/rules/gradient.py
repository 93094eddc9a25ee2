"""Gradients that do not colour every score."""

from __future__ import annotations

from collections.abc import Iterator

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView, is_number

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


def check_gradient(view: LayerView) -> Iterator[Finding]:
    """Find a gradient whose range does not rise, and scores that fall between its last two colours."""
    gradient = view.layer.get("gradient")
    if not isinstance(gradient, dict):
        return
    low, high = gradient.get("minValue"), gradient.get("maxValue")
    if not (is_number(low) and is_number(high)):
        return
    if low >= high:
        yield GRADIENT_RANGE.finding(f"{view.path}.gradient", f"minValue {low} is not below maxValue {high}")
        return
    # The Navigator has colours 0 to 99 and asks for round(100 * fraction): from 99.5 % on, short of the whole, none.
    last = low + (high - low) * 0.995
    for path, entry in view.techniques:
        score = entry.get("score")
        if is_number(score) and last <= score < high:
            yield GRADIENT_TOP.finding(
                f"{path}.score",
                f"{score} is within half a percent of maxValue {high}",
                "round it, or raise maxValue",
            )
