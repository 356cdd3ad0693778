"""Where the columns of a file stand, as its header names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tayanch.errors import IntakeError, nearest


def places(columns: Sequence[str], header: Sequence[str]) -> list[int]:
    """Where each column asked for stands, from 0.

    Raises:
        IntakeError: when one is missing or stands twice.
    """
    counts = Counter(header)
    if not any(counts[name] for name in columns):
        # What stands there may be the first row, so that it must not be told.
        raise IntakeError(
            f"none of the columns {', '.join(columns)} is there", do="have them named in the first line of the file."
        )
    for name in columns:
        if not counts[name]:
            raise IntakeError(f'the column "{name}" is missing', do=nearest(name, set(header) - {""}))
        if counts[name] > 1:
            raise IntakeError(f'the column "{name}" stands twice', do="have it delivered once.")
    return [header.index(name) for name in columns]
