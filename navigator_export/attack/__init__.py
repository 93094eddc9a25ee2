"""The ATT&CK technique catalogue."""

from navigator_export.attack.catalogue import LATEST, Catalogue, Release, Standing, Technique, builtin, known
from navigator_export.attack.matrix import Matrix, Tactic

__all__ = ["LATEST", "Catalogue", "Matrix", "Release", "Standing", "Tactic", "Technique", "builtin", "known"]
