"""An extract on its way: rows as numpy columns, before faults are planted and it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tayanch.simulate.world import Array

NEVER = np.datetime64("NaT")


@dataclass(frozen=True)
class Planted:
    """Rows in which one kind of fault was planted. impossible: whether intake can see that it can't be true."""

    kind: str
    rows: Array
    impossible: bool


@dataclass
class Draft:
    """Rows of an extract.

    row: which event each row tells (int64). known: datetime64[s]. columns: the simulation's columns by name, one value
    a row. words: of coded columns, the extract's words. numbers: personal numbers, first everyone's by index, then
    wrong ones. cells: how many cells a row keeps, 0 all. planted: the faults so far.
    """

    row: Array
    known: Array
    columns: dict[str, Array]
    words: dict[str, list[str]]
    numbers: Array
    cells: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    planted: list[Planted] = field(default_factory=list[Planted])
    wrong: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.row):
            self.cells = np.zeros(len(self.row), dtype=np.int8)

    def __len__(self) -> int:
        return len(self.row)

    def keep(self, those: Array) -> None:
        """Leaves only those rows (bool[n]). Before any fault is planted."""
        self.row, self.known, self.cells = self.row[those], self.known[those], self.cells[those]
        self.columns = {name: values[those] for name, values in self.columns.items()}

    def again(self, rows: Array, *, known: Array) -> None:
        """Adds copies of rows (indices) at the end, known then."""
        self.row = np.concatenate([self.row, self.row[rows]])
        self.known = np.concatenate([self.known, known])
        self.cells = np.concatenate([self.cells, self.cells[rows]])
        self.columns = {name: np.concatenate([values, values[rows]]) for name, values in self.columns.items()}

    def set(self, column: str, rows: Array, values: Array) -> None:
        """Gives rows (indices) other values in a column."""
        changed = self.columns[column].copy()
        changed[rows] = values
        self.columns[column] = changed

    def plant(self, kind: str, rows: Array, *, impossible: bool) -> None:
        """Notes that a fault was planted in rows (indices)."""
        if len(rows):
            self.planted.append(Planted(kind, rows, impossible))

    def sound(self) -> Array:
        """Which rows have no fault yet: bool[n]."""
        found = np.ones(len(self), dtype=bool)
        for planted in self.planted:
            found[planted.rows] = False
        return found
