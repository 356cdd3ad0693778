"""What a delivery's rows add to what is known: copies, corrections, retractions, rows delivered late.

Works on two tables of the bench: `told`, the delivery's rows, and `held`, what the snapshot has. Makes `fresh`, the
rows to be added, and adds to `verdicts` what becomes of the others.
"""

from __future__ import annotations

import duckdb

from tayanch.declare.registries import Registry
from tayanch.intake.cells import quoted
from tayanch.intake.shape import bench_names, content_names, holder

UNCHANGED = "unchanged"
COPY = "copy of another row"
CONFLICT = "another row has the same key and known_at and says something else"
OVERTAKEN = "overtaken: a later version of the row is known already"


def judge(bench: duckdb.DuckDBPyConnection, registry: Registry, *, number: int) -> None:
    """Makes `fresh` of the delivery with that number."""
    bench.execute(f"CREATE OR REPLACE TEMP TABLE contested AS {CONTESTED}")
    departures = ""
    if bench.execute("SELECT count(*) FROM contested").fetchall() != [(0,)]:
        _compare(bench, ", ".join(content_names(registry)), number=number)
        departures = f"UNION ALL {_departures(registry, number)}"
    columns = ", ".join(f"{number} AS delivery" if name == "delivery" else name for name in bench_names(registry))
    fresh = f"SELECT {columns} FROM told ANTI JOIN verdicts USING (file, row)"
    bench.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {fresh} {departures}")


def _compare(bench: duckdb.DuckDBPyConnection, content: str, *, number: int) -> None:
    """Adds to `verdicts` what need not or can't be added; the versions that remain are in `history`."""
    bench.execute(f"INSERT INTO verdicts {TWINS.format(content=content)}")
    bench.execute(f"CREATE OR REPLACE TEMP TABLE history AS {HISTORY.format(content=content, number=number)}")
    for verdicts in (SEEN, REPEATED):
        bench.execute(f"INSERT INTO verdicts {verdicts}")
        bench.execute("DELETE FROM history WHERE fresh AND (file, row) IN (SELECT (file, row) FROM verdicts)")


def _departures(registry: Registry, number: int) -> str:
    told = {"retracted": "true", "known_at": "after.known_at", "claimed": "NULL", "delivery": str(number)}
    columns = ", ".join(told.get(name, f"history.{name}") for name in bench_names(registry))
    return DEPARTURES.format(columns=columns, holder=holder(registry))


CONTESTED = """
    SELECT key FROM told GROUP BY key HAVING count(*) > 1
    UNION
    SELECT key FROM told SEMI JOIN held USING (key)
"""
"""Keys of which more than one version is at hand. All else below looks at these only: they are few."""

TWINS = f"""
    SELECT file, row, CASE WHEN differ THEN {quoted(CONFLICT)} ELSE {quoted(COPY)} END
    FROM (
        SELECT
            file, row, row_number() OVER (pair ORDER BY file, row) AS place,
            min(content) OVER pair <> max(content) OVER pair AS differ
        FROM (SELECT file, row, key, claimed, hash({{content}}) AS content FROM told SEMI JOIN contested USING (key))
        WINDOW pair AS (PARTITION BY key, claimed)
    )
    WHERE differ OR place > 1
"""

HISTORY = """
    SELECT
        file, row, key, {content}, known_at, claimed, {number} AS delivery, backdated,
        true AS fresh, hash({content}) AS content
    FROM told SEMI JOIN contested USING (key) ANTI JOIN verdicts USING (file, row)
    UNION ALL
    SELECT
        NULL, NULL, key, {content}, known_at, claimed, delivery, false, false, hash({content})
    FROM held SEMI JOIN contested USING (key)
    WHERE claimed IS NOT NULL
"""
"""All versions of the contested keys. (A held row without a claim is a departure, see below; no source said it.)"""

SEEN = f"""
    SELECT file, row, CASE WHEN known THEN {quoted(UNCHANGED)} ELSE {quoted(OVERTAKEN)} END
    FROM (
        SELECT
            file, row, fresh, backdated AND claimed < max(claimed) OVER (PARTITION BY key) AS overtaken,
            bool_or(NOT fresh) OVER (PARTITION BY key, claimed, content) AS known
        FROM history
    )
    WHERE fresh AND (known OR overtaken)
"""
"""Rows that were delivered before, and rows that come too late to have ever been the latest version we could know."""

REPEATED = f"""
    SELECT file, row, {quoted(UNCHANGED)}
    FROM (SELECT file, row, fresh, content = lag(content) OVER (
        PARTITION BY key ORDER BY known_at, delivery, claimed
    ) AS same FROM history)
    WHERE fresh AND same
"""
"""Rows that say what the version before them said."""

DEPARTURES = """
    SELECT {columns}
    FROM history
    JOIN (
        SELECT rowid AS place, lead(rowid) OVER versions AS following
        FROM history WINDOW versions AS (PARTITION BY key ORDER BY known_at, delivery, claimed)
    ) AS steps ON steps.place = history.rowid
    JOIN history AS after ON after.rowid = steps.following
    WHERE history.{holder} <> after.{holder} AND NOT history.retracted AND (history.fresh OR after.fresh)
"""
"""A version that passes a row to another family or person retracts it where it was: nobody there sees the version."""
