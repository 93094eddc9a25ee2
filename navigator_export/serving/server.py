"""The server: on loopback, for reading alone, and shy of everything that a browser might be made to ask it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from navigator_export.errors import OutputError, Problem, reason
from navigator_export.serving.site import Page, Site

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - inside a container, whose ports are published one by one

_OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Hosts that a browser of this computer asks for. Any other name leads here by somebody's trick with names."""

_LONGEST_WAIT: Final = 30
"""Seconds that a client may keep a thread waiting."""


class Server:
    """Serves a site until it is stopped."""

    def __init__(self, site: Site, *, navigator: str, port: int = 0, in_container: bool = False) -> None:
        """Take a port, a free one for 0.

        `navigator` is the address of the Navigator that may read the layers; empty for the site's own.
        Raises OutputError where the port cannot be had.
        """
        try:
            self._server = _Listener((EVERYWHERE if in_container else LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            hint = "name another one, or none for any that is free"
            raise OutputError("", [Problem(f"port {port} cannot be had: {reason(error)}", "--port", hint)]) from None
        self.origin = f"http://{LOOPBACK}:{self._server.server_address[1]}/"
        self.navigator = navigator or self.origin
        allowed = urlsplit(self.navigator)
        self._server.reader = f"{allowed.scheme}://{allowed.netloc}"
        self._server.page = lambda address: site.page(address, self.origin, self.navigator)

    def run(self) -> None:
        """Serve until an exception, such as an interruption, ends it."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.shutdown()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # On Windows the option would let a second server take the port of a first.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")
    reader: str = ""
    """Origin that may read what is served, besides pages of this server."""
    page: Callable[[str], Page | None] = staticmethod(lambda address: None)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = _LONGEST_WAIT
    server_version = "navigator-export"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with what stands at the address."""
        self._answer(with_data=True)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the data."""
        self._answer(with_data=False)

    def do_OPTIONS(self) -> None:
        """Tell a browser whether a page of another origin may ask."""
        if self._is_for_us():
            self.send_response(HTTPStatus.NO_CONTENT)
            self._send_permission()
            self.end_headers()

    def _answer(self, *, with_data: bool) -> None:
        if not self._is_for_us():
            return
        page = self.server.page(self.path.partition("?")[0].partition("#")[0])
        if page is None:
            self.send_error(HTTPStatus.NOT_FOUND, "Nothing is served here")
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", page.type)
        self.send_header("Content-Length", str(len(page.data)))
        self._send_permission()
        self.end_headers()
        if with_data:
            self.wfile.write(page.data)

    def _is_for_us(self) -> bool:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host.lower() in _OWN_NAMES:
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to 127.0.0.1 and localhost alone")
        return False

    def _send_permission(self) -> None:
        self.send_header("Vary", "Origin")
        if self.headers.get("Origin") == self.server.reader:
            self.send_header("Access-Control-Allow-Origin", self.server.reader)
            self.send_header("Access-Control-Allow-Methods", "GET, HEAD")
            self.send_header("Access-Control-Allow-Private-Network", "true")

    def end_headers(self) -> None:
        """Add what holds for every answer."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Log nothing: who is at the computer sees the page."""
