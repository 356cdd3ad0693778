"""`tayanch account`: a role that there is, and a fresh passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.state.database import open_database
from tayanch.vocabulary import Role
from tests.unit.cli.conftest import SMALL, Command


@pytest.mark.parametrize(("options", "role"), [((), Role.WORKER), *((("--role", role.value), role) for role in Role)])
def test_an_account_has_the_role_that_was_asked(
    command: Command, tmp_path: Path, options: tuple[str, ...], role: Role
) -> None:
    code, out, _ = command("--project", str(SMALL), "account", "olim", *options)
    assert code == 0
    assert out.startswith("olim · ")
    with open_database(tmp_path / "home").reading() as connection:
        assert connection.exec_driver_sql("SELECT name, role FROM accounts").all() == [("olim", role.value)]


def test_a_role_that_there_is_not_is_refused(command: Command) -> None:
    code, out, err = command("--project", str(SMALL), "account", "olim", "--role", "data-scientist")
    assert (code, out) == (2, "")
    assert "'worker', 'data_scientist', 'auditor'" in " ".join(err.replace("│", "").split())
