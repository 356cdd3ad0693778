"""Scores handed to shap: its plots draw them, and its values are ours."""

from __future__ import annotations

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import shap

from tayanch.release.for_shap import as_shap
from tayanch.release.score import score
from tayanch.vocabulary import ScorerKind
from tests.unit.release.made_up import IDS, draft, matrix


@pytest.mark.parametrize("kind", tuple(ScorerKind))
def test_values_base_and_names(kind: ScorerKind) -> None:
    scored = score(draft(kind), matrix())
    told = as_shap(scored, matrix())
    assert list(told.feature_names) == list(IDS)
    log_odds = np.asarray(told.values).sum(axis=1) + np.asarray(told.base_values)
    np.testing.assert_allclose(1 / (1 + np.exp(-log_odds)), scored.table.column("score").to_numpy(), atol=1e-9)


def test_shaps_own_plots_take_it() -> None:
    told = as_shap(score(draft(), matrix()), matrix())
    shap.plots.waterfall(told[0], show=False)
    shap.plots.bar(told, show=False)
    plt.close("all")
