"""A matrix as a Feast repository, for a team that serves with Feast. Feast itself is not needed here.

<folder>/feature_store.yaml    Feast's settings: everything local
<folder>/definitions.py        the entity `family` and a feature view for each theme
<folder>/data/<theme>.parquet  family, event_timestamp, created, and the theme's features; a row group for each date
<folder>/README.md             how to use it, and what it can't promise
"""
# pyarrow makes its compute functions when it is imported, unseen by type checkers:
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tayanch.declare.features import Cohort, Feature
from tayanch.errors import StoreError
from tayanch.intake.disk import make_private, write_whole
from tayanch.store.matrix import Matrix
from tayanch.vocabulary import Theme

INSTANT = pa.timestamp("us", "UTC")
KEYS = ("family", "event_timestamp", "created")
"""The columns that name a row there."""
TYPES = {pa.float64(): "Float64", pa.int64(): "Int64", pa.string(): "String"}
SETTINGS = """\
project: {project}
provider: local
registry: data/registry.db
online_store:
  type: sqlite
  path: data/online.db
offline_store:
  type: {store}
entity_key_serialization_version: 3
"""
STORE = "duckdb"
"""Feast's offline store that keeps the rows for which nothing is known; its other local one, dask, leaves them out."""


@dataclass(frozen=True)
class FeastRepository:
    """What is written: a project's matrix, the features that are its columns, and whose families they are.

    zone: in which an as_of day begins. purposes: by feature id, what its registries may be used for.
    """

    project: str
    zone: ZoneInfo
    matrix: Matrix
    cohort: Cohort
    features: tuple[Feature, ...]
    purposes: Mapping[str, str]

    @property
    def themes(self) -> Mapping[Theme, tuple[Feature, ...]]:
        """The features by theme; each is a feature view."""
        themes = sorted({feature.theme for feature in self.features})
        return {theme: tuple(f for f in self.features if f.theme is theme) for theme in themes}

    @property
    def days_valid(self) -> int:
        """For how many days Feast gives a row: the longest time between two as_of dates; 0, for ever, with one date."""
        dates = self.matrix.as_of
        return max(((later - day).days for day, later in pairwise(dates)), default=0)

    def write(self, folder: Path) -> None:
        """Writes the repository, readable by its owner only; the settings last, so that half of one is none.

        Raises:
            StoreError: when something lies in the folder.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError(f"{folder} is not an empty folder", do="name one that is empty or not there yet.")
        make_private(folder.absolute() / "data")
        types: dict[str, str] = {}
        for theme, features in self.themes.items():
            types |= self._write_data(folder / "data" / f"{theme.value}.parquet", features)
        write_whole(folder / "definitions.py", self._definitions(types).encode())
        write_whole(folder / "README.md", self._readme().encode())
        write_whole(folder / "feature_store.yaml", SETTINGS.format(project=self.project, store=STORE).encode())

    def _write_data(self, path: Path, features: tuple[Feature, ...]) -> dict[str, str]:
        """Writes a theme's values; gives Feast's type of each feature, by id."""
        table = self.matrix.table([feature.id for feature in features])
        columns = {feature.name: _plain(table.column(feature.id)) for feature in features}
        instants = _instants(table.column("as_of"), self.zone)
        keys = dict(zip(KEYS, (table.column("family"), instants, instants), strict=True))
        made = pa.table(keys | columns)
        path.touch(mode=0o600)
        with pq.ParquetWriter(path, made.schema, compression="zstd") as writer:
            for day in self.matrix.as_of:
                writer.write_table(made.filter(pc.equal(table.column("as_of"), pa.scalar(day))))
        return {feature.id: TYPES[columns[feature.name].type] for feature in features}

    def _definitions(self, types: Mapping[str, str]) -> str:
        used = ", ".join(sorted({*types.values()}))
        views = "\n".join(self._view(theme, features, types) for theme, features in self.themes.items())
        return DEFINITIONS.format(
            used=used, matrix=self.matrix.digest, meaning=self.cohort.meaning, days=self.days_valid, views=views
        )

    def _view(self, theme: Theme, features: tuple[Feature, ...], types: Mapping[str, str]) -> str:
        fields = "".join(_field(feature, types[feature.id], self.purposes[feature.id]) for feature in features)
        tags = {"cohort": self.cohort.name, "snapshot": self.matrix.snapshot, "matrix": self.matrix.digest}
        return VIEW.format(theme=theme.value, fields=fields, tags=tags)

    def _readme(self) -> str:
        dates = self.matrix.as_of
        first = next(iter(self.features))
        return README.format(
            project=self.project,
            meaning=self.cohort.meaning,
            rows=self.matrix.rows,
            dates=len(dates),
            first=dates[0],
            last=dates[-1],
            zone=self.zone.key,
            snapshot=self.matrix.snapshot,
            matrix=self.matrix.digest,
            example=f"{first.theme.value}:{first.name}",
            instant=_instant(dates[-1], self.zone).isoformat(),
            valid=_told_valid(self.days_valid),
            store=STORE,
        )


def _plain(column: Any) -> Any:
    """A column as Feast reads it: codes as texts, null where missing."""
    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(column.type) else column


def _instants(days: Any, zone: ZoneInfo) -> Any:
    """Of each as_of date the instant at which it begins in the zone."""
    known = pc.unique(days)
    instants = pa.array([_instant(day, zone) for day in known.to_pylist()], INSTANT)
    return instants.take(pc.index_in(days, value_set=known))


def _instant(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _field(feature: Feature, kind: str, purpose: str) -> str:
    tags = {"id": feature.id, "unit": feature.unit or feature.kind.value, "purpose": purpose, "digest": feature.digest}
    return FIELD.format(name=feature.name, kind=kind, meaning=feature.meaning, tags=tags)


def _told_valid(days: int) -> str:
    if not days:
        return "There is one date, so a row is given for ever after it; a model should not read one that is old."
    return (
        f"A row is given for {days} days after its date, the longest time between two dates. Where two dates lie\n"
        "  closer, a family that left the cohort is still given its last row for some days after the next date."
    )


FIELD = """\
        Field(
            name={name!r},
            dtype={kind},
            description={meaning!r},
            tags={tags!r},
        ),
"""
VIEW = """\
{theme} = FeatureView(
    name={theme!r},
    entities=[ENTITY],
    ttl=TTL,
    schema=[
{fields}    ],
    source=FileSource(
        name={theme!r},
        path=str(DATA / "{theme}.parquet"),
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    ),
    tags={tags!r},
)
"""
DEFINITIONS = '''\
"""Written by `tayanch features export --feast`; not to be edited. The matrix is
{matrix}."""

from datetime import timedelta
from pathlib import Path

from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import {used}

DATA = Path(__file__).resolve().parent / "data"
TTL = timedelta(days={days})

ENTITY = Entity(
    name="family",
    join_keys=["family"],
    value_type=ValueType.STRING,
    description={meaning!r},
)
{views}'''
README = """\
# {project}: features for Feast

Written by `tayanch features export --feast`. {rows} rows: families at {dates} as_of dates from {first} to {last}, from
one snapshot. The cohort: {meaning} Families are pseudonyms; the values are personal data all
the same, and the files are readable by their owner only: keep it so.

    snapshot  {snapshot}
    matrix    {matrix}

    pip install "feast[{store}]"
    feast apply

    from datetime import datetime
    import pandas as pd
    from feast import FeatureStore
    rows = pd.DataFrame({{"family": [...], "event_timestamp": [datetime.fromisoformat("{instant}")]}})
    FeatureStore(".").get_historical_features(rows, ["{example}"]).to_df()

`event_timestamp` is the instant at which an as_of date begins in {zone}: a row tells what was known before it, and
nothing later. `created` is the same instant, since a later delivery never changes what was known before. A question at
any instant gets the last row at or before it. A feature is called `theme:name`, in Tayanch `theme.name`; its field has
its meaning, unit, the purpose its registers may be used for, and the digest of its declaration.

What a matrix can't promise here:

- Between two dates Feast gives the row of the last one: nothing that became known since is in it. Ask Tayanch for a
  matrix at the date itself where that matters.
- {valid}
- A family that was not in the cohort at a date has no row for it. Feast then gives its last row before, as if it still
  held, as long as that is valid; and after that nothing at all. It can't tell "not in the cohort" from "nothing known".
- A missing value is null, whatever the reason; why it is missing is told by Tayanch alone.
- `data/registry.db` and `data/online.db` are Feast's own. The files are this matrix and no other: export anew after the
  next delivery, into another folder.
- With Feast's `dask` offline store, a row that has no match in a view is left out of the answer altogether.
"""
