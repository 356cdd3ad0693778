"""The door to shap: scores with their contributions as shap's own object, so that its plots can draw them."""

from __future__ import annotations

import numpy as np
import shap

from tayanch.release.columns import Table
from tayanch.release.score import ScoredTable


def as_shap(scored: ScoredTable, matrix: Table) -> shap.Explanation:
    """Contributions to the calibrated log-odds, rows × features, with the features' values as the scorer reads them.

    Args:
        scored: what `score` made of the matrix.
        matrix: the same matrix: its values are what shap's plots colour and write beside the bars.

    Raises:
        ReleaseError: when the matrix lacks a feature.
    """
    inputs = scored.draft.scorer.inputs
    return shap.Explanation(
        values=scored.contributions,
        base_values=np.full(len(scored.contributions), scored.base),
        data=inputs.encode(matrix),
        feature_names=list(inputs.features),
    )
