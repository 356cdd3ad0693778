"""From what a run found to the draft of a release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Compiled, compile_features
from tayanch.declare.forms import from_plain
from tayanch.declare.policy import NEED_ONLY, Policy
from tayanch.errors import LearnError, nearest
from tayanch.learn.intervals import Figure
from tayanch.learn.kept import Kept, Whole
from tayanch.learn.results import FoldResult, RunResult
from tayanch.learn.written import EXPERIMENT, FEATURES, MODELS
from tayanch.project import Project
from tayanch.release import releases
from tayanch.release.bands import Bands, Observed
from tayanch.release.calibration import Calibration
from tayanch.release.releases import Draft, Limits, Measured, Origin
from tayanch.release.rule import RuleScorer
from tayanch.release.scorers import Scorer
from tayanch.release.wording import read_wording
from tayanch.vocabulary import ScorerKind


@dataclass(frozen=True)
class Title:
    """How a release is called, and the last day on which it may be used."""

    name: str
    version: str
    valid_until: date


def draft(result: RunResult, project: Project, title: Title, *, candidate: str = "") -> Draft:
    """The draft of a release of one candidate (default: the learner), trained on all that matured.

    Raises:
        LearnError: when there is no such candidate, it has no probability to show, or need could lower a family by it.
    """
    chosen = candidate or result.learner
    whole = _whole(result, chosen)
    experiment: Experiment = from_plain(_read(result.folder / EXPERIMENT))
    _check_need(project.policy, experiment, whole.scorer, candidate=chosen)
    return Draft(
        name=title.name,
        version=title.version,
        origin=Origin(
            project=result.project,
            practice=project.settings.practice,
            experiment=experiment,
            snapshot=result.digests.snapshot,
            matrix=result.digests.matrix,
            created_as_of=result.created_as_of,
            run=result.digests.run,
        ),
        compiled=_compiled(result, whole.scorer.inputs.features),
        scorer=whole.scorer,
        calibration=_calibration(whole, chosen),
        bands=_bands(result, chosen),
        importance=whole.importance,
        wording=read_wording(project.wording_folder, project.settings.languages),
        limits=Limits(valid_until=title.valid_until),
        measured=_measured(result),
    )


def _whole(result: RunResult, candidate: str) -> Whole:
    names = [banded.candidate for banded in result.bands]
    found = Kept(result.folder / MODELS).whole(candidate)
    if found is None:
        raise LearnError(f'the run has no candidate "{candidate}" that can be released', do=nearest(candidate, names))
    if candidate not in names:
        others = f"release another: {', '.join(names)}." if names else "test on more families."
        raise LearnError(f"{candidate} has no bands: {found.note or 'too few outcomes are known'}", do=others)
    return found


def _check_need(policy: Policy, experiment: Experiment, scorer: Scorer, *, candidate: str) -> None:
    """Refuses a candidate by which a need-only feature could lower a family: nothing keeps its direction."""
    kept = {
        f for f, direction in experiment.monotone if direction == "increasing" and scorer.kind is ScorerKind.LIGHTGBM
    }
    if isinstance(scorer, RuleScorer) and scorer.worse == "higher":
        kept.add(scorer.feature)
    for line in policy.under(NEED_ONLY):
        if line.name in scorer.inputs.features and line.name not in kept:
            told = f"which may only raise one (need_only: {line.because})"
            raise LearnError(
                f"{candidate} could lower a family by {line.name}, {told}",
                do="release a learner that heeds directions: lightgbm, with the feature declared increasing.",
            )


def _compiled(result: RunResult, features: tuple[str, ...]) -> Compiled:
    whole: Compiled = from_plain(_read(result.folder / FEATURES))
    by_id = {feature.id: feature for feature in whole.features}
    return compile_features(tuple(by_id[name] for name in features), whole.registries, whole.references)


def _read(file: Path) -> object:
    return json.loads(file.read_bytes())


def _calibration(whole: Whole, candidate: str) -> Calibration:
    if whole.calibration is None:
        raise LearnError(f"{candidate} is not calibrated: {whole.note}", do="release another candidate.")
    return whole.calibration


def _bands(result: RunResult, candidate: str) -> Bands:
    told = next(banded for banded in result.bands if banded.candidate == candidate)
    seen = ((one.band, _observed(one.observed, one.families)) for one in told.seen)
    return Bands(told.soon, told.in_turn, tuple((band, found) for band, found in seen if found is not None))


def _observed(figure: Figure, families: int) -> Observed | None:
    """The observed share, None without an interval: a frequency is never shown without one."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return Observed(figure.value, figure.low, figure.high, families)


def _measured(result: RunResult) -> Measured:
    comparison = result.comparison
    gain = _figure(result.learner, f"gain in {comparison.by} over {comparison.best_baseline}", comparison.gain)
    return Measured(
        folds=tuple(_fold(fold) for fold in result.folds),
        figures=tuple(_figures(result)),
        best_baseline=comparison.best_baseline,
        gain=gain,
        notes=(comparison.caution, "Figures are means over the folds; those without an interval are left out."),
    )


def _figures(result: RunResult) -> Iterator[releases.Figure]:
    for one in result.candidates:
        told = (_figure(one.candidate, measure, figure) for measure, figure in one.mean.each())
        yield from (figure for figure in told if figure is not None)


def _figure(candidate: str, measure: str, told: Figure) -> releases.Figure | None:
    if told.value is None or told.low is None or told.high is None:
        return None
    return releases.Figure(candidate, measure, told.value, told.low, told.high)


def _fold(fold: FoldResult) -> releases.Fold:
    return releases.Fold(
        as_of=fold.as_of,
        trained_to=fold.train[-1],
        training_dates=len(fold.train),
        families=fold.families,
        known=fold.known,
        share_with_outcome=fold.base_rate,
    )
