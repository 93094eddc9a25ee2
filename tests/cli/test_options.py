from __future__ import annotations

import click
import pytest

from navigator_export.cli.options import tiers_from
from navigator_export.tiers import TierOptions


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        ((), ()),
        (("E1,E3, E5",), (("*", ("E1", "E3", "E5")),)),
        (("m365:E1,E3", "low,high"), (("m365", ("E1", "E3")), ("*", ("low", "high")))),
    ],
)
def test_tier_orders(texts: tuple[str, ...], orders: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    assert tiers_from({"tier_orders": texts, "assigned": ()}) == TierOptions(orders=orders)


@pytest.mark.parametrize("text", ["", ",", "m365:"])
def test_bad_tier_orders(text: str) -> None:
    with pytest.raises(click.BadParameter, match="E1,E3,E5"):
        tiers_from({"tier_orders": (text,), "assigned": ()})
