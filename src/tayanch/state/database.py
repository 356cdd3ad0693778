"""The database: SQLite in the work folder unless a URL says otherwise. Transactions are opened here, nowhere else."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from tayanch.errors import StateError
from tayanch.state.tables import metadata

FILE = "state.db"
_PATIENCE = 10_000  # ms that SQLite waits for another process that is writing
_CREATING = 7_240_001  # the advisory lock on PostgreSQL under which tables are made


@dataclass(frozen=True)
class Database:
    """Where state lives. `reading()` and `writing()` give the connection of one transaction."""

    engine: Engine
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def sqlite(self) -> bool:
        """Whether it is the embedded SQLite, which has one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A transaction that only reads.

        Raises:
            StateError: when the database refuses.
        """
        with _told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that writes: all of it is kept, or nothing.

        On SQLite writers of this process queue here: its own waiting sleeps and would let some starve.

        Raises:
            StateError: when the database refuses.
        """
        queue = self.turn if self.sqlite else nullcontext()
        with _told(), queue, self.engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def open_database(home: Path, url: str = "") -> Database:
    """The database at `url`, else SQLite at `<home>/state.db` (made with mode 0600); tables are made where absent.

    Raises:
        StateError: when it can't be reached.
    """
    place = _url(home, url)
    if place.get_backend_name() == "sqlite" and place.database:
        _make_file(Path(place.database))
    with _told():
        engine = create_engine(place, hide_parameters=True, **_options(place))
        _listen(engine)
        _create(engine)
    return Database(engine)


def _url(home: Path, url: str) -> URL:
    try:
        return make_url(url or f"sqlite:///{home / FILE}")
    except ArgumentError:
        raise StateError(
            "the state URL can't be read", do="write it as sqlite:////path/state.db or postgresql://user@host/name."
        ) from None


def _options(place: URL) -> dict[str, Any]:
    if place.get_backend_name() == "sqlite":
        return {"connect_args": {"check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 10}


def _make_file(file: Path) -> None:
    """The file with mode 0600 from its first moment; SQLite gives its -wal and -shm the same mode."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StateError(
            f"{file} can't be made: {error.strerror}", do="give a folder that may be written (TAYANCH_HOME)."
        ) from None


def _listen(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # pysqlite would begin transactions late; _begin_sqlite begins them
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={_PATIENCE}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _create(engine: Engine) -> None:
    with engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATING})
            metadata.create_all(connection)


@contextmanager
def _told() -> Generator[None]:
    """Database errors as ours. What was written stays out of the message: it may be about a person."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        if isinstance(cause, StateError):
            raise cause from None
        raise StateError(
            f"the state database refused ({type(cause).__name__})",
            do="see that it runs, that its disk has room and that TAYANCH_STATE_URL is right.",
        ) from error
