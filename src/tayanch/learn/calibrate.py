"""Settings chosen and scores calibrated, on the last matured date only.

Settings are chosen by what was learned from the earlier dates and tested on the last one. The calibration line is
fitted to scores of the last date that come from other families' rows (two halves by the family's hash), so that no
family's own outcome stands behind its score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.errors import ReleaseError
from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.candidates import Candidate, Parameters
from tayanch.learn.lesson import PARTS, Lesson
from tayanch.learn.metrics import Sheet, average_precision
from tayanch.release.calibration import AS_IT_IS, Calibration, probability
from tayanch.release.scorers import Scorer
from tayanch.vocabulary import ScorerKind

FEWEST = 10
"""Families with, and without, the outcome that a calibration line must at least rest on."""
STEPS, CLOSE, NO_SPREAD = 100, 1e-10, 1e-12


@dataclass(frozen=True)
class Fitted:
    """A candidate that has learned. Without a calibration it ranks, but has no probability; `note` says why."""

    scorer: Scorer
    chosen: Parameters
    calibration: Calibration | None
    note: str = ""


def fitted(candidate: Candidate, chosen: Parameters) -> Fitted:
    """The candidate learned from all rows with the chosen settings, and calibrated where that can be done."""
    scorer = candidate.fit(candidate.lesson.all, chosen)
    try:
        return Fitted(scorer, chosen, calibration(candidate, chosen, scorer=scorer))
    except ReleaseError as error:
        return Fitted(scorer, chosen, None, f"not calibrated: {error.met}")


def choose(candidate: Candidate) -> Parameters:
    """The settings with the best average precision on the last date; the first where nothing tells them apart."""
    lesson = candidate.lesson
    if len(candidate.options) == 1 or not (_both(lesson, ~lesson.last) and _both(lesson, lesson.last)):
        return candidate.options[0]
    return max(candidate.options, key=lambda option: _tested(candidate, option))


def calibration(candidate: Candidate, chosen: Parameters, *, scorer: Scorer) -> Calibration:
    """Platt's line on out-of-family scores of the last date; a prior is a probability as it is.

    Raises:
        ReleaseError: when too few outcomes stand behind the line, or it would turn the order round.
    """
    lesson = candidate.lesson
    if candidate.name == ScorerKind.PRIOR:
        return AS_IT_IS
    label = lesson.label[lesson.last]
    for sort, count in (("with", label.sum()), ("without", (1 - label).sum())):
        if count < FEWEST:
            raise ReleaseError(
                f"{int(count)} families {sort} the outcome on the last date; {FEWEST} are needed",
                do="widen the cohort.",
            )
    if not scorer.margins(lesson.x[lesson.last]).std() > NO_SPREAD:
        raise _all_equal()
    return platt(_out_of_family(candidate, chosen), label)


def platt(margins: Floats, label: Floats) -> Calibration:
    """The line on the log-odds that makes `label` likeliest, outcomes drawn a little inwards as Platt does.

    Raises:
        ReleaseError: when its slope is not above 0, or all margins are equal.
    """
    spread = float(margins.std())
    if not spread > NO_SPREAD:
        raise _all_equal()
    with_, without = label.sum(), (1 - label).sum()
    aim = np.where(label == 1, (with_ + 1) / (with_ + 2), 1 / (without + 2))
    middle = float(margins.mean())
    slope, intercept = _line((margins - middle) / spread, aim)
    return Calibration(slope / spread, intercept - slope * middle / spread)


def _all_equal() -> ReleaseError:
    return ReleaseError("all scores are equal", do="give the scorer something to tell families apart by.")


def _line(z: Floats, aim: Floats) -> tuple[float, float]:
    """Slope and intercept by Newton's method; the loss is convex and its best point is near."""
    x = np.column_stack([z, np.ones(len(z))])
    line = np.zeros(2)
    for _ in range(STEPS):
        chance = probability(x @ line)
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, x.T @ (chance - aim))
        line = line - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < CLOSE:
            break
    return float(line[0]), float(line[1])


def _out_of_family(candidate: Candidate, chosen: Parameters) -> Floats:
    """Margins of the last date's rows, each by a scorer that has not seen the family."""
    lesson = candidate.lesson
    margins = np.zeros(len(lesson))
    for part in range(PARTS):
        mine = lesson.last & (lesson.part == part)
        if not mine.any():
            continue
        others = lesson.part != part
        if not _both(lesson, others):
            raise ReleaseError("half of the families has all outcomes of one sort", do="widen the cohort.")
        margins[mine] = candidate.margins(lesson.x[mine], others, option=chosen)
    return margins[lesson.last]


def _tested(candidate: Candidate, option: Parameters) -> float:
    lesson = candidate.lesson
    margins = candidate.margins(lesson.x[lesson.last], ~lesson.last, option=option)
    together = np.zeros(len(margins), dtype=np.int64)
    return average_precision(Sheet(lesson.label[lesson.last], together, np.ones((1, 1))), margins).value


def _both(lesson: Lesson, rows: Truths) -> bool:
    """Whether both outcomes stand among the rows."""
    return 0 < lesson.label[rows].sum() < rows.sum()
