"""The ATT&CK technique catalogue."""

from navigator_export.attack.catalogue import Catalogue, Release, Standing, Technique, builtin, known

__all__ = ["Catalogue", "Release", "Standing", "Technique", "builtin", "known"]
