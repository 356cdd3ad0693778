"""What a registry's setting `files` says: a pattern of files, a table of SQLite files, or a table at a database's URL.

payments*.csv                 files in the folder of extracts: CSV, Parquet or Excel
credit/credit.sqlite#loans    the table `loans` of a SQLite file in the folder
sql:CREDIT_URL#loans          the table `loans` of the database whose URL stands in the environment as CREDIT_URL
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError

_AT_URL = re.compile(r"sql:([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Source:
    """Where a registry's rows come from.

    pattern: of files in the folder; "" when the table is one of a database at a URL.
    variable: of the environment, which holds that URL.
    table: "" when the rows are those of the files themselves.
    """

    pattern: str = ""
    variable: str = ""
    table: str = ""


def source_of(registry: Registry) -> Source:
    """What the registry's `files` says.

    Raises:
        IntakeError: when it is neither a pattern nor a table.
    """
    place, mark, table = registry.files.partition("#")
    at_url = _AT_URL.fullmatch(place)
    if at_url and table:
        return Source(variable=at_url[1], table=table)
    if place.startswith("sql:") or bool(mark) != bool(table):
        raise IntakeError(
            f'files = "{registry.files}" names no table of a database',
            do='write "credit/credit.sqlite#loans", or "sql:CREDIT_URL#loans" with the URL in the environment.',
            where=registry.name,
        )
    if not place or Path(place).is_absolute():
        raise IntakeError(
            f'files = "{registry.files}" is no pattern of names in a folder',
            do='write one such as "payments*.csv", relative to the folder of extracts.',
            where=registry.name,
        )
    return Source(pattern=place, table=table)
