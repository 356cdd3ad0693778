"""The measures, each with its replicates under draws of areas, computed from sums per area instead of drawn rows.

A draw counts each area w times. Sums over rows are then w · (sums per area). The area under the ROC curve counts pairs
of families, so it is a quadratic form w' U w with U the pairs between areas; average precision sums ratios of such sums
over the levels of the score. No row is ever copied. The tests hold a plain second implementation of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from tayanch.learn.arrays import Floats, Truths, Wholes, counted, divided, summed
from tayanch.learn.capacity import Listing
from tayanch.learn.intervals import Measured

BINS = 10
BLOCK = 4_000_000
"""How many numbers an intermediate array may hold."""


@dataclass(frozen=True)
class Sheet:
    """What one fold's scores are measured on: a row per family of the cohort.

    outcome: 1, 0, or NaN where it is unknown; unknown ones are left out of every measure.
    cluster: 0, 1, … in the columns of `draws` (replicates × areas).
    """

    outcome: Floats
    cluster: Wholes
    draws: Floats

    @property
    def known(self) -> Truths:
        """Whose outcome is known."""
        return ~np.isnan(self.outcome)

    @property
    def positive(self) -> Truths:
        """Who is known to have the outcome."""
        return self.outcome == 1.0

    @property
    def clusters(self) -> int:
        """In how many areas an outcome is known."""
        return len(np.unique(self.cluster[self.known]))

    def sums(self, values: Floats, rows: Truths) -> Floats:
        """The sum of `values` over `rows` in each area."""
        return summed(self.cluster[rows], values[rows], size=self.draws.shape[1])

    def counts(self, rows: Truths) -> Floats:
        """How many of `rows` each area has."""
        return counted(self.cluster[rows], self.draws.shape[1])

    def ratio(self, above: Floats, below: Floats) -> Measured:
        """A ratio of two sums, given per area."""
        value = divided(above.sum(), below.sum())
        return Measured(float(value), divided(self.draws @ above, self.draws @ below), self.clusters)


def auc(sheet: Sheet, scores: Floats) -> Measured:
    """Share of pairs, one with and one without the outcome, that the scores put in the right order; ties count half."""
    positive, negative = sheet.positive, sheet.known & ~sheet.positive
    pairs = _pairs(sheet, scores)
    with_, without = sheet.counts(positive), sheet.counts(negative)
    above = ((sheet.draws @ pairs) * sheet.draws).sum(axis=1)
    below = (sheet.draws @ with_) * (sheet.draws @ without)
    value = divided(pairs.sum(), with_.sum() * without.sum())
    return Measured(float(value), divided(above, below), sheet.clusters)


def _pairs(sheet: Sheet, scores: Floats) -> Floats:
    """Areas × areas: how often a family with the outcome here scores above one without it there, ties half."""
    areas = sheet.draws.shape[1]
    high, area_of_high = scores[sheet.positive], sheet.cluster[sheet.positive]
    negative = sheet.known & ~sheet.positive
    found = np.zeros((areas, areas))
    for there in np.unique(sheet.cluster[negative]):
        low = np.sort(scores[negative & (sheet.cluster == there)])
        won = (np.searchsorted(low, high) + np.searchsorted(low, high, "right")) / 2
        found[:, there] = summed(area_of_high, won, size=areas)
    return found


def average_precision(sheet: Sheet, scores: Floats) -> Measured:
    """Mean over families with the outcome of the precision among all that score at least as high."""
    with_ = sheet.counts(sheet.positive)
    value, replicates = 0.0, np.zeros(len(sheet.draws))
    for new, hits, listed in _levels(sheet, scores):
        value += float(new.sum(axis=1) @ (hits.sum(axis=1) / listed.sum(axis=1)))
        precision = sheet.draws @ hits.T
        precision /= np.maximum(sheet.draws @ listed.T, 1.0)  # counts: below 1 is 0, and then no hit either
        replicates += np.einsum("rl,rl->r", sheet.draws @ new.T, precision)
    total = divided(value, with_.sum())
    return Measured(float(total), divided(replicates, sheet.draws @ with_), sheet.clusters)


def _levels(sheet: Sheet, scores: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Blocks of score levels, highest first: per level and area new hits, hits so far, families so far."""
    areas = sheet.draws.shape[1]
    levels = np.unique(scores[sheet.positive])[::-1]
    level = np.searchsorted(-levels, -scores)
    height = max(1, BLOCK // max(areas, len(sheet.draws)))
    hits, listed = np.zeros(areas), np.zeros(areas)
    for start in range(0, len(levels), height):
        count = min(height, len(levels) - start)
        inside = (level >= start) & (level < start + count)
        cells = (level - start) * areas + sheet.cluster
        new = counted(cells[inside & sheet.positive], count * areas).reshape(count, areas)
        met = counted(cells[inside & sheet.known], count * areas).reshape(count, areas)
        hits_here, listed_here = hits + np.cumsum(new, axis=0), listed + np.cumsum(met, axis=0)
        yield new, hits_here, listed_here
        hits, listed = hits_here[-1], listed_here[-1]


def brier(sheet: Sheet, probability: Floats) -> Measured:
    """Mean squared distance between probability and outcome."""
    return sheet.ratio(sheet.sums((probability - sheet.outcome) ** 2, sheet.known), sheet.counts(sheet.known))


def precision_at(sheet: Sheet, listing: Listing) -> Measured:
    """Share with the outcome among the listed whose outcome is known; ties by their chance of being listed."""
    return sheet.ratio(sheet.sums(listing.chance, sheet.positive), sheet.sums(listing.chance, sheet.known))


def recall_at(sheet: Sheet, listing: Listing) -> Measured:
    """Share listed among those with the outcome; ties by their chance of being listed."""
    return sheet.ratio(sheet.sums(listing.chance, sheet.positive), sheet.counts(sheet.positive))


def calibration_error(sheet: Sheet, probability: Floats) -> Measured:
    """Mean distance between probability and observed share over ten bins of equal count, less what chance alone adds.

    The distance seen in a bin overstates the true one by about as much as its mean under the bin's own binomial noise
    overstates the seen one; that much is taken off.
    """
    binned = _Binned.of(sheet, probability)
    replicates = binned.drawn(sheet.draws).error()
    value = binned.drawn(np.ones((1, sheet.draws.shape[1]))).error()
    return Measured(float(value[0]), replicates, sheet.clusters)


def bins(values: Floats) -> Wholes:
    """The bin 0 … 9 of each value, equal counts; equal values share a bin."""
    ordered = np.sort(values)
    middle = (np.searchsorted(ordered, values) + np.searchsorted(ordered, values, "right")) / 2
    return np.minimum(BINS - 1, (BINS * middle / max(len(values), 1)).astype(np.int64))


@dataclass(frozen=True)
class _Binned:
    """Per area (or per draw of areas) and bin: families, outcomes, and probabilities summed."""

    families: Floats
    outcomes: Floats
    probabilities: Floats

    @classmethod
    def of(cls, sheet: Sheet, probability: Floats) -> _Binned:
        known, shape = sheet.known, (sheet.draws.shape[1], BINS)
        flat, size = sheet.cluster[known] * BINS + bins(probability[known]), shape[0] * BINS
        outcomes, told = (summed(flat, values[known], size=size) for values in (sheet.outcome, probability))
        return cls(counted(flat, size).reshape(shape), outcomes.reshape(shape), told.reshape(shape))

    def drawn(self, draws: Floats) -> _Binned:
        return _Binned(draws @ self.families, draws @ self.outcomes, draws @ self.probabilities)

    def error(self) -> Floats:
        """The distance, debiased, of each row."""
        observed = divided(self.outcomes, self.families)
        gap = divided(self.probabilities, self.families) - observed
        noise = np.sqrt(divided(observed * (1 - observed), self.families))
        seen = np.nansum(self.families * np.abs(gap), axis=1)
        expected = np.nansum(self.families * _folded(gap, noise), axis=1)
        return np.maximum(0.0, divided(2 * seen - expected, self.families.sum(axis=1)))


def _folded(mean: Floats, deviation: Floats) -> Floats:
    """The mean of |X| for normal X."""
    safe = np.where(deviation > 0, deviation, 1.0)
    told = safe * np.sqrt(2 / np.pi) * np.exp(-((mean / safe) ** 2) / 2) + mean * (1 - 2 * ndtr(-mean / safe))
    return np.where(deviation > 0, told, np.abs(mean))
