"""Want: what families really consume, who is in hardship and why (the truth), and what registers see of it."""

from __future__ import annotations

import numpy as np

from tayanch.simulate.need.loans import loan_states, take_loans
from tayanch.simulate.need.means import Means, make_means, programme_truth
from tayanch.simulate.need.schooling import make_schooling
from tayanch.simulate.need.strain_rules import Smoothing, StrainRules
from tayanch.simulate.need.utilities import make_utilities
from tayanch.simulate.sections import Figures, read_section
from tayanch.simulate.world import SHOCKS, Array, Block, Events, Lives, Strain

LASTING = 3
"""Months that are looked at for hardship,"""
ENOUGH = 2
"""and how many of them must lie below the line: hardship is want that lasts, not one bad month."""
HEAVY_DEBT = 0.25
"""Share of income that goes to instalments above which debt is the cause where no shock is known."""


def make_strain(block: Block, country: Figures, lives: Lives) -> Strain:
    """Consumption and hardship of a block's families, what registers see of them, and the truth."""
    rules = read_section(country, "strain", StrainRules)
    people, incomes = lives.people, lives.incomes
    means = make_means(block, country, people, incomes=incomes)
    debts = take_loans(block, rules.loans, people, incomes=incomes, means=means)
    ill = people.summed(incomes.ill) > 0
    received = means.income + lives.support.benefits
    consumption = consume(block, rules.smoothing, means, received=received, due=debts.due, ill=ill)
    hardship = in_hardship(consumption, means.line, means.lives)
    need = np.where(means.lives, np.log(means.line / np.maximum(consumption, 0.05 * means.line)), 0)
    need = np.clip(need, -2.5, 1.5)
    loans, states = loan_states(block, rules.loans, people, debts=debts, need=need)
    bills, disconnections = make_utilities(block, rules.utilities, people, means=means, need=need)
    attendance, leavings = make_schooling(block, rules.school, people, incomes=incomes, need=need)
    events = {
        "bills": bills,
        "disconnections": disconnections,
        "attendance": attendance,
        "leavings": leavings,
        "loans": loans,
        "loan_states": states,
    }
    cause = causes(hardship, incomes.shock, heavy=debts.due > HEAVY_DEBT * np.maximum(means.income, 1))
    told = programme_truth(block, country)
    truth = {
        "hardship": _truth(block, means, consumption=consumption, hardship=hardship, cause=cause),
        **({"programme": told} if told is not None else {}),
    }
    return Strain(consumption=consumption, hardship=hardship, events=events, truth=truth)


def consume(block: Block, rules: Smoothing, means: Means, *, received: Array, due: Array, ill: Array) -> Array:
    """Consumption per present member and month, soʻm: float64[families, months], 0 where there is no family.

    received: income and benefits; due: instalments; ill: a member is long ill. What comes in is smoothed by savings,
    then kin fill part of the gap to the line, less so the longer it lasts; a programme lifts the whole.
    """
    families, months = received.shape
    draw = block.stream("consumption")
    savings = received[:, 0] * rules.first_savings * np.exp(0.8 * draw.standard_normal(families))
    kin = np.clip(rules.kin_share * draw.gamma(2.0, 0.5, families), 0, 1)
    noise = rules.noise * draw.standard_normal((families, months))
    fresh = np.sqrt(1 - rules.noise_memory**2)
    spread, lasting, patience = noise[:, 0], received[:, 0].copy(), np.ones(families)
    found = np.zeros((families, months))
    for month in range(months):
        came = received[:, month]
        begun = means.lives[:, month] & ~means.lives[:, month - 1] if month else means.lives[:, 0]
        lasting = np.where(begun, came, rules.memory * lasting + (1 - rules.memory) * came)
        wanted = (1 - rules.saved) * lasting
        spent = np.where(came < wanted, came + np.minimum(wanted - came, rules.drawn * savings), wanted)
        savings = np.clip(savings + came - spent, 0, rules.most_savings * lasting)
        left = np.maximum(spent - due[:, month], 0.4 * spent) * (1 - rules.illness_cost * ill[:, month])
        per_person = left / means.present[:, month] * means.level[month]
        gap = np.maximum(means.line[month] - per_person, 0)
        patience = np.where(gap > 0, patience * rules.kin_tires, np.minimum(patience * 1.05, 1.0))
        if month:
            spread = rules.noise_memory * spread + fresh * noise[:, month]
        found[:, month] = (per_person + kin * patience * gap) * np.exp(spread)
    return np.where(means.lives, found * means.uplift, 0.0)


def in_hardship(consumption: Array, line: Array, lives: Array) -> Array:
    """Who is in hardship: below the line in at least 2 of the last 3 months, this one counted; bool, same shape.

    The first month of a family (or of the span) stands for the months before it.
    """
    below = (consumption < line) & lives
    first = below[np.arange(len(below)), np.argmax(lives, axis=1)]
    count = below.astype(np.int8)
    for back in range(1, LASTING):
        count += np.where(_moved(lives, back), _moved(below, back), first[:, None])
    return (count >= ENOUGH) & lives


def _moved(flags: Array, months: int) -> Array:
    """Flags so many months later, False before."""
    found = np.zeros_like(flags)
    found[:, months:] = flags[:, : flags.shape[1] - months]
    return found


def causes(hardship: Array, shock: Array, *, heavy: Array) -> Array:
    """Why a family is in hardship: int8 places in SHOCKS.

    The newest shock within 12 months; while the spell lasts, the cause it had; else heavy debt; else `other`.
    """
    found = np.zeros(hardship.shape, dtype=np.int8)
    debt, other = SHOCKS.index("debt"), SHOCKS.index("other")
    before = np.zeros(len(hardship), dtype=np.int8)
    for month in range(hardship.shape[1]):
        known = np.where(shock[:, month] > 0, shock[:, month], before)
        cause = np.where(known > 0, known, np.where(heavy[:, month], debt, other))
        before = np.where(hardship[:, month], cause, 0).astype(np.int8)
        found[:, month] = before
    return found


def _truth(block: Block, means: Means, *, consumption: Array, hardship: Array, cause: Array) -> Events:
    """The truth of every family and month."""
    family, month = np.nonzero(means.lives)
    columns = {
        "family": family.astype(np.int32),
        "consumption": np.round(consumption[family, month]).astype(np.int64),
        "line": means.line[month].astype(np.int64),
        "hardship": hardship[family, month],
        "cause": cause[family, month],
        "happened_on": block.span.starts[month],
    }
    return Events(columns, {"cause": SHOCKS})
