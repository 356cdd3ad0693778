"""What every declared thing is: a frozen form with a digest of its meaning, written to and read from plain JSON values.

A form's digest covers all its fields but those marked `wording()`: texts people read and the place in the source file
may change without a model having to be trained again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, cast

from tayanch.errors import DeclarationError
from tayanch.vocabulary import Kind, Length, Links, Theme

Plain = Any
"""JSON values: None, bool, int, float, str, lists and string-keyed dicts of them."""


def wording(default: Any = "") -> Any:
    """A dataclass field that is not part of the digest of meaning."""
    return field(default=default, metadata={"wording": True}, kw_only=True)


def canonical(value: Plain) -> str:
    """The one JSON text of a plain value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(value: Plain) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal characters."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Form:
    """Base of all declared forms. Two forms mean the same exactly when their digests are equal."""

    known: ClassVar[dict[str, type[Any]]] = {word.__name__: word for word in (Kind, Length, Links, Theme)}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Form.known[cls.__name__] = cls

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the form's meaning (64 hexadecimal characters)."""
        return digest_of(to_plain(self, meaning_only=True))


def to_plain(value: Any, *, meaning_only: bool = False) -> Plain:
    """`value` (a form, date, enum, tuple or JSON scalar) as plain JSON values that `from_plain` reads back."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = [f for f in fields(value) if not (meaning_only and f.metadata.get("wording"))]
        content = {f.name: to_plain(getattr(value, f.name), meaning_only=meaning_only) for f in kept}
        return {"form": type(value).__name__, **content}
    if isinstance(value, StrEnum):
        return {"form": type(value).__name__, "word": value.value}
    if isinstance(value, date):
        return {"form": "date", "day": value.isoformat()}
    if isinstance(value, tuple):
        return [to_plain(item, meaning_only=meaning_only) for item in cast("tuple[Any, ...]", value)]
    return value


def from_plain(value: Plain) -> Any:
    """The form that `to_plain` wrote.

    Raises:
        DeclarationError: when a form is not known here or its fields don't fit.
    """
    if isinstance(value, list):
        return tuple(from_plain(item) for item in cast("list[Plain]", value))
    if not isinstance(value, dict):
        return value
    content = {str(k): v for k, v in cast("dict[str, Plain]", value).items()}
    name = str(content.pop("form", ""))
    if name == "date":
        return date.fromisoformat(content["day"])
    if name not in Form.known:
        raise DeclarationError(f'the form "{name}" is not known here', do="use the version of Tayanch that wrote it.")
    if "word" in content and issubclass(Form.known[name], StrEnum):
        return Form.known[name](content["word"])
    try:
        return Form.known[name](**{k: from_plain(v) for k, v in content.items()})
    except TypeError as error:
        raise DeclarationError(f'the stored form "{name}" does not fit: {error}', do="make it again.") from None
