"""Families change: children are born, people die, marry, part and come back. What the store tells follows who belonged
at as_of, as far as that was known; what was told once of a day, with what was known then, is never told otherwise.
"""

from tests.spec.registries import jobs, members, payments
from tests.spec.telling import Chapter

lives = Chapter("Births, deaths, divorces", __doc__ or "")

lives.spec(
    "A birth counts from when it was known, with the day from which the child belongs",
    members="""
        family | person | happened_on | known_at
        A      | p      | 2020-01-01  | 2020-01-02
        A      | child  | 2026-02-01  | 2026-02-10
    """,
    expression=lambda: members.current().count(),
    expected="""
        as_of      | known_by   | A
        2026-02-02 | 2026-02-02 | 1
        2026-02-11 | 2026-02-11 | 2
        2026-02-02 | 2026-02-11 | 2
        2026-02-01 | 2026-02-11 | 1
    """,
)
lives.spec(
    "A death ends the membership and takes the person's rows along, once it is known",
    members="""
        family | person | key | happened_on | known_at   | left
        A      | p      | m1  | 2020-01-01  | 2020-01-02 |
        A      | q      | m2  | 2020-01-01  | 2020-01-02 |
        A      | q      | m2  | 2020-01-01  | 2026-02-15 | 2026-01-20
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-15  | 100
        q      | 2026-01-15  | 30
    """,
    expression=lambda: jobs.last(months=3).sum(jobs.wage),
    expected="""
        as_of      | known_by   | A
        2026-02-01 | 2026-02-01 | 130
        2026-02-16 | 2026-02-16 | 100
        2026-02-01 | 2026-02-16 | 100
        2026-01-20 | 2026-02-16 | 130
    """,
)
lives.spec(
    "After a divorce the family's own rows stay with it; who leaves goes on in another and takes the personal ones",
    members="""
        family | person | happened_on | left
        A      | p      | 2020-01-01  |
        A      | q      | 2020-01-01  | 2026-02-14
        B      | q      | 2026-02-14  |
    """,
    jobs="""
        person | happened_on | wage
        p      | 2026-01-15  | 100
        q      | 2026-01-15  | 30
    """,
    payments="""
        family | happened_on | amount
        A      | 2026-01-15  | 7
    """,
    expression=lambda: jobs.sum(jobs.wage) + payments.sum(payments.amount),
    expected="""
        as_of      | A   | B
        2026-02-14 | 137 | 0
        2026-02-15 | 107 | 30
    """,
)
