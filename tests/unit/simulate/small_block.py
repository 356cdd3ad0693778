"""A block made by hand: couples and their children with plain incomes, without the models of people and incomes."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tayanch.simulate.world import Array, Block, Incomes, People, Span

FEATURES = Path(__file__).parents[3] / "features"
SPAN = Span(np.datetime64("2022-11", "M"), 48)


@dataclass
class Told:
    """The country's own sections and tables, with changes by dotted path."""

    changes: dict[str, Any] = field(default_factory=dict)

    def told(self, section: str) -> dict[str, Any]:
        found = yaml.safe_load((FEATURES / "country" / f"{section}.yaml").read_text(encoding="utf-8"))
        for path, value in self.changes.items():
            name, *parts = path.split(".")
            if name == section:
                at = found
                for part in parts[:-1]:
                    at = at[part]
                at[parts[-1]] = value
        return found

    def table(self, name: str) -> dict[str, Array]:
        with (FEATURES / "country" / f"{name}.csv").open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        columns = {column: np.array([row[column] for row in rows]) for column in rows[0]}
        return {column: values.astype(np.int64) if column == "som" else values for column, values in columns.items()}


def make_block(families: int = 400, *, seed: int = 1, number: int = 0, span: Span = SPAN) -> Block:
    """A block of four mahallas in two districts, half of them rural."""
    shares = np.full(4, families // 4, dtype=np.int64)
    shares[0] += families - shares.sum()
    return Block(
        number=number,
        count=1,
        seed=seed,
        span=span,
        region=1718,
        mahallas=np.arange(1, 5),
        districts=np.array([1718203, 1718203, 1718206, 1718206]),
        urban=np.array([True, False, True, False]),
        families=shares,
    )


def make_lives(block: Block, *, pay: float = 3_300_000.0, spread: float = 0.75) -> tuple[People, Incomes]:
    """Families of father, mother and three children of all ages; incomes lognormal, some wages, some informal."""
    draw = np.random.default_rng(block.seed)
    families, months = int(block.families.sum()), block.span.months
    count = families * 5
    role = np.tile(np.arange(5), families)
    family = np.repeat(np.arange(families), 5)
    age = np.where(role < 2, np.repeat(draw.integers(22, 68, families), 5), draw.integers(-2, 19, count))
    born = (block.span.first - 12 * age - draw.integers(0, 12, count)).astype("datetime64[D]")
    born = born + draw.integers(0, 28, count)
    alive = born[:, None] <= block.span.starts[None, :-1]
    at = np.where(alive, family[:, None], -1).astype(np.int32)
    mahalla = np.repeat(np.repeat(np.arange(4), block.families)[:, None], months, axis=1).astype(np.int32)
    head = np.repeat((np.arange(families) * 5 + (draw.random(families) < 0.2))[:, None], months, axis=1)
    people = People(
        sex=np.where(role < 2, role, draw.integers(0, 2, count)).astype(np.int8),
        born=born,
        died=np.full(count, np.datetime64("NaT", "D")),
        mother=np.full(count, -1, dtype=np.int32),
        father=np.full(count, -1, dtype=np.int32),
        schooling=np.ones(count, dtype=np.int8),
        frailty=draw.standard_normal(count),
        ability=draw.standard_normal(count),
        number=np.arange(count, dtype=np.int64),
        family=at,
        mahalla=mahalla,
        head=head.astype(np.int32),
        members=np.zeros((families, months), dtype=np.int16),
        events={},
    )
    people = People(**{**vars(people), "members": people.summed(at >= 0).astype(np.int16)})
    growth = 1.011 ** np.arange(months)
    level = pay * np.exp(spread * draw.standard_normal(families))
    bad = np.exp(np.cumsum(0.10 * draw.standard_normal((families, months)), axis=1) * 0.5)
    money = level[:, None] * growth * bad
    formal = draw.random(families) < 0.5
    grown = (role == 0)[:, None] & (at >= 0)
    flat = np.zeros((families, months))
    nobody = np.zeros((count, months), dtype=bool)
    incomes = Incomes(
        wage=np.where(grown & formal[family][:, None], money[family], 0.0),
        informal=np.where(grown & ~formal[family][:, None], 0.8 * money[family], 0.0),
        selfwork=np.zeros((count, months)),
        pension=np.where((role == 1)[:, None] & (age >= 55)[:, None], 900_000.0 * growth, 0.0),
        farm=0.15 * money,
        remittances=flat,
        other=flat,
        working=grown,
        away=nobody,
        ill=nobody,
        disabled=np.where((draw.random(count) < 0.03)[:, None], 2, 0) * np.ones(months, dtype=np.int8),
        shock=(draw.random((families, months)) < 0.05).astype(np.int8),
        events={},
    )
    return people, incomes
