from __future__ import annotations

import json

from navigator_export.attack.compile import TARGET, compile_facts
from tests.real_inputs import shared


def test_built_in_facts_are_what_compiling_makes() -> None:
    assert compile_facts(json.loads(shared("attack/techniques.json").read_bytes())) == TARGET.read_bytes()
