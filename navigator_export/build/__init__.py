"""Building: every layer of a manifest, in a folder with an index, or a check that the folder is what it should be."""

from navigator_export.build.batch import build, check
from navigator_export.build.drift import Drift
from navigator_export.build.manifest import Manifest, ManifestError, read_manifest
from navigator_export.build.results import Built, Made, Watcher

__all__ = ["Built", "Drift", "Made", "Manifest", "ManifestError", "Watcher", "build", "check", "read_manifest"]
