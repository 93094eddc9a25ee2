"""What is asked of coverage, by a command line or by an agent: the question with all that it takes, and its answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from navigator_export.analysis.commands import Pair, command_line, threat_pairs, without_folder
from navigator_export.analysis.comparison import Comparison, compare
from navigator_export.analysis.gaps import Gaps, gaps
from navigator_export.analysis.sides import common_release, coverage_of_side, domain_of, narrowed, read_side
from navigator_export.analysis.words import names_threats, read_use
from navigator_export.attack import Catalogue
from navigator_export.attack.known_threats import known_threats
from navigator_export.layer.format import Layer
from navigator_export.readers.options import ReadOptions
from navigator_export.recipe import Recipe
from navigator_export.selection import Selection


class CompareQuestion(msgspec.Struct, frozen=True):
    """The question what changed from one side to another."""

    old: str
    """A layer file, or a source."""
    new: str
    """The same word where two selections of one source are compared."""
    old_only: tuple[tuple[str, str], ...] = ()
    """What the old side alone selects, as `narrowed` takes it."""
    new_only: tuple[tuple[str, str], ...] = ()
    recipe: Recipe = Recipe()
    reading: ReadOptions = ReadOptions()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the sides, each once."""
        return tuple(dict.fromkeys((self.old, self.new)))

    def answer(self, catalogue: Catalogue) -> Comparison:
        """Return what changed, with both sides at one release: what is asked for, else the newer of the two.

        Raises SourceError and SelectionError where a side cannot be read, tells nothing of coverage, or is of another
        domain.
        """
        sides = [read_side([word], self.reading) for word in self.words]
        version = common_release(sides, self.recipe.attack_version, catalogue)
        before, after = (
            coverage_of_side(side, narrowed(self.recipe, pairs, place), catalogue, version)
            for side, pairs, place in ((sides[0], self.old_only, "old"), (sides[-1], self.new_only, "new"))
        )
        return compare(before, after, catalogue)

    def layer(self, answer: Comparison) -> Layer:
        """Return the layer that shows an answer, and names the command that makes it again."""
        from navigator_export.analysis.layers import Making, comparison_layer

        sides = (("old", self.old_only), ("new", self.new_only))
        pairs = [(side, "=".join(pair)) for side, own in sides for pair in own]
        again = command_line("compare", self.words, pairs, _unnamed(self.recipe), self.reading)
        return comparison_layer(answer, Making(again, self.recipe.name, self.recipe.description))


class GapsQuestion(msgspec.Struct, frozen=True):
    """The question which techniques threats use that coverage leaves open."""

    sources: Sequence[str]
    """One layer file, or sources."""
    threats: Sequence[str]
    """As `read_use` takes them."""
    offers: Sequence[str] = ()
    """Sources and layers that may close gaps."""
    with_software: bool = False
    with_campaigns: bool = False
    recipe: Recipe = Recipe()
    reading: ReadOptions = ReadOptions()

    def answer(self, catalogue: Catalogue) -> Gaps:
        """Return what is open, with all at one release: what is asked for, else the newest of sides and facts.

        Raises as `CompareQuestion.answer` does, and as `read_use` does.
        """
        side = read_side(self.sources, self.reading)
        facts = known_threats(catalogue, domain_of(side, catalogue))
        others = [read_side([word], self.reading) for word in self.offers]
        asked, named = self.recipe.attack_version, names_threats(self.threats)
        version = common_release([side, *others], asked, catalogue, facts if named else None)
        coverage = coverage_of_side(side, self.recipe, catalogue, version)
        use = read_use(
            self.threats,
            facts,
            catalogue.require(coverage.domain, coverage.attack_version),
            self.reading,
            with_software=self.with_software,
            with_campaigns=self.with_campaigns,
        )
        whole = msgspec.structs.replace(self.recipe, selection=Selection())
        # What the selection leaves out of the set itself, such as its other tiers, is on offer too.
        rest = [side] if self.recipe.selection != Selection() and side.layer is None else []
        offered = [coverage_of_side(other, whole, catalogue, version) for other in (*rest, *others)]
        return gaps(coverage, use, catalogue, offered)

    def layer(self, answer: Gaps) -> Layer:
        """Return the layer that shows an answer, and names the command that makes it again."""
        from navigator_export.analysis.layers import Making, gaps_layer

        offers: list[Pair] = [("offer", without_folder(word)) for word in self.offers]
        flags = {"with_software": self.with_software, "with_campaigns": self.with_campaigns}
        pairs = [*threat_pairs(self.threats, **flags), *offers]
        again = command_line("gaps", self.sources, pairs, _unnamed(self.recipe), self.reading)
        return gaps_layer(answer, Making(again, self.recipe.name, self.recipe.description))


def _unnamed(recipe: Recipe) -> Recipe:
    """Return a recipe without name and description, which are the layer's own."""
    return msgspec.structs.replace(recipe, name=None, description=None)
