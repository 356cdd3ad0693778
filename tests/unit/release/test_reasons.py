"""Which reasons are told: each rule with a small table of contributions by theme."""

from __future__ import annotations

import numpy as np
import pytest

from tayanch.declare.expressions import Constant
from tayanch.declare.features import Feature
from tayanch.errors import ReleaseError
from tayanch.release.reasons import Direction, Reason, Strength, choose_reasons
from tayanch.vocabulary import Theme


def told(table: str) -> tuple[list[str], list[str], bool]:
    """Raising and lowering reasons as "theme.feature share", of lines "theme.feature contribution"."""
    pairs = [line.split() for line in table.strip().splitlines()]
    features = [Feature(name.split(".")[1], Theme(name.split(".")[0]), Constant(1.0)) for name, _ in pairs]
    found = choose_reasons(features, np.array([float(value) for _, value in pairs]))
    sides = [[f"{reason.feature} {reason.share:.2f}" for reason in side] for side in (found.raising, found.lowering)]
    return sides[0], sides[1], found.clear


def test_a_theme_is_told_by_its_sum_and_its_leading_feature() -> None:
    table = """
        income.a  0.2
        income.b  0.5
        work.c    0.3
    """
    assert told(table) == (["income.b 0.70", "work.c 0.30"], [], True)


def test_raising_and_lowering_stand_apart_each_by_size() -> None:
    table = """
        income.a   0.2
        work.b     0.3
        debt.c    -0.1
        support.d -0.4
    """
    assert told(table) == (["work.b 0.30", "income.a 0.20"], ["support.d 0.40", "debt.c 0.10"], True)


def test_at_most_four_raise_and_two_lower() -> None:
    table = """
        income.a   0.20
        work.b     0.18
        family.c   0.16
        health.d   0.14
        housing.e  0.12
        debt.f    -0.08
        support.g -0.07
        data_quality.h -0.06
    """
    raising, lowering, _ = told(table)
    assert raising == ["income.a 0.20", "work.b 0.18", "family.c 0.16", "health.d 0.14"]
    assert lowering == ["debt.f 0.08", "support.g 0.07"]


def test_opposite_effects_above_5_percent_are_both_told() -> None:
    table = """
        income.a   0.50
        income.b  -0.06
        work.c     0.44
    """
    assert told(table) == (["income.a 0.50", "work.c 0.44"], ["income.b 0.06"], True)


def test_an_opposite_effect_up_to_5_percent_is_in_the_sum_only() -> None:
    table = """
        income.a   0.50
        income.b  -0.05
        work.c     0.45
    """
    assert told(table) == (["income.a 0.45", "work.c 0.45"], [], True)


def test_opposite_effects_that_cancel_out_are_both_told() -> None:
    assert told("income.a 0.5\nincome.b -0.5") == (["income.a 0.50"], ["income.b 0.50"], True)


def test_the_leading_feature_is_the_largest_in_that_direction() -> None:
    table = """
        income.a  -0.60
        income.b   0.10
        income.c   0.30
    """
    assert told(table) == (["income.c 0.40"], ["income.a 0.60"], True)


def test_under_5_percent_is_hidden() -> None:
    table = """
        income.a   0.91
        work.b     0.05
        debt.c     0.04
    """
    assert told(table) == (["income.a 0.91", "work.b 0.05"], [], True)


def test_reasons_that_cover_under_half_are_not_clear() -> None:
    many = "\n".join(f"{theme.value}.a{n} {0.04 * (-1) ** n}" for theme in Theme for n in range(2))
    raising, lowering, clear = told(many)
    assert (len(raising), len(lowering), clear) == (4, 2, False)


def test_reasons_that_cover_half_are_clear() -> None:
    table = """
        income.a   0.30
        income.b  -0.05
        work.c     0.25
        family.d   0.04
        health.e   0.04
        housing.f  0.04
        debt.g     0.04
        support.h  0.04
        data_quality.i 0.20
    """
    assert told(table) == (["income.a 0.25", "work.c 0.25", "data_quality.i 0.20"], [], True)


def test_nothing_contributes() -> None:
    assert told("income.a 0\nwork.b 0") == ([], [], False)


def test_ties_keep_the_order_of_themes_and_of_features() -> None:
    table = """
        work.b    0.25
        income.d  0.25
        income.a  0.25
        family.c  0.25
    """
    assert told(table)[0] == ["income.d 0.50", "work.b 0.25", "family.c 0.25"]


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.9, Strength.STRONG),
        (0.3, Strength.STRONG),
        (0.29, Strength.MEDIUM),
        (0.15, Strength.MEDIUM),
        (0.14, Strength.WEAK),
    ],
)
def test_strength_is_a_word(share: float, word: Strength) -> None:
    assert Reason(Theme.INCOME, "income.a", Direction.RAISES, share).strength is word


def test_scaling_the_contributions_changes_nothing() -> None:
    values = np.random.default_rng(1).normal(size=20)
    features = [Feature(f"f{n}", tuple(Theme)[n % 8], Constant(1.0)) for n in range(20)]
    assert choose_reasons(features, values).clear == choose_reasons(features, 4 * values).clear
    assert choose_reasons(features, values) == choose_reasons(features, 4 * values)


def test_as_many_contributions_as_features() -> None:
    with pytest.raises(ReleaseError) as met:
        choose_reasons([], np.array([1.0]))
    assert str(met.value) == "1 contributions were given for 0 features: give one for each."
