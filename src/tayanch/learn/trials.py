"""Trials: candidates learning for a fold, side by side in other processes. Each finished piece is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from threadpoolctl import threadpool_limits

from tayanch.declare.experiments import Experiment
from tayanch.errors import LearnError, ReleaseError
from tayanch.learn.bench import Bench
from tayanch.learn.calibrate import choose, fitted
from tayanch.learn.candidates import Candidate, Parameters
from tayanch.learn.kept import Kept, Trial, Whole
from tayanch.learn.lesson import columns
from tayanch.learn.roster import RANDOM, candidate, random_scores
from tayanch.learn.timeline import Fold
from tayanch.processes import fresh_processes
from tayanch.release.bands import importance
from tayanch.vocabulary import Progress, no_progress

LOOKED_AT = 2_000
"""So many rows, evenly spaced, tell how important each feature is."""


Workers = ProcessPoolExecutor | None
"""Processes that do jobs; None: this one does them."""


class Sort(StrEnum):
    """What a job makes: chosen settings, a fold's scores, or what a release could carry."""

    CHOICE = "choice"
    TRIAL = "trial"
    WHOLE = "whole"


@dataclass(frozen=True)
class Job:
    """A piece of work. `chosen_on`: the fold whose choice of settings counts."""

    sort: Sort
    candidate: str
    fold: Fold
    chosen_on: str


@dataclass(frozen=True)
class Workshop:
    """Where jobs are done: the rows, the experiment, and the shelf for what is finished."""

    bench: Bench
    experiment: Experiment
    kept: Kept

    def done(self, job: Job) -> bool:
        """Whether a job was finished before."""
        if job.sort is Sort.CHOICE:
            return self.kept.choice(job.fold.name, job.candidate) is not None
        if job.sort is Sort.TRIAL:
            return self.kept.trial(job.fold.name, job.candidate) is not None
        return self.kept.whole(job.candidate) is not None

    def do(self, job: Job) -> None:
        """Does a job and keeps what came of it. One thread: the same on every machine of a kind.

        Raises:
            LearnError: naming the fold and the candidate.
        """
        try:
            with threadpool_limits(1):
                _DOES[job.sort](self, job)
        except ReleaseError as error:
            raise LearnError(error.met, do=error.do, where=f"fold {job.fold.name}, {job.candidate}") from None
        except LearnError as error:
            raise error.at(f"fold {job.fold.name}, {job.candidate}") from None

    def _candidate(self, job: Job) -> Candidate:
        return candidate(job.candidate, self.bench.open().lesson(job.fold), self.experiment)

    def _chosen(self, job: Job) -> Parameters:
        chosen = self.kept.choice(job.chosen_on, job.candidate)
        if chosen is None:
            raise LearnError("its settings are not chosen yet", do="run the experiment again.")
        return chosen

    def choose(self, job: Job) -> None:
        """Chooses settings on the fold's last matured date."""
        chosen = choose(self._candidate(job))
        self.kept.keep_choice(job.fold.name, job.candidate, chosen=chosen)

    def try_out(self, job: Job) -> None:
        """Learns, calibrates, and scores the fold's cohort."""
        rows = self.bench.open()
        cohort = rows.ledger.at(job.fold.test)
        if job.candidate == RANDOM:
            scores = random_scores(self.experiment, job.fold, int(cohort.sum()))
            trial = Trial(scores, (), None, "not calibrated: it is chance")
        else:
            found = fitted(self._candidate(job), self._chosen(job))
            x = columns(np.asarray(rows.x[cohort]), rows.inputs, features=found.scorer.inputs.features)
            trial = Trial(found.scorer.margins(x), found.chosen, found.calibration, found.note)
        self.kept.keep_trial(job.fold.name, job.candidate, trial=trial)

    def learn_all(self, job: Job) -> None:
        """Learns from all that matured."""
        learner = self._candidate(job)
        found = fitted(learner, self._chosen(job))
        few = learner.lesson.x[:: max(1, len(learner.lesson) // LOOKED_AT)]
        weights = importance(found.scorer.contributions(few))
        self.kept.keep_whole(job.candidate, Whole(found.scorer, found.chosen, found.calibration, weights, found.note))


_DOES: dict[Sort, Callable[[Workshop, Job], None]] = {
    Sort.CHOICE: Workshop.choose,
    Sort.TRIAL: Workshop.try_out,
    Sort.WHOLE: Workshop.learn_all,
}


def do_all(
    workshop: Workshop, jobs: Sequence[Job], *, workers: Workers, stage: str, progress: Progress = no_progress
) -> None:
    """Does the jobs that are not done yet, side by side.

    Raises:
        LearnError: of the first job that fails; what was finished is kept.
    """
    open_ = [job for job in jobs if not workshop.done(job)]
    done = len(jobs) - len(open_)
    progress(stage, done, len(jobs))
    for _ in _here(workshop, open_) if workers is None else _elsewhere(workshop, open_, workers=workers):
        done += 1
        progress(stage, done, len(jobs))


def _here(workshop: Workshop, jobs: Sequence[Job]) -> Iterator[None]:
    for job in jobs:
        yield workshop.do(job)


def _elsewhere(workshop: Workshop, jobs: Sequence[Job], *, workers: ProcessPoolExecutor) -> Iterator[None]:
    for future in as_completed([workers.submit(workshop.do, job) for job in jobs]):
        yield future.result()


@contextmanager
def side_by_side(processes: int) -> Generator[Workers]:
    """Fresh processes; none for one. A stop finishes the jobs in hand and starts no other."""
    if processes == 1:
        yield None
        return
    with fresh_processes(processes) as workers:
        yield workers
