"""A stand-in for the models: people of no story, with rows in every register, to try writing by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tayanch.simulate.block_run import Lived
from tayanch.simulate.country import Country
from tayanch.simulate.papers.numbers import allot
from tayanch.simulate.world import NOBODY, Array, Block, Events, People, Span

COUNTRY = Path(__file__).parents[3] / "features" / "country"
MEMBERS = 4
NEVER = np.datetime64("NaT", "D")
KINDS = ("child", "material", "disability_care", "utility_aid", "state_support")


def a_block(families: int = 200, *, number: int = 0, count: int = 2, seed: int = 1, region: int = 1718) -> Block:
    """Two mahallas of one region, the whole 48 months."""
    return Block(
        number=number,
        count=count,
        seed=seed,
        span=Span(np.datetime64("2022-11"), 48),
        region=region,
        mahallas=np.array([3202552001, 3202552002]),
        districts=np.array([1718203, 1718206]),
        urban=np.array([True, False]),
        families=np.array([families // 2, families - families // 2]),
        place=number,
    )


def live(block: Block, country: Country) -> Lived:
    """Everything happens to somebody, at random."""
    people = _people(block)
    made = _Happenings(block, people)
    events = {**made.of_families(), **made.of_persons(), **made.of_months()}
    return Lived(people, events, {"hardship": made.hardship()})


def _people(block: Block) -> People:
    draw, families = block.stream("stand-in people"), int(block.families.sum())
    count, months = families * MEMBERS, block.span.months
    sex = np.tile(np.array([0, 1, 0, 1], dtype=np.int8), families)
    age = np.where(np.arange(count) % MEMBERS < 2, 12_000, 3_000) + draw.integers(0, 2_000, count)
    number, born = allot(sex, block.span.start - age, block)
    family = np.repeat(np.arange(families, dtype=np.int32), MEMBERS)
    first, child = family * MEMBERS, np.arange(count) % MEMBERS >= 2
    mahalla = np.repeat(np.arange(len(block.families), dtype=np.int32), block.families)
    return People(
        sex=sex,
        born=born,
        died=np.full(count, NEVER),
        mother=np.where(child, first + 1, NOBODY),
        father=np.where(child, first, NOBODY),
        schooling=np.ones(count, dtype=np.int8),
        frailty=draw.standard_normal(count),
        ability=draw.standard_normal(count),
        number=number,
        family=np.repeat(family[:, None], months, axis=1),
        mahalla=np.repeat(mahalla[:, None], months, axis=1),
        head=np.repeat((np.arange(families, dtype=np.int32) * MEMBERS)[:, None], months, axis=1),
        members=np.full((families, months), MEMBERS, dtype=np.int16),
        events={},
    )


class _Happenings:
    def __init__(self, block: Block, people: People) -> None:
        self.block, self.people, self.draw = block, people, block.stream("stand-in events")
        self.families, self.persons = len(people.mahalla), len(people.sex)

    def days(self, count: int) -> Array:
        length = int((self.block.span.end - self.block.span.start).astype(int))
        return self.block.span.start + self.draw.integers(0, length, count)

    def ends(self, began: Array) -> Array:
        """A day after each, NaT for a third."""
        return np.where(self.draw.random(len(began)) < 0.67, began + self.draw.integers(10, 700, len(began)), NEVER)

    def some(self, words: int, count: int) -> Array:
        return self.draw.integers(0, words, count).astype(np.int8)

    def money(self, count: int) -> Array:
        return self.draw.integers(100_000, 9_000_000, count)

    def chance(self, count: int) -> Array:
        return self.draw.random(count) < 0.5

    def of_families(self) -> dict[str, Events]:
        n, family = self.families, np.arange(self.families, dtype=np.int32)
        day, head = self.days(n), family * MEMBERS
        everyone, member = np.arange(self.persons, dtype=np.int32), np.repeat(family, MEMBERS)
        joined = np.maximum(self.people.born, np.datetime64("1999-05-01"))
        relations = ("head", "spouse", "child")
        return {
            "members": Events(
                {
                    "person": everyone,
                    "family": member,
                    "relation": np.minimum(everyone % MEMBERS, 2).astype(np.int8),
                    "sex": self.people.sex,
                    "born": self.people.born,
                    "left": np.where(everyone % 50 == 3, self.days(self.persons), NEVER),
                    "happened_on": joined,
                },
                {"relation": relations, "sex": ("man", "woman")},
            ),
            "addresses": Events(
                {
                    "family": family,
                    "mahalla": self.people.mahalla[:, 0],
                    "urban": self.block.urban[self.people.mahalla[:, 0]],
                    "happened_on": day - 900,
                }
            ),
            "livestock": Events(
                {"family": family, "cattle": family % 3, "sheep": family % 7, "plot": family % 9, "happened_on": day}
            ),
            "assessments": Events(
                {
                    "family": family,
                    "person": head,
                    "income": self.money(n),
                    "members": np.full(n, MEMBERS),
                    "per_person": self.money(n),
                    "ratio": self.draw.random(n) * 3,
                    "category": self.some(4, n),
                    "granted": self.chance(n),
                    "seven": self.some(3, n),
                    "poor_dwelling": self.chance(n),
                    "food_short": self.chance(n),
                    "happened_on": day,
                },
                {"category": ("supported", "poor", "near", "none"), "seven": ("for", "against", "none")},
            ),
            "benefits": Events(
                {
                    "family": family,
                    "person": head,
                    "kind": self.some(5, n),
                    "amount": self.money(n),
                    "until": day + 365,
                    "ended": self.ends(day),
                    "happened_on": day,
                },
                {"kind": KINDS},
            ),
            "visits": Events(
                {
                    "family": family,
                    "worker": family % 2,
                    "dwelling": self.some(3, n),
                    "food": self.some(3, n),
                    "gas": self.chance(n),
                    "advice": self.some(3, n),
                    "happened_on": day,
                },
                {
                    "dwelling": ("good", "fair", "poor"),
                    "food": ("enough", "sometimes_short", "often_short"),
                    "advice": ("no_need", "help", "urgent"),
                },
            ),
        }

    def of_persons(self) -> dict[str, Events]:
        return {
            "acts": self.told({"act": ("birth", "death", "marriage", "divorce")}, other=self.persons),
            "property": self.told({"kind": ("house", "flat", "car", "land")}, size=90, until=None),
            "jobs": self.told(
                {"sector": ("budget", "industry", "trade", "construction", "services", "farming")},
                employer=500,
                ended=None,
            ),
            "selfwork": self.told({"activity": ("craft", "trade")}, ended=None),
            "disability": self.told({"grade": ("1", "2", "3", "child")}, until=None),
            "care": self.told({"kind": ("pregnancy", "long_illness", "nursing")}, until=None),
            "leavings": self.told({"reason": ("work", "marriage", "moved", "illness", "unknown")}, grade=11),
            "disconnections": self.told({"service": ("electricity", "gas")}, account=900, restored=None),
            "loans": self.told({}, loan=900, bank=30, amount=9_000_000, monthly=900_000, until=None),
            "migration": self.told({"country": ("RU", "KZ", "TR", "KR", "other")}, returned=None),
        }

    def told(self, words: dict[str, tuple[str, ...]], **columns: int | None) -> Events:
        """One row for each person. A column is a number up to so much, or (None) the day of an end."""
        n, day = self.persons, self.days(self.persons)
        return Events(
            {
                "person": np.arange(n, dtype=np.int32),
                "happened_on": day,
                **{name: self.some(len(known), n) for name, known in words.items()},
                **{
                    name: self.ends(day) if most is None else self.draw.integers(0, most, n)
                    for name, most in columns.items()
                },
            },
            words,
        )

    def of_months(self) -> dict[str, Events]:
        return {
            "payments": self.monthly({"kind": KINDS}, who="family", amount=900_000),
            "wages": self.monthly({}, employer=500, amount=9_000_000),
            "selfwork_income": self.monthly({}, amount=9_000_000),
            "pensions": self.monthly({"kind": ("old_age", "disability", "survivor")}, amount=1_500_000),
            "remittances": self.monthly({}, amount=5_000_000),
            "attendance": self.monthly({"status": ("enrolled", "away")}, term=4, absent=30),
            "bills": self.monthly(
                {"service": ("electricity", "gas")},
                account=900,
                billed=200_000,
                paid=200_000,
                arrears=400_000,
                months_behind=6,
            ),
            "loan_states": self.monthly({}, loan=900, balance=9_000_000, overdue=90),
        }

    def monthly(self, words: dict[str, tuple[str, ...]], *, who: str = "person", **columns: int) -> Events:
        """One row for each family (of its first member) and month."""
        months = self.block.span.months
        n = self.families * months
        family = np.repeat(np.arange(self.families, dtype=np.int32), months)
        return Events(
            {
                who: family if who == "family" else family * MEMBERS,
                "happened_on": np.tile(self.block.span.starts[:-1], self.families),
                **{name: self.some(len(known), n) for name, known in words.items()},
                **{name: self.draw.integers(0, most, n) for name, most in columns.items()},
            },
            words,
        )

    def hardship(self) -> Events:
        """Hardship of each family and month."""
        made = self.monthly({"cause": ("none", "job_loss")}, who="family", consumption=2_000_000, line=700_000)
        return Events({**made.columns, "hardship": made.columns["cause"] == 1}, made.words)
