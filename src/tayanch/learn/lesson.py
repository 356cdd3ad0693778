"""What a candidate learns from: the rows of a fold's train dates whose outcome was known by then."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tayanch.errors import LearnError
from tayanch.learn.arrays import Floats, Truths, Wholes
from tayanch.release.columns import Matrix
from tayanch.release.inputs import Inputs

PARTS = 2
"""Families are cut into so many parts; each part is scored by what was learned from the others."""


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from, oldest date first.

    x: rows × features, encoded by `inputs`. label: 1 or 0.
    date: which train date a row is of, 0 the oldest. part: 0 … PARTS − 1, the same for all rows of a family.
    """

    inputs: Inputs
    x: Matrix
    label: Floats
    date: Wholes
    part: Wholes

    def __len__(self) -> int:
        return len(self.label)

    @cached_property
    def all(self) -> Truths:
        """Every row."""
        return np.ones(len(self), dtype=bool)

    @cached_property
    def last(self) -> Truths:
        """The rows of the last matured date."""
        return self.date == self.date.max(initial=0)

    def only(self, features: Sequence[str]) -> Lesson:
        """The same rows with just these features."""
        return Lesson(narrowed(self.inputs, features), self.columns(features), self.label, self.date, self.part)

    def columns(self, features: Sequence[str]) -> Matrix:
        """The columns of these features, in their order."""
        return columns(self.x, self.inputs, features=features)


def columns(x: Matrix, inputs: Inputs, *, features: Sequence[str]) -> Matrix:
    """The columns of an encoded matrix that stand for `features`; the matrix itself when these are all."""
    if tuple(features) == inputs.features:
        return x
    return np.ascontiguousarray(x[:, [inputs.place(feature) for feature in features]])


def narrowed(inputs: Inputs, features: Sequence[str]) -> Inputs:
    """The inputs of just these features."""
    return Inputs(tuple(inputs.items[inputs.place(feature)] for feature in features))


def part_of(family: str) -> int:
    """The part a family belongs to, by its pseudonym: the same in every run, on every machine."""
    return int.from_bytes(hashlib.sha256(f"part:{family}".encode()).digest()[:8], "big") % PARTS


def check_labels(label: Floats, fold: str) -> None:
    """Refuses outcomes that nothing can be learned from.

    Raises:
        LearnError: naming the fold and what is too few.
    """
    if not len(label):
        raise LearnError(
            f"the fold {fold} has no family with a known outcome to learn from",
            do="widen the cohort, or test later.",
            where=f"fold {fold}",
        )
    for sort, count in (("with", label.sum()), ("without", (1 - label).sum())):
        if count < PARTS:
            raise LearnError(
                f"of {len(label)} rows to learn from, {int(count)} are {sort} the outcome; {PARTS} are needed",
                do="widen the cohort, or test later.",
                where=f"fold {fold}",
            )
