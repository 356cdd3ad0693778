"""What tables and plots tell over all folds: calibration, capacity, and how often each band came true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tayanch.declare.experiments import Capacity
from tayanch.learn.arrays import Floats, Wholes, counted, divided, summed
from tayanch.learn.compare import pooled
from tayanch.learn.evaluate import Hits, Paper, hits
from tayanch.learn.intervals import Measured, figure
from tayanch.learn.kept import Trial
from tayanch.learn.metrics import BINS, bins
from tayanch.learn.results import Banded, BandSeen, CalibrationPoint, CapacityPoint
from tayanch.release.bands import thresholds
from tayanch.vocabulary import Band

SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Track:
    """One candidate through all folds: what it was judged on, and its trials."""

    candidate: str
    papers: Sequence[Paper]
    trials: Sequence[Trial]

    @property
    def draws(self) -> Floats:
        """The draws of areas, the same in every fold."""
        return self.papers[0].sheet.draws

    def lists(self, chance: Callable[[Paper, Floats], Floats]) -> list[Hits]:
        """What the folds' lists find, when `chance` tells from a fold's margins who is listed."""
        pairs = zip(self.papers, self.trials, strict=True)
        return [hits(paper.sheet, chance(paper, trial.margins)) for paper, trial in pairs]


def capacity_curve(track: Track) -> tuple[CapacityPoint, ...]:
    """Precision and recall of its lists at several shares of the cohort."""
    return tuple(_at_share(track, share) for share in SHARES)


def calibration_curve(track: Track) -> tuple[CalibrationPoint, ...]:
    """Ten bins of equal count over all folds; none for a candidate without a probability in every fold."""
    scores = [trial.probability for trial in track.trials]
    if any(one is None for one in scores):
        return ()
    known = [paper.sheet.known for paper in track.papers]
    score = np.concatenate([one[rows] for one, rows in zip(scores, known, strict=True) if one is not None])
    outcome = np.concatenate([p.sheet.outcome[rows] for p, rows in zip(track.papers, known, strict=True)])
    cluster = np.concatenate([p.sheet.cluster[rows] for p, rows in zip(track.papers, known, strict=True)])
    place = bins(score)
    parts = [(score[place == b], outcome[place == b], cluster[place == b]) for b in range(BINS)]
    return tuple(_point(track, s, outcome=o, cluster=c) for s, o, c in parts if len(s))


def banded(track: Track, places: float) -> Banded | None:
    """The bands of a candidate: thresholds from the last fold's scores, frequencies from all folds.

    Args:
        track: the candidate.
        places: the share of the last cohort that can be visited.
    """
    last = track.trials[-1].probability
    if last is None or not 0 < places < 1:
        return None
    soon, in_turn = thresholds(last, places)
    bands = ((Band.SOON, _inside), (Band.IN_TURN, _next), (Band.AS_USUAL, _rest))
    return Banded(track.candidate, soon, in_turn, tuple(_seen(track, band, chance=chance) for band, chance in bands))


def _inside(paper: Paper, margins: Floats) -> Floats:
    return paper.listing(margins).chance


def _next(paper: Paper, margins: Floats) -> Floats:
    return np.maximum(_inside(_doubled(paper), margins) - _inside(paper, margins), 0.0)


def _rest(paper: Paper, margins: Floats) -> Floats:
    return 1.0 - np.maximum(_inside(_doubled(paper), margins), _inside(paper, margins))


def _doubled(paper: Paper) -> Paper:
    told = paper.capacity
    share = min(1.0, 2 * told.share) if told.share else None
    return replace(paper, capacity=replace(told, families=2 * told.families, share=share))


def _seen(track: Track, band: Band, *, chance: Callable[[Paper, Floats], Floats]) -> BandSeen:
    lists = track.lists(chance)
    families = int(sum(one.known.sum() for one in lists))
    return BandSeen(band, figure(pooled(lists, "precision_at_capacity", draws=track.draws)), families)


def _at_share(track: Track, share: float) -> CapacityPoint:
    lists = track.lists(lambda paper, margins: _inside(replace(paper, capacity=Capacity(share=share)), margins))
    precision, recall = (
        figure(pooled(lists, by, draws=track.draws)) for by in ("precision_at_capacity", "recall_at_capacity")
    )
    return CapacityPoint(track.candidate, share, precision, recall)


def _point(track: Track, scores: Floats, *, outcome: Floats, cluster: Wholes) -> CalibrationPoint:
    areas = track.draws.shape[1]
    above, below = summed(cluster, outcome, size=areas), counted(cluster, areas)
    replicates = divided(track.draws @ above, track.draws @ below)
    observed = Measured(float(above.sum() / below.sum()), replicates, int((below > 0).sum()))
    return CalibrationPoint(track.candidate, float(scores.mean()), figure(observed), len(scores))
