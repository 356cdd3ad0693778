"""Rows of persons reach the family through memberships: at as_of, all rows of all who belong to it then, as was known
then. A person brings the whole window of their history, and takes it along.
"""

from tayanch import years_since
from tests.spec.registries import jobs, members
from tests.spec.telling import Chapter

persons = Chapter("Persons and their families", __doc__ or "")

persons.spec(
    "Who comes and goes is pooled while they belong",
    members="""
        family | person | happened_on | left
        A      | p      | 2020-01-01  |
        A      | q      | 2026-02-01  | 2026-03-10
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-31  | 100
        q      | 2026-01-31  | 30
    """,
    expression=lambda: jobs.last(months=3).sum(jobs.wage),
    expected="""
        as_of      | A
        2026-02-01 | 100
        2026-02-02 | 130
        2026-03-10 | 130
        2026-03-11 | 100
    """,
)
persons.spec(
    "Who joins brings their history; who moves takes it to the other family",
    members="""
        family | person | happened_on | left
        A      | p      | 2020-01-01  | 2026-02-14
        B      | p      | 2026-02-15  |
    """,
    jobs="""
        person | happened_on | wage
        p      | 2025-06-30  | 100
        p      | 2026-02-28  | 50
    """,
    expression=lambda: jobs.last(months=12).sum(jobs.wage),
    expected="""
        as_of      | A   | B
        2026-02-14 | 100 | 0
        2026-02-15 | 0   | 0
        2026-02-16 | 0   | 100
        2026-03-01 | 0   | 150
    """,
    because="On the day in between, p belongs to neither: joined before as_of, and left not before it.",
)
persons.spec(
    "Who comes back belongs again",
    members="""
        family | person | key | happened_on | left
        A      | p      | m1  | 2020-01-01  | 2025-12-31
        A      | p      | m2  | 2026-02-01  |
    """,
    jobs="""
        person | happened_on | wage
        p      | 2025-11-30  | 100
    """,
    expression=lambda: jobs.count(),
    expected="""
        as_of      | A
        2025-12-31 | 1
        2026-01-15 | 0
        2026-02-02 | 1
    """,
)
persons.spec(
    "A person who belongs twice at a time is counted once, and in two families in both",
    members="""
        family | person | key | happened_on | left
        A      | p      | m1  | 2020-01-01  |
        A      | p      | m2  | 2024-01-01  |
        B      | p      | m3  | 2024-01-01  |
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-31  | 100
    """,
    expression=lambda: jobs.sum(jobs.wage),
    expected="""
        as_of      | A   | B
        2026-03-01 | 100 | 100
    """,
)
persons.spec(
    "A membership counts as it was known: corrected later, it changes later",
    members="""
        family | person | key | happened_on | known_at   | left
        A      | p      | m1  | 2020-01-01  | 2020-01-02 |
        A      | p      | m1  | 2020-01-01  | 2026-02-20 | 2026-01-31
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-15  | 100
    """,
    expression=lambda: jobs.count(),
    expected="""
        as_of      | known_by   | A
        2026-02-15 | 2026-02-15 | 1
        2026-02-15 | 2026-02-21 | 0
        2026-02-21 | 2026-02-21 | 0
    """,
)
persons.spec(
    "A retracted membership never was",
    members="""
        family | person | key | happened_on | known_at   | retracted
        A      | p      | m1  | 2020-01-01  | 2020-01-02 |
        A      | p      | m1  | 2020-01-01  | 2026-02-20 | yes
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-15  | 100
    """,
    expression=lambda: jobs.count(),
    expected="""
        as_of      | A
        2026-02-20 | 1
        2026-02-21 | 0
    """,
)
persons.spec(
    "A correction may put another person into a membership",
    members="""
        family | person | key | happened_on | known_at
        A      | p      | m1  | 2020-01-01  | 2020-01-02
        A      | q      | m1  | 2020-01-01  | 2026-02-20
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-15  | 100
        q      | 2026-01-15  | 30
    """,
    expression=lambda: jobs.sum(jobs.wage),
    expected="""
        as_of      | A
        2026-02-20 | 100
        2026-02-21 | 30
    """,
)
persons.spec(
    "Rows of several persons are added in the order of happened_on, then key, whoever they are of",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        A      | q      | 2020-01-01
        A      | r      | 2020-01-01
    """,
    jobs="""
        person | key | happened_on | wage
        p      | 1   | 2026-01-15  | 10000000000000000
        q      | 3   | 2026-01-15  | 1
        r      | 2   | 2026-01-15  | -10000000000000000
    """,
    expression=lambda: jobs.sum(jobs.wage),
    expected="""
        as_of      | A
        2026-03-31 | 1
    """,
    because="In the order of persons the 1 would be lost. Keys come from the source; pseudonyms change.",
)
persons.spec(
    "Of several persons, the last row is the one with the greatest key, then person, when all else is equal",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        A      | q      | 2020-01-01
        B      | r      | 2020-01-01
        B      | s      | 2020-01-01
    """,
    jobs="""
        person | key | happened_on | known_at   | wage
        p      | 2   | 2026-01-15  | 2026-01-16 | 1
        q      | 1   | 2026-01-15  | 2026-01-16 | 2
        r      | 1   | 2026-01-15  | 2026-01-16 | 3
        s      | 1   | 2026-01-15  | 2026-01-16 | 4
    """,
    expression=lambda: jobs.latest(jobs.wage),
    expected="""
        as_of      | A | B
        2026-03-31 | 1 | 4
    """,
)
persons.spec(
    "Persons of no family, and families of no persons, are no error",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
    """,
    jobs="""
        person | happened_on | wage
        x      | 2026-01-15  | 100
    """,
    expression=lambda: jobs.count(),
    expected="""
        as_of      | A | B
        2026-03-01 | 0 | 0
    """,
)
persons.spec(
    "years_since() is an age in completed years; who was born on 29 February is a year older on 1 March",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        B      | q      | 2020-01-01
    """,
    jobs="""
        person | happened_on | born
        p      | 2023-01-31  | 2000-02-29
        q      | 2023-01-31  | 2000-03-01
    """,
    expression=lambda: jobs.latest(years_since(jobs.born)),
    expected="""
        as_of      | A  | B
        2024-02-28 | 23 | 23
        2024-02-29 | 24 | 23
        2024-03-01 | 24 | 24
        2025-02-28 | 24 | 24
        2025-03-01 | 25 | 25
    """,
)
persons.spec(
    "Of a date still to come it is negative, of a missing one missing",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        B      | q      | 2020-01-01
    """,
    jobs="""
        person | happened_on | born
        p      | 2023-01-31  | 2024-06-30
        q      | 2023-01-31  |
    """,
    expression=lambda: jobs.latest(years_since(jobs.born)),
    expected="""
        as_of      | A  | B
        2024-06-29 | -1 | missing
        2024-06-30 | 0  | missing
    """,
)
persons.spec(
    "A condition on age moves with as_of",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        A      | q      | 2020-01-01
    """,
    jobs="""
        person | happened_on | born
        p      | 2023-01-31  | 2006-05-10
        q      | 2023-01-31  | 1980-01-01
    """,
    expression=lambda: jobs.where(years_since(jobs.born) < 18).count(),
    expected="""
        as_of      | A
        2024-05-09 | 1
        2024-05-10 | 0
    """,
)
persons.spec(
    "persons() is how many different persons have rows, 0 of none",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        A      | q      | 2020-01-01
        A      | r      | 2020-01-01
        B      | s      | 2020-01-01
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-31  | 100
        p      | 2026-02-28  | 100
        q      | 2026-02-28  |
    """,
    expression=lambda: jobs.persons(),
    expected="""
        as_of      | A | B | C
        2026-01-31 | 0 | 0 | 0
        2026-02-01 | 1 | 0 | 0
        2026-03-01 | 2 | 0 | 0
    """,
)
persons.spec(
    "persons() counts within a window and under a condition",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
        A      | q      | 2020-01-01
        A      | r      | 2020-01-01
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-31  | 100
        p      | 2026-02-28  | 100
        q      | 2026-02-27  | 30
        q      | 2026-02-28  | 100
        r      | 2026-02-28  |
    """,
    expression=lambda: jobs.last(months=1).where(jobs.wage > 50).persons(),
    expected="""
        as_of      | A
        2026-02-28 | 1
        2026-03-01 | 2
        2026-03-28 | 2
        2026-04-01 | 0
    """,
)
persons.spec(
    "persons() of memberships counts who belong twice once; a person of two families is counted in both",
    members="""
        family | person | key | happened_on | left
        A      | p      | m1  | 2020-01-01  | 2020-12-31
        A      | p      | m2  | 2022-01-01  |
        A      | q      | m3  | 2022-01-01  | 2023-12-31
        B      | q      | m4  | 2022-01-01  |
    """,
    expression=lambda: members.persons() * 10 + members.current().persons(),
    expected="""
        as_of      | A  | B
        2021-01-01 | 10 | 0
        2023-01-01 | 22 | 11
        2024-01-01 | 21 | 11
    """,
    because="The tens tell who ever belonged, the ones who belongs.",
)
persons.spec(
    "persons() goes by who a row is of as it was known",
    members="""
        family | person | key | happened_on | known_at
        A      | p      | m1  | 2020-01-01  | 2020-01-02
        A      | q      | m2  | 2020-01-01  | 2020-01-02
        A      | q      | m1  | 2020-01-01  | 2026-02-20
    """,
    expression=lambda: members.persons(),
    expected="""
        as_of      | A
        2026-02-20 | 2
        2026-02-21 | 1
    """,
)
