"""What ties and unknown outcomes leave open: the worst, the best and the mean over random orders, and hard bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.learn.arrays import Floats, Truths, counted, summed
from tayanch.learn.capacity import Listing


@dataclass(frozen=True)
class Orders:
    """One measure over all orders of tied families: worst, best, mean over random orders, and its deviation."""

    worst: float | None
    best: float | None
    mean: float | None
    deviation: float | None


@dataclass(frozen=True)
class Counts:
    """How many families a measure rests on; of the listed ones the mean over random orders of ties.

    positive: known to have the outcome. tied: competing with equal scores for the last places.
    low, high: precision at capacity if none, or all, of the unknown among the listed had the outcome.
    """

    families: int
    unknown: int
    positive: int
    listed: int
    listed_known: float
    listed_positive: float
    tied: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class _Places:
    """Per area: who is listed for sure, who is tied, and how many of the tied can be listed."""

    hits: Floats
    misses: Floats
    tied_hits: Floats
    tied_misses: Floats
    tied: Floats
    left: Floats


def counts(outcome: Floats, listing: Listing) -> Counts:
    """How many families a list was measured on."""
    known, positive = ~np.isnan(outcome), outcome == 1.0
    hits, seen = float(listing.chance[positive].sum()), float(listing.chance[known].sum())
    return Counts(
        families=len(outcome),
        unknown=int((~known).sum()),
        positive=int(positive.sum()),
        listed=listing.places,
        listed_known=seen,
        listed_positive=hits,
        tied=int(listing.tied.sum()),
        low=_share(hits, listing.places),
        high=_share(hits + listing.places - seen, listing.places),
    )


def precision_orders(outcome: Floats, listing: Listing) -> Orders:
    """Precision at capacity over the orders of tied families."""
    places = _places(outcome, listing)
    worst_hits, worst_misses = _taken(places, wanted=places.tied_misses, unwanted=places.tied_hits)
    best_misses, best_hits = _taken(places, wanted=places.tied_hits, unwanted=places.tied_misses)
    hits, misses = places.hits.sum(), places.misses.sum()
    known, positive = ~np.isnan(outcome), outcome == 1.0
    below = float(listing.chance[known].sum())
    mean = _share(float(listing.chance[positive].sum()), below)
    return Orders(
        worst=_share(hits + worst_hits, hits + worst_hits + misses + worst_misses),
        best=_share(hits + best_hits, hits + best_hits + misses + best_misses),
        mean=mean,
        deviation=None if mean is None else _deviation(np.where(known, positive - mean, 0.0), listing) / below,
    )


def recall_orders(outcome: Floats, listing: Listing) -> Orders:
    """Recall at capacity over the orders of tied families."""
    places, positive = _places(outcome, listing), outcome == 1.0
    fewest = np.maximum(0, places.left - (places.tied - places.tied_hits)).sum()
    most = np.minimum(places.left, places.tied_hits).sum()
    hits, all_ = float(places.hits.sum()), float(positive.sum())
    return Orders(
        worst=_share(hits + fewest, all_),
        best=_share(hits + most, all_),
        mean=_share(float(listing.chance[positive].sum()), all_),
        deviation=_deviation(positive.astype(float), listing) / all_ if all_ else None,
    )


def _taken(places: _Places, *, wanted: Floats, unwanted: Floats) -> tuple[float, float]:
    """Places taken by (unwanted, wanted) where those wanted go first, then the unknown, then the unwanted."""
    first = np.minimum(places.left, wanted)
    unknown = places.tied - wanted - unwanted
    last = np.maximum(0, places.left - wanted - unknown)
    return float(last.sum()), float(first.sum())


def _places(outcome: Floats, listing: Listing) -> _Places:
    tied, sure = listing.tied, listing.chance == 1
    hit, miss = outcome == 1.0, outcome == 0.0
    ties, left = _contested(listing)
    return _Places(
        hits=_per_area(sure & hit, listing),
        misses=_per_area(sure & miss, listing),
        tied_hits=_per_area(tied & hit, listing),
        tied_misses=_per_area(tied & miss, listing),
        tied=ties,
        left=left,
    )


def _contested(listing: Listing) -> tuple[Floats, Floats]:
    """Per area: how many are tied, and how many of them can be listed."""
    tied = _per_area(listing.tied, listing)
    left = summed(listing.area, listing.chance * listing.tied, size=len(tied))
    return tied, np.round(left)


def _per_area(rows: Truths, listing: Listing) -> Floats:
    areas = int(listing.area.max(initial=0)) + 1
    return counted(listing.area[rows], areas)


def _deviation(value: Floats, listing: Listing) -> float:
    """Deviation of the sum of `value` over the listed: each area draws its last places among its tied, none twice."""
    tied, left = _contested(listing)
    area, drawn = listing.area[listing.tied], value[listing.tied]
    count = np.maximum(tied, 1.0)
    total = summed(area, drawn, size=len(count))
    squares = summed(area, drawn**2, size=len(count)) - total**2 / count
    spread = np.maximum(squares, 0.0) / np.maximum(count - 1, 1.0)
    return float(np.sqrt((left * (1 - left / count) * spread).sum()))


def _share(above: float, below: float) -> float | None:
    return float(above / below) if below else None
