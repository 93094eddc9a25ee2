"""What changed from one build's folder to another, layer by layer."""

from __future__ import annotations

from pathlib import Path

import msgspec

from navigator_export.analysis.comparison import CHANGES, compare
from navigator_export.analysis.coverage import coverage_of_layer
from navigator_export.analysis.reports import SOME_COVERAGE, Column, Report, Table
from navigator_export.analysis.sides import Side, common_release, layer_in
from navigator_export.attack import Catalogue
from navigator_export.build.index import INDEX, IndexedLayer, read_index
from navigator_export.build.ownership import content
from navigator_export.errors import Problem, SourceError


class LayerChange(msgspec.Struct, frozen=True):
    """What became of one layer that both folders have."""

    file: str
    name: str
    counts: dict[str, int]
    """Techniques by what became of them."""
    before: int
    """Techniques covered."""
    after: int
    of: int
    """Techniques of the matrix."""


class FolderComparison(msgspec.Struct, frozen=True):
    """The layers of two folders, paired by their files."""

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[LayerChange, ...]
    """Those in which coverage differs, in the order of the new index."""
    same: int
    """Layers in which no coverage differs."""
    notes: tuple[str, ...] = ()
    """Layers that could not be compared, each a sentence."""

    @property
    def differs(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.removed or self.changed or self.notes)


def compare_folders(old: str, new: str, catalogue: Catalogue) -> FolderComparison:
    """Return what changed from one folder to another; each layer is moved to the newer release of its pair.

    Raises SourceError where an index or a layer cannot be read.
    """
    before, after = (_layers(folder) for folder in (old, new))
    changed: list[LayerChange] = []
    notes: list[str] = []
    same = 0
    for file in (file for file in after if file in before):
        if before[file].sha256 == after[file].sha256:
            same += 1
            continue
        if before[file].domain != after[file].domain:
            notes.append(f"{file} was of {before[file].domain}, and is of {after[file].domain}")
            continue
        change = _change(file, old, new, catalogue)
        if change is None:
            same += 1
        else:
            changed.append(change)
    return FolderComparison(
        old=Path(old).name or old,
        new=Path(new).name or new,
        added=tuple(file for file in after if file not in before),
        removed=tuple(file for file in before if file not in after),
        changed=tuple(changed),
        same=same,
        notes=tuple(notes),
    )


def of_folders(found: FolderComparison) -> Report:
    """Return what a comparison of folders says."""
    sentences = (
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed, {found.same} same.",
        *(f"{note}." for note in found.notes),
        SOME_COVERAGE,
    )
    rows = [("added", file, *[""] * 8) for file in found.added]
    rows += [("removed", file, *[""] * 8) for file in found.removed]
    rows += [
        ("changed", one.file, one.name, *(str(one.counts[c]) for c in CHANGES if c != "same"), *_totals(one))
        for one in found.changed
    ]
    numbers = (*(change for change in CHANGES if change != "same"), "before", "after", "of")
    columns = (*map(Column, ("layer", "file", "name")), *(Column(title, is_number=True) for title in numbers))
    return Report(f"{found.old} → {found.new}", sentences, (Table("Layers", columns, tuple(rows)),))


def _totals(change: LayerChange) -> tuple[str, str, str]:
    return str(change.before), str(change.after), str(change.of)


def _layers(folder: str) -> dict[str, IndexedLayer]:
    index = read_index(content(Path(folder, INDEX)) or b"")
    if index is None:
        raise SourceError(str(Path(folder, INDEX)), [Problem("is no index that a build wrote", hint="build it anew")])
    return {layer.file: layer for layer in index.layers}


def _change(file: str, old: str, new: str, catalogue: Catalogue) -> LayerChange | None:
    """Return what became of a layer; None where no coverage differs."""
    paths = [str(Path(folder, file)) for folder in (old, new)]
    sides = [Side(path, layer=layer_in(_bytes(path), path)) for path in paths]
    version = common_release(sides, None, catalogue)
    before, after = (
        coverage_of_layer(side.layer, side.name, catalogue, version) for side in sides if side.layer is not None
    )
    found = compare(before, after, catalogue)
    if not found.differs:
        return None
    counts: dict[str, int] = dict(found.counts.items())
    covered_before, covered_after = found.total.counts
    return LayerChange(file, after.name, counts, covered_before, covered_after, found.total.of)


def _bytes(path: str) -> bytes:
    data = content(Path(path))
    if data is None:
        raise SourceError(path, [Problem("is listed in the index, and cannot be read", hint="build the folder anew")])
    return data
