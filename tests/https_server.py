"""A server on https, on this computer alone, that behaves and misbehaves as tests have it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import trustme

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """What it serves, by path; what was asked for."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.certificates = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.certificates))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self._answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self._http = ThreadingHTTPServer(("localhost", 0), self._handler())
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # clients that hang up are meant
        self.address = f"https://localhost:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def clear(self) -> None:
        """Serve nothing any more."""
        self._answers.clear()
        self.asked.clear()
        self.tokens.clear()

    def serve(self, path: str, answer: bytes | Answer) -> str:
        """Serve bytes, or whatever a function answers, at a path; return the address."""
        self._answers[path] = with_body(answer) if isinstance(answer, bytes) else answer
        return f"{self.address}{path}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.tokens.append(self.headers.get("Authorization", ""))
                server._answers.get(self.path, with_status(404))(self)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def with_body(body: bytes, *, length: int | None = None, status: int = 200) -> Answer:
    """Return an answer of a body, which may say another length than it has."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def with_status(status: int) -> Answer:
    """Return an answer that has only a status."""
    return with_body(b"<html>no</html>", status=status)


def redirected(location: str) -> Answer:
    """Return an answer that sends the client elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def endless(chunk: bytes, pause: Callable[[], object] = lambda: None) -> Answer:
    """Return an answer that goes on until the client hangs up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(chunk)
            pause()

    return answer


def raw(text: bytes) -> Answer:
    """Return an answer that is these bytes, and no more."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        handler.close_connection = True

    return answer
