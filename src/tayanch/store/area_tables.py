"""The totals of areas on disk: made in one pass over the buckets, kept under the digest of what they are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tayanch.declare.forms import canonical, digest_of
from tayanch.intake.disk import write_whole
from tayanch.store import tables
from tayanch.store.areas import NO_AREAS, Areas, AreaSums, AreaTotals
from tayanch.store.cache import file_digest, make_room, used
from tayanch.store.engine import ENGINE, Evaluation
from tayanch.store.layouts import Layouts
from tayanch.store.plan import Plan
from tayanch.store.source import Source, read_by
from tayanch.vocabulary import Moment, Progress, no_progress

Asked = tuple[str, Moment]
"""A mean over neighbours, by its digest, and the moment it is asked for."""


def find_areas(
    snapshot: Source,
    plan: Plan,
    moments: Sequence[Moment],
    *,
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> Areas:
    """The totals that the plan's neighbours need at the moments, from `cache` where they were made before.

    Raises:
        StoreError: when the snapshot lacks what they need.
    """
    if not plan.neighbours:
        return NO_AREAS
    asked = [(digest, moment) for moment in dict.fromkeys(moments) for digest in plan.neighbours]
    shelf = None if cache is None else _Shelf(cache / "areas", snapshot.digest)
    found = {} if shelf is None else {one: totals for one in asked if (totals := shelf.kept(one)) is not None}
    missing = [one for one in asked if one not in found]
    summed = plan.of_areas({digest for digest, _ in missing})
    layouts = Layouts.of(snapshot, read_by(summed), cache)
    made = _made(layouts, summed, missing, progress=progress) if missing else {}
    if shelf is not None:
        shelf.keep(made)
    return Areas({**found, **made})


def _made(layouts: Layouts, plan: Plan, asked: Sequence[Asked], *, progress: Progress) -> dict[Asked, AreaTotals]:
    """The totals of all buckets."""
    sums = {one: AreaSums() for one in asked}
    moments = dict.fromkeys(moment for _, moment in asked)
    for number in range(layouts.source.buckets):
        work = Evaluation(layouts.bucket(number), plan)
        for moment, told in zip(moments, work.shares([*moments]), strict=True):
            for digest, shares in told.items():
                if (digest, moment) in sums:
                    sums[digest, moment].add(shares)
        progress("areas", number + 1, layouts.source.buckets)
    return {one: found.totals() for one, found in sums.items()}


class _Shelf:
    """The totals of a snapshot that are kept in a folder, a .parquet with a .json that tells its digest for each."""

    def __init__(self, folder: Path, snapshot: str) -> None:
        self._folder, self._snapshot = folder, snapshot

    def kept(self, asked: Asked) -> AreaTotals | None:
        """Totals made before, unless their file is gone or has changed."""
        told = self._told(asked)
        path = told.with_suffix(".parquet")
        if not (told.is_file() and path.is_file()):
            return None
        if json.loads(told.read_bytes())["digest"] != file_digest(path):
            return None
        used(told)
        return tables.read_totals(path)

    def keep(self, made: dict[Asked, AreaTotals]) -> None:
        """Writes the totals."""
        for asked, totals in made.items():
            told = self._told(asked)
            path = told.with_suffix(".parquet")
            write_whole(path, tables.totals_bytes(totals))
            write_whole(told, canonical({"digest": file_digest(path)}).encode())
        if made:
            make_room(self._folder, keep={self._told(asked) for asked in made})

    def _told(self, asked: Asked) -> Path:
        digest, moment = asked
        key = digest_of([self._snapshot, digest, str(moment.as_of), str(moment.known_by), ENGINE])
        return self._folder / f"{key}.json"
