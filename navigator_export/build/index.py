"""What a build says of itself: index.json for machines, INDEX.md for people, SHA256SUMS for `sha256sum -c`."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from navigator_export.analysis.tactics import count_by_tactic
from navigator_export.attack import Catalogue
from navigator_export.build.expansion import Plan
from navigator_export.build.manifest import Manifest
from navigator_export.build.paths import OWN_FILES
from navigator_export.characters import escaped_in_json, spelled_out
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.model import Domain, Source
from navigator_export.opening import opening_address
from navigator_export.validation.reports import markdown
from navigator_export.version import __version__

INDEX, INDEX_TABLE, CHECKSUMS = OWN_FILES

MOST_TABS: Final = 20
"""Most layers that one address opens together: each is a tab, and an address has to fit everywhere."""


class IndexedSource(msgspec.Struct, frozen=True):
    """A source of a layer."""

    name: str
    sha256: str
    framework: str
    attack_version: str


class IndexedTactic(msgspec.Struct, frozen=True):
    """One tactic of a matrix."""

    name: str
    techniques: int
    """With sub-techniques."""


class IndexedMatrix(msgspec.Struct, frozen=True):
    """One domain at one ATT&CK release: what the figures of its layers are of."""

    domain: str
    attack_version: str
    techniques: int
    tactics: dict[str, IndexedTactic]
    """By short name, in the order of the matrix."""


class IndexedLayer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One layer of the folder."""

    file: str
    name: str
    description: str
    domain: str
    attack_version: str
    sources: tuple[IndexedSource, ...]
    selection: str
    score: str
    techniques: int
    mappings: int
    command: str
    """Command that makes the same layer, but for its name and description."""
    sha256: str
    tactics: dict[str, int] = {}
    """Techniques of the layer per tactic, by the tactic's short name, in the order of the matrix."""
    url: str | None = None
    """Address of the file, where the manifest tells a base_url."""
    open_url: str | None = None
    """Address that opens the layer in the Navigator."""


class _IndexedAnalysis(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A layer that an analysis gave, and the table beside it."""

    file: str
    table: str
    """File of the table."""
    name: str
    description: str
    domain: str
    attack_version: str
    sources: tuple[IndexedSource, ...]
    sha256: str
    table_sha256: str
    url: str | None = None
    open_url: str | None = None


class IndexedComparison(_IndexedAnalysis, frozen=True, omit_defaults=True, kw_only=True):
    """What changed from one coverage to another."""

    old: str
    """Name of the coverage."""
    new: str
    counts: dict[str, int]
    """Techniques by what became of them."""
    before: int
    """Techniques covered."""
    after: int
    of: int
    """Techniques of the matrix."""


class IndexedGaps(_IndexedAnalysis, frozen=True, omit_defaults=True, kw_only=True):
    """What threats use, laid over a coverage."""

    coverage: str
    threat: str
    covered: int
    """Techniques that are used and covered."""
    weak: int
    """Of these, the weakly covered ones."""
    of: int
    """Techniques that are used."""
    by_use: float
    """Share of use that is covered, 0 to 1."""
    by_rating: float | None = None


class LayerGroup(msgspec.Struct, frozen=True):
    """Layers that belong together: those of the manifest's entries of one title."""

    name: str
    files: tuple[str, ...]
    open_url: str | None = None
    """Address that opens them together, one tab each; None without base_url, or for more than `MOST_TABS`."""


class IndexedPage(msgspec.Struct, frozen=True):
    """A page or picture of the folder."""

    file: str
    sha256: str


class DefaultLayers(msgspec.Struct, frozen=True):
    """The piece of a self-hosted Navigator's config.json that opens the layers at its start."""

    enabled: bool
    urls: tuple[str, ...]


class Index(msgspec.Struct, frozen=True, omit_defaults=True):
    """index.json; `schemas/index.schema.json` describes it."""

    generator: str
    manifest: str
    layers: tuple[IndexedLayer, ...]
    groups: tuple[LayerGroup, ...]
    default_layers: DefaultLayers
    matrices: tuple[IndexedMatrix, ...] = ()
    compare: tuple[IndexedComparison, ...] = ()
    gaps: tuple[IndexedGaps, ...] = ()
    open_url: str | None = None
    """Address that opens all layers together, where there are not too many."""
    pages: tuple[IndexedPage, ...] = ()
    """The pages and pictures beside the layers, where the manifest asks for them."""


def indexed_matrices(layers: Iterable[IndexedLayer], catalogue: Catalogue) -> tuple[IndexedMatrix, ...]:
    """Return the matrices that layers are of, each once."""
    domains: dict[str, Domain] = {name: domain for domain, name in DOMAIN_NAMES.items()}
    places = dict.fromkeys((layer.domain, layer.attack_version) for layer in layers)
    releases = ((domain, catalogue.require(domains[domain], version)) for domain, version in places)
    return tuple(
        IndexedMatrix(
            domain=domain,
            attack_version=release.version,
            techniques=len(release.active),
            tactics={row.tactic: IndexedTactic(row.name, row.of) for row in count_by_tactic(release, [])},
        )
        for domain, release in releases
    )


def indexed_sources(sources: Iterable[Source]) -> tuple[IndexedSource, ...]:
    """Return sources as an index names them."""
    return tuple(IndexedSource(s.name, s.sha256, s.framework, s.attack_version) for s in sources)


def index_files(
    manifest: Manifest,
    plans: Sequence[Plan],
    layers: Sequence[IndexedLayer],
    analyses: Sequence[IndexedComparison | IndexedGaps] = (),
    matrices: Sequence[IndexedMatrix] = (),
) -> dict[str, bytes]:
    """Return the texts of the index's files by name."""
    return texts_of(index_of(manifest, plans, layers, analyses, matrices))


def texts_of(index: Index) -> dict[str, bytes]:
    """Return the texts of an index by name: for machines, for people, and the checksums of all that it lists."""
    texts = {
        INDEX: _json(index),
        INDEX_TABLE: _table(index).encode(),
    }
    sums = checksums(index)
    sums |= {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
    lines = (f"{checksum}  {file}\n" for file, checksum in sorted(sums.items()))
    return {**texts, CHECKSUMS: "".join(lines).encode()}


def read_index(data: bytes) -> Index | None:
    """Return the index in an index.json; None where it is none of ours."""
    try:
        return msgspec.json.decode(data, type=Index)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def listed_files(data: bytes) -> dict[str, str]:
    """Return the SHA-256 of the files that an index.json says a build made, by path; none where it is none of ours."""
    index = read_index(data)
    return {} if index is None else checksums(index)


def checksums(index: Index) -> dict[str, str]:
    """Return the SHA-256 of every layer, table and page that an index lists, by file."""
    analyses: tuple[IndexedComparison | IndexedGaps, ...] = (*index.compare, *index.gaps)
    sums = {layer.file: layer.sha256 for layer in index.layers}
    sums |= {one.file: one.sha256 for one in analyses}
    sums |= {one.table: one.table_sha256 for one in analyses}
    return sums | {page.file: page.sha256 for page in index.pages}


def _json(index: Index) -> bytes:
    """Return the index as JSON; what could steer a terminal that shows it is escaped, as JSON can."""
    text = msgspec.json.format(msgspec.json.encode(index), indent=2).decode()
    return (escaped_in_json(text) + "\n").encode()


def index_of(
    manifest: Manifest,
    plans: Sequence[Plan],
    layers: Sequence[IndexedLayer],
    analyses: Sequence[IndexedComparison | IndexedGaps] = (),
    matrices: Sequence[IndexedMatrix] = (),
) -> Index:
    """Return the index of a build's layers and analyses, in the order of its manifest."""
    addressed = tuple(_addressed(manifest, layer) for layer in layers)
    title_of = {plan.path: plan.title for plan in plans}
    groups: dict[str, list[IndexedLayer]] = defaultdict(list)
    for layer in addressed:
        groups[title_of[layer.file]].append(layer)
    return Index(
        generator=f"navigator-export {__version__}",
        manifest=spelled_out(Path(manifest.file).name),
        layers=addressed,
        groups=tuple(
            LayerGroup(title, tuple(layer.file for layer in group), _open_together(manifest, group))
            for title, group in groups.items()
            if title
        ),
        default_layers=DefaultLayers(True, tuple(layer.url or f"assets/{quote(layer.file)}" for layer in addressed)),
        matrices=tuple(matrices),
        compare=tuple(_addressed(manifest, one) for one in analyses if isinstance(one, IndexedComparison)),
        gaps=tuple(_addressed(manifest, one) for one in analyses if isinstance(one, IndexedGaps)),
        open_url=_open_together(manifest, addressed),
    )


_Addressed = TypeVar("_Addressed", IndexedLayer, IndexedComparison, IndexedGaps)


def _addressed(manifest: Manifest, layer: _Addressed) -> _Addressed:
    if manifest.base_url is None:
        return layer
    base = quote(manifest.base_url.rstrip("/"), safe=":/@[]!$&'()*+,;=%")
    url = f"{base}/{quote(layer.file)}"
    return msgspec.structs.replace(layer, url=url, open_url=opening_address((url,), manifest.navigator_url))


def _open_together(manifest: Manifest, layers: Sequence[IndexedLayer]) -> str | None:
    urls = [layer.url for layer in layers if layer.url]
    return opening_address(urls, manifest.navigator_url) if 0 < len(urls) <= MOST_TABS else None


def _table(index: Index) -> str:
    lines = [
        "# Layers",
        "",
        f"Made by {index.generator} from {markdown(index.manifest)}; `sha256sum -c {CHECKSUMS}` checks the files.",
    ]
    if index.open_url:
        lines += ["", f"[Open all layers together]({index.open_url})"]
    for group, layers in sections(index):
        if group:
            lines += ["", f"## {markdown(group.name)}"]
            if group.open_url and len(layers) > 1:
                lines += ["", f"[Open these together]({group.open_url})"]
        elif index.groups:
            lines += ["", "## Single layers"]
        lines += ["", *_rows(layers), *_per_tactic(layers, index.matrices)]
    lines += [*_comparisons(index.compare), *_gaps(index.gaps)]
    return "\n".join(lines) + "\n"


def sections(index: Index) -> list[tuple[LayerGroup | None, list[IndexedLayer]]]:
    """Return the groups with their layers, in the order of their first ones; those of no group are together too."""
    group_of = {file: group for group in index.groups for file in group.files}
    sections: dict[LayerGroup | None, list[IndexedLayer]] = defaultdict(list)
    for layer in index.layers:
        sections[group_of.get(layer.file)].append(layer)
    return list(sections.items())


def _rows(layers: Sequence[IndexedLayer]) -> list[str]:
    """Return layers as the lines of a table."""
    lines = [
        "| Layer | ATT&CK | Selection | Score | Techniques | Mappings |",
        "| --- | --- | --- | --- | ---: | ---: |",
    ]
    for layer in layers:
        file = f"[{markdown(layer.name)}]({quote(layer.file)})"
        opened = f" · [open]({layer.open_url})" if layer.open_url else ""
        domain = layer.domain.removesuffix("-attack")
        lines.append(
            f"| {file}{opened} | {layer.attack_version} {domain} | {markdown(layer.selection)} "
            f"| {layer.score} | {layer.techniques} | {layer.mappings} |"
        )
    return lines


def _per_tactic(layers: Sequence[IndexedLayer], matrices: Iterable[IndexedMatrix]) -> Iterator[str]:
    """Yield the lines of a table of techniques per tactic, one for each matrix that the layers are of."""
    for matrix in matrices:
        own = [one for one in layers if (one.domain, one.attack_version) == (matrix.domain, matrix.attack_version)]
        if own:
            heads = (f"{markdown(tactic.name)} ({tactic.techniques})" for tactic in matrix.tactics.values())
            yield from ("", f"| Techniques | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(matrix.tactics)}")
        for layer in own:
            figures = (str(layer.tactics.get(tactic, 0)) for tactic in matrix.tactics)
            yield f"| {markdown(layer.name)} | {' | '.join(figures)} |"


def _comparisons(comparisons: Sequence[IndexedComparison]) -> Iterator[str]:
    if comparisons:
        yield from ("", "## Comparisons", "")
        yield "| Layer | ATT&CK | Gained | Better | Worse | Lost | Same | Covered before | After | Of |"
        yield f"| --- | --- |{' ---: |' * 8}"
    for one in comparisons:
        counts = (one.counts.get(kind, 0) for kind in ("gained", "better", "worse", "lost", "same"))
        figures = " | ".join(map(str, (*counts, one.before, one.after, one.of)))
        yield f"| {_linked(one)} | {_matrix_of(one)} | {figures} |"


def _gaps(gaps: Sequence[IndexedGaps]) -> Iterator[str]:
    if gaps:
        yield from ("", "## Gaps", "")
        yield "| Layer | ATT&CK | Covered | Weakly | Of the techniques used | Of use | Weighted by rating |"
        yield f"| --- | --- |{' ---: |' * 5}"
    for one in gaps:
        rated = "" if one.by_rating is None else f"{100 * one.by_rating:.1f} %"
        figures = f"{one.covered} | {one.weak} | {one.of} | {100 * one.by_use:.1f} % | {rated}"
        yield f"| {_linked(one)} | {_matrix_of(one)} | {figures} |"


def _linked(one: IndexedComparison | IndexedGaps) -> str:
    opened = f" · [open]({one.open_url})" if one.open_url else ""
    return f"[{markdown(one.name)}]({quote(one.file)}) · [table]({quote(one.table)}){opened}"


def _matrix_of(one: IndexedComparison | IndexedGaps) -> str:
    return f"{one.attack_version} {one.domain.removesuffix('-attack')}"
