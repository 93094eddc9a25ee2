"""Layers in the Navigator by one command: links that hold them whole, and the local page that carries such a link."""

from navigator_export.opening.browser import start_browser
from navigator_export.opening.links import LONGEST, PUBLIC_NAVIGATOR, Link, checked_navigator, link_to, opening_address
from navigator_export.opening.page import link_page, place_page

__all__ = [
    "LONGEST",
    "PUBLIC_NAVIGATOR",
    "Link",
    "checked_navigator",
    "link_page",
    "link_to",
    "opening_address",
    "place_page",
    "start_browser",
]
