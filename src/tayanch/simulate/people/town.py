"""The people of a block as they are in one month: who lives with whom, who is whose kin, who heads each family."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from tayanch.simulate.world import NOBODY, Array

FAR = 1 << 20
"""The month of what has not happened."""
YEAR = 12
OF_AGE = 18 * YEAR
UNTOUCHED = -1

RELATIONS = ("head", "spouse", "child", "child_in_law", "grandchild", "parent", "sibling", "other")
HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, PARENT, SIBLING, OTHER = range(len(RELATIONS))
MAN, WOMAN = 0, 1
_EMPTY = {
    **dict.fromkeys(("family", "mother", "father", "partner"), NOBODY),
    **dict.fromkeys(("died", "wed"), FAR),
    "relation": OTHER,
    "day": UNTOUCHED,
}


@dataclass
class Town:
    """Everyone born so far, changed month by month. Months count from the first of the span; FAR where none.

    Per person: sex, born, died (months; died_on: days after the first of that month), mother, father, partner (wife or
    husband, also a late one), married, wed (month of the last wedding), family, relation (place in RELATIONS),
    children, last_birth (month), ability, frailty; day: of this month on which the person moved, was born, died, gave
    birth or married (days after the first), UNTOUCHED for the others: nobody does two of these things in one month.
    Per family: mahalla and head; turned: day of this month on which it lost its head, else UNTOUCHED.
    """

    sex: Array
    born: Array
    mother: Array
    father: Array
    partner: Array
    married: Array
    wed: Array
    died: Array
    died_on: Array
    family: Array
    ability: Array
    frailty: Array
    mahalla: Array
    head: Array
    relation: Array = field(init=False)
    children: Array = field(init=False)
    last_birth: Array = field(init=False)
    day: Array = field(init=False)
    turned: Array = field(init=False)

    def __post_init__(self) -> None:
        people = len(self.sex)
        self.relation = np.full(people, OTHER, dtype=np.int8)
        mothers = self.mother >= 0
        self.children = np.bincount(self.mother[mothers], minlength=people).astype(np.int16)
        self.last_birth = np.full(people, -FAR, dtype=np.int32)
        np.maximum.at(self.last_birth, self.mother[mothers], self.born[mothers])
        self.begin_month()

    @property
    def here(self) -> Array:
        """Who lives in a family now: bool."""
        return self.family >= 0

    @property
    def sizes(self) -> Array:
        """Members of each family, int64."""
        return np.bincount(self.family[self.here], minlength=len(self.head))

    def begin_month(self) -> None:
        """Nobody has done anything yet."""
        self.day = np.full(len(self.sex), UNTOUCHED, dtype=np.int8)
        self.turned = np.full(len(self.head), UNTOUCHED, dtype=np.int8)

    def add_people(self, **told: Array) -> Array:
        """New persons; what is not told of them stands empty. Returns their indices."""
        before, added = len(self.sex), len(told["sex"])
        for item in fields(self):
            values: Array = getattr(self, item.name)
            if item.name not in ("mahalla", "head", "turned"):
                fresh = told.get(item.name, np.full(added, _EMPTY.get(item.name, 0)))
                setattr(self, item.name, np.concatenate([values, fresh.astype(values.dtype)]))
        return np.arange(before, before + added)

    def add_families(self, mahalla: Array) -> Array:
        """New families, still without members. Returns their indices."""
        added = np.arange(len(self.head), len(self.head) + len(mahalla))
        self.mahalla = np.concatenate([self.mahalla, mahalla.astype(self.mahalla.dtype)])
        self.head = np.concatenate([self.head, np.full(len(mahalla), NOBODY, dtype=self.head.dtype)])
        self.turned = np.concatenate([self.turned, np.full(len(mahalla), UNTOUCHED, dtype=np.int8)])
        return added

    def move(self, people: Array, family: Array, day: Array) -> None:
        """These people are members of other families (or NOBODY's) from that day of the month on."""
        self.family[people] = family
        self.day[people] = day


def at(values: Array, index: Array) -> Array:
    """Values at indices; NOBODY where the index is NOBODY."""
    return np.where(index >= 0, values[index], NOBODY)


def settle(town: Town, month: int) -> None:
    """Ends a month: orphans find a family, families a head, empty ones end, and relations are told anew."""
    _lose_heads(town)
    _take_in_orphans(town, month)
    _choose_heads(town, month)
    stirred = np.zeros(len(town.head), dtype=bool)
    stirred[town.family[(town.day >= 0) & town.here]] = True
    stirred |= town.turned >= 0
    tell_relations(town, np.flatnonzero(town.here & stirred[town.family]))


def _lose_heads(town: Town) -> None:
    """Families whose head is not with them any more have none."""
    headed = np.flatnonzero(town.head >= 0)
    lost = headed[town.family[town.head[headed]] != headed]
    town.turned[lost] = town.day[town.head[lost]]


def _take_in_orphans(town: Town, month: int) -> None:
    """Children left without anyone of age move to kin, else to the next family, on the day the last one left."""
    grown = np.zeros(len(town.head), dtype=bool)
    grown[town.family[town.here & (month + 1 - town.born >= OF_AGE)]] = True
    left = np.flatnonzero(town.here & ~grown[town.family])
    if not len(left):
        return
    homes = np.flatnonzero(grown)
    if not len(homes):
        raise RuntimeError("nobody of age lives in the block any more")
    day = np.maximum(town.turned[town.family[left]], 0)
    home = homes[np.searchsorted(homes, town.family[left]) % len(homes)]
    for kin in _kin(town, left):
        family = at(town.family, kin)
        home = np.where((family >= 0) & grown[family], family, home)
    # Brothers and sisters stay together: all go where the youngest index goes.
    _, first, place = np.unique(town.family[left], return_index=True, return_inverse=True)
    town.move(left, home[first][place], day)


def _kin(town: Town, children: Array) -> list[Array]:
    """Those who might take children in, the likeliest last."""
    mother, father = town.mother[children], town.father[children]
    return [at(town.father, father), at(town.mother, father), at(town.mother, mother), father, mother]


def _choose_heads(town: Town, month: int) -> None:
    """A head for each family without one: the eldest, husbands (20 years) and widows (10) first, not the very old."""
    sizes = town.sizes
    ended = (sizes == 0) & (town.mahalla >= 0)
    town.head[sizes == 0] = NOBODY
    town.mahalla[ended] = NOBODY
    headless = (sizes > 0) & ((town.head < 0) | (town.family[town.head] != np.arange(len(sizes))))
    who = np.flatnonzero(town.here & headless[town.family] & (month + 1 - town.born >= OF_AGE))
    family = town.family[who]
    age = (month + 1 - town.born[who]) / YEAR
    wish = np.where(age > 65, 130 - age, age) + 20.0 * ((town.sex[who] == MAN) & town.married[who])
    wish += 10.0 * ((town.head[family] >= 0) & (town.partner[who] == town.head[family]))
    order = np.lexsort((who, wish, family))
    last = np.append(family[order][1:] != family[order][:-1], True)[: len(order)]
    town.head[family[order][last]] = who[order][last]


def tell_relations(town: Town, who: Array) -> None:
    """What each of these people is to the head of the family they live in."""
    head = town.head[town.family[who]]
    spouse = town.partner[head]
    mother, father, partner = town.mother[who], town.father[who], town.partner[who]

    def of(parent: Array, other: Array) -> Array:
        found = (parent == head) | (other == head)
        return found | ((spouse >= 0) & ((parent == spouse) | (other == spouse)))

    grand = of(at(town.mother, mother), at(town.father, mother)) | of(at(town.mother, father), at(town.father, father))
    siblings = (mother >= 0) & (mother == town.mother[head]) | (father >= 0) & (father == town.father[head])
    found = [
        who == head,
        (spouse >= 0) & (who == spouse),
        of(mother, father),
        of(at(town.mother, partner), at(town.father, partner)),
        grand,
        (who == town.mother[head]) | (who == town.father[head]),
        siblings,
    ]
    town.relation[who] = np.select(found, list(range(OTHER)), OTHER)
