"""A project's keys: files for their owner only in <home>/keys, or variables of the environment.

linkage   names everybody by a pseudonym; it never rotates: under another key nobody would be found again.
lookup    makes the tokens of the look-up index; it rotates.
sealing   seals the identity file and the quarantine; it rotates.
erasure   signs what erasures changed; it stays.

A key is 32 bytes, told as 64 hexadecimal digits. A key that rotates may stand with older ones, the newest first.
Practice projects use published keys, so that everybody gets the same digests; those are refused wherever a project is
real.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tayanch.errors import ProjectError
from tayanch.intake.disk import make_private, write_whole

KeyKind = Literal["linkage", "lookup", "sealing", "erasure"]
KINDS: tuple[KeyKind, ...] = ("linkage", "lookup", "sealing", "erasure")
ROTATING: tuple[KeyKind, ...] = ("lookup", "sealing")
KEY_BYTES, ID_DIGITS = 32, 16
LOST: dict[KeyKind, str] = {
    "linkage": "without it nobody is found again",
    "lookup": "without it nobody is found by name or number",
    "sealing": "without it names and quarantined rows can't be read",
    "erasure": "without it the entries of erasures can't be proven",
}


@dataclass(frozen=True)
class Key:
    """A secret; `id` tells it from others and tells nothing else."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """16 hexadecimal characters."""
        return hashlib.sha256(b"tayanch key id\0" + self.secret).hexdigest()[:ID_DIGITS]


@dataclass(frozen=True)
class KeyRing:
    """The keys of one kind, the newest first: it is used for all that is written; older ones still read."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        """The one that is used for all that is written."""
        return self.keys[0]

    def find(self, id: str) -> Key | None:
        """The key with that id; None when it is not at hand."""
        return next((key for key in self.keys if key.id == id), None)


@dataclass(frozen=True)
class DoorKeys:
    """What intake needs to keep names and bad rows: the keys it seals with, and those of the look-up index."""

    sealing: KeyRing
    lookup: KeyRing


def practice_key(kind: KeyKind) -> Key:
    """The published key of practice projects."""
    return Key(hashlib.sha256(f"tayanch: published practice {kind} key".encode()).digest())


@dataclass(frozen=True)
class KeyFolder:
    """Where a project's keys are kept: `<home>/keys/<kind>_<project>.key`, or TAYANCH_<KIND>_KEY.

    practice: whether the project is for practice, and so uses the published keys.
    """

    home: Path
    project: str
    practice: bool
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def key(self, kind: KeyKind, *, keep: bool = True) -> Key:
        """The newest key of a kind; as `ring`."""
        return self.ring(kind, keep=keep).newest

    def door(self, *, keep: bool = True) -> DoorKeys:
        """The keys that intake needs; as `ring`."""
        return DoorKeys(self.ring("sealing", keep=keep), self.ring("lookup", keep=keep))

    def ring(self, kind: KeyKind, *, keep: bool = True) -> KeyRing:
        """The keys of a kind; one is made on first use. One that is made and not to be kept serves once.

        Raises:
            ProjectError: when it can't be read, others can read it, or it is the published one in a real project.
        """
        if self.practice:
            return KeyRing((practice_key(kind),))
        told = self.environment.get(self.variable(kind), "")
        if told:
            return self._told(kind, told)
        if not self.file(kind).exists():
            if not keep:
                return KeyRing((_fresh(),))
            self._make(kind)
        return self._kept(kind)

    def where(self, kind: KeyKind) -> str:
        """Where the key comes from, in words."""
        if self.practice:
            return "published, for practice"
        return self.variable(kind) if self.environment.get(self.variable(kind)) else str(self.file(kind))

    def file(self, kind: KeyKind) -> Path:
        """Where the key lies when the environment does not tell it."""
        return self.home / "keys" / f"{kind}_{self.project}.key"

    @staticmethod
    def variable(kind: KeyKind) -> str:
        """The variable that may hold the key, or name a file with it."""
        return f"TAYANCH_{kind.upper()}_KEY"

    def add(self, kind: KeyKind) -> KeyRing:
        """Puts a fresh key before the others. What was written with those must be written again.

        Raises:
            ProjectError: when the project is for practice, or the keys don't lie in the work folder.
        """
        if self.practice:
            raise ProjectError(
                "this project's keys are the published practice keys, which don't rotate",
                do="rotate where `practice: true` is not said.",
            )
        if self.environment.get(self.variable(kind)):
            raise ProjectError(
                f"the {kind} key is told by {self.variable(kind)}, which can't be written from here",
                do="put a new key before it, with a comma between, and rotate again.",
            )
        ring = KeyRing((_fresh(), *self.ring(kind).keys))
        self._write(kind, ring)
        return ring

    def drop_old(self, kind: KeyKind) -> bool:
        """Removes all but the newest key; says whether the file was ours to write."""
        if self.practice or self.environment.get(self.variable(kind)):
            return False
        self._write(kind, KeyRing((self.ring(kind).newest,)))
        return True

    def _write(self, kind: KeyKind, ring: KeyRing) -> None:
        write_whole(self.file(kind), _text(ring))

    def _make(self, kind: KeyKind) -> None:
        """Keeps a fresh key; one that another process made in the meantime stays. A kill leaves no half of one."""
        file = self.file(kind)
        make_private(file.parent)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".made-") as made:
            made.write(_text(KeyRing((_fresh(),))))
            made.flush()
            os.fsync(made.fileno())
            if not file.exists():
                os.link(made.name, file)

    def _kept(self, kind: KeyKind) -> KeyRing:
        file = self.file(kind)
        if file.stat().st_mode & 0o077:
            raise ProjectError(
                f"others can read the {kind} key", do=f"take that from them: chmod 600 {file.name}.", where=str(file)
            )
        return self._read(kind, file, do=f"restore it: {LOST[kind]}.")

    def _told(self, kind: KeyKind, told: str) -> KeyRing:
        variable = self.variable(kind)
        if re.fullmatch(r"[0-9a-fA-F,\s]+", told):
            return self._parsed(kind, told, where=variable, do=f"give {2 * KEY_BYTES} hexadecimal digits.")
        return self._read(kind, Path(told), do=f"mend {variable}: it names this file.")

    def _read(self, kind: KeyKind, file: Path, *, do: str) -> KeyRing:
        try:
            text = file.read_text()
        except (OSError, ValueError):
            raise ProjectError(f"the {kind} key can't be read", do=do, where=str(file)) from None
        return self._parsed(kind, text, where=str(file), do=do)

    def _parsed(self, kind: KeyKind, text: str, *, where: str, do: str) -> KeyRing:
        words = re.split(r"[,\s]+", text.strip(", \n\t\r"))
        if not all(re.fullmatch(r"[0-9a-fA-F]{64}", word) for word in words):
            raise ProjectError(f"the {kind} key can't be read", do=do, where=where)
        ring = KeyRing(tuple(Key(bytes.fromhex(word)) for word in words))
        if len(ring.keys) > 1 and kind not in ROTATING:
            raise ProjectError(f"there are {len(ring.keys)} {kind} keys", do="keep the one in use.", where=where)
        if any(key == practice_key(other) for key in ring.keys for other in KINDS):
            raise ProjectError(
                f"the {kind} key is a published practice key", do="remove it; a new one is made.", where=where
            )
        return ring


def _fresh() -> Key:
    return Key(secrets.token_bytes(KEY_BYTES))


def _text(ring: KeyRing) -> bytes:
    return "".join(f"{key.secret.hex()}\n" for key in ring.keys).encode()
