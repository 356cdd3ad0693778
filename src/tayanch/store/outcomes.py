"""Outcomes of families at as_of dates, as they were known at one day or another: true, false or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tayanch.declare.features import Outcome
from tayanch.declare.references import Reference
from tayanch.store import arrow
from tayanch.store.area_tables import find_areas
from tayanch.store.arrow import NO_CODE, Array, Bools
from tayanch.store.engine import Evaluation
from tayanch.store.layouts import Layouts
from tayanch.store.matrix import RowKeys
from tayanch.store.midnights import UNIX
from tayanch.store.plan import make_plan
from tayanch.store.source import Source, read_by
from tayanch.store.values import ValueColumn
from tayanch.vocabulary import Moment, Progress, no_progress

OUTCOME, OBSERVED = "outcome", "observed"


@dataclass(frozen=True)
class Outcomes:
    """What came of the rows of a matrix, in its order.

    known: whether the outcome could be seen. value: whether it came true; false where it is not known.
    """

    known: Bools
    value: Bools

    @classmethod
    def unknown(cls, rows: int) -> Outcomes:
        """Of so many rows, nothing known yet."""
        return cls(np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.known)

    def note(self, rows: Array, columns: Mapping[str, ValueColumn], at: tuple[int, Array]) -> None:
        """Notes for these rows what is told at the moment of a place of the families at these places."""
        told = columns[OUTCOME].values[at]
        seen = columns[OBSERVED].values[at] == 1
        self.known[rows] = seen & ~np.isnan(told)
        self.value[rows] = seen & (told == 1)

    def forget(self, rows: Bools) -> None:
        """Makes these rows unknown."""
        self.known[rows] = False
        self.value[rows] = False


def find_outcomes(
    snapshot: Source,
    outcome: Outcome,
    rows: RowKeys,
    *,
    known_by: Sequence[date | None],
    references: Sequence[Reference] = (),
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> list[Outcomes]:
    """The outcomes of the rows as known before each of the days; None: with all that the snapshot knows.

    An outcome is unknown where `observed` is not true, where it is missing, where the snapshot has no such family, and
    where its horizon does not lie wholly before the day (for None: before the day after the last row became known).

    Raises:
        StoreError: when the snapshot or the references lack what the outcome needs.
    """
    search = _Search(outcome, rows, known_by)
    plan = make_plan({OUTCOME: outcome.expression, OBSERVED: outcome.observed}, references)
    areas = find_areas(snapshot, plan, tuple(search.askers), cache=cache, progress=progress)
    layouts = Layouts.of(snapshot, read_by(plan), cache)
    for number in range(snapshot.buckets):
        search.look_in(Evaluation(layouts.bucket(number), plan, areas))
        progress("outcomes", number + 1, snapshot.buckets)
    if search.latest is not None:
        last = (UNIX + timedelta(microseconds=search.latest)).astimezone(snapshot.zone).date()
        search.forget_unfinished(last + timedelta(days=1))
    return search.found


class _Search:
    """Outcomes being found, bucket by bucket. Each moment is looked at once, whoever asked for it."""

    def __init__(self, outcome: Outcome, rows: RowKeys, known_by: Sequence[date | None]) -> None:
        self.rows, self.known_by = rows, known_by
        self.found = [Outcomes.unknown(len(rows)) for _ in known_by]
        self.latest: int | None = None
        dates, self.date_of = np.unique(rows.as_of, return_inverse=True)
        self.ends: dict[date, date] = {as_of: outcome.known_from(as_of) for as_of in dates.tolist()}
        self.askers: defaultdict[Moment, list[Outcomes]] = defaultdict(list)
        for day, found in zip(known_by, self.found, strict=True):
            for as_of, end in self.ends.items():
                if day is None or end <= day:
                    self.askers[Moment(as_of, day or date.max)].append(found)

    def look_in(self, work: Evaluation) -> None:
        """Notes what a bucket tells."""
        family = arrow.places_in(self.rows.family, arrow.texts(work.layout.names))
        here = np.flatnonzero(family != NO_CODE)
        rows = {as_of: here[self.date_of[here] == place] for place, as_of in enumerate(self.ends)}
        asked = [moment for moment in self.askers if len(rows[moment.as_of])]
        columns = work.columns_at(asked)
        for place, moment in enumerate(asked):
            at = rows[moment.as_of]
            for asker in self.askers[moment]:
                asker.note(at, columns, (place, family[at]))
        instants = (work.layout.last_known(), self.latest)
        self.latest = max((instant for instant in instants if instant is not None), default=None)

    def forget_unfinished(self, end: date) -> None:
        """Where all that is known was asked for: forgets what had not come to its end by the end of it."""
        unfinished = np.array([horizon > end for horizon in self.ends.values()], dtype=np.bool_)
        for day, found in zip(self.known_by, self.found, strict=True):
            if day is None:
                found.forget(unfinished[self.date_of])
