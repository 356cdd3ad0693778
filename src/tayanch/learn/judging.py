"""A run all of whose candidates have learned becomes a result: every figure, the comparison, curves and bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tayanch.declare.experiments import Capacity
from tayanch.errors import LearnError
from tayanch.learn.compare import Contest, JudgedFold, pooled
from tayanch.learn.curves import Track, banded, calibration_curve, capacity_curve
from tayanch.learn.evaluate import Judged, Paper, figures, judge, mean_marks
from tayanch.learn.gather import Gathered, Plan, papers
from tayanch.learn.intervals import figure
from tayanch.learn.kept import Kept, Trial
from tayanch.learn.results import Digests, FoldResult, OnFold, Overall, RunResult
from tayanch.learn.roster import names, releasable
from tayanch.learn.timeline import Fold
from tayanch.vocabulary import Progress, no_progress


@dataclass(frozen=True)
class Learned:
    """A run whose candidates have all learned. whole: the fold a release would learn from."""

    plan: Plan
    project: str
    digest: str
    snapshot: str
    gathered: Gathered
    folds: tuple[Fold, ...]
    whole: Fold
    kept: Kept

    def trial(self, fold: Fold, candidate: str) -> Trial:
        """What a candidate scored in a fold.

        Raises:
            LearnError: when it has not learned yet.
        """
        found = self.kept.trial(fold.name, candidate)
        if found is None:
            raise LearnError(f"{candidate} has not learned for {fold.name}", do="run the experiment again.")
        return found

    def tracks(self, sheets: Sequence[Paper]) -> tuple[Track, ...]:
        """Every candidate through all folds, the learner first."""
        return tuple(
            Track(name, sheets, [self.trial(fold, name) for fold in self.folds]) for name in names(self.plan.experiment)
        )


def judged(run: Learned, *, progress: Progress = no_progress) -> RunResult:
    """The result of a run."""
    experiment, sheets = run.plan.experiment, papers(run.plan, run.gathered, run.folds)
    tracks = run.tracks(sheets)
    marked = _marked(run, tracks, progress=progress)
    contest = Contest(experiment.learner, experiment.baselines, experiment.judge.by, sheets[0].sheet.draws)
    shown = [track for track in tracks if track.candidate in releasable(experiment)]
    places = marked[-1].candidates[experiment.learner].counts
    bands = [banded(track, places.listed / places.families) for track in shown]
    return RunResult(
        experiment=experiment.name,
        question=experiment.question,
        project=run.project,
        learner=experiment.learner,
        digests=_digests(run),
        cluster=run.plan.cluster.name,
        areas=len(run.gathered.areas[run.plan.cluster.name].names),
        capacity=told_capacity(experiment.judge.capacity),
        created_as_of=run.whole.test,
        trained_to=run.whole.last,
        folds=tuple(_fold(run, fold, tracks=tracks, found=one) for fold, one in zip(run.folds, marked, strict=True)),
        candidates=tuple(_overall(track, marked) for track in tracks),
        comparison=contest.compared(marked, run.plan.timeline.overlap),
        bands=tuple(one for one in bands if one is not None),
        calibration_curve=tuple(point for track in shown for point in calibration_curve(track)),
        capacity_curve=tuple(point for track in shown for point in capacity_curve(track)),
    )


def told_capacity(capacity: Capacity) -> str:
    """The capacity in words."""
    if capacity.share is not None:
        return f"{100 * capacity.share:g} % of the cohort"
    return f"{capacity.families} families" + (f" in each {capacity.per}" if capacity.per else "")


def _marked(run: Learned, tracks: Sequence[Track], *, progress: Progress) -> list[JudgedFold]:
    found: list[JudgedFold] = []
    for number, fold in enumerate(run.folds):
        marks = {
            track.candidate: judge(
                track.papers[number], track.trials[number].margins, probability=track.trials[number].probability
            )
            for track in tracks
        }
        found.append(JudgedFold(fold.name, marks))
        progress("judge", number + 1, len(run.folds))
    return found


def _digests(run: Learned) -> Digests:
    return Digests(
        run=run.digest,
        declared=run.plan.digest,
        experiment=run.plan.experiment.digest,
        snapshot=run.snapshot,
        matrix=run.gathered.matrix.digest,
    )


def _fold(run: Learned, fold: Fold, *, tracks: Sequence[Track], found: JudgedFold) -> FoldResult:
    place = run.folds.index(fold)
    sheet = tracks[0].papers[place].sheet
    return FoldResult(
        as_of=fold.test,
        known_by=fold.known_by,
        train=fold.train,
        learned=len(run.gathered.ledger.learned(fold)),
        families=len(sheet.outcome),
        known=int(sheet.known.sum()),
        base_rate=float(sheet.outcome[sheet.known].mean()),
        candidates=tuple(_on_fold(t.candidate, t.trials[place], judged=found.candidates[t.candidate]) for t in tracks),
    )


def _on_fold(candidate: str, trial: Trial, *, judged: Judged) -> OnFold:
    line = trial.calibration
    return OnFold(
        candidate=candidate,
        marks=figures(judged.marks),
        counts=judged.counts,
        precision=judged.precision,
        recall=judged.recall,
        chosen=trial.chosen,
        calibration=(line.slope, line.intercept) if line else None,
        note=trial.note,
    )


def _overall(track: Track, folds: Sequence[JudgedFold]) -> Overall:
    mine = [fold.candidates[track.candidate] for fold in folds]
    lists = [one.hits for one in mine]
    return Overall(
        candidate=track.candidate,
        mean=figures(mean_marks([one.marks for one in mine])),
        pooled_precision=figure(pooled(lists, "precision_at_capacity", draws=track.draws)),
        pooled_recall=figure(pooled(lists, "recall_at_capacity", draws=track.draws)),
    )
