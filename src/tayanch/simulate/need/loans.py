"""Loans: who takes one, what is due each month, and how it is paid back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.means import Means
from tayanch.simulate.need.strain_rules import Loans
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import NOBODY, Array, Block, Events, Incomes, People, joined, sigmoid

BEFORE = 24
"""Months before the span in which loans that still run were taken."""
NUMBERS = 100_000
"""Loans of one block at most: numbers are block × this + running number."""
MOST_OVERDUE = 720
"""Days."""


@dataclass(frozen=True)
class Debts:
    """Loans of a block, one row each, and which runs in which family and month.

    person, family: who took it. month: of the span (negative before it). length: months. amount, monthly: soʻm.
    running: int32[families, months], row of the loan with an instalment due, or NOBODY. due: soʻm[families, months].
    """

    person: Array
    family: Array
    month: Array
    length: Array
    amount: Array
    monthly: Array
    running: Array
    due: Array


def take_loans(block: Block, rules: Loans, people: People, *, incomes: Incomes, means: Means) -> Debts:
    """Loans taken, one at a time by a family, in the name of its head; they end when the head dies."""
    draw = block.stream("loans")
    families, months = means.lives.shape
    waged = people.summed(incomes.wage > 0) > 0
    log_chance = rules.wage * waged + rules.need * np.clip(means.need, -2.5, 1.5)
    chance = over_months(rules.chance, block.span) * np.exp(log_chance - 0.5)
    able = means.lives & (people.head >= 0) & (means.income > 0)
    free_from = np.full(families, -BEFORE)
    taken: list[dict[str, Array]] = []
    running = np.full((families, months), NOBODY, dtype=np.int32)
    count = 0
    for month in range(-BEFORE, months):
        at = max(month, 0)
        takes = (draw.random(families) < chance[:, at]) & able[:, at] & (free_from <= month)
        family = np.flatnonzero(takes)
        length = np.array(rules.lengths)[draw.integers(0, len(rules.lengths), len(family))]
        size = rules.size * means.income[family, at] * np.exp(rules.size_spread * draw.standard_normal(len(family)))
        amount = np.maximum(np.round(size, -5), 500_000).astype(np.int64)
        free_from[family] = month + length + 1
        head = people.head[family, at].astype(np.int32)
        taken.append(
            {"person": head, "family": family, "month": np.full(len(family), month), "length": length, "amount": amount}
        )
        count += len(family)
    rows = joined(taken)
    monthly = np.round(instalment(rows["amount"], rows["length"], rules.interest), -2).astype(np.int64)
    for number in range(1, max(rules.lengths) + 1):
        at = rows["month"] + number
        due = (at >= 0) & (at < months) & (number <= rows["length"])
        running[rows["family"][due], at[due]] = np.flatnonzero(due)
    running[~means.lives] = NOBODY
    borrowed, month = np.nonzero(running >= 0)
    gone = people.family[rows["person"][running[borrowed, month]], month] < 0
    running[borrowed[gone], month[gone]] = NOBODY
    owed = np.where(running >= 0, monthly[running] if count else 0, 0)
    return Debts(monthly=monthly, running=running, due=owed, **rows)


def instalment(amount: Array, length: Array, interest: float) -> Array:
    """The equal monthly payment (soʻm) that pays `amount` back in `length` months at a yearly rate of interest."""
    rate = interest / 12
    return amount * rate / (1 - (1 + rate) ** -length.astype(np.float64))


def loan_states(block: Block, rules: Loans, people: People, *, debts: Debts, need: Array) -> tuple[Events, Events]:
    """Loans that run in the span, and their balance and days overdue on the first of each month.

    need: log of line ÷ consumption. A missed instalment adds 30 days and stays owed with interest.
    """
    span, draw = block.span, block.stream("instalments")
    rate = rules.interest / 12
    odds = rules.pays + rules.pays_need * need
    odds = odds + rules.discipline * block.stream("discipline").standard_normal(len(need))[:, None]
    elapsed = np.clip(-1 - debts.month, 0, None).astype(np.float64)
    balance = debts.amount * (1 + rate) ** elapsed - debts.monthly * ((1 + rate) ** elapsed - 1) / rate
    overdue = np.zeros(len(balance), dtype=np.int16)
    states: list[dict[str, Array]] = []
    for month in range(span.months):
        family = np.flatnonzero(debts.running[:, month] >= 0)
        loan = debts.running[family, month]
        luck = draw.random((2, len(family)))
        pays = luck[0] < sigmoid(odds[family, month] - 0.01 * overdue[loan])
        catches_up = pays & (luck[1] < 0.6)
        paid = debts.monthly[loan] * (pays + catches_up * (overdue[loan] / 30))
        balance[loan] = np.maximum(balance[loan] * (1 + rate) - paid, 0)
        later = np.where(pays, np.where(catches_up, 0, overdue[loan]), overdue[loan] + 30)
        overdue[loan] = np.minimum(later, MOST_OVERDUE)
        states.append(
            {
                "person": debts.person[loan],
                "loan": block.number * NUMBERS + loan.astype(np.int64),
                "balance": np.round(balance[loan]).astype(np.int64),
                "overdue": overdue[loan],
                "happened_on": np.full(len(loan), span.starts[month]),
            }
        )
    return _loans(block, rules, debts), Events({n: np.concatenate([s[n] for s in states]) for n in states[0]})


def _loans(block: Block, rules: Loans, debts: Debts) -> Events:
    """Loans that run in the span or were taken in it."""
    draw = block.stream("banks")
    day, bank = draw.integers(0, 28, len(debts.month)), draw.integers(0, rules.banks, len(debts.month))
    runs = np.zeros(len(debts.month) + 1, dtype=bool)
    runs[debts.running.ravel()] = True
    kept = np.flatnonzero(runs[:-1] | (debts.month >= 0))
    first = block.span.first + debts.month[kept]
    return Events(
        {
            "person": debts.person[kept],
            "loan": block.number * NUMBERS + kept.astype(np.int64),
            "bank": bank[kept].astype(np.int16),
            "amount": debts.amount[kept],
            "monthly": debts.monthly[kept],
            "until": (first + debts.length[kept]).astype("datetime64[D]"),
            "happened_on": first.astype("datetime64[D]") + day[kept],
        }
    )
