"""Where people live: every region has its share, whatever the size, and a block is never cut."""

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country
from tayanch.simulate.places import MOST_FAMILIES, Asked, blocks, sample
from tayanch.simulate.world import Span
from tests.unit.simulate.stand_in import COUNTRY

SIZES = [1_000, 20_000, 1_000_000, 9_000_000]


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.load(COUNTRY)


def asked(families: int, *, seed: int = 1) -> Asked:
    return Asked(families, seed, Span(np.datetime64("2022-11"), 48))


@pytest.mark.parametrize("families", SIZES)
def test_families_are_as_many_as_asked_and_live_in_every_region_by_its_share(country, families):
    drawn, regions = sample(country, families), country.table("regions")
    assert drawn.families.sum() == families
    assert len(np.unique(drawn.mahallas)) == len(drawn.mahallas)
    for code, share in zip(regions["code"], regions["families_share"], strict=True):
        assert abs(drawn.families[drawn.regions == code].sum() - families * share) <= 1 + families * 1e-4


def test_the_demo_is_80_mahallas_of_about_250_families_in_all_14_regions(country):
    drawn = sample(country, 20_000)
    assert len(drawn.mahallas) == 80
    assert 200 <= drawn.families.min() <= drawn.families.max() <= 320
    assert len(np.unique(drawn.regions)) == 14


def test_a_large_country_has_all_9441_mahallas(country):
    assert len(sample(country, 9_000_000).mahallas) == 9_441


@pytest.mark.parametrize("families", SIZES)
def test_a_block_is_whole_mahallas_of_one_region(country, families):
    made, drawn = blocks(country, asked(families)), sample(country, families)
    assert (np.concatenate([block.mahallas for block in made]) == drawn.mahallas).all()
    assert sum(block.families.sum() for block in made) == families
    assert max(block.families.sum() for block in made) <= MOST_FAMILIES
    assert [block.number for block in made] == list(range(len(made)))
    for block in made:
        assert set(block.districts // 1000) == {block.region}
        others = [other.place for other in made if other.region == block.region]
        assert others == list(range(len(others)))


def test_another_seed_changes_no_place(country):
    one, other = blocks(country, asked(20_000, seed=1)), blocks(country, asked(20_000, seed=2))
    assert [b.mahallas.tolist() for b in one] == [b.mahallas.tolist() for b in other]


@pytest.mark.parametrize("families", [999, 9_000_001])
def test_sizes_that_can_not_be(country, families):
    with pytest.raises(SimulationError) as met:
        sample(country, families)
    assert str(met.value) == f"{families:,} families can't be simulated: give a number from 1,000 to 9,000,000."
