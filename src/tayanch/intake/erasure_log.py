"""The log of erasures: which snapshot became which, when, why, by whom; each entry signed and chained to the last.

It does not tell who was erased. What it can't show: that entries were cut off its end; only a copy of the last line,
kept elsewhere, shows that.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tayanch.declare.forms import canonical
from tayanch.errors import StoreError
from tayanch.intake.disk import SnapshotFiles, write_whole
from tayanch.intake.keys import Key


@dataclass(frozen=True)
class ErasureEntry:
    """One erasure.

    id: a random name. what: "family" or "person". rows: how many were taken out of parts. digests: of each snapshot
    that had some, the digest it had and the one it has now. previous: SHA-256 of the line before; "" of the first.
    """

    number: int
    id: str
    what: str
    on: date
    by: str
    reason: str
    rows: int
    digests: Mapping[str, str]
    previous: str

    @property
    def told(self) -> dict[str, Any]:
        """The entry as plain values."""
        return {
            "number": self.number,
            "id": self.id,
            "what": self.what,
            "on": self.on.isoformat(),
            "by": self.by,
            "reason": self.reason,
            "rows": self.rows,
            "digests": dict(sorted(self.digests.items())),
            "previous": self.previous,
        }


def public_half(key: Key) -> str:
    """The public half of the key that signs, in base64: who has it can check the log."""
    return base64.b64encode(_private(key).public_key().public_bytes_raw()).decode()


def last_line(log: Path) -> tuple[int, str, str]:
    """How many entries there are, the id of the last, and the SHA-256 of its line; 0 and "" when there is none."""
    lines = _lines(log)
    if not lines:
        return 0, "", ""
    return len(lines), str(json.loads(lines[-1])["id"]), hashlib.sha256(lines[-1]).hexdigest()


def append(log: Path, entry: ErasureEntry, key: Key) -> None:
    """Signs an entry and puts it at the end."""
    signature = base64.b64encode(_private(key).sign(canonical(entry.told).encode())).decode()
    line = canonical({**entry.told, "signature": signature}).encode()
    write_whole(log, b"".join(one + b"\n" for one in [*_lines(log), line]))


def verify(log: Path, key: Key, files: SnapshotFiles) -> tuple[ErasureEntry, ...]:
    """All entries, proven: signed by the key, each following the last, and their snapshots there as they say.

    Raises:
        StoreError: naming the first entry that can't be.
    """
    found: list[ErasureEntry] = []
    previous = ""
    for number, line in enumerate(_lines(log), start=1):
        entry = _proven(line, key, where=f"{log}:{number}")
        if (entry.number, entry.previous) != (number, previous):
            raise _wrong("it does not follow the entry before", f"{log}:{number}")
        found.append(entry)
        previous = hashlib.sha256(line).hexdigest()
    replaced = {old for entry in found for old in entry.digests}
    for entry in found:
        where = f"{log}:{entry.number}"
        for old, new in entry.digests.items():
            if files.manifest_path(old).exists():
                raise _wrong(f"the snapshot {old[:12]} is still there", where)
            if new not in replaced and not files.manifest_path(new).exists():
                raise _wrong(f"the snapshot {new[:12]} is not there", where)
    return tuple(found)


def _proven(line: bytes, key: Key, *, where: str) -> ErasureEntry:
    try:
        told = json.loads(line)
        signature = base64.b64decode(told.pop("signature"), validate=True)
        _private(key).public_key().verify(signature, canonical(told).encode())
        content: dict[str, Any] = {**told, "on": date.fromisoformat(told["on"])}
        entry = ErasureEntry(**content)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        raise _wrong("its signature is not of this entry by this key", where) from None
    if canonical({**entry.told, "signature": base64.b64encode(signature).decode()}).encode() != line:
        raise _wrong("its text is not as it was written", where)
    return entry


def _lines(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines() if log.is_file() else []


def _private(key: Key) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key.secret)


def _wrong(what: str, where: str) -> StoreError:
    return StoreError(what, do="bring the log and the snapshots back from a copy.", where=where)
