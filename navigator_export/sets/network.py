"""Whether this process may fetch, and who is told how it goes; whoever runs it says so, once for all that it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

import msgspec

Advance = Callable[[int], None]
"""Takes the number of bytes that came."""

Show = Callable[[str, int], AbstractContextManager[Advance]]
"""Takes the name of what is fetched, and its size or 0 where that is not known; shows how it goes until it is left."""


def _silently(name: str, size: int) -> AbstractContextManager[Advance]:
    return nullcontext(lambda count: None)


class Network(msgspec.Struct, frozen=True):
    """What may be fetched, and how that is shown."""

    offline: bool = False
    """Whether nothing may be fetched."""
    show: Show = _silently


_NETWORK: Final = ContextVar("network", default=Network())  # noqa: B039 - it is frozen


def network() -> Network:
    """Return what was said last."""
    return _NETWORK.get()


@contextmanager
def using(**changes: object) -> Iterator[None]:
    """Change the fields that are named, until the context is left."""
    token = _NETWORK.set(msgspec.structs.replace(_NETWORK.get(), **changes))
    try:
        yield
    finally:
        _NETWORK.reset(token)
