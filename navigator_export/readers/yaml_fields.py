"""Fields of YAML objects, looked up by the kind of value that is expected there."""

from __future__ import annotations

from typing import Any

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits
from navigator_export.strict_yaml import Bounds, Object, line_of, parse_documents, parse_yaml


def yaml_value(text: str, file: str, limits: Limits) -> Any:
    """Return the document in a YAML text, all its scalars as texts. Raises SourceError with what is wrong with it."""
    bounds = Bounds(values=limits.values, depth=limits.depth, cell=limits.cell, setting="reading.limits")
    document = parse_yaml(text, bounds)
    if document.problems:
        raise SourceError(file, document.problems)
    return document.value


def yaml_documents(text: str, file: str, limits: Limits) -> tuple[Any, ...]:
    """Return all documents in a YAML text, as `yaml_value` does one."""
    bounds = Bounds(values=limits.values, depth=limits.depth, cell=limits.cell, setting="reading.limits")
    documents = parse_documents(text, bounds)
    if documents[0].problems:
        raise SourceError(file, documents[0].problems)
    return tuple(document.value for document in documents)


class Fields:
    """Looks up fields, and keeps a problem for every value that is not what was expected."""

    def __init__(self, label: str = "") -> None:
        """Begin without problems; `label` is the file's name within a source, for places."""
        self.problems: list[Problem] = []
        self._label = label

    def place(self, line: int, field: str = "") -> str:
        """Return the place of a line, or of a field of the object that begins there."""
        return ", ".join(filter(None, (self._label, f"line {line}", field)))

    def text(self, holder: Object, field: str) -> str | None:
        """Return a text; None where there is none."""
        value = holder.get(field)
        if value is None or isinstance(value, str):
            return value
        self.expected("text", value, self.place(line_of(holder), field))
        return None

    def line(self, holder: Object, field: str) -> str:
        """Return a text without space around it; empty where there is none."""
        return (self.text(holder, field) or "").strip()

    def texts(self, holder: Object, field: str) -> list[str | None]:
        """Return the texts in a list; none where there is no list."""
        value = holder.get(field)
        if value is None or value == "":
            return []
        if isinstance(value, list) and all(text is None or isinstance(text, str) for text in value):
            return value
        self.expected("a list of texts", value, self.place(line_of(holder), field))
        return []

    def words(self, holder: Object, field: str) -> list[str]:
        """Return the texts in a list, or the one that stands in its place, without blank ones."""
        value = holder.get(field)
        texts = [value] if isinstance(value, str) else self.texts(holder, field)
        return [text.strip() for text in texts if text and text.strip()]

    def objects(self, holder: Object, field: str) -> list[Object]:
        """Return the objects in a list; none where there is no list."""
        value = holder.get(field)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            self.expected("a list of objects", value, self.place(line_of(holder), field))
            return []
        for item in value:
            if not isinstance(item, Object):
                self.expected("an object", item, self.place(line_of(holder), field))
        return [item for item in value if isinstance(item, Object)]

    def missing(self, field: str, line: int) -> None:
        """Keep the problem of a field that has to be there."""
        self.problems.append(Problem(f"{field} is missing", self.place(line)))

    def expected(self, what: str, value: Any, place: str) -> None:
        """Keep the problem of a value that is not what was expected."""
        self.problems.append(Problem(f"expected {what}, found {_kind(value)}", place))


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return "text" if value else "nothing"
