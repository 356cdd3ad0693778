"""The rows of a run, laid out on disk so that workers open them without copying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tayanch.errors import LearnError
from tayanch.learn.arrays import Floats, Truths, Wholes
from tayanch.learn.lesson import Lesson, check_labels
from tayanch.learn.timeline import Fold
from tayanch.release.columns import Matrix
from tayanch.release.inputs import Inputs

UNKNOWN = -1
Known = npt.NDArray[np.int8]
"""Outcomes of the rows as known by some day: 1, 0, or UNKNOWN."""


@dataclass(frozen=True)
class Ledger:
    """When each row is of and what came of it; rows are sorted by (as_of, family).

    day: the as_of date as days since 1970. known: the outcomes as each fold (by its name) may know them.
    """

    day: Wholes
    known: Mapping[str, Known]

    def at(self, as_of: date) -> Truths:
        """Which rows are of an as_of date."""
        return self.day == day_number(as_of)

    def learned(self, fold: Fold) -> Wholes:
        """The rows a fold learns from: of its train dates, with an outcome known by its day."""
        days = [day_number(day) for day in fold.train]
        return np.flatnonzero(np.isin(self.day, days) & (self.known[fold.name] != UNKNOWN))

    def labels(self, fold: Fold) -> Floats:
        """The outcomes of the rows a fold learns from."""
        return self.known[fold.name][self.learned(fold)].astype(np.float64)

    def check(self, folds: Sequence[Fold], tested: Known) -> None:
        """Refuses folds that can't be learned from or judged, before anything is trained.

        Args:
            folds: those to be run.
            tested: outcomes with all that is known now.

        Raises:
            LearnError: naming the fold, and what it lacks.
        """
        for fold in folds:
            check_labels(self.labels(fold), fold.name)
            here = tested[self.at(fold.test)]
            if not len(here):
                raise _bare(fold, "no family is in the cohort")
            for sort, value in (("with", 1), ("without", 0)):
                if not (here == value).any():
                    raise _bare(fold, f"of {len(here)} families none is known to be {sort} the outcome")


@dataclass(frozen=True)
class Rows:
    """All rows of a run with their features' values. part: which part the family belongs to."""

    ledger: Ledger
    inputs: Inputs
    x: Matrix
    part: Wholes

    def lesson(self, fold: Fold) -> Lesson:
        """What a fold learns from."""
        rows = self.ledger.learned(fold)
        days = np.array([day_number(day) for day in fold.train])
        date_of = np.searchsorted(days, self.ledger.day[rows])
        return Lesson(self.inputs, np.asarray(self.x[rows]), self.ledger.labels(fold), date_of, self.part[rows])


@dataclass(frozen=True)
class Bench:
    """Where the rows lie, and the names of the folds they serve."""

    folder: Path
    inputs: Inputs
    folds: tuple[str, ...]

    def write(self, rows: Rows) -> None:
        """Lays the rows out."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, values in (("x", rows.x), ("day", rows.ledger.day), ("part", rows.part)):
            np.save(self.folder / f"{name}.npy", values)
        for fold in self.folds:
            np.save(self.folder / f"known-{fold}.npy", rows.ledger.known[fold])

    def open(self) -> Rows:
        """The rows, read as they are needed."""
        known = {fold: self._array(f"known-{fold}") for fold in self.folds}
        return Rows(Ledger(self._array("day"), known), self.inputs, self._array("x"), self._array("part"))

    def clear(self) -> None:
        """Takes the rows away; they can be made again."""
        for file in self.folder.glob("*.npy"):
            file.unlink()

    def _array(self, name: str) -> Any:
        return np.load(self.folder / f"{name}.npy", mmap_mode="r")


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def as_outcome(known: Known) -> Floats:
    """Outcomes as 1, 0 and NaN."""
    return np.where(known == UNKNOWN, np.nan, known.astype(np.float64))


def _bare(fold: Fold, met: str) -> LearnError:
    return LearnError(
        f"on {fold.name} {met}, so the fold can't be judged",
        do="end as_of.test.to earlier, or start as_of.test.from later.",
        where=f"fold {fold.name}",
    )
