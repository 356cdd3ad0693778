"""Incomes of a block: what can't be is not, jobs and wages agree, the sources of income come out about right."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country
from tayanch.simulate.incomes.make import make_incomes
from tayanch.simulate.people.make import make_people
from tayanch.simulate.world import NOBODY, SHOCKS, Block, Events, Incomes, People, Span

FIGURES = Path(__file__).parents[3] / "features" / "country"
MONTHS = 48
SPAN = Span(np.datetime64("2022-11", "M"), MONTHS)
BLOCK = Block(
    number=3,
    count=9,
    seed=11,
    span=SPAN,
    region=1718,
    mahallas=np.array([1, 2, 3, 4]),
    districts=np.array([1718201, 1718201, 1718203, 1718203]),
    urban=np.array([True, False, True, False]),
    families=np.array([125, 125, 125, 125]),
)


def people_by_hand(families: int = 500, seed: int = 5) -> People:
    """Plausible families: couples with children, grandparents, single mothers; some are born, some die in the span."""
    draw = np.random.default_rng(seed)
    born: list[float] = []
    sex: list[int] = []
    family: list[int] = []
    mother: list[int] = []
    father: list[int] = []

    def add(age: float, woman: int, where: int, parents: tuple[int, int] = (NOBODY, NOBODY)) -> int:
        born.append(-age * 365.25)
        sex.append(woman)
        family.append(where)
        mother.append(parents[0])
        father.append(parents[1])
        return len(born) - 1

    heads = []
    for number in range(families):
        age = draw.choice([draw.uniform(22, 40), draw.uniform(35, 60), draw.uniform(58, 78)], p=[0.5, 0.38, 0.12])
        man = add(age, 0, number) if draw.random() < 0.9 else NOBODY
        woman = add(age - draw.uniform(-1, 5), 1, number)
        heads.append(man if man != NOBODY else woman)
        first = max(age - 24, 0)
        for _ in range(draw.poisson(2.6)):
            child = draw.uniform(min(first, -3.9), min(first, 27)) if age < 50 else draw.uniform(5, 27)
            if child > -3.9:
                add(child, int(draw.random() < 0.5), number, (woman, man))
        if age < 45 and draw.random() < 0.45:
            add(age + draw.uniform(20, 30), 1, number)
            if draw.random() < 0.5:
                add(age + draw.uniform(22, 32), 0, number)
    start, count = SPAN.start, len(born)
    birthday = start + np.array(born).astype(np.int64)
    age = -np.array(born) / 365.25
    died = np.full(count, np.datetime64("NaT", "D"))
    dies = draw.random(count) < 0.0025 * np.exp(np.clip(age - 20, 0, 60) / 13)
    died[dies] = np.maximum(start + draw.integers(10, 1450, dies.sum()), birthday[dies] + 5)
    month = SPAN.starts[:-1]
    alive = (birthday[:, None] <= month) & ~(died[:, None] < month)
    where = np.where(alive, np.array(family)[:, None], NOBODY).astype(np.int32)
    head = np.where(alive[heads], np.array(heads)[:, None], NOBODY).astype(np.int32)
    members = np.stack([np.bincount(where[alive[:, m], m], minlength=families) for m in range(MONTHS)], axis=1)
    divorced = np.array([heads[0]], dtype=np.int32)
    acts = Events(
        {
            "person": divorced,
            "other": np.array([NOBODY], dtype=np.int32),
            "act": np.array([3], dtype=np.int8),
            "happened_on": np.array(["2024-03-10"], dtype="datetime64[D]"),
        },
        {"act": ("birth", "death", "marriage", "divorce")},
    )
    return People(
        sex=np.array(sex, dtype=np.int8),
        born=birthday,
        died=died,
        mother=np.array(mother, dtype=np.int32),
        father=np.array(father, dtype=np.int32),
        schooling=draw.choice(4, count, p=[0.12, 0.42, 0.3, 0.16]).astype(np.int8),
        frailty=draw.standard_normal(count),
        ability=draw.standard_normal(count),
        number=np.arange(count, dtype=np.int64),
        family=where,
        mahalla=np.where(members > 0, (np.arange(families) % 4)[:, None], NOBODY).astype(np.int32),
        head=head,
        members=members.astype(np.int16),
        events={"acts": acts},
    )


@dataclass(frozen=True)
class Changed:
    """The country with one value of its section changed."""

    path: str
    value: Any

    def told(self, section: str) -> dict[str, Any]:
        said = whole = COUNTRY.told(section)
        *places, last = self.path.split(".")
        for place in places:
            said = said[place]
        said[last] = self.value
        return whole

    def table(self, name: str) -> Mapping[str, Any]:
        return COUNTRY.table(name)


COUNTRY = Country.load(FIGURES)
PEOPLE = people_by_hand()
MANY = people_by_hand(1500)


@pytest.fixture(scope="module")
def incomes() -> Incomes:
    return make_incomes(BLOCK, COUNTRY, PEOPLE)


@pytest.fixture(scope="module")
def many() -> Incomes:
    return make_incomes(BLOCK, COUNTRY, MANY)


def month_of(days: Any) -> Any:
    return (days.astype("datetime64[M]") - SPAN.first).astype(int)


def test_events_have_the_columns_of_the_contract(incomes: Incomes) -> None:
    columns = {
        "jobs": {"person", "job", "employer", "sector", "ended"},
        "wages": {"person", "employer", "amount"},
        "selfwork": {"person", "activity", "ended"},
        "selfwork_income": {"person", "amount"},
        "pensions": {"person", "kind", "amount"},
        "migration": {"person", "country", "returned"},
        "remittances": {"person", "amount"},
        "disability": {"person", "grade", "until"},
        "care": {"person", "kind", "until"},
        "livestock": {"family", "cattle", "sheep", "plot"},
        "property": {"person", "kind", "size", "until"},
    }
    assert {name: set(told.columns) - {"happened_on"} for name, told in incomes.events.items()} == columns
    for name, told in incomes.events.items():
        assert len(told) > 0, name
        assert {len(values) for values in told.columns.values()} == {len(told)}, name
        assert told.columns["happened_on"].dtype == "datetime64[D]", name
        assert told.columns["happened_on"].max() < SPAN.end, name
        for column, words in told.words.items():
            assert told.columns[column].dtype == np.int8
            assert 0 <= told.columns[column].min() <= told.columns[column].max() < len(words)
        if "amount" in told.columns:
            assert told.columns["amount"].dtype == np.int64
            assert told.columns["amount"].min() > 0
        for end in {"ended", "until", "returned"} & set(told.columns):
            assert not (told.columns[end] < told.columns["happened_on"]).any(), name


def test_the_unborn_the_dead_and_those_abroad_earn_nothing(incomes: Incomes) -> None:
    outside = PEOPLE.family < 0
    for values in (
        incomes.wage,
        incomes.informal,
        incomes.selfwork,
        incomes.pension,
        incomes.working,
        incomes.disabled,
    ):
        assert not values[outside].any()
    for values in (incomes.wage, incomes.informal, incomes.selfwork, incomes.working):
        assert not values[incomes.away].any()
    gone = PEOPLE.mahalla < 0
    for values in (incomes.farm, incomes.remittances, incomes.other, incomes.shock):
        assert not values[gone].any()
    assert not (incomes.away & outside).any()
    young = PEOPLE.ages(SPAN) < 16
    assert not incomes.working[young].any()
    assert not incomes.wage[young].any()


def test_a_wage_is_paid_in_a_job_with_that_employer(incomes: Incomes) -> None:
    jobs, wages = incomes.events["jobs"].columns, incomes.events["wages"].columns
    first = month_of(jobs["happened_on"])
    last = np.where(np.isnat(jobs["ended"]), MONTHS, month_of(jobs["ended"]))
    held = {
        (person, employer, month)
        for person, employer, begin, end in zip(jobs["person"], jobs["employer"], first, last, strict=True)
        for month in range(max(begin, 0), min(end, MONTHS - 1) + 1)
    }
    paid = list(zip(wages["person"], wages["employer"], month_of(wages["happened_on"]), strict=True))
    assert set(paid) <= held
    assert len(set(paid)) == len(paid)
    assert len(paid) > 0.85 * len(held)
    assert np.isclose(incomes.wage.sum(), wages["amount"].sum())


def test_those_who_are_let_go_see_their_wages_fall_more_often(many: Incomes) -> None:
    wage = many.wage
    before = wage[:, 3:-1] / np.maximum(wage[:, :-4], 1)
    steady = (wage[:, :-4] > 0) & (wage[:, 1:-3] > 0)
    stays = steady & (wage[:, 4:] > 0) & (wage[:, 3:-1] > 0)
    goes = steady & ~many.working[:, 4:] & ~many.away[:, 4:] & many.working[:, 3:-1]
    fell = before < 0.8
    assert fell[goes].mean() > 2 * fell[stays].mean()
    assert fell[goes].mean() < 0.8


def test_pensions_are_drawn_by_those_entitled_only(incomes: Incomes) -> None:
    told = incomes.events["pensions"].columns
    person, month, kind = told["person"], month_of(told["happened_on"]), told["kind"]
    age = PEOPLE.ages(SPAN)[person, month]
    old = kind == 0
    assert (age[old] >= np.where(PEOPLE.sex[person[old]] == 0, 60, 55)).all()
    assert (incomes.disabled[person, month][kind == 1] > 0).all()
    for child, when in zip(person[kind == 2], month[kind == 2], strict=True):
        parents = [parent for parent in (PEOPLE.mother[child], PEOPLE.father[child]) if parent != NOBODY]
        assert any(PEOPLE.died[parent] < SPAN.starts[when] for parent in parents)
    assert (age[kind == 2] < 18).all()
    assert (kind == 2).any()
    assert len({*zip(person, month, strict=True)}) == len(person)
    minimum = told["amount"][old & (month >= 32)].min()
    assert minimum >= 918_000


def test_the_same_again_and_another_seed_otherwise(incomes: Incomes) -> None:
    again, other = make_incomes(BLOCK, COUNTRY, PEOPLE), make_incomes(replace(BLOCK, seed=12), COUNTRY, PEOPLE)
    for name, told in incomes.events.items():
        for column, values in told.columns.items():
            np.testing.assert_array_equal(values, again.events[name].columns[column])
    np.testing.assert_array_equal(incomes.shock, again.shock)
    assert (incomes.wage != other.wage).any()


def test_blocks_of_a_region_share_its_harvests() -> None:
    def bad(block: Block) -> Any:
        shock = make_incomes(block, Changed("farm.own_failure", 0), PEOPLE).shock == SHOCKS.index("harvest")
        augusts = shock[:, [9, 21, 33, 45]]
        return [augusts[PEOPLE.mahalla[:, 0] == place].mean(axis=0) > 0.3 for place in (1, 3)]

    np.testing.assert_array_equal(bad(BLOCK), bad(replace(BLOCK, number=7)))


def test_sources_of_income_are_about_the_nations(many: Incomes) -> None:
    """figures.csv, 2024: wages 42.6 %, business 22.9, pensions and aid 18.2, farms 10.7, remittances 2.0, other 3.6.

    Informal earnings: hired work and businesses nobody registers, two to one. Tolerances are wide: one region, and
    people made by hand.
    """
    year = slice(14, 26)
    sums = {
        name: getattr(many, name)[:, year].sum()
        for name in ("wage", "informal", "selfwork", "pension", "farm", "remittances", "other")
    }
    share = {name: value / sum(sums.values()) for name, value in sums.items()}
    assert 0.50 < share["wage"] + share["informal"] + share["selfwork"] < 0.78
    assert 0.25 < share["wage"] < 0.50
    assert 0.07 < share["pension"] < 0.18
    assert 0.06 < share["farm"] < 0.20
    assert 0.01 < share["remittances"] < 0.06
    assert 0.02 < share["other"] < 0.07
    people = (MANY.family[:, year] >= 0).sum()
    assert 1.3e6 < sum(sums.values()) / people < 2.8e6


def test_wages_disability_and_work_abroad_are_about_as_told(many: Incomes) -> None:
    inside = MANY.family[:, 25] >= 0
    wage = many.wage[:, 25]
    told = 3.9e6 * 1.18**2 * 1_909_500 / 2_300_000
    assert 0.8 < wage[wage > 0].mean() / (told * 1.1) < 1.2
    assert 0.015 < (many.disabled[inside, 25] > 0).mean() < 0.035
    abroad = many.away.sum() / (MANY.family >= 0).sum()
    assert 0.025 < abroad < 0.08


def test_inequality_lasts_but_not_for_everybody(many: Incomes) -> None:
    """About two thirds of those poor stay so for a year, before help and smoothing: half to four fifths here."""
    earned = MANY.summed(many.wage + many.informal + many.selfwork + many.pension)
    income = earned + many.farm + many.remittances + many.other
    lives = MANY.mahalla >= 0
    head = income / np.maximum(MANY.members, 1)
    now, later = head[:, 24:27].mean(axis=1), head[:, 36:39].mean(axis=1)
    there = lives[:, 24:39].all(axis=1)
    poor, still = now < np.quantile(now[there], 0.1), later < np.quantile(later[there], 0.1)
    assert 0.4 < still[there & poor].mean() < 0.8


def test_registers_see_a_part_of_remittances_sent_to_those_at_home(many: Incomes) -> None:
    told = many.events["remittances"].columns
    month = month_of(told["happened_on"])
    assert not many.away[told["person"], month].any()
    assert (MANY.family[told["person"], month] >= 0).all()
    assert 0.3 < told["amount"].sum() / many.remittances.sum() < 0.75
    assert len({*zip(told["person"], month, strict=True)}) == len(month)


def test_shocks_are_told_for_a_year(incomes: Incomes) -> None:
    divorced = PEOPLE.events["acts"].columns["person"][0]
    family = PEOPLE.family[divorced, 16]
    assert incomes.shock[family, 16] != SHOCKS.index("none")
    for sort in ("job_loss", "illness", "birth", "harvest", "death_of_earner"):
        assert (incomes.shock == SHOCKS.index(sort)).any(), sort
    length = (incomes.shock != 0).sum(axis=1)
    assert (length[length > 0].min()) >= 1
    assert 0.15 < (incomes.shock[:, 24] != 0).mean() < 0.7


def test_births_are_awaited_and_mothers_stay_home(many: Incomes) -> None:
    care = many.events["care"]
    awaited = care.columns["kind"] == care.words["kind"].index("pregnancy")
    persons, until = care.columns["person"][awaited], care.columns["until"][awaited]
    assert (MANY.sex[persons] == 1).all()
    assert np.isnat(until).any(), "some children are to be born after the span"
    mothers = MANY.mother[(MANY.born > SPAN.start) & (MANY.born < SPAN.end)]
    assert set(persons[~np.isnat(until)]) <= set(mothers)
    women = (MANY.sex == 1) & (MANY.ages(SPAN)[:, 40] >= 20) & (MANY.ages(SPAN)[:, 40] < 40)
    recent = np.isin(np.arange(len(women)), MANY.mother[(MANY.born > SPAN.starts[20]) & (MANY.born < SPAN.starts[37])])
    working = many.working[:, 40]
    assert working[women & recent].mean() < 0.7 * working[women & ~recent].mean()


@pytest.mark.parametrize(
    ("path", "value", "measure"),
    [
        ("work.job_loss", [1.0, 4.0], lambda i: (i.working[:, :-1] & ~i.working[:, 1:]).mean(axis=0)),
        ("work.informal_share", [0.27, 0.6], lambda i: ((i.informal > 0) & (i.selfwork == 0)).mean(axis=0)[1:]),
        ("wages.growth", [0.18, 0.6], lambda i: i.wage.mean(axis=0)[1:]),
        ("migration.returning", [0.02, 0.001], lambda i: i.away.mean(axis=0)[1:]),
    ],
)
def test_a_rate_may_change_from_a_month_on(path: str, value: list[float], measure: Any) -> None:
    steps = [{"from": "2022-11", "value": value[0]}, {"from": "2025-05", "value": value[1]}]
    usual = measure(make_incomes(BLOCK, Changed(path, value[0]), PEOPLE))
    drifted = measure(make_incomes(BLOCK, Changed(path, steps), PEOPLE))
    np.testing.assert_array_equal(usual[:29], drifted[:29])
    assert drifted[31:].mean() > 1.1 * usual[31:].mean()


def test_remittances_may_dry_up() -> None:
    steps = [{"from": "2022-11", "value": 0.02}, {"from": "2025-05", "value": 0.5}]
    usual, drifted = (make_incomes(BLOCK, Changed("migration.stop", value), MANY) for value in (0.02, steps))
    assert drifted.remittances[:, 34:].sum() < 0.5 * usual.remittances[:, 34:].sum()
    np.testing.assert_array_equal(usual.wage, drifted.wage)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("wages.grwth", 0.2, "growth"),
        ("work.own_share", 1.4, "own_share"),
        ("pensions.average.month", "July", "month"),
        ("farm.season", [1.0, 2.0], "season"),
        ("gross_income", {1703: 9671.0}, "1718"),
    ],
)
def test_a_section_that_cannot_stand_is_refused(path: str, value: Any, told: str) -> None:
    with pytest.raises(SimulationError, match=told):
        make_incomes(BLOCK, Changed(path, value), PEOPLE)


def test_a_span_of_another_length() -> None:
    span = Span(np.datetime64("2022-11", "M"), 13)
    short = replace(
        PEOPLE,
        family=PEOPLE.family[:, :13],
        mahalla=PEOPLE.mahalla[:, :13],
        head=PEOPLE.head[:, :13],
        members=PEOPLE.members[:, :13],
    )
    incomes = make_incomes(replace(BLOCK, span=span), COUNTRY, short)
    assert incomes.wage.shape == (len(PEOPLE.born), 13)
    assert incomes.events["wages"].columns["happened_on"].max() < span.end


def test_the_simulated_people_can_live_on_it() -> None:
    block = replace(BLOCK, families=np.array([60, 60, 60, 60]))
    people = make_people(block, COUNTRY)
    incomes = make_incomes(block, COUNTRY, people)
    outside = people.family < 0
    for values in (incomes.wage, incomes.informal, incomes.selfwork, incomes.pension, incomes.away, incomes.ill):
        assert values.shape == people.family.shape
        assert not values[outside].any()
    income = people.summed(incomes.wage + incomes.informal + incomes.selfwork + incomes.pension)
    income += incomes.farm + incomes.remittances + incomes.other
    assert not income[people.mahalla < 0].any()
    assert 0.8e6 < income[:, 25].sum() / people.members[:, 25].sum() < 3.5e6
    assert (income[people.mahalla >= 0] > 100_000).mean() > 0.93
    for name, told in incomes.events.items():
        if "person" in told.columns:
            died = people.died[told.columns["person"]]
            assert not (told.columns["happened_on"] > died).any(), name
