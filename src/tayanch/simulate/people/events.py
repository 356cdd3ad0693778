"""What the civil register and the cadastre would have written of the people: members, acts and addresses."""

from __future__ import annotations

import numpy as np

from tayanch.simulate.people.beginnings import Past, days_in
from tayanch.simulate.people.demography import Diary
from tayanch.simulate.people.population import FIRST_CHILD, REMEMBERED
from tayanch.simulate.people.town import FAR, HEAD, RELATIONS, SPOUSE, Town
from tayanch.simulate.world import NOBODY, Array, Block, Events

SEXES = ("man", "woman")
ACTS = ("birth", "death", "marriage", "divorce")
_NEVER = np.datetime64("NaT", "D")


def padded(pages: list[Array], width: int) -> Array:
    """Values by person (or family) and month from pages by month, NOBODY for those who came later: [width, months]."""
    together = np.full((len(pages), width), NOBODY, dtype=pages[0].dtype)
    for page, values in zip(together, pages, strict=True):
        page[: len(values)] = values
    return np.ascontiguousarray(together.T)


def died_on(block: Block, town: Town) -> Array:
    """The day on which each person died, NaT for the living."""
    days = days_in(block.span, np.where(town.died < FAR, town.died, 0), town.died_on)
    days[town.died >= FAR] = _NEVER
    return days


def member_events(block: Block, diary: Diary, who: tuple[Town, Past, Array]) -> Events:
    """Who was a member of which family, as what to its head: a row for each stretch; who: town, past, days of birth."""
    town, past, born = who
    people, before = len(town.sex), len(past.family)
    family, relation = padded(diary.families, people), padded(diary.relations, people)
    days = padded(diary.days, people)
    changed = (family[:, 1:] != family[:, :-1]) | ((relation[:, 1:] != relation[:, :-1]) & (family[:, 1:] >= 0))
    there = np.concatenate([family[:, :1] >= 0, changed & (family[:, 1:] >= 0)], axis=1)
    person, month = np.nonzero(there)
    day = days_in(block.span, month - 1, days[person, np.maximum(month - 1, 0)])
    begun = np.concatenate([past.joined(born, town.mother), born[before:]])
    first = np.append(True, person[1:] != person[:-1])[: len(person)]
    joined = np.where(first, begun[person], day)
    ends, end_month = np.nonzero(changed & (family[:, :-1] >= 0))
    left = np.full(len(person), _NEVER)
    # A person's stretches follow one another: the k-th end is the end of the k-th stretch.
    opened = np.searchsorted(person, ends) + np.arange(len(ends)) - np.searchsorted(ends, ends)
    left[opened] = days_in(block.span, end_month, days[ends, end_month])
    joined = np.where(np.isnat(left), joined, np.minimum(joined, left))
    late = np.flatnonzero(town.died[:before] < 0)
    gone = died_on(block, town)[late]
    return Events(
        {
            "person": np.concatenate([late, person]).astype(np.int32),
            "family": np.concatenate([past.family[late], family[person, month]]).astype(np.int32),
            "relation": np.concatenate([np.where(town.sex[late] == 0, HEAD, SPOUSE), relation[person, month]]).astype(
                np.int8
            ),
            "sex": town.sex[np.concatenate([late, person])].astype(np.int8),
            "born": born[np.concatenate([late, person])],
            "happened_on": np.concatenate([np.minimum(begun[late], gone), joined]),
            "left": np.concatenate([gone, left]),
        },
        {"relation": RELATIONS, "sex": SEXES},
    )


def act_events(block: Block, diary: Diary, who: tuple[Town, Past, Array]) -> Events:
    """Births, deaths, marriages and divorces of the span and of ten years before it.

    A birth is written to the child (other: its mother), a death to the dead (other: the widow or widower), a marriage
    and a divorce to each of the two, in two rows (other: the other one, if they live in the block).
    """
    town, past, born = who
    since = (block.span.first - np.int64(REMEMBERED)).astype("datetime64[D]")
    children = np.flatnonzero(born >= since)
    gone = died_on(block, town)
    dead = np.flatnonzero(~np.isnat(gone))
    spouse = town.partner[dead]
    widowed = (spouse >= 0) & (town.died[spouse] >= town.died[dead])
    rows = [
        (0, children, town.mother[children], born[children]),
        (1, dead, np.where(widowed, spouse, NOBODY), gone[dead]),
    ]
    partner = _partner_then(town, past)
    for act, days, pages in ((2, past.wed, diary.weddings), (3, past.parted, diary.divorces)):
        told = np.flatnonzero(~np.isnat(days) & (days >= since))
        rows.append((act, told, partner[told] if act == 2 else np.full(len(told), NOBODY), days[told]))
        husbands, wives, month, day = np.concatenate([np.empty((4, 0), dtype=np.int64), *pages], axis=1)
        when = days_in(block.span, month, day)
        rows += [(act, husbands, wives, when), (act, wives, husbands, when)]
    return Events(
        {
            "person": np.concatenate([row[1] for row in rows]).astype(np.int32),
            "act": np.repeat(np.arange(len(ACTS))[[row[0] for row in rows]], [len(row[1]) for row in rows]).astype(
                np.int8
            ),
            "other": np.concatenate([row[2] for row in rows]).astype(np.int32),
            "happened_on": np.concatenate([row[3] for row in rows]),
        },
        {"act": ACTS},
    )


def _partner_then(town: Town, past: Past) -> Array:
    """With whom those were married who were so at the start: the other one of their family and wedding day."""
    people = np.arange(len(past.family))
    partner = np.full(len(people), NOBODY, dtype=np.int64)
    couple = np.flatnonzero(~np.isnat(past.wed) & np.isnat(past.parted))
    order = couple[
        np.lexsort((town.sex[couple], past.wed[couple], past.slot[couple] < FIRST_CHILD, past.family[couple]))
    ]
    same = (past.family[order][1:] == past.family[order][:-1]) & (past.wed[order][1:] == past.wed[order][:-1])
    same &= town.sex[order][1:] != town.sex[order][:-1]
    one, other = order[:-1][same], order[1:][same]
    partner[one], partner[other] = other, one
    return partner


def address_events(block: Block, diary: Diary, past: Past, *, mahalla: Array) -> Events:
    """Where each family lives since when: a row for where it stood when the span began, and one for each move.

    mahalla: by family and month, and after the last month (NOBODY for families that ended).
    """
    first = np.flatnonzero(mahalla[:, 0] >= 0)
    family, month, day = np.concatenate([np.empty((3, 0), dtype=np.int64), *diary.moves], axis=1)
    place = mahalla[family, month + 1]
    # Who founded a family and left it, or died, within one month never had an address.
    there = place >= 0
    family, month, day, place = family[there], month[there], day[there], place[there]
    places = np.concatenate([mahalla[first, 0], place])
    return Events(
        {
            "family": np.concatenate([first, family]).astype(np.int32),
            "mahalla": places.astype(np.int32),
            "urban": block.urban.astype(bool)[places],
            "happened_on": np.concatenate([past.founded[first], days_in(block.span, month, day)]),
        }
    )
