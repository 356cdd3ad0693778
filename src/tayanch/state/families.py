"""Handles: what a family is called outside the engine. Random, so that nothing can be learnt from one, and lasting."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from tayanch.state.tables import families

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: none is mistaken for another when read aloud
LENGTH = 26  # letters of 5 bits that hold 128


def new_handle() -> str:
    """128 random bits as 26 letters and digits; fit for a URL and for reading aloud."""
    bits = secrets.randbits(128)
    return "".join(LETTERS[(bits >> (5 * place)) & 31] for place in reversed(range(LENGTH)))


def handles_of(connection: Connection, project: str, *, pseudonyms: Sequence[str]) -> dict[str, str]:
    """The handle of each pseudonym, new ones made for families met the first time."""
    known = _known(connection, project, pseudonyms=pseudonyms)
    fresh = {family: new_handle() for family in dict.fromkeys(pseudonyms) if family not in known}
    if fresh:
        rows = [{"handle": handle, "project": project, "family": family} for family, handle in fresh.items()]
        connection.execute(insert(families), rows)
    return known | fresh


def _known(connection: Connection, project: str, *, pseudonyms: Sequence[str]) -> dict[str, str]:
    asked = (families.c.project == project) & families.c.family.in_(pseudonyms)
    rows = connection.execute(select(families.c.family, families.c.handle).where(asked))
    return {row.family: row.handle for row in rows}
