"""Every error a user can meet.

    TayanchError
    ├── DeclarationError     something said in features/, experiments/ or project.yaml can't stand
    ├── ProjectError         no project here, or its folders are not as they must be
    ├── IntakeError          an extract can't be taken in (single bad rows are quarantined instead)
    ├── StoreError           a snapshot, a matrix or an index can't be read or built
    ├── LearnError           a run can't start or go on
    ├── ReleaseError         a release can't be made, verified or used
    ├── SimulationError      a country can't be simulated from the figures given, or where it is asked for
    ├── StateError           the service's database can't take or give something
    └── AccessError          someone may not do this

An error says where it was met, what was met and why it can't stand, and what to do:
``features/support.py:12 benefit_income_12m: last(months=0) is empty: give at least one month.``
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Self


class TayanchError(Exception):
    """Base of all errors here.

    `met` says what was met and why it can't stand, `do` what to do about it, `where` the file, key, row or
    function. No person's id or value from a personal column may stand in any of them.
    """

    def __init__(self, met: str, *, do: str = "", where: str = "") -> None:
        self.met, self.do, self.where = met, do, where
        super().__init__(met)

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        tail = f": {self.do}" if self.do else ""
        return f"{head}{self.met}{tail}"

    def at(self, where: str) -> Self:
        """The same error, told to have been met at `where` unless it already says where."""
        return type(self)(self.met, do=self.do, where=self.where or where)


class DeclarationError(TayanchError):
    """Something said in features/, experiments/ or project.yaml can't stand."""


class ProjectError(TayanchError):
    """No project here, or its folders are not as they must be."""


class IntakeError(TayanchError):
    """An extract can't be taken in; single bad rows are quarantined instead."""


class StoreError(TayanchError):
    """A snapshot, a matrix or an index can't be read or built."""


class LearnError(TayanchError):
    """A run can't start or go on."""


class ReleaseError(TayanchError):
    """A release can't be made, verified or used."""


class SimulationError(TayanchError):
    """A country can't be simulated from the figures given, or where it is asked for."""


class StateError(TayanchError):
    """The service's database can't take or give something."""


class AccessError(TayanchError):
    """Someone may not do this."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is not known: `did you mean "amount"?`, or the known ones when none is near."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(choices)}." if choices else "none is declared."
