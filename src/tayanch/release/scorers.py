"""Scorers: what turns a family's features into a margin (raw log-odds), with contributions that add up to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from tayanch.errors import ReleaseError
from tayanch.release.boosted import LightGBMScorer
from tayanch.release.columns import Matrix, Vector
from tayanch.release.inputs import Inputs, inputs_from
from tayanch.release.logistic import LogisticScorer, Transform, design, fit_transforms
from tayanch.release.rule import PriorScorer, RuleScorer
from tayanch.vocabulary import ScorerKind

__all__ = [
    "LightGBMScorer",
    "LogisticScorer",
    "PriorScorer",
    "RuleScorer",
    "Scorer",
    "Transform",
    "design",
    "fit_transforms",
    "scorer_files",
    "scorer_from",
]

SCORER, MODEL = "scorer.json", "model.txt"


class Scorer(Protocol):
    """What every kind of scorer can do. On every row the contributions and the base add up to the margin, to 1e-6."""

    @property
    def kind(self) -> ScorerKind:
        """How it computes."""
        ...

    @property
    def inputs(self) -> Inputs:
        """What it reads of a family."""
        ...

    @property
    def base(self) -> float:
        """The margin that contributions are added to."""
        ...

    def margins(self, x: Matrix) -> Vector:
        """Raw log-odds of the rows of an encoded matrix."""
        ...

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features: what each feature adds to the base, in raw log-odds."""
        ...

    def to_plain(self) -> dict[str, Any]:
        """Its own settings as JSON values."""
        ...


def scorer_files(scorer: Scorer) -> dict[str, bytes]:
    """The files a scorer is kept in, text only: scorer.json, and LightGBM's model.txt. Same scorer, same bytes."""
    told = {"kind": scorer.kind.value, "inputs": scorer.inputs.to_plain(), **scorer.to_plain()}
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    files = {SCORER: f"{text}\n".encode()}
    return {**files, MODEL: scorer.text.encode()} if isinstance(scorer, LightGBMScorer) else files


def scorer_from(kind: ScorerKind, files: Mapping[str, bytes]) -> Scorer:
    """The scorer kept in files.

    Raises:
        ReleaseError: when a file is missing, can't be read, or the scorer can't stand.
    """
    plain = _read(files)
    if plain.pop("kind", None) != kind.value:
        raise ReleaseError(f"the scorer is not of the kind {kind.value}", do="restore the file.", where=SCORER)
    try:
        return _made(kind, inputs_from(plain.pop("inputs")), plain=plain, files=files)
    except ReleaseError as error:
        raise error.at(MODEL if kind is ScorerKind.LIGHTGBM else SCORER) from None
    except (KeyError, TypeError, ValueError) as error:
        raise ReleaseError(f"it can't be read: {error!r}", do="restore the file.", where=SCORER) from None


def _made(kind: ScorerKind, inputs: Inputs, *, plain: dict[str, Any], files: Mapping[str, bytes]) -> Scorer:
    if kind is ScorerKind.RULE:
        return RuleScorer.from_plain(inputs, plain)
    if kind is ScorerKind.LOGISTIC:
        return LogisticScorer.from_plain(inputs, plain)
    if kind is ScorerKind.PRIOR:
        return PriorScorer.from_plain(inputs, plain)
    if MODEL not in files:
        raise ReleaseError("the model text is not there", do="restore the file.")
    return LightGBMScorer(inputs, files[MODEL].decode())


def _read(files: Mapping[str, bytes]) -> dict[str, Any]:
    if SCORER not in files:
        raise ReleaseError("the scorer's file is not there", do="restore it.", where=SCORER)
    try:
        found = json.loads(files[SCORER])
    except ValueError as error:
        raise ReleaseError(f"it is no JSON: {error}", do="restore the file.", where=SCORER) from None
    if not isinstance(found, dict):
        raise ReleaseError("it holds no settings", do="restore the file.", where=SCORER)
    return {str(k): v for k, v in found.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
