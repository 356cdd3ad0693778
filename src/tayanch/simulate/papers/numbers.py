"""Personal numbers (PINFL, JShShIR) of people who do not exist.

14 digits: 1 sex and century (1/2 the 1800s, 3/4 the 1900s, 5/6 the 2000s; odd for men), 2–7 day, month and year of
birth (DDMMYY), 8–10 district, 11–13 serial, 14 check = Σ digit · (7, 3, 1 repeating) mod 10 (Cabinet Resolution 177 of
2022). No living person can have one of ours: their district is 000, which is not assigned (assumption), and beyond
about 2.4 million families, where 1,000 serials a day do not suffice, 999, 998 and 997 as well (same assumption).
"""

from __future__ import annotations

import numpy as np

from tayanch.errors import SimulationError
from tayanch.simulate.world import Array, Block

DISTRICTS = np.array([0, 999, 998, 997], dtype=np.int64)
SERIALS = 1_000
"""Of one sex born on one day in one district."""
LEAST_A_DAY = 2
"""Serials that a block has for each sex and day, so that a month always has room for those born in it."""
WEIGHTS = np.array([7, 3, 1] * 4 + [7], dtype=np.int64)
DIGITS = 14
_POWERS = 10 ** np.arange(DIGITS - 1, -1, -1, dtype=np.int64)
_SLOTS = 31


def digits(numbers: Array) -> Array:
    """The 14 digits of each number, int64[n, 14]."""
    return numbers[:, None] // _POWERS % 10


def valid(numbers: Array) -> Array:
    """Whether the check digit of each number fits: bool[n]."""
    told = digits(numbers)
    return told[:, :-1] @ WEIGHTS % 10 == told[:, -1]


def allot(sex: Array, born: Array, block: Block) -> tuple[Array, Array]:
    """A number for everyone in the block, and the day of birth that it tells.

    Unique over all blocks without their knowing of one another: of the serials s of a day a block has those with
    s mod count = its number. Where a day is full, one is born on another day of the same month.

    Args:
        sex: int8[n], 0 man, 1 woman.
        born: datetime64[D][n], from 1800-01-01 to 2099-12-31.
        block: whose serials they get.

    Returns:
        numbers, int64[n], and days of birth, datetime64[D][n].

    Raises:
        SimulationError: when more of one sex are born in one month than the block has numbers for.
    """
    if not len(born):
        return np.zeros(0, dtype=np.int64), born.astype("datetime64[D]")
    districts = min(-(-LEAST_A_DAY * block.count // SERIALS), len(DISTRICTS))
    a_day = SERIALS * districts // block.count
    month = born.astype("datetime64[M]")
    groups, group = np.unique(month.astype(np.int64) * 2 + sex, return_inverse=True)
    day = (born.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    day, rank = _days(group, day, months=groups >> 1, a_day=a_day)
    moved = month.astype("datetime64[D]") + day
    serial = rank * block.count + block.number
    return _checked(_bodies(sex, moved, DISTRICTS[serial // SERIALS] * SERIALS + serial % SERIALS)), moved


def _days(group: Array, day: Array, *, months: Array, a_day: int) -> tuple[Array, Array]:
    """A day of the month and a place among the day's serials for each, no two alike in a group."""
    slot = group.astype(np.int64) * _SLOTS + day
    order = np.argsort(slot, kind="stable")
    first = np.searchsorted(slot[order], slot[order])
    rank = np.empty(len(slot), dtype=np.int64)
    rank[order] = np.arange(len(slot)) - first
    late = np.flatnonzero(rank >= a_day)
    if not len(late):
        return day, rank
    late = late[np.argsort(group[late], kind="stable")]
    crowded, own = np.unique(group[late], return_inverse=True)
    free = _free(slot[rank < a_day], crowded, months=months, a_day=a_day)
    nth = np.arange(len(late)) - np.searchsorted(own, own)
    if (nth >= free.sum(axis=1)[own]).any():
        raise SimulationError(
            "more are born in one month than a block has personal numbers for",
            do="spread births over the months, or simulate fewer families.",
        )
    place = np.argsort(~free, axis=1, kind="stable")[own, nth]
    day, rank = day.copy(), rank
    day[late], rank[late] = place % _SLOTS, place // _SLOTS
    return day, rank


def _free(taken: Array, crowded: Array, *, months: Array, a_day: int) -> Array:
    """Of each crowded group, which places (serial of the day · 31 + day) nobody has: bool[groups, a_day · 31]."""
    used = np.bincount(taken, minlength=len(months) * _SLOTS).reshape(-1, _SLOTS)[crowded]
    first = months[crowded].astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    there = np.arange(_SLOTS) < length[:, None]
    free = np.arange(a_day)[None, :, None] >= used[:, None, :]
    return (free & there[:, None, :]).reshape(len(crowded), -1)


def _bodies(sex: Array, born: Array, tail: Array) -> Array:
    """The first 13 digits: sex and century, DDMMYY, and the six of district and serial."""
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    head = 1 + sex.astype(np.int64) + 2 * (year // 100 - 18)
    return (((head * 100 + day) * 100 + month) * 100 + year % 100) * 1_000_000 + tail


def _checked(bodies: Array) -> Array:
    told = bodies[:, None] // _POWERS[1:] % 10
    return bodies * 10 + told @ WEIGHTS % 10


def mistyped(numbers: Array, draw: np.random.Generator) -> Array:
    """Each number with one digit of its serial or year mistyped, so that the check digit does not fit any more."""
    place = draw.choice(np.array([5, 6, 10, 11, 12]), len(numbers))
    power = _POWERS[place]
    digit = numbers // power % 10
    weight = WEIGHTS[place]
    added = draw.integers(1, 10, len(numbers))
    # every weight (7, 3, 1) has no common divisor with 10: any other digit changes the sum
    assert np.all(np.gcd(weight, 10) == 1)
    return numbers + ((digit + added) % 10 - digit) * power


_SWAPS = np.array([(i, j) for i in range(1, 6) for j in (i + 1, i + 3) if j < 7] + [(10, 11), (11, 12), (10, 13)])


def swapped(numbers: Array, draw: np.random.Generator) -> Array:
    """Each number with two digits swapped so that the check digit still fits; 0 where no two can be.

    Neighbours that differ by 5, or digits of equal weight (three places apart) that differ.
    """
    told = digits(numbers)
    one, other = told[:, _SWAPS[:, 0]], told[:, _SWAPS[:, 1]]
    apart = (other - one) * (_POWERS[_SWAPS[:, 0]] - _POWERS[_SWAPS[:, 1]])
    changed = numbers[:, None] + apart
    fits = valid(changed.reshape(-1)).reshape(changed.shape) & (apart != 0)
    # A neighbour's digits are swapped by a slip of the fingers: those come first.
    wish = np.where(fits, draw.random(changed.shape) + (_SWAPS[:, 1] - _SWAPS[:, 0] == 1), -1.0)
    best = np.argmax(wish, axis=1)
    rows = np.arange(len(numbers))
    return np.where(fits[rows, best], changed[rows, best], 0)
