"""Personal numbers: the law's check digit, a district that nobody has, and no two alike in the country."""

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.papers.numbers import DISTRICTS, allot, digits, mistyped, swapped, valid
from tests.unit.simulate.stand_in import a_block

OF_THE_RESOLUTION = np.array([31210632040244, 31210932040247, 40201902050010])
MOST_BLOCKS = 1_951


def people(count: int, *, seed: int = 5, years: int = 90):
    draw = np.random.default_rng(seed)
    born = np.datetime64("2026-10-31") - draw.integers(0, 365 * years, count)
    return draw.integers(0, 2, count).astype(np.int8), born


def test_the_examples_of_the_law_are_valid():
    assert valid(OF_THE_RESOLUTION).all()
    assert not valid(OF_THE_RESOLUTION + 1).any()


@pytest.mark.parametrize(
    ("sex", "born", "head"),
    [
        (0, "1963-10-12", "3121063"),
        (1, "1990-01-02", "4020190"),
        (0, "2004-02-29", "5290204"),
        (1, "1899-12-31", "2311299"),
    ],
)
def test_a_number_tells_sex_century_and_birth_and_a_district_that_nobody_has(sex, born, head):
    number, day = allot(np.array([sex], dtype=np.int8), np.array([born], dtype="datetime64[D]"), a_block())
    assert str(number[0])[:10] == head + "000"
    assert str(day[0]) == born
    assert valid(number).all()


@pytest.mark.parametrize("count", [1, 14, 210, 500, 501, MOST_BLOCKS])
def test_no_number_is_given_twice_in_one_block_or_in_two(count):
    sex, born = people(25_000)
    found = [allot(sex, born, a_block(number=n, count=count))[0] for n in sorted({0, count // 2, count - 1})]
    together = np.concatenate(found)
    assert len(np.unique(together)) == len(together)
    assert valid(together).all()


@pytest.mark.parametrize("count", [14, 500])
def test_up_to_some_two_million_families_the_district_is_000(count):
    sex, born = people(20_000)
    number, _ = allot(sex, born, a_block(number=count - 1, count=count))
    assert (digits(number)[:, 7:10] == 0).all()


def test_in_a_larger_country_other_districts_that_nobody_has_help_out():
    sex, born = people(20_000)
    number, _ = allot(sex, born, a_block(number=MOST_BLOCKS - 1, count=MOST_BLOCKS))
    districts = set((digits(number)[:, 7:10] @ [100, 10, 1]).tolist())
    assert districts <= set(DISTRICTS.tolist())
    assert len(districts) > 1


def test_where_a_day_is_full_one_is_born_on_another_day_of_the_month():
    sex, born = np.zeros(50, dtype=np.int8), np.full(50, "2024-02-29", dtype="datetime64[D]")
    number, day = allot(sex, born, a_block(count=500))
    assert len(np.unique(number)) == 50
    assert (day.astype("datetime64[M]") == np.datetime64("2024-02")).all()
    assert np.unique(day, return_counts=True)[1].max() == 2


def test_a_month_that_is_full_is_told():
    sex, born = np.zeros(59, dtype=np.int8), np.full(59, "2024-02-29", dtype="datetime64[D]")
    with pytest.raises(SimulationError) as met:
        allot(sex, born, a_block(count=500))
    assert str(met.value) == (
        "more are born in one month than a block has personal numbers for: "
        "spread births over the months, or simulate fewer families."
    )


def test_nobody_gets_no_number():
    number, day = allot(np.zeros(0, dtype=np.int8), np.zeros(0, dtype="datetime64[D]"), a_block())
    assert len(number) == len(day) == 0


def test_a_mistyped_number_never_passes_the_check():
    number, _ = allot(*people(5_000), a_block())
    wrong = mistyped(number, np.random.default_rng(1))
    assert not valid(wrong).any()
    assert ((digits(wrong) != digits(number)).sum(axis=1) == 1).all()


def test_swapped_digits_pass_the_check():
    number, _ = allot(*people(5_000), a_block())
    wrong = swapped(number, np.random.default_rng(1))
    there = wrong > 0
    assert there.mean() > 0.95
    assert valid(wrong[there]).all()
    assert ((digits(wrong[there]) != digits(number[there])).sum(axis=1) == 2).all()
    assert (np.sort(digits(wrong[there]), axis=1) == np.sort(digits(number[there]), axis=1)).all()
