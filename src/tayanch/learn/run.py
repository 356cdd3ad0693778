"""A run: everything checked, every candidate through every fold, judged, compared, written down.

The same experiment on the same snapshot gives the same files, byte for byte; a run that was stopped goes on.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tayanch.declare.enforcing import enforce_need
from tayanch.declare.experiments import Experiment
from tayanch.declare.forms import digest_of
from tayanch.learn.bench import Bench
from tayanch.learn.gather import Gathered, Plan, gather
from tayanch.learn.judging import Learned, judged
from tayanch.learn.kept import Kept
from tayanch.learn.protection import Asked, refuse_proxies
from tayanch.learn.results import RunResult
from tayanch.learn.roster import RANDOM, check_experiment, choosing, names, releasable
from tayanch.learn.timeline import Fold
from tayanch.learn.train import VERSIONS
from tayanch.learn.trials import Job, Sort, Workshop, do_all, side_by_side
from tayanch.learn.written import write_run
from tayanch.project import Project
from tayanch.store.engine import ENGINE as STORE
from tayanch.store.source import Source
from tayanch.vocabulary import Progress, no_progress

ENGINE = "2"
"""Changes whenever a result could change; part of every run's digest."""
FEW_ROWS = 100_000
"""Rows × folds up to which starting other processes costs more than it saves."""


@dataclass(frozen=True)
class Runner:
    """How a run is done. home: the work folder. processes: how many side by side; None: as the work asks for."""

    home: Path
    processes: int | None = None
    progress: Progress = no_progress

    def run(self, project: Project, experiment: Experiment, *, snapshot: Source) -> RunResult:
        """The result of an experiment, with its files in <home>/runs/.

        Raises:
            DeclarationError: when the experiment can't stand, before anything is computed.
            LearnError: when a feature stands for a protected attribute, a fold can't be learned from or judged, or a
                candidate fails.
            StoreError: when the snapshot lacks what is asked.
        """
        enforce_need(project.policy, experiment)
        plan = Plan.of(project, experiment)
        check_experiment(experiment, plan.compiled)
        folds = plan.timeline.folds()
        gathered = gather(plan, snapshot, self.home, progress=self.progress)
        refuse_proxies(Asked(project, snapshot, self.home, self.progress), plan.question, gathered.matrix)
        gathered.ledger.check(folds, gathered.tested)
        digest = run_digest(plan, snapshot.digest)
        kept = Kept(self.home / "cache" / "runs" / digest)
        whole = plan.timeline.whole(gathered.dates_known)
        self._learn(plan, gathered, kept=kept, folds=(*folds, whole))
        done = Learned(plan, project.settings.name, digest, snapshot.digest, gathered, folds, whole, kept)
        return write_run(judged(done, progress=self.progress), done, folder=self.home / "runs" / digest[:16])

    def _learn(self, plan: Plan, gathered: Gathered, *, kept: Kept, folds: Sequence[Fold]) -> None:
        choices, trials = jobs(plan.experiment, folds)
        shop = Workshop(
            Bench(kept.folder / "rows", gathered.inputs, tuple(f.name for f in folds)), plan.experiment, kept
        )
        if all(shop.done(job) for job in (*choices, *trials)):
            return
        shop.bench.write(gathered.rows)
        processes = self.processes or _processes(len(gathered.keys) * len(folds))
        with side_by_side(processes) as workers:
            do_all(shop, choices, workers=workers, stage="choose", progress=self.progress)
            do_all(shop, trials, workers=workers, stage="train", progress=self.progress)
        shop.bench.clear()


def jobs(experiment: Experiment, folds: Sequence[Fold]) -> tuple[list[Job], list[Job]]:
    """The choices to be made first, and then the trials, longest first; the last fold is the release's."""
    *tested, whole = folds
    learners = [name for name in names(experiment) if name != RANDOM]
    chosen_on = {**choosing(tested), whole.name: whole}
    choosers = [*dict.fromkeys(chosen_on[fold.name] for fold in tested), whole]
    choices = [Job(Sort.CHOICE, name, fold, fold.name) for name in learners for fold in reversed(choosers)]
    wholes = [Job(Sort.WHOLE, name, whole, whole.name) for name in releasable(experiment)]
    trials = [
        Job(Sort.TRIAL, name, fold, chosen_on[fold.name].name)
        for name in names(experiment)
        for fold in reversed(tested)
    ]
    return choices, [*wholes, *trials]


def run_digest(plan: Plan, snapshot: str) -> str:
    """Of all that decides a result: declarations, snapshot, and the versions of what computes."""
    return digest_of([plan.digest, snapshot, STORE, ENGINE, np.__version__, *VERSIONS])


def _processes(work: int) -> int:
    return 1 if work < FEW_ROWS else min(len(os.sched_getaffinity(0)), 8)
