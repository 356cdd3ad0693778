"""Keys that sign what becomes of a release (Ed25519).

Practice keys are published: anyone can sign with them, so they are refused wherever a project is not for practice.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tayanch.errors import ReleaseError

PRACTICE_NAMES = ("practice_data_scientist", "practice_second_signer")
NAME = re.compile(r"[a-z][a-z0-9_]*")
PRIVATE, PUBLIC = ".key", ".pub"


@dataclass(frozen=True)
class Signature:
    """A key's name and its signature in base64."""

    key: str
    signature: str


@dataclass(frozen=True)
class SigningKey:
    """A private key with the name it signs under."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ReleaseError(f'"{self.name}" is no name for a key', do="use small letters, digits and _.")

    @property
    def public(self) -> bytes:
        """The 32 bytes of its public half."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, text: bytes) -> Signature:
        """The signature of a text."""
        return Signature(self.name, base64.b64encode(self.private.sign(text)).decode())

    def save(self, folder: Path) -> Path:
        """Writes name.key (for its owner only) and name.pub; a file that is there is never overwritten.

        Raises:
            ReleaseError: when a key of that name is there already.
        """
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.name}{PRIVATE}"
        secret = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(secret)
        except FileExistsError:
            raise ReleaseError(
                "there is a key of that name already", do="take another name.", where=str(file)
            ) from None
        (folder / f"{self.name}{PUBLIC}").write_text(base64.b64encode(self.public).decode() + "\n")
        return file


@dataclass(frozen=True)
class Keyring:
    """The public keys whose signatures count, by name."""

    public: Mapping[str, bytes]

    def check(self, signed: Signature, text: bytes) -> None:
        """Returns when the signature is of this text by a key of the ring.

        Raises:
            ReleaseError: when the key is not known, or the signature is not its own.
        """
        if signed.key not in self.public:
            raise ReleaseError(
                f'it is signed by "{signed.key}", a key that is not trusted here',
                do=f"have it signed by: {', '.join(sorted(self.public)) or f'a key whose {PUBLIC} file is trusted'}.",
            )
        try:
            signature = base64.b64decode(signed.signature, validate=True)
            if base64.b64encode(signature).decode() != signed.signature:
                raise InvalidSignature  # base64 has several texts for the same bytes; one of them is signed
            Ed25519PublicKey.from_public_bytes(self.public[signed.key]).verify(signature, text)
        except (InvalidSignature, ValueError):
            raise ReleaseError(
                f'the signature of "{signed.key}" is not of this release', do="restore the file, or sign again."
            ) from None


def practice_keys() -> tuple[SigningKey, ...]:
    """The two published keys that practice projects sign with; the same on every machine."""
    return tuple(_published(name) for name in PRACTICE_NAMES)


def new_key(name: str) -> SigningKey:
    """A new key from the system's randomness."""
    return SigningKey(name, Ed25519PrivateKey.generate())


def read_key(file: Path) -> SigningKey:
    """The private key that `save` wrote.

    Raises:
        ReleaseError: when the file is not there or no such key.
    """
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ReleaseError("no signing key can be read here", do="name a .key file.", where=str(file)) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ReleaseError("it is not an Ed25519 key", do="name a .key file.", where=str(file))
    return SigningKey(file.stem, private)


def trusted_keys(*, practice: bool, folder: Path | None = None) -> Keyring:
    """The public keys in a folder (*.pub), and in a practice project the practice keys.

    Raises:
        ReleaseError: when a file is no public key, or holds a practice key where that is refused.
    """
    files = sorted(folder.glob(f"*{PUBLIC}")) if folder else []
    found = {file.stem: _public(file) for file in files}
    if len(set(found.values())) < len(found):
        raise ReleaseError("two names stand for one key", do="keep one of the files.", where=str(folder))
    published = {key.name: key.public for key in practice_keys()}
    for name, public in found.items():
        if not practice and (name in published or public in published.values()):
            raise ReleaseError(
                f'"{name}" is a practice key, which anyone can sign with', do="remove it; make keys of your own."
            )
    return Keyring({**found, **published} if practice else found)


def _published(name: str) -> SigningKey:
    seed = hashlib.sha256(f"tayanch, published practice key: {name}".encode()).digest()
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(seed))


def _public(file: Path) -> bytes:
    try:
        public = base64.b64decode(file.read_text().strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(public)
    except (ValueError, UnicodeDecodeError):
        raise ReleaseError("it is no public key", do="restore the file.", where=str(file)) from None
    return public
