"""The families that the proxy test looks at, and a run refused that would learn from a proxy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tayanch.declare.features import Feature, Group
from tayanch.errors import LearnError
from tayanch.learn.lesson import part_of
from tayanch.learn.proxies import Protected, alone, blocking, refuse
from tayanch.project import Project
from tayanch.store.arrow import Table
from tayanch.store.distributions import Seen, seen
from tayanch.store.matrix import Matrix, RowKeys, build_groups
from tayanch.store.questions import GroupsQuestion, MatrixQuestion
from tayanch.store.source import Source
from tayanch.vocabulary import Progress, no_progress

MOST = 100_000
"""How many families are looked at: the first by pseudonym, which is as good as drawn."""
AT_ONCE = 8
"""How many columns of a matrix are held at the same time."""


@dataclass(frozen=True)
class Asked:
    """What is worked on: a project's snapshot, in a work folder."""

    project: Project
    snapshot: Source
    home: Path
    progress: Progress = no_progress


@dataclass(frozen=True)
class Last:
    """A matrix's families at its last as_of date, with their groups.

    rows: where they stand in the matrix. protected: of the first MOST of them.
    """

    rows: slice
    groups: Table
    protected: tuple[Protected, ...]

    @property
    def looked_at(self) -> slice:
        """The rows of the families that the proxy test looks at."""
        return slice(self.rows.start, min(self.rows.stop, self.rows.start + MOST))


def last_families(asked: Asked, question: MatrixQuestion, matrix: Matrix, *, more: Sequence[Group] = ()) -> Last:
    """The families of a matrix's last date, with the protected groups and `more`.

    Raises:
        StoreError: when the snapshot lacks what a group reads.
    """
    policy = asked.project.policy
    guarded = [asked.project.group(line.name) for line in policy.guarded]
    groups = {group.name: group for group in (*guarded, *more)}
    told = GroupsQuestion(
        cohort=question.cohort,
        as_of=question.as_of[-1:],
        lag=question.lag,
        references=asked.project.references,
        groups=tuple(groups.values()),
    )
    found = build_groups(asked.snapshot, told, asked.home / "cache", progress=asked.progress)
    table, keys = found.table(), matrix.keys()
    start = int(np.searchsorted(keys.as_of, np.datetime64(question.as_of[-1], "D")))
    families = same_families(keys, found.keys(), start=start)
    part = np.array([part_of(family) for family in families[:MOST]], dtype=np.int64)
    looked_at = table.slice(0, MOST)
    protected = (
        Protected.of(group.name, seen(looked_at, group.name, group.expression.kind), part) for group in guarded
    )
    return Last(slice(start, len(keys)), table, tuple(protected))


def same_families(keys: RowKeys, others: RowKeys, *, start: int) -> list[str]:
    """The families from a row on, which must be those of the other matrix.

    Raises:
        LearnError: when they are not.
    """
    if not keys.family.slice(start).equals(others.family):
        raise LearnError("the groups are not those of the matrix's families", do="clear the cache and run again.")
    return others.family.to_pylist()


def each_column(matrix: Matrix, features: Sequence[Feature]) -> Iterator[tuple[Feature, Seen]]:
    """The matrix's column of each feature, a few read at a time."""
    for start in range(0, len(features), AT_ONCE):
        some = features[start : start + AT_ONCE]
        table = matrix.table([feature.id for feature in some])
        yield from ((feature, seen(table, feature.id, feature.kind)) for feature in some)


def refuse_proxies(asked: Asked, question: MatrixQuestion, matrix: Matrix) -> None:
    """Refuses to go on when a feature of the matrix stands for a protected attribute.

    Raises:
        LearnError: naming the feature, the attribute, the AUC and what to do.
    """
    policy, features = asked.project.policy, question.features.features
    if not policy.guarded:
        return
    last = last_families(asked, question, matrix)
    found = [
        blocked
        for feature, column in each_column(matrix, features)
        for blocked in blocking(feature, alone(feature.id, column.at(last.looked_at), last.protected, policy=policy))
    ]
    refuse(found)
