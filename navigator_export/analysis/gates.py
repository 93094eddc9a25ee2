"""What makes a pipeline fail: too little of use covered, a technique open, or less covered than before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from navigator_export.analysis.gaps import Gaps
from navigator_export.errors import Problem, SelectionError, SourceError
from navigator_export.layer.format import Number
from navigator_export.model import TECHNIQUE_ID
from navigator_export.wording import listed, quoted

_CLOSE: Final = 1e-9
"""Shares are sums of weights, which differ in their last digits by the order of adding."""

_MOST_NAMED: Final = 20


class Earlier(msgspec.Struct, frozen=True):
    """What coverage was before, laid against the same threat."""

    by_use: float
    """Share of use that was covered, 0 to 1."""
    by_rating: float | None = None
    covered: tuple[str, ...] | None = None
    """Techniques that were covered; None where that is not told."""


def failing(
    found: Gaps, *, under: Number | None = None, required: Collection[str] = (), earlier: Earlier | None = None
) -> tuple[str, ...]:
    """Return which gates the coverage fails, each a sentence.

    `under` is a percentage of use that has to be covered; `required` are techniques that have to be; `earlier` is what
    must not become less. Raises SelectionError where one of the required is no technique.
    """
    bad = [id_ for id_ in required if not TECHNIQUE_ID.fullmatch(id_)]
    if bad:
        raise SelectionError(Problem(f"no technique ids: {', '.join(map(quoted, bad[:5]))}", "", "write T1114.003"))
    said = []
    share = 100 * found.shares.by_use
    if under is not None and share < under - _CLOSE:
        said.append(f"{share:.1f} % of use is covered, less than {under:g} %")
    open_ = [id_ for id_ in required if id_ not in found.coverage.techniques]
    if open_:
        said.append(f"not covered: {', '.join(open_)}")
    return (*said, *_sunk(found, earlier)) if earlier else tuple(said)


def _sunk(found: Gaps, earlier: Earlier) -> list[str]:
    said = []
    shares = found.shares
    if shares.by_use < earlier.by_use - _CLOSE:
        said.append(f"{_percent(shares.by_use)} of use is covered, and {_percent(earlier.by_use)} was before")
    if shares.by_rating is not None and earlier.by_rating is not None and shares.by_rating < earlier.by_rating - _CLOSE:
        before = _percent(earlier.by_rating)
        said.append(f"weighted by rating, {_percent(shares.by_rating)} of use is covered, and {before} was before")
    lost = [
        id_ for id_ in earlier.covered or () if id_ in found.use.techniques and id_ not in found.coverage.techniques
    ]
    if lost:
        said.append(f"covered before, and not now: {listed(lost, _MOST_NAMED)}")
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# ---- what was before -------------------------------------------------------------------------------------------------


class _Named(msgspec.Struct, frozen=True):
    name: str
    domain: str


class _Technique(msgspec.Struct, frozen=True):
    technique: str
    state: str


class _Shares(msgspec.Struct, frozen=True):
    by_use: float
    by_rating: float | None


class _Answer(msgspec.Struct, frozen=True):
    """An answer of `gaps` in JSON, as far as a gate looks at it."""

    use: _Named
    shares: _Shares
    techniques: tuple[_Technique, ...]


class _Entry(msgspec.Struct, frozen=True):
    coverage: str
    threat: str
    by_use: float
    by_rating: float | None = None


class _Index(msgspec.Struct, frozen=True):
    """A build's index, as far as a gate looks at it."""

    generator: str
    gaps: tuple[_Entry, ...] = ()


def earlier_in(data: bytes, file: str, found: Gaps) -> Earlier:
    """Return what an earlier answer in JSON, or a build's index, says of the same threat.

    Raises SourceError where the file is neither, or says nothing of this threat; in an index, of this coverage too.
    """
    use = found.use
    try:
        answer = msgspec.json.decode(data, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _in_index(data, file, found)
    if (answer.use.name, answer.use.domain) != (use.name, use.domain):
        message = f"is about {quoted(answer.use.name)}, and this is about {quoted(use.name)}"
        raise SourceError(file, [Problem(message, hint="name an answer about the same threat")])
    covered = tuple(one.technique for one in answer.techniques if one.state != "uncovered")
    return Earlier(answer.shares.by_use, answer.shares.by_rating, covered)


def _in_index(data: bytes, file: str, found: Gaps) -> Earlier:
    try:
        index = msgspec.json.decode(data, type=_Index)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        hint = "name what `gaps --format json` wrote, or the index.json of a build"
        raise SourceError(file, [Problem("is no earlier answer", hint=hint)]) from None
    asked = (found.coverage.name, found.use.name)
    entries = [entry for entry in index.gaps if (entry.coverage, entry.threat) == asked]
    if not entries:
        known = ", ".join(f"{entry.coverage} against {entry.threat}" for entry in index.gaps) or "no gaps at all"
        message = f"the index does not say what {found.coverage.name} covers of {found.use.name}"
        raise SourceError(file, [Problem(message, hint=f"it has {known}")])
    return Earlier(entries[0].by_use, entries[0].by_rating)
