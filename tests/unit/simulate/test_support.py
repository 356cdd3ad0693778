"""The Social Register's rules word by word, and what applying, paying and visiting leaves behind."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.need.means import district_starts, make_means
from tayanch.simulate.need.support import make_support
from tayanch.simulate.need.support_rules import (
    CATEGORIES,
    KINDS,
    SEVEN,
    Amounts,
    Programme,
    SupportRules,
    categories,
    income_per_person,
    registered_income,
)
from tayanch.simulate.sections import dated, over_months, read_section
from tayanch.simulate.world import Events, Support
from tests.unit.simulate.small_block import SPAN, Told, make_block, make_lives


@cache
def helped(**changes: object) -> Support:
    block = make_block(600)
    people, incomes = make_lives(block)
    return make_support(block, Told({k.replace("__", "."): v for k, v in changes.items()}), people, incomes=incomes)


def same(one: Events, other: Events) -> bool:
    return all(np.array_equal(v, other.columns[n], equal_nan=v.dtype.kind == "M") for n, v in one.columns.items())


# Ten invented families; the minimum is 700,000 soʻm.
FAMILIES = [
    # per person, able, left, word → category
    (0, True, False, False, "poor"),
    (0, False, False, False, "supported"),
    (699_999, True, False, False, "poor"),
    (699_999, False, True, True, "supported"),
    (700_000, True, False, False, "near"),  # the minimum itself is not below it
    (700_000, False, False, False, "near"),
    (1_050_000, True, False, False, "near"),  # 1.5 × the minimum still counts
    (1_050_001, True, False, False, "none"),
    (2_000_000, True, True, False, "near"),  # has just left the first two
    (2_000_000, True, False, True, "near"),  # hardship on the mahalla's word
]


@pytest.mark.parametrize("family", FAMILIES)
def test_category(family: tuple[int, bool, bool, bool, str]) -> None:
    per_person, able, left, word, category = family
    told = {"able": np.array([able]), "left": np.array([left]), "word": np.array([word])}
    found = categories(np.array([per_person]), np.array(700_000), near=1.5, **told)
    assert CATEGORIES[found[0]] == category


def test_income_test_is_three_months_by_members_by_three() -> None:
    assert income_per_person(np.array([6_300_000, 10]), np.array([3, 3])).tolist() == [700_000, 1]


def test_minimum_is_the_one_dated_before_the_month() -> None:
    line = dated(Told(), "minimum_consumption", SPAN)
    month = {str(m): line[i] for i, m in enumerate(SPAN.first + np.arange(SPAN.months))}
    assert month["2022-11"] == 498_000
    assert (month["2023-06"], month["2023-07"]) == (498_000, 568_000)
    assert (month["2024-04"], month["2024-05"]) == (621_000, 648_000)
    assert (month["2025-12"], month["2026-01"]) == (669_000, 715_000)


def test_ratio_is_of_the_minimum_on_the_day_of_decision() -> None:
    rows = helped().events["assessments"].columns
    line = dated(Told(), "minimum_consumption", SPAN, before=12)
    month = (rows["happened_on"].astype("datetime64[M]") - SPAN.first).astype(int) + 12
    assert np.array_equal(rows["ratio"], np.round(rows["per_person"] / line[month], 3))
    assert np.array_equal(rows["per_person"], rows["income"] // rows["members"] // 3)


def test_one_application_a_month() -> None:
    rows = helped().events["assessments"].columns
    pairs = list(zip(rows["family"], rows["happened_on"].astype("datetime64[M]").astype(int), strict=True))
    assert len(set(pairs)) == len(pairs) > 50


def test_nothing_is_granted_without_a_category_or_against_the_seven() -> None:
    rows = helped().events["assessments"].columns
    expected = (rows["category"] != CATEGORIES.index("none")) & (rows["seven"] != SEVEN.index("against"))
    assert np.array_equal(rows["granted"], expected)
    assert 0 < rows["granted"].mean() < 1


def test_renewal_comes_after_12_or_6_months() -> None:
    support = helped()
    benefits, rows = support.events["benefits"].columns, support.events["assessments"].columns
    granted = rows["granted"]
    decided = {
        (int(f), d): c
        for f, c, d in zip(
            rows["family"][granted], rows["category"][granted], rows["happened_on"][granted], strict=True
        )
    }
    months = (benefits["until"].astype("datetime64[M]") - benefits["happened_on"].astype("datetime64[M]")).astype(int)
    seen = {"supported": set[int](), "poor": set[int](), "near": set[int]()}
    for family, begun, length, kind in zip(
        benefits["family"], benefits["happened_on"], months, benefits["kind"], strict=True
    ):
        if KINDS[kind] == "utility_aid":
            assert length == 1
        elif (int(family), begun) in decided:
            seen[CATEGORIES[decided[int(family), begun]]].add(int(length))
    assert seen == {"supported": {12}, "poor": {6}, "near": {6}}


def test_applications_after_the_16th_begin_next_month() -> None:
    """Without a day to wait for, support begins on the day of decision; with day 0 all wait for the next month."""
    rules = "support__pay__last_day"
    all_wait = helped(**{rules: 0}).events["benefits"].columns
    day = (all_wait["happened_on"] - all_wait["happened_on"].astype("datetime64[M]")).astype(int)
    assert np.all(day == 0)
    some = helped().events["benefits"].columns["happened_on"]
    late = (some - some.astype("datetime64[M]")).astype(int)
    assert late.max() <= 16 + 3
    assert np.any(late > 0)


def test_payments_come_on_days_4_to_27_and_after_the_decision() -> None:
    support = helped()
    paid = support.events["payments"].columns
    day = (paid["happened_on"] - paid["happened_on"].astype("datetime64[M]")).astype(int) + 1
    assert day.min() >= 4
    assert day.max() <= 27
    begins = support.events["benefits"].columns
    first = {int(f): d for f, d in sorted(zip(begins["family"], begins["happened_on"], strict=True), reverse=True)}
    assert all(when >= first[int(family)] for family, when in zip(paid["family"], paid["happened_on"], strict=True))


def test_what_is_paid_is_what_families_get() -> None:
    support = helped()
    assert support.benefits.sum() == support.events["payments"].columns["amount"].sum()
    assert not np.any((support.benefits > 0) & ~support.registered)


def test_support_that_ends_early_says_when() -> None:
    rows = helped().events["benefits"].columns
    ended = ~np.isnat(rows["ended"])
    assert np.any(ended)
    assert np.all(rows["ended"][ended] < rows["until"][ended])
    assert np.all(rows["ended"][ended] >= rows["happened_on"][ended])


def test_child_benefit_by_number_and_age() -> None:
    block = make_block(200)
    people, incomes = make_lives(block)
    ages = people.ages(block.span)
    amounts = Amounts(block, Told(), people, ages=ages, incomes=incomes)
    for family in range(40):
        for month in (0, 47):
            own = ages[(people.family[:, month] == family), month]
            children, small = own[own < 18], np.any(own < 3)
            first = (325_000 if small else 250_000) if month == 0 else (360_000 if small else 275_000)
            second, further = (150_000, 100_000) if month == 0 else (165_000, 110_000)
            expected = 0 if not len(children) else first + (len(children) > 1) * second
            expected += max(len(children) - 2, 0) * further
            assert amounts.by_kind["child"][family, month] == expected


def test_registers_show_declared_quarters_in_their_months() -> None:
    block = make_block(40)
    people, incomes = make_lives(block)
    quarter = Events(
        {"person": np.array([0]), "amount": np.array([900_000]), "happened_on": np.array(["2023-01-01"], "M8[D]")}
    )
    shown = registered_income(block, people, type(incomes)(**{**vars(incomes), "events": {"selfwork_income": quarter}}))
    before = people.summed(incomes.wage + incomes.pension)
    added = (shown - before)[people.family[0, 2]]
    assert added[2:5].tolist() == [300_000] * 3
    assert added.sum() == 900_000


def test_same_seed_same_events_and_visits_do_not_stir_applications() -> None:
    block = make_block(600)
    people, incomes = make_lives(block)
    again = make_support(block, Told(), people, incomes=incomes)
    assert all(same(events, again.events[name]) for name, events in helped().events.items())


def test_biased_visits_reach_one_group_less_and_write_no_need() -> None:
    steps = [{"from": "2022-11", "value": 0.0}, {"from": "2024-11", "value": 0.9}]
    told = {"support.visits.bias": {"group": "rural", "less": steps, "no_need": steps}}
    block = make_block(1200)
    people, incomes = make_lives(block)
    visits = make_support(block, Told(told), people, incomes=incomes).events["visits"].columns
    rural = ~block.urban[people.mahalla[visits["family"], 0]]
    later = visits["happened_on"] >= np.datetime64("2024-11-01")
    assert (rural & later).sum() < 0.2 * (rural & ~later).sum()
    assert (visits["advice"][rural & later] > 0).mean() < 0.5 * (visits["advice"][rural & ~later] > 0).mean()
    workers = [np.unique(visits["worker"][people.mahalla[visits["family"], 0] == place]) for place in range(4)]
    assert all(1 <= len(found) <= 2 for found in workers)


def test_programme_begins_by_district_in_every_block_alike() -> None:
    programme = Programme(districts_share=0.5, start="2024-01", effect=0.2, waves=2, months_between=3)
    blocks = [make_block(seed=seed, number=number) for seed in range(8) for number in (0, 5)]
    starts = [district_starts(block, programme) for block in blocks]
    for one, other in zip(starts[::2], starts[1::2], strict=True):
        assert np.array_equal(one, other, equal_nan=True)
        assert np.array_equal(one[0], one[1], equal_nan=True)
    assert {str(day) for found in starts for day in found} == {"NaT", "2024-01", "2024-04"}


def test_families_live_on_what_comes_in() -> None:
    block = make_block(40)
    people, incomes = make_lives(block)
    means = make_means(block, Told(), people, incomes=incomes)
    own = people.family[:, 10] == 3
    paid = (incomes.wage + incomes.informal + incomes.pension)[own, 10].sum() + incomes.farm[3, 10]
    assert means.income[3, 10] == pytest.approx(paid)
    assert np.all(means.uplift == 1)


def test_a_key_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(SimulationError, match=r'visits.yearli: there is no key "yearli": did you mean "yearly"'):
        read_section(Told({"support.visits.yearli": 1}), "support", SupportRules)
    with pytest.raises(SimulationError, match=r"support.yaml: seven.noise: 'much' does not fit"):
        read_section(Told({"support.seven.noise": "much"}), "support", SupportRules)
    with pytest.raises(SimulationError, match="it is missing"):
        read_section(Told({"support.seven": {"noise": 1.0, "against": 1.0}}), "support", SupportRules)


def test_steps_hold_from_their_month() -> None:
    rules = read_section(
        Told({"support.apply.odds": [{"from": "2022-11", "value": 1}, {"from": "2023-01", "value": 2.5}]}),
        "support",
        SupportRules,
    )
    assert over_months(rules.apply.odds, SPAN)[:4].tolist() == [1, 1, 2.5, 2.5]
    late = read_section(Told({"support.apply.odds": [{"from": "2023-01", "value": 1}]}), "support", SupportRules)
    with pytest.raises(SimulationError, match="must begin by 2022-11"):
        over_months(late.apply.odds, SPAN)
