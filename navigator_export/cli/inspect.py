"""`navigator-export inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cloup
import msgspec

from navigator_export.characters import spelled_out
from navigator_export.cli.options import (
    moving_options,
    read_options_from,
    source_options,
    sources_argument,
    tier_scheme_options,
    tiers_from,
)
from navigator_export.cli.tables import table
from navigator_export.cli.terminal import answer, in_options
from navigator_export.frameworks import framework
from navigator_export.inspection import Inspection, gather, inspect
from navigator_export.model import RowFate
from navigator_export.output import as_json
from navigator_export.readers.assembly import assemble_each, row_fates
from navigator_export.readers.formats import MEANINGS
from navigator_export.readers.options import words
from navigator_export.reading import read_tables
from navigator_export.tiers import assign_tiers
from navigator_export.wording import counted


@cloup.command("inspect")
@sources_argument
@source_options
@tier_scheme_options
@moving_options
@cloup.option_group(
    "Output",
    cloup.option("--rows", "with_rows", is_flag=True, help="Also what became of each row."),
    cloup.option("--json", "json", is_flag=True, help="Everything, as JSON."),
)
def command(sources: tuple[str, ...], with_rows: bool, json: bool, **given: Any) -> None:
    """Show what mapping files hold: capabilities, tiers, licences, techniques, ratings and oddities.

    A SOURCE is what `export` takes: a file, a folder, the name of a published set such as m365, an https address, - for
    standard input, or a built-in sample: `sample` or `sample-company`. What was taken for what is shown too: form,
    encoding, separator, sheet, header and columns. Sources of one domain may be at different ATT&CK releases.
    """
    options = read_options_from(given)
    tables = read_tables(*sources, options=options)
    mappings = gather(assemble_each(tables, tuple(words(options))), given.pop("attack_version"))
    fates = row_fates(tables) if with_rows else ()
    inspection = inspect(mappings, assign_tiers(mappings, tiers_from(given)))
    if json:
        values = msgspec.to_builtins(inspection)
        answer(as_json(values | {"rows": fates} if with_rows else values))
    else:
        answer("\n".join(filter(None, (_rendered(inspection), _row_table(fates)))))


def _row_table(fates: Sequence[RowFate]) -> str:
    several = len({fate.source for fate in fates}) > 1
    return table(
        "Rows, and what each is taken for",
        ("place", "taken for", "capability", "technique", "category", "value", "mapping type"),
        (
            (
                f"{f.source}: {f.place}" if several else f.place,
                f.taken_as,
                f.capability,
                f.technique,
                f.category or "",
                f.value or "",
                f.mapping_type,
            )
            for f in fates
        ),
    ).rstrip()


def _rendered(inspection: Inspection) -> str:
    sections = [
        _about(inspection),
        table(
            "Tiers, each with the lower ones",
            ("tier", "capabilities", "mappings", "distinct", "techniques"),
            ((t.tier, *map(str, (t.capabilities, t.mappings, t.distinct, t.techniques))) for t in inspection.tiers),
        ),
        table(
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
        table(
            "In several groups (each row counts in its own)",
            ("capability", "group", "mappings"),
            ((g.capability, g.group or "none", str(g.mappings)) for g in inspection.several_groups),
        ),
        table(
            f"Tactics of ATT&CK {inspection.attack_version}",
            ("tactic", "techniques", "of", "mappings"),
            ((t.name, *map(str, (t.techniques, t.of, t.mappings))) for t in inspection.tactics),
        ),
        table(
            "Techniques",
            ("id", "name", "mappings", "distinct", "capabilities"),
            ((t.id, t.name, str(t.mappings), str(t.distinct), str(t.capabilities)) for t in inspection.techniques),
        ),
        table(
            "Rated in two ways (best takes the higher value)",
            ("capability", "technique", "category", "values"),
            ((c.capability, c.technique, c.category, ", ".join(c.values)) for c in inspection.contradictions),
        ),
        table(
            "Repeated (counted once)",
            ("capability", "technique", "times"),
            ((d.capability, d.technique, str(d.times)) for d in inspection.duplicates),
        ),
        table(
            "Without category or without value (unrated)",
            ("capability", "technique"),
            ((p.capability, p.technique) for p in inspection.partly_rated),
        ),
        table(
            f"Not active in ATT&CK {inspection.attack_version}",
            ("technique", "why", "replaced by", "mappings"),
            ((i.id, i.kind, i.replacement or "", str(i.mappings)) for i in inspection.inactive),
        ),
        table(
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
            f"  form           {source.format}: {MEANINGS.get(source.format, source.format)}",
            f"  framework      {framework(source.framework).name} ({source.framework}) {source.framework_version}",
            f"  ATT&CK         {source.attack_version} {source.domain}",
            f"  rows           {source.rows}, of them {counted(source.mappings, 'mapping')}",
            f"  mapping types  {', '.join(f'{t.id} ({t.name})' for t in source.mapping_types)}",
            f"  groups         {', '.join(f'{g.id} ({g.name})' for g in source.groups)}",
            f"  SHA-256        {source.sha256}",
            *(f"  {what:14} {how}" for what, how in source.reading),
            *(f"  note           {in_options(remark)}" for remark in source.remarks),
        ]
    lines.append(
        f"\n{counted(len(inspection.capabilities), 'capability', 'capabilities')}, "
        f"{counted(len(inspection.techniques), 'technique')}, "
        f"{sum(t.mappings for t in inspection.techniques)} mappings "
        f"({sum(t.distinct for t in inspection.techniques)} distinct), "
        f"{counted(len(inspection.unmapped), 'row')} without a mapping"
    )
    stated = {source.attack_version for source in inspection.sources}
    if len(stated) > 1:
        hint = in_options("`attack_version` moves the mappings to one release")
        lines.append(f"looked at in ATT&CK {inspection.attack_version}, whatever release a source is at; {hint}")
    if any(c.licence_disagrees for c in inspection.capabilities):
        lines.append("(?): the licence sentence names another tier than the capability's id")
    return spelled_out("\n".join(lines)) + "\n"
