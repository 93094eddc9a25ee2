"""`navigator-export inspect`."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable, Sequence

import click
import msgspec

from navigator_export.cli.options import sources_argument, tier_options, tiers_from
from navigator_export.cli.terminal import answer, harmless
from navigator_export.frameworks import framework
from navigator_export.inspection import Inspection, inspect
from navigator_export.readers import read
from navigator_export.tiers import assign_tiers


@click.command("inspect")
@sources_argument
@tier_options
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def command(
    sources: tuple[str, ...], tier_orders: tuple[str, ...], assigned: tuple[tuple[str, str], ...], as_json: bool
) -> None:
    """Show what mapping files hold: capabilities, tiers, licences, techniques, ratings and oddities."""
    mappings = read(*sources)
    inspection = inspect(mappings, assign_tiers(mappings, tiers_from(tier_orders, assigned)))
    if as_json:
        answer(msgspec.json.format(msgspec.json.encode(inspection), indent=2).decode())
    else:
        answer(_rendered(inspection))


def _rendered(inspection: Inspection) -> str:
    sections = [
        _about(inspection),
        _table(
            "Tiers, each with the lower ones",
            ("tier", "capabilities", "mappings", "distinct", "techniques"),
            ((t.tier, *map(str, (t.capabilities, t.mappings, t.distinct, t.techniques))) for t in inspection.tiers),
        ),
        _table(
            "Capabilities",
            ("id", "name", "group", "tier", "mappings", "techniques", "ratings", "licence"),
            (
                (
                    c.id,
                    c.name,
                    ", ".join(c.groups),
                    f"{c.tier or ''}{' (?)' if c.licence_disagrees else ''}",
                    str(c.mappings),
                    str(c.techniques),
                    ", ".join(f"{n} {rating}" for rating, n in c.ratings.items()),
                    " / ".join(c.licences),
                )
                for c in inspection.capabilities
            ),
        ),
        _table(
            f"Tactics of ATT&CK {inspection.attack_version}",
            ("tactic", "techniques", "of", "mappings"),
            ((t.tactic, *map(str, (t.techniques, t.of, t.mappings))) for t in inspection.tactics),
        ),
        _table(
            "Techniques",
            ("id", "name", "mappings", "distinct", "capabilities"),
            ((t.id, t.name, str(t.mappings), str(t.distinct), str(t.capabilities)) for t in inspection.techniques),
        ),
        _table(
            "Rated in two ways (best takes the higher value)",
            ("capability", "technique", "category", "values"),
            ((c.capability, c.technique, c.category, ", ".join(c.values)) for c in inspection.contradictions),
        ),
        _table(
            "Repeated (counted once)",
            ("capability", "technique", "times"),
            ((d.capability, d.technique, str(d.times)) for d in inspection.duplicates),
        ),
        _table(
            "Without category or without value (unrated)",
            ("capability", "technique"),
            ((p.capability, p.technique) for p in inspection.partly_rated),
        ),
        _table(
            f"Not active in ATT&CK {inspection.attack_version}",
            ("technique", "why", "replaced by", "mappings"),
            ((i.id, i.kind, i.replacement or "", str(i.mappings)) for i in inspection.inactive),
        ),
        _table(
            "Rows that map nothing",
            ("place", "reason", "capability", "technique"),
            ((u.place, u.reason, u.capability, u.technique) for u in inspection.unmapped),
        ),
    ]
    return "\n".join(filter(None, sections)).rstrip()


def _about(inspection: Inspection) -> str:
    lines = []
    for source in inspection.sources:
        lines += [
            f"{source.name}",
            f"  framework      {framework(source.framework).name} ({source.framework}) {source.framework_version}",
            f"  ATT&CK         {source.attack_version} {source.domain}",
            f"  rows           {source.rows}, of them {source.mappings} mappings",
            f"  mapping types  {', '.join(f'{t.id} ({t.name})' for t in source.mapping_types)}",
            f"  groups         {', '.join(f'{g.id} ({g.name})' for g in source.groups)}",
            f"  SHA-256        {source.sha256}",
            *(f"  note           {remark}" for remark in source.remarks),
        ]
    lines.append(
        f"\n{len(inspection.capabilities)} capabilities, {len(inspection.techniques)} techniques, "
        f"{sum(t.mappings for t in inspection.techniques)} mappings "
        f"({sum(t.distinct for t in inspection.techniques)} distinct), {len(inspection.unmapped)} rows map nothing"
    )
    if any(c.licence_disagrees for c in inspection.capabilities):
        lines.append("(?): the licence sentence names another tier than the capability's id")
    return harmless("\n".join(lines)) + "\n"


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as text; empty without rows."""
    from rich import box  # noqa: PLC0415 - rich is for tables alone, and slow to load
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=f"{title}", title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        is_count = column in {"mappings", "techniques", "of", "distinct", "capabilities", "times"}
        table.add_column(column, justify="right" if is_count else "left", no_wrap=is_count or column == "id")
    for row in rows:
        table.add_row(*(Text(harmless(cell)) for cell in row))
    if not table.row_count:
        return ""
    width = shutil.get_terminal_size((200, 24)).columns if sys.stdout.isatty() else 200
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
