"""Cursors: where a page of one list ended. Opaque to callers, and of no use with another list."""

from __future__ import annotations

import base64
import binascii

from tayanch_serving.problems import NotFound, Outdated


def cursor_behind(rank: int, *, of_list: int) -> str:
    """The cursor behind a rank of a list."""
    return base64.urlsafe_b64encode(f"{of_list}.{rank}".encode()).decode().rstrip("=")


def rank_of(cursor: str, *, of_list: int) -> int:
    """The rank a cursor stands behind.

    Raises:
        NotFound: when it is no cursor.
        Outdated: when it is one of an earlier list.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        number, _, rank = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(".")
        found = int(number), int(rank)
    except (binascii.Error, ValueError):
        raise NotFound("the cursor can't be read", do="send `next` as it was given.", where="after") from None
    if found[0] != of_list:
        raise Outdated("a newer list has been published", do="start again without `after`.", where="after")
    return min(max(found[1], 0), 2**31 - 1)
