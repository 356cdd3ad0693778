"""What goes wrong with extracts: planted on purpose, each from its own stream of random numbers, each noted.

Impossible faults can be seen in the row itself, and intake must find them all; the others only look plausible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from tayanch.simulate.papers.draft import Draft
from tayanch.simulate.papers.numbers import mistyped, swapped
from tayanch.simulate.papers.registers import EVERYWHERE, Correction, Faults, Gap, Register
from tayanch.simulate.world import NOBODY, Array, Block

DAY = 86_400
IMPOSSIBLE = frozenset({"mistyped_number", "missing_number", "short_row", "future", "negative", "changed_code"})
PLAUSIBLE = frozenset({"swapped_number", "duplicate", "thousands", "correction", "gap"})
"""Nothing in the row tells: another person's number, the same row twice, other units, a value put right later."""


class Planter(Protocol):
    """Plants one kind of fault in rows; returns those in which it could be."""

    def __call__(self, draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
        """Changes the draft."""
        ...


def not_sent(draft: Draft, register: Register, block: Block) -> list[Gap]:
    """Takes the rows away that a region did not send; returns the gaps that this block's region has."""
    gaps = [gap for gap in register.faults.gaps if gap.region in (EVERYWHERE, block.region)]
    for gap in gaps:
        month = draft.columns["happened_on"].astype("datetime64[M]")
        draft.keep((month < np.datetime64(gap.from_, "M")) | (month > np.datetime64(gap.to, "M")))
    return gaps


def plant(draft: Draft, register: Register, block: Block, *, name: str) -> None:
    """Plants all other faults of a register in its rows; a row gets one at most.

    Args:
        draft: the rows; changed.
        register: what its faults are.
        block: whose streams are drawn from.
        name: of the register; each fault has a stream of its own.
    """
    faults = register.faults

    def stream(kind: str) -> np.random.Generator:
        return block.stream(f"faults:{name}:{kind}")

    if faults.correction:
        _correct(draft, faults.correction, stream("correction"), end=block.span.end)
    _plant_in_region(draft, faults, region=block.region, register=register)
    sound = draft.sound()
    chosen = _chosen(stream("rows"), sound, faults)
    for kind, rows in chosen.items():
        if len(rows):
            draft.plant(
                kind,
                _PLANTERS[kind](draft, rows, register=register, stream=stream(kind)),
                impossible=kind in IMPOSSIBLE,
            )
    twice = np.flatnonzero(draft.sound() & (stream("duplicate").random(len(draft)) < faults.duplicate))
    draft.again(twice, known=draft.known[twice])
    draft.plant("duplicate", np.arange(len(draft) - len(twice), len(draft)), impossible=False)


def _chosen(stream: np.random.Generator, sound: Array, faults: Faults) -> dict[str, Array]:
    """The rows of each fault that is a share of rows, no row twice."""
    shares = {kind: float(getattr(faults, kind)) for kind in _PLANTERS if kind != "negative"}
    shares["negative"] = faults.negative.share if faults.negative else 0.0
    drawn = np.where(sound, stream.random(len(sound)), 1.0)
    bounds = np.cumsum([0.0, *shares.values()])
    candidates = np.flatnonzero(drawn < bounds[-1])
    place = np.searchsorted(bounds, drawn[candidates], side="right") - 1
    return {kind: candidates[place == number] for number, kind in enumerate(shares)}


def _correct(draft: Draft, told: Correction, stream: np.random.Generator, *, end: np.datetime64) -> None:
    """Rows whose value is wrong at first; the right one comes later, unless that is after the end."""
    values = draft.columns[told.column]
    rows = np.flatnonzero((stream.random(len(draft)) < told.share) & (values > 0))
    factor = stream.uniform(0.4, 1.8, len(rows))
    days = told.median * np.exp(told.spread * stream.standard_normal(len(rows)))
    later = draft.known[rows] + np.maximum(days * DAY, 1).astype(np.int64)
    wrong = np.maximum(np.floor(values[rows] * factor).astype(values.dtype), 1)
    changed = wrong != values[rows]
    rows, later, wrong = rows[changed], later[changed], wrong[changed]
    put_right = later < end
    first = len(draft)
    draft.again(rows[put_right], known=later[put_right])
    draft.set(told.column, rows, wrong)
    draft.plant("correction", np.concatenate([rows, np.arange(first, len(draft))]), impossible=False)


def _plant_in_region(draft: Draft, faults: Faults, *, region: int, register: Register) -> None:
    """Units mixed for a month, and a code that nobody declared: both of one region, or all."""
    month = draft.columns["happened_on"].astype("datetime64[M]")
    if (told := faults.thousands) and told.region in (EVERYWHERE, region):
        first, last = np.datetime64(told.month, "M"), np.datetime64(told.to or told.month, "M")
        rows = np.flatnonzero((month >= first) & (month <= last) & draft.sound())
        values = draft.columns[told.column][rows]
        rows, values = rows[values >= 1000], values[values >= 1000]
        draft.set(told.column, rows, values // 1000)
        draft.plant("thousands", rows, impossible=False)
    if (new := faults.changed_code) and new.region in (EVERYWHERE, region):
        words = draft.words[new.column]
        old = words.index(register.there(new.column).codes[new.word])
        known = draft.columns[new.column] == old
        rows = np.flatnonzero(known & (month >= np.datetime64(new.from_, "M")) & draft.sound())
        draft.words[new.column] = [*words, new.code]
        draft.set(new.column, rows, np.full(len(rows), len(words)))
        draft.plant("changed_code", rows, impossible=True)


def _wrong_number(
    change: Callable[[Array, np.random.Generator], Array],
) -> Planter:
    def planter(draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
        rows = rows[draft.columns["person"][rows] != NOBODY]
        true = draft.numbers[draft.columns["person"][rows]]
        wrong = change(true, stream)
        rows, true, wrong = rows[wrong > 0], true[wrong > 0], wrong[wrong > 0]
        draft.set("person", rows, len(draft.numbers) + np.arange(len(rows)))
        draft.numbers = np.concatenate([draft.numbers, wrong])
        draft.wrong.extend(zip(wrong.tolist(), true.tolist(), strict=True))
        return rows

    return planter


def _missing(draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
    draft.set("person", rows, np.full(len(rows), NOBODY))
    return rows


def _short(draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
    """Rows that break off: only their first cells are written."""
    width, key = len(register.columns) + 1, len(register.key)
    draft.cells = draft.cells.copy()
    draft.cells[rows] = stream.integers(key + 1, width, len(rows))
    return rows


def _future(draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
    """Days that had not come when the row was delivered."""
    days = draft.known[rows].astype("datetime64[D]") + stream.integers(30, 900, len(rows))
    draft.set("happened_on", rows, days)
    return rows


def _negative(draft: Draft, rows: Array, *, register: Register, stream: np.random.Generator) -> Array:
    assert register.faults.negative
    column = register.faults.negative.column
    rows = rows[draft.columns[column][rows] > 0]
    draft.set(column, rows, -draft.columns[column][rows])
    return rows


_PLANTERS: dict[str, Planter] = {
    "mistyped_number": _wrong_number(mistyped),
    "swapped_number": _wrong_number(swapped),
    "missing_number": _missing,
    "short_row": _short,
    "future": _future,
    "negative": _negative,
}
