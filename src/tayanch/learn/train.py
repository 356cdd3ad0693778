"""The door to LightGBM: parameters checked, trees grown. One thread, fixed seeds: the same rows give the same text."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import lightgbm
import numpy as np
from lightgbm.basic import LightGBMError, _ConfigAliases  # pyright: ignore[reportPrivateUsage]

from tayanch.declare.experiments import MONOTONE, Experiment
from tayanch.errors import DeclarationError, LearnError, ReleaseError, nearest
from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.candidates import Parameters
from tayanch.learn.lesson import Lesson
from tayanch.release.columns import Matrix
from tayanch.release.inputs import Input, Inputs
from tayanch.release.scorers import LightGBMScorer
from tayanch.vocabulary import Kind

DEFAULTS: Parameters = (
    ("num_iterations", 200),
    ("learning_rate", 0.05),
    ("num_leaves", 15),
    ("min_data_in_leaf", 50),
    ("feature_fraction", 0.5),
)
"""What holds where an experiment says nothing; all else is LightGBM's own default."""
DATASET = frozenset(("bin_construct_sample_cnt", "enable_bundle", "max_bin", "min_data_in_bin"))
"""Parameters that say how rows are put into bins: another value needs other bins."""
_TREES = """
bagging_fraction bagging_freq boosting cat_l2 cat_smooth data_sample_strategy drop_rate extra_trees feature_fraction
feature_fraction_bynode is_unbalance lambda_l1 lambda_l2 learning_rate max_cat_threshold max_cat_to_onehot
max_delta_step max_depth max_drop min_data_in_leaf min_data_per_group min_gain_to_split min_sum_hessian_in_leaf
monotone_constraints_method monotone_penalty neg_bagging_fraction num_iterations num_leaves other_rate path_smooth
pos_bagging_fraction scale_pos_weight skip_drop top_rate uniform_drop xgboost_dart_mode
"""
USABLE = DATASET | frozenset(_TREES.split())
"""Parameters an experiment may set. The others are settled by the engine or by the experiment's other keys."""
MANY_ROWS = 300_000
"""From here on LightGBM's histograms are faster by row, below by column: settled by size, never timed on the spot."""
VERSIONS = (lightgbm.__version__,)
_SILENT = logging.getLogger("tayanch.lightgbm")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
lightgbm.register_logger(_SILENT)


def known_parameters() -> Mapping[str, str]:
    """Every name of LightGBM's parameters, aliases too, with the one name it goes by here."""
    told: Mapping[str, list[str]] = _ConfigAliases._get_all_param_aliases()  # pyright: ignore[reportPrivateUsage]
    return {alias: name for name, aliases in told.items() for alias in (name, *aliases)}


def settled(parameters: Parameters) -> Parameters:
    """The parameters under their one name, with the defaults for what is not said."""
    known = known_parameters()
    return tuple({**dict(DEFAULTS), **{known[name]: value for name, value in parameters}}.items())


def check_parameters(experiment: Experiment) -> None:
    """Refuses parameters that LightGBM does not know or can't take, before anything is computed.

    Raises:
        DeclarationError: naming the key, what was met and the nearest known name.
    """
    known = known_parameters()
    said: dict[str, str] = {}
    for setting in experiment.parameters:
        where = f"{experiment.place} parameters.{setting.name}".strip()
        _check_name(setting.name, known, where=where)
        one = known[setting.name]
        if one in said:
            raise DeclarationError(f"it says the same as {said[one]}", do="keep one of the two.", where=where)
        said[one] = setting.name
        for value in setting.values:
            _try(((setting.name, value),), where)
    for chosen in experiment.grid:
        _try(tuple(chosen.items()), f"{experiment.place} parameters".strip())


def _check_name(name: str, known: Mapping[str, str], *, where: str) -> None:
    if name not in known:
        usable = [alias for alias, one in known.items() if one in USABLE]
        raise DeclarationError(f'LightGBM has no parameter "{name}"', do=nearest(name, usable), where=where)
    if known[name] not in USABLE:
        raise DeclarationError(f"{name} is settled by Tayanch", do="leave it out.", where=where)


def _try(parameters: Parameters, where: str) -> None:
    """Grows one tree on invented numbers, so that LightGBM and the release say themselves what they can't take."""
    told = dict(settled(parameters))
    rounds = told.pop("num_iterations")
    if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 1:
        raise DeclarationError(f"{rounds!r} is no number of trees", do="give 1 or more.", where=where)
    rows = np.arange(60.0).reshape(30, 2)
    try:
        booster = lightgbm.train(
            {**_engine(0, len(rows)), **told}, lightgbm.Dataset(rows, np.arange(30.0) % 2, params=told), 1
        )
        LightGBMScorer(
            Inputs((Input("Column_0", Kind.NUMBER), Input("Column_1", Kind.NUMBER))), booster.model_to_string()
        )
    except LightGBMError as error:
        raise DeclarationError(_said(error), do="see LightGBM's page of parameters.", where=where) from None
    except ReleaseError as error:
        raise DeclarationError(error.met, do=error.do, where=where) from None


def _said(error: LightGBMError) -> str:
    return " ".join(str(error).split(" at /")[0].split())


def _engine(seed: int, rows: int) -> dict[str, int | float | str | bool]:
    return {
        "force_row_wise" if rows >= MANY_ROWS else "force_col_wise": True,
        "objective": "binary",
        "verbosity": -1,
        "num_threads": 1,
        "deterministic": True,
        "feature_pre_filter": False,
        "seed": seed,
    }


@dataclass
class Trees:
    """LightGBM on one lesson. Bins are made once and shared by every fit on a part of the rows."""

    lesson: Lesson
    options: tuple[Parameters, ...]
    monotone: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    name: str = "lightgbm"
    _bins: dict[Parameters, lightgbm.Dataset] = field(default_factory=dict[Parameters, lightgbm.Dataset])

    def fit(self, rows: Truths, option: Parameters) -> LightGBMScorer:
        """The trees grown on `rows` of the lesson.

        Raises:
            LearnError: when LightGBM fails, in its words.
        """
        return LightGBMScorer(self.lesson.inputs, self._grown(rows, option).model_to_string())

    def margins(self, x: Matrix, rows: Truths, *, option: Parameters) -> Floats:
        """Raw scores of an encoded matrix by trees grown on `rows`.

        Raises:
            LearnError: when LightGBM fails, in its words.
        """
        return np.asarray(self._grown(rows, option).predict(x, raw_score=True, num_threads=1), dtype=np.float64)

    def _grown(self, rows: Truths, option: Parameters) -> lightgbm.Booster:
        told = dict(settled(option))
        rounds = int(told.pop("num_iterations"))
        given = {**_engine(self.seed, len(self.lesson)), **told, "monotone_constraints": self._directions()}
        try:
            return lightgbm.train(given, self._dataset(rows, option), rounds)
        except LightGBMError as error:
            raise LearnError(
                f"LightGBM failed: {_said(error)}", do="change the parameters, e.g. a larger min_data_in_leaf."
            ) from None

    def _dataset(self, rows: Truths, option: Parameters) -> lightgbm.Dataset:
        how = tuple((name, value) for name, value in settled(option) if name in DATASET)
        if how not in self._bins:
            self._bins[how] = self._binned(how)
        whole = self._bins[how]
        return whole if rows.all() else whole.subset(np.flatnonzero(rows).tolist())

    def _binned(self, how: Parameters) -> lightgbm.Dataset:
        items = self.lesson.inputs.items
        return lightgbm.Dataset(
            self.lesson.x,
            self.lesson.label,
            feature_name=list(self.lesson.inputs.features),
            categorical_feature=[place for place, item in enumerate(items) if item.kind is Kind.CODE],
            params={**_engine(self.seed, len(self.lesson)), **dict(how)},
        ).construct()

    def _directions(self) -> list[int]:
        told = dict(self.monotone)
        return [MONOTONE[told[f]] if f in told else 0 for f in self.lesson.inputs.features]
