from __future__ import annotations

import click
import pytest

from navigator_export.cli.values import Assignment, Range, Weights


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("minimal=10,partial=50,significant=100", (10, 50, 100)),
        ("significant=3, minimal=0.5 ,partial=1", (0.5, 1, 3)),
        ("minimal=1e1,partial=2e1,significant=1e2", (10, 20, 100)),
    ],
)
def test_weights(text: str, value: tuple[float, ...]) -> None:
    assert Weights().convert(text, None, None) == value


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "minimal=1,partial=2", "minimal=1,partial=2,significant=x", "minimal=1,partial=2,high=3",
     "minimal=1,partial=2,significant=3,partial=2", "minimal=,partial=2,significant=3"],
)  # fmt: skip
def test_bad_weights(text: str) -> None:
    with pytest.raises(click.BadParameter, match="minimal=10"):
        Weights().convert(text, None, None)


@pytest.mark.parametrize(("text", "value"), [("0:10", (0, 10)), (" -1.5 : 2 ", (-1.5, 2)), ("1:1e3", (1, 1000))])
def test_range(text: str, value: tuple[float, float]) -> None:
    assert Range().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["", "5", "0-10", "0:10:20", "a:b", "0:", ":"])
def test_bad_range(text: str) -> None:
    with pytest.raises(click.BadParameter, match="0:10"):
        Range().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("EID-CA-E3=E5", ("*", "EID-CA-E3", "E5")),
        (" a=b = E5", ("*", "a=b", "E5")),
        ("*=x", ("*", "*", "x")),
        ("m365: EID-* =E5", ("m365", "EID-*", "E5")),
    ],
)
def test_assignment(text: str, value: tuple[str, str, str]) -> None:
    assert Assignment().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["", "A", "=E5", "A=", " = "])
def test_bad_assignment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="EID-CA-E3=E5"):
        Assignment().convert(text, None, None)
