"""A bucket: all rows of some families, as a snapshot hands them to the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa


@dataclass(frozen=True)
class Bucket:
    """All rows of the families whose id falls into this bucket, and of every person who ever belonged to them.

    tables: per registry, all versions of all rows, sorted by (family or person, happened_on, key, known_at, delivery),
        with the columns family and/or person (string), key (string), happened_on (date32), known_at and
        claimed_known_at (timestamp[us, UTC]), delivery (int32), retracted (bool), left (date32, of memberships and of
        registries that declare `ended`), then the declared columns: number float64, whole int64, code string, date
        date32; null where missing.
        A retraction without claimed_known_at was made by intake: its row has passed to another family or person.
        Of a bucket that was read with `only`, a table has the columns asked for and no claimed_known_at, its texts may
        be categories, and it stands as its parts do, one after the other; where it lacks `key` it is in order and no
        row has another version.
    families: every family with a row or a membership here, sorted.
    zone: the project's time zone, in which an as_of day begins.
    """

    number: int
    tables: Mapping[str, pa.Table]
    families: tuple[str, ...]
    zone: ZoneInfo
