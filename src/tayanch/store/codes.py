"""Codes in programs: which words the codes of a step stand for, and the tables that make other words of them.

A code is a place in the words of its step. They are known beforehand, but for text columns that declare none: these
have the words that are met in the rows. A table is a line of words for the machine, one for each code, the last for a
missing one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tayanch.declare.expressions import Choice, ColumnValue, Constant, Fill
from tayanch.store.arrow import NO_CODE
from tayanch.store.steps import Step
from tayanch.store.vectors import FALSE, TRUE, UNKNOWN

Texts = tuple[str, ...]
MANY = 256
"""Declared codes are fewer than this, and are met again and again."""


@dataclass(frozen=True)
class Wording:
    """The words of steps. met: those of columns that declare none, by step."""

    steps: Sequence[Step]
    met: Mapping[int, Texts]

    def of(self, number: int) -> Texts:
        """The words for which a step's codes stand, in their order; none where it has no codes."""
        step = self.steps[number]
        if isinstance(step.node, ColumnValue):
            return self.met.get(number, step.node.values)
        if isinstance(step.node, Constant):
            return (str(step.node.value),)
        if isinstance(step.node, (Fill, Choice)):
            return joined(self.of(step.parts[-2]), self.of(step.parts[-1]))[0]
        return () if step.of is None else self.of(step.of)

    def changes(self, number: int) -> bool:
        """Whether the words of a step are told by the rows."""
        step = self.steps[number]
        if isinstance(step.node, ColumnValue):
            return not step.node.values
        below = step.parts[-2:] if isinstance(step.node, (Fill, Choice)) else () if step.of is None else (step.of,)
        return any(self.changes(part) for part in below)


class Table(Protocol):
    """A table to look codes up in. steps: those whose words it depends on."""

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps whose words it depends on."""
        ...

    def line(self, wording: Wording) -> Sequence[int]:
        """What becomes of each code, and at last of a missing one."""
        ...


@dataclass(frozen=True)
class Fixed:
    """A table that is always the same."""

    words: tuple[int, ...]
    steps: tuple[int, ...] = ()

    def line(self, wording: Wording) -> Sequence[int]:
        """Itself."""
        return self.words


@dataclass(frozen=True)
class Moved:
    """Of each code of the second step its place in the words of both."""

    steps: tuple[int, int]

    def line(self, wording: Wording) -> Sequence[int]:
        """Places; the words of the first step keep theirs."""
        return joined(wording.of(self.steps[0]), wording.of(self.steps[1]))[1]


@dataclass(frozen=True)
class OneOf:
    """Whether a step's code is one of some texts; or, `contrary`, whether it is none."""

    steps: tuple[int]
    options: Texts
    contrary: bool = False

    def line(self, wording: Wording) -> Sequence[int]:
        """Truths, unknown of a missing code."""
        truths = ((word in self.options) is not self.contrary for word in wording.of(self.steps[0]))
        return [*(TRUE if truth else FALSE for truth in truths), UNKNOWN]


@dataclass(frozen=True)
class Declared:
    """Of each code of a step its place in these words, among which all its own are."""

    steps: tuple[int]
    words: Texts

    def line(self, wording: Wording) -> Sequence[int]:
        """Places."""
        where = {word: place for place, word in enumerate(self.words)}
        return [*(where[word] for word in wording.of(self.steps[0])), NO_CODE]


def joined(first: Texts, more: Texts) -> tuple[Texts, tuple[int, ...]]:
    """The words of both, the first in their places; and where each of `more` stands among them (last: the missing)."""
    return (_few_joined if len(first) + len(more) < MANY else _joined)(first, more)


def _joined(first: Texts, more: Texts) -> tuple[Texts, tuple[int, ...]]:
    words = tuple(dict.fromkeys((*first, *more)))
    where = {word: place for place, word in enumerate(words)}
    return words, (*(where[word] for word in more), NO_CODE)


_few_joined = lru_cache(maxsize=4096)(_joined)
