"""Where rows go: a family's rows into its bucket, a person's into the bucket of every family they ever belonged to."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.intake.pseudonyms import bucket_sql
from tayanch.intake.shape import Table, bench_names, holder, off_bench, on_bench
from tayanch.vocabulary import Links

WAITING = -1


@dataclass(frozen=True)
class Placed:
    """A registry's rows to be added.

    buckets: by bucket. waiting: of persons without a family.
    still_waiting: when some who waited have been placed, all that wait now; it takes the place of all that waited.
    """

    buckets: dict[int, Table]
    waiting: Table | None = None
    still_waiting: Table | None = None


def start_links(bench: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `links`, still empty: which persons have rows in which buckets."""
    bench.execute("CREATE TEMP TABLE links (person VARCHAR, bucket INTEGER, fresh BOOLEAN)")


def add_links(bench: duckdb.DuckDBPyConnection, memberships: str, *, buckets: int, fresh: bool) -> None:
    """Adds the links that a table of memberships tells and that are not there yet."""
    told = f"SELECT DISTINCT person, {bucket_sql('family', buckets)} AS bucket FROM {memberships}"
    bench.execute(
        f"INSERT INTO links SELECT person, bucket, {fresh} FROM ({told}) ANTI JOIN links USING (person, bucket)"
    )


def fresh_links(bench: duckdb.DuckDBPyConnection) -> bool:
    """Whether a person came into a bucket in this delivery."""
    return bool(bench.execute("SELECT count(*) FROM links WHERE fresh").fetchall()[0][0])


def place(bench: duckdb.DuckDBPyConnection, registry: Registry, *, buckets: int, waiting: Table | None) -> Placed:
    """Where the rows of `fresh` go, and for persons also the rows of `held` that must follow them into new buckets."""
    names = ", ".join(bench_names(registry))
    if registry.links is not Links.PERSON:
        own = f"SELECT {bucket_sql('family', buckets)} AS bucket, {names} FROM fresh"
        return Placed(_by_bucket(bench, registry, rows=own))
    linked = f"SELECT coalesce(bucket, {WAITING}) AS bucket, {names} FROM fresh LEFT JOIN links USING (person)"
    followed = f"SELECT bucket, {names} FROM held JOIN links USING (person) WHERE links.fresh"
    placed = _by_bucket(bench, registry, rows=f"{linked} UNION ALL {followed}")
    added = placed.pop(WAITING, None)
    return Placed(placed, *_waiting(bench, registry, waiting=waiting, added=added))


def _waiting(
    bench: duckdb.DuckDBPyConnection, registry: Registry, *, waiting: Table | None, added: Table | None
) -> tuple[Table | None, Table | None]:
    """Rows to be added to those that wait, or all that wait now when some of those that waited have been placed."""
    if waiting is None:
        return added, None
    bench.register("waiting", on_bench(registry, waiting))
    names = ", ".join(bench_names(registry))
    unlinked = f"SELECT {WAITING} AS bucket, {names} FROM waiting ANTI JOIN links USING (person)"
    remaining = _by_bucket(bench, registry, rows=unlinked).get(WAITING, waiting.slice(0, 0))
    bench.unregister("waiting")
    if remaining.num_rows == waiting.num_rows:
        return added, None
    return None, pa.concat_tables([remaining, added]) if added else remaining


def _by_bucket(bench: duckdb.DuckDBPyConnection, registry: Registry, *, rows: str) -> dict[int, Table]:
    """The rows that the SQL gives, sorted as a part is, by their column `bucket`."""
    order = f"bucket, {holder(registry)}, happened_on, key, known_at, delivery"
    table = bench.sql(f"SELECT * FROM ({rows}) ORDER BY {order}").to_arrow_table().combine_chunks()
    bucket = table.column("bucket").to_numpy()
    numbers, starts = np.unique(bucket, return_index=True)
    ends = np.append(starts, len(bucket))[1:]
    own = off_bench(registry, table)
    return {int(n): own.slice(a, b - a) for n, a, b in zip(numbers, starts, ends, strict=True)}
