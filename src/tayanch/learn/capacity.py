"""Who would be visited: the list that a score makes at a capacity, ties included.

Where families with equal scores compete for the last places, which of them are listed is chance. Each then has a chance
of being listed, and figures are told for the worst order, the best order and the mean over random orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.declare.experiments import Capacity
from tayanch.learn.arrays import Floats, Truths, Wholes, counted


@dataclass(frozen=True)
class Listing:
    """A list at capacity.

    chance: of each family to be listed: 1 above the cut, 0 below, places ÷ ties at the cut.
    area: the area each family competes in; all 0 where the capacity is one share of all.
    places: how many are listed in all.
    """

    chance: Floats
    area: Wholes
    places: int

    @property
    def tied(self) -> Truths:
        """Who competes with equal scores for the last places."""
        return (self.chance > 0) & (self.chance < 1)


def listing(scores: Floats, capacity: Capacity, *, areas: Wholes | None = None) -> Listing:
    """The list that `scores` make, highest first.

    Args:
        scores: finite; one for each family of the cohort, whether or not its outcome is known.
        capacity: a share of the cohort (rounded half up, at least one family), or so many in each area.
        areas: the area of each family, 0, 1, …; needed for a capacity per area.
    """
    area = np.zeros(len(scores), dtype=np.int64) if areas is None or not capacity.per else areas
    count = counted(area, 1)
    places = np.minimum(_places(capacity, count), count)
    return Listing(_chances(scores, area, places=places), area, int(places.sum()))


def _places(capacity: Capacity, count: Floats) -> Floats:
    if capacity.share is None:
        return np.full(len(count), float(capacity.families))
    return np.maximum(1.0, np.floor(capacity.share * count + 0.5))


def _chances(scores: Floats, area: Wholes, *, places: Floats) -> Floats:
    """1 above each area's cut, places left ÷ families at the cut, 0 below."""
    if not len(scores):
        return np.zeros(0)
    cut = _cuts(scores, area, places=places)[area]
    above, level = scores > cut, scores == cut
    left = places - counted(area[above], len(places))
    at_cut = np.maximum(1.0, counted(area[level], len(places)))
    return np.where(above, 1.0, np.where(level, (left / at_cut)[area], 0.0))


def _cuts(scores: Floats, area: Wholes, *, places: Floats) -> Floats:
    """The score of the last listed family of each area; +∞ in an area without places."""
    order = np.lexsort((-scores, area))
    first = np.searchsorted(area[order], np.arange(len(places)))
    last = np.minimum(first + np.maximum(places, 1).astype(np.int64) - 1, len(scores) - 1)
    return np.where(places > 0, scores[order][last], np.inf)
