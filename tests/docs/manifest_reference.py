"""The page of all keys of a manifest, made of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator

from navigator_export.schemas import schema_text
from tests.made_inputs import Json

HEAD = """\
# The manifest

Every key of the YAML or JSON file that [`build`](builds.md) takes, as `schemas/manifest.schema.json` has them; keys in
bold are required. A release stands in quotation marks, `"20.0"`, else YAML makes a number of it. Editors complete the
keys where the first line of the file is as follows. The schema has an address for each release of navigator-export:
write `v` and its number instead of `main`.

```yaml
# yaml-language-server: $schema=https://raw.githubusercontent.com/navigator-export/navigator-export/main/schemas/manifest.schema.json
```
"""

WORDS = {"string": "text", "boolean": "`true` or `false`", "number": "number", "integer": "whole number"}


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_Reference(json.loads(schema_text("manifest"))).sections()])


class _Reference:
    """A schema as sections: one for each object with keys of its own, in the order in which they are met."""

    def __init__(self, root: Json) -> None:
        self.definitions = root["$defs"]
        self.headings: dict[int, str] = {}
        self.waiting: list[Json] = []
        self.link(root, "At the top")

    def sections(self) -> Iterator[str]:
        """Yield each section; those that a table names are met while it is made."""
        while self.waiting:
            schema = self.waiting.pop(0)
            rows = [self.row(key, value, schema) for key, value in schema["properties"].items()]
            table = "\n".join(["| key | takes | meaning |", "| --- | --- | --- |", *rows])
            yield f"## {self.headings[id(schema)]}\n\n{schema['description']}\n\n{table}\n"

    def row(self, key: str, value: Json, parent: Json) -> str:
        """Return the row of a key."""
        name = f"**`{key}`**" if key in parent.get("required", ()) else f"`{key}`"
        description = value.get("description") or self.resolved(value).get("description", "")
        cells = (name, self.kind(value, f"`{key}`"), description.replace("<", "&lt;"))
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    def resolved(self, value: Json) -> Json:
        """Return what a reference stands for."""
        return self.definitions[value["$ref"].removeprefix("#/$defs/")] if "$ref" in value else value

    def kind(self, value: Json, name: str) -> str:
        """Return what a value may be, in words."""
        value = self.resolved(value)
        if "enum" in value:
            return ", ".join(f"`{word}`" for word in value["enum"])
        if "oneOf" in value:
            return self.one_of(value["oneOf"], name)
        if value["type"] == "array":
            return f"a list, each: {self.kind(value['items'], f'Each of {name}')}"
        if value["type"] == "object" and "properties" in value:
            return self.link(value, name)
        if value["type"] == "object":
            return f"names, each with: {self.kind(value['additionalProperties'], f'Each of {name}')}"
        return WORDS[value["type"]]

    def one_of(self, values: list[Json], name: str) -> str:
        """Return what one of several kinds of value may be, in words; a list of what stands before it is called so."""
        kinds: list[str] = []
        for value in values:
            items = self.resolved(value).get("items")
            again = items is not None and self.kind(items, name) in kinds
            kinds.append("a list of them" if again else self.kind(value, name))
        return ", or ".join(dict.fromkeys(kinds))

    def link(self, schema: Json, heading: str) -> str:
        """Return a link to an object's section, which is written once."""
        if id(schema) not in self.headings:
            self.headings[id(schema)] = heading
            self.waiting.append(schema)
        heading = self.headings[id(schema)]
        return f"[keys](#{heading.lower().replace('`', '').replace(' ', '-')})"
