"""The simulated country beside published figures. Regions are judged on a large one: a few mahallas are no region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tayanch.simulate.calibration import NATION, Compared, Sums, compare, outside
from tayanch.simulate.country import Country
from tayanch.simulate.lives import live
from tayanch.simulate.measures import MEASURES
from tayanch.simulate.places import Asked, blocks
from tayanch.simulate.world import Events, Span

COUNTRY = Path(__file__).parents[3] / "features" / "country"


def _table(told: Events) -> pa.Table:
    coded = {name: np.array(words)[told.columns[name]] for name, words in told.words.items()}
    return pa.table({name: pa.array(values) for name, values in {**told.columns, **coded}.items()})


def _compared(families: int) -> tuple[Country, list[Compared]]:
    country = Country.load(COUNTRY)
    asked = Asked(families, 17, Span(np.datetime64("2022-11", "M"), 48))
    tables = [_table(live(block, country).truth[MEASURES]) for block in blocks(country, asked)]
    return country, compare(country, Sums.of(pa.concat_tables(tables)))


def _unexplained(country: Country, compared: list[Compared]) -> list[str]:
    known = outside(country)
    far = [one for one in compared if not one.agrees and (one.indicator, one.place) not in known]
    return [f"{one.indicator} {one.place} {one.when}: {one.simulated:.2f}, not {one.published:.2f}" for one in far]


def test_the_nation_agrees_with_the_published_figures() -> None:
    country, compared = _compared(20_000)
    nation = [one for one in compared if one.place == NATION]
    assert len(nation) >= 18
    assert _unexplained(country, nation) == []
    assert sum(one.agrees for one in compared) >= 0.85 * len(compared)


@pytest.mark.long
def test_every_region_agrees_or_is_explained() -> None:
    country, compared = _compared(100_000)
    assert len(compared) > 110
    assert _unexplained(country, compared) == []
