"""A picture as a page: boxes and texts at their places, whatever is then made of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

import msgspec

SubTechniques = Literal["annotated", "all", "layer", "none"]
SUB_TECHNIQUES: Final[tuple[SubTechniques, ...]] = ("annotated", "all", "layer", "none")

PageName = Literal["a3", "a4", "16:9", "auto"]
PAGES: Final[MappingProxyType[PageName, tuple[float, float] | None]] = MappingProxyType(
    {"a3": (1587.0, 1123.0), "a4": (1123.0, 794.0), "16:9": (1920.0, 1080.0), "auto": None}
)
"""Sizes in CSS pixels, 96 of which are an inch: paper lies on its side; `auto` is as large as the texts ask for."""


class Theme(msgspec.Struct, frozen=True):
    """The colours around those of the layer."""

    page: str
    text: str
    quiet: str
    """Of texts that matter less; 4.5:1 or more on page and head."""
    cell: str
    """Of a cell without a colour."""
    line: str
    head: str
    """Behind the name of a tactic."""


ThemeName = Literal["light", "dark"]
THEMES: Final[MappingProxyType[ThemeName, Theme]] = MappingProxyType(
    {
        "light": Theme("#ffffff", "#16181d", "#565c66", "#ffffff", "#c9cdd4", "#e9ecf1"),
        "dark": Theme("#17181f", "#f2f3f7", "#a9afbb", "#2e2e3f", "#4b4d63", "#262733"),
    }
)
"""A cell without a colour is that of the Navigator in the same theme."""


class Look(msgspec.Struct, frozen=True):
    """How a picture is to look."""

    page: PageName = "auto"
    theme: ThemeName = "light"
    sub_techniques: SubTechniques = "annotated"
    """Which sub-techniques show: those that the layer annotates, all, those that show when it opens, or none."""
    only_scored: bool = False
    """Whether to leave out what has neither a score nor a colour."""

    @property
    def behind(self) -> str:
        """Return the colour of cells without one, on which `picture_of` is to lay the layer's."""
        return THEMES[self.theme].cell


class Box(msgspec.Struct, frozen=True, gc=False):
    """A rectangle; without a colour where that is empty."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str = ""
    line_width: float = 0.0


class Text(msgspec.Struct, frozen=True, gc=False):
    """One line of text."""

    x: float
    y: float
    """Of the base line."""
    text: str
    size: float
    color: str
    wide: float
    """How wide it is."""
    bold: bool = False
    at_end: bool = False
    """Whether `x` is where it ends, not where it begins."""
    struck: bool = False


class Part(msgspec.Struct, frozen=True, gc=False):
    """What belongs together, such as a cell."""

    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]
    title: str = ""
    """What is to be known of it, for those who point at it or cannot see it."""


class Page(msgspec.Struct, frozen=True):
    """A whole picture."""

    width: float
    height: float
    color: str
    title: str
    description: str
    parts: tuple[Part, ...]
    text_size: float
    """Of the techniques' names, in pixels."""
