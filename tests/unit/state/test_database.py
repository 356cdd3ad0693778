"""Where state lives."""

from __future__ import annotations

import stat

import pytest
from sqlalchemy import text

from tayanch.errors import StateError
from tayanch.state.database import open_database


def test_sqlite_is_readable_by_its_owner_only(tmp_path) -> None:
    opened = open_database(tmp_path / "home")
    with opened.writing():
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "home").iterdir()}
    opened.close()
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


def test_a_database_is_opened_again_as_it_was(tmp_path) -> None:
    open_database(tmp_path).close()
    open_database(tmp_path).close()


def test_a_transaction_is_kept_whole_or_not_at_all(database) -> None:
    def half() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO families VALUES ('h', 'p', 'f')"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        half()
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM families")) == 0


def test_a_url_that_is_none(tmp_path) -> None:
    with pytest.raises(StateError, match="the state URL can't be read"):
        open_database(tmp_path, "no url")


def test_a_server_that_does_not_answer(tmp_path) -> None:
    with pytest.raises(StateError, match=r"the state database refused \(OperationalError\)"):
        open_database(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
