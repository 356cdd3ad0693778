"""Where people live: a sample of the country's mahallas, and the blocks they are simulated in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country
from tayanch.simulate.world import Array, Block, Span

FAMILIES_A_MAHALLA = 250
"""As long as the sample does not hold every mahalla (assumption; the country itself has about 1,000)."""
MOST_FAMILIES = 5_000
"""Of a block, unless one mahalla alone has more."""
LEAST, MOST = 1_000, 9_000_000


@dataclass(frozen=True)
class Sample:
    """The mahallas that are simulated, in order of region and code.

    mahallas, districts, regions: their codes (int64). urban: bool. families: how many live in each at the start.
    """

    mahallas: Array
    districts: Array
    regions: Array
    urban: Array
    families: Array


def sample(country: Country, families: int) -> Sample:
    """So many families in mahallas of every region, by the regions' share of families. Nothing is drawn at random.

    A region's mahallas are taken at even distances from its list, so that districts stand in it by their size.

    Raises:
        SimulationError: when families is not between 1,000 and 9,000,000.
    """
    if not LEAST <= families <= MOST:
        raise SimulationError(
            f"{families:,} families can't be simulated", do=f"give a number from {LEAST:,} to {MOST:,}."
        )
    listed, regions = country.table("mahallas"), country.table("regions")
    codes, share = regions["code"], regions["families_share"].astype(float)
    order = np.lexsort((listed["mahalla_code"], listed["region_code"]))
    there = np.array([np.count_nonzero(listed["region_code"] == code) for code in codes])
    wanted = min(max(len(codes), families // FAMILIES_A_MAHALLA), int(there.sum()))
    mahallas = _parted(wanted, share, least=1, most=there)
    living = _parted(families, share)
    chosen: list[Array] = []
    counts: list[Array] = []
    for place in np.argsort(codes):
        wanted_here = int(mahallas[place])
        own = order[listed["region_code"][order] == codes[place]]
        chosen.append(own[(np.arange(wanted_here) * len(own) + len(own) // 2) // wanted_here])
        counts.append(_parted(int(living[place]), np.ones(wanted_here)))
    rows = np.concatenate(chosen)
    return Sample(
        mahallas=listed["mahalla_code"][rows],
        districts=listed["district_code"][rows],
        regions=listed["region_code"][rows],
        urban=listed["urban"][rows].astype(bool),
        families=np.concatenate(counts),
    )


@dataclass(frozen=True)
class Asked:
    """What is asked for. families: how many at the start. seed: of all that is drawn. span: the months."""

    families: int
    seed: int
    span: Span


def blocks(country: Country, asked: Asked) -> tuple[Block, ...]:
    """The blocks of the country, in order of region: which mahallas share one depends on country and families only."""
    drawn = sample(country, asked.families)
    runs = list(_runs(drawn))
    first = {int(drawn.regions[run.start]): number for number, run in reversed(list(enumerate(runs)))}
    return tuple(
        Block(
            number=number,
            count=len(runs),
            seed=asked.seed,
            span=asked.span,
            region=(region := int(drawn.regions[run.start])),
            mahallas=drawn.mahallas[run],
            districts=drawn.districts[run],
            urban=drawn.urban[run],
            families=drawn.families[run],
            place=number - first[region],
        )
        for number, run in enumerate(runs)
    )


def _runs(drawn: Sample) -> Iterator[slice]:
    """Neighbouring mahallas of one region, as many as fit in a block."""
    start, living = 0, 0
    for place, families in enumerate(drawn.families):
        full = living + families > MOST_FAMILIES or drawn.regions[place] != drawn.regions[start]
        if full and place > start:
            yield slice(start, place)
            start, living = place, 0
        living += families
    yield slice(start, len(drawn.families))


def _parted(whole: int, share: Array, *, least: int = 0, most: Array | None = None) -> Array:
    """`whole` in whole parts by share (largest remainders first; ties to the earlier), each from least to most."""
    most = np.full(len(share), whole) if most is None else most
    parts = np.clip(np.floor(whole * share / share.sum()).astype(np.int64), least, most)
    while (left := whole - int(parts.sum())) != 0:
        gap = (whole * share / share.sum() - parts) * np.sign(left)
        gap[(parts >= most) if left > 0 else (parts <= least)] = -np.inf
        chosen = np.argsort(-gap, kind="stable")[: min(abs(left), np.count_nonzero(np.isfinite(gap)))]
        parts[chosen] += int(np.sign(left))
    return parts
