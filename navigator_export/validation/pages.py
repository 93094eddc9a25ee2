"""The pages of the rules: what each reports, why it is bad, an example, and what to write instead."""

from __future__ import annotations

from typing import Final

from navigator_export.packaged import packaged_text

REPOSITORY: Final = "https://github.com/navigator-export/navigator-export"
FOLDER: Final = "docs/rules"


def page(rule: str) -> str | None:
    """Return the page of a rule, by its id, as Markdown; None where it has none."""
    try:
        return packaged_text(f"{FOLDER}/{rule}.md")
    except OSError:
        return None


def address(rule: str) -> str:
    """Return the web address of a rule's page."""
    return f"{REPOSITORY}/blob/main/{FOLDER}/{rule}.md"
