"""Where rows come from: a snapshot, as the store sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol
from zoneinfo import ZoneInfo

from tayanch.declare.expressions import ColumnValue
from tayanch.intake.bucket import Bucket
from tayanch.store.plan import Plan

Wanted = Mapping[str, Collection[str]]
"""Registries, each with the declared columns that are needed of it."""


class Source(Protocol):
    """Families in numbered buckets, under a digest that changes when any row does. `intake`'s Snapshot is one.

    Buckets in order hold families in order. Other processes can be handed it.
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

    def bucket(self, number: int, only: Wanted | None = None) -> Bucket:
        """All rows of the families of a bucket and of all persons who ever belonged to them, or what is wanted of them.

        The memberships come with what is wanted.
        """
        ...

    def families(self, number: int) -> tuple[str, ...]:
        """The families of a bucket, whatever registry tells of them, sorted."""
        ...

    def made_of(self, number: int) -> Mapping[str, str]:
        """Per registry, what changes when any of its rows in a bucket does."""
        ...

    def rows_in(self, number: int) -> Mapping[str, int]:
        """Per registry, how many rows it has in a bucket."""
        ...

    @property
    def columns(self) -> Mapping[str, Collection[str]]:
        """Per registry, its declared columns."""
        ...

    @property
    def memberships(self) -> Collection[str]:
        """The registries that tell who belongs to which family."""
        ...


def read_by(plan: Plan) -> Wanted:
    """The registries that a plan asks about, each with the columns it reads."""
    wanted: dict[str, set[str]] = {registry: set() for registry in plan.registries}
    for step in plan.steps:
        if isinstance(step.node, ColumnValue) and step.node.registry in wanted:
            wanted[step.node.registry].add(step.node.column)
    return wanted


def traces(source: Source, number: int, registries: Collection[str]) -> dict[str, str]:
    """What these registries and the memberships are made of in a bucket: their rows are the same where this is."""
    wanted = {*registries, *source.memberships}
    return {name: trace for name, trace in source.made_of(number).items() if name in wanted}
