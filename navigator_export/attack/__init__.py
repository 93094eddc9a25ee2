"""The ATT&CK technique catalogue."""

from navigator_export.attack.catalogue import Catalogue, Release, Standing, Technique, builtin

__all__ = ["Catalogue", "Release", "Standing", "Technique", "builtin"]
