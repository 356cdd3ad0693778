"""Candidates: the learner and the baselines it must beat. All fit scorers that a release could carry."""

from __future__ import annotations

from typing import Protocol

from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.lesson import Lesson
from tayanch.release.columns import Matrix
from tayanch.release.scorers import Scorer

Parameters = tuple[tuple[str, int | float | str | bool], ...]
"""Names and values, in declared order."""


class Candidate(Protocol):
    """Something that can learn from a lesson."""

    @property
    def name(self) -> str:
        """As results call it."""
        ...

    @property
    def lesson(self) -> Lesson:
        """What it learns from; a candidate that reads few features has a narrow one."""
        ...

    @property
    def options(self) -> tuple[Parameters, ...]:
        """Settings to choose from on the last matured date; one or more."""
        ...

    def fit(self, rows: Truths, option: Parameters) -> Scorer:
        """The scorer learned from `rows` of the lesson."""
        ...

    def margins(self, x: Matrix, rows: Truths, *, option: Parameters) -> Floats:
        """Raw scores of an encoded matrix by what was learned from `rows`: as of `fit`, made for throwing away."""
        ...
