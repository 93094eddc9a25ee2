"""What of a layer's name survives where each layer becomes a sheet of an Excel file.

The Navigator's "export all layers to Excel" names a sheet after the matrix, the release and the layer, and cuts that to
31 characters; mitreattack-python's ToExcel takes the layer's name alone. Both end without a file where a name has a
character that Excel refuses, the Navigator also where two sheets have one name, in upper or lower case.
"""

from __future__ import annotations

import re
from typing import Final

from navigator_export.model import Domain

FORBIDDEN: Final = "*?:\\/[]"
"""Characters that no sheet's name may have."""

_LONGEST: Final = 31
"""Characters of a sheet's name."""

_MATRICES: Final[dict[Domain, str]] = {
    "enterprise": "Enterprise ATT&CK",
    "mobile": "Mobile ATT&CK",
    "ics": "ICS ATT&CK",
}

_INSTEAD: Final = str.maketrans("*?\\/:[]'", "…_---()’")


def forbidden_in(name: str) -> str:
    """Return the characters of a name that no sheet's name may have, each once."""
    return "".join(dict.fromkeys(character for character in name if character in FORBIDDEN))


def without_forbidden(text: str) -> str:
    """Return a text with something alike in the place of each character that no sheet's name may have."""
    return re.sub(r"\s*:\s+", " – ", text).translate(_INSTEAD)


def room(domain: Domain, major: int) -> int:
    """Return how many characters of a layer's name the Navigator has room for in a sheet's name."""
    return _LONGEST - len(f"{_MATRICES[domain]} v{major} (")


def shown_in_sheet(name: str, domain: Domain, major: int) -> str:
    """Return the part of a name that has to differ between layers of a domain and release, in lower case."""
    # The Navigator counts in halves of characters where they lie beyond the basic plane.
    units = name.lower().encode("utf-16-le", "surrogatepass")[: 2 * room(domain, major)]
    return units.decode("utf-16-le", "replace")
