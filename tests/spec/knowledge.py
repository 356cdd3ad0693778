"""A row counts when it was known before as_of began, as instants in the project's time zone. A later version of the
same key replaces the earlier from the instant it was known; a retraction takes the row away. Nothing is ever
overwritten: asked again about an earlier day, the store gives the earlier answer.
"""

from tests.spec.registries import payments
from tests.spec.telling import Chapter

knowledge = Chapter("What was known when", __doc__ or "")

knowledge.spec(
    "What becomes known on the day itself is not known before it",
    payments="""
        family | happened_on | known_at
        A      | 2026-03-30  | 2026-03-30 23:59:59.999999
        B      | 2026-03-30  | 2026-03-31 00:00
        C      | 2026-03-30  | 2026-03-31 00:00:00.000001
    """,
    expression=lambda: payments.count(),
    expected="""
        as_of      | A | B | C
        2026-03-31 | 1 | 0 | 0
        2026-04-01 | 1 | 1 | 1
    """,
)
knowledge.spec(
    "A day begins at midnight of the project's zone",
    zone="Asia/Tashkent",
    payments="""
        family | happened_on | known_at
        A      | 2026-03-30  | 2026-03-30 23:59
        B      | 2026-03-30  | 2026-03-31 00:01
    """,
    expression=lambda: payments.count(),
    expected="""
        as_of      | A | B
        2026-03-31 | 1 | 0
    """,
    because="In UTC both instants lie on 30 March.",
)
knowledge.spec(
    "Where clocks skip midnight, the day begins when they do",
    zone="America/Santiago",
    payments="""
        family | happened_on | known_at
        A      | 2024-09-07  | 2024-09-07 23:59
        B      | 2024-09-07  | 2024-09-08 01:00
    """,
    expression=lambda: payments.count(),
    expected="""
        as_of      | A | B
        2024-09-08 | 1 | 0
        2024-09-09 | 1 | 1
    """,
    because="On 8 September 2024 Chile's clocks went from 00:00 to 01:00.",
)
knowledge.spec(
    "Where midnight comes twice, the day begins with the first",
    zone="America/Havana",
    payments="""
        family | happened_on | known_at
        A      | 2024-11-02  | 2024-11-02 23:59
        B      | 2024-11-02  | 2024-11-03 00:00
    """,
    expression=lambda: payments.count(),
    expected="""
        as_of      | A | B
        2024-11-03 | 1 | 0
        2024-11-04 | 1 | 1
    """,
    because="On 3 November 2024 Cuba's clocks went from 01:00 back to 00:00.",
)
knowledge.spec(
    "A correction counts from when it was known; before, the first version does",
    payments="""
        family | key | happened_on | known_at   | amount
        A      | p1  | 2026-01-10  | 2026-01-11 | 100
        A      | p1  | 2026-01-10  | 2026-03-05 | 70
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A
        2026-01-11 | 0
        2026-01-12 | 100
        2026-03-05 | 100
        2026-03-06 | 70
    """,
)
knowledge.spec(
    "A correction may move the event to another day, into a window or out of it",
    payments="""
        family | key | happened_on | known_at   | amount
        A      | p1  | 2025-01-10  | 2025-01-11 | 100
        A      | p1  | 2026-02-10  | 2026-02-20 | 100
        B      | p2  | 2026-02-10  | 2026-02-11 | 100
        B      | p2  | 2025-01-10  | 2026-02-20 | 100
    """,
    expression=lambda: payments.last(months=1).count(),
    expected="""
        as_of      | A | B
        2026-02-15 | 0 | 1
        2026-02-21 | 1 | 0
    """,
)
knowledge.spec(
    "A retraction takes a row away, and a later version brings it back",
    payments="""
        family | key | happened_on | known_at   | retracted | amount
        A      | p1  | 2026-01-10  | 2026-01-11 |           | 100
        A      | p1  | 2026-01-10  | 2026-02-01 | yes       | 100
        A      | p1  | 2026-01-10  | 2026-03-01 |           | 80
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A
        2026-01-20 | 100
        2026-02-02 | 0
        2026-03-02 | 80
    """,
)
knowledge.spec(
    "Of two versions known at one instant, the later delivery counts",
    payments="""
        family | key | happened_on | known_at   | delivery | amount
        A      | p1  | 2026-01-10  | 2026-02-01 | 2        | 70
        A      | p1  | 2026-01-10  | 2026-02-01 | 1        | 100
        B      | p2  | 2026-01-10  | 2026-02-01 | 1        | 100
        B      | p2  | 2026-01-10  | 2026-02-01 | 3        | 60
    """,
    expression=lambda: payments.latest(payments.amount),
    expected="""
        as_of      | A  | B
        2026-03-01 | 70 | 60
    """,
    because="So it is with rows delivered late: they are known from their delivery on, whatever they claim.",
)
knowledge.spec(
    "Versions are ordered by when they were known, not by when they were delivered or happened",
    payments="""
        family | key | happened_on | known_at   | delivery | amount
        A      | p1  | 2026-01-12  | 2026-01-15 | 2        | 100
        A      | p1  | 2026-01-10  | 2026-02-01 | 1        | 70
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A
        2026-01-20 | 100
        2026-03-01 | 70
    """,
)
knowledge.spec(
    "One key in two families is two rows; a row that moves is retracted where it was",
    payments="""
        family | key | happened_on | known_at   | delivery | retracted | amount
        A      | p1  | 2026-01-10  | 2026-01-11 | 1        |           | 100
        A      | p1  | 2026-01-10  | 2026-02-01 | 2        | yes       | 100
        B      | p1  | 2026-01-10  | 2026-02-01 | 2        |           | 100
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A   | B
        2026-01-20 | 100 | 0
        2026-02-02 | 0   | 100
    """,
    because="Families lie in different buckets: nobody who computes one sees the other. Intake writes the retraction.",
)
knowledge.spec(
    "One key in two families, each with versions of its own",
    payments="""
        family | key | happened_on | known_at   | amount
        A      | p1  | 2026-01-10  | 2026-01-11 | 100
        B      | p1  | 2026-01-10  | 2026-02-01 | 70
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A   | B
        2026-01-20 | 100 | 0
        2026-02-02 | 100 | 70
    """,
)
knowledge.spec(
    "What is known later about an earlier day changes outcomes, never features of that day",
    payments="""
        family | key | happened_on | known_at   | amount
        A      | p1  | 2026-01-10  | 2026-06-01 | 100
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | known_by   | A
        2026-02-01 | 2026-02-01 | 0
        2026-02-01 | 2026-06-01 | 0
        2026-02-01 | 2026-06-02 | 100
        2026-02-01 | all        | 100
    """,
)
knowledge.spec(
    "A row delivered late counts from its delivery on, however long ago it happened, while its window lasts",
    payments="""
        family | happened_on | known_at   | amount
        A      | 2025-10-10  | 2026-03-01 | 100
    """,
    expression=lambda: payments.last(months=6).sum(payments.amount),
    expected="""
        as_of      | A
        2026-03-01 | 0
        2026-03-02 | 100
        2026-04-10 | 100
        2026-04-11 | 0
    """,
)
knowledge.spec(
    "With a lag windows stay where they are, and what became known within it does not count",
    payments="""
        family | happened_on | known_at
        A      | 2025-12-10  | 2025-12-11
        A      | 2025-12-20  | 2026-01-11
        A      | 2026-01-10  | 2026-01-11
    """,
    expression=lambda: payments.last(months=6).count(),
    expected="""
        as_of      | known_by   | A
        2026-03-31 | 2025-12-31 | 1
        2026-03-31 | 2026-03-31 | 3
    """,
    because="An experiment whose registers come three months late says so with `lag: 3 months`.",
)
