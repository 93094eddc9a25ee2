"""What Mappings Explorer's own schema asks of a file, in our words: every field it knows, and no other.

The schema is schema/mapex-unified-data-schema.json in github.com/center-for-threat-informed-defense/mappings-explorer.
"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator

_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_DAY: Final = {"type": "string", "pattern": r"^\d{2}/\d{2}/\d{4}$"}


def _object(required: tuple[str, ...], **fields: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": fields}


MAPPINGS_EXPLORER: Final = Draft202012Validator(
    _object(
        ("metadata", "mapping_objects"),
        metadata=_object(
            (
                *("mapping_version", "attack_version", "technology_domain", "creation_date", "mapping_framework"),
                *("mapping_framework_version", "mapping_types", "capability_groups"),
            ),
            **dict.fromkeys(("mapping_version", "attack_version"), _TEXT),
            **dict.fromkeys(("mapping_framework", "mapping_framework_version"), _TEXT),
            **dict.fromkeys(("author", "contact", "organization"), _MAYBE),
            **dict.fromkeys(("creation_date", "last_update"), _DAY),
            technology_domain={"enum": ["enterprise", "mobile", "ics"]},
            mapping_framework_version_schema={"enum": ["FRAMEWORK_VERSION", "ACCESS_DATE"]},
            mapping_types={
                "type": "object",
                "additionalProperties": _object(("name", "description"), name=_TEXT, description=_TEXT),
            },
            capability_groups={"type": "object"},
        ),
        mapping_objects={
            "type": "array",
            "items": _object(
                ("mapping_type", "capability_group"),
                **dict.fromkeys(("author", "author_contact", "author_organization", "comments"), _MAYBE),
                **dict.fromkeys(("attack_object_id", "attack_object_name", "capability_id"), _MAYBE),
                **dict.fromkeys(("capability_description", "capability_group", "mapping_type"), _MAYBE),
                **dict.fromkeys(("attack_version", "mapping_framework", "mapping_framework_version"), _TEXT),
                technology_domain=_TEXT,
                related_score=_MAYBE,
                references={"type": ["array", "null"], "items": _TEXT},
                status={"enum": ["complete", "in_progress", "non_mappable"]},
                score_category={"enum": ["protect", "detect", "respond", None]},
                score_value={"enum": ["minimal", "partial", "significant", None]},
            ),
        },
    )
)
"""Checks a document as its schema does."""
