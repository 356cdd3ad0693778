"""The look-up index: HMAC tokens of numbers and of the parts of names, and the families they lead to.

Who holds the look-up key finds a family by a number or a name without opening the identity file; who does not can
neither read a name from a token nor try names out. What a token still tells: that two families have a name in common.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from typing import Literal

import pyarrow as pa

from tayanch.declare.identity import NAMES, Spelling
from tayanch.errors import StoreError
from tayanch.intake.identity import NUMBER, Identity
from tayanch.intake.keys import Key
from tayanch.intake.shape import Table, compute

TokenKind = Literal["number", "name"]
CHARACTERS = 32
INDEX = pa.schema([("token", pa.string()), ("family", pa.string())])


def token(key: Key, kind: TokenKind, text: str) -> str:
    """The token of a normalised text: 32 hexadecimal characters."""
    return hmac.digest(key.secret, f"{kind}\0{text}".encode(), "sha256").hex()[:CHARACTERS]


def plain_number(number: str) -> str:
    """A number as it is looked up: without blanks and dashes, in small letters."""
    return re.sub(r"[\s\-‐‑–—]", "", number).casefold()


def tokens_of(told: Table, key: Key, spelling: Spelling) -> Table:
    """The tokens of a bucket's identity, each with the families it leads to, sorted."""
    families: list[Table] = [INDEX.empty_table()]
    for kind, fields, parts in _kinds(spelling):
        chosen = told.filter(
            compute.and_(compute.is_in(told["field"], pa.array(fields)), compute.is_valid(told["family"]))
        )
        # Each value is tokenised once: thousands have the same name.
        values = chosen.column("value").unique().to_pylist()
        pairs = [(value, token(key, kind, part)) for value in values for part in dict.fromkeys(parts(value))]
        known = pa.table([[v for v, _ in pairs], [t for _, t in pairs]], schema=pa.schema(_PAIR))
        families.append(chosen.select(["family", "value"]).join(known, "value", join_type="inner").select(INDEX.names))
    found = pa.concat_tables(families)
    return found.group_by(INDEX.names).aggregate([]).sort_by([(name, "ascending") for name in INDEX.names])


_PAIR = [("value", pa.string()), ("token", pa.string())]


def _kinds(spelling: Spelling) -> list[tuple[TokenKind, Sequence[str], Callable[[str], Sequence[str]]]]:
    return [
        ("number", [NUMBER], lambda number: [plain_number(number)]),
        ("name", list(NAMES), lambda name: list(spelling.parts(name))),
    ]


def find_number(identity: Identity, number: str) -> tuple[str, ...]:
    """Pseudonyms of the families that have this number, or a person with it; sorted. Nothing is opened."""
    return _found(identity, [("number", plain_number(number))])


def find_name(identity: Identity, name: str, spelling: Spelling) -> tuple[str, ...]:
    """Pseudonyms of the families in whose names every part of this one stands; sorted. Nothing is opened.

    The parts may be of several persons of the family: who opens its names sees.
    """
    return _found(identity, [("name", part) for part in dict.fromkeys(spelling.parts(name))])


def _found(identity: Identity, asked: Sequence[tuple[TokenKind, str]]) -> tuple[str, ...]:
    found: set[str] = set()
    for told in identity.manifest.held.values():
        # While the key is rotated some buckets' tokens are still the old key's.
        key = identity.keys.lookup.find(told.lookup)
        if key is None:
            raise StoreError(
                f"the look-up index is made with the key {told.lookup}, which is not at hand",
                do="bring the look-up key back: <home>/keys, or TAYANCH_LOOKUP_KEY.",
            )
        tokens = identity.files.read_tokens(told)
        hits = [
            set(tokens.filter(compute.equal(tokens["token"], token(key, kind, text))).column("family").to_pylist())
            for kind, text in asked
        ]
        found |= set.intersection(*hits) if hits else set()
    return tuple(sorted(found))
