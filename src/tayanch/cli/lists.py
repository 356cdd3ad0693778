"""From a release to a published list: the cohort scored as of a date, each family with band and reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq

from tayanch.cli.desk import Bench
from tayanch.declare.features import Compiled, Feature
from tayanch.errors import StoreError
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.release.columns import Table
from tayanch.release.reasons import Reasons
from tayanch.release.releases import Release
from tayanch.release.score import ScoredTable, score
from tayanch.release.telling import facts_of_row
from tayanch.state.database import Database
from tayanch.state.kept import reasons_text
from tayanch.state.lists import ListedFamily, ListHeading, PublishedList, publish
from tayanch.store.index import Index, add_areas, write_index
from tayanch.store.matrix import build_groups, build_matrix
from tayanch.store.questions import GroupsQuestion, MatrixQuestion
from tayanch.vocabulary import Band, Moment

ACTOR = "tayanch score"
INDEX = "index"


@dataclass(frozen=True)
class ScoredCohort:
    """A cohort scored as of a date, before anyone sees it.

    scored: as the release scores its matrix. facts: the matrix with each feature's further facts as columns
    `feature/fact`. areas: per row the finest area. file: the scores as Parquet.
    """

    release: Release
    snapshot: Snapshot
    as_of: date
    scored: ScoredTable
    facts: Table
    areas: tuple[str, ...]
    file: Path


def score_cohort(bench: Bench, release: Release, as_of: date) -> ScoredCohort:
    """The release's cohort as of a date, from the newest snapshot.

    Raises:
        StoreError: when there is no snapshot, or it lacks what the release needs.
        ReleaseError: when contributions don't add up to the scores.
    """
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    cache, lag, references = bench.home / "cache", release.origin.experiment.lag, bench.project.references
    who = bench.project.cohort(release.origin.experiment.cohort)
    levels = tuple(bench.project.group(level) for level in bench.project.settings.area_levels)
    told = _with_facts(release.compiled)
    asked = MatrixQuestion(
        cohort=who, as_of=(as_of,), lag=lag, references=references, features=told, area=bench.project.widest_area
    )
    where = GroupsQuestion(cohort=who, as_of=(as_of,), lag=lag, references=references, groups=levels)
    facts: Table = build_matrix(snapshot, asked, cache, memory=bench.memory, progress=bench.tell).table()
    areas: Table = build_groups(snapshot, where, cache, progress=bench.tell).table()
    if not len(facts):
        raise StoreError(
            f"no family is in the cohort {who.name} as of {as_of}",
            do="name a day on which the registers tell of some: --as-of 2026-01-31.",
        )
    scored = score(release, facts)
    file = bench.home / "scores" / release.name / release.version / f"{as_of}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(scored.table, file)
    names = bench.project.area_names
    finest = tuple(names.get(str(code), str(code or "")) for code in areas.column(levels[-1].name).to_pylist())
    return ScoredCohort(release, snapshot, as_of, scored, facts, finest, file)


def publish_list(bench: Bench, cohort: ScoredCohort, database: Database, *, at: datetime) -> PublishedList:
    """The scored cohort as the list that the service shows from now on."""
    release = cohort.release
    heading = ListHeading(
        project=bench.project.settings.name,
        as_of=cohort.as_of,
        release_name=release.name,
        release_version=release.version,
        release_digest=release.digest,
        snapshot=cohort.snapshot.digest,
    )
    return publish(database, heading, rows=_listed(bench, cohort), actor=ACTOR, at=at)


def index_families(bench: Bench, release: Release, as_of: date) -> Index:
    """The index by which the service finds one family's rows in all that features read, made once for each snapshot.

    With it what neighbours have in common as of the day: for the release, and for all features should it be withheld.
    """
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    folder = bench.home / INDEX / bench.project.settings.name / snapshot.digest
    every = bench.project.compiled(tuple(feature.id for feature in bench.project.features))
    if not folder.is_dir():
        write_index(snapshot, every, folder, cache=bench.home / "cache", progress=bench.tell)
    index, lag = Index.open(folder, deep=False), release.origin.experiment.lag
    for compiled, known_by in ((release.compiled, lag.before(as_of)), (every, as_of)):
        asked = [Moment(as_of, known_by)]
        index = add_areas(index, snapshot, compiled, moments=asked, cache=bench.home / "cache", progress=bench.tell)
    return index


def _with_facts(compiled: Compiled) -> Compiled:
    """The features and, as columns `feature/fact`, what their sentences tell besides."""
    told = [
        Feature(f"{feature.name}/{name}", feature.theme, value)
        for feature in compiled.features
        for name, value in feature.facts
    ]
    return replace(compiled, features=(*compiled.features, *told))


def _listed(bench: Bench, cohort: ScoredCohort) -> Iterator[ListedFamily]:
    """The families in order of rank, each with its reasons in every language."""
    table = cohort.scored.table.to_pydict()
    reasons = list(cohort.scored.reasons())
    order = sorted(range(len(reasons)), key=table["rank"].__getitem__)
    for done, row in enumerate(order, start=1):
        band = Band(table["band"][row])
        yield ListedFamily(
            family=table["family"][row],
            score=None if band is Band.CHECK_DATA else table["score"][row],
            band=band,
            rank=done,
            reasons=_told(cohort, reasons[row], row),
            area=cohort.areas[row],
        )
        bench.tell("publishing", done, len(order))


def _told(cohort: ScoredCohort, reasons: Reasons, row: int) -> str:
    """The reasons of a row in every language, as text to keep."""
    release = cohort.release
    facts = facts_of_row(release.compiled.features, cohort.facts, row=row)
    return reasons_text([release.teller(language).tell(reasons, facts) for language in release.wording.languages])
