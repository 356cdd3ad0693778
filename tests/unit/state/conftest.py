"""The same tests on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from tayanch.state.database import Database, open_database
from tayanch.state.lists import ListedFamily, ListHeading
from tayanch.vocabulary import Band
from tests.unit.state.postgresql import empty_schema

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEADING = ListHeading("small", date(2026, 11, 1), "hardship", "2026-11", "a" * 64, "b" * 64)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = open_database(tmp_path)
        yield opened
        opened.close()
    else:
        with empty_schema() as url:
            opened = open_database(tmp_path, url)
            yield opened
            opened.close()


def rows(count: int) -> list[ListedFamily]:
    bands = (Band.SOON, Band.IN_TURN, Band.AS_USUAL, Band.CHECK_DATA)
    return [
        ListedFamily(f"family-{n}", 1 - n / (count + 1), bands[(n - 1) * 4 // count], n, '{"en":[]}', "north")
        for n in range(1, count + 1)
    ]
