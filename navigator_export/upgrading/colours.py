"""What the Navigator takes for a colour."""

from __future__ import annotations

import re
from typing import Final

_UNIT: Final = r"[-+]?(?:\d*\.\d+|\d+)%?"
_COLOUR: Final = re.compile(
    rf"#?(?:[0-9a-f]{{3}}|[0-9a-f]{{4}}|[0-9a-f]{{6}}|[0-9a-f]{{8}})"
    rf"|(?:rgb|hsl|hsv)a?[\s(]+{_UNIT}(?:[,\s]+{_UNIT}){{2,3}}\s*\)?",
    re.ASCII,
)


def is_colour(value: object) -> bool:
    """Return whether the Navigator takes a JSON value for a colour: `#rrggbb`, `rgb(…)` and the like, or a CSS name."""
    if not isinstance(value, str):
        return False
    word = value.strip().lower()
    return word in _NAMES or _COLOUR.fullmatch(word) is not None


_CSS: Final = """
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
burlywood burntsienna cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue
darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid
darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink
deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold
goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush
lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey
lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow
lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen
mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin
navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise
palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown royalblue
saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray slategrey snow
springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
transparent
"""
"""The names of colours, as the Navigator's library has them."""

_NAMES: Final = frozenset(_CSS.split())
