"""Comparisons, gaps and plans as people read them: sentences and tables, which a terminal, Markdown and CSV share."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from navigator_export.analysis.comparison import Comparison, Difference
from navigator_export.analysis.coverage import Coverage
from navigator_export.analysis.gaps import Gap, Gaps
from navigator_export.analysis.means import Means
from navigator_export.analysis.plan import Plan
from navigator_export.analysis.side_by_side import SideBySide
from navigator_export.analysis.tactics import TacticCount
from navigator_export.analysis.use import ThreatUse
from navigator_export.attack.catalogue import Release
from navigator_export.layer.scales import shown
from navigator_export.validation.reports import markdown as escaped
from navigator_export.wording import counted, listed

SOME_COVERAGE = "Covered means mapped, which is some coverage and not protection."
REPORTED = "How many use a technique counts what was reported, not how common it is."
NO_VOUCHING = "A technique does not vouch for its sub-techniques; sub-techniques that are covered cover it in part."

_MOST_COLUMNS = 7
"""Coverages that stand side by side in columns."""
_MOST_MEANS = 4
"""Capabilities that a cell of a table names."""
_MOST_USERS = 3
"""Threats that a cell of a table names."""


class Column(msgspec.Struct, frozen=True):
    """A column of a table."""

    title: str
    is_number: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table of texts."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


class Report(msgspec.Struct, frozen=True):
    """What is said of a result."""

    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    """The last one is the result itself, row by row."""


def of_comparison(comparison: Comparison) -> Report:
    """Return what a comparison says."""
    old, new = comparison.old, comparison.new
    counts = comparison.counts
    before, after = comparison.total.counts
    of = comparison.total.of
    kinds = ", ".join(f"{count} {change}" for change, count in counts.items())
    sentences = [
        f"{kinds[0].upper()}{kinds[1:]}.",
        f"Covered: {before} before, {after} after, of {of} techniques and sub-techniques of {_release(new)} "
        f"({_percent(before / of)} and {_percent(after / of)}).",
    ]
    if comparison.presence_only:
        sentences.append(f"{comparison.presence_only[0].upper()}{comparison.presence_only[1:]}.")
    changed = [difference for difference in comparison.differences if difference.change != "same"]
    return Report(
        title=f"{old.name} → {new.name}",
        sentences=(*sentences, *_notes(old, new), SOME_COVERAGE),
        tables=(
            _tactics(("before", "after"), comparison.tactics, comparison.total),
            Table(
                "Changed techniques",
                tuple(map(Column, ("change", "technique", "name", "before", "after", "by"))),
                tuple(_difference(difference, old, new) for difference in changed),
            ),
        ),
    )


def of_side_by_side(found: SideBySide) -> Report:
    """Return what coverages side by side say: with few of them a column each, with many a row."""
    of, rows = found.total.of, (*found.tactics, found.total)
    titles = (*found.labels, "together")
    if len(titles) <= _MOST_COLUMNS:
        table = _tactics(titles, found.tactics, found.total)
    else:
        table = Table(
            f"Techniques per {found.by}",
            (Column(found.by), *(Column(f"{row.name} ({row.of})", is_number=True) for row in rows)),
            tuple((title, *(str(row.counts[place]) for row in rows)) for place, title in enumerate(titles)),
        )
    sentences = (
        f"Techniques and sub-techniques of {_release(found.whole)} that each {found.by} covers, of {of}.",
        *(["A tier has the lower ones included."] if found.by == "tier" else ()),
        *_notes(found.whole),
        SOME_COVERAGE,
    )
    return Report(f"{found.whole.name} by {found.by}", sentences, (table,))


def of_gaps(gaps: Gaps, most: int | None = None) -> Report:
    """Return what gaps say; `most` limits the gaps that are listed, and the rest is counted."""
    shares, coverage, use = gaps.shares, gaps.coverage, gaps.use
    weak = f", {shares.weak} of them weakly" if shares.weak else ""
    said = [
        f"{shares.covered} of the {shares.of} techniques that are used are covered "
        f"({_percent(shares.by_count)}){weak}, at {_release(coverage)}.",
        f"Weighted by how many use each: {_percent(shares.by_use)} of {shown(use.weight)} uses.",
    ]
    if shares.by_rating is not None:
        said.append(f"Weighted by the rating too: {_percent(shares.by_rating)}.")
    open_ = (*gaps.of_state("uncovered"), *gaps.of_state("weak"))
    listed = open_ if most is None else open_[:most]
    if len(listed) < len(open_):
        said.append(f"The {len(listed)} most used gaps are listed, of {len(open_)}.")
    return Report(
        title=f"{coverage.name} against {use.name}",
        sentences=(*said, *_notes(coverage), *use.notes, SOME_COVERAGE, REPORTED, NO_VOUCHING),
        tables=(
            _tactics(("covered", "weakly"), gaps.tactics, None),
            Table(
                "Gaps, the most used first",
                (
                    *map(Column, ("state", "technique", "name")),
                    Column("used by", is_number=True),
                    *map(Column, ("covered in part by", "would close it")),
                ),
                tuple(_gap(gap) for gap in listed),
            ),
        ),
    )


def of_plan(plan: Plan) -> Report:
    """Return what a plan says."""
    use = plan.use
    unit = "costs" if any(step.cost != 1 for step in plan.steps) else "has"
    size = shown(plan.cost) if unit == "costs" else counted(len(plan.steps), "capability", "capabilities")
    said = [
        f"The plan {unit} {size} and covers {_percent(plan.share)} of use, at {_release(plan.coverage)}: "
        f"{_percent(plan.share / plan.share_of_all)} of the {_percent(plan.share_of_all)} that all capabilities "
        "together cover.",
        "No other choice is better; that is proven." if plan.proven else _bound(plan),
    ]
    if plan.have:
        had = counted(len(plan.have), "capability is", "capabilities are")
        said.append(f"{had} there already: {_percent(plan.share_before)} of use.")
    steps = tuple(
        (
            str(number),
            step.means.id,
            step.means.name,
            step.means.tier,
            shown(step.cost),
            str(len(step.adds)),
            _percent(step.share),
        )
        for number, step in enumerate(plan.steps, 1)
    )
    columns = (
        Column("", is_number=True),
        *map(Column, ("capability", "name", "tier")),
        *(Column(title, is_number=True) for title in ("cost", "adds", "share of use")),
    )
    return Report(
        title=f"{plan.coverage.name} against {use.name}: what to get",
        sentences=(*said, *use.notes, SOME_COVERAGE, REPORTED),
        tables=(Table("Steps, each with the techniques that it adds", columns, steps),),
    )


def of_use(use: ThreatUse, release: Release) -> Report:
    """Return what threats use; the release has the techniques' names."""
    rows = tuple(
        (u.technique, release.name(u.technique), shown(u.weight), ", ".join(u.users)) for u in use.techniques.values()
    )
    columns = (Column("technique"), Column("name"), Column("used by", is_number=True), Column("who"))
    return Report(use.name, said_of_use(use), (Table("Techniques", columns, rows),))


def said_of_use(use: ThreatUse) -> tuple[str, ...]:
    """Return what is said of all that threats use, in sentences."""
    said = f"{counted(len(use.techniques), 'technique')} at {use.domain} ATT&CK {use.attack_version}."
    return said, *use.notes, REPORTED


def as_values(result: msgspec.Struct) -> dict[str, Any]:
    """Return a result as plain values for JSON; of the sides it was made of, what they are and not every technique."""
    values: dict[str, Any] = msgspec.to_builtins(result)
    for side in ("old", "new", "coverage", "use", "whole"):
        if isinstance(values.get(side), dict):
            del values[side]["techniques"]
    for offer in values.get("offers", ()):
        del offer["techniques"]
    for coverage in values.get("coverages", ()):
        coverage["techniques"] = list(coverage["techniques"])
    return values


def as_markdown(report: Report) -> str:
    """Return a report as Markdown, fit for a pull request; texts of sources never become markup."""
    lines = [f"## {escaped(report.title)}", "", *(f"{escaped(sentence)}  " for sentence in report.sentences)]
    for table in report.tables:
        lines += ["", f"### {table.title}", "", *_markdown_rows(table)]
    return "\n".join(lines) + "\n"


def with_failures(report: Report, failures: Sequence[str]) -> str:
    """Return a report as Markdown, with the gates that failed below its title."""
    title, *rest = as_markdown(report).splitlines()
    failed = [f"**Failed:** {escaped(failure)}  " for failure in failures]
    return "\n".join((title, *(["", *failed] if failed else ()), *rest)) + "\n"


def as_csv(report: Report) -> str:
    """Return the result itself as CSV; no cell is read as a formula."""
    table = report.tables[-1]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.title for column in table.columns])
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that spreadsheets take for text: an apostrophe before what they would compute."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _markdown_rows(table: Table) -> Iterator[str]:
    if not table.rows:
        yield "None."
        return
    yield _row(column.title for column in table.columns)
    yield _row("---:" if column.is_number else "---" for column in table.columns)
    yield from (_row(map(escaped, row)) for row in table.rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _tactics(titles: Sequence[str], counts: Iterable[TacticCount], total: TacticCount | None) -> Table:
    rows = [*counts, total] if total else [*counts]
    return Table(
        "Techniques per tactic",
        (Column("tactic"), *(Column(title, is_number=True) for title in (*titles, "of"))),
        tuple((row.name, *map(str, row.counts), str(row.of)) for row in rows if row.of),
    )


def _difference(difference: Difference, old: Coverage, new: Coverage) -> tuple[str, ...]:
    return (
        difference.change,
        difference.technique,
        difference.name,
        old.measure.word(difference.old),
        new.measure.word(difference.new),
        _named(difference.by),
    )


def _gap(gap: Gap) -> tuple[str, ...]:
    offers: dict[str, list[Means]] = {}
    for closer in gap.closers:
        offers.setdefault(closer.means.tier or closer.source, []).append(closer.means)
    closing = "; ".join(f"{source}: {_named(means)}" for source, means in offers.items())
    return (gap.state, gap.technique, gap.name, shown(gap.weight), ", ".join(gap.covered_parts), closing)


def _named(means: Sequence[Means]) -> str:
    ranked = sorted(means, key=lambda m: (-m.best, m.id))
    return listed([m.label for m in ranked], _MOST_MEANS)


def _notes(*coverages: Coverage) -> tuple[str, ...]:
    return tuple(f"{coverage.name}: {note}." for coverage in coverages for note in coverage.notes)


def _bound(plan: Plan) -> str:
    bound = _percent(plan.bound) if isinstance(plan.bound, float) and plan.bound <= 1 else shown(plan.bound)
    return f"The search was given up: whether another choice is better is not proven; the best may come to {bound}."


def _release(of: Coverage) -> str:
    return f"{of.domain} ATT&CK {of.attack_version}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
