"""The proxy test, beside pairs counted one by one; and what it refuses, in its words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tayanch.declare.policy import Exemption, Policy
from tayanch.errors import LearnError
from tayanch.learn.proxies import (
    BLOCKING,
    FEWEST,
    Protected,
    alone,
    blocking,
    pairs_in_order,
    ranked,
    refuse,
    together,
)
from tayanch.release.inputs import Input, Inputs
from tayanch.store.catalogue import NO, YES, Proxy
from tayanch.store.distributions import Seen
from tayanch.vocabulary import Kind
from tests.unit.learn import country

NAN, DRAW = math.nan, np.random.default_rng(7)
HALVES = np.arange(2_000) % 2
WOMAN = DRAW.random(2_000) < 0.3
NOBODY = Policy()
APART = 2.326
"""So many deviations apart, two normal distributions have an AUC of 0.95."""


def _sex(having: np.ndarray = WOMAN, part: np.ndarray = HALVES) -> Protected:
    return Protected.of("sex", Seen(having.astype(float), ("man", "woman")), part)


def _auc(column: Seen) -> float:
    (found,) = alone("f", column, (_sex(),), policy=NOBODY)
    return found.auc


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_pairs_are_counted_as_one_would_by_hand(told: list[tuple[int, bool]]) -> None:
    values, having = np.array([v for v, _ in told], float), np.array([h for _, h in told])
    if having.all() or not having.any():
        return
    pairs = [(a > b) + (a == b) / 2 for a in values[having] for b in values[~having]]
    assert pairs_in_order(ranked(values), having) == pytest.approx(sum(pairs) / len(pairs))


def test_either_end_of_a_number_tells() -> None:
    close = WOMAN * APART + DRAW.normal(size=2_000)
    assert _auc(Seen(close)) == pytest.approx(0.95, abs=0.015)
    assert _auc(Seen(-close)) == pytest.approx(_auc(Seen(close)))
    assert _auc(Seen(DRAW.normal(size=2_000))) < 0.55


@pytest.mark.parametrize("sign", [1, -1])
def test_missing_is_a_level_of_its_own(sign: int) -> None:
    column = np.where(WOMAN, NAN, sign * DRAW.random(2_000))
    assert _auc(Seen(column)) == 1.0


def test_codes_are_ordered_by_what_the_other_half_shows() -> None:
    telling = np.where(WOMAN, DRAW.choice([0.0, 3.0, NAN], 2_000), DRAW.choice([1.0, 2.0], 2_000))
    assert _auc(Seen(telling, ("a", "b", "c", "d"))) == 1.0
    many = DRAW.integers(0, 1_000, 2_000).astype(float)  # nearly a code for each family: learned by heart, no use
    assert _auc(Seen(many, tuple(map(str, range(1_000))))) < 0.56


def test_of_two_levels_the_rarer_is_tested_and_of_more_each() -> None:
    assert [level.name for level in _sex().levels] == ["woman"]
    places = Protected.of("place", Seen(np.arange(2_000.0) % 3, ("a", "b", "c")), HALVES)
    assert [level.name for level in places.levels] == ["a", "b", "c"]
    (best,) = alone("f", Seen((np.arange(2_000) % 3 == 1).astype(float)), (places,), policy=NOBODY)
    assert (best.attribute, best.level, best.auc) == ("place", "b", 1.0)


@pytest.mark.parametrize(("women", "tested"), [(FEWEST - 1, False), (FEWEST, True)])
def test_few_families_make_no_test(women: int, tested: bool) -> None:
    having = np.arange(2_000) < women
    assert bool(_sex(having).levels) is tested
    assert bool(alone("f", Seen(having.astype(float)), (_sex(having),), policy=NOBODY)) is tested
    assert not _sex(having).first(women).levels


def test_families_whose_attribute_is_missing_are_left_out() -> None:
    unknown = np.where(np.arange(2_000) % 4 == 0, NAN, WOMAN)
    attribute = Protected.of("sex", Seen(unknown, (NO, YES)), HALVES)
    column = np.where(np.arange(2_000) % 4 == 0, 1 - WOMAN, WOMAN).astype(float)
    (found,) = alone("f", Seen(column), (attribute,), policy=NOBODY)
    assert found.auc == 1.0
    first = attribute.first(1_000).levels[0]
    assert (len(first.known), len(first.having)) == (1_000, 750)


def test_all_together_tell_what_none_tells_alone() -> None:
    columns = DRAW.normal(size=(2_000, 6))
    having = columns.sum(axis=1) > 0
    inputs = Inputs(tuple(Input(f"a.f{place}", Kind.NUMBER) for place in range(6)))
    attribute = _sex(having)
    assert max(p.auc for c in columns.T for p in alone("f", Seen(c), (attribute,), policy=NOBODY)) < 0.75
    (found,) = together(columns, inputs, attribute)
    assert found.auc > 0.9
    assert found.low < found.auc < found.high
    assert (found.families, found.having) == (2_000, int(min(having.sum(), (~having).sum())))
    (chance,) = together(DRAW.normal(size=(2_000, 6)), inputs, attribute)
    assert chance.low < 0.5 < chance.high


def test_the_interval_is_as_wide_as_families_drawn_again_say() -> None:
    column, inputs = np.round(WOMAN + DRAW.normal(size=2_000))[:, None], Inputs((Input("a.b", Kind.NUMBER),))
    (found,) = together(column, inputs, _sex())
    drawn: list[float] = []
    for _ in range(200):
        rows = DRAW.integers(0, 2_000, 2_000)
        drawn.append(pairs_in_order(ranked(column[rows, 0]), WOMAN[rows]))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.3)


FEATURE = replace(country.debt, place="features/debt.py:12 debt")
MORE = replace(country.ratio, place="features/income.py:3 ratio")


def test_a_proxy_is_refused_with_what_to_do() -> None:
    found = [
        *blocking(MORE, (Proxy("sex", "woman", BLOCKING),)),
        *blocking(FEATURE, (Proxy("sex", "woman", 0.951), Proxy("area", "x", 0.79))),
    ]
    with pytest.raises(LearnError) as error:
        refuse(found)
    assert str(error.value) == (
        "features/debt.py:12 debt: debt.debt tells sex (woman) with an AUC of 0.95, and from 0.80 on it stands for it; "
        "so do income.ratio: leave it out, or sign for it with a reason in features/policy.yaml under exempt: "
        "debt.debt: {sex: {because: …, signed: …}}."
    )


def test_what_is_no_proxy_or_is_exempt_passes() -> None:
    refuse(())
    assert not list(blocking(FEATURE, (Proxy("sex", "woman", 0.7999), Proxy("sex", "woman", 0.99, exempt="signed"))))
    policy = Policy(exemptions=(Exemption("f", "sex", "the law asks for it.", "the audit office"),))
    (found,) = alone("f", Seen(WOMAN.astype(float)), (_sex(),), policy=policy)
    assert found == Proxy("sex", "woman", 1.0, "the law asks for it. Signed: the audit office")
