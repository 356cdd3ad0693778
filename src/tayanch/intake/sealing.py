"""Sealed files: AES-256-GCM, bound to the place they are meant for.

A sealed text is one line (what it is, and the id of the key), 12 bytes of nonce, and the ciphertext. The line and the
place (project, kind, name, version) are authenticated: a file that was changed, or laid in another one's place, can't
be opened. The nonce is an HMAC of place and content under a key of its own, so that the same content at the same place
gives the same bytes, as everywhere here: work that is done twice changes nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tayanch.declare.forms import canonical
from tayanch.errors import StoreError
from tayanch.intake.keys import ID_DIGITS, Key, KeyRing

HEAD = b"tayanch sealed 1 "
NONCE = 12
HEAD_LENGTH = len(HEAD) + ID_DIGITS + 1


@dataclass(frozen=True)
class Seal:
    """The place a sealed text is meant for. version: which one of those that stand there in turn."""

    project: str
    kind: str
    name: str
    version: str = ""

    @property
    def bytes(self) -> bytes:
        """The place as it is authenticated."""
        return canonical([self.project, self.kind, self.name, self.version]).encode()


def seal(content: bytes, ring: KeyRing, *, place: Seal) -> bytes:
    """The content, sealed with the newest key for a place."""
    key = ring.newest
    head = HEAD + key.id.encode() + b"\n"
    bound = head + place.bytes
    nonce = hmac.digest(_derived(key, b"nonce"), len(bound).to_bytes(8, "big") + bound + content, "sha256")[:NONCE]
    return head + nonce + AESGCM(_derived(key, b"seal")).encrypt(nonce, content, bound)


def unseal(sealed: bytes, ring: KeyRing, *, place: Seal, where: Path) -> bytes:
    """The content of what was sealed for a place. `where` it lies, for the error.

    Raises:
        StoreError: when its key is not at hand, or it was changed, or sealed for another place.
    """
    head = sealed[:HEAD_LENGTH]
    key = ring.find(sealed_with(sealed, where=where))
    if key is None:
        raise StoreError(
            f"it is sealed with the key {sealed_with(sealed, where=where)}, which is not at hand",
            do="bring the sealing key back: <home>/keys, or TAYANCH_SEALING_KEY.",
            where=str(where),
        )
    nonce, text = sealed[HEAD_LENGTH : HEAD_LENGTH + NONCE], sealed[HEAD_LENGTH + NONCE :]
    try:
        return AESGCM(_derived(key, b"seal")).decrypt(nonce, text, head + place.bytes)
    except (InvalidTag, ValueError):
        raise _broken(where) from None


def sealed_with(sealed: bytes, *, where: Path) -> str:
    """The id of the key that something was sealed with.

    Raises:
        StoreError: when it is not a sealed text.
    """
    if not sealed.startswith(HEAD) or len(sealed) <= HEAD_LENGTH + NONCE:
        raise _broken(where)
    return sealed[len(HEAD) : HEAD_LENGTH - 1].decode(errors="replace")


def _derived(key: Key, use: bytes) -> bytes:
    """A key of its own for each use of a secret."""
    return hmac.digest(key.secret, b"tayanch " + use, "sha256")


def _broken(where: Path) -> StoreError:
    return StoreError(
        "the sealed file was changed, or lies in another one's place",
        do="bring it back from a copy, or take the extracts in afresh.",
        where=str(where),
    )
