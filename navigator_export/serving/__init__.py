"""Layers, and a Navigator where there is one, served to the browsers of this computer and to nobody else."""

from navigator_export.serving.server import Server
from navigator_export.serving.site import Site, site_of

__all__ = ["Server", "Site", "site_of"]
