"""Social help: who applies, what the Social Register's rules say, what is granted, paid and ended."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tayanch.simulate.need.means import Means, make_means
from tayanch.simulate.need.payments import Grants, pay
from tayanch.simulate.need.support_rules import (
    CATEGORIES,
    SEVEN,
    Amounts,
    SupportRules,
    able_to_work,
    categories,
    income_per_person,
    registered_income,
)
from tayanch.simulate.need.visits import make_visits, recently, women_headed
from tayanch.simulate.sections import Figures, dated, over_months, read_section
from tayanch.simulate.world import NOBODY, Array, Block, Events, Incomes, People, Support, sigmoid

BEFORE = 12
"""Months before the span in which families already apply, so that support is running when it begins."""
NEVER = -10_000


def make_support(block: Block, country: Figures, people: People, *, incomes: Incomes) -> Support:
    """Assessments, benefits, payments and visits of a block, and what families are paid each month."""
    rules = read_section(country, "support", SupportRules)
    means = make_means(block, country, people, incomes=incomes)
    ages = people.ages(block.span)
    amounts = Amounts(block, country, people, ages=ages, incomes=incomes)
    visits = make_visits(block, people, means, rules=rules.visits)
    minimum = dated(country, "minimum_consumption", block.span, before=BEFORE)
    able = able_to_work(people, incomes, ages=ages, rules=rules.test)
    shown = registered_income(block, people, incomes)
    odds = _odds(block, rules, people, means=means, children=amounts.children, visited=visits.visited)
    agency = Agency(block, rules, people, means=means, minimum=minimum, able=able, shown=shown, odds=odds)
    for month in range(-BEFORE, block.span.months):
        agency.sit(month)
    grants = agency.grants()
    benefits, payments = pay(block, rules.pay, people, grants=grants, amounts=amounts)
    shape = means.lives.shape
    paid = np.zeros(shape)
    when = (payments.columns["happened_on"].astype("datetime64[M]") - block.span.first).astype(np.int64)
    np.add.at(paid, (payments.columns["family"], when), payments.columns["amount"])
    events = {
        "assessments": agency.assessments(),
        "benefits": benefits,
        "payments": payments,
        "visits": visits.events,
    }
    return Support(benefits=paid, registered=grants.running >= 0, events=events)


def _odds(
    block: Block, rules: SupportRules, people: People, *, means: Means, children: Array, visited: Array
) -> tuple[Array, Array]:
    """Log-odds of applying each month: outside the register, and when support has just run out."""
    apply = rules.apply
    draw = block.stream("take-up")
    unaware = draw.random(len(means.lives)) < apply.unaware_share
    bent = 0.6 * draw.standard_normal(len(means.lives))
    rural = ~block.urban[np.maximum(people.mahalla, 0)].astype(bool)
    need = np.clip(means.need, -2.5, 1.5)
    fixed = (bent + apply.unaware * unaware)[:, None] + apply.rural * rural
    fixed = fixed + apply.man_headed * ~women_headed(people) + apply.visited * recently(visited, 3)
    fresh = fixed + over_months(apply.odds, block.span) + apply.children * np.minimum(children, 4)
    fresh = np.logaddexp(fresh + apply.need * need, fixed + apply.any_reason)
    return fresh, fixed + apply.renewal_odds + apply.renewal_need * need


@dataclass
class Agency:
    """The agency in one block: families come month by month, `sit` decides, state goes on."""

    block: Block
    rules: SupportRules
    people: People
    means: Means = field(kw_only=True)
    minimum: Array = field(kw_only=True)
    able: Array = field(kw_only=True)
    shown: Array = field(kw_only=True)
    odds: tuple[Array, Array] = field(kw_only=True)

    def __post_init__(self) -> None:
        families, months = self.means.lives.shape
        self.until = np.full(families, NEVER)
        self.left = np.full(families, NEVER)
        self.category = np.zeros(families, dtype=np.int8)
        self.grant = np.full(families, NOBODY)
        self.running = np.full((families, months), NOBODY, dtype=np.int32)
        self.rows: list[dict[str, Array]] = []
        self.endings: list[tuple[Array, Array]] = []
        self.granted = 0
        self.draw = self.block.stream("applications")
        declared, spread = self.rules.test.declared, self.rules.test.declared_spread
        share = np.clip(declared + spread * self.block.stream("declared").standard_normal(families), 0, 1)
        unseen = np.maximum(self.means.income - self.shown, 0)
        self.tested = self.shown + share[:, None] * unseen

    def sit(self, month: int) -> None:
        """One month: support that has run out ends, families apply, and are decided on."""
        at = max(month, 0)
        due = self.until == month
        on = self.until > month
        on = self._end_early(on, month)
        self.left[due] = month
        fresh, renewed = self.odds
        chance = sigmoid(np.where(due, renewed[:, at], fresh[:, at]))
        applied = (self.draw.random(len(on)) < chance) & ~on & self.means.lives[:, at]
        self._decide(np.flatnonzero(applied), month)
        if month >= 0:
            self.running[:, month] = np.where((self.until > month) & self.means.lives[:, month], self.grant, NOBODY)

    def income_of(self, month: int) -> Array:
        """Income of the 3 months before a month, soʻm; the first month stands for those before the span."""
        return sum((self.tested[:, max(month - back, 0)] for back in (1, 2, 3)), np.zeros(len(self.tested)))

    def _end_early(self, on: Array, month: int) -> Array:
        """Who is still supported after support ended early this month."""
        at = max(month, 0)
        per_person = income_per_person(self.income_of(month), self.people.members[:, at])
        above = per_person > self.rules.test.near * self.minimum[month + BEFORE]
        chance = np.where(above, self.rules.ends.above_line, 0.0) + self.rules.ends.other
        ends = on & ((self.draw.random(len(on)) < chance) | ~self.means.lives[:, at])
        self.endings.append((self.grant[ends], np.full(int(ends.sum()), self._day(month))))
        self.until[ends] = month
        self.left[ends] = month
        return on & ~ends

    def _decide(self, family: Array, month: int) -> None:
        """Decides on this month's applications, and keeps a row for each."""
        at, draw, rules, count = max(month, 0), self.draw, self.rules, len(family)
        asked = draw.integers(0, 24, count)
        decided = asked + draw.integers(1, 4, count)
        seen = self.means.need[family, at] + rules.seven.noise * draw.standard_normal(count)
        seven = np.where(seen > rules.seven.in_favour, 0, np.where(seen < rules.seven.against, 1, 2))
        poor_dwelling = self.means.dwelling[family] + 0.7 * draw.standard_normal(count) < -0.9
        food_short = seen + 0.5 * draw.standard_normal(count) > 0.2
        income = np.round(self.income_of(month)[family])
        members = np.maximum(self.people.members[family, at], 1)
        per_person = income_per_person(income, members)
        minimum = self.minimum[month + BEFORE]
        left = (month - self.left[family] <= 1) & np.isin(self.category[family], (1, 2))
        word = (seven == 0) & poor_dwelling & food_short
        able = self.able[family, at]
        category = categories(per_person, minimum, able=able, left=left, word=word, near=rules.test.near)
        granted = (category > 0) & (seven != 1)
        pays_from = month + (asked >= rules.pay.last_day)
        lengths = np.array([0, rules.pay.supported, rules.pay.poor, rules.pay.near])
        until = pays_from + lengths[category]
        number = np.where(granted, self.granted + np.cumsum(granted) - 1, NOBODY)
        self.granted += int(granted.sum())
        given = family[granted]
        self.until[given], self.category[given] = until[granted], category[granted]
        self.grant[given] = number[granted]
        near = np.where(per_person <= rules.pay.near_line * minimum, rules.pay.near_lower, rules.pay.near_upper)
        self.rows.append(
            {
                "family": family.astype(np.int32),
                "person": self.people.head[family, at].astype(np.int32),
                "income": income.astype(np.int64),
                "members": members.astype(np.int16),
                "per_person": per_person,
                "ratio": np.round(per_person / minimum, 3),
                "category": category,
                "granted": granted,
                "seven": seven.astype(np.int8),
                "poor_dwelling": poor_dwelling,
                "food_short": food_short,
                "happened_on": self._day(month) + decided,
                "number": number,
                "pays_from": pays_from,
                "until": until,
                "factor": np.where(category == CATEGORIES.index("near"), near, 1.0),
            }
        )

    def _day(self, month: int) -> np.datetime64:
        return (self.block.span.first + month).astype("datetime64[D]")

    def _all(self) -> dict[str, Array]:
        return {name: np.concatenate([row[name] for row in self.rows]) for name in self.rows[0]}

    def assessments(self) -> Events:
        """All decisions of the span, and earlier ones whose support still runs when it begins."""
        rows = self._all()
        kept = (rows["happened_on"] >= self.block.span.start) | np.isin(rows["number"], self._at_first())
        columns = {n: v[kept] for n, v in rows.items() if n not in ("number", "pays_from", "until", "factor")}
        return Events(columns, {"category": CATEGORIES, "seven": SEVEN})

    def _at_first(self) -> Array:
        first = self.running[:, 0]
        return first[first >= 0]

    def grants(self) -> Grants:
        """All support granted, in the order of decision."""
        rows = self._all()
        told = rows["number"] >= 0
        ended = np.full(self.granted, np.datetime64("NaT", "D"))
        for number, day in self.endings:
            ended[number] = day
        columns = {n: rows[n][told] for n in ("family", "category", "pays_from", "until", "factor")}
        return Grants(decided=rows["happened_on"][told], ended=ended, running=self.running, **columns)
