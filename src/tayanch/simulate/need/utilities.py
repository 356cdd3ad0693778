"""Electricity and gas: bills by the season, what is paid of them, arrears, and being cut off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.means import Means
from tayanch.simulate.need.strain_rules import Utilities
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import NOBODY, Array, Block, Events, People, joined, sigmoid

SERVICES = ("electricity", "gas")
ACCOUNTS = 100_000
"""Accounts of one block at most: numbers are block × this + family."""


@dataclass(frozen=True)
class Ledger:
    """One service's accounts by family and month, int64 soʻm: arrears = arrears before + billed − paid.

    asked: bool, there is a bill. behind: months in which something is left unpaid, in a row. cut: bool, cut off in this
    month. restored: month in which what was cut here comes back, NOBODY for not yet.
    """

    asked: Array
    billed: Array
    paid: Array
    arrears: Array
    behind: Array
    cut: Array
    restored: Array


def make_utilities(
    block: Block, rules: Utilities, people: People, *, means: Means, need: Array
) -> tuple[Events, Events]:
    """Bills and disconnections of a block; need: log of line ÷ consumption, float64[families, months]."""
    held = means.lives & (people.head >= 0)
    draw = block.stream("discipline")
    discipline = rules.discipline * draw.standard_normal(len(held))
    home = np.exp(rules.spread * draw.standard_normal(len(held)))[:, None]
    custom = rules.places * block.stream("payment customs").standard_normal(len(block.mahallas))
    odds = rules.pays + rules.pays_need * need + discipline[:, None] + custom[np.maximum(people.mahalla, 0)]
    members = np.maximum(people.members, 1)
    power = (rules.kwh + rules.kwh_member * members) * home * season(block, rules.electricity_season)
    warmth = (rules.gas_use + rules.gas_member * members) * home * season(block, rules.gas_season)
    told = {
        "electricity": (power * over_months(rules.tariffs.electricity, block.span), held),
        "gas": (
            warmth * over_months(rules.tariffs.gas, block.span),
            held & means.gas[:, None] & (season(block, rules.gas_season) > 0),
        ),
    }
    bills: list[dict[str, Array]] = []
    cuts: list[dict[str, Array]] = []
    for code, (service, (amount, asked)) in enumerate(told.items()):
        ledger = keep_accounts(block, rules, service, amount=amount, asked=asked, odds=odds)
        bills.append(_bills(block, people, ledger, code=code))
        cuts.append(_cuts(block, people, ledger, code=code))
    words = {"service": SERVICES}
    return Events(joined(bills), words), Events(joined(cuts), words)


def season(block: Block, factors: list[float]) -> Array:
    """The factor of each month of the span; `factors` begin with January."""
    month = block.span.first.astype("datetime64[M]").astype(np.int64) + np.arange(block.span.months)
    return np.array(factors, dtype=np.float64)[month % 12]


def keep_accounts(block: Block, rules: Utilities, service: str, *, amount: Array, asked: Array, odds: Array) -> Ledger:
    """Accounts month by month. amount: soʻm used; asked: where there is a bill; odds: log-odds of paying in full.

    Who does not pay in full may pay half. After `cut_after` months behind the service may be cut: nothing is billed
    then, until all is paid and it is restored.
    """
    families, months = asked.shape
    draw = block.stream(service)
    use = np.round(amount * np.exp(0.12 * draw.standard_normal(asked.shape)), -2).astype(np.int64)
    luck = draw.random((3, families, months), dtype=np.float32)
    chance = over_months(rules.cut_chance, block.span)
    billed, paid, arrears = (np.zeros(asked.shape, dtype=np.int64) for _ in range(3))
    behind = np.zeros(asked.shape, dtype=np.int16)
    cut, restored = np.zeros(asked.shape, dtype=bool), np.full(asked.shape, NOBODY, dtype=np.int16)
    owed, late = np.zeros(families, dtype=np.int64), np.zeros(families, dtype=np.int16)
    cut_in = np.full(families, NOBODY)
    for month in range(months):
        here = asked[:, month]
        off = cut_in >= 0
        bill = np.where(here & ~off, use[:, month], 0)
        total = owed + bill
        pays = luck[0, :, month] < sigmoid(odds[:, month] - 0.3 * late)
        half = np.where(luck[1, :, month] < rules.part, total // 200 * 100, 0)
        back = off & here & (luck[1, :, month] < rules.restored_chance)
        given = np.where(off, np.where(back, total, 0), np.where(pays, total, half))
        given = np.where(here, given, 0)
        owed = total - given
        late = np.where(here, np.where(owed > 0, late + 1, 0), late).astype(np.int16)
        restored[back, cut_in[back]] = month
        cut_in[back] = NOBODY
        cutting = here & ~off & (late >= rules.cut_after) & (luck[2, :, month] < chance[month])
        cut_in[cutting] = month
        billed[:, month], paid[:, month], arrears[:, month] = bill, given, owed
        behind[:, month], cut[:, month] = late, cutting
    return Ledger(asked, billed, paid, arrears, behind, cut, restored)


def _bills(block: Block, people: People, ledger: Ledger, *, code: int) -> dict[str, Array]:
    family, month = np.nonzero(ledger.asked)
    return {
        "person": people.head[family, month].astype(np.int32),
        "account": block.number * ACCOUNTS + family.astype(np.int64),
        "service": np.full(len(family), code, dtype=np.int8),
        "billed": ledger.billed[family, month],
        "paid": ledger.paid[family, month],
        "arrears": ledger.arrears[family, month],
        "months_behind": ledger.behind[family, month],
        "happened_on": block.span.starts[month],
    }


def _cuts(block: Block, people: People, ledger: Ledger, *, code: int) -> dict[str, Array]:
    family, month = np.nonzero(ledger.cut)
    draw = block.stream(f"cut days {code}")
    back = ledger.restored[family, month]
    day = block.span.starts[np.maximum(back, 0)] + draw.integers(1, 27, len(family))
    return {
        "person": people.head[family, month].astype(np.int32),
        "account": block.number * ACCOUNTS + family.astype(np.int64),
        "service": np.full(len(family), code, dtype=np.int8),
        "restored": np.where(back >= 0, day, np.datetime64("NaT", "D")),
        "happened_on": block.span.starts[month] + draw.integers(5, 28, len(family)),
    }
