"""Who competes in an experiment: the learner and the baselines, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Compiled, Feature
from tayanch.errors import DeclarationError, LearnError, nearest
from tayanch.learn.arrays import Floats
from tayanch.learn.baselines import STRENGTHS, Prior, Regression, best_feature, declared_rule
from tayanch.learn.candidates import Candidate
from tayanch.learn.lesson import Lesson
from tayanch.learn.timeline import Fold
from tayanch.learn.train import Trees, check_parameters
from tayanch.vocabulary import Kind

RANDOM = "random"
"""The one candidate that learns nothing: families in a random order."""
REGRESSION_KNOWS = ("C",)


def names(experiment: Experiment) -> tuple[str, ...]:
    """The learner, then the baselines in declared order."""
    return (experiment.learner, *experiment.baselines)


def releasable(experiment: Experiment) -> tuple[str, ...]:
    """Those of which a release can be made."""
    return tuple(name for name in names(experiment) if name not in (RANDOM, "prior"))


def check_experiment(experiment: Experiment, compiled: Compiled) -> None:
    """Refuses what would only fail after hours: parameters, directions, baselines.

    Raises:
        DeclarationError: naming the key, what was met and what to do.
    """
    kinds = {feature.id: feature.kind for feature in compiled.features}
    codes = [feature for feature, kind in kinds.items() if kind is Kind.CODE]
    if experiment.learner == "logistic":
        _check_strength(experiment)
    else:
        check_parameters(experiment)
    for feature, _ in experiment.monotone:
        if feature in codes:
            raise _no_order(feature, f"{experiment.place} monotone.{feature}")
    if experiment.rule and experiment.rule.feature in codes:
        raise _no_order(experiment.rule.feature, f"{experiment.place} rule.feature")
    _check_baselines(experiment, _ordered(compiled.features, experiment))


def candidate(name: str, lesson: Lesson, experiment: Experiment) -> Candidate:
    """The candidate of that name, before it has learned.

    Raises:
        LearnError: when it can't learn from these features.
    """
    if name == "prior":
        return Prior(lesson.only(experiment.features[:1]))
    if name == "rule" and experiment.rule:
        return declared_rule(lesson, experiment.rule)
    mine = lesson.only(experiment.features)
    if name == "single_feature":
        return best_feature(mine)
    own = tuple(tuple(options.items()) for options in experiment.grid) if name == experiment.learner else ()
    if name == "logistic":
        return Regression(mine, own if own and own[0] else STRENGTHS)
    if name == "lightgbm":
        return Trees(mine, own or ((),), monotone=experiment.monotone, seed=experiment.seed)
    raise LearnError(f'there is no candidate "{name}"', do=nearest(name, names(experiment)))


def random_scores(experiment: Experiment, fold: Fold, families: int) -> Floats:
    """Scores that put a fold's families in a random order, the same in every run of the same seed."""
    return np.random.default_rng([experiment.seed, fold.test.toordinal()]).random(families)


def choosing(folds: Sequence[Fold]) -> dict[str, Fold]:
    """For each fold (by name) the one whose dates its settings are chosen on: itself or an earlier one.

    Settings are chosen anew when the train dates have doubled since.
    """
    found: dict[str, Fold] = {}
    current = folds[0]
    for fold in folds:
        if len(fold.train) >= 2 * len(current.train):
            current = fold
        found[fold.name] = current
    return found


def _check_strength(experiment: Experiment) -> None:
    for setting in experiment.parameters:
        where = f"{experiment.place} parameters.{setting.name}".strip()
        if setting.name not in REGRESSION_KNOWS:
            known = nearest(setting.name, REGRESSION_KNOWS)
            raise DeclarationError(f'the regression has no parameter "{setting.name}"', do=known, where=where)
        for value in setting.values:
            if isinstance(value, (bool, str)) or not value > 0:
                raise DeclarationError(f"{value!r} is no strength", do="give a number above 0.", where=where)


def _check_baselines(experiment: Experiment, ordered: Sequence[str]) -> None:
    where = f"{experiment.place} baselines".strip()
    if not experiment.baselines:
        raise DeclarationError("no baseline is asked for", do="write baselines: all.", where=where)
    if experiment.learner in experiment.baselines:
        raise DeclarationError(f"{experiment.learner} is the learner already", do="leave it out.", where=where)
    if "single_feature" in experiment.baselines and not ordered:
        raise DeclarationError(
            "no feature has an order, so none alone can be a rule", do="leave single_feature out.", where=where
        )


def _ordered(features: Sequence[Feature], experiment: Experiment) -> list[str]:
    return [f.id for f in features if f.id in experiment.features and f.kind is not Kind.CODE]


def _no_order(feature: str, where: str) -> DeclarationError:
    return DeclarationError(f"{feature} is a code and has no order", do="name a number.", where=where.strip())
