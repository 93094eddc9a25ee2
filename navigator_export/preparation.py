"""What is decided before a technique is scored: the release, the tiers, what is selected, the account, the scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from navigator_export.attack import Catalogue, Release
from navigator_export.attack.platforms import hidden_by, platforms
from navigator_export.characters import clean_name
from navigator_export.errors import Problem, SelectionError, nearest
from navigator_export.layer.cautions import cautions
from navigator_export.layer.labels import Labels
from navigator_export.layer.passages import Passages
from navigator_export.layer.rulers import Reach, kind_of, scale_of
from navigator_export.layer.scales import Scale, scale_cautions
from navigator_export.layer.scoring import Scoring, StrategyName, choose_strategy
from navigator_export.layer.sheets import forbidden_in
from navigator_export.layer.tally import Tally, take_account
from navigator_export.merging import merge, require_one_domain
from navigator_export.model import Mapping, MappingSet
from navigator_export.recipe import Recipe, command, selection_words
from navigator_export.retargeting import retarget
from navigator_export.selection import Selected, select
from navigator_export.tiers import Tiers, assign_tiers
from navigator_export.wording import counted, listed, quoted


class Prepared(msgspec.Struct, frozen=True, dict=True):
    """Mappings at the release of a layer, with all that many layers of them share."""

    moved: MappingSet
    """At the layer's release."""
    release: Release
    tiers: Tiers
    catalogue: Catalogue

    @cached_property
    def passages(self) -> Passages:
        """Return the sentences of all comments."""
        return Passages(self.moved.mappings)

    @cached_property
    def labels(self) -> Labels:
        """Return what capabilities and groups are called in names."""
        return Labels(self.moved.capabilities)

    @cached_property
    def reach(self) -> Reach:
        """Return what the scales of the mappings go by."""
        return Reach(self.moved)


class Settled(msgspec.Struct, frozen=True):
    """A recipe settled on prepared mappings."""

    prepared: Prepared
    recipe: Recipe
    """With the exact release in the place of `latest` or a major one, and tier and platforms as they are spelled."""
    selected: Selected
    tally: Tally
    strategy: StrategyName
    scale: Scale
    selection: str
    """What is selected, in words."""
    command: str
    """Command that makes the same layer from the same sources."""
    warnings: tuple[str, ...] = ()
    """What to know before scores are read as ratings, each a sentence."""


def prepare(sets: Sequence[MappingSet], recipe: Recipe, catalogue: Catalogue) -> Prepared:
    """Return the mappings of sources ready for a recipe, and for any other with the same release, policy and tiers.

    Raises SelectionError where the release is not known, or the tiers do not fit the mappings, and SourceError where
    the sources are of different domains, or of different releases and not to be moved to one.
    """
    moved = at_one_release(sets, recipe.attack_version, catalogue, keep=recipe.on_inactive == "keep")
    release = _release(moved, recipe.attack_version, catalogue)
    return Prepared(moved, release, assign_tiers(moved, recipe.tiers), catalogue)


def at_one_release(sets: Sequence[MappingSet], version: str | None, catalogue: Catalogue, *, keep: bool) -> MappingSet:
    """Return the mappings of all sets at a release, each moved there first; at the one they state where it is None.

    Mappings of techniques that are not active there are set apart, unless `keep` is told. Raises as `prepare` does.
    """
    require_one_domain(sets)
    if version is None:
        together = merge(sets)
        return retarget(together, _release(together, version, catalogue), move=False, keep=keep)
    return merge([retarget(one, _release(one, version, catalogue), move=True, keep=keep) for one in sets])


def settle(prepared: Prepared, recipe: Recipe) -> Settled:
    """Return what a recipe comes to on prepared mappings.

    Raises SelectionError where the recipe does not fit the mappings, leaves none, or refuses what it would drop, and
    where the layer cannot be called what it says.
    """
    _refuse_unreadable(recipe)
    moved = prepared.moved
    recipe = msgspec.structs.replace(recipe, platforms=_platforms(recipe, moved))
    if recipe.attack_version is not None:
        recipe = msgspec.structs.replace(recipe, attack_version=moved.attack_version)
    selected = select(moved, recipe.selection, prepared.tiers)
    if recipe.selection.tier is not None:
        tier = prepared.tiers.spelled(recipe.selection.tier)
        recipe = msgspec.structs.replace(recipe, selection=msgspec.structs.replace(recipe.selection, tier=tier))
    tally = take_account(moved, selected, prepared.release)
    if recipe.on_inactive == "error":
        _refuse_dropped(tally)
    strategy = choose_strategy(selected.mappings, recipe.scoring)
    scale = scale_of(strategy, recipe.scoring, prepared.reach, kind_of(selected.mappings), recipe.colors)
    if recipe.aggregate and scale.classes:
        hint = "leave it out, or take `scoring.strategy` breadth"
        raise SelectionError(Problem("categories are no amounts that could be aggregated", "aggregate", hint))
    return Settled(
        prepared=prepared,
        recipe=recipe,
        selected=selected,
        tally=tally,
        strategy=strategy,
        scale=scale,
        # Patterns are the words of whoever asked, and may hold any character.
        selection=clean_name(selection_words(recipe)),
        command=command(moved, recipe),
        warnings=(
            *cautions(selected.mappings, strategy),
            *_name_cautions(recipe.name),
            *_filter_cautions(recipe.platforms, selected.mappings, prepared.release),
            *(scale_cautions(scale) if recipe.colors or recipe.scoring != Scoring(recipe.scoring.strategy) else ()),
        ),
    )


def renamed(settled: Settled, name: str) -> Settled:
    """Return a settled recipe with a name; its command names the layer too."""
    recipe = msgspec.structs.replace(settled.recipe, name=name)
    return msgspec.structs.replace(settled, recipe=recipe, command=command(settled.prepared.moved, recipe))


def unreadable(name: str | None, description: str | None) -> list[Problem]:
    """Return what is wrong with a layer's name and description: they hold what steers whoever shows them."""
    given = (("name", name), ("description", description))
    return [
        Problem(f"{quoted(text)} holds control characters", path, "leave them out")
        for path, text in given
        if text is not None and clean_name(text) != text
    ]


def _refuse_unreadable(recipe: Recipe) -> None:
    problems = unreadable(recipe.name, recipe.description)
    if recipe.show_id and recipe.layout == "mini":
        problems.append(Problem("`layout` mini has no room for ids", "show_id", "leave one of the two out"))
    if problems:
        raise SelectionError(*problems)


def _platforms(recipe: Recipe, moved: MappingSet) -> tuple[str, ...]:
    """Return the platforms to show as the release spells them; raise SelectionError for one that it does not have."""
    known = platforms(moved.domain, int(moved.attack_version.partition(".")[0]))
    if known is None:
        return recipe.platforms
    spelled = {name.casefold(): name for name in known}
    problems = [
        Problem(
            f"ATT&CK {moved.attack_version} {moved.domain} has no platform {quoted(name)}",
            "platforms",
            nearest(name, sorted(known), "platforms"),
        )
        for name in recipe.platforms
        if name.strip().casefold() not in spelled
    ]
    if problems:
        raise SelectionError(*problems)
    return tuple(dict.fromkeys(spelled[name.strip().casefold()] for name in recipe.platforms))


def _name_cautions(name: str | None) -> Iterator[str]:
    if name is not None and forbidden_in(name):
        yield (
            f"the name {quoted(name)} has {' '.join(forbidden_in(name))}: the Navigator's export of all layers to "
            "Excel and mitreattack-python's ToExcel make no file of it"
        )


def _filter_cautions(names: tuple[str, ...], mappings: Sequence[Mapping], release: Release) -> Iterator[str]:
    """Yield what the platforms hide of what is selected; raise SelectionError where that is all."""
    if not names:
        return
    techniques = sorted({mapping.technique for mapping in mappings})
    hidden = hidden_by(names, techniques, release.platforms)
    if len(hidden) == len(techniques):
        message = "no selected technique has any of the platforms"
        raise SelectionError(Problem(message, "platforms", "name others, or none"))
    if hidden:
        yield f"the platforms hide {len(hidden)} of {counted(len(techniques), 'technique')}: {listed(hidden, 8)}"


def _refuse_dropped(tally: Tally) -> None:
    release = tally.retargeting.to_release
    problems = [
        Problem(
            f"{fate.label} is not active in ATT&CK {release} ({fate.standing})",
            "on_inactive",
            "`on_inactive` drop leaves it out, `attack_version` moves it to what replaces it",
        )
        for fate in tally.retargeting.fates
        if fate.outcome == "dropped"
    ]
    if problems:
        raise SelectionError(*problems)


def _release(mappings: MappingSet, asked: str | None, catalogue: Catalogue) -> Release:
    version = mappings.attack_version if asked is None else asked
    release = catalogue.release(mappings.domain, version)
    if release is None:
        listed = catalogue.domains[mappings.domain].releases
        raise SelectionError(
            Problem(
                f"ATT&CK {version or repr(version)} is not known for {mappings.domain}",
                "" if asked is None else "attack_version",
                f"known are {listed[0]} to {listed[-1]}; `attack_version` moves mappings to one of them",
            )
        )
    return release
