"""What every reader gives: the rows of one source, still in the source's own spelling.

The field names are those of Mappings Explorer's unified JSON, so that format decodes straight into them.
"""

from __future__ import annotations

import msgspec

from navigator_export.errors import Problem


class Row(msgspec.Struct, gc=False):
    """One row as the source has it; None and missing are the same."""

    capability_id: str | None = None
    capability_description: str | None = None
    capability_group: str | None = None
    mapping_type: str | None = None
    attack_object_id: str | None = None
    score_category: str | None = None
    score_value: str | None = None
    comments: str | None = None
    references: tuple[str | None, ...] | None = None
    """All empty tuples are one; lists take room."""
    status: str | None = None
    mapping_framework_version: str | None = None
    attack_version: str | None = None
    attack_object_name: str | None = None
    related_score: str | None = None
    """Technique whose rating this one goes with."""
    mapping_framework: str | None = None
    """Framework of this row, where it says one of its own; likewise the next."""
    technology_domain: str | None = None
    author: str | None = None
    author_contact: str | None = None
    author_organization: str | None = None
    capability_groups: tuple[str, ...] | None = None
    """Further groups of the capability; not a field of Mappings Explorer, where a row has one."""


class Provenance(msgspec.Struct, frozen=True):
    """Who made a source's mappings, and when, in the source's own words; None for what it does not say."""

    mapping_version: str | None = None
    author: str | None = None
    contact: str | None = None
    organization: str | None = None
    creation_date: str | None = None
    last_update: str | None = None
    mapping_framework_version_schema: str | None = None
    """How the framework counts its releases: FRAMEWORK_VERSION or ACCESS_DATE."""


class Metadata(msgspec.Struct):
    """What a source says of itself; what it does not say is empty."""

    mapping_framework: str = ""
    attack_version: str = ""
    technology_domain: str = ""
    mapping_framework_version: str | None = None
    mapping_types: dict[str, str] = {}
    """Id to display name."""
    mapping_type_descriptions: dict[str, str] = {}
    """Id to what the mapping type says, for those that have more than a name."""
    capability_groups: dict[str, str] = {}
    """Id to display name."""
    provenance: Provenance = Provenance()


class Table(msgspec.Struct):
    """The rows of one source, or those of one framework in it."""

    file: str
    """The source as the user named it, for messages."""
    name: str
    """The source's name without folders, for layers."""
    sha256: str
    metadata: Metadata
    rows: list[Row]
    row_place: str
    """Place of a row in a message, with `{}` for its index; not used where there are `row_places`."""
    row_places: list[str] | None = None
    """Place of each row in a message, where the index alone does not tell it."""
    column_names: dict[str, str] = {}
    """Field to the name that the source gives it; in a list every field that is read has one."""
    rows_place: str = "$.mapping_objects"
    """Place of all rows in a message."""
    metadata_place: str = "$.metadata."
    """Place of the metadata in a message, to be followed by a field's name; empty where the source has none."""
    format: str = "json"
    reading: tuple[tuple[str, str], ...] = ()
    """What was taken for what, as (what, how) pairs."""
    whereabouts: tuple[tuple[str, str], ...] = ()
    """Where it was fetched from, as (what, where) pairs."""
    remarks: tuple[str, ...] = ()
    """What was taken for granted or left out, each a sentence."""
    problems: tuple[Problem, ...] = ()
    """What of the rows cannot be read; a table with a problem is not used."""
    controls: bool = True
    """Whether its comments may hold control characters."""
    states_all: bool = True
    """Whether its form has a place for framework, domain and release; in others they are taken for granted."""
    own_words: bool = False
    """Whether its ratings are in words of its author's own, which mean what they usually do."""
    category_share: float = 0.0
    """Least share of its words for a category that must be categories, or else its column holds groups."""
    doubtful_values: bool = False
    """Whether its column of values goes by a name that others than ratings have; without any, it is not read."""
    row_frameworks: tuple[str, ...] = ()
    """Framework that each row's capability id tells, where the form never names it; empty for one that tells none."""

    def place(self, index: int, field: str = "") -> str:
        """Return the place of a row, or of one field of it."""
        place = self.row_place.replace("{}", str(index)) if self.row_places is None else self.row_places[index]
        if not field:
            return place
        if self.row_places is None:
            return f"{place}.{field}"
        return f"{place}, {'column ' if self.column_names else ''}{self.column_names.get(field, field)}"

    def place_of_metadata(self, field: str) -> str:
        """Return the place where the source states, or should state, something of itself."""
        return f"{self.metadata_place}{field}" if self.metadata_place else ""
