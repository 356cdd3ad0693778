"""Consumption, hardship and its causes; bills and arrears, school and loans."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.need.loans import instalment
from tayanch.simulate.need.means import treated_families
from tayanch.simulate.need.schooling import STATUS, age_on
from tayanch.simulate.need.strain import causes, in_hardship, make_strain
from tayanch.simulate.need.strain_rules import StrainRules
from tayanch.simulate.need.support import make_support
from tayanch.simulate.need.support_rules import SupportRules
from tayanch.simulate.need.utilities import SERVICES
from tayanch.simulate.sections import dated, read_section
from tayanch.simulate.world import SHOCKS, Array, Block, Lives, People, Strain
from tests.unit.simulate.small_block import SPAN, Told, make_block, make_lives

PROGRAMME = {"districts_share": 1.0, "start": "2024-01", "effect": 0.2, "waves": 1, "months_between": 3}


@cache
def made(programme: bool = False) -> tuple[Block, People, Strain]:
    block = make_block(600)
    country = Told({"support.programme": PROGRAMME} if programme else {})
    people, incomes = make_lives(block)
    support = make_support(block, Told(), people, incomes=incomes)
    return block, people, make_strain(block, country, Lives(people, incomes, support))


def flags(text: str) -> Array:
    return np.array([[letter == "x" for letter in text]])


@pytest.mark.parametrize(
    ("below", "hardship"),
    [
        ("..x......", "........."),  # one bad month is no hardship
        ("..xx.....", "...xx...."),  # two of three are, until only one of the last three is left
        ("..x.x....", "....x...."),
        ("x........", "xx......."),  # the first month stands for those before it
        ("..xxx....", "...xxx..."),
    ],
)
def test_hardship_is_want_in_two_of_three_months(below: str, hardship: str) -> None:
    consumption = np.where(flags(below), 90.0, 110.0)
    lives = np.ones_like(consumption, dtype=bool)
    assert np.array_equal(in_hardship(consumption, np.full(9, 100.0), lives), flags(hardship))


def test_hardship_begins_with_the_family() -> None:
    lives = flags("....xxx")
    found = in_hardship(np.where(flags("....x.."), 90.0, 110.0), np.full(7, 100.0), lives)
    assert np.array_equal(found, flags("....xx."))
    assert not in_hardship(np.zeros((1, 7)), np.full(7, 100.0), flags(".......")).any()


def test_cause_is_the_shock_and_lasts_with_the_spell() -> None:
    hardship = flags("xxx.x.x")
    shock = np.array([[1, 0, 2, 2, 0, 0, 0]])
    heavy = flags("......x")
    found = [SHOCKS[code] for code in causes(hardship, shock, heavy=heavy)[0]]
    assert found == ["job_loss", "job_loss", "illness", "none", "other", "none", "debt"]


def test_truth_tells_every_family_and_month() -> None:
    block, people, strain = made()
    rows = strain.truth["hardship"].columns
    assert len(rows["family"]) == (people.mahalla >= 0).sum()
    line = dated(Told(), "minimum_consumption", SPAN)
    month = (rows["happened_on"].astype("datetime64[M]") - block.span.first).astype(int)
    assert np.array_equal(rows["line"], line[month].astype(np.int64))
    assert np.array_equal(rows["hardship"], rows["cause"] > 0)
    assert np.array_equal(rows["hardship"], strain.hardship[rows["family"], month])
    assert "programme" not in strain.truth


def test_programme_lifts_consumption_by_its_effect_and_the_truth_tells_where() -> None:
    block, people, plain = made()
    _, _, lifted = made(programme=True)
    rules = read_section(Told({"support.programme": PROGRAMME}), "support", SupportRules)
    treated = treated_families(block, rules.programme, people)
    assert np.allclose(lifted.consumption[treated], 1.2 * plain.consumption[treated])
    assert np.array_equal(lifted.consumption[~treated], plain.consumption[~treated])
    told = lifted.truth["programme"].columns
    assert told["district"].tolist() == [1718203, 1718206]
    assert {str(day) for day in told["happened_on"]} == {"2024-01-01"}


def test_arrears_are_what_was_owed_and_billed_less_what_was_paid() -> None:
    _, _, strain = made()
    rows = strain.events["bills"].columns
    order = np.lexsort((rows["happened_on"], rows["account"], rows["service"]))
    rows = {name: values[order] for name, values in rows.items()}
    first = np.ones(len(order), dtype=bool)
    first[1:] = (rows["account"][1:] != rows["account"][:-1]) | (rows["service"][1:] != rows["service"][:-1])
    before = np.where(first, 0, np.roll(rows["arrears"], 1))
    assert np.array_equal(rows["arrears"], before + rows["billed"] - rows["paid"])
    assert rows["arrears"].min() == 0
    late = np.where(first, 0, np.roll(rows["months_behind"], 1)) + 1
    assert np.array_equal(rows["months_behind"], np.where(rows["arrears"] > 0, late, 0))


def test_gas_is_billed_in_heating_months_only_and_electricity_always() -> None:
    block, people, strain = made()
    rows = strain.events["bills"].columns
    gas = rows["service"] == SERVICES.index("gas")
    months = rows["happened_on"][gas].astype("datetime64[M]").astype(int) % 12 + 1
    assert set(months.tolist()) == {11, 12, 1, 2, 3}
    assert (~gas).sum() == 600 * block.span.months
    assert np.all(people.head[rows["account"] % 100_000, 0] == rows["person"])


def test_only_who_is_three_months_behind_is_cut_and_then_billed_nothing() -> None:
    _, _, strain = made()
    bills = strain.events["bills"].columns
    keys = zip(bills["account"], bills["service"], bills["happened_on"].astype("datetime64[M]"), strict=True)
    row = {key: place for place, key in enumerate(keys)}
    cuts = strain.events["disconnections"].columns
    assert len(cuts["account"]) > 5
    restored = cuts["restored"]
    assert np.all(np.isnat(restored) | (restored > cuts["happened_on"]))
    for account, service, day in zip(cuts["account"], cuts["service"], cuts["happened_on"], strict=True):
        month = day.astype("datetime64[M]")
        assert bills["months_behind"][row[account, service, month]] >= 3
        after = row.get((account, service, month + 1))
        assert after is None or bills["billed"][after] == 0


def test_attendance_is_of_children_of_compulsory_age_once_a_term() -> None:
    _, people, strain = made()
    rows = strain.events["attendance"].columns
    ages = np.array([age_on(people.born[[p]], d)[0] for p, d in zip(rows["person"], rows["happened_on"], strict=True)])
    assert (ages.min(), ages.max()) == (7, 17)
    pairs = set(zip(rows["person"], rows["happened_on"], strict=True))
    assert len(pairs) == len(ages)
    assert len(np.unique(rows["happened_on"])) == 16
    away = rows["status"] == STATUS.index("away")
    assert np.all(rows["absent"][away] == 0)


def test_who_has_left_school_is_not_enrolled_again() -> None:
    _, _, strain = made()
    rows, left = strain.events["attendance"].columns, strain.events["leavings"].columns
    assert len(left["person"]) == len(np.unique(left["person"])) > 0
    for person, day, grade in zip(left["person"], left["happened_on"], left["grade"], strict=True):
        later = (rows["person"] == person) & (rows["happened_on"] > day)
        assert np.all(rows["status"][later] == STATUS.index("away"))
        assert 1 <= grade <= 11


def test_age_on_a_day() -> None:
    born = np.array(["2015-09-02", "2015-09-03", "2024-01-01"], dtype="datetime64[D]")
    assert age_on(born, np.datetime64("2022-09-02")).tolist() == [7, 6, -2]


def test_instalments_pay_a_loan_back() -> None:
    monthly = instalment(np.array([1_000_000]), np.array([12]), 0.24)[0]
    owed = 1_000_000.0
    for _ in range(12):
        owed = owed * 1.02 - monthly
    assert owed == pytest.approx(0, abs=1e-3)


def test_loans_are_told_before_their_states_and_end() -> None:
    block, _, strain = made()
    loans, states = strain.events["loans"].columns, strain.events["loan_states"].columns
    place = {loan: number for number, loan in enumerate(loans["loan"])}
    assert len(place) == len(loans["loan"])
    at = np.array([place[loan] for loan in states["loan"]])
    assert np.all(states["happened_on"] >= loans["happened_on"][at])
    assert np.all(states["happened_on"] <= loans["until"][at])
    assert states["balance"].min() >= 0
    assert loans["happened_on"].max() < block.span.end
    assert np.all(states["overdue"] % 30 == 0)


def test_same_seed_same_strain() -> None:
    block, people, strain = made()
    _, incomes = make_lives(block)
    again = make_strain(block, Told(), Lives(people, incomes, make_support(block, Told(), people, incomes=incomes)))
    assert np.array_equal(again.consumption, strain.consumption)
    for name, events in (*strain.events.items(), *strain.truth.items()):
        other = (again.events | again.truth)[name].columns
        assert all(np.array_equal(v, other[n], equal_nan=v.dtype.kind == "M") for n, v in events.columns.items())


def test_nothing_happens_outside_the_span() -> None:
    block, _, strain = made()
    for name, events in strain.events.items():
        days = events.columns["happened_on"]
        assert days.max() < block.span.end, name
        assert name == "loans" or days.min() >= block.span.start, name


def test_want_shows_in_the_registers_but_not_without_doubt() -> None:
    _, _, strain = made()
    rows = strain.events["bills"].columns
    electricity = rows["service"] == 0
    family = rows["account"][electricity] % 100_000
    month = (rows["happened_on"][electricity].astype("datetime64[M]") - SPAN.first).astype(int)
    behind = rows["months_behind"][electricity] >= 1
    poor = strain.hardship[family, month]
    assert behind[poor].mean() > 1.3 * behind[~poor].mean()
    assert behind[poor].mean() < 0.6


def test_a_wrong_figure_is_refused() -> None:
    with pytest.raises(
        SimulationError, match=r'smoothing.kin_shares: there is no key "kin_shares": did you mean "kin_share"'
    ):
        read_section(Told({"strain.smoothing.kin_shares": 1.0}), "strain", StrainRules)
