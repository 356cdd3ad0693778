"""Reads an experiment file. Unknown keys are told first, with the nearest known one; then values; then names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast, get_args, get_origin

import pydantic
import yaml

from tayanch.declare.experiments import (
    BASELINES,
    LEARNERS,
    MEASURES,
    MONOTONE,
    Capacity,
    Dates,
    Experiment,
    Judge,
    Rule,
    Setting,
)
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import NO_TIME, Length, Theme

Choice = int | float | str | bool


def _day(told: object) -> object:
    try:
        return date.fromisoformat(str(told))
    except ValueError as error:
        raise ValueError(f"{error}; a date is written as 2026-01-31") from None


Day = Annotated[date, pydantic.BeforeValidator(_day)]
"""A date in a YAML file; read from its text so that an impossible one is told with its key."""


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class _DatesFile(_Strict):
    from_: Day = pydantic.Field(alias="from")
    to: Day | None = None
    every: str


class _AsOfFile(_Strict):
    train: _DatesFile
    test: _DatesFile


class _CapacityFile(_Strict):
    share: float | None = pydantic.Field(default=None, gt=0, lt=1)
    per: str = ""
    families: int = pydantic.Field(default=0, ge=0)
    every: str = ""


class _JudgeFile(_Strict):
    capacity: _CapacityFile
    by: str = "precision_at_capacity"
    across: list[str] = []
    cluster: str = ""


class _RuleFile(_Strict):
    feature: str
    worse: str
    says: str = ""


class _ExperimentFile(_Strict):
    question: str
    owner: str
    cohort: str
    outcome: str
    features: list[str]
    without: dict[str, str] = {}
    lag: str = ""
    as_of: _AsOfFile
    learner: str = "lightgbm"
    parameters: dict[str, Choice | list[Choice]] = {}
    monotone: dict[str, str] = {}
    rule: _RuleFile | None = None
    baselines: str | list[str] = "all"
    judge: _JudgeFile
    seed: int = 0


class Names:
    """What a project declares, for an experiment to be checked against."""

    def __init__(
        self, *, cohorts: Iterable[str], outcomes: Iterable[str], features: Iterable[str], groups: Iterable[str]
    ):
        self.cohorts, self.outcomes = tuple(cohorts), tuple(outcomes)
        self.features, self.groups = tuple(features), tuple(groups)


def read_experiment(file: Path, names: Names) -> Experiment:
    """The experiment a file declares, checked against the project's names.

    Raises:
        DeclarationError: telling file, key, what was met and what to do.
    """
    try:
        return _experiment(_parsed(file), names, name=file.stem, place=str(file))
    except DeclarationError as error:
        where = error.where if str(file) in error.where else f"{file} {error.where}".strip()
        raise DeclarationError(error.met, do=error.do, where=where) from None


def read_yaml(file: Path) -> Mapping[str, Any]:
    """The mapping in a YAML file; a key given twice is refused.

    Raises:
        DeclarationError: when it can't be read or is not a mapping.
    """
    try:
        said = yaml.load(file.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise DeclarationError(f"it is not YAML: {told}", do="mend the line named.", where=str(file)) from None
    if not isinstance(said, dict):
        raise DeclarationError("it is not a list of keys and values", do="write `key: value` lines.", where=str(file))
    return cast("Mapping[str, Any]", said)


def parse_length(told: str) -> Length:
    """The length in "3 months" or "10 days".

    Raises:
        DeclarationError: when it is neither.
    """
    found = re.fullmatch(r"(\d+) (month|day)s?", told.strip())
    if not found or int(found[1]) == 0:
        raise DeclarationError(f'"{told}" is not a length of time', do='write it as "3 months".')
    return Length(months=int(found[1])) if found[2] == "month" else Length(days=int(found[1]))


def check_keys(said: Mapping[str, Any], model: type[pydantic.BaseModel], path: str = "") -> None:
    """Refuses a key the model does not know, telling the nearest one it knows.

    Raises:
        DeclarationError: with the key's path in `where`.
    """
    known = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in said.items():
        at = f"{path}{key}"
        if key not in known:
            raise DeclarationError(f'there is no key "{key}"', do=nearest(str(key), known), where=at)
        inner = _model_in(known[key])
        if inner is not None and isinstance(value, dict):
            check_keys(cast("Mapping[str, Any]", value), inner, f"{at}.")


def checked(said: Mapping[str, Any], model: type[pydantic.BaseModel]) -> Any:
    """The model filled from a mapping whose keys are known.

    Raises:
        DeclarationError: for the first key that is missing or does not fit.
    """
    check_keys(said, model)
    try:
        return model.model_validate(said)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        at = ".".join(
            str(part) for part in first["loc"] if isinstance(part, str) and "[" not in part and part not in _TYPES
        )
        if first["type"] == "missing":
            raise DeclarationError("it is missing", do="every such file says it.", where=at) from None
        why = str(first["msg"]).removeprefix("Value error, ")
        met = f"{first['input']!r} does not fit: {why[0].lower()}{why[1:]}"
        raise DeclarationError(met, do="mend the value.", where=at) from None


_TYPES = frozenset(("int", "float", "str", "bool", "date"))


class _UniqueKeys(yaml.SafeLoader):
    """A YAML loader that refuses a key given twice and leaves dates to the models."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.YAMLError(f'line {key_node.start_mark.line + 1} gives "{key}" a second time')
            seen.add(key)
        return super().construct_mapping(node, deep)


_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _model_in(annotation: Any) -> type[pydantic.BaseModel] | None:
    options = get_args(annotation) if get_origin(annotation) is not None else (annotation,)
    found = [o for o in options if isinstance(o, type) and issubclass(o, pydantic.BaseModel)]
    return found[0] if found else None


def _parsed(file: Path) -> _ExperimentFile:
    if not file.is_file():
        raise DeclarationError("there is no such experiment", do="name a file of experiments/.")
    return checked(read_yaml(file), _ExperimentFile)


def _experiment(told: _ExperimentFile, names: Names, *, name: str, place: str) -> Experiment:
    _known("cohort", told.cohort, names.cohorts)
    _known("outcome", told.outcome, names.outcomes)
    _known("learner", told.learner, LEARNERS)
    features = _features(told, names.features)
    return Experiment(
        name=name,
        cohort=told.cohort,
        outcome=told.outcome,
        features=features,
        train=_dates("as_of.train", told.as_of.train),
        test=_dates("as_of.test", told.as_of.test),
        learner=told.learner,
        parameters=_settings(told.parameters),
        baselines=_baselines(told),
        judge=_judge(told.judge, names.groups),
        seed=told.seed,
        monotone=_monotone(told.monotone, features),
        rule=_rule(told.rule, names.features),
        lag=_length("lag", told.lag) if told.lag else NO_TIME,
        question=told.question,
        owner=told.owner,
        without=tuple(told.without.items()),
        place=place,
    )


def _known(key: str, word: str, known: Iterable[str]) -> None:
    choices = tuple(known)
    if word not in choices:
        raise DeclarationError(f'"{word}" is not declared', do=nearest(word, choices), where=key)


def _features(told: _ExperimentFile, declared: tuple[str, ...]) -> tuple[str, ...]:
    if not told.features:
        raise DeclarationError("no feature is asked for", do="name themes or features.", where="features")
    chosen: list[str] = []
    for word in told.features:
        found = [f for f in declared if f == word or (word in tuple(Theme) and f.startswith(f"{word}."))]
        if not found:
            raise DeclarationError(f'"{word}" is not declared', do=nearest(word, [*declared, *Theme]), where="features")
        chosen.extend(f for f in found if f not in chosen)
    for word in told.without:
        _known("without", word, chosen)
    left = tuple(f for f in chosen if f not in told.without)
    if not left:
        raise DeclarationError("every feature is left out", do="leave at least one in.", where="without")
    return left


def _dates(key: str, told: _DatesFile) -> Dates:
    every = _length(f"{key}.every", told.every)
    if not every.months:
        raise DeclarationError(f'"{told.every}" is not in months', do='write it as "3 months".', where=f"{key}.every")
    return Dates(told.from_, every.months, told.to)


def _length(key: str, told: str) -> Length:
    try:
        return parse_length(told)
    except DeclarationError as error:
        raise error.at(key) from None


def _settings(told: Mapping[str, Choice | list[Choice]]) -> tuple[Setting, ...]:
    found = [Setting(name, tuple(v) if isinstance(v, list) else (v,)) for name, v in told.items()]
    for setting in found:
        if not setting.values:
            raise DeclarationError(
                "the list of values is empty", do="give at least one.", where=f"parameters.{setting.name}"
            )
    return tuple(found)


def _baselines(told: _ExperimentFile) -> tuple[str, ...]:
    if told.baselines == "all":
        return tuple(b for b in BASELINES if b != told.learner and (b != "rule" or told.rule is not None))
    asked = [told.baselines] if isinstance(told.baselines, str) else told.baselines
    for word in asked:
        _known("baselines", word, BASELINES)
    if "rule" in asked and told.rule is None:
        raise DeclarationError(
            "the rule is asked for but not told", do="write rule: {feature: …, worse: lower}.", where="baselines"
        )
    return tuple(asked)


def _judge(told: _JudgeFile, groups: tuple[str, ...]) -> Judge:
    _known("judge.by", told.by, MEASURES)
    for word in told.across:
        _known("judge.across", word, groups)
    if told.cluster:
        _known("judge.cluster", told.cluster, groups)
    capacity = told.capacity
    if (capacity.share is None) == (not capacity.families):
        raise DeclarationError(
            "it is to be either a share or a number of families",
            do="write {share: 0.10} or {per: …, families: 30}.",
            where="judge.capacity",
        )
    if capacity.per:
        _known("judge.capacity.per", capacity.per, groups)
    return Judge(
        Capacity(capacity.share, capacity.per, capacity.families, capacity.every),
        told.by,
        tuple(told.across),
        told.cluster,
    )


def _rule(told: _RuleFile | None, features: tuple[str, ...]) -> Rule | None:
    if told is None:
        return None
    _known("rule.feature", told.feature, features)
    _known("rule.worse", told.worse, ("lower", "higher"))
    if told.says:
        _known("rule.says", told.says, features)
    return Rule(told.feature, told.worse, says=told.says)


def _monotone(told: Mapping[str, str], features: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    for feature, direction in told.items():
        _known("monotone", feature, features)
        _known(f"monotone.{feature}", direction, MONOTONE)
    return tuple(told.items())
