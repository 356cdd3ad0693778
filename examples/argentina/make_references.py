"""Writes features/reference/ from the full panel and its official tables: `TAYANCH_DATA=… python make_references.py`.

Poverty lines get the days on which they hold (a quarter), adult equivalents their words, poverty rates their half-year.
A quarter without a published basket has no row, so that a look-up there is missing.

What people of an education and age, an occupation or a branch usually earn is taken from the panel's first quarter
alone (2016T2), in baskets of one adult: known before the first as_of, so that no table knows what comes later.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

REFERENCE = Path(__file__).parent / "features" / "reference"
REGIONS = {1: "Gran Buenos Aires", 40: "Noroeste", 41: "Noreste", 42: "Cuyo", 43: "Pampeana", 44: "Patagonia"}
SEXES = {1: "man", 2: "woman"}
FIRST_YEAR = 2016
"""The panel begins in the second quarter of 2016; earlier baskets are left out."""


FIRST_QUARTER = """
CREATE TABLE people AS SELECT
    NIVEL_ED AS education, CH06 AS age, CH06 // 10 AS decade, ESTADO = 1 AS working,
    PP04D_COD AS occupation, PP04D_COD // 1000 * 10 + PP04D_COD % 10 AS trade,
    PP04B_COD AS industry, CASE WHEN PP04B_COD < 100 THEN PP04B_COD ELSE PP04B_COD // 100 END AS branch,
    CASE PP07H WHEN 1 THEN 'registered' WHEN 2 THEN 'unregistered' ELSE 'own' END AS contributions,
    CASE WHEN P47T >= 0 THEN least(P47T / total_basket, 20) END AS income,
    CASE WHEN P21 >= 0 THEN least(P21 / total_basket, 20) END AS pay, ANO4 = 2016 AND TRIMESTRE = 2 AS first
FROM read_parquet(?, union_by_name = true) JOIN lines USING (REGION, ANO4, TRIMESTRE)
"""
TABLES = {
    "usual_income": """
        WITH known AS (SELECT education, decade, avg(income) AS mean FROM people WHERE first AND age >= 18 GROUP BY ALL)
        SELECT education, age, round(mean, 4) FROM known JOIN (SELECT DISTINCT age, age // 10 AS decade
        FROM range(18, 121) AS ages(age)) USING (decade) WHERE mean IS NOT NULL ORDER BY ALL""",
    "usual_pay": """
        WITH known AS (SELECT trade, contributions, (sum(pay) + 30) / (count(pay) + 20) AS mean FROM people
        WHERE first AND working GROUP BY ALL)
        SELECT occupation, contributions, round(mean, 4) FROM known JOIN (SELECT DISTINCT occupation, trade FROM people
        WHERE working) USING (trade) WHERE mean IS NOT NULL ORDER BY ALL""",
    "usual_pay_in_industry": """
        WITH known AS (SELECT branch, contributions, (sum(pay) + 30) / (count(pay) + 20) AS mean FROM people
        WHERE first AND working GROUP BY ALL)
        SELECT industry, contributions, round(mean, 4) FROM known JOIN (SELECT DISTINCT industry, branch FROM people
        WHERE working) USING (branch) WHERE mean IS NOT NULL ORDER BY ALL""",
}
HEADERS = {
    "usual_income": "education,age,baskets",
    "usual_pay": "occupation,contributions,baskets",
    "usual_pay_in_industry": "industry,contributions,baskets",
}


def main() -> None:
    """Writes the six tables."""
    data = Path(os.environ["TAYANCH_DATA"])
    tables = data / "aux"
    bench = duckdb.connect()
    bench.execute(
        "CREATE TABLE lines AS SELECT codigo::INT AS REGION, ANO4, TRIMESTRE, CBT AS total_basket FROM read_csv(?)",
        [str(tables / "canastas.csv")],
    )
    bench.execute(FIRST_QUARTER, [str(data / "core" / "individual_*.parquet")])
    for name, query in TABLES.items():
        _write(name, HEADERS[name], bench.execute(query).fetchall())
    _write("poverty_lines", "region,valid_from,valid_to,food_basket,total_basket", _lines(tables / "canastas.csv"))
    _write("adult_equivalent", "sex,age,weight", _weights(tables / "adulto_equivalente.csv"))
    _write("official_poverty", "year,half,poor,indigent", _rates(tables / "pobreza_oficial.csv"))


def _lines(file: Path) -> Iterable[tuple[object, ...]]:
    for row in _read(file):
        year, quarter = int(row["ANO4"]), int(row["TRIMESTRE"])
        if year >= FIRST_YEAR:
            begins, ends = date(year, 3 * quarter - 2, 1), date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
            yield REGIONS[int(float(row["codigo"]))], begins, ends, row["CBA"], row["CBT"]


def _weights(file: Path) -> Iterable[tuple[object, ...]]:
    for row in _read(file):
        yield SEXES[int(float(row["CH04"]))], int(float(row["CH06"])), row["adequi"]


def _rates(file: Path) -> Iterable[tuple[object, ...]]:
    for row in _read(file):
        yield tuple(row[name] for name in ("ANO4", "SEMESTRE", "tasa_pobreza", "tasa_indigencia"))


def _read(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, skipinitialspace=True):
            if any(row.values()):
                yield row


def _write(name: str, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (REFERENCE / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
