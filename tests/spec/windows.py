"""Windows are counted in calendar months or days from as_of, and are half-open: [start, end). A day that a month does
not have becomes its last day; it is always counted from as_of, never from the event.
"""

from tests.spec.registries import benefits, contracts, members, payments, visits
from tests.spec.telling import Chapter

windows = Chapter("Windows of time", __doc__ or "")

windows.spec(
    "last(months=1) begins with the same day a month ago and ends before as_of",
    payments="""
        family | happened_on | known_at
        A      | 2026-02-14  | 2026-02-14
        B      | 2026-02-15  | 2026-02-15
        C      | 2026-03-14  | 2026-03-14
        D      | 2026-03-15  | 2026-03-15
    """,
    expression=lambda: payments.last(months=1).count(),
    expected="""
        as_of      | known_by   | A | B | C | D
        2026-03-15 | 2026-03-16 | 0 | 1 | 1 | 0
    """,
    because="C is in though D, known too, is not: the day of as_of has only just begun.",
)
windows.spec(
    "A month before 31 March is the last day of February",
    payments="""
        family | happened_on
        A      | 2026-02-27
        B      | 2026-02-28
        C      | 2026-03-01
    """,
    expression=lambda: payments.last(months=1).exists(),
    expected="""
        as_of      | A   | B   | C
        2026-03-28 | no  | yes | yes
        2026-03-29 | no  | yes | yes
        2026-03-30 | no  | yes | yes
        2026-03-31 | no  | yes | yes
        2026-04-01 | no  | no  | yes
    """,
    because="A month after 28 February is 28 March, and yet on 30 March B still lies in the last month: nothing is "
    "counted on from the event.",
)
windows.spec(
    "In a leap year it is 29 February",
    payments="""
        family | happened_on
        A      | 2024-02-28
        B      | 2024-02-29
    """,
    expression=lambda: payments.last(months=1).exists(),
    expected="""
        as_of      | A   | B
        2024-03-28 | yes | yes
        2024-03-29 | no  | yes
        2024-03-30 | no  | yes
        2024-03-31 | no  | yes
        2024-04-01 | no  | no
    """,
)
windows.spec(
    "A year before 29 February is 28 February",
    payments="""
        family | happened_on
        A      | 2023-02-27
        B      | 2023-02-28
        C      | 2023-03-01
    """,
    expression=lambda: payments.last(months=12).exists(),
    expected="""
        as_of      | A  | B   | C
        2024-02-29 | no | yes | yes
    """,
)
windows.spec(
    "last(days=30) counts days",
    payments="""
        family | happened_on
        A      | 2026-02-28
        B      | 2026-03-01
        C      | 2026-03-30
    """,
    expression=lambda: payments.last(days=30).exists(),
    expected="""
        as_of      | A  | B   | C
        2026-03-31 | no | yes | yes
    """,
)
windows.spec(
    "ending=1 leaves out the last month; windows of one length meet without a gap",
    payments="""
        family | happened_on
        A      | 2026-01-31
        B      | 2026-02-27
        C      | 2026-02-28
    """,
    expression=lambda: payments.last(months=1, ending=1).exists(),
    expected="""
        as_of      | A   | B   | C
        2026-03-31 | yes | yes | no
    """,
    because="Two months before 31 March is 31 January, one month before it 28 February.",
)
windows.spec(
    "Without a length, last() is all the past, as is the registry itself",
    payments="""
        family | happened_on
        A      | 1991-09-01
        B      | 2026-03-30
        C      | 2026-03-31
    """,
    expression=lambda: payments.last().exists() & payments.exists(),
    expected="""
        as_of      | known_by   | A   | B   | C
        2026-03-31 | 2026-04-01 | yes | yes | no
    """,
)
windows.spec(
    "next(months=1) begins with as_of and ends before the same day a month later; it is for outcomes",
    payments="""
        family | happened_on
        A      | 2026-01-30
        B      | 2026-01-31
        C      | 2026-02-27
        D      | 2026-02-28
    """,
    expression=lambda: payments.next(months=1).exists(),
    expected="""
        as_of      | known_by   | A  | B   | C   | D
        2026-01-31 | 2026-01-31 | no | no  | no  | no
        2026-01-31 | 2026-02-01 | no | yes | no  | no
        2026-01-31 | 2026-03-01 | no | yes | yes | no
        2026-01-31 | all        | no | yes | yes | no
    """,
)
windows.spec(
    "starting=9 leaves out the nearest nine months",
    payments="""
        family | happened_on
        A      | 2026-12-31
        B      | 2027-01-01
        C      | 2027-03-31
        D      | 2027-04-01
    """,
    expression=lambda: payments.next(months=3, starting=9).exists(),
    expected="""
        as_of      | known_by | A  | B   | C   | D
        2026-04-01 | all      | no | yes | yes | no
    """,
)
windows.spec(
    "days_until() looks ahead to the first announced day; today counts, and only what was announced before",
    visits="""
        family | happened_on | known_at
        A      | 2026-03-31  | 2026-03-01
        A      | 2026-04-10  | 2026-03-01
        B      | 2026-04-10  | 2026-03-31
        C      | 2026-03-30  | 2026-03-01
    """,
    expression=lambda: visits.days_until(),
    expected="""
        as_of      | A  | B       | C
        2026-03-31 | 0  | missing | missing
        2026-04-01 | 9  | 9       | missing
        2026-04-11 | missing | missing | missing
    """,
)
windows.spec(
    "current() are the memberships that hold: joined before as_of, left on that day or later, or not at all",
    members="""
        family | person | happened_on | left
        A      | p      | 2026-03-30  |
        B      | q      | 2026-03-31  |
        C      | r      | 2020-01-01  | 2026-03-30
        D      | s      | 2020-01-01  | 2026-03-31
    """,
    expression=lambda: members.current().count(),
    expected="""
        as_of      | known_by   | A | B | C | D
        2026-03-31 | 2026-04-01 | 1 | 0 | 0 | 1
    """,
)
windows.spec(
    "current() of what is told with its end: begun before as_of, ended on that day or later, or no end known",
    benefits="""
        family | happened_on | ended
        A      | 2026-03-30  |
        B      | 2026-03-31  |
        C      | 2020-01-01  | 2026-03-30
        D      | 2020-01-01  | 2026-03-31
        E      | 2020-01-01  | 2027-01-01
    """,
    expression=lambda: benefits.current().count(),
    expected="""
        as_of      | known_by   | A | B | C | D | E
        2026-03-31 | 2026-04-01 | 1 | 0 | 0 | 1 | 1
    """,
)
windows.spec(
    "An end counts from when it was known: until then the row holds, and the version that tells it takes its place",
    benefits="""
        family | key | happened_on | known_at   | ended      | monthly
        A      | b1  | 2020-01-01  | 2020-01-02 |            | 400
        A      | b1  | 2020-01-01  | 2026-02-20 | 2026-01-31 | 400
        B      | b2  | 2020-01-01  | 2020-01-02 | 2026-01-31 | 400
        B      | b2  | 2020-01-01  | 2026-02-20 |            | 410
    """,
    expression=lambda: benefits.current().sum(benefits.monthly),
    expected="""
        as_of      | known_by   | A   | B
        2026-02-15 | 2026-02-15 | 400 | 0
        2026-02-15 | 2026-02-21 | 0   | 410
        2026-02-21 | 2026-02-21 | 0   | 410
        2026-01-31 | 2026-02-21 | 400 | 410
    """,
)
windows.spec(
    "A row that has ended still happened: other windows don't look at its end",
    benefits="""
        family | happened_on | ended
        A      | 2026-01-10  | 2026-01-31
    """,
    expression=lambda: benefits.last(months=3).exists() & ~benefits.current().exists(),
    expected="""
        as_of      | A
        2026-02-01 | yes
    """,
)
windows.spec(
    "current() of persons' rows: those that hold, of all who belong to the family then",
    members="""
        family | person | happened_on | left
        A      | p      | 2020-01-01  |
        A      | q      | 2020-01-01  | 2026-02-14
        B      | q      | 2026-02-14  |
    """,
    contracts="""
        person | happened_on | ended      | sector
        p      | 2019-01-01  | 2026-02-10 | trade
        q      | 2019-01-01  |            | farming
    """,
    expression=lambda: contracts.current().count(),
    expected="""
        as_of      | A | B
        2026-02-10 | 2 | 0
        2026-02-11 | 1 | 0
        2026-02-15 | 0 | 1
    """,
)
windows.spec(
    "ending= counts days where the length does",
    payments="""
        family | happened_on
        A      | 2026-02-21
        B      | 2026-02-22
        C      | 2026-03-23
        D      | 2026-03-24
    """,
    expression=lambda: payments.last(days=30, ending=7).exists(),
    expected="""
        as_of      | A  | B   | C   | D
        2026-03-31 | no | yes | yes | no
    """,
)
windows.spec(
    "ending= without a length is all the past but the last months",
    payments="""
        family | happened_on
        A      | 1991-09-01
        B      | 2026-02-27
        C      | 2026-02-28
    """,
    expression=lambda: payments.last(ending=1).exists(),
    expected="""
        as_of      | A   | B   | C
        2026-03-31 | yes | yes | no
    """,
)
windows.spec(
    "next(days=10, starting=5) counts days",
    payments="""
        family | happened_on
        A      | 2026-03-01
        B      | 2026-03-02
        C      | 2026-03-11
        D      | 2026-03-12
    """,
    expression=lambda: payments.next(days=10, starting=5).exists(),
    expected="""
        as_of      | known_by | A  | B   | C   | D
        2026-02-25 | all      | no | yes | yes | no
    """,
)
windows.spec(
    "An announced day is no event before it has come: other verbs see it the day after",
    visits="""
        family | happened_on | known_at
        A      | 2026-04-10  | 2026-03-01
    """,
    expression=lambda: visits.count(),
    expected="""
        as_of      | A
        2026-04-10 | 0
        2026-04-11 | 1
    """,
)
windows.spec(
    "An announcement that is moved or called off counts from when that was known",
    visits="""
        family | key | happened_on | known_at   | retracted
        A      | v1  | 2026-04-10  | 2026-03-01 |
        A      | v1  | 2026-04-20  | 2026-03-20 |
        B      | v2  | 2026-04-10  | 2026-03-01 |
        B      | v2  | 2026-04-10  | 2026-03-20 | yes
    """,
    expression=lambda: visits.days_until(),
    expected="""
        as_of      | A  | B
        2026-03-15 | 26 | 26
        2026-03-21 | 30 | missing
    """,
)
