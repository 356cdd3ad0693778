"""The simulated country beside published figures: what agrees within a tolerance that was stated, and what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tayanch.simulate.country import Country
from tayanch.simulate.sections import Section, read_section

NATION = "UZ"
COUNTED = {"family": ("families", 100.0), "person": ("population", 1000.0)}
"""What a count of the nation is divided by, and of how many it is told."""


class Comparison(Section):
    """How one indicator is compared, see calibration.yaml."""

    indicator: str
    how: Literal["level", "share", "relative", "family", "person"]
    tolerance: float
    year: str = ""
    scale: float = 1.0


class Unmatched(Section):
    """Figures that are not compared, and why."""

    figures: str
    why: str


class Outside(Section):
    """A place's figure that is known to lie outside its tolerance, and why it is left so."""

    indicator: str
    place: str
    why: str


class Calibration(Section):
    """The section `calibration`."""

    compare: list[Comparison]
    outside: list[Outside]
    unmatched: list[Unmatched]


@dataclass(frozen=True)
class Compared:
    """A published figure and the same of the simulated country, in one unit. place: SOATO code, or UZ."""

    indicator: str
    place: str
    when: str
    unit: str
    published: float
    simulated: float
    tolerance: float
    source: str

    @property
    def agrees(self) -> bool:
        """Whether they differ by no more than the tolerance."""
        return abs(self.simulated - self.published) <= self.tolerance


@dataclass(frozen=True)
class Sums:
    """The sums of all blocks: by indicator, date and place (regions and the nation), above and below."""

    told: Mapping[tuple[str, str, str], tuple[float, float]]

    @staticmethod
    def of(table: Any) -> Sums:
        """Of the truth's table `measures` (a pyarrow.Table with indicator, when, region, above, below)."""
        told: dict[tuple[str, str, str], tuple[float, float]] = {}
        for row in table.to_pylist():
            for place in (str(row["region"]), NATION):
                key = (row["indicator"], row["when"], place)
                above, below = told.get(key, (0.0, 0.0))
                told[key] = (above + row["above"], below + row["below"])
        return Sums(told)

    def quotient(self, indicator: str, when: str, place: str) -> float:
        """above ÷ below; NaN where nothing was measured."""
        above, below = self.told.get((indicator, when, place), (0.0, 0.0))
        return above / below if below else float("nan")

    def part(self, indicator: str, when: str, place: str) -> float:
        """The place's part of the nation; NaN where nothing was measured."""
        nation = self.told.get((indicator, when, NATION), (0.0, 0.0))[0]
        return self.told.get((indicator, when, place), (0.0, 0.0))[0] / nation if nation else float("nan")


def compare(country: Country, sums: Sums) -> list[Compared]:
    """Every figure that calibration.yaml names and that was measured, in its order.

    Raises:
        SimulationError: when the section can't stand.
    """
    book = _Book(_figures(country), sums)
    told = read_section(country, "calibration", Calibration)
    return [found for how in told.compare for found in book.compared(how)]


def outside(country: Country) -> dict[tuple[str, str], str]:
    """Figures (indicator and place) that are known to lie outside their tolerance, each with the reason."""
    told = read_section(country, "calibration", Calibration)
    return {(one.indicator, one.place): one.why for one in told.outside}


def unmatched(country: Country) -> list[tuple[str, str]]:
    """Figures that are not compared, each with the reason."""
    return [(told.figures, told.why) for told in read_section(country, "calibration", Calibration).unmatched]


@dataclass(frozen=True)
class _Figure:
    indicator: str
    place: str
    value: float
    unit: str
    date: str
    source: str


def _figures(country: Country) -> list[_Figure]:
    table = {name: values.tolist() for name, values in country.table("figures").items()}
    columns = ("indicator", "geography", "value", "unit", "date", "source")
    rows = zip(*(table[name] for name in columns), strict=True)
    return [_Figure(str(i), str(g), float(v), str(u), str(d), str(s)) for i, g, v, u, d, s in rows]


_UNITS = {
    "share": "percent of the nation",
    "relative": "percent of the nation's mean",
    "family": "percent of families",
    "person": "in 1,000 persons",
}
_NOTHING = (float("nan"), float("nan"))


@dataclass(frozen=True)
class _Book:
    """Published figures and the sums of the simulated country."""

    figures: list[_Figure]
    sums: Sums

    def compared(self, how: Comparison) -> Iterator[Compared]:
        """What can be compared so."""
        mine = [figure for figure in self.figures if figure.indicator == how.indicator]
        for figure in _chosen(how, mine):
            when = how.year or figure.date
            published, simulated = self._pair(how, figure, when=when)
            if np.isfinite(published) and np.isfinite(simulated):
                unit = figure.unit if how.how == "level" else _UNITS[how.how]
                yield Compared(
                    how.indicator, figure.place, when, unit, published, simulated, how.tolerance, figure.source
                )

    def _pair(self, how: Comparison, figure: _Figure, *, when: str) -> tuple[float, float]:
        """The published figure and the simulated one, NaN where there is none."""
        if how.how == "level":
            return figure.value, how.scale * self.sums.quotient(how.indicator, when, figure.place)
        if how.how in COUNTED:
            return self._counted(how, figure, when=when)
        regions = {f.place: f.value for f in self.figures if (f.indicator, f.date) == (figure.indicator, figure.date)}
        regions.pop(NATION, None)
        if figure.place not in regions:
            return _NOTHING
        if how.how == "share":
            return 100 * figure.value / sum(regions.values()), 100 * self.sums.part(how.indicator, when, figure.place)
        nation = self.sums.quotient(how.indicator, when, NATION)
        if not np.isfinite(nation):
            return _NOTHING
        weights = {place: self.sums.told.get((how.indicator, when, place), (0.0, 0.0))[1] for place in regions}
        mean = sum(regions[place] * weights[place] for place in regions) / sum(weights.values())
        return 100 * figure.value / mean, 100 * self.sums.quotient(how.indicator, when, figure.place) / nation

    def _counted(self, how: Comparison, figure: _Figure, *, when: str) -> tuple[float, float]:
        if figure.place != NATION:
            return _NOTHING
        of, times = COUNTED[how.how]
        newest = max((f for f in self.figures if (f.indicator, f.place) == (of, NATION)), key=lambda f: f.date)
        return times * figure.value / newest.value, times * self.sums.quotient(how.indicator, when, NATION)


def _chosen(how: Comparison, mine: list[_Figure]) -> list[_Figure]:
    """The figures to compare with: all, the newest of each place, or those told together of most places."""
    if how.how in ("share", "relative"):
        dates = Counter(figure.date for figure in mine)
        return [figure for figure in mine if figure.date == dates.most_common(1)[0][0]]
    if not how.year:
        return mine
    return list({figure.place: figure for figure in sorted(mine, key=lambda f: f.date)}.values())
