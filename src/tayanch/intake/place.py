"""Where rows go: a family's rows into its bucket, a person's into the bucket of every family they ever belonged to."""

from __future__ import annotations

import duckdb

from tayanch.declare.registries import Registry
from tayanch.intake.pseudonyms import bucket_sql
from tayanch.intake.shape import Table, bench_names, off_bench, on_bench, sort_order
from tayanch.vocabulary import Links

WAITING = -1
"""The bucket of persons without a family."""


def start_links(bench: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `links`, still empty: which persons have rows in which buckets."""
    bench.execute("CREATE TEMP TABLE links (person VARCHAR, bucket INTEGER, fresh BOOLEAN)")


def add_links(bench: duckdb.DuckDBPyConnection, *, buckets: int) -> None:
    """Adds the links that the memberships in `fresh` tell and that are not there yet."""
    told = f"SELECT DISTINCT person, {bucket_sql('family', buckets)} AS bucket FROM fresh"
    added = f"SELECT person, bucket, true FROM ({told}) ANTI JOIN links USING (person, bucket)"
    bench.execute(f"INSERT INTO links {added}")


def fresh_links(bench: duckdb.DuckDBPyConnection) -> bool:
    """Whether a person came into a bucket in this delivery."""
    return bool(bench.execute("SELECT count(*) FROM links WHERE fresh").fetchall()[0][0])


def place(bench: duckdb.DuckDBPyConnection, registry: Registry, *, buckets: int, followers: bool) -> None:
    """Makes `placed`: rows of `fresh` with their bucket, and if `followers` those of `held` that follow a person."""
    names = ", ".join(bench_names(registry))
    placed = f"SELECT {bucket_sql('family', buckets)} AS bucket, {names} FROM fresh"
    if registry.links is Links.PERSON:
        linked = f"SELECT coalesce(bucket, {WAITING}) AS bucket, {names} FROM fresh LEFT JOIN links USING (person)"
        followed = f"SELECT bucket, {names} FROM held JOIN links USING (person) WHERE links.fresh"
        placed = f"{linked} UNION ALL {followed}" if followers else linked
    bench.execute(f"CREATE OR REPLACE TABLE placed AS {placed}")


def buckets_with_versions(bench: duckdb.DuckDBPyConnection, *, number: int) -> frozenset[int]:
    """In which buckets any row of `placed` may be another version of a row: of contested keys, and those of before."""
    found = "SELECT DISTINCT bucket FROM placed WHERE delivery <> ? OR key IN (SELECT key FROM contested)"
    return frozenset(bucket for (bucket,) in bench.execute(found, [number]).fetchall())


def placed_rows(bench: duckdb.DuckDBPyConnection, registry: Registry, *, bucket: int) -> Table:
    """The rows of `placed` in a bucket, shaped and sorted as a part is."""
    return _part(bench, registry, rows=f"placed WHERE bucket = {bucket}")


def still_waiting(bench: duckdb.DuckDBPyConnection, registry: Registry, *, waiting: Table) -> Table:
    """Of the rows that waited, those of persons who still have no family."""
    bench.register("waiting", on_bench(registry, waiting))
    rows = _part(bench, registry, rows="waiting ANTI JOIN links USING (person)")
    bench.unregister("waiting")
    return rows


def _part(bench: duckdb.DuckDBPyConnection, registry: Registry, *, rows: str) -> Table:
    names, order = ", ".join(bench_names(registry)), ", ".join(sort_order(registry))
    return off_bench(registry, bench.sql(f"SELECT {names} FROM {rows} ORDER BY {order}").to_arrow_table())
