"""One block from what happened in it to what its registers tell and what is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tayanch.errors import SimulationError, nearest
from tayanch.simulate.country import Country
from tayanch.simulate.papers.extracts import Desk, Extract, Table, extract
from tayanch.simulate.papers.registers import Registers, read_registers
from tayanch.simulate.papers.spelling import Names
from tayanch.simulate.papers.truth import truths
from tayanch.simulate.world import Block, Events, People


@dataclass(frozen=True)
class Lived:
    """What happened in a block: its people, events by table, and what only the truth tells."""

    people: People
    events: Mapping[str, Events]
    truth: Mapping[str, Events]


@dataclass(frozen=True)
class Made:
    """A block's rows: of each register by name, and of each table of truth."""

    registers: Mapping[str, Table]
    truth: Mapping[str, Table]


Live = Callable[[Block, Country], Lived]
"""Lives a block through: `lives.live`, or a stand-in in a test."""


def make_block(block: Block, country: Country, *, live: Live) -> Made:
    """What registers tell of a block as `live` lets it live, and what is true of it.

    Raises:
        SimulationError: when something happens that no register tells of, or the other way round.
    """
    lived, registers = live(block, country), read_registers(country)
    desk = Desk(block, registers, lived.people, Names(country))
    extracts = _extracts(desk, registers, lived.events)
    return Made({name: found.table for name, found in extracts.items()}, truths(desk, lived.truth, extracts))


def _extracts(desk: Desk, registers: Registers, events: Mapping[str, Events]) -> dict[str, Extract]:
    wanted = registers.by_events()
    for table in sorted(events.keys() ^ wanted.keys()):
        met = "no register tells of" if table in events else "nothing tells the registers of"
        raise SimulationError(f'{met} "{table}"', do=nearest(table, wanted if table in events else events))
    return {name: extract(desk, name, events[table]) for table, name in wanted.items()}
