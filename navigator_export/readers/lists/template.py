"""Lists to start one's own mappings with: the columns that readers know, an example row, and what each is for."""

from __future__ import annotations

import csv
import io
from typing import Final, Literal

from navigator_export.attack import builtin
from navigator_export.readers.lists.columns import FIELDS

TemplateFormat = Literal["csv", "xlsx", "yaml"]
FORMATS: Final[tuple[TemplateFormat, ...]] = ("csv", "xlsx", "yaml")

_EXAMPLE: Final = {
    "capability_id": "MAIL-01",
    "capability_description": "Example: block automatic forwarding",
    "capability_group": "Mail",
    "attack_object_id": "T1114.003",
    "mapping_type": "mitigates",
    "score_category": "protect",
    "score_value": "significant",
    "comments": "Example: forwarding to addresses outside is blocked for everyone.",
    "references": "https://example.org/mail-policy",
    "mapping_framework": "my-controls",
    "mapping_framework_version": "2026",
    "attack_version": builtin().newest("enterprise"),
    "technology_domain": "enterprise",
}
"""Field to value, in the order of the columns."""

_INTRODUCTION: Final = (
    "Each row says that a control does something against an ATT&CK technique. Replace the example row by your own.",
    "Columns that are not required may stay empty or be left out.",
)
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")


def template(format_: TemplateFormat) -> bytes:
    """Return the bytes of a list with an example row; `export` and `inspect` read it as it is."""
    return {"csv": _csv, "xlsx": _xlsx, "yaml": _yaml}[format_]()


def neutral(text: str) -> str:
    """Return a text as a spreadsheet takes for text, whatever it begins with: never a formula.

    The rule is OWASP's for CSV injection.
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def _explanations() -> list[tuple[str, str, str]]:
    return [
        (FIELDS[name].option, "required" if FIELDS[name].required else "optional", FIELDS[name].meaning)
        for name in _EXAMPLE
    ]


def _csv() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([f"# {line}"] for line in _INTRODUCTION)
    writer.writerows([f"# {name} ({needed}): {meaning}"] for name, needed, meaning in _explanations())
    writer.writerow(FIELDS[name].option for name in _EXAMPLE)
    writer.writerow(neutral(value) for value in _EXAMPLE.values())
    # The mark makes Excel read it, and save it again, as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _xlsx() -> bytes:
    import openpyxl  # slow to load
    from openpyxl.styles import Alignment, Font

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    mappings = workbook.create_sheet("Mappings")
    mappings.append([FIELDS[name].option for name in _EXAMPLE])
    mappings.append([neutral(value) for value in _EXAMPLE.values()])
    explanations = workbook.create_sheet("Explanations")
    for line in _INTRODUCTION:
        explanations.append([line])
    for row in _explanations():
        explanations.append(list(row))
    for cell in mappings[1]:
        cell.font = Font(bold=True)
        mappings.column_dimensions[cell.column_letter].width = 22
    for row in mappings.iter_rows(min_row=2):
        for cell in row:
            # Text, or Excel makes a number of 16.10 and a date of 1/2.
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    mappings.freeze_panes = "A2"
    for letters, width in (("A", 20), ("B", 12), ("C", 80)):
        explanations.column_dimensions[letters].width = width
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def _yaml() -> bytes:
    stated = ("mapping_framework", "mapping_framework_version", "attack_version", "technology_domain")
    lines = [f"# {line}" for line in _INTRODUCTION]
    lines += ["", "metadata:"]
    lines += [f'  {name}: "{_EXAMPLE[name]}"  # {FIELDS[name].meaning}' for name in stated]
    lines += ["  mapping_types:", "    mitigates: mitigates  # id: name", "mapping_objects:"]
    for i, name in enumerate(name for name in _EXAMPLE if name not in stated):
        value = f'"{_EXAMPLE[name]}"'
        shown = f"\n      - {value}" if name == "references" else f" {value}"
        needed = "required" if FIELDS[name].required else "optional"
        meaning = FIELDS[name].meaning.partition(";")[0].rstrip(".")
        lines.append(f"    # {needed}: {meaning}")
        lines.append(f"{'  - ' if i == 0 else '    '}{name}:{shown}")
    return ("\n".join(lines) + "\n").encode()
