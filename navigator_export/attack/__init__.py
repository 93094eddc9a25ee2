"""The ATT&CK technique catalogue."""

from navigator_export.attack.catalogue import LATEST, Catalogue, Release, Standing, Technique, builtin, known

__all__ = ["LATEST", "Catalogue", "Release", "Standing", "Technique", "builtin", "known"]
