"""A file's digest; on the way a CSV file is seen to be in its encoding, and copied as UTF-8 when that is another."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tayanch.errors import IntakeError

CHUNK = 1 << 20
UTF8 = "utf-8"
_Feed = Callable[[bytes, bool], None]


def digest_file(path: Path, name: str) -> str:
    """SHA-256 of a file that is no text.

    Raises:
        IntakeError: when it is empty or can't be read.
    """
    return _digest(path, name, feed=_ignore)


def digest_text(path: Path, name: str, *, encoding: str, copy: Path) -> str:
    """SHA-256 of a text file as it was delivered. Unless it is UTF-8, the same text in UTF-8 is written to `copy`.

    Raises:
        IntakeError: when it is empty, can't be read, or is not in the encoding; it tells the line.
    """
    if encoding == UTF8:
        return _digest(path, name, feed=_Decoder(name, encoding).feed)
    with ExitStack() as opened:
        out = opened.enter_context(copy.open("wb"))
        decoder = _Decoder(name, encoding, tell=lambda text: out.write(text.encode()))
        return _digest(path, name, feed=decoder.feed)


def _digest(path: Path, name: str, *, feed: _Feed) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
                feed(chunk, False)
            if not file.tell():
                raise IntakeError("the file is empty (0 bytes)", do="deliver it again, or leave it out.", where=name)
    except OSError as error:
        reason = f"the file can't be read: {error.strerror}"
        raise IntakeError(reason, do="see to its permissions.", where=name) from None
    feed(b"", True)
    return found.hexdigest()


def _ignore(chunk: bytes, final: bool) -> None:
    """Of a file that is no text, only the digest is wanted."""


class _Decoder:
    """Tells the text of bytes, or the line where they are not in the encoding."""

    def __init__(self, name: str, encoding: str, tell: Callable[[str], object] = len) -> None:
        self.name, self.encoding, self.tell = name, encoding, tell
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.line = 0

    def feed(self, chunk: bytes, final: bool) -> None:
        if not self.line:
            self._begin(chunk)
        try:
            text = self.decoder.decode(chunk, final)
        except UnicodeError as error:
            raise self._wrong(error) from None
        self.line += text.count("\n")
        self.tell(text)

    def _begin(self, chunk: bytes) -> None:
        self.line = 1
        if chunk.startswith(codecs.BOM_UTF8) and not self.encoding.startswith(UTF8):
            raise IntakeError(
                f"the file is UTF-8 (its first bytes say so), not {self.encoding}",
                do="take the setting encoding away, or have the file exported as the others.",
                where=self.name,
            )

    def _wrong(self, error: UnicodeError) -> IntakeError:
        line = self.line
        if isinstance(error, UnicodeDecodeError):
            line += error.object[: error.start].decode(self.encoding, "replace").count("\n")
        if self.encoding == UTF8:
            do = 'export the file again as UTF-8, or declare the one it has (encoding = "cp1251").'
            return IntakeError(f"line {line} is not UTF-8", do=do, where=self.name)
        do = "export the file again, or declare the encoding it has."
        return IntakeError(f"line {line} is not {self.encoding}", do=do, where=self.name)
