"""What a registry's setting `files` says: a pattern of files, a table of SQLite files, or a table at a database's URL.

payments*.csv                 files in the folder of extracts: CSV, Parquet or Excel
tax/wages-{area}.parquet      as tax/wages-*.parquet; what stands at {area} is the area of the file's rows
credit/credit.sqlite#loans    the table `loans` of a SQLite file in the folder
sql:CREDIT_URL#loans          the table `loans` of the database whose URL stands in the environment as CREDIT_URL
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tayanch.declare.contracts import AREA
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
    return Source(pattern=place.replace(AREA, "*"), table=table)


def area_in(registry: Registry, name: str) -> str | None:
    """The area that the name of a file tells; None when the registry's `files` says of none."""
    if AREA not in registry.files:
        return None
    found = _named(registry.files.partition("#")[0]).fullmatch(name.partition("#")[0])
    return found["area"] if found else None


@cache
def _named(files: str) -> re.Pattern[str]:
    """What names the pattern finds, with the area as a group."""
    words = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]", AREA: "(?P<area>[^/]*?)"}
    parts = re.split(r"(\*\*/|\*|\?|\{area\})", files)
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))
