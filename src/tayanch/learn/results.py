"""What a run comes to, as it is told on the terminal, in result.json, in MLflow, and to a release."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pydantic

from tayanch.errors import LearnError
from tayanch.learn.candidates import Parameters
from tayanch.learn.compare import Comparison
from tayanch.learn.evaluate import Marks
from tayanch.learn.intervals import Figure
from tayanch.learn.ties import Counts, Orders
from tayanch.vocabulary import Band

RESULT = "result.json"


@dataclass(frozen=True)
class Digests:
    """What a run was made from: of its id, the declarations, the snapshot and the matrix's bytes."""

    run: str
    declared: str
    experiment: str
    snapshot: str
    matrix: str


@dataclass(frozen=True)
class OnFold:
    """One candidate in one fold. calibration: slope and intercept on the log-odds, where there is one."""

    candidate: str
    marks: Marks[Figure]
    counts: Counts
    precision: Orders
    recall: Orders
    chosen: Parameters
    calibration: tuple[float, float] | None
    note: str


@dataclass(frozen=True)
class FoldResult:
    """One fold. learned: rows it learned from; families and known: of its test date; base_rate: among the known."""

    as_of: date
    known_by: date
    train: tuple[date, ...]
    learned: int
    families: int
    known: int
    base_rate: float
    candidates: tuple[OnFold, ...]

    def of(self, candidate: str) -> OnFold:
        """One candidate's part."""
        return next(one for one in self.candidates if one.candidate == candidate)


@dataclass(frozen=True)
class Overall:
    """One candidate over all folds: means of the folds' figures, and its lists counted together."""

    candidate: str
    mean: Marks[Figure]
    pooled_precision: Figure
    pooled_recall: Figure


@dataclass(frozen=True)
class BandSeen:
    """How often the outcome was observed among the families of a band, over all folds' tests."""

    band: Band
    observed: Figure
    families: int


@dataclass(frozen=True)
class Banded:
    """A candidate's bands: SOON from the calibrated score `soon` on, IN_TURN from `in_turn` on."""

    candidate: str
    soon: float
    in_turn: float
    seen: tuple[BandSeen, ...]


@dataclass(frozen=True)
class CalibrationPoint:
    """A tenth of the families, all folds together: mean calibrated score and observed share."""

    candidate: str
    expected: float
    observed: Figure
    families: int


@dataclass(frozen=True)
class CapacityPoint:
    """Precision and recall if `share` of each cohort could be visited, all folds' lists together."""

    candidate: str
    share: float
    precision: Figure
    recall: Figure


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    folder: where its files lie. tracked: MLflow's id of the parent run, "" where nothing was logged. Both say where a
    run is kept, not what it found, and are left out of result.json.
    """

    experiment: str
    question: str
    project: str
    learner: str
    digests: Digests
    cluster: str
    areas: int
    capacity: str
    created_as_of: date
    trained_to: date
    folds: tuple[FoldResult, ...]
    candidates: tuple[Overall, ...]
    comparison: Comparison
    bands: tuple[Banded, ...]
    calibration_curve: tuple[CalibrationPoint, ...]
    capacity_curve: tuple[CapacityPoint, ...]
    folder: Path = Path()
    tracked: str = ""

    def of(self, candidate: str) -> Overall:
        """One candidate over all folds."""
        return next(one for one in self.candidates if one.candidate == candidate)

    def kept_at(self, *, folder: Path, tracked: str) -> RunResult:
        """The same result, told where it is kept."""
        return dataclasses.replace(self, folder=folder, tracked=tracked)

    def to_bytes(self) -> bytes:
        """The result as JSON; the same result gives the same bytes."""
        return f"{json.dumps(self.to_plain(), indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()

    def to_plain(self) -> dict[str, Any]:
        """The result as JSON values."""
        return _RESULT.dump_python(self, mode="json", exclude={"folder", "tracked"})

    def summary(self) -> dict[str, Any]:
        """The few figures that scripts ask for: folds, metrics per candidate, best baseline, gain."""
        metrics = {
            one.candidate: {name: _span(one.mean.of(name)) for name in ("auc", "precision_at_capacity")}
            for one in self.candidates
        }
        comparison = self.comparison
        return {
            "folds": len(self.folds),
            "metrics": metrics,
            "best_baseline": comparison.best_baseline,
            "gain": _span(comparison.gain),
        }


def read_result(folder: Path) -> RunResult:
    """The result of a finished run.

    Raises:
        LearnError: when there is none, or it can't be read.
    """
    file = folder / RESULT
    if not file.is_file():
        raise LearnError(f"{folder.name} is no finished run", do="run the experiment first.", where=str(folder))
    try:
        found = _RESULT.validate_json(file.read_bytes())
    except pydantic.ValidationError as error:
        told = error.errors()[0]
        at = ".".join(str(part) for part in told["loc"])
        raise LearnError(
            f"{at} can't be read: {told['msg']}", do="run the experiment again.", where=str(file)
        ) from None
    tracked = folder / "tracked"
    return found.kept_at(folder=folder, tracked=tracked.read_text() if tracked.is_file() else "")


def _span(figure: Figure) -> dict[str, float | None]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}


_RESULT: pydantic.TypeAdapter[RunResult] = pydantic.TypeAdapter(RunResult)
