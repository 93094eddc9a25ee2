"""`navigator-export convert`."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import cloup

from navigator_export.cli.options import quiet_option, read_options_from, source_options, sources_argument
from navigator_export.cli.targets import spare, write_all
from navigator_export.cli.terminal import complain, in_options
from navigator_export.cli.times import stated_time
from navigator_export.conversion import Conversion, convert
from navigator_export.errors import OutputError, Problem
from navigator_export.output import STANDARD_OUTPUT, named
from navigator_export.reading import read_tables
from navigator_export.wording import counted


@cloup.command("convert")
@sources_argument
@source_options
@cloup.option_group(
    "Output",
    cloup.option(
        "-o",
        "--output",
        default=STANDARD_OUTPUT,
        help="File to write; a folder for one file per framework and ATT&CK release; - (default) for stdout.",
    ),
    quiet_option,
)
def command(sources: tuple[str, ...], output: str, quiet: bool, **reading: Any) -> None:
    """Write mapping files, in any form that is read, as Mappings Explorer's unified JSON.

    A SOURCE is what `export` takes: a file, a folder, the name of a published set such as m365, an https address, - for
    standard input, or a built-in sample: `sample` or `sample-company`.
    """
    conversions, sources_read = convert(read_tables(*sources, options=read_options_from(reading)), _today())
    targets = _targets(output, conversions)
    spare((target for target, _ in targets), sources)
    write_all([(target, conversion.text) for target, conversion in targets])
    told = [f"warning {source.name}: {in_options(remark)}" for source in sources_read for remark in source.remarks]
    told += [f"warning {conversion.framework}: {remark}" for conversion in conversions for remark in conversion.remarks]
    if not quiet:
        told += [f"{conversion.framework}: {counted(conversion.rows, 'row')}" for conversion in conversions]
        told += [f"written: {target}" for target, _ in targets if target != STANDARD_OUTPUT]
    if told:
        complain(*told)


def _today() -> date:
    """Return the day, or the one that SOURCE_DATE_EPOCH says, so that a build can be repeated."""
    return (stated_time() or datetime.now().astimezone()).date()


def _targets(output: str, conversions: tuple[Conversion, ...]) -> list[tuple[str, Conversion]]:
    if output != STANDARD_OUTPUT and (named(output).endswith(("/", os.sep)) or Path(output).is_dir()):
        targets = [(str(Path(output, conversion.file_name)), conversion) for conversion in conversions]
    elif len(conversions) == 1:
        targets = [(output, conversions[0])]
    else:
        held = ", ".join(f"{conversion.framework} at {conversion.attack_version}" for conversion in conversions)
        hint = "name a folder with -o for a file of each, or one framework with --source-framework"
        message = f"one file holds one framework at one ATT&CK release, and these are {held}"
        raise OutputError("", [Problem(message, "-o", hint)])
    return targets
