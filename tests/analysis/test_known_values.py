"""Known values, worked out anew from the raw files with nothing but the standard library."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from tests.real_inputs import M365_2025, corpus, shared
from tests.running import Run

RELEASE = "18.1"
VALUES = ("minimal", "partial", "significant")


class Facts:
    """The raw files: what the groups use, what M365 is mapped to, and what became of technique ids."""

    def __init__(self) -> None:
        threats = json.loads(shared("attack/threats.json").read_text("utf-8"))
        self.groups = {row["id"]: set(row["techniques"]) for row in threats["groups"] if row["techniques"]}
        document = json.loads(corpus(M365_2025).read_text("utf-8"))
        self.best: dict[str, dict[str, int]] = {"E3": {}, "E5": {}}
        self.of_capability: dict[str, set[str]] = {}
        for row in document["mapping_objects"]:
            technique, capability = row.get("attack_object_id"), row.get("capability_id")
            if not technique or not capability or row.get("status") == "non_mappable":
                continue
            value = VALUES.index(row["score_value"]) + 1 if row.get("score_value") else 0
            self.of_capability.setdefault(capability, set()).add(technique)
            for tier in ("E3", "E5") if capability.endswith("-E3") else ("E5",):
                self.best[tier][technique] = max(value, self.best[tier].get(technique, 0))

    @property
    def use(self) -> dict[str, int]:
        """Return how many groups use each technique."""
        found: dict[str, int] = {}
        for techniques in self.groups.values():
            for technique in techniques:
                found[technique] = found.get(technique, 0) + 1
        return found

    def share(self, tier: str) -> tuple[int, float]:
        """Return how many used techniques a tier covers, and how much of use."""
        use, covered = self.use, self.best[tier].keys()
        return len(use.keys() & covered), 100 * sum(n for t, n in use.items() if t in covered) / sum(use.values())


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts()


def answer(run: Run, *arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def source() -> str:
    return str(corpus(M365_2025))


@pytest.mark.parametrize(("tier", "covered", "of_use"), [("E3", 122, 29.1), ("E5", 169, 37.8)])
def test_tiers_against_all_groups(run: Run, facts: Facts, tier: str, covered: int, of_use: float) -> None:
    count, share = facts.share(tier)
    assert (count, round(share, 1), len(facts.use)) == (covered, of_use, 488)
    shares = answer(run, "gaps", source(), "--tier", tier, "--threat", "groups:all")["shares"]
    assert (shares["covered"], shares["of"]) == (count, 488)
    assert 100 * shares["by_use"] == pytest.approx(share)


def test_what_e5_adds_over_e3(run: Run, facts: Facts) -> None:
    old, new = facts.best["E3"], facts.best["E5"]
    gained = {technique for technique in new if technique not in old}
    better = {technique for technique in old if new[technique] > old[technique]}
    assert (len(gained), len(better)) == (75, 17)
    sides = ("--old", "tier=E3", "--new", "tier=E5", "--attack-version", RELEASE)
    changes = answer(run, "compare", source(), *sides)["differences"]
    assert {one["technique"] for one in changes if one["change"] == "gained"} == gained
    assert {one["technique"] for one in changes if one["change"] == "better"} == better


@pytest.mark.parametrize(
    ("group", "name", "before", "after"), [("G0016", "APT29", 47.0, 54.5), ("G1017", "Volt Typhoon", 22.2, 28.4)]
)
def test_tiers_against_one_group(run: Run, facts: Facts, group: str, name: str, before: float, after: float) -> None:
    used = facts.groups[group]
    for tier, known in (("E3", before), ("E5", after)):
        share = 100 * len(used & facts.best[tier].keys()) / len(used)
        assert round(share, 1) == known
        found = answer(run, "gaps", source(), "--tier", tier, "--threat", name)
        assert 100 * found["shares"]["by_use"] == pytest.approx(share)


def test_five_capabilities_give_most_of_what_the_product_covers(run: Run, facts: Facts) -> None:
    use = facts.use
    answers = {id_: techniques & use.keys() for id_, techniques in facts.of_capability.items()}
    # The best five of those that cover most alone; the plan looks at all, and can be no worse.
    ranked = sorted(answers, key=lambda id_: -sum(use[t] for t in answers[id_]))[:14]
    best = max(sum(use[t] for t in set().union(*(answers[id_] for id_ in five))) for five in combinations(ranked, 5))
    whole = sum(use[t] for t in set().union(*answers.values()))
    assert round(100 * best / whole) == 82
    found = answer(run, "plan", source(), "--threat", "groups:all", "--budget", "5")
    assert found["proven"]
    assert len(found["steps"]) == 5
    assert found["share"] / found["share_of_all"] >= best / whole - 1e-9
    assert round(100 * found["share"] / found["share_of_all"]) == 82
