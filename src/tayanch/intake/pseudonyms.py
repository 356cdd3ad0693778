r"""Pseudonyms: what stands in a snapshot instead of the id of a family, a person or a row.

A pseudonym is HMAC-SHA256 under the project's linkage key of the kind of id, a zero byte and the id; 32 hexadecimal
characters of it. An id of several columns is joined with | (a \ or | inside one is escaped with \).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal

from tayanch.errors import IntakeError

IdKind = Literal["family", "person", "key"]
CHARACTERS, BLOCK, SHORTEST_KEY = 32, 64, 16


def pseudonym(linkage_key: bytes, kind: IdKind, *, parts: Sequence[str]) -> str:
    """The pseudonym of an id, given its source columns as text."""
    message = f"{kind}\0{joined(parts)}".encode()
    return hmac.digest(linkage_key, message, "sha256").hex()[:CHARACTERS]


def joined(parts: Sequence[str]) -> str:
    """An id's columns as one text; different ids never give the same."""
    if len(parts) == 1:
        return parts[0]
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def bucket_of(family: str, buckets: int) -> int:
    """The bucket that a family's pseudonym falls into: buckets in order hold families in order."""
    return int(family[:8], 16) * buckets >> 32


def linkage_check(linkage_key: bytes) -> str:
    """What tells one linkage key from another and tells nothing else; a snapshot keeps it.

    Raises:
        IntakeError: when the key is too short to protect anything.
    """
    if len(linkage_key) < SHORTEST_KEY:
        raise IntakeError(
            f"the linkage key has {len(linkage_key)} bytes", do=f"make one of at least {SHORTEST_KEY} random bytes."
        )
    return hmac.digest(linkage_key, b"check\0", "sha256").hex()[:16]


def pads(linkage_key: bytes) -> dict[str, bytes]:
    """The parameters of `pseudonym_sql`: HMAC's inner and outer pad (RFC 2104)."""
    key = hashlib.sha256(linkage_key).digest() if len(linkage_key) > BLOCK else linkage_key
    key = key.ljust(BLOCK, b"\0")
    return {"inner": bytes(byte ^ 0x36 for byte in key), "outer": bytes(byte ^ 0x5C for byte in key)}


def pseudonym_sql(kind: IdKind, text: str) -> str:
    """SQL of the pseudonym of an id that the SQL `text` gives; NULL for NULL. Needs the parameters `pads`."""
    message = f"encode('{kind}' || chr(0) || {text})"
    return f"substr(sha256($outer || unhex(sha256($inner || {message}))), 1, {CHARACTERS})"


def bucket_sql(family: str, buckets: int) -> str:
    """SQL of `bucket_of`."""
    return f"(('0x' || substr({family}, 1, 8))::UBIGINT * {buckets} // 4294967296)::INTEGER"
