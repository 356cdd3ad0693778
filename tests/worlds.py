"""Small worlds for tests: registries as text tables, made into the buckets that a snapshot would hand out.

    payments = '''
        family | key | happened_on | known_at         | amount
        A      | p1  | 2026-01-05  | 2026-01-06       | 100
        A      | p2  | 2026-02-05  | 2026-02-06 14:30 |
        '''

An empty cell is a missing value. What a table need not say: known_at is happened_on, delivery is 1, retracted is no,
key is the row's number. `known_at` is told in the project's time zone. The last day on which a row holds is told as
`left` or `ended`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.intake.bucket import Bucket
from tayanch.vocabulary import Kind, Links

UTC_ZONE = ZoneInfo("UTC")
ARROW = {
    Kind.NUMBER: pa.float64(),
    Kind.WHOLE: pa.int64(),
    Kind.CODE: pa.string(),
    Kind.DATE: pa.date32(),
}
VERSION_COLUMNS = {
    "key": pa.string(),
    "happened_on": pa.date32(),
    "known_at": pa.timestamp("us", "UTC"),
    "claimed_known_at": pa.timestamp("us", "UTC"),
    "delivery": pa.int32(),
    "retracted": pa.bool_(),
}

Told = Mapping[str, Any]
"""One row: its values by column name."""


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a text table, each cell as text."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    names, *rest = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(names, cells, strict=True)) for cells in rest]


def told_rows(registry: Registry, text: str, *, zone: ZoneInfo = UTC_ZONE) -> list[Told]:
    """The rows of a text table as values."""
    kinds = {column.name: column.kind for column in registry.columns}
    return [_told(row, kinds, str(number), zone=zone) for number, row in enumerate(rows_of(text), start=1)]


def _told(row: Mapping[str, str], kinds: Mapping[str, Kind], number: str, *, zone: ZoneInfo) -> Told:
    happened_on = date.fromisoformat(row["happened_on"])
    told: dict[str, Any] = {
        "family": row.get("family"),
        "person": row.get("person"),
        "key": row.get("key") or number,
        "happened_on": happened_on,
        "known_at": _instant(row.get("known_at") or row["happened_on"], zone),
        "delivery": int(row.get("delivery") or 1),
        "retracted": bool(row.get("retracted")),
        "left": date.fromisoformat(end) if (end := row.get("left") or row.get("ended")) else None,
    }
    return told | {name: _value(row.get(name, ""), kind) for name, kind in kinds.items()}


def _value(cell: str, kind: Kind) -> Any:
    readers = {Kind.NUMBER: float, Kind.WHOLE: int, Kind.CODE: str, Kind.DATE: date.fromisoformat}
    return readers[kind](cell) if cell else None


def _instant(cell: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=zone).astimezone(UTC)


def table_of(registry: Registry, rows: Iterable[Told]) -> pa.Table:
    """A registry's table as a bucket has it: sorted, with its own columns and the declared ones."""
    types = {
        **({} if registry.links is Links.PERSON else {"family": pa.string()}),
        **({} if registry.links is Links.FAMILY else {"person": pa.string()}),
        **VERSION_COLUMNS,
        **({"left": pa.date32()} if registry.left else {}),
        **{column.name: ARROW[column.kind] for column in registry.columns},
    }
    owner = "person" if registry.links is Links.PERSON else "family"
    order = sorted(rows, key=lambda r: (r[owner], r["happened_on"], r["key"], r["known_at"], r["delivery"]))
    columns = {name: pa.array([row.get(name) for row in order], kind) for name, kind in types.items()}
    return pa.table(columns)


@dataclass(frozen=True)
class World:
    """Registries and their rows."""

    registries: tuple[Registry, ...]
    rows: Mapping[str, Sequence[Told]]
    zone: ZoneInfo = UTC_ZONE

    def __repr__(self) -> str:
        told = {name: [_told_shortly(row) for row in rows] for name, rows in self.rows.items() if rows}
        return f"World({told}, {self.zone})"

    @property
    def families(self) -> tuple[str, ...]:
        """All families with a row or a membership."""
        return tuple(sorted({row["family"] for rows in self.rows.values() for row in rows if row.get("family")}))

    def bucket(self, number: int = 0, families: Iterable[str] | None = None) -> Bucket:
        """The bucket of these families (of all): their rows, and those of everyone who ever belonged to them."""
        kept = set(self.families if families is None else families)
        persons = {row["person"] for rows in self.rows.values() for row in rows if row.get("family") in kept}
        tables = {
            registry.name: table_of(
                registry,
                [
                    row
                    for row in self.rows[registry.name]
                    if (row["person"] in persons if registry.links is Links.PERSON else row["family"] in kept)
                ],
            )
            for registry in self.registries
        }
        return Bucket(number, tables, tuple(sorted(kept)), self.zone)


def _told_shortly(row: Told) -> str:
    return " | ".join(f"{name} {value}" for name, value in row.items() if value is not None)


def world(registries: Sequence[Registry], tables: Mapping[str, str], *, zone: str = "UTC") -> World:
    """A world told in text tables; a registry without one is empty."""
    place = ZoneInfo(zone)
    rows = {r.name: told_rows(r, tables[r.name], zone=place) if r.name in tables else [] for r in registries}
    return World(tuple(registries), rows, place)


@dataclass(frozen=True)
class OneBucket:
    """A bucket as a snapshot that holds nothing else."""

    whole: Bucket
    buckets: int = 1
    digest: str = "0" * 64

    @property
    def zone(self) -> ZoneInfo:
        """The bucket's time zone."""
        return self.whole.zone

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Per registry its declared columns."""
        return {name: declared_in(table) for name, table in self.whole.tables.items()}

    @property
    def memberships(self) -> list[str]:
        """The registries with families and persons."""
        return memberships_of(self.whole)

    def bucket(self, number: int, only: Mapping[str, Collection[str]] | None = None) -> Bucket:
        """The bucket."""
        return narrowed(self.whole, only)

    def families(self, number: int) -> tuple[str, ...]:
        """The families."""
        return self.whole.families

    def made_of(self, number: int) -> dict[str, str]:
        """What each registry's rows are made of."""
        return made_of(self.whole)

    def rows_in(self, number: int) -> dict[str, int]:
        """How many rows each registry has."""
        return {name: len(table) for name, table in self.whole.tables.items()}


def declared_in(table: pa.Table) -> tuple[str, ...]:
    """The declared columns of a table."""
    return tuple(name for name in table.column_names if name not in {*VERSION_COLUMNS, "family", "person", "left"})


def memberships_of(bucket: Bucket) -> list[str]:
    """The registries of a bucket that tell who belongs to which family."""
    return [name for name, table in bucket.tables.items() if {"family", "person"} <= {*table.column_names}]


def narrowed(bucket: Bucket, only: Mapping[str, Collection[str]] | None) -> Bucket:
    """What is wanted of a bucket."""
    if only is None:
        return bucket
    wanted = {**dict.fromkeys(memberships_of(bucket), ()), **only}
    tables = {
        name: table.drop_columns([column for column in declared_in(table) if column not in wanted[name]])
        for name, table in bucket.tables.items()
        if name in wanted
    }
    return replace(bucket, tables=tables)


def made_of(bucket: Bucket) -> dict[str, str]:
    """Per registry what its rows in a bucket are made of."""
    return {name: sha256(repr(table.to_pylist()).encode()).hexdigest() for name, table in bucket.tables.items()}


@dataclass(frozen=True)
class MemorySnapshot:
    """A world as a snapshot: families dealt out to buckets."""

    world: World
    buckets: int = 2
    digest: str = "0" * 64

    @property
    def zone(self) -> ZoneInfo:
        """The world's time zone."""
        return self.world.zone

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Per registry its declared columns."""
        return {registry.name: tuple(c.name for c in registry.columns) for registry in self.world.registries}

    @property
    def memberships(self) -> list[str]:
        """The registries with families and persons."""
        return [registry.name for registry in self.world.registries if registry.links is Links.MEMBERSHIP]

    def bucket(self, number: int, only: Mapping[str, Collection[str]] | None = None) -> Bucket:
        """The bucket of so many families that follow one another."""
        return narrowed(self.world.bucket(number, self.families(number)), only)

    def families(self, number: int) -> tuple[str, ...]:
        """Its families."""
        every = self.world.families
        return every[len(every) * number // self.buckets : len(every) * (number + 1) // self.buckets]

    def made_of(self, number: int) -> dict[str, str]:
        """What each registry's rows in a bucket are made of."""
        return made_of(self.bucket(number))

    def rows_in(self, number: int) -> dict[str, int]:
        """How many rows each registry has in a bucket."""
        return {name: len(table) for name, table in self.bucket(number).tables.items()}
