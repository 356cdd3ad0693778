"""Who people are: which columns of a register tell it, and how names are compared. No feature can read any of it."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tayanch.errors import DeclarationError, nearest

NAMES = ("surname", "given_name", "patronymic")
FIELDS = (*NAMES, "address")
"""What a registry may tell of who somebody is, beside the numbers it links by."""
APOSTROPHES = re.compile("['`´ʹʻʼʽˈ‘’‛′]")


def identity_told(told: Any, read: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The setting `identity` of a registry as pairs (field, source column); `read` are the columns of its declaration.

    Raises:
        DeclarationError: when a field is not known, or a column of it is read as data too.
    """
    if not isinstance(told, Mapping):
        raise DeclarationError("identity is no dict", do='write identity = {"surname": "the column"}.')
    pairs = tuple((str(name), str(source)) for name, source in cast("Mapping[Any, Any]", told).items())
    for name, source in pairs:
        if name not in FIELDS:
            raise DeclarationError(f'identity tells "{name}"', do=nearest(name, FIELDS))
        if not source:
            raise DeclarationError(f"identity names no column for {name}", do="name the column of the source.")
        if source in set(read):
            raise DeclarationError(
                f'"{source}" is identity and is read as data too', do="leave one of them out: identity is kept apart."
            )
    return pairs


@dataclass(frozen=True)
class Spelling:
    """How names are compared: two that have a part in common are found by each other.

    parts: the comparable parts of a name. version: another one has the look-up index written anew.
    """

    name: str
    version: str
    parts: Callable[[str], Iterable[str]]
    place: str = ""

    @property
    def id(self) -> str:
        """Tells one way of spelling from another."""
        return f"{self.name} {self.version}"


def plain_parts(name: str) -> list[str]:
    """The words of a name without marks and apostrophes, in small letters: "Gʻanı-Ém" is "ganı" and "em"."""
    split = unicodedata.normalize("NFKD", APOSTROPHES.sub("", name))
    bare = "".join(letter for letter in split if not unicodedata.combining(letter))
    return re.findall(r"\w+", bare.casefold())


PLAIN = Spelling("plain", "1", plain_parts)
"""How names are compared in a project that declares no spelling of its own."""


def spelling(*, version: str) -> Callable[[Callable[[str], Iterable[str]]], Spelling]:
    """Declares the function below as the way a project compares names: it gives the comparable parts of a name.

    Args:
        version: to be changed with the function; the look-up index is then written anew at the next delivery.

    Raises:
        DeclarationError: when the version is empty.
    """
    caller = inspect.stack(context=0)[1]
    place = f"{caller.filename}:{caller.lineno}"
    if not version:
        raise DeclarationError("spelling() has no version", do='write @spelling(version="1").', where=place)

    def declare(parts: Callable[[str], Iterable[str]]) -> Spelling:
        return Spelling(getattr(parts, "__name__", "spelling"), version, parts, place)

    return declare
