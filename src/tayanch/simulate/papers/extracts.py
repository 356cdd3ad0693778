"""From what happened to what a register tells of it: rows with the extract's columns, codes, delays and faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tayanch.errors import SimulationError, nearest
from tayanch.simulate.papers.draft import NEVER, Draft
from tayanch.simulate.papers.faults import DAY, not_sent, plant
from tayanch.simulate.papers.registers import Column, Register, Registers
from tayanch.simulate.papers.spelling import SCRIPTS, Named, Names
from tayanch.simulate.world import NOBODY, Array, Block, Events, People

Table = Any
"""A pyarrow.Table: it has no types of its own."""
CELLS = "cells"
"""The last column of a part of CSV: how many cells of the row are written, 0 all of them."""
ROOM = 20_000
"""Family numbers that a block of a region has: four for each family that it begins with."""
TRUTH = ("yoq", "ha")
_NUMBERS_A_BLOCK = 10**8
_compute: Any = pc
"""Functions that Arrow makes when it loads, unknown to its types."""
_OLDEST = np.datetime64("1900-01-01", "D")
_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Desk:
    """What all extracts of a block are made with."""

    block: Block
    registers: Registers
    people: People
    names: Names

    @cached_property
    def named(self) -> Named:
        """Everyone's name."""
        return self.names.draw(self.people, self.block)

    @cached_property
    def first_number(self) -> int:
        """Running numbers of the block follow this one: region, place of the block in it, and eight digits."""
        return (self.block.region * 1000 + self.block.place) * _NUMBERS_A_BLOCK

    @cached_property
    def families(self) -> Any:
        """The code of each family of the block by index: Arrow strings such as 1703-0000123."""
        return family_codes(self.block, len(self.people.mahalla))


@dataclass(frozen=True)
class Extract:
    """A block's rows of one register. faults: what was planted in them. wrong: numbers registered and the true ones."""

    table: Table
    faults: Table
    wrong: list[tuple[int, int]]


def family_codes(block: Block, count: int) -> Any:
    """Codes of a block's families: region and a running number of seven digits, unique in the country.

    Raises:
        SimulationError: when the block has more families than numbers.
    """
    if count > ROOM:
        raise SimulationError(f"a block has {count} families over time, at most {ROOM}", do="make blocks smaller.")
    first = block.place * ROOM + 1
    return pa.array([f"{block.region}-{number:07d}" for number in range(first, first + count)], pa.string())


def extract(desk: Desk, name: str, events: Events) -> Extract:
    """What a register tells of a block's events, as delivered before the end of the span."""
    register, block = desk.registers.registers[name], desk.block
    draft = _versions(desk, name, events)
    gaps = not_sent(draft, register, block)
    draft.keep(draft.known < block.span.end.astype("datetime64[s]"))
    plant(draft, register, block, name=name)
    table = _table(desk, register, draft)
    told = [f"{gap.from_}..{gap.to}" for gap in gaps] if block.place == 0 else []
    return Extract(table, _faults(name, register, block, found=(draft, table, told)), draft.wrong)


def _versions(desk: Desk, name: str, events: Events) -> Draft:
    """Each event as a row, and once more with its end where that became known later."""
    register, span = desk.registers.registers[name], desk.block.span
    columns = {column.here: events.columns.get(column.here) for column in register.columns if column.here}
    columns["happened_on"] = events.columns["happened_on"]
    for here, values in columns.items():
        if values is None:
            raise SimulationError(f'{name}: events have no "{here}"', do=nearest(here, events.columns))
    row = np.flatnonzero(events.columns["happened_on"] < span.end)
    found = {here: values[row] for here, values in columns.items() if values is not None}
    words = {c.here: _codes(c, events) for c in register.columns if c.kind in ("code", "truth")}
    stream = desk.block.stream(f"known:{name}")
    known = _known(desk, register, found["happened_on"], stream=stream)
    draft = Draft(row, known, found, words, desk.people.number)
    if register.end:
        _end_apart(draft, register.end, desk=desk, told=_known(desk, register, found[register.end], stream=stream))
    return draft


def _end_apart(draft: Draft, end: str, *, desk: Desk, told: Array) -> None:
    """Hides ends that were not known at first, and adds a later version with those known before the span's end."""
    days = draft.columns[end]
    ends = ~np.isnat(days)
    later = ends & (told > draft.known)
    seen = np.flatnonzero(later & (told < desk.block.span.end.astype("datetime64[s]")))
    first = len(draft)
    draft.again(seen, known=told[seen])
    hidden = np.flatnonzero(later)
    draft.set(end, hidden, np.full(len(hidden), NEVER, dtype="datetime64[D]"))
    draft.set(end, np.arange(first, len(draft)), days[seen])


def _known(desk: Desk, register: Register, days: Array, *, stream: np.random.Generator) -> Array:
    """When the agency knew of days (NaT stays NaT): datetime64[s]."""
    told, delays = register.delay, desk.registers.delays
    if told.after == "term":
        base = days.astype("datetime64[D]") + delays.term_days
    elif told.after == "day":
        base = days.astype("datetime64[D]")
    else:
        base = (days.astype("datetime64[M]") + _MONTHS[told.after]).astype("datetime64[D]")
    slow = delays.slow.times if desk.block.region in delays.slow.regions else 1.0
    wait = np.minimum(told.median * slow * np.exp(told.spread * stream.standard_normal(len(days))), told.most)
    known = base.astype("datetime64[s]") + np.maximum(wait * DAY, 1).astype(np.int64)
    return np.where(np.isnat(known), known, np.maximum(known, _loaded(desk, days)))


def _loaded(desk: Desk, days: Array) -> Array:
    """The first load of a register tells in order of days what had happened before: seconds apart."""
    return desk.registers.began + (days.astype("datetime64[D]") - _OLDEST).astype(np.int64) % DAY


def _codes(column: Column, events: Events) -> list[str]:
    """The extract's words, in the order of the simulation's."""
    if column.kind == "truth":
        return list(TRUTH)
    words = events.words.get(column.here)
    if words is None:
        words = ("false", "true")
    if not column.codes:
        return list(words)
    for word in words:
        if word not in column.codes:
            raise SimulationError(
                f'{column.there} has no code for "{word}"', do=nearest(word, column.codes), where="registers.yaml"
            )
    return [column.codes[word] for word in words]


def _table(desk: Desk, register: Register, draft: Draft) -> Table:
    made = _Cells(desk, draft)
    arrays = {column.there: made.of(column) for column in register.columns}
    arrays[desk.registers.known_at] = pa.array(draft.known, pa.timestamp("s"))
    if register.format == "csv":
        arrays[CELLS] = pa.array(draft.cells)
    return pa.table(arrays)


class _Cells:
    """Writes a draft's columns as Arrow arrays."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        self.desk, self.draft = desk, draft
        self.kinds: Mapping[str, Callable[[Array, Column], Any]] = {
            "date": lambda values, _: pa.array(values.astype("datetime64[D]")),
            "whole": self._whole,
            "decimal": lambda values, _: pa.array(np.round(values, 3), pa.float64(), from_pandas=True),
            "text": lambda values, _: pa.array(values.astype(str), pa.string()),
            "code": self._code,
            "truth": self._code,
            "number": lambda values, _: _taken(self.numbers, values),
            "family": lambda values, _: _taken(desk.families, values),
        }

    @cached_property
    def numbers(self) -> Any:
        """Personal numbers as text."""
        return pc.cast(pa.array(self.draft.numbers), pa.string())

    def of(self, column: Column) -> Any:
        """The cells of a column."""
        if column.id:
            return pa.array(self.desk.first_number + self.draft.row)
        if column.made:
            return self._made(column)
        return self.kinds[column.kind](self.draft.columns[column.here], column)

    def _whole(self, values: Array, column: Column) -> Any:
        own = self.desk.first_number if column.own else 0
        return pa.array(values.astype(np.int64) + own)

    def _code(self, values: Array, column: Column) -> Any:
        places = values.astype(np.int8) if values.dtype == bool else values
        return _taken(pa.array(self.draft.words[column.here], pa.string()), places)

    def _made(self, column: Column) -> Any:
        block, draft = self.desk.block, self.draft
        if column.made == "region":
            return pa.array(np.full(len(draft), block.region))
        if column.made == "year":
            return pa.array(draft.columns["happened_on"].astype("datetime64[Y]").astype(np.int64) + 1970)
        if column.made in ("district", "mahalla"):
            codes = block.districts if column.made == "district" else block.mahallas
            return pa.array(codes[draft.columns["mahalla"]])
        return self._spelt[column.made]

    @cached_property
    def _spelt(self) -> dict[str, Any]:
        """Names of the persons that the rows tell of, each event in one script; none of nobody."""
        draft, names = self.draft, self.desk.names
        shares = self.desk.registers.scripts
        weights = np.array([shares[script] for script in SCRIPTS])
        drawn = self.desk.block.stream("scripts").choice(len(SCRIPTS), int(draft.row.max(initial=0)) + 1, p=weights)
        script = drawn[draft.row]
        found = {part: np.full(len(draft), None, dtype=object) for part in ("surname", "given_name", "patronymic")}
        there = (draft.columns["person"] != NOBODY) & (draft.columns["person"] < len(self.desk.people.number))
        for place, word in enumerate(SCRIPTS):
            rows = np.flatnonzero(there & (script == place))
            for part, spelt in names.spell(self.desk.named, draft.columns["person"][rows], word).items():
                found[part][rows] = spelt
        return {part: pa.array(values, pa.string()) for part, values in found.items()}


def _taken(words: Any, places: Array) -> Any:
    """The word at each place; null where the place is below 0."""
    return words.take(pa.array(places, mask=places < 0) if (places < 0).any() else pa.array(places))


def _faults(name: str, register: Register, block: Block, *, found: tuple[Draft, Table, list[str]]) -> Table:
    """What was planted: register, file, key as it stands in the file (joined by "|"), kind, impossible."""
    draft, table, gaps = found
    parts = [_keys(table, register.key, planted.rows) for planted in draft.planted]
    sizes = [len(planted.rows) for planted in draft.planted]
    kinds = [planted.kind for planted in draft.planted]
    kind = pa.array(np.repeat(np.array([*kinds, "gap"], dtype=object), [*sizes, len(gaps)]), pa.string())
    bad = np.repeat(np.array([*(planted.impossible for planted in draft.planted), False]), [*sizes, len(gaps)])
    count = len(kind)
    return pa.table(
        {
            "register": pa.array([name] * count, pa.string()),
            "file": pa.array([register.file_in(block.region)] * count, pa.string()),
            "key": pa.chunked_array([*parts, pa.array(gaps, pa.string())], pa.string()),
            "kind": kind,
            "impossible": pa.array(bad, pa.bool_()),
        }
    )


def _keys(table: Table, key: list[str], rows: Array) -> Any:
    cells: list[Any] = [
        pc.fill_null(pc.cast(table.column(column).take(pa.array(rows)), pa.string()), "") for column in key
    ]
    return _compute.binary_join_element_wise(*cells, "|").combine_chunks()
