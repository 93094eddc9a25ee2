"""`navigator-export render`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import cloup

from navigator_export.attack import known
from navigator_export.cli.options import making_options, quiet_option
from navigator_export.cli.shown import shown_argument, shown_from
from navigator_export.cli.targets import spare, write_all
from navigator_export.cli.terminal import complain, in_options
from navigator_export.cli.times import stated_time
from navigator_export.errors import OutputError, Problem
from navigator_export.layer.format import Layer
from navigator_export.layer.naming import slug
from navigator_export.output import STANDARD_OUTPUT, inside, named
from navigator_export.pictures.page import PAGES, SUB_TECHNIQUES, THEMES, Look, PageName, SubTechniques, ThemeName
from navigator_export.pictures.rendering import FORMATS, Format, render


@cloup.command("render")
@shown_argument
@cloup.option_group(
    "Picture",
    cloup.option(
        "-o",
        "--output",
        default=STANDARD_OUTPUT,
        help="File to write, as in matrix.svg; a folder for one of each layer; - (default) for stdout.",
    ),
    cloup.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS, case_sensitive=False),
        help="Format; else that of the file's name, and svg for a folder or stdout.",
    ),
    cloup.option(
        "--page",
        type=click.Choice(tuple(PAGES), case_sensitive=False),
        default=Look().page,
        show_default=True,
        help="Size of svg, png and pdf: paper on its side, a slide, or as large as the texts ask for.",
    ),
    cloup.option(
        "--theme",
        type=click.Choice(tuple(THEMES), case_sensitive=False),
        default=Look().theme,
        show_default=True,
        help="Colours around those of the layer, in svg, png and pdf.",
    ),
    cloup.option(
        "--sub-techniques",
        type=click.Choice(SUB_TECHNIQUES),
        default=Look().sub_techniques,
        show_default=True,
        help="Sub-techniques that svg, png and pdf show: those with a note or score, all, as the layer opens, or none.",
    ),
    cloup.option(
        "--only-scored",
        is_flag=True,
        help="Leave out of svg, png and pdf what has no score or colour, nor one below it.",
    ),
    quiet_option,
)
@making_options
def command(
    words: tuple[str, ...],
    output: str,
    format_: Format | None,
    page: PageName,
    theme: ThemeName,
    sub_techniques: SubTechniques,
    only_scored: bool,
    quiet: bool,
    show_id: bool,
    **given: Any,
) -> None:
    """Draw layers as pictures, pages and workbooks: LAYER files, and one layer made of each SOURCE together.

    What is seen is what the Navigator shows of a layer: its colours, order, filters and aggregates, at its ATT&CK
    release. PNG and PDF need the extra `pictures`: pip install 'navigator-export[pictures]'.
    """
    look = Look(page, theme, sub_techniques, only_scored)
    format_ = format_ or _format_of(output)
    shown = shown_from(words, {**given, "show_id": False})
    targets = _targets(output, format_, shown.layers)
    spare(targets, (*words, *given["capability_sets"]))
    catalogue, created = known(), stated_time()
    told = list(shown.told)
    files = []
    for layer, target in zip(shown.layers, targets, strict=True):
        rendered = render(layer, format_, look, catalogue, show_id=show_id, created=created)
        files.append((target, rendered.data))
        told += [f"warning {layer.name}: {in_options(remark)}" for remark in rendered.remarks]
    write_all(files)
    if not quiet:
        told += [f"written: {target}" for target in targets if target != STANDARD_OUTPUT]
    complain(*told)


def _format_of(output: str) -> Format:
    """Return the format that the name of a file says. Raises OutputError where it says none."""
    name = named(output)
    if output == STANDARD_OUTPUT or inside(name, "_") != name:
        return "svg"
    ending = Path(name).suffix.removeprefix(".").lower()
    for format_ in FORMATS:
        if ending == format_:
            return format_
    hint = f"end it like .{', .'.join(FORMATS)}, or say --format"
    raise OutputError(name, [Problem("its name does not say which format to write", hint=hint)])


def _targets(output: str, format_: str, layers: Sequence[Layer]) -> list[str]:
    """Return the file of each layer. Raises OutputError where several would go into one."""
    stems = [slug(layer.name)[:80] or "layer" for layer in layers]
    numbered = [
        f"{stem}-{stems[: index + 1].count(stem)}" if stems.count(stem) > 1 else stem
        for index, stem in enumerate(stems)
    ]
    targets = [inside(output, f"{stem}.{format_}") for stem in numbered]
    if len(layers) > 1 and len(set(targets)) == 1:
        hint = "name a folder with -o"
        raise OutputError(output, [Problem(f"one file holds one layer, and these are {len(layers)}", hint=hint)])
    return targets
