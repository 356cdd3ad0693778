"""Who is found: the lists of every candidate by what the registers' labels say, and by who was in hardship in truth.

Real registers can't tell that; a simulated country can. A family was in hardship within twelve months of as_of when it
was so in three of these months or more (truth/hardship.parquet). Who falls into poverty (ENTRY) is asked of those who
were not in hardship in the month before; the others are left out of the truth of that question. Precision and recall
are at the experiment's capacity, all folds' lists together; AUC is the mean of the folds.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import simulated
from tayanch.declare.experiments import Experiment
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn import evaluate, metrics
from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.bench import as_outcome
from tayanch.learn.capacity import listing
from tayanch.learn.compare import pooled
from tayanch.learn.evaluate import Hits
from tayanch.learn.gather import Gathered, Plan, gather
from tayanch.learn.intervals import Figure, Measured, draws, figure, mean_of
from tayanch.learn.kept import Kept
from tayanch.learn.metrics import Sheet
from tayanch.learn.results import RunResult
from tayanch.learn.roster import RANDOM, names
from tayanch.learn.run import Runner
from tayanch.learn.timeline import Fold
from tayanch.store.matrix import build_groups
from tayanch.store.questions import GroupsQuestion

DEFAULT = 20_000
YEAR, ENOUGH = 12, 3
"""Months that are looked ahead, and in how many of them a family must be in hardship."""
ENTRY = "falls_to_poverty_line"
MAHALLA = "mahalla"
"""A rival of its own: the share with the outcome among the mahalla's families that a fold learns from."""
PRIOR_FAMILIES = 50.0
"""So many families of the country's share are added to each mahalla's own."""
TOO_GOOD = 0.95
"""No honest model comes this far: the registers do not tell so much."""
NOT_RIVALS = (RANDOM, "prior")
_compute: Any = pc
"""Functions that Arrow makes when it loads, unknown to its types."""


@dataclass(frozen=True)
class Hardship:
    """Who was in hardship when: int8[families, months], 1 yes, 0 no, −1 where there was no such family.

    first: datetime64[M] of the first month. home: the mahalla each family began in.
    """

    row: Mapping[str, int]
    state: Any
    first: np.datetime64
    home: Any

    @classmethod
    def of(cls, country: simulated.Country) -> Hardship:
        """As the country's truth tells it, by pseudonym."""
        families = pq.read_table(country.truth / "families.parquet")
        hardship = pq.read_table(country.truth / "hardship.parquet", columns=["family", "happened_on", "hardship"])
        codes = families.column("family").combine_chunks()
        month = hardship.column("happened_on").to_numpy().astype("datetime64[M]")
        first = month.min()
        months = int((month.max() - first).astype(np.int64)) + 1
        state = np.full((len(codes), months), -1, dtype=np.int8)
        place = _compute.index_in(hardship.column("family"), value_set=codes).to_numpy()
        state[place, (month - first).astype(np.int64)] = hardship.column("hardship").to_numpy()
        named = country.pseudonyms(codes.to_pylist())
        home = np.unique(families.column("mahalla").fill_null(-1).to_numpy(), return_inverse=True)[1]
        return cls({named[code]: number for number, code in enumerate(codes.to_pylist())}, state, first, home)

    def rows(self, families: Sequence[str]) -> Any:
        """The row of each pseudonym; every family of a register is one of the country's."""
        return np.array([self.row[family] for family in families], dtype=np.int64)

    def within_a_year(self, rows: Any, as_of: date, *, entry: bool) -> Floats:
        """Of each row 1 in hardship within twelve months, 0 not, NaN where it can't be said (or was so before)."""
        month = int((np.datetime64(as_of, "M") - self.first).astype(np.int64))
        ahead, before = self.state[rows, month : month + YEAR], self.state[rows, month - 1]
        told = ((ahead == 1).sum(axis=1) >= ENOUGH).astype(np.float64)
        gone = (ahead >= 0).sum(axis=1) == 0
        return np.where(gone | (entry & (before == 1)), np.nan, told)


@dataclass(frozen=True)
class Score:
    """What a candidate's lists are worth by one account of what came true."""

    precision: Measured
    recall: Measured
    auc: Measured


@dataclass(frozen=True)
class Found:
    """An experiment by labels and by truth, candidate by candidate, the learner first.

    families, unknown: of all folds' tests. hidden: of the families in hardship, the shares whose label is
    yes, no and unknown. share: with the outcome, by label and by truth.
    """

    experiment: str
    capacity: str
    families: int
    unknown: int
    hidden: tuple[float, float, float]
    share: tuple[float, float]
    labels: Mapping[str, Score]
    truth: Mapping[str, Score]

    @property
    def learner(self) -> str:
        """The one that the others are rivals of."""
        return next(iter(self.labels))


def main(arguments: list[str]) -> int:
    """Runs all experiments of the Uzbekistan project on a country of TAYANCH_FAMILIES families; 1 when one is too good.

    arguments: names of experiments, instead of all.
    """
    families = simulated.asked_families(DEFAULT)
    with tempfile.TemporaryDirectory(prefix="tayanch-truth-") as home:
        country = simulated.made(families, Path(home), processes=2)
        hardship = Hardship.of(country)
        found = [examined(country, hardship, name) for name in arguments or country.work.project.experiments]
    for one in found:
        show(one)
    best = [(one.experiment, name, score) for one in found for name, score in _aucs(one)]
    too_good = [f"{experiment}: {name} has AUC {score:.3f}" for experiment, name, score in best if score >= TOO_GOOD]
    for line in too_good:
        print(f"too good to be honest: {line}", file=sys.stderr)
    print(json.dumps({"benchmark": "truth", "families": families, "experiments": [told(one) for one in found]}))
    return 1 if too_good else 0


def examined(country: simulated.Country, hardship: Hardship, experiment: str) -> Found:
    """The experiment run, and its lists judged both ways."""
    work = country.work
    asked = work.project.experiment(experiment)
    snapshot = open_snapshot(work.home, work.project.settings.name)
    plan = Plan.of(work.project, asked)
    result = Runner(work.home, progress=work.tell).run(work.project, asked, snapshot=snapshot)
    gathered = gather(plan, snapshot, work.home)
    question = GroupsQuestion(
        cohort=plan.cohort,
        as_of=plan.timeline.dates,
        lag=asked.lag,
        references=plan.references,
        groups=(work.project.group(MAHALLA),),
    )
    areas = build_groups(snapshot, question, work.home / "cache").table().column(MAHALLA)
    exam = _Exam(plan, gathered, Kept(work.home / "cache" / "runs" / result.digests.run), hardship, _codes(areas))
    return exam.found(result)


@dataclass(frozen=True)
class _Exam:
    """A run's lists, and what came of the families on them."""

    plan: Plan
    gathered: Gathered
    kept: Kept
    hardship: Hardship
    area: Any

    def found(self, result: RunResult) -> Found:
        """Every candidate by both accounts."""
        folds = self.plan.timeline.folds()
        labels = [as_outcome(self.gathered.tested[self._at(fold)]) for fold in folds]
        truth = [self._truth(fold) for fold in folds]
        scores = {name: [self._scores(fold, name) for fold in folds] for name in names(self.asked)}
        scores[MAHALLA] = [self._by_mahalla(fold) for fold in folds]
        label, real = np.concatenate(labels), np.concatenate(truth)
        hard = label[real == 1]
        return Found(
            experiment=result.experiment,
            capacity=result.capacity,
            families=len(label),
            unknown=int(np.isnan(label).sum()),
            hidden=(_share(hard == 1), _share(hard == 0), _share(np.isnan(hard))),
            share=(float(np.nanmean(label)), float(np.nanmean(real))),
            labels={name: self._judged(folds, labels, told) for name, told in scores.items()},
            truth={name: self._judged(folds, truth, told) for name, told in scores.items()},
        )

    @property
    def asked(self) -> Experiment:
        """The experiment."""
        return self.plan.experiment

    def _at(self, fold: Fold) -> Truths:
        return self.gathered.ledger.at(fold.test)

    def _rows(self, fold: Fold) -> Any:
        here = np.flatnonzero(self._at(fold))
        return self.hardship.rows([self.gathered.families[row] for row in here])

    def _truth(self, fold: Fold) -> Floats:
        return self.hardship.within_a_year(self._rows(fold), fold.test, entry=self.asked.name == ENTRY)

    def _scores(self, fold: Fold, candidate: str) -> Floats:
        trial = self.kept.trial(fold.name, candidate)
        assert trial is not None
        return trial.margins

    def _by_mahalla(self, fold: Fold) -> Floats:
        ledger = self.gathered.ledger
        learned, size = ledger.learned(fold), int(self.area.max()) + 1
        label = ledger.labels(fold)
        families = np.bincount(self.area[learned], minlength=size)
        hits = np.bincount(self.area[learned], weights=label, minlength=size)
        return ((hits + PRIOR_FAMILIES * label.mean()) / (families + PRIOR_FAMILIES))[self.area[self._at(fold)]]

    def _judged(self, folds: Sequence[Fold], outcomes: Sequence[Floats], scores: Sequence[Floats]) -> Score:
        """Precision and recall of all lists together, AUC as a mean; intervals by draws of mahallas."""
        drawn = draws(int(self.hardship.home.max()) + 1, seed=self.asked.seed)
        hits: list[Hits] = []
        aucs: list[Measured] = []
        for fold, outcome, score in zip(folds, outcomes, scores, strict=True):
            sheet = Sheet(outcome, self.hardship.home[self._rows(fold)], drawn)
            hits.append(evaluate.hits(sheet, listing(score, self.asked.judge.capacity).chance))
            aucs.append(metrics.auc(sheet, score))
        precision = pooled(hits, "precision_at_capacity", draws=drawn)
        return Score(precision, pooled(hits, "recall_at_capacity", draws=drawn), mean_of(aucs))


def beaten(found: Found, scores: Mapping[str, Score]) -> Iterator[tuple[str, Figure]]:
    """The rivals whose lists hit more often than the learner's, and by how much."""
    mine = scores[found.learner].precision
    for name, score in scores.items():
        if name != found.learner and name not in NOT_RIVALS and score.precision.value > mine.value:
            yield name, figure(score.precision.less(mine), low=-1.0)


def show(found: Found) -> None:
    """Prints a table, and says where a simple rule is better than the model."""
    label, truth = found.share
    yes, no, unknown = found.hidden
    print(f"\n{found.experiment}, {found.capacity}; {found.families:,} families tested in all folds")
    print(
        f"  labels: {100 * found.unknown / found.families:.0f} % unknown, {100 * label:.1f} % of the known have it;",
        end=" ",
    )
    print(f"in hardship in truth {100 * truth:.1f} %, of whom the label says yes of {100 * yes:.0f} %,", end=" ")
    print(f"no of {100 * no:.0f} %, nothing of {100 * unknown:.0f} %")
    print(f"  {'':<16}{'precision':^19}{'recall':^19}{'AUC':^19}")
    print(f"  {'candidate':<16}{'label':>8}{'truth':>9}  {'label':>8}{'truth':>9}  {'label':>8}{'truth':>9}")
    for name, by_label in found.labels.items():
        real = found.truth[name]
        pairs = ((by_label.precision, real.precision), (by_label.recall, real.recall), (by_label.auc, real.auc))
        print(f"  {name:<16}" + "  ".join(f"{one.value:8.3f}{other.value:9.3f}" for one, other in pairs))
    for account, scores in (("the labels", found.labels), ("the truth", found.truth)):
        better = list(beaten(found, scores))
        for name, gain in better:
            print(f"  by {account} {name} beats {found.learner}: of its list {_told(gain)} more were right")
        if not better:
            print(f"  by {account} no simple rule beats {found.learner}")


def told(found: Found) -> dict[str, object]:
    """The figures for the line of JSON."""
    accounts = {"label": found.labels, "truth": found.truth}
    return {
        "experiment": found.experiment,
        "families": found.families,
        "unknown": round(found.unknown / found.families, 4),
        "share": dict(zip(accounts, (round(share, 4) for share in found.share), strict=True)),
        "labels_of_hardship": dict(
            zip(("yes", "no", "unknown"), (round(share, 4) for share in found.hidden), strict=True)
        ),
        "candidates": {
            name: {
                account: {what: round(getattr(scores[name], what).value, 4) for what in ("precision", "recall", "auc")}
                for account, scores in accounts.items()
            }
            for name in found.labels
        },
        "beaten_by": {account: [name for name, _ in beaten(found, scores)] for account, scores in accounts.items()},
    }


def _aucs(found: Found) -> Iterator[tuple[str, float]]:
    for scores in (found.labels, found.truth):
        yield from ((name, score.auc.value) for name, score in scores.items())


def _told(gain: Figure) -> str:
    assert gain.value is not None
    if gain.low is None or gain.high is None:
        return f"{100 * gain.value:.1f} in 100"
    sure = "" if gain.low > 0 else ", which may be chance"
    return f"{100 * gain.value:.1f} in 100 ({100 * gain.low:.1f} to {100 * gain.high:.1f}{sure})"


def _share(truths: Any) -> float:
    return float(truths.mean()) if len(truths) else float("nan")


def _codes(values: Any) -> Any:
    return np.unique([str(value) for value in values.to_pylist()], return_inverse=True)[1]
