"""The card tells what the release is, from its own figures, and what nobody told yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tayanch.release.card import card
from tayanch.release.releases import Figure, Measured, Papers
from tayanch.vocabulary import ScorerKind
from tests.unit.release.made_up import EXPERIMENT, draft

WHOLE = card(draft())


@pytest.mark.parametrize(
    "line",
    [
        "# hardship 2026-10",
        "A practice project: nothing here may be used for real families.",
        "Which families will fall below the line?",
        "Cohort: all. Outcome: falls. 5 features of these registries:",
        "- visits: One visit to one family. Owner: Agency. Purpose: eligibility.",
        "Wording in uz, en; not yet reviewed by a native reader: uz, en.",
        "| 2026-07-01 | 2025-07-01 | 7 | 400 | 390 | 0.210 |",
        "| lightgbm | precision_at_capacity | 0.550 | 0.500 | 0.600 |",
        "Folds overlap by 9 months.",
        "Gain in precision_at_capacity over rule: 0.050 (0.010 to 0.090), above 0.",
        "| soon | 0.420 | 0.350 | 0.500 | 120 |",
        "| income.income_now | Income per person at the last visit. | 40.0 % |",
        "- refusing, cutting or stopping help",
        "- ranking schools",
        "- Made-up families.",
        "- Legal basis: **MISSING**",
        f"| snapshot | {'a' * 64} |",
    ],
)
def test_it_tells(line: str) -> None:
    assert line in WHOLE.splitlines()


def test_a_gain_that_may_be_nothing_is_called_so() -> None:
    made = draft()
    gain = Figure("lightgbm", "auc", 0.01, -0.01, 0.03)
    told = card(replace(made, measured=replace(made.measured, gain=gain)))
    assert "Gain in auc over rule: 0.010 (-0.010 to 0.030), not shown to be above 0." in told


def test_what_nobody_told_is_missing() -> None:
    bare = replace(
        draft(ScorerKind.RULE),
        measured=Measured(),
        origin=replace(draft().origin, experiment=replace(EXPERIMENT, question="", owner="")),
    )
    told = card(bare)
    for title in ("Question", "Folds", "Figures, out of time", "Against the best simple baseline"):
        assert f"## {title}\n\n**MISSING**\n" in told
    assert "owner **MISSING**" in told


def test_what_a_person_told_stands_there() -> None:
    told = card(replace(draft(), papers=Papers(legal_basis="ZRU-1115")))
    assert "- Legal basis: ZRU-1115" in told
    assert "- How to object: **MISSING**" in told
