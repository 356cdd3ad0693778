"""The arrays that measuring works on, by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


def counted(groups: npt.NDArray[np.integer], size: int) -> Floats:
    """How often each of 0, 1, … size − 1 stands in `groups`."""
    return np.bincount(groups, minlength=size).astype(np.float64)


def summed(groups: npt.NDArray[np.integer], values: Floats, *, size: int) -> Floats:
    """The sum of `values` in each of the groups 0, 1, … size − 1."""
    return np.bincount(groups, weights=values, minlength=size).astype(np.float64)


def divided(above: Floats | float, below: Floats | float) -> Floats:
    """above ÷ below, NaN where below is 0."""
    bottom = np.asarray(below, dtype=np.float64)
    return np.divide(above, bottom, out=np.full(bottom.shape, np.nan), where=bottom != 0)
