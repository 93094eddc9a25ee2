"""HTML that asks nobody for anything: texts as text, never as markup, and a policy that lets only its own parts run."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that a page may not hold: controls, halves of characters, and what Unicode keeps for no character."""

MARK: Final = "\n".join(
    (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="generator" content="navigator-export">',
    )
)
"""What every page begins with."""


def escaped(text: str) -> str:
    """Return a text as HTML and SVG show it, in content and in quoted attributes alike."""
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n")).translate(_ENTITIES)


def document(title: str, body: str, *, style: str, script: str = "") -> bytes:
    """Return a whole page: its title a text and its `body` markup; style and script are its own and run alone.

    A policy in the page names both by their digests: nothing else runs, is loaded or sent, whatever the body holds.
    """
    policy = (
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'" if script else "script-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    parts = (
        MARK,
        f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escaped(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        body,
        *([f"<script>{script}</script>"] if script else []),
        "</body>",
        "</html>",
    )
    return ("\n".join(parts) + "\n").encode()


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
