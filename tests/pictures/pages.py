"""Pages read without a browser: their elements, as HTML's own rules make them of a text."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser


class Read(HTMLParser):
    """The elements of a page, in order, with their attributes, and its texts."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._raw = {"script": "", "style": ""}
        self._in = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in = tag if tag in self._raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in:
            self._raw[self._in] += data
        else:
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        """Return all that is shown."""
        return "".join(self.texts)

    @property
    def policy(self) -> str:
        """Return the Content-Security-Policy."""
        [policy] = [meta["content"] for meta in self.all("meta") if "http-equiv" in meta]
        return policy

    def digest(self, tag: str) -> str:
        """Return the digest of the script or the style, as a policy names it."""
        return f"'sha256-{b64encode(sha256(self._raw[tag].encode()).digest()).decode()}'"

    @property
    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the elements with the names of their attributes."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]


def assert_asks_nobody(page: Read) -> None:
    """Assert that a page loads and sends nothing, and that nothing runs but what its policy names."""
    assert page.policy == (
        f"default-src 'none'; style-src {page.digest('style')}; script-src {page.digest('script')}; "
        "base-uri 'none'; form-action 'none'"
    )
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "link", "object", "embed", "base", "image", "use", "video", "audio"}
        assert not {"style", "src", "srcset", "xlink:href"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    assert len(page.all("script")) == len(page.all("style")) == 1
