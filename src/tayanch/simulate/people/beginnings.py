"""The town as it stands when the simulation begins: families as persons, their kin elsewhere, their past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.people.figures import Latent, PeopleFigures
from tayanch.simulate.people.population import CHILDREN, FIRST_CHILD, WIFE, Drafts
from tayanch.simulate.people.town import FAR, WOMAN, YEAR, Town, settle, tell_relations
from tayanch.simulate.world import NOBODY, Array, Block, Span

_LAST_CHILD = FIRST_CHILD + CHILDREN - 1
_APART = 10


@dataclass(frozen=True)
class Past:
    """What happened before the span to those who live when it begins, or died not long before.

    Per person: slot (of the draft), family (also of the dead), wed and parted (days, NaT for none). founded: day, of
    each family.
    """

    slot: Array
    family: Array
    wed: Array
    parted: Array
    founded: Array

    def joined(self, born: Array, mother: Array) -> Array:
        """Day on which each came into the family: founded, born or married into it, or come back after a divorce."""
        founded = self.founded[self.family]
        joined = np.maximum(founded, born[: len(founded)])
        married_in = (self.slot < FIRST_CHILD) | (self.mother_unknown(mother) & (self.slot > _LAST_CHILD))
        joined = _later(joined, np.where(married_in, self.wed, np.datetime64("NaT", "D")))
        back = np.where(self.slot >= FIRST_CHILD, self.parted, np.datetime64("NaT", "D"))
        own = mother[: len(founded)]
        return _later(_later(joined, back), np.where(own >= 0, back[own], np.datetime64("NaT", "D")))

    def mother_unknown(self, mother: Array) -> Array:
        """Whose mother does not live in the same family: bool."""
        own = mother[: len(self.family)]
        return (own < 0) | (self.family[own] != self.family)


def _later(days: Array, others: Array) -> Array:
    return np.where(np.isnat(others), days, np.maximum(days, others))


def begin(block: Block, figures: PeopleFigures, standing: tuple[Drafts, Array]) -> tuple[Town, Past]:
    """The town before its first month, and what came before. standing: families, and the mahalla of each."""
    drafts, mahalla = standing
    kept = drafts.present | drafts.late
    family, slot = np.nonzero(kept)
    index = np.where(kept, np.cumsum(kept).reshape(kept.shape) - 1, NOBODY)

    def person(slots: Array) -> Array:
        told = slots[family, slot].astype(np.int64)
        return np.where(told >= 0, index[family, told], NOBODY).astype(np.int32)

    present, gone = drafts.present[family, slot], drafts.gone[family, slot]
    partner = person(drafts.partner)
    here = np.where(present, family, NOBODY).astype(np.int32)
    wed, stream = drafts.wed[family, slot], block.stream("people:past")
    ability, frailty = (_latent(figures.latent, family, (mahalla, stream)) for _ in range(2))
    town = Town(
        sex=drafts.sex[family, slot],
        born=-drafts.age[family, slot],
        mother=person(drafts.mother),
        father=person(drafts.father),
        partner=partner,
        married=(partner >= 0) & present & present[partner],
        wed=np.where(wed > 0, -wed, FAR).astype(np.int32),
        died=np.where(present, FAR, -gone).astype(np.int32),
        died_on=stream.integers(0, 28, len(family)).astype(np.int8),
        family=here,
        ability=ability,
        frailty=frailty,
        mahalla=mahalla.copy(),
        head=np.full(len(mahalla), NOBODY, dtype=np.int32),
    )
    past = _past(block.span, drafts, (family, slot, partner, stream))
    _meet_kin(town, slot, (figures.families.kin_near, block.stream("people:kin")))
    settle(town, -1)
    tell_relations(town, np.flatnonzero(town.here))
    return town, past


def _past(span: Span, drafts: Drafts, who: tuple[Array, Array, Array, np.random.Generator]) -> Past:
    family, slot, partner, stream = who
    # Husband and wife have one wedding day.
    drawn = stream.random(len(family))
    own = np.arange(len(family))
    drawn = drawn[np.where(partner >= 0, np.minimum(own, partner), own)]
    return Past(
        slot=slot,
        family=family,
        wed=_days_ago(span, drafts.wed[family, slot], drawn),
        parted=_days_ago(span, drafts.parted[family, slot], stream.random(len(family))),
        founded=_days_ago(span, drafts.founded, stream.random(len(drafts.founded))),
    )


def _days_ago(span: Span, months: Array, share: Array) -> Array:
    """A day in the month so many months before the span (NaT for 0); share: of the month gone by."""
    days = days_in(span, -months, share * 28)
    days[months == 0] = np.datetime64("NaT", "D")
    return days


def days_in(span: Span, months: Array, day: Array) -> Array:
    """The day of a month counted from the first of the span, datetime64[D]; day: days after the first."""
    first = span.first.astype("datetime64[M]") + months.astype(np.int64)
    return first.astype("datetime64[D]") + np.floor(day).astype(np.int64)


def _latent(told: Latent, family: Array, what: tuple[Array, np.random.Generator]) -> Array:
    """A standard normal value of each person, with parts shared by family and by mahalla."""
    mahalla, stream = what
    shared = np.sqrt(told.family) * stream.standard_normal(len(mahalla))
    shared += np.sqrt(told.mahalla) * stream.standard_normal(int(mahalla.max(initial=0)) + 1)[mahalla]
    return shared[family] + np.sqrt(1 - told.family - told.mahalla) * stream.standard_normal(len(family))


def _meet_kin(town: Town, slot: Array, how: tuple[float, np.random.Generator]) -> None:
    """Some of those who founded a family or married into one get parents in another family of the block."""
    share, stream = how
    mothers = np.flatnonzero(town.here & (slot == WIFE) & (town.wed < 0))
    seeking = np.flatnonzero(town.here & (town.mother < 0))
    seeking = seeking[(slot[seeking] < FIRST_CHILD) | ((town.sex[seeking] == WOMAN) & (town.partner[seeking] >= 0))]
    seeking = seeking[stream.random(len(seeking)) < share]
    if not len(mothers) or not len(seeking):
        return
    mothers = mothers[np.argsort(town.born[mothers], kind="stable")]
    wish = town.born[seeking] - np.clip(stream.normal(26, 5, len(seeking)), 17, 42) * YEAR
    found = mothers[np.minimum(np.searchsorted(town.born[mothers], wish), len(mothers) - 1)]
    gap = town.born[seeking] - town.born[found]
    fits = (gap >= 17 * YEAR) & (gap <= 45 * YEAR) & (town.family[found] != town.family[seeking])
    fits &= town.wed[found] + 8 <= town.born[seeking]
    mother = town.mother.copy()
    mother[seeking[fits]] = found[fits]
    partner = town.partner[seeking]
    fits &= (partner < 0) | (mother[partner] != mother[seeking])
    mother = town.mother.copy()
    mother[seeking[fits]] = found[fits]
    chosen = seeking[fits & ~_crowded(town.born, mother)[seeking]]
    town.mother[chosen] = mother[chosen]
    fathers = town.partner[mother[chosen]]
    known = (fathers >= 0) & (town.born[chosen] - town.born[fathers] >= 17 * YEAR)
    town.father[chosen[known]] = fathers[known]
    np.maximum.at(town.last_birth, town.mother[chosen], town.born[chosen])
    np.add.at(town.children, town.mother[chosen], 1)


def _crowded(born: Array, mother: Array) -> Array:
    """Whose mother has another child born within ten months before or after: bool."""
    order = np.lexsort((born, mother))
    close = (np.diff(mother[order]) == 0) & (np.diff(born[order]) < _APART) & (mother[order][1:] >= 0)
    crowded = np.zeros(len(born), dtype=bool)
    crowded[order[1:][close]] = True
    crowded[order[:-1][close]] = True
    return crowded
