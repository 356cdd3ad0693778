"""What a block of the simulated country is made of: its place, its people, their money, month by month."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
NOBODY = -1
"""Stands where an index of a person, family or place would, and there is none."""


@dataclass(frozen=True)
class Span:
    """The months that are simulated. first: datetime64[M] of month 0; months: how many."""

    first: np.datetime64
    months: int

    @property
    def starts(self) -> Array:
        """First day of each month, datetime64[D], and one more: the day after the last month."""
        return (self.first + np.arange(self.months + 1)).astype("datetime64[D]")

    @property
    def start(self) -> np.datetime64:
        """First day of the first month."""
        return self.starts[0]

    @property
    def end(self) -> np.datetime64:
        """The day after the last month."""
        return self.starts[-1]


@dataclass(frozen=True)
class Block:
    """Whole mahallas of one region, simulated by themselves.

    number: of `count` blocks, from 0. seed: of the country. region: SOATO code.
    mahallas, districts: code (int64) of each mahalla and of its district. urban: of each mahalla.
    families: how many live in each mahalla when the simulation begins. place: of the region's blocks, from 0.
    """

    number: int
    count: int
    seed: int
    span: Span
    region: int
    mahallas: Array
    districts: Array
    urban: Array
    families: Array
    place: int = 0

    def stream(self, purpose: str) -> np.random.Generator:
        """Random numbers of this block for one purpose: the same whatever else was drawn, in any process."""
        told = hashlib.sha256(f"{self.seed}:{self.number}:{purpose}".encode()).digest()
        return np.random.Generator(np.random.Philox(key=np.frombuffer(told[:16], dtype=np.uint64)))


@dataclass(frozen=True)
class Events:
    """Rows of one sort: columns of equal length by name, `happened_on` (datetime64[D]) among them.

    `person` and `family` columns are indices in the block. Dates are datetime64[D] with NaT for none, codes are given
    as int8 places in `words[column]`, amounts are int64 soʻm.
    """

    columns: Mapping[str, Array]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __len__(self) -> int:
        return len(self.columns["happened_on"])


def joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """The columns of rows that were made in parts, one after the other; every part has the columns of the first."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def sigmoid(odds: Array) -> Array:
    """The chance of log-odds."""
    return 1 / (1 + np.exp(-odds))


@dataclass(frozen=True)
class People:
    """Everyone who lives in the block at any time of the span, and the families they form.

    Per person: sex (int8, 0 man, 1 woman), born and died (datetime64[D], NaT alive), mother and father (index or
    NOBODY), schooling (int8: 0 basic, 1 secondary, 2 vocational, 3 higher; what they reach as adults), frailty and
    ability (float, standard normal; latent). number: 14-digit personal number (int64).
    Per person and month: family (int32 index at the start of the month, NOBODY when unborn, dead or gone).
    Per family and month: mahalla (int32 index into the block's, NOBODY when it does not exist), head (int32 person
    index or NOBODY), members (int16).
    """

    sex: Array
    born: Array
    died: Array
    mother: Array
    father: Array
    schooling: Array
    frailty: Array
    ability: Array
    number: Array
    family: Array
    mahalla: Array
    head: Array
    members: Array
    events: Mapping[str, Events]

    def ages(self, span: Span) -> Array:
        """Completed years at the start of each month, int16[persons, months]; negative before birth."""
        born = self.born.astype("datetime64[M]").astype(np.int64)
        first = np.int64(span.first.astype("datetime64[M]").astype(np.int64))
        return (
            ((first + np.arange(span.months))[None, :] - born[:, None])
            .astype(np.int64)
            .__floordiv__(12)
            .astype(np.int16)
        )

    def summed(self, values: Array) -> Array:
        """Values per person and month summed over each family's members of that month: float64[families, months]."""
        families, months = self.mahalla.shape
        inside = self.family >= 0
        place = self.family.astype(np.int64) * months + np.arange(months)
        found = np.bincount(
            place[inside], weights=np.asarray(values, dtype=np.float64)[inside], minlength=families * months
        )
        return found.reshape(families, months)


@dataclass(frozen=True)
class Incomes:
    """Money that comes in before any social help, in soʻm a month, and what befalls people.

    Per person and month, float64: wage (registered), informal (work nobody registers), selfwork (own business),
    pension. Per family and month, float64: farm, remittances, other.
    Per person and month, bool: working (any work), away (abroad), ill (long illness), disabled (int8: 0 none, 1–3
    grade, 4 child). Per family and month, int8: shock, place in `SHOCKS` of the newest shock within 12 months.
    """

    wage: Array
    informal: Array
    selfwork: Array
    pension: Array
    farm: Array
    remittances: Array
    other: Array
    working: Array
    away: Array
    ill: Array
    disabled: Array
    shock: Array
    events: Mapping[str, Events]


SHOCKS = (
    "none",
    "job_loss",
    "illness",
    "death_of_earner",
    "birth",
    "harvest",
    "remittance_stop",
    "divorce",
    "debt",
    "other",
)


@dataclass(frozen=True)
class Support:
    """Social help. Per family and month, float64 soʻm: benefits (all of them). registered: bool, on the register."""

    benefits: Array
    registered: Array
    events: Mapping[str, Events]


@dataclass(frozen=True)
class Lives:
    """All that is known of a block before its strains are worked out."""

    people: People
    incomes: Incomes
    support: Support


@dataclass(frozen=True)
class Strain:
    """What want does to families: consumption per person (float64[families, months]), hardship (bool), and events."""

    consumption: Array
    hardship: Array
    events: Mapping[str, Events]
    truth: Mapping[str, Events]
