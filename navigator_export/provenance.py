"""What a layer says of where it came from: its name, its description, and metadata that let anyone make it again."""

from __future__ import annotations

from collections.abc import Iterator

from navigator_export.characters import clean_name
from navigator_export.frameworks import framework
from navigator_export.layer.composition import Heading
from navigator_export.layer.format import Divider, Metadata
from navigator_export.layer.naming import title
from navigator_export.layer.profiles import Shared
from navigator_export.layer.tally import Tally
from navigator_export.model import Source, stated_releases
from navigator_export.preparation import Settled
from navigator_export.version import __version__
from navigator_export.wording import counted


def heading_of(settled: Settled, shared: Shared = ()) -> Heading:
    """Return the heading of the layer that a settled recipe makes; `shared` is what holds for all of its mappings.

    No clock, machine name or folder goes in, so the same input gives the same layer.
    """
    recipe = settled.recipe
    return Heading(
        name=title(settled),
        description=_description(settled) if recipe.description is None else recipe.description,
        metadata=tuple(_metadata(settled, shared)),
    )


def _description(settled: Settled) -> str:
    tally = settled.tally
    frameworks = " and ".join(dict.fromkeys(framework(source.framework).name for source in tally.sources))
    release = settled.prepared.moved.attack_version
    stated = [version for version in stated_releases(tally.sources) if version != release]
    moved = f", moved from {' and '.join(stated)} to {release}" if settled.recipe.attack_version and stated else ""
    return (
        f"Mappings of {frameworks} to ATT&CK {release}{moved}. "
        f"The score is {settled.scale.meaning}. Selected: {settled.selection}. "
        f"{counted(tally.mappings, 'mapping')} of {counted(tally.capabilities, 'capability', 'capabilities')} "
        f"on {counted(tally.techniques, 'technique')}."
    )


def _metadata(settled: Settled, shared: Shared) -> Iterator[Metadata | Divider]:
    mappings, tally, scale = settled.prepared.moved, settled.tally, settled.scale
    for source in mappings.sources:
        yield from _source_metadata(source)
        yield Divider()
    pairs = (
        ("layer's ATT&CK release", f"{mappings.attack_version} {mappings.domain}"),
        ("selection", settled.selection),
        *((fact.name, fact.value) for fact in shared),
        ("score", f"{scale.name}: {scale.meaning}"),
        ("mappings", f"{tally.mappings:,} on {counted(tally.techniques, 'technique')}"),
        ("left out", tally.left_out() or "nothing"),
        ("moved", _moved(tally)),
        ("command", clean_name(settled.command)),
        ("made with", f"navigator-export {__version__}"),
    )
    yield from (Metadata(name, value) for name, value in pairs if value)


def _source_metadata(source: Source) -> Iterator[Metadata]:
    yield Metadata("source", source.name)
    yield from (Metadata(what, where) for what, where in source.whereabouts)
    yield Metadata("SHA-256", source.sha256)
    yield Metadata("framework", f"{framework(source.framework).name} {source.framework_version}".rstrip())
    yield Metadata("ATT&CK release", f"{source.attack_version} {source.domain}")


def _moved(tally: Tally) -> str:
    return ", ".join(f"{fate.technique} to {fate.target}" for fate in tally.retargeting.fates if fate.target)
