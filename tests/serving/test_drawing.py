"""What is drawn says what the numbers say; read back from the paths."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tayanch_serving.drawing import HEIGHT, STEP, WHOLE, Scale, area, line, scale_of, stacked, width_of

numbers = st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-6)
gappy = st.lists(st.none() | numbers, min_size=1, max_size=60)


def points(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"[ML](-?\d+) (-?\d+)", path)]


@given(gappy)
def test_a_line_goes_through_every_known_value_and_no_other(values: list[float | None]) -> None:
    scale = scale_of(values)
    known = [(x * STEP, scale.up(value)) for x, value in enumerate(values) if value is not None]
    assert points(line(values, scale)) == known
    assert line(values, scale).count("M") == sum(
        value is not None and (x == 0 or values[x - 1] is None) for x, value in enumerate(values)
    )


@given(gappy)
def test_a_scale_holds_every_value(values: list[float | None]) -> None:
    scale = scale_of(values)
    known = [value for value in values if value is not None]
    assert scale.low < scale.high
    for value in known:
        reach = 1e-9 * max(abs(value), 1e-6)
        assert scale.low - reach <= value <= scale.high + reach
        assert 0 <= scale.up(value) <= HEIGHT


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([], 0, 1),
        ([0.0], 0, 1),
        ([1.3, 2.8], 0, 3),
        ([95.0, 99.0], 95, 100),
        ([0.3, 5.06], 0, 6),
        ([-3.0, 5.0], -5, 5),
        ([0.0, 1_730_000.0], 0, 2_000_000),
        ([-8.0, -2.0], -8, 0),
    ],
)
def test_edges_are_round(values: list[float], low: float, high: float) -> None:
    scale = scale_of(values)
    assert (scale.low, scale.high) == pytest.approx((low, high))
    assert scale.middle == pytest.approx((low + high) / 2)


def test_an_area_goes_there_above_and_back_below() -> None:
    assert area([0.0, 0.2, 0.1], [1.0, 0.8, 0.9], scale=WHOLE) == "M0 0L10 20L20 10L20 90L10 80L0 100z"


def test_a_gap_stays_a_gap_and_a_lone_point_is_seen() -> None:
    assert line([0.5, None, 1.0, 0.0], WHOLE) == "M0 50h0M20 0L30 100"
    assert area([0.0, None, 0.0, 0.0], [0.5, 1.0, 1.0, 1.0], scale=WHOLE) == "M-1 100h2V50h-2zM20 0L30 0L30 100L20 100z"


@given(st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=20))
def test_stacked_shares_fill_the_ground(counts: list[list[int]]) -> None:
    shares = [[month[place] / sum(month) for month in counts] for place in range(3)]
    layers = [points(path) for path in stacked(shares)]
    months = len(counts)
    assert all(y == 0 for _, y in layers[-1][:months])
    assert all(y == HEIGHT for _, y in layers[0][months:])
    for below, above in itertools.pairwise(layers):
        assert below[:months] == above[: months - 1 : -1]


def test_widths() -> None:
    assert [width_of(range(n)) for n in (0, 1, 2, 48)] == [10, 10, 10, 470]
    assert Scale(0, 10).up(-5) == HEIGHT
