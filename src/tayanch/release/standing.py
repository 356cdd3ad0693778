"""Standing: what became of a release after it was frozen.

Kept beside it in standing.yaml, each change signed; the frozen files never change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from tayanch.declare.forms import canonical
from tayanch.errors import ReleaseError
from tayanch.release.keys import PRACTICE_NAMES, Keyring, Signature, SigningKey
from tayanch.vocabulary import ReleaseState

FILE = "standing.yaml"
AFTER = {
    ReleaseState.DRAFT: (ReleaseState.TRIAL, ReleaseState.RETIRED),
    ReleaseState.TRIAL: (ReleaseState.CHAMPION, ReleaseState.RETIRED),
    ReleaseState.CHAMPION: (ReleaseState.RETIRED,),
    ReleaseState.RETIRED: (ReleaseState.CHAMPION,),
}
"""Which states may follow which; a retired release may come back as champion (a rollback)."""
SIGNERS = {ReleaseState.TRIAL: 1, ReleaseState.CHAMPION: 2, ReleaseState.RETIRED: 1}


@dataclass(frozen=True)
class Change:
    """A release was given a state on a day, for a reason, by those who signed."""

    state: ReleaseState
    on: date
    why: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Standing:
    """All changes of one release, named by its digest, in order. Without any it is a draft."""

    release: str
    changes: tuple[Change, ...] = ()

    @property
    def state(self) -> ReleaseState:
        """The state today."""
        return self.changes[-1].state if self.changes else ReleaseState.DRAFT

    def signed(self, state: ReleaseState, *, on: date, why: str, keys: Sequence[SigningKey]) -> Standing:
        """This standing with one more change, signed by these keys.

        Raises:
            ReleaseError: when the state can't follow, the day lies before the last change, or signers are too few.
        """
        text = self._text(state, on=on, why=why)
        added = Change(state, on, why, tuple(key.sign(text) for key in keys))
        _check(self, added)
        return Standing(self.release, (*self.changes, added))

    def check(self, keyring: Keyring) -> None:
        """Returns when every change may follow the one before and every signature holds.

        Raises:
            ReleaseError: telling which change can't stand.
        """
        for number, change in enumerate(self.changes):
            before = Standing(self.release, self.changes[:number])
            _check(before, change)
            for signed in change.signatures:
                keyring.check(signed, before._text(change.state, on=change.on, why=change.why))

    def to_bytes(self) -> bytes:
        """The one text of standing.yaml."""
        told = {"release": self.release, "changes": [_plain(change) for change in self.changes]}
        return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110).encode()

    def _text(self, state: ReleaseState, *, on: date, why: str) -> bytes:
        told = {"state": state.value, "day": on.isoformat(), "why": why}
        before = hashlib.sha256(self.to_bytes()).hexdigest()
        return canonical({"release": self.release, "before": before, **told}).encode()


def read_standing(written: bytes, release: str) -> Standing:
    """The standing in standing.yaml of the release with this digest; signatures are not checked yet.

    Raises:
        ReleaseError: when it is not written as `to_bytes` writes, or tells of another release.
    """
    try:
        plain = yaml.safe_load(written)
        standing = Standing(str(plain["release"]), tuple(_change(told) for told in plain["changes"]))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        raise ReleaseError("it can't be read", do="restore the file.", where=FILE) from None
    if standing.to_bytes() != written:
        raise ReleaseError("it was changed by hand", do="restore the file; states change by signing.", where=FILE)
    if standing.release != release:
        raise ReleaseError(
            f"it tells of the release {standing.release}, not of {release}", do="restore the file.", where=FILE
        )
    return standing


def refuse_practice(standing: Standing) -> None:
    """Refuses practice signatures, for a release that is not for practice.

    Raises:
        ReleaseError: naming the key.
    """
    for signed in (s for change in standing.changes for s in change.signatures):
        if signed.key in PRACTICE_NAMES:
            raise ReleaseError(
                f'it is signed by "{signed.key}", a practice key, and the project is not for practice',
                do="have it signed with keys of your own.",
                where=FILE,
            )


def _check(before: Standing, change: Change) -> None:
    if change.state not in AFTER[before.state]:
        raise ReleaseError(
            f"a {before.state.value} can't become a {change.state.value}",
            do=f"it may become: {', '.join(state.value for state in AFTER[before.state])}.",
        )
    if before.changes and change.on < before.changes[-1].on:
        raise ReleaseError(
            f"the change of {change.on} lies before the last one of {before.changes[-1].on}", do="give a later day."
        )
    if not change.why.strip():
        raise ReleaseError("a change without a reason can't stand", do="say why in one sentence.")
    signers = {signed.key for signed in change.signatures}
    if len(signers) < SIGNERS[change.state]:
        raise ReleaseError(
            f"to become a {change.state.value} it needs {SIGNERS[change.state]} signers and has {len(signers)}",
            do="have it signed by another person's key.",
        )


def _plain(change: Change) -> dict[str, Any]:
    signatures = [{"key": signed.key, "signature": signed.signature} for signed in change.signatures]
    return {"state": change.state.value, "day": change.on, "why": change.why, "signatures": signatures}


def _change(told: Any) -> Change:
    signatures = tuple(Signature(str(s["key"]), str(s["signature"])) for s in told["signatures"])
    day = told["day"]
    if not isinstance(day, date):
        raise ValueError("the day is no date")
    return Change(ReleaseState(told["state"]), day, str(told["why"]), signatures)
