"""The same tests on both databases."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tayanch.state.database import Database, open_database
from tayanch.state.lists import ListedFamily, ListHeading
from tayanch.vocabulary import Band

POSTGRESQL = os.environ.get("TAYANCH_TEST_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/test")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEADING = ListHeading("tutorial", date(2026, 11, 1), "hardship", "2026-11", "a" * 64, "b" * 64)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = open_database(tmp_path)
        yield opened
        opened.close()
    else:
        yield from _on_postgresql(tmp_path)


def _on_postgresql(tmp_path) -> Iterator[Database]:
    schema = f"test_{secrets.token_hex(6)}"
    engine = create_engine(POSTGRESQL, connect_args={"connect_timeout": 2})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL answers at TAYANCH_TEST_POSTGRESQL (default 127.0.0.1:5432)")
    url = make_url(POSTGRESQL).update_query_dict({"options": f"-csearch_path={schema}"})
    opened = open_database(tmp_path, url.render_as_string(hide_password=False))
    yield opened
    opened.close()
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def rows(count: int) -> list[ListedFamily]:
    bands = (Band.SOON, Band.IN_TURN, Band.AS_USUAL, Band.CHECK_DATA)
    return [
        ListedFamily(f"family-{n}", 1 - n / (count + 1), bands[(n - 1) * 4 // count], n, '{"en":[]}', "north")
        for n in range(1, count + 1)
    ]
