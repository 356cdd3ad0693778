"""What came when: how many rows of each month and area a delivery brought, and how new they are.

A small table of each delivery, kept beside the snapshot's parts: registry, area ("" where rows have none), month (its
first day), rows, newest_happened_on, newest_known_at. A row counts in the month it happened in (of an announced
registry: became known in); copies, retractions and what was known already do not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.intake.cells import quoted
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.findings import Missing
from tayanch.intake.manifest import ARRIVALS, Delivery
from tayanch.intake.shape import INSTANT, Table

SCHEMA = pa.schema(
    [
        ("registry", pa.string()),
        ("area", pa.string()),
        ("month", pa.date32()),
        ("rows", pa.int64()),
        ("newest_happened_on", pa.date32()),
        ("newest_known_at", INSTANT),
    ]
)


def start_arrivals(bench: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `arrivals`, still empty."""
    bench.execute(
        "CREATE TEMP TABLE arrivals (registry VARCHAR, area VARCHAR, month DATE, rows BIGINT, "
        "newest_happened_on DATE, newest_known_at TIMESTAMPTZ)"
    )


def add_arrivals(bench: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """Adds the rows of the slice at work that say something new: those of `told` without a verdict."""
    day = "known_at::DATE" if registry.announced else "happened_on"
    bench.execute(
        f"""
        INSERT INTO arrivals
        SELECT
            {quoted(registry.name)}, coalesce(area, ''), date_trunc('month', {day})::DATE AS month, count(*),
            max(happened_on), max(known_at)
        FROM told ANTI JOIN verdicts USING (file, row)
        WHERE NOT retracted
        GROUP BY ALL
        """
    )


def arrived(bench: duckdb.DuckDBPyConnection) -> Table:
    """The delivery's table."""
    told = bench.sql(
        """
        SELECT
            registry, area, month, sum(rows)::BIGINT AS rows,
            max(newest_happened_on) AS newest_happened_on, max(newest_known_at) AS newest_known_at
        FROM arrivals GROUP BY registry, area, month ORDER BY registry, area, month
        """
    ).to_arrow_table()
    return pa.table([told.column(field.name).cast(field.type) for field in SCHEMA], schema=SCHEMA)


def missing_values(bench: duckdb.DuckDBPyConnection, registry: Registry) -> Missing:
    """Of the good rows of `claims`: column, area, rows, rows without a value, for each column that may lack few."""
    places = [place for place, column in enumerate(registry.columns) if column.most_missing is not None]
    if not places:
        return []
    counts = ", ".join(f"count(*) - count(v{place})" for place in places)
    told = bench.execute(
        f"""
        SELECT coalesce(area, ''), count(*), {counts} FROM claims
        WHERE reason IS NULL AND NOT retracted GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    return [
        (registry.columns[place].name, area, rows, absent[n])
        for n, place in enumerate(places)
        for area, rows, *absent in told
    ]


def read_arrivals(files: SnapshotFiles, deliveries: Sequence[Delivery]) -> Table:
    """The tables of some deliveries together, each row with the number and day of its delivery.

    Raises:
        StoreError: when one is missing or damaged.
    """
    schema = pa.schema([*SCHEMA, ("delivery", pa.int32()), ("delivered", pa.date32())])
    tables = [schema.empty_table()]
    for told in deliveries:
        if told.arrivals:
            table = files.read_part(ARRIVALS, told.arrivals)
            own = {"delivery": told.number, "delivered": told.delivered}
            for name, value in own.items():
                table = table.append_column(name, pa.array([value] * table.num_rows, schema.field(name).type))
            tables.append(table)
    return pa.concat_tables(tables)
