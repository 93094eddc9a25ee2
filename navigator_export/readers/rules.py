"""Detection rules as mappings: a rule is a capability that detects the techniques that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.source_files import SourceFile, within
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import Fields, yaml_documents
from navigator_export.strict_yaml import Object
from navigator_export.wording import counted

MAPPING_TYPE: Final = "detects"
_RETIRED: Final = frozenset({"deprecated", "unsupported", "retired", "removed"})


class Rule(msgspec.Struct, frozen=True):
    """One rule, read."""

    id: str
    name: str
    place: str
    techniques: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Products or data sources that it looks at."""
    status: str = ""
    comment: str = ""
    references: tuple[str, ...] = ()


def read_rules(
    files: Sequence[SourceFile], origin: Origin, options: ReadOptions, read_file: Callable[[str, str], Sequence[Rule]]
) -> list[Table]:
    """Return the table of all rules in files; `read_file` gives those of one, by its text and its label.

    Raises SourceError with every problem of all files, or where there is no rule at all.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    remarks = list(origin.remarks)
    for file in files:
        try:
            encoding = find_encoding(file.data, origin.file, options)
            found = read_file(file.data.decode(encoding.codec), file.label)
        except SourceError as error:
            problems += [replace(problem, place=within(file.label, problem.place)) for problem in error.problems]
            continue
        if not found:
            remarks.append(f"{file.label or origin.name} holds no rule and is left out")
        rules += found
    if len(rules) > options.limits.rows:
        problems.append(beyond(options.limits, "rows"))
    if not rules and not problems:
        problems.append(Problem("there is no rule in it"))
    if problems:
        raise SourceError(origin.file, problems)
    return [rules_table(rules, replace(origin, remarks=tuple(remarks)))]


def read_yaml_rules(
    files: Sequence[SourceFile],
    origin: Origin,
    options: ReadOptions,
    is_rule: Callable[[set[str]], bool],
    rule_of: Callable[[Object, str, Fields], Rule],
) -> list[Table]:
    """Return the table of all rules in YAML files, whose documents are rules where their outer keys say so.

    `rule_of` gives the rule in a document, by its file's label. Raises SourceError as `read_rules` does.
    """

    def read_file(text: str, label: str) -> list[Rule]:
        fields = Fields()
        documents = yaml_documents(text, "", options.limits)
        rules = [rule_of(d, label, fields) for d in documents if isinstance(d, Object) and is_rule(set(d))]
        if fields.problems:
            raise SourceError(origin.file, fields.problems)
        return rules

    return read_rules(files, origin, options, read_file)


def rules_table(rules: Sequence[Rule], origin: Origin) -> Table:
    """Return the table of rules: a row for each technique of a rule, and one for a rule that names none."""
    entries = [(rule, technique) for rule in rules for technique in rule.techniques or (None,)]
    return Table(
        file=origin.file,
        name=origin.name,
        sha256=origin.sha256,
        metadata=Metadata(
            mapping_framework=origin.format,
            mapping_types={MAPPING_TYPE: "Detects"},
            capability_groups={group: group for rule in rules for group in rule.groups},
        ),
        rows=[_row(rule, technique) for rule, technique in entries],
        row_place="",
        row_places=[rule.place for rule, _ in entries],
        rows_place="",
        metadata_place="",
        format=origin.format,
        reading=(("rules", str(len(rules))), *_statuses(rules)),
        remarks=(*origin.remarks, *_retired(rules)),
        states_all=False,
    )


def _row(rule: Rule, technique: str | None) -> Row:
    return Row(
        capability_id=rule.id,
        capability_description=rule.name,
        capability_group=rule.groups[0] if rule.groups else None,
        capability_groups=tuple(rule.groups[1:]) or None,
        mapping_type=MAPPING_TYPE,
        attack_object_id=technique,
        comments=rule.comment or None,
        references=tuple(rule.references),
        status=rule.status or None,
    )


def _statuses(rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    for status, count in sorted(Counter(rule.status for rule in rules if rule.status).items()):
        yield f"status {status}", counted(count, "rule")


def _retired(rules: Sequence[Rule]) -> Iterator[str]:
    for status, count in sorted(Counter(rule.status for rule in rules).items()):
        if status.casefold() in _RETIRED:
            yield f"{counted(count, 'rule is', 'rules are')} {status}, and counted like the others"
