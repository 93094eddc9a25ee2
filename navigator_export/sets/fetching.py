"""Bytes from an https address: no more than asked for, from that host alone, and not for ever.

The only module that loads pooch and requests, and only when something is fetched.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.sets.network import Advance, network
from navigator_export.wording import counted, shortened

CONNECT_SECONDS: Final = 15
SILENT_SECONDS: Final = 30
"""How long a server may take to be reached, and to send nothing."""
LONGEST_SECONDS: Final = 600
"""How long one file may take altogether."""
_MOST_MOVES: Final = 5
_CHUNK: Final = 2**16


def parts_of(address: str) -> SplitResult:
    """Return the parts of an https address. Raises SourceError for any other, and for one with a password in it."""
    try:
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname or parts.port == 0:
            raise ValueError
    except ValueError:
        hint = "expected one like https://example.org/mappings.json"
        raise SourceError(
            shortened(address), [Problem("is not an https address, and no other is read", hint=hint)]
        ) from None
    if parts.username is not None or parts.password is not None:
        # Neither shown nor written anywhere, and so not sent either: what names a source stands in its layers.
        hint = "leave them out; a .netrc file can hold them"
        raise SourceError(
            f"https://…@{parts.hostname}", [Problem("the address has a name or password in it", hint=hint)]
        )
    return parts


def fetch(address: str, called: str, most: int, *, size: int = 0, by_hand: str = "", token: str = "") -> bytes:
    """Return the bytes at an https address.

    `called` names them in messages; more than `most` are refused as they come; `size` is how many are expected, where
    that is known; `by_hand` is what else the user can do; `token` tells that host who asks. Redirects are followed on
    the same host alone.
    Raises SourceError where they cannot be had.
    """
    if network().offline:
        raise SourceError(called, [Problem("is not here, and nothing is fetched offline", hint=by_hand)])
    host = parts_of(address).netloc
    deadline = time.monotonic() + LONGEST_SECONDS
    with network().show(called, size) as advance:
        for _ in range(_MOST_MOVES):
            try:
                return _fetch_one(address, most, deadline, advance, token)
            except _RefusedError as refused:
                raise SourceError(called, [Problem(str(refused), hint=by_hand)]) from None
            except _MovedError as moved:
                address = urljoin(address, moved.location)
                if urlsplit(address)[:2] != ("https", host):
                    to = urlsplit(address)
                    problem = Problem(
                        f"is redirected to {shortened(f'{to.scheme}://{to.netloc}')}, another host", hint=by_hand
                    )
                    raise SourceError(called, [problem]) from None
    raise SourceError(called, [Problem("is redirected again and again", hint=by_hand)])


class _RefusedError(Exception):
    """What came is not taken; the text says why."""


class _MovedError(Exception):
    """The server says that it lies elsewhere."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


class _Bounded(io.BytesIO):
    """What is fetched, up to a limit."""

    def __init__(self, most: int, advance: Advance) -> None:
        super().__init__()
        self._most = most
        self._advance = advance

    def write(self, data: Any) -> int:
        """Take some more. Raises _RefusedError where that is too much."""
        if self.tell() + len(data) > self._most:
            raise _RefusedError(f"cannot be fetched: the server sends more than {counted(self._most, 'byte')}")
        self._advance(len(data))
        return super().write(data)


def _fetch_one(address: str, most: int, deadline: float, advance: Advance, token: str) -> bytes:
    import pooch  # where something is fetched
    import requests

    taken = _Bounded(most, advance)
    headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {token}"} if token else {})}
    with _ended_at(deadline) as watch, _certificates_of_the_system():
        download = pooch.HTTPDownloader(
            chunk_size=_CHUNK,
            timeout=(CONNECT_SECONDS, SILENT_SECONDS),
            allow_redirects=False,
            headers=headers,
            hooks={"response": [watch, _check]},
        )
        try:
            download(address, taken, None)
        except (_RefusedError, _MovedError):
            raise
        except requests.exceptions.SSLError:
            raise _RefusedError(
                "cannot be fetched: the server's certificate is not one that this system trusts"
            ) from None
        except Exception as error:
            if time.monotonic() >= deadline:
                raise _RefusedError(_took_too_long()) from None
            if not isinstance(error, OSError | ValueError):  # requests' own errors are of these
                raise
            raise _RefusedError(f"cannot be fetched: {_failure(error)}") from None
    if time.monotonic() >= deadline:  # what was cut off then may look whole
        raise _RefusedError(_took_too_long())
    return taken.getvalue()


def _took_too_long() -> str:
    return f"cannot be fetched: it took longer than {counted(LONGEST_SECONDS, 'second')}"


def _check(response: Any, *arguments: Any, **options: Any) -> None:
    """Look at an answer before its body is read."""
    if response.is_redirect:
        raise _MovedError(response.headers["location"])
    if response.status_code != HTTPStatus.OK:
        raise _RefusedError(
            f"cannot be fetched: the server answered {response.status_code} {response.reason or ''}".rstrip()
        )


def _failure(error: Exception) -> str:
    import requests

    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached, or refuses"
    if isinstance(error, requests.exceptions.Timeout):
        return "the server does not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection ended before all had come"
    if isinstance(error, requests.exceptions.ConnectionError):
        silent = "timed out" in str(error)
        return "the server stopped answering" if silent else "there is no connection to the server"
    return shortened(reason(error))


@contextmanager
def _ended_at(deadline: float) -> Iterator[Callable[..., None]]:
    """Give a hook that has an answer's body end at a time, however slowly it comes: reading alone waits for a chunk.

    Answers are closed at the end, also those that are not read to theirs.
    """
    timers: list[threading.Timer] = []
    responses: list[Any] = []

    def watch(response: Any, *arguments: Any, **options: Any) -> None:
        responses.append(response)
        end = getattr(response.raw, "shutdown", response.raw.close)
        timers.append(threading.Timer(max(0.0, deadline - time.monotonic()), _quietly, (end,)))
        timers[-1].daemon = True
        timers[-1].start()

    try:
        yield watch
    finally:
        for timer, response in zip(timers, responses, strict=True):
            timer.cancel()
            response.close()


def _quietly(end: Callable[[], None]) -> None:
    with suppress(Exception):  # it ended just now
        end()


@contextmanager
def _certificates_of_the_system() -> Iterator[None]:
    """Have connections trust what the system trusts, such as the certificate of a company's proxy; else as before."""
    import ssl  # where something is fetched

    import truststore

    if ssl.SSLContext is truststore.SSLContext:  # whoever runs this has done so already
        yield
        return
    truststore.inject_into_ssl()
    try:
        yield
    finally:
        truststore.extract_from_ssl()
