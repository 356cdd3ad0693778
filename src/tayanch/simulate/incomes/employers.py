"""Employers of the block: their sectors, and the troubles in which wages fall, stay away and people are let go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.ground import Ground
from tayanch.simulate.world import Array

SECTORS = ("budget", "industry", "trade", "construction", "services", "farming")
BUDGET = 0
NUMBERS_A_BLOCK = 100_000
"""Employers of block b are numbered from b × this."""

# Shares of the sectors for each schooling (basic, secondary, vocational, higher): assumption
_CHOSEN = np.array(
    (
        (0.10, 0.20, 0.16, 0.16, 0.16, 0.22),
        (0.20, 0.20, 0.17, 0.13, 0.18, 0.12),
        (0.36, 0.22, 0.12, 0.10, 0.15, 0.05),
        (0.58, 0.13, 0.08, 0.05, 0.15, 0.01),
    )
)
_SHARES = np.array((0.20, 0.18, 0.24, 0.12, 0.20, 0.06))
"""Of employers, by sector: assumption."""


@dataclass(frozen=True)
class Employers:
    """Employers, by sector.

    sector: int8[employers], in order. layoffs: how many times the usual rate work is lost, float64[months, employers].
    paid: the part of the wage that is paid, 0 when none is, float64[months, employers].
    """

    sector: Array
    layoffs: Array
    paid: Array

    def chosen(self, schooling: Array, draw: np.random.Generator) -> Array:
        """An employer for each person of a schooling, few employers having many: int32."""
        ladder = np.cumsum(_CHOSEN, axis=1)[schooling, :-1]
        sector = (draw.random(len(schooling))[:, None] > ladder).sum(axis=1)
        first = np.searchsorted(self.sector, np.arange(len(SECTORS) + 1))
        size = np.diff(first)[sector]
        place = np.minimum((draw.random(len(sector)) ** 2 * size).astype(np.int64), size - 1)
        return (first[sector] + place).astype(np.int32)


def make_employers(ground: Ground) -> Employers:
    """The block's employers over the span."""
    rates, draw = ground.rates.employers, ground.stream("employers")
    jobs = 0.15 * len(ground.people.born)
    each = np.maximum(np.rint(_SHARES * jobs / rates.workers), 1).astype(np.int64)
    sector = np.repeat(np.arange(len(SECTORS), dtype=np.int8), each)
    layoffs = np.ones((ground.months, len(sector)))
    paid = np.ones_like(layoffs)
    left = np.zeros(len(sector), dtype=np.int64)
    cuts, lets_go = np.zeros(len(sector), dtype=bool), np.zeros(len(sector), dtype=bool)
    for month in range(ground.months):
        luck = draw.random((3, len(sector)))
        falls = (left == 0) & (luck[0] < rates.trouble) & (sector != BUDGET)
        left[falls] = draw.integers(4, 10, int(falls.sum()))
        # Some cut wages and let nobody go, some let go without a word: neither sign is certain.
        cuts[falls], lets_go[falls] = luck[1][falls] < 0.75, luck[2][falls] < 0.70
        lower = 1 - rates.cut * (0.4 + 1.2 * draw.random(len(sector)))
        lower[draw.random(len(sector)) < rates.unpaid] = 0
        paid[month] = np.where((left > 0) & cuts, np.maximum(lower, 0), 1)
        layoffs[month] = np.where((left > 0) & (left <= 4) & lets_go, rates.layoffs, 1)
        left = np.maximum(left - 1, 0)
    return Employers(sector, layoffs, paid)
