from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"filters": {"platform": ["Windows"]}}, "nearest fields: platforms"),
        ({"filters": {"stages": ["act"]}}, "stages went with PRE-ATT&CK in format 4; leave it out"),
        ({"versions": {"attack": "16", "layer": "4.5", "nav": "5"}}, "nearest fields: navigator"),
        ({"gradient": {"colors": ["#ffffff", "#000000"], "minValue": 0, "maxValue": 3, "min": 0}}, "nearest fields"),
        ({"legendItems": [{"label": "a", "color": "#ffffff", "colour": "red"}]}, "nearest fields: color"),
    ],
)
def test_unknown_fields_of_the_parts_are_told(fields: dict[str, Json], hint: str) -> None:
    finding = only(**fields)
    assert (finding.rule, finding.severity) == ("unknown-field", "warning")
    assert finding.hint.startswith(hint)


def test_fields_of_older_formats_that_are_obeyed_are_not_called_unknown() -> None:
    found = told(version="4.5", viewMode=0)
    assert found == ["field-old warning $.version", "field-old warning $.viewMode"]
    assert told(techniques=technique(version="4.5")) == ["unknown-field warning $.techniques[0].version"]
