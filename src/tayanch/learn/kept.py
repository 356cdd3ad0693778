"""What has been learned, kept on disk piece by piece: a run that was stopped goes on where it was."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tayanch.intake.disk import write_whole
from tayanch.learn.arrays import Floats
from tayanch.learn.candidates import Parameters
from tayanch.release.calibration import Calibration
from tayanch.release.scorers import Scorer, scorer_files, scorer_from
from tayanch.vocabulary import ScorerKind

TOLD = "told.json"


@dataclass(frozen=True)
class Trial:
    """A candidate's raw scores of a fold's cohort, with the line that makes them probabilities, if there is one."""

    margins: Floats
    chosen: Parameters
    calibration: Calibration | None
    note: str = ""

    @property
    def probability(self) -> Floats | None:
        """Calibrated scores; None where there is no calibration."""
        return self.calibration.probabilities(self.margins) if self.calibration else None


@dataclass(frozen=True)
class Whole:
    """A candidate learned from all that matured, as a release could carry it.

    importance: per feature its share in all contributions.
    """

    scorer: Scorer
    chosen: Parameters
    calibration: Calibration | None
    importance: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True)
class Kept:
    """The folder of finished pieces. A piece counts as finished once its told.json is there, which is written last."""

    folder: Path

    def choice(self, fold: str, candidate: str) -> Parameters | None:
        """The settings chosen on a fold's dates; None when they are still to be chosen."""
        told = _read(self._place("choice", fold, candidate))
        return _parameters(told["chosen"]) if told else None

    def keep_choice(self, fold: str, candidate: str, *, chosen: Parameters) -> None:
        """Keeps chosen settings."""
        _write(self._place("choice", fold, candidate), {"chosen": chosen}, {})

    def trial(self, fold: str, candidate: str) -> Trial | None:
        """What a candidate scored in a fold; None when it is still to learn."""
        place = self._place("trial", fold, candidate)
        told = _read(place)
        if not told:
            return None
        margins = np.load(place / "margins.npy")
        return Trial(margins, _parameters(told["chosen"]), _line(told["calibration"]), told["note"])

    def keep_trial(self, fold: str, candidate: str, *, trial: Trial) -> None:
        """Keeps a candidate's scores of a fold."""
        buffer = io.BytesIO()
        np.save(buffer, trial.margins)
        told = {"chosen": trial.chosen, "calibration": _told_line(trial.calibration), "note": trial.note}
        _write(self._place("trial", fold, candidate), told, {"margins.npy": buffer.getvalue()})

    def whole(self, candidate: str) -> Whole | None:
        """A candidate learned from all that matured; None when it is still to learn."""
        place = self._place("whole", "all", candidate)
        told = _read(place)
        if not told:
            return None
        files = {file.name: file.read_bytes() for file in place.iterdir() if file.name != TOLD}
        scorer = scorer_from(ScorerKind(told["kind"]), files)
        line, weights = _line(told["calibration"]), tuple(told["importance"])
        return Whole(scorer, _parameters(told["chosen"]), line, weights, told["note"])

    def keep_whole(self, candidate: str, whole: Whole) -> None:
        """Keeps a candidate learned from all that matured."""
        told = {
            "kind": whole.scorer.kind.value,
            "chosen": whole.chosen,
            "calibration": _told_line(whole.calibration),
            "importance": whole.importance,
            "note": whole.note,
        }
        _write(self._place("whole", "all", candidate), told, scorer_files(whole.scorer))

    def _place(self, sort: str, *of: str) -> Path:
        return self.folder.joinpath(sort, *of)


def _read(place: Path) -> dict[str, Any]:
    file = place / TOLD
    return json.loads(file.read_bytes()) if file.is_file() else {}


def _write(place: Path, told: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        write_whole(place / name, content)
    write_whole(place / TOLD, json.dumps(told, sort_keys=True).encode())


def _parameters(told: list[list[Any]]) -> Parameters:
    return tuple((name, value) for name, value in told)


def _told_line(line: Calibration | None) -> list[float] | None:
    return [line.slope, line.intercept] if line else None


def _line(told: list[float] | None) -> Calibration | None:
    return Calibration(*told) if told else None
