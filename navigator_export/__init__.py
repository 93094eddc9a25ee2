"""Turn ATT&CK mappings into validated ATT&CK Navigator layers.

    from navigator_export import Recipe, Selection, make_layer, read, write

    mappings = read("m365-07.18.2025_attack-16.1-enterprise.json")
    product = make_layer(mappings, Recipe(selection=Selection(tier="E3")))
    write(product.text, product.file_name)

Nothing here prints or exits; what can go wrong is a NavigatorExportError.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from navigator_export.analysing import (
        compare as compare,
        coverage_of as coverage_of,
        gaps as gaps,
        layer_of as layer_of,
        plan as plan,
        threat_use as threat_use,
    )
    from navigator_export.analysis.comparison import Comparison as Comparison
    from navigator_export.analysis.coverage import Coverage as Coverage
    from navigator_export.analysis.gaps import Gaps as Gaps
    from navigator_export.analysis.plan import Plan as Plan
    from navigator_export.analysis.use import ThreatUse as ThreatUse
    from navigator_export.errors import (
        AttackError as AttackError,
        GateError as GateError,
        LayerError as LayerError,
        NavigatorExportError as NavigatorExportError,
        NothingSelectedError as NothingSelectedError,
        OutputError as OutputError,
        SelectionError as SelectionError,
        SourceError as SourceError,
    )
    from navigator_export.export import Product as Product, make_layer as make_layer
    from navigator_export.inspection import Inspection as Inspection, inspect as inspect
    from navigator_export.layer.format import (
        Layer as Layer,
        LayerFile as LayerFile,
        encode as encode,
        encode_file as encode_file,
    )
    from navigator_export.layer.reading import read_layer_file as read_layer_file, read_layers as read_layers
    from navigator_export.layer.scoring import Scoring as Scoring
    from navigator_export.layer.tally import Tally as Tally
    from navigator_export.model import Capability as Capability, Mapping as Mapping, MappingSet as MappingSet
    from navigator_export.output import write as write
    from navigator_export.readers.options import ReadOptions as ReadOptions
    from navigator_export.reading import read as read, read_bytes as read_bytes, read_each as read_each
    from navigator_export.recipe import Recipe as Recipe
    from navigator_export.selection import Criteria as Criteria, Selection as Selection
    from navigator_export.tiers import TierOptions as TierOptions, assign_tiers as assign_tiers
    from navigator_export.upgrading import (
        Change as Change,
        Upgrade as Upgrade,
        UpgradeOptions as UpgradeOptions,
        upgrade as upgrade,
    )
    from navigator_export.validation import Finding as Finding, validate as validate
    from navigator_export.version import __version__ as __version__

_HOMES = {
    "analysing": ("compare", "coverage_of", "gaps", "layer_of", "plan", "threat_use"),
    "analysis.comparison": ("Comparison",),
    "analysis.coverage": ("Coverage",),
    "analysis.gaps": ("Gaps",),
    "analysis.plan": ("Plan",),
    "analysis.use": ("ThreatUse",),
    "errors": (
        *("AttackError", "GateError", "LayerError", "NavigatorExportError", "NothingSelectedError", "OutputError"),
        *("SelectionError", "SourceError"),
    ),
    "export": ("Product", "make_layer"),
    "inspection": ("Inspection", "inspect"),
    "model": ("Capability", "Mapping", "MappingSet"),
    "output": ("write",),
    "readers.options": ("ReadOptions",),
    "reading": ("read", "read_bytes", "read_each"),
    "recipe": ("Recipe",),
    "layer.format": ("Layer", "LayerFile", "encode", "encode_file"),
    "layer.reading": ("read_layer_file", "read_layers"),
    "layer.scoring": ("Scoring",),
    "selection": ("Criteria", "Selection"),
    "layer.tally": ("Tally",),
    "tiers": ("TierOptions", "assign_tiers"),
    "upgrading": ("Change", "Upgrade", "UpgradeOptions", "upgrade"),
    "validation": ("Finding", "validate"),
    "version": ("__version__",),
}

__all__ = sorted(name for names in _HOMES.values() for name in names)  # noqa: PLE0605 - a list, made of what there is


def __getattr__(name: str) -> Any:
    # Names are looked up when first used: loading all of them takes longer than `--help` may.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
