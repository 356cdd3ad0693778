"""People of a block: nobody lives twice or acts before birth or after death, and the country's shares come out."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country
from tayanch.simulate.papers.numbers import valid
from tayanch.simulate.people.figures import SIZES, PeopleFigures, tilted
from tayanch.simulate.people.make import make_people
from tayanch.simulate.sections import read_section
from tayanch.simulate.world import NOBODY, Block, Events, People, Span

COUNTRY = Country.load(Path(__file__).parents[3] / "features" / "country")
FIGURES = read_section(COUNTRY, "people", PeopleFigures)
SPAN = Span(np.datetime64("2022-11", "M"), 48)
SAMARKAND, SIZE = 1718, 4.68
BIRTH, DEATH, MARRIAGE, DIVORCE = range(4)
YEAR = np.timedelta64(365, "D")


def block(*, mahallas=12, families=250, seed=7, number=0, region=SAMARKAND) -> Block:
    return Block(
        number=number,
        count=20,
        seed=seed,
        span=SPAN,
        region=region,
        mahallas=np.arange(mahallas) + 100,
        districts=np.arange(mahallas) // 4,
        urban=np.arange(mahallas) % 2 == 0,
        families=np.full(mahallas, families),
    )


@pytest.fixture(scope="module")
def people() -> People:
    return make_people(block(), COUNTRY)


def acts(people: People, act: int) -> dict[str, np.ndarray]:
    told = people.events["acts"].columns
    return {name: values[told["act"] == act] for name, values in told.items()}


def in_span(days: np.ndarray) -> int:
    return int(((days >= SPAN.start) & (days < SPAN.end)).sum())


def a_year_per_thousand(people: People, act: int) -> float:
    couple = 2 if act in (MARRIAGE, DIVORCE) else 1
    lived = (people.family >= 0).sum() / 12
    return in_span(acts(people, act)["happened_on"]) / couple / lived * 1000


def test_members_are_the_monthly_families(people):
    told = people.events["members"].columns
    found = np.full_like(people.family, NOBODY)
    for month, day in enumerate(SPAN.starts[:-1]):
        there = (told["happened_on"] < day) & (np.isnat(told["left"]) | (told["left"] >= day))
        who = told["person"][there]
        assert len(np.unique(who)) == len(who)
        found[who, month] = told["family"][there]
    np.testing.assert_array_equal(found, people.family)


def test_nobody_is_in_two_families_at_once(people):
    told = people.events["members"].columns
    order = np.lexsort((told["happened_on"], told["person"]))
    person, begins, ends = told["person"][order], told["happened_on"][order], told["left"][order]
    again = person[1:] == person[:-1]
    assert again.any()
    assert (ends[:-1][again] <= begins[1:][again]).all()
    assert not np.isnat(ends[:-1][again]).any()


def test_members_join_after_birth_and_leave_by_death(people):
    told = people.events["members"].columns
    person, left = told["person"], told["left"]
    np.testing.assert_array_equal(told["born"], people.born[person])
    np.testing.assert_array_equal(told["sex"], people.sex[person])
    assert (told["happened_on"] >= people.born[person]).all()
    assert (told["happened_on"] < SPAN.end).all()
    assert (np.isnat(left) | (left >= told["happened_on"])).all()
    died = people.died[person]
    assert not (~np.isnat(died) & (np.isnat(left) | (left > died))).any()


def test_children_born_in_the_span_join_on_their_birthday(people):
    told = people.events["members"].columns
    born = people.born[told["person"]]
    first = told["happened_on"] == born
    assert set(np.flatnonzero(people.born >= SPAN.start)) <= set(told["person"][first])


def test_mothers_are_old_enough_and_not_too_old(people):
    children = np.flatnonzero(people.mother >= 0)
    age = (people.born[children] - people.born[people.mother[children]]) / YEAR
    assert age.min() >= 14
    assert age.max() <= 50
    assert (people.sex[people.mother[children]] == 1).all()
    fathered = np.flatnonzero(people.father >= 0)
    assert (people.sex[people.father[fathered]] == 0).all()
    assert ((people.born[fathered] - people.born[people.father[fathered]]) / YEAR).min() >= 14


def test_acts_lie_between_birth_and_death(people):
    told = people.events["acts"].columns
    person, day = told["person"], told["happened_on"]
    assert (day >= people.born[person]).all()
    assert not (day > people.died[person]).any()
    assert day.max() < SPAN.end
    assert day.min() >= np.datetime64("2012-11-01")
    for act in (MARRIAGE, DIVORCE):
        wed = acts(people, act)
        assert ((wed["happened_on"] - people.born[wed["person"]]) / YEAR).min() >= 16


def test_each_birth_and_death_has_its_act(people):
    births, deaths = acts(people, BIRTH), acts(people, DEATH)
    np.testing.assert_array_equal(births["happened_on"], people.born[births["person"]])
    np.testing.assert_array_equal(births["other"], people.mother[births["person"]])
    assert len(births["person"]) == (people.born >= np.datetime64("2012-11-01")).sum()
    assert sorted(deaths["person"]) == np.flatnonzero(~np.isnat(people.died)).tolist()


def test_weddings_and_divorces_are_written_to_both(people):
    for act in (MARRIAGE, DIVORCE):
        told = acts(people, act)
        both = told["other"] >= 0
        pairs = set(zip(told["person"][both], told["other"][both], told["happened_on"][both], strict=True))
        assert pairs
        assert pairs == {(other, person, day) for person, other, day in pairs}
        assert all(people.sex[person] != people.sex[other] for person, other, _ in pairs)


def test_every_family_has_a_living_head_of_age_among_its_members(people):
    ages = people.ages(SPAN)
    for month in range(SPAN.months):
        there = people.mahalla[:, month] >= 0
        head = people.head[there, month]
        assert (people.members[there, month] >= 1).all()
        assert (people.members[~there, month] == 0).all()
        assert (people.head[~there, month] == NOBODY).all()
        np.testing.assert_array_equal(people.family[head, month], np.flatnonzero(there))
        assert ages[head, month].min() >= 17


def test_the_register_knows_the_heads(people):
    told = people.events["members"].columns
    head = told["relation"] == people.events["members"].words["relation"].index("head")
    for month in (0, 20, 47):
        day = SPAN.starts[month]
        now = head & (told["happened_on"] < day) & (np.isnat(told["left"]) | (told["left"] >= day))
        found = np.full(len(people.head), NOBODY)
        found[told["family"][now]] = told["person"][now]
        np.testing.assert_array_equal(found, people.head[:, month])


def test_addresses_are_the_monthly_mahallas(people):
    told = people.events["addresses"].columns
    order = np.argsort(told["happened_on"], kind="stable")
    for month in (0, 13, 47):
        found = np.full(len(people.mahalla), NOBODY)
        before = order[told["happened_on"][order] < SPAN.starts[month]]
        found[told["family"][before]] = told["mahalla"][before]
        there = people.mahalla[:, month] >= 0
        np.testing.assert_array_equal(found[there], people.mahalla[there, month])
    np.testing.assert_array_equal(told["urban"], block().urban[told["mahalla"]])


def test_the_same_seed_gives_the_same_bytes_and_another_others(people):
    again, other = make_people(block(), COUNTRY), make_people(block(seed=8), COUNTRY)
    assert _bytes(again) == _bytes(people)
    assert _bytes(other) != _bytes(people)


def _bytes(people: People) -> list[bytes]:
    arrays = [getattr(people, item.name) for item in fields(people) if item.name != "events"]
    tables: list[Events] = list(people.events.values())
    return [values.tobytes() for values in arrays + [c for table in tables for c in table.columns.values()]]


def test_numbers_are_valid_and_tell_the_day_of_birth(people):
    assert valid(people.number).all()
    assert len(np.unique(people.number)) == len(people.number)
    day = people.number // 10**11 % 100
    np.testing.assert_array_equal(day, (people.born - people.born.astype("datetime64[M]")).astype(int) + 1)


def test_families_have_the_sizes_told(people):
    sizes = people.members[people.mahalla[:, 0] >= 0, 0]
    found = np.bincount(np.minimum(sizes, SIZES), minlength=SIZES + 1)[1:] / len(sizes)
    area = FIGURES.sizes
    urban, rural = (SIZE * mean for mean in (area.mean.urban, area.mean.rural))
    wanted = tilted(area.shares.urban, urban, area.largest) + tilted(area.shares.rural, rural, area.largest)
    np.testing.assert_allclose(found, wanted / 2, atol=0.02)
    assert sizes.mean() == pytest.approx(SIZE, abs=0.1)
    last = people.members[people.mahalla[:, -1] >= 0, -1]
    assert last.mean() == pytest.approx(SIZE, abs=0.35)


def test_people_have_the_ages_told(people):
    ages = people.ages(SPAN)[people.family[:, 0] >= 0, 0]
    wanted = np.array(FIGURES.ages.shares) / sum(FIGURES.ages.shares)
    found = np.bincount(np.minimum(ages // 5, len(wanted) - 1)) / len(ages)
    np.testing.assert_allclose(found, wanted, atol=0.006)
    assert (ages < 16).mean() == pytest.approx(0.315, abs=0.02)
    assert (ages >= 60).mean() == pytest.approx(0.09, abs=0.01)


def test_as_much_happens_in_a_year_as_told(people):
    assert a_year_per_thousand(people, BIRTH) == pytest.approx(25.0, abs=2.5)
    assert a_year_per_thousand(people, DEATH) == pytest.approx(FIGURES.deaths.per_thousand, abs=1.0)
    assert a_year_per_thousand(people, MARRIAGE) == pytest.approx(7.5, abs=1.2)
    assert a_year_per_thousand(people, DIVORCE) == pytest.approx(FIGURES.divorce.per_thousand, abs=0.5)


def test_three_generations_live_together_more_often_in_villages(people):
    told = people.events["members"]
    grandchild = told.columns["relation"] == told.words["relation"].index("grandchild")
    families = np.unique(told.columns["family"][grandchild])
    began = families[people.mahalla[families, 0] >= 0]
    urban = block().urban[people.mahalla[began, 0]]
    assert (~urban).sum() > 1.15 * urban.sum() > 0


def test_ability_and_frailty_run_in_families_and_ability_in_schooling(people):
    first = people.family[:, 0]
    mean, count = (np.bincount(first[first >= 0], weights=w) for w in (people.ability[first >= 0], None))
    families = count == 5
    assert (mean[families] / 5).var() > 2 * (1 / 5)
    assert people.ability.std() == pytest.approx(1, abs=0.05)
    newborn = np.flatnonzero(people.born >= SPAN.start)
    likeness = np.corrcoef(people.frailty[newborn], people.frailty[people.mother[newborn]])[0, 1]
    assert likeness == pytest.approx(FIGURES.latent.family, abs=0.08)
    grown = (people.born < np.datetime64("2000-01-01")) & (people.born > np.datetime64("1955-01-01"))
    assert np.corrcoef(people.ability[grown], people.schooling[grown])[0, 1] > 0.4


def test_a_block_of_a_few_families_and_one_mahalla_lives_too():
    few = make_people(block(mahallas=1, families=5), COUNTRY)
    assert (few.mahalla[:5, 0] == 0).all()
    assert few.family.shape[1] == SPAN.months


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("births.boy", 0.5, 'country/people.yaml: births.boy: there is no key "boy": did you mean "boys"?'),
        ("births.boys", 1.5, "country/people.yaml: births.boys: 1.5 does not fit: input should be less than or equal"),
        ("marriage.men", {"ages": [1.0, 2.0], "values": [0.1]}, "does not fit: 2 ages and 1 values"),
    ],
)
def test_a_section_that_can_not_stand_is_refused(path, value, told):
    class Changed:
        def told(self, section):
            found = COUNTRY.told(section)
            part, key = path.split(".")
            found[part][key] = value
            return found

        def table(self, name):
            return COUNTRY.table(name)

    with pytest.raises(SimulationError) as met:
        read_section(Changed(), "people", PeopleFigures)
    assert told in str(met.value)


def test_a_region_nobody_told_of_is_refused():
    with pytest.raises(SimulationError, match=r"regions\.csv: there is no region 9999: add its row\."):
        make_people(block(region=9999), COUNTRY)
