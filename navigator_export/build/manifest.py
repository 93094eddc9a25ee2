"""The manifest: the YAML file that says which layers a build writes. `schemas/manifest.schema.json` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any, Final

import msgspec

from navigator_export import schemas
from navigator_export.analysis.comparison import CHANGES
from navigator_export.build.paths import OPENING, PAGE, PICTURE, WORKBOOK, checked_path, is_own_file
from navigator_export.build.pins import Pins, lock_of, read_pins
from navigator_export.build.requests import CompareRequest, GapsRequest, SideRequest, table_of
from navigator_export.build.yaml import Document, parse_yaml
from navigator_export.errors import Problem, ProblemsError, nearest
from navigator_export.layer.scoring import Scoring
from navigator_export.model import VALUES
from navigator_export.opening import PUBLIC_NAVIGATOR
from navigator_export.readers.options import ReadOptions
from navigator_export.recipe import Recipe
from navigator_export.selection import ASPECTS, Criteria, Selection
from navigator_export.sources.registry import as_path, contents, fetching_kind, files_of, kind_of, unknown_name
from navigator_export.tiers import TierOptions

OWN_RELEASE = "own"

USUAL_NAMES: Final = ("navigator-export.yaml", "layers.yaml")
"""What a manifest is called: in a folder of much else, where editors know it by its name, and in one of layers."""


class ManifestError(ProblemsError):
    """A manifest that cannot be carried out; nothing was written."""


class Entry(msgspec.Struct, frozen=True):
    """One item of `layers`."""

    index: int
    place: str
    """Line of the manifest, for messages."""
    sources: tuple[str, ...]
    for_each: tuple[tuple[str, tuple[str, ...]], ...]
    """(aspect, patterns of its values) pairs; no patterns for all of them."""
    recipe: Recipe
    path: str | None
    name: str | None
    description: str | None
    title: str | None
    """What the index calls its layers together."""


class ManifestSource(msgspec.Struct, frozen=True):
    """Files that go together, and how to read them."""

    files: tuple[str, ...]
    """Words that name sources from here, paths mostly."""
    options: ReadOptions = ReadOptions()


class Pages(msgspec.Struct, frozen=True):
    """What is drawn of every layer."""

    excel: bool
    """Whether there are workbooks beside the pages and pictures."""
    navigator: str | None
    """Navigator that further pages open the layers in, from links that hold them; None where there are none."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Return the endings of the files of each layer."""
        more = (WORKBOOK,) if self.excel else ()
        return (PAGE, PICTURE, *more, *((OPENING,) if self.navigator is not None else ()))


class Manifest(msgspec.Struct, frozen=True):
    """A manifest, settled: defaults are in every entry, globs are files."""

    file: str
    output: str | None
    base_url: str | None
    navigator_url: str
    sources: dict[str, ManifestSource]
    """By a name of the manifest's own."""
    capability_sets: dict[str, tuple[str, ...]]
    entries: tuple[Entry, ...]
    lines: dict[tuple[str | int, ...], int]
    requests: tuple[CompareRequest | GapsRequest, ...] = ()
    """Comparisons, and threats laid over coverage."""
    pins: Pins | None = None
    """What its published sets and addresses are pinned to; None where there is no lock."""
    problems: tuple[Problem, ...] = ()
    """What is wrong in it; the rest of it stands, so that a build can tell what is wrong there too."""
    pages: Pages | None = None
    """What is drawn of every layer, beside a gallery of all; None for nothing."""

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Return the files that a build of it reads, itself included."""
        words = [word for source in self.sources.values() for word in source.files]
        asked = [one for one in self.requests if isinstance(one, GapsRequest)]
        named = (word for one in asked for word in (*one.threats, one.no_worse_than) if word is not None)
        beside = (file for file in map(Path, named) if file.is_file())
        lock = () if self.pins is None else (lock_of(self.file),)
        read = (file for word in words for file in files_of(word))
        return (Path(self.file), *lock, *read, *beside)

    @property
    def fetched(self) -> tuple[str, ...]:
        """Return the names of published sets and the addresses among its sources, each once."""
        words = dict.fromkeys(word for source in self.sources.values() for word in source.files)
        return tuple(filter(fetching_kind, words))


def usual_manifest() -> str:
    """Return the manifest of the current folder, by its usual names.

    Raises ManifestError where there is none, or where there are several.
    """
    found = find_manifest()
    if found is None:
        raise ManifestError("", [Problem(f"there is no {' or '.join(USUAL_NAMES)} here", hint="name a manifest")])
    return found


def find_manifest() -> str | None:
    """Return the manifest of the current folder; None where there is none. Raises ManifestError for several."""
    found = [name for name in USUAL_NAMES if Path(name).is_file()]
    if len(found) > 1:
        raise ManifestError("", [Problem(f"there are {' and '.join(found)} here", hint="name the one that is meant")])
    return found[0] if found else None


def read_manifest(file: str, *, locked: bool = True, pages: bool = False) -> Manifest:
    """Return the manifest in a YAML file, with its problems: keys, names and files that are not there or not right.

    Its lock is read too, where there is one, and every name of a published set has to be in it; not so where `locked`
    is false. `pages` asks for pages where it says nothing of them.
    Raises SourceError where the file cannot be read, and ManifestError where nothing can be made of it.
    """
    data = contents(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(file, [Problem("is not UTF-8 text", f"byte {error.start}", "save it as UTF-8")]) from None
    document = parse_yaml(text)
    if document.value is None:
        raise ManifestError(file, document.problems)
    problems = [*document.problems, *_form_problems(document)]
    broken = _prune(document.value)
    if schemas.violations("manifest", document.value):
        raise ManifestError(file, problems)
    reader = _Reader(file, document, broken, read_pins(file) if locked else None)
    manifest = reader.manifest(pages=pages)
    return msgspec.structs.replace(manifest, problems=(*problems, *reader.problems))


def _prune(value: Any) -> frozenset[int]:
    """Take away what is not of the schema's form, so that the rest can be looked at; return the layers it was in."""
    paths = {violation.parts for violation in schemas.violations("manifest", value) if violation.parts}
    broken = {path[1] for path in paths if path[0] == "layers" and len(path) > 1 and isinstance(path[1], int)}
    for path in sorted(paths, key=lambda path: [str(part).zfill(9) for part in path], reverse=True):
        if path[0] != "layers":
            holder = value
            for part in path[:-1]:
                holder = holder[part]
            del holder[path[-1]]
    for index in broken:
        value["layers"][index] = {}
    return frozenset(broken)


def _form_problems(document: Document) -> list[Problem]:
    problems = []
    for violation in schemas.violations("manifest", document.value):
        line = _line(document, violation.parts)
        problems.append(Problem(violation.message, f"line {line}, {violation.path}", violation.hint))
    return problems


def _line(document: Document, path: tuple[str | int, ...]) -> int:
    """Return the line of a path, or of the nearest thing around it."""
    while path not in document.lines and path:
        path = path[:-1]
    return document.lines.get(path, 1)


class _Reader:
    """Turns a document of the right form into a manifest, and notes what does not fit together."""

    def __init__(self, file: str, document: Document, broken: frozenset[int], pins: Pins | None) -> None:
        self.problems: list[Problem] = []
        self._pins = pins
        self._broken = broken
        self._file = file
        self._document = document
        self._root: dict[str, Any] = document.value

    def manifest(self, *, pages: bool) -> Manifest:
        root = self._root
        self._sets = {name: _words(words) for name, words in (root.get("capability_sets") or {}).items()}
        self._sources = {name: self._source(name, given) for name, given in root["sources"].items()}
        self._tiers = TierOptions(
            orders=tuple((name, tuple(scheme["order"])) for name, scheme in (root.get("tiers") or {}).items()),
            assigned=tuple(
                (name, pattern, tier)
                for name, scheme in (root.get("tiers") or {}).items()
                for pattern, tier in (scheme.get("assign") or {}).items()
            ),
        )
        return Manifest(
            file=self._file,
            output=str(self._folder / root["output"]) if "output" in root else None,
            base_url=root.get("base_url"),
            navigator_url=root.get("navigator_url", PUBLIC_NAVIGATOR),
            pages=self._pages(given) if (given := root.get("pages", pages)) else None,
            sources=self._sources,
            capability_sets=self._sets,
            entries=tuple(self._entry(i, entry) for i, entry in enumerate(root["layers"]) if i not in self._broken),
            requests=(
                *(self._compare(i, given) for i, given in enumerate(root.get("compare") or ())),
                *(self._gaps(i, given) for i, given in enumerate(root.get("gaps") or ())),
            ),
            lines=self._document.lines,
            pins=self._pins,
        )

    def _pages(self, given: Any) -> Pages:
        wanted = given if isinstance(given, dict) else {}
        linked = wanted.get("data_links", False) and "base_url" not in self._root
        navigator = self._root.get("navigator_url", PUBLIC_NAVIGATOR) if linked else None
        return Pages(excel=wanted.get("excel", False), navigator=navigator)

    @property
    def _folder(self) -> Path:
        return Path(self._file).parent

    def _source(self, name: str, given: Any) -> ManifestSource:
        if not isinstance(given, dict):
            return ManifestSource(self._files(name, _words(given)))
        said = {key: value for key, value in given.items() if key != "files"}
        said |= {key: _pairs(said[key]) for key in ("columns", "ratings") if key in said}
        said |= {f: _words(said.pop(key)) for key, f in (("sheet", "sheets"), ("status", "statuses")) if key in said}
        return ManifestSource(self._files(name, _words(given["files"])), msgspec.convert(said, ReadOptions))

    def _files(self, name: str, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(file for word in words for file in self._files_of(name, word))

    def _files_of(self, name: str, word: str) -> Sequence[str]:
        """Return the words, as they can be opened from here, of the sources that one word of the manifest names."""
        path = str(self._folder / word)
        kind = kind_of(word, str(self._folder))
        if kind is not None:
            if kind.fetched and self._pins and not self._pins.has(word):
                hint = f"navigator-export build {self._file} --lock adds it"
                self._problem(("sources", name), f"{kind.called(word)} is not in {lock_of(self._file)}", hint)
                return ()
            if kind.repeatable:
                return (as_path(path) if kind.on_disk else word,)
            hint = "name a file: a manifest's sources are read anew by every build"
            self._problem(("sources", name), f"{kind.called(word)} cannot be a source of a manifest", hint)
        elif has_magic(word):
            found = sorted(glob(path, recursive=True))  # noqa: PTH207 - takes any pattern
            if not found:
                self._problem(("sources", name), f"no file matches {word!r}", f"looked from {self._folder}")
            return [as_path(file) for file in found]
        else:
            if problem := unknown_name(word, str(self._folder)):
                self._problem(("sources", name), problem.message, problem.hint)
                return ()
            self._no_file(("sources", name), word)
        return ()

    def _no_file(self, where: tuple[str | int, ...], word: str) -> None:
        """Note that a file of the manifest's folder is not there."""
        there = [entry.name for entry in (self._folder / word).parent.glob("*")]
        self._problem(where, f"there is no file {word!r}", nearest(Path(word).name, there, "files"))

    def _entry(self, index: int, given: dict[str, Any]) -> Entry:
        where = ("layers", index)
        return Entry(
            index=index,
            place=self._place(where),
            sources=self._named((*where, "sources"), given.get("sources")),
            for_each=_for_each(given.get("for_each")),
            recipe=self._recipe(where, self._merged(given)),
            path=given.get("path"),
            name=given.get("name"),
            description=given.get("description"),
            title=given.get("title"),
        )

    def _compare(self, index: int, given: dict[str, Any]) -> CompareRequest:
        where = ("compare", index)
        return CompareRequest(
            **self._request(where, given),
            old=self._side(where, given, given.get("old") or {}, "old"),
            new=self._side(where, given, given.get("new") or {}, "new"),
            fail_on=tuple(change for change in CHANGES if change in _words(given.get("fail_on"))),
        )

    def _gaps(self, index: int, given: dict[str, Any]) -> GapsRequest:
        where = ("gaps", index)
        bare: dict[str, Any] = {key: given[key] for key in ("attack_version", "score") if key in given}
        return GapsRequest(
            **self._request(where, given),
            coverage=self._side(where, given, {}, ""),
            threats=tuple(self._threat(word) for word in _words(given["threat"])),
            with_software=given.get("with_software", False),
            with_campaigns=given.get("with_campaigns", False),
            offers=tuple(
                self._side(where, bare, {"sources": name}, "offer", whole=True) for name in _words(given.get("offer"))
            ),
            fail_under=given.get("fail_under"),
            fail_on=_words(given.get("fail_on")),
            no_worse_than=self._earlier(where, given.get("no_worse_than")),
        )

    def _request(self, where: tuple[str, int], given: dict[str, Any]) -> dict[str, Any]:
        """Return what comparisons and gaps have in common."""
        path = checked_path(given["path"])
        if isinstance(path, str) and is_own_file(table_of(path)):
            path = Problem(f"the table beside {path!r} has the name of the build's own", hint="give it another path")
        if isinstance(path, Problem):
            self._problem((*where, "path"), path.message, path.hint)
        key, index = where
        return {
            "key": key,
            "index": index,
            "place": self._place(where),
            "path": path if isinstance(path, str) else "",
            "name": given.get("name"),
            "description": given.get("description"),
        }

    def _side(
        self, where: tuple[str, int], given: dict[str, Any], own: dict[str, Any], key: str, *, whole: bool = False
    ) -> SideRequest:
        """Return one side: its sources or else the entry's, and what it selects besides what the entry does.

        With `whole`, what the manifest selects by default does not count.
        """
        merged = self._merged(given)
        merged["select"] = {**merged["select"], **{name: value for name, value in own.items() if name != "sources"}}
        if whole:
            merged |= {"select": {}, "exclude": {}}
        place = (*where, key) if "sources" in own else (*where, "sources")
        return SideRequest(self._named(place, own.get("sources") or given.get("sources")), self._recipe(where, merged))

    def _threat(self, word: str) -> str:
        """Return what names a threat; a file as it can be opened from here."""
        path = self._folder / word
        return str(path) if path.is_file() else word

    def _earlier(self, where: tuple[str, int], word: str | None) -> str | None:
        """Return the file of an earlier answer as it can be opened from here; note where it is not there."""
        if word is None:
            return None
        path = self._folder / word
        if not path.is_file():
            self._no_file((*where, "no_worse_than"), word)
        return str(path)

    def _merged(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return an entry with the defaults that it does not set."""
        defaults = self._root.get("defaults") or {}
        merged = {**defaults, **given}
        for key in ("select", "exclude"):
            merged[key] = {**(defaults.get(key) or {}), **(given.get(key) or {})}
        return merged

    def _named(self, where: tuple[str | int, ...], words: Any) -> tuple[str, ...]:
        """Return the names of sources, all by default; note those that there are not."""
        names = _words(words or tuple(self._sources))
        for name in names:
            if name not in self._sources:
                self._problem(where, f"no source is called {name!r}", nearest(name, self._sources, "sources"))
        return tuple(name for name in names if name in self._sources)

    def _recipe(self, where: tuple[str | int, ...], merged: dict[str, Any]) -> Recipe:
        select = merged["select"]
        release = merged.get("attack_version", self._root.get("attack_version", OWN_RELEASE))
        return Recipe(
            selection=Selection(
                include=self._criteria((*where, "select"), select),
                exclude=self._criteria((*where, "exclude"), merged["exclude"]),
                tier=select.get("tier"),
                exact_tier=select.get("exact_tier", False),
                min_value=select.get("min_value"),
                exclude_tiers=_words(merged["exclude"].get("tier")),
            ),
            tiers=self._tiers,
            scoring=_scoring(merged.get("score")),
            colors=",".join(_words(merged.get("colors"))) or None,
            attack_version=None if release == OWN_RELEASE else release,
            comments=merged.get("comments", "short"),
            on_inactive=merged.get("on_inactive", "drop"),
            fold=merged.get("fold", False),
            aggregate=merged.get("aggregate", False),
            layout=merged.get("layout", "flat"),
            show_id=merged.get("show_id", False),
            hide_unscored=merged.get("hide_unscored", False),
            platforms=_words(merged.get("platforms")),
        )

    def _criteria(self, where: tuple[str | int, ...], given: dict[str, Any]) -> Criteria:
        capabilities = list(_words(given.get("capability")))
        for name in _words(given.get("capability_set")):
            if name in self._sets:
                capabilities += self._sets[name]
            else:
                hint = nearest(name, self._sets, "capability sets")
                self._problem((*where, "capability_set"), f"no capability set is called {name!r}", hint)
        fields = {aspect.field: _words(given.get(aspect.key)) for aspect in ASPECTS}
        return msgspec.convert(fields | {"capabilities": capabilities}, Criteria)

    def _problem(self, path: tuple[str | int, ...], message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, f"{self._place(path)}, {schemas.json_path(path)}", hint))

    def _place(self, path: tuple[str | int, ...]) -> str:
        return f"line {_line(self._document, path)}"


def _pairs(value: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, word) for name, words in value.items() for word in _words(words))


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _for_each(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if isinstance(value, dict):
        return tuple((aspect, _words(patterns)) for aspect, patterns in value.items())
    return tuple((aspect, ()) for aspect in _words(value))


def _scoring(value: Any) -> Scoring:
    if value is None or isinstance(value, str):
        return msgspec.convert({"strategy": value}, Scoring)
    weights = value.get("weights")
    given = {**value, "weights": [weights[v] for v in VALUES]} if weights else value
    return msgspec.convert(given, Scoring)
