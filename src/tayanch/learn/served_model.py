"""The learner as MLflow serves it: this file and three text files are the whole model.

MLflow copies this file beside the weights and runs it where the model is served, without Tayanch: it may import nothing
of it. What it computes is tested against the scorer itself. Load it with `mlflow.pyfunc.load_model`; it takes a
DataFrame with one column per feature (numbers, texts for codes, missing where not known) and gives the column `score`.
"""

import json
import math
from pathlib import Path
from typing import Any

import lightgbm
import mlflow.models
import numpy as np
import numpy.typing as npt
import pandas as pd
from mlflow.pyfunc.model import PythonModel


class ServedModel(PythonModel):
    """LightGBM's margins, made probabilities by the calibration line."""

    def load_context(self, context: Any) -> None:
        """Reads model.txt, inputs.json and calibration.json."""
        files = {name: Path(place).read_text(encoding="utf-8") for name, place in context.artifacts.items()}
        self._booster = lightgbm.Booster(model_str=files["model"])
        self._inputs: list[dict[str, Any]] = json.loads(files["inputs"])
        self._line: dict[str, float] = json.loads(files["calibration"])

    def predict(  # pyright: ignore[reportIncompatibleMethodOverride]  MLflow leaves the result untyped
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """One row per family, in the order given: `score`, the calibrated probability of the outcome.

        Raises:
            ValueError: when a column is not there, of another sort, or holds an infinity.
        """
        absent = [item["feature"] for item in self._inputs if item["feature"] not in model_input.columns]
        if absent:
            raise ValueError(f"no column for {', '.join(absent)}")
        if not len(model_input):
            return pd.DataFrame({"score": np.zeros(0)}, index=model_input.index)
        x = np.column_stack([_encoded(item, model_input[item["feature"]]) for item in self._inputs])
        margins = np.asarray(self._booster.predict(x, raw_score=True, num_threads=1), dtype=np.float64)
        log_odds = self._line["slope"] * margins + self._line["intercept"]
        return pd.DataFrame({"score": _probability(log_odds)}, index=model_input.index)


def _encoded(item: dict[str, Any], column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    """Numbers as they are; a code as its place among the categories; NaN where missing, or a code never seen."""
    values = [None if _missing(value) else value for value in column.tolist()]
    if item["kind"] != "code":
        return _numbers(item["feature"], values)
    if any(not isinstance(value, str) for value in values if value is not None):
        raise ValueError(f"the column {item['feature']} holds something that is no text, but it is a code")
    places = {word: float(place) for place, word in enumerate(item["categories"])}
    return np.array([places.get(value or "", math.nan) for value in values])


def _numbers(feature: str, values: list[Any]) -> npt.NDArray[np.float64]:
    if any(isinstance(value, str) for value in values):
        raise ValueError(f"the column {feature} holds text, but it is a number")
    found = np.array([math.nan if value is None else float(value) for value in values])
    if np.isinf(found).any():
        raise ValueError(f"the column {feature} holds an infinity: leave the value missing where it can't be known")
    return found


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value != value


def _probability(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0, 1.0, small) / (1.0 + small)


mlflow.models.set_model(ServedModel())
