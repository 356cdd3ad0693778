"""An empty schema on a real PostgreSQL, or a skip that says why there is none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

URL = os.environ.get("TAYANCH_TEST_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/test")


@contextmanager
def empty_schema() -> Iterator[str]:
    """The URL of a new schema, which is dropped afterwards."""
    schema = f"test_{secrets.token_hex(6)}"
    engine = create_engine(URL, connect_args={"connect_timeout": 2})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL answers at TAYANCH_TEST_POSTGRESQL (default 127.0.0.1:5432)")
    own = make_url(URL).update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
