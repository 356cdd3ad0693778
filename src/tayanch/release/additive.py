"""The one thing every scorer must prove of every row: its contributions and its base add up to its margin."""

from __future__ import annotations

import numpy as np

from tayanch.errors import ReleaseError
from tayanch.release.columns import Matrix, Vector

EXACT_TO = 1e-6


def added_up(contributions: Matrix, *, base: float, margins: Vector) -> Matrix:
    """The contributions, when on every row their sum and the base equal the margin to 1e-6.

    Raises:
        ReleaseError: telling how many rows don't add up and by how much.
    """
    off = np.abs(contributions.sum(axis=1) + base - margins)
    wrong = ~(off <= EXACT_TO)
    if wrong.any():
        raise ReleaseError(
            f"the reasons of {int(wrong.sum())} of {len(off)} families don't add up to the score, "
            f"off by up to {off.max():.3g}",
            do="don't show them; report this release with its digest.",
        )
    return contributions
