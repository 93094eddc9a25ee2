"""What a project says of its layers' checks: `.navigator-export.toml`, or a table of `pyproject.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.sources.registry import contents
from navigator_export.validation.choice import unknown_rules
from navigator_export.wording import quoted

_OWN: Final = ".navigator-export.toml"
_SHARED: Final = "pyproject.toml"
_TABLE: Final = ("tool", "navigator-export")


class Configuration(msgspec.Struct, frozen=True):
    """What such a file says; each field as its key is called, with `-` for `_`."""

    file: str = ""
    """Path of the file; empty where there is none."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of files, from the folder of the configuration, each with rules that are not told in them."""
    strict: bool = False
    against: str | None = None


def find_configuration(folder: Path) -> Configuration:
    """Return the configuration of the nearest folder upwards that has one; an empty one where none has.

    In one folder `.navigator-export.toml` comes first; a `pyproject.toml` without the table is passed over. Raises
    SourceError where what is found cannot be used.
    """
    for place in (folder, *folder.parents):
        for name in (_OWN, _SHARED):
            if (place / name).is_file():
                found = _read(place / name)
                if found is not None:
                    return found
    return Configuration()


def read_configuration(path: Path) -> Configuration:
    """Return the configuration in a file. Raises SourceError where it cannot be read or used, or has none."""
    found = _read(path)
    if found is None:
        raise SourceError(str(path), [Problem(f"there is no table [{'.'.join(_TABLE)}]", hint="add it")])
    return found


def _read(path: Path) -> Configuration | None:
    """Return what a file says; None for a `pyproject.toml` that says nothing of this tool."""
    table = _toml(path)
    place = ""
    if path.name == _SHARED:
        for key in _TABLE:
            if not isinstance(table, dict) or key not in table:
                return None
            table = table[key]
        place = ".".join(_TABLE)
    problems = list(_problems(table, place))
    if problems:
        raise SourceError(str(path), problems)
    return Configuration(
        file=str(path),
        select=tuple(table.get("select", ())),
        ignore=tuple(table.get("ignore", ())),
        per_file_ignores=tuple((files, tuple(rules)) for files, rules in table.get("per-file-ignores", {}).items()),
        strict=table.get("strict", False),
        against=table.get("against"),
    )


def _toml(path: Path) -> Any:
    try:
        return tomllib.loads(contents(str(path)).decode())
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError(str(path), [Problem("not UTF-8", f"line {line}", "save it as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).removesuffix(")").partition(" (at ")
        raise SourceError(str(path), [Problem(f"not valid TOML: {message[:1].lower()}{message[1:]}", place)]) from None
    except RecursionError:
        raise SourceError(str(path), [Problem("nested too deeply")]) from None


def _problems(table: Any, place: str) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield Problem("expected a table", place)
        return
    for key, value in table.items():
        at = _below(place, key)
        match key:
            case "select" | "ignore":
                yield from _rule_problems(value, at)
            case "per-file-ignores":
                yield from _per_file_problems(value, at)
            case "strict" if not isinstance(value, bool):
                yield Problem(f"expected true or false, not {quoted(str(value))}", at)
            case "against" if not isinstance(value, str):
                yield Problem("expected an ATT&CK release within quotation marks", at, 'write it as "16.1"')
            case "strict" | "against":
                pass
            case _:
                yield Problem(f"unknown key {quoted(key)}", at, nearest(key, _KEYS, "keys"))


_KEYS: Final = ("select", "ignore", "per-file-ignores", "strict", "against")


def _rule_problems(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield Problem("expected a list of rules, each within quotation marks", place, 'such as ["technique-*"]')
        return
    for index, problem in unknown_rules(value):
        yield msgspec.structs.replace(problem, place=f"{place}[{index}]")


def _per_file_problems(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("expected a table of files and lists of rules", place, 'such as {"old/*" = ["technique-*"]}')
        return
    for files, rules in value.items():
        yield from _rule_problems(rules, _below(place, files))


def _below(place: str, key: str) -> str:
    """Return the place of a key in a table as TOML writes it."""
    spelled = key if re.fullmatch(r"[\w-]+", key, re.ASCII) else f'"{key}"'
    return f"{place}.{spelled}" if place else spelled
