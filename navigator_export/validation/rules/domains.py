"""The matrix that a layer belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.schemas import shown
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import DOMAINS_BY_NAME, OLD_DOMAIN_NAMES, LayerView, meant_domain
from navigator_export.wording import shortened

DOMAIN = Rule("domain-unknown", "error", "The layer names no domain of ATT&CK: the Navigator refuses it.")
OLD_DOMAIN = Rule("domain-old", "warning", "The domain has its old name, which the Navigator reads as today's.")
CUSTOM = Rule(
    "custom-matrix",
    "error",
    "The layer is for another matrix than ATT&CK's: its techniques are not checked, and Navigator 5.1.0 refuses it.",
)

_NAMES = ", ".join(f'"{name}"' for name in DOMAINS_BY_NAME)


def check_domain(view: LayerView) -> Iterator[Finding]:
    """Find a domain that is missing, misspelt or old, and a matrix that is not ATT&CK's."""
    name = view.layer.get("domain")
    path = f"{view.path}.domain"
    if view.layer.get("customDataURL"):
        yield CUSTOM.finding(
            f"{view.path}.customDataURL",
            "custom matrix: techniques not checked; Navigator 5.1.0 refuses it, later ones download it first",
            "for a layer of ATT&CK itself leave customDataURL out",
        )
        return
    if "customDataURL" in view.layer:
        yield DOMAIN.finding(
            f"{view.path}.customDataURL",
            "an empty address of a matrix: the Navigator refuses the layer",
            "leave it out",
        )
    if view.is_custom:
        yield CUSTOM.finding(
            path,
            f"custom matrix {shortened(str(name), 30)!r}: techniques not checked; "
            "only a Navigator whose settings name that matrix opens it",
            f"a layer of ATT&CK has {_NAMES}",
        )
    elif isinstance(name, str) and name in OLD_DOMAIN_NAMES:
        today = DOMAIN_NAMES[OLD_DOMAIN_NAMES[name]]
        yield OLD_DOMAIN.finding(path, f"{name} is the old name of {today}, as which it is read", f'write "{today}"')
    elif view.domain is None:
        meant = meant_domain(name) if isinstance(name, str) else None
        said = f"unknown domain {shown(name)}" if "domain" in view.layer else "the domain is missing"
        yield DOMAIN.finding(
            path if "domain" in view.layer else view.path,
            f"{said}: the Navigator refuses the layer",
            f'write "{DOMAIN_NAMES[meant]}"' if meant else f'write "domain" as one of {_NAMES}',
        )
