"""Where rows come from: a snapshot, as the store sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol
from zoneinfo import ZoneInfo

from tayanch.intake.bucket import Bucket
from tayanch.store.plan import Plan


class Source(Protocol):
    """Families in numbered buckets, under a digest that changes when any row does. `intake`'s Snapshot is one.

    Every bucket has a table of every registry, be it empty.
    """

    @property
    def digest(self) -> str:
        """Equal for equal rows."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        ...

    @property
    def buckets(self) -> int:
        """How many buckets there are, numbered from 0."""
        ...

    def bucket(self, number: int) -> Bucket:
        """All rows of the families of a bucket and of all persons who ever belonged to them."""
        ...


def needed(bucket: Bucket, plan: Plan) -> Bucket:
    """The bucket with just the registries the plan asks about, and the memberships."""
    tables = {
        name: table
        for name, table in bucket.tables.items()
        if name in plan.registries or {"family", "person"} <= {*table.column_names}
    }
    return replace(bucket, tables=tables)
