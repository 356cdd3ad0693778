"""Accounts and sessions: who may come in, for how long, and what happens to those who guess."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from tayanch.errors import AccessError, StateError
from tayanch.state import accounts
from tayanch.state.accounts import Account, put_account
from tayanch.state.events import events_of
from tayanch.state.sessions import AT_ONCE, session_of, sign_in, sign_out

from .conftest import NOON

WORKER, WORDS = Account("dilnoza", "worker"), "to'rt so'zli parol"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters take 60 ms a hash; what is tested here does not depend on them."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    monkeypatch.setattr(accounts, "_nobody", cheap.hash("nobody"))


@pytest.fixture
def office(database):
    put_account(database, WORKER, passphrase=WORDS, by="cli", at=NOON)
    return database


def test_a_passphrase_is_stored_as_an_argon2id_hash(office) -> None:
    with office.reading() as connection:
        assert connection.scalar(text("SELECT passphrase FROM accounts")).startswith("$argon2id$")


@pytest.mark.parametrize("typed", ["dilnoza", " Dilnoza ", "DILNOZA"])
def test_signing_in(office, typed: str) -> None:
    session = sign_in(office, typed, passphrase=WORDS, address="1", at=NOON)
    assert session_of(office, session.id, at=NOON) == session
    assert session.account == WORKER
    assert [event.kind for event in events_of(office)] == ["account_made", "signed_in"]


def test_the_session_is_stored_hashed(office) -> None:
    session = sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    with office.reading() as connection:
        stored = connection.scalar(text("SELECT digest FROM sessions"))
    assert stored != session.id
    assert session_of(office, stored, at=NOON) is None


@pytest.mark.parametrize(("name", "words"), [("dilnoza", "wrong words here"), ("nobody", WORDS)])
def test_a_refusal_tells_not_which_was_wrong(office, name: str, words: str) -> None:
    with pytest.raises(AccessError, match="name and passphrase don't fit"):
        sign_in(office, name, passphrase=words, address="1", at=NOON)
    refused = list(events_of(office))[-1]
    assert (refused.kind, refused.actor) == ("sign_in_refused", "dilnoza" if name == "dilnoza" else "")


def test_the_eleventh_try_from_one_place_has_to_wait(office) -> None:
    _guess(office, 10)
    with pytest.raises(AccessError, match="too many tries to sign in"):
        sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    assert sign_in(office, "dilnoza", passphrase=WORDS, address="2", at=NOON)
    assert sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON + timedelta(minutes=15))


def test_a_name_is_guessed_at_from_many_places_in_vain(office) -> None:
    for address in range(5):
        _guess(office, 10, address=str(address))
    with pytest.raises(AccessError, match="too many tries to sign in"):
        sign_in(office, "dilnoza", passphrase=WORDS, address="another", at=NOON)


def test_an_office_behind_one_address_can_sign_in(office) -> None:
    for _ in range(60):
        assert sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)


def test_idle_sessions_end(office) -> None:
    session = sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    for minutes in (14, 28, 42):
        assert session_of(office, session.id, at=NOON + timedelta(minutes=minutes))
    assert session_of(office, session.id, at=NOON + timedelta(minutes=57)) is None


def test_no_session_lasts_longer_than_twelve_hours(office) -> None:
    session = sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    for minutes in range(10, 12 * 60, 10):
        assert session_of(office, session.id, at=NOON + timedelta(minutes=minutes))
    assert session_of(office, session.id, at=NOON + timedelta(hours=12)) is None


def test_beyond_three_at_once_the_oldest_ends(office) -> None:
    made = [
        sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON + timedelta(seconds=n))
        for n in range(AT_ONCE + 1)
    ]
    alive = [session_of(office, session.id, at=NOON + timedelta(seconds=9)) is not None for session in made]
    assert alive == [False, True, True, True]


def test_signing_out(office) -> None:
    session = sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    sign_out(office, session, at=NOON)
    assert session_of(office, session.id, at=NOON) is None
    assert list(events_of(office))[-1].kind == "signed_out"


def test_a_new_passphrase_ends_all_sessions(office) -> None:
    session = sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    put_account(office, WORKER, passphrase="quite another one", by="cli", at=NOON)
    assert session_of(office, session.id, at=NOON) is None
    with pytest.raises(AccessError):
        sign_in(office, "dilnoza", passphrase=WORDS, address="1", at=NOON)
    assert sign_in(office, "dilnoza", passphrase="quite another one", address="1", at=NOON)


@pytest.mark.parametrize("words", ["short", "x" * 1025])
def test_passphrases_have_a_length(database, words: str) -> None:
    with pytest.raises(StateError, match=f"the passphrase has {len(words)} characters: use 12 to 1024"):
        put_account(database, WORKER, passphrase=words, by="cli", at=NOON)


@pytest.mark.parametrize("name", ["", "x", "Dilnoza", "two words", "<script>", "x" * 65])
def test_names_are_plain(name: str) -> None:
    with pytest.raises(StateError, match="the account's name can't stand"):
        Account(name, "worker")


def _guess(database, times: int, *, address: str = "1") -> None:
    for _ in range(times):
        with pytest.raises(AccessError, match="don't fit"):
            sign_in(database, "dilnoza", passphrase="a wrong guess", address=address, at=NOON)
