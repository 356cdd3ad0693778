"""What really was, kept apart from the registers: who is who, who was in hardship and why, what was planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tayanch.simulate.papers.extracts import Desk, Extract, Table
from tayanch.simulate.world import Array, Events

TOLD = """\
The truth of a simulated country, for proofs only. No agency has it, and no project may read it: `tayanch intake`
is given the folder `registers` beside this one, and reads no file outside the folder that it is given.

people.parquet       everyone who ever lived here: number (PINFL), sex, born, died, number of mother and father
families.parquet     every family: code, mahalla and district in which it began
hardship.parquet     family and month: consumption per person, the line, hardship (true or false), cause
faults.parquet       every fault planted in the registers: register, file, key, kind, impossible
same_person.parquet  numbers as registered wrongly, and whose they are: register, wrong, number
programme.parquet    where a programme reached families, when the scenario has one

Months run from simulation.json's first month. Everything else that is here is told in the folder features/country.
"""
FAULTS = pa.schema(
    {"register": pa.string(), "file": pa.string(), "key": pa.string(), "kind": pa.string(), "impossible": pa.bool_()}
)
SAME_PERSON = pa.schema({"register": pa.string(), "wrong": pa.string(), "number": pa.string()})


def truths(desk: Desk, events: Mapping[str, Events], extracts: Mapping[str, Extract]) -> dict[str, Table]:
    """The tables of truth of a block by name.

    Args:
        desk: the block and its people.
        events: true events by table (hardship, programme).
        extracts: what was delivered, with the faults in it.
    """
    return {
        "people": _people(desk),
        "families": _families(desk),
        "faults": pa.concat_tables([FAULTS.empty_table(), *(found.faults for found in extracts.values())]),
        "same_person": _same_person(extracts),
        **{name: _told(desk, told) for name, told in events.items()},
    }


def _people(desk: Desk) -> Table:
    people = desk.people
    numbers = pc.cast(pa.array(people.number), pa.string())
    return pa.table(
        {
            "number": numbers,
            "sex": _words(("man", "woman"), people.sex),
            "born": pa.array(people.born.astype("datetime64[D]")),
            "died": pa.array(people.died.astype("datetime64[D]")),
            "mother": _at(numbers, people.mother),
            "father": _at(numbers, people.father),
        }
    )


def _families(desk: Desk) -> Table:
    block, mahalla = desk.block, desk.people.mahalla
    first = np.argmax(mahalla >= 0, axis=1)
    home = mahalla[np.arange(len(mahalla)), first]
    there = home >= 0
    return pa.table(
        {
            "family": desk.families,
            "mahalla": pa.array(block.mahallas[home], mask=~there),
            "district": pa.array(block.districts[home], mask=~there),
        }
    )


def _same_person(extracts: Mapping[str, Extract]) -> Table:
    rows: Sequence[tuple[str, int, int]] = [(name, *pair) for name, found in extracts.items() for pair in found.wrong]
    columns = {"register": [row[0] for row in rows], "wrong": [str(row[1]) for row in rows]}
    return pa.table({**columns, "number": [str(row[2]) for row in rows]}, schema=SAME_PERSON)


def _told(desk: Desk, events: Events) -> Table:
    """Events with codes of families and numbers of persons in place of their indices, and words in place of codes."""
    numbers = pc.cast(pa.array(desk.people.number), pa.string())
    who: dict[str, Any] = {"family": desk.families, "person": numbers}
    columns: dict[str, Any] = {}
    for name, values in events.columns.items():
        if name in who:
            columns[name] = _at(who[name], values)
        elif name in events.words:
            columns[name] = _words(events.words[name], values)
        else:
            columns[name] = pa.array(values.astype("datetime64[D]") if values.dtype.kind == "M" else values)
    return pa.table(columns)


def _at(codes: Any, places: Array) -> Any:
    return codes.take(pa.array(places, mask=places < 0))


def _words(words: tuple[str, ...], places: Array) -> Any:
    return _at(pa.array(words, pa.string()), places)
