"""`navigator-export threat`."""

from __future__ import annotations

import click
import cloup

from navigator_export.analysis.commands import Pair, command_line, without_folder
from navigator_export.analysis.reports import of_use
from navigator_export.analysis.words import read_use
from navigator_export.attack import LATEST, known
from navigator_export.attack.known_threats import known_threats
from navigator_export.cli.options import moving_options
from navigator_export.cli.reports import deliver, format_option, layer_options
from navigator_export.layer.format import Layer
from navigator_export.model import DOMAINS, Domain
from navigator_export.readers.options import ReadOptions


@cloup.command("threat")
@cloup.argument("threats", nargs=-1, required=True, metavar="WHAT…")
@cloup.option("--with-software", is_flag=True, help="Also what the software does that a group uses.")
@cloup.option("--with-campaigns", is_flag=True, help="Also what the campaigns did that a group is held to have run.")
@cloup.option("--domain", type=click.Choice(DOMAINS), default="enterprise", show_default=True, help="ATT&CK domain.")
@moving_options
@cloup.option_group("Output", format_option, *layer_options)
def command(
    threats: tuple[str, ...],
    with_software: bool,
    with_campaigns: bool,
    domain: Domain,
    attack_version: str | None,
    form: str,
    output: str | None,
    name: str | None,
    description: str | None,
) -> None:
    """Show, or write as a layer, which techniques threats use.

    WHAT is a group, campaign or software by id, name or alias; groups:all; top:50 for the techniques that most groups
    use; technique ids, with a weight or not, as in T1059=3; a file of them; or a layer.
    """
    catalogue = known()
    facts = known_threats(catalogue, domain)
    release = catalogue.require(domain, attack_version or (facts.attack_version if facts else LATEST))
    use = read_use(threats, facts, release, ReadOptions(), with_software=with_software, with_campaigns=with_campaigns)

    def layer() -> Layer:
        from navigator_export.analysis.layers import Making, use_layer  # where one is asked for

        flags = (("with-software", with_software), ("with-campaigns", with_campaigns))
        pairs: list[Pair] = [(flag, None) for flag, given in flags if given]
        pairs += [("domain", domain)] if domain != "enterprise" else []
        pairs += [("attack-version", attack_version)] if attack_version is not None else []
        again = command_line("threat", [without_folder(word) for word in threats], pairs)
        return use_layer(use, Making(again, name, description))

    deliver(of_use(use, release), use, form, output, layer, threats, catalogue)
