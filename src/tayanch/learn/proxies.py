"""The proxy test: how well features tell a protected attribute, each alone and all together.

An attribute that no feature may read can still be told by one that goes with it. Alone: the share of pairs of families,
one with a level of the attribute and one without, that the feature puts in the right order, whichever end is worse; a
missing value is a level of its own, and codes are ordered by what was seen of them in the other half of the families.
From BLOCKING on a feature stands for the attribute, and nothing is computed with it unless the policy exempts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tayanch.declare.features import Feature
from tayanch.declare.policy import Policy
from tayanch.errors import LearnError
from tayanch.learn.arrays import Floats, Truths, Wholes
from tayanch.learn.candidates import Parameters
from tayanch.learn.lesson import PARTS, Lesson
from tayanch.learn.train import Trees
from tayanch.release.columns import Matrix
from tayanch.release.inputs import Inputs
from tayanch.store.catalogue import Foretold, Proxy
from tayanch.store.distributions import Seen

BLOCKING = 0.8
"""From this share of pairs on a feature stands for the attribute."""
FEWEST = 50
"""So many families with a level, and as many without, make a test."""
MOST_LEVELS = 12
"""How many levels of an attribute are tested, the most frequent ones."""
FEW_TREES: Parameters = (("num_iterations", 60), ("learning_rate", 0.1), ("num_leaves", 8), ("min_data_in_leaf", 20))
BY_CHANCE = 0.5


@dataclass(frozen=True)
class Level:
    """One level of a protected attribute. known: whose attribute is known; having: of these, who has the level."""

    name: str
    known: Truths
    having: Truths

    @property
    def enough(self) -> bool:
        """Whether enough families have it, and enough have not."""
        return FEWEST <= self.having.sum() <= len(self.having) - FEWEST

    def first(self, families: int) -> Level:
        """The level among the first families only."""
        known = self.known[:families]
        return Level(self.name, known, self.having[: int(known.sum())])


@dataclass(frozen=True)
class Protected:
    """A protected attribute of the families that features are tested on. part: which half a family belongs to."""

    name: str
    levels: tuple[Level, ...]
    part: Wholes

    @classmethod
    def of(cls, name: str, attribute: Seen, part: Wholes) -> Protected:
        """The attribute's levels that enough families have and enough have not; of two that are all, the rarer."""
        known, numbers = attribute.there, attribute.numbers[attribute.there]
        values, counts = np.unique(numbers, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
        tested = order[1:] if len(values) == 2 else order
        levels = (Level(attribute.word(float(values[at])), known, numbers == values[at]) for at in tested)
        return cls(name, tuple(level for level in levels if level.enough), part)

    def first(self, families: int) -> Protected:
        """The attribute of the first families only, with the levels that can be tested on these."""
        cut = (level.first(families) for level in self.levels)
        return Protected(self.name, tuple(level for level in cut if level.enough), self.part[:families])


@dataclass(frozen=True)
class Blocked:
    """A feature that stands for a protected attribute and is not exempt."""

    feature: Feature
    proxy: Proxy

    def __str__(self) -> str:
        told = f"{self.proxy.attribute} ({self.proxy.level})"
        return f"{self.feature.id} tells {told} with an AUC of {self.proxy.auc:.2f}"


def alone(feature: str, column: Seen, attributes: Sequence[Protected], *, policy: Policy) -> tuple[Proxy, ...]:
    """How well a feature alone tells each attribute that could be tested, by the level it tells best."""
    found: list[Proxy] = []
    for attribute in attributes:
        aucs = {level.name: _auc_alone(column, level, attribute.part) for level in attribute.levels}
        if aucs:
            level = max(aucs, key=lambda name: aucs[name])
            exempt = policy.exemption(feature, attribute.name)
            found.append(Proxy(attribute.name, level, round(aucs[level], 4), exempt.told if exempt else ""))
    return tuple(found)


def refuse(blocked: Sequence[Blocked]) -> None:
    """Refuses to go on with features that stand for a protected attribute.

    Raises:
        LearnError: naming them, the attribute, the AUC and what to do.
    """
    if not blocked:
        return
    first, *others = sorted(blocked, key=lambda one: (-one.proxy.auc, one.feature.id))
    more = f"; so do {', '.join(one.feature.id for one in others)}" if others else ""
    raise LearnError(
        f"{first}, and from {BLOCKING:.2f} on it stands for it{more}",
        do=f"leave it out, or sign for it with a reason in features/policy.yaml under exempt: "
        f"{first.feature.id}: {{{first.proxy.attribute}: {{because: …, signed: …}}}}.",
        where=first.feature.place,
    )


def blocking(feature: Feature, proxies: Sequence[Proxy]) -> Iterator[Blocked]:
    """Those of a feature's proxies that may not stand."""
    yield from (Blocked(feature, proxy) for proxy in proxies if proxy.auc >= BLOCKING and not proxy.exempt)


def together(x: Matrix, inputs: Inputs, attribute: Protected) -> tuple[Foretold, ...]:
    """How well few trees on all features foretell each level, of families they did not learn from."""
    found: list[Foretold] = []
    for level in attribute.levels:
        label, part = level.having.astype(np.float64), attribute.part[level.known]
        lesson = Lesson(inputs, np.ascontiguousarray(x[level.known]), label, np.zeros(len(label), np.int64), part)
        auc = float(np.clip(_out_of_half(lesson), 0.0, 1.0))
        half = 1.96 * _deviation(auc, int(label.sum()), int((1 - label).sum()))
        low, high = max(0.0, auc - half), min(1.0, auc + half)
        told = (round(value, 4) for value in (auc, low, high))
        found.append(Foretold(level.name, len(label), int(label.sum()), *told))
    return tuple(found)


def pairs_in_order(ranks: Floats, having: Truths) -> float:
    """The share of pairs, one with the level and one without, of which the one with it ranks higher; ties half."""
    with_, without = int(having.sum()), int((~having).sum())
    return float((ranks[having].sum() - with_ * (with_ + 1) / 2) / (with_ * without))


def ranked(values: Floats) -> Floats:
    """The rank of each value, 1 the lowest; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def _out_of_half(lesson: Lesson) -> float:
    """The mean over the halves of the AUC by trees grown on the other."""
    trees = Trees(lesson, (FEW_TREES,))
    found: list[float] = []
    for part in range(PARTS):
        there = lesson.part == part
        margins = trees.margins(lesson.x[there], ~there, option=FEW_TREES)
        found.append(pairs_in_order(ranked(margins), lesson.label[there] == 1))
    return float(np.mean(found))


def _deviation(auc: float, having: int, others: int) -> float:
    """The standard error of an AUC of independent families, after Hanley and McNeil."""
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (having - 1) * (one - auc**2) + (others - 1) * (two - auc**2)
    return float(np.sqrt(max(0.0, spread) / (having * others)))


def _auc_alone(column: Seen, level: Level, part: Wholes) -> float:
    numbers = column.numbers[level.known]
    if column.words is not None:
        return _auc_of_codes(numbers, level.having, part[level.known])
    missing = np.isnan(numbers)
    ends = (-np.inf, np.inf) if missing.any() else (0.0,)
    found = [pairs_in_order(ranked(np.where(missing, end, numbers)), level.having) for end in ends]
    return max(max(auc, 1 - auc) for auc in found)


def _auc_of_codes(places: Floats, having: Truths, part: Wholes) -> float:
    """The mean over the halves of the AUC of each code's share with the level in the other half."""
    code = np.where(np.isnan(places), 0, places + 1).astype(np.int64)
    size, found = int(code.max(initial=0)) + 1, [BY_CHANCE]
    for half in range(PARTS):
        there = part == half
        if 0 < having[there].sum() < there.sum():
            seen = np.bincount(code[~there], minlength=size)
            with_ = np.bincount(code[~there], weights=having[~there].astype(np.float64), minlength=size)
            share = (with_ + having[~there].mean()) / (seen + 1)
            found.append(pairs_in_order(ranked(share[code[there]]), having[there]))
    return max(BY_CHANCE, float(np.mean(found[1:] or found)))
