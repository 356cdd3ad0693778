"""Benefits and payments: what a grant of support brings, of which kind, how much and on which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.support_rules import CATEGORIES, KINDS, Amounts, Pay
from tayanch.simulate.world import Array, Block, Events, People, joined

AID = "utility_aid"


@dataclass(frozen=True)
class Grants:
    """All support granted: one row a grant, and which grant runs in which family and month (NOBODY for none).

    pays_from: month of the first payment; until: month after the last one announced; decided: day; factor: share of
    the full amount; ended: day it really ended, NaT when it ran its time.
    """

    family: Array
    category: Array
    pays_from: Array
    until: Array
    decided: Array
    factor: Array
    ended: Array
    running: Array


def pay(block: Block, rules: Pay, people: People, *, grants: Grants, amounts: Amounts) -> tuple[Events, Events]:
    """Benefits (those that run in the span) and payments, of each kind that fits the family."""
    benefits, payments = _heating(block, rules, people, grants=grants, amounts=amounts)
    granted, paid = [benefits], [payments]
    for kind in KINDS:
        if kind != AID:
            holds = _fitting(block, kind, grants=grants, amounts=amounts)
            granted.append(_granted(block, people, kind, grants=grants, amounts=amounts, some=np.flatnonzero(holds)))
            paid.append(_due(block, rules, kind, grants=grants, amounts=amounts, holds=holds))
    _set_days(paid, block, rules)
    words = {"kind": KINDS}
    return Events(joined(granted), words), Events(joined(paid), words)


def _fitting(block: Block, kind: str, *, grants: Grants, amounts: Amounts) -> Array:
    """For which grants a kind of benefit is given: those that run in the span and whose family it fits at the start."""
    table, months = amounts.by_kind[kind], block.span.months
    runs = np.zeros(len(grants.family) + 1, dtype=bool)
    runs[grants.running.ravel()] = True
    first = np.clip(grants.pays_from, 0, months - 1)
    ended = np.where(np.isnat(grants.ended), block.span.end, grants.ended)
    begun = (grants.pays_from < months) & (ended > block.span.starts[first])
    holds = runs[:-1] & begun & (table[grants.family, first] > 0)
    return holds & (grants.category == CATEGORIES.index("supported")) if kind == "state_support" else holds


def _granted(
    block: Block, people: People, kind: str, *, grants: Grants, amounts: Amounts, some: Array
) -> dict[str, Array]:
    """Rows of benefits of one kind for some of the grants."""
    span = block.span
    family, begin = grants.family[some], np.clip(grants.pays_from[some], 0, span.months - 1)
    first = np.maximum((span.first + grants.pays_from[some]).astype("datetime64[D]"), grants.decided[some])
    return {
        "family": family,
        "person": people.head[family, begin].astype(np.int32),
        "kind": np.full(len(some), KINDS.index(kind), dtype=np.int8),
        "amount": _whole(amounts.by_kind[kind][family, begin] * grants.factor[some]),
        "until": (span.first + grants.until[some]).astype("datetime64[D]"),
        "ended": grants.ended[some],
        "happened_on": first,
    }


def _due(block: Block, rules: Pay, kind: str, *, grants: Grants, amounts: Amounts, holds: Array) -> dict[str, Array]:
    """Payments of one kind: a month and the earliest day of the month for each."""
    family, month = np.nonzero(grants.running >= 0)
    number = grants.running[family, month]
    amount = _whole(amounts.by_kind[kind][family, month] * grants.factor[number])
    pays = holds[number] & (month >= grants.pays_from[number]) & (amount > 0)
    family, month, number = family[pays], month[pays], number[pays]
    decided = grants.decided[number]
    day = decided - block.span.starts[month]
    earliest = np.clip(day.astype(np.int64) + 2, rules.first_pay, rules.last_pay)
    return _payment(kind, family, month=month, amount=amount[pays], earliest=earliest)


def _heating(
    block: Block, rules: Pay, people: People, *, grants: Grants, amounts: Amounts
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The heating season's aid, once to every family on the register in the months told: benefits and payments."""
    span = block.span
    named = (np.array(rules.heating_months, dtype="datetime64[M]") - span.first).astype(np.int64)
    inside = named[(named >= 0) & (named < span.months)]
    family, place = np.nonzero(grants.running[:, inside] >= 0)
    month = inside[place]
    amount = _whole(amounts.by_kind[AID][family, month])
    # Decisions of the month are taken by its 27th: those who came last are paid last.
    payments = _payment(AID, family, month=month, amount=amount, earliest=np.full(len(family), rules.last_pay - 3))
    benefits = {
        "family": family.astype(np.int32),
        "person": people.head[family, month].astype(np.int32),
        "kind": payments["kind"],
        "amount": amount,
        "until": span.starts[month + 1],
        "ended": np.full(len(family), np.datetime64("NaT", "D")),
        "happened_on": span.starts[month],
    }
    return benefits, payments


def _payment(kind: str, family: Array, *, month: Array, amount: Array, earliest: Array) -> dict[str, Array]:
    return {
        "family": family.astype(np.int32),
        "kind": np.full(len(family), KINDS.index(kind), dtype=np.int8),
        "amount": amount,
        "month": month,
        "earliest": earliest,
    }


def _set_days(paid: list[dict[str, Array]], block: Block, rules: Pay) -> None:
    """Gives each payment its day: from the earliest to the last day of payment."""
    draw = block.stream("payments")
    for rows in paid:
        month, earliest = rows.pop("month"), rows.pop("earliest")
        rows["happened_on"] = block.span.starts[month] + draw.integers(earliest, rules.last_pay + 1) - 1


def _whole(amount: Array) -> Array:
    return np.round(amount).astype(np.int64)
