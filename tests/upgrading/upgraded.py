"""Layers upgraded for tests, as JSON values and as text."""

from __future__ import annotations

import json
from typing import Any

from navigator_export.attack import builtin
from navigator_export.upgrading import Upgrade, UpgradeOptions, upgrade
from tests.made_inputs import Json, make_layer_json


def upgraded(data: bytes, file: str = "layer.json", **options: Any) -> Upgrade:
    """Upgrade the bytes of a file with the built-in facts."""
    return upgrade(data, file, UpgradeOptions(**options), builtin())


def result(done: Upgrade) -> Json:
    """Return what an upgrade wrote."""
    assert done.findings == ()
    assert done.data is not None
    return json.loads(done.data)


def mended(**fields: Json) -> tuple[Json, list[str]]:
    """Return the small layer with some fields replaced, upgraded, and the rules that changed it, each once."""
    done = upgraded(json.dumps(make_layer_json(**fields)).encode())
    return result(done), list(dict.fromkeys(change.rule for change in done.changes))


def moved(techniques: list[Json], version: str = "latest", **fields: Json) -> tuple[list[Json], Upgrade]:
    """Return techniques of a layer at 18 moved to another release, and the upgrade that did it."""
    options = {name: fields.pop(name) for name in ("keep_inactive", "on_merge") if name in fields}
    layer = make_layer_json(**{"versions": {"attack": "18", "layer": "4.5"}, "techniques": techniques, **fields})
    done = upgraded(json.dumps(layer).encode(), attack_version=version, **options)
    return ([] if done.data is None else result(done)["techniques"]), done


def rules(done: Upgrade) -> list[str]:
    """Return the rules of the changes of an upgrade, each once."""
    return list(dict.fromkeys(change.rule for change in done.changes))
