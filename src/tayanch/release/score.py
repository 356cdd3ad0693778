"""Scoring: families become scores, bands and ranks, with contributions that add up. Same inputs, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tayanch.release.bands import missing_share
from tayanch.release.columns import Matrix, Table, Vector, days_of, make_table, texts_of
from tayanch.release.reasons import Reasons, choose_reasons
from tayanch.release.releases import Draft

Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScoredTable:
    """Scores of a matrix, row by row in its order.

    table: family, as_of, score (probability), band, rank (1 is first, within the as_of), margin (raw log-odds), missing
        (share of importance missing).
    contributions: rows × features, to the calibrated log-odds; with `base` they add up to the score's log-odds.
    """

    table: Table
    contributions: Matrix
    base: float
    draft: Draft

    def reasons(self) -> Iterator[Reasons]:
        """The reasons of each row, in order."""
        features = self.draft.compiled.features
        return (choose_reasons(features, row) for row in self.contributions)


def score(draft: Draft, matrix: Table) -> ScoredTable:
    """The scores of a matrix with columns family, as_of and the release's features, with contributions.

    Raises:
        ReleaseError: when a column is missing or of another sort, or contributions don't add up.
    """
    x = draft.scorer.inputs.encode(matrix)
    contributions = draft.calibration.contributions(draft.scorer.contributions(x))
    base = draft.calibration.base(draft.scorer.base)
    return ScoredTable(_table(draft, matrix, x=x), contributions, base, draft)


def rank(draft: Draft, matrix: Table) -> Table:
    """As `score(...).table`, without contributions: much less work."""
    return _table(draft, matrix, x=draft.scorer.inputs.encode(matrix))


def ranks(scores: Vector, families: Sequence[str], *, as_of: npt.NDArray[Any], seed: int) -> Ranks:
    """The rank of each row within its as_of: by falling score, ties by a hash of seed and family. 1 is first."""
    hashes = np.array([hashlib.sha256(f"{seed}:{family}".encode()).hexdigest() for family in families])
    order = np.lexsort((hashes, -scores, as_of))
    days = as_of[order]
    starts = np.flatnonzero(np.r_[True, days[1:] != days[:-1]]) if len(order) else np.zeros(0, np.int64)
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)])) + 1
    return found


def _table(draft: Draft, matrix: Table, *, x: Matrix) -> Table:
    margins = draft.scorer.margins(x)
    scores = draft.calibration.probabilities(margins)
    missing = missing_share(x, draft.importance)
    families = texts_of(matrix, "family")
    return make_table(
        matrix.select(["family", "as_of"]),
        {
            "score": scores,
            "band": [band.value for band in draft.bands.of(scores, missing)],
            "rank": ranks(scores, families, as_of=days_of(matrix, "as_of"), seed=draft.origin.experiment.seed),
            "margin": margins,
            "missing": missing,
        },
    )
