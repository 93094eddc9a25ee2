"""`navigator-export export`."""

from __future__ import annotations

from typing import Any, Final

import click
import cloup

from navigator_export.attack import LATEST
from navigator_export.characters import spelled_out
from navigator_export.cli.options import making_options, quiet_option, read_options_from, recipe_from, sources_argument
from navigator_export.cli.targets import spare, write_all
from navigator_export.cli.terminal import complain, in_options
from navigator_export.export import Product, make_layer
from navigator_export.output import STANDARD_OUTPUT, as_json, inside, named
from navigator_export.reading import read_each
from navigator_export.retargeting import Retargeting
from navigator_export.wording import counted, listed

_OTHER_FILES: Final = (".csv", ".xlsx", ".svg", ".html", ".png", ".pdf")
"""How the names of files end that no layer belongs into: lists, of which one may be there, and pictures."""


@cloup.command("export")
@sources_argument
@making_options
@cloup.option_group(
    "Address",
    cloup.option("--sha256", metavar="HEX", help="SHA-256 that the SOURCE at an https address must have."),
)
@cloup.option_group(
    "Output",
    cloup.option(
        "-o",
        "--output",
        default=STANDARD_OUTPUT,
        help="File to write; a folder for a name of its own; - (default) for stdout.",
    ),
    cloup.option("--report", metavar="FILE", help="Write what became of inactive techniques: JSON for *.json."),
    quiet_option,
)
def command(
    sources: tuple[str, ...], sha256: str | None, output: str, report: str | None, quiet: bool, **given: Any
) -> None:
    """Write one Navigator layer from mapping files.

    A SOURCE is a mapping file or list, a folder of rules or of security stack YAML, the name of a published set such as
    m365 (`sets` lists them), an https address, - for standard input, or a built-in sample: `sample` or
    `sample-company`. Several sources of one domain go into one layer; --attack-version moves those of different ATT&CK
    releases to one.
    """
    for place in (output, report):
        if place is not None:
            named(place)
    if output.lower().endswith(_OTHER_FILES):
        raise click.UsageError(
            f"a layer is JSON, and {output} is not called so: end it in .json; `navigator-export render` draws"
        )
    if report == output == STANDARD_OUTPUT:
        raise click.UsageError("the layer and its report cannot both go to standard output; name a file with -o")
    if sha256 is not None:
        sources = _pinned(sources, sha256)
    reading = read_options_from(given)
    recipe = recipe_from(given)
    product = make_layer(read_each(*sources, options=reading), recipe)
    target = inside(output, product.file_name)
    spare((target, report or STANDARD_OUTPUT), (*sources, *given["capability_sets"]))
    texts = [(target, product.text)]
    if report:
        texts.append((report, _report(product.tally.retargeting, machine=report.endswith(".json"))))
    write_all(texts)
    complain(*_account(product, target, recipe.attack_version, quiet=quiet))


def _pinned(sources: tuple[str, ...], sha256: str) -> tuple[str, ...]:
    """Return the sources, the one that is an address with its hash."""
    addresses = [source for source in sources if source.startswith("https://")]
    if len(addresses) != 1 or "#" in addresses[0]:
        raise click.UsageError("--sha256 goes with one https address; of several, end each in #sha256=…")
    return tuple(f"{source}#sha256={sha256.strip()}" if source in addresses else source for source in sources)


def _unlisted(product: Product, asked: str | None) -> list[str]:
    """Return a note where an ATT&CK release is not listed, and another one's techniques served for it."""
    retargeting = product.tally.retargeting
    wanted = asked or retargeting.from_release
    if wanted in (retargeting.to_release, LATEST):
        return []
    return [f"note ATT&CK {wanted} is not listed; its techniques are taken to be those of {retargeting.to_release}"]


def _report(retargeting: Retargeting, *, machine: bool) -> bytes:
    """Return what became of every id that is not active in the layer's release."""
    if machine:
        return f"{as_json(retargeting)}\n".encode()
    lines = [
        f"ATT&CK {retargeting.from_release} to {retargeting.to_release}, {retargeting.domain}: "
        f"{counted(retargeting.mappings_in, 'mapping')} in, "
        f"{retargeting.mappings_out} out, {retargeting.dropped} dropped",
        *map(str, retargeting.fates),
    ]
    return (spelled_out(in_options("\n".join(lines))) + "\n").encode()


def _account(product: Product, target: str, asked: str | None, *, quiet: bool) -> list[str]:
    """Return what to tell of a layer: problems always, the rest unless quiet."""
    tally = product.tally
    lines = [str(finding) for finding in product.findings]
    lines += [f"warning {remark}" for remark in (*tally.remarks, *product.warnings)]
    lines += _unlisted(product, asked)
    lines += [f"{'note' if fate.target else 'warning'} {fate}" for fate in tally.retargeting.fates]
    if tally.without_tier:
        ids = listed([capability.id for capability in tally.without_tier], 8)
        without = counted(len(tally.without_tier), "capability without a tier is", "capabilities without a tier are")
        lines.append(f"warning {without} left out: {ids}")
    if not quiet:
        lines.append(
            f"{product.layer.name}: {counted(tally.mappings, 'mapping')} of "
            f"{counted(tally.capabilities, 'capability', 'capabilities')} on {counted(tally.techniques, 'technique')}"
        )
        parts = filter(None, (f"{tally.mappings} in the layer", tally.left_out()))
        lines.append(f"{counted(tally.rows, 'row')}: {', '.join(parts)}")
        if target != STANDARD_OUTPUT:
            lines.append(f"written: {target}")
    return [in_options(line) for line in lines]
