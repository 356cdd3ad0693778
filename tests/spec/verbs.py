"""A verb makes one value of a family from its rows. What it gives of no rows, and of missing values, is part of its
meaning: no rows is a fact for count, exists, distinct and sum, and nothing to tell for the others.
"""

from tests.spec.registries import homes, members, paid, payments
from tests.spec.telling import Chapter

verbs = Chapter("Verbs", __doc__ or "")

SOME = """
    family | happened_on | amount | parcels | benefit | office
    A      | 2026-01-10  | 100    | 1       | child   | north
    A      | 2026-02-10  |        | 1       | aid     | south
    A      | 2026-03-10  | 40     | 2       | child   |
    B      | 2026-01-10  |        |         |         |
    B      | 2026-02-10  |        |         |         |
"""

verbs.spec(
    "count() is how many rows there are, with values or without",
    payments=SOME,
    expression=lambda: payments.count(),
    expected="""
        as_of      | A | B | C
        2026-03-31 | 3 | 2 | 0
    """,
)
verbs.spec(
    "exists() is whether there is any",
    payments=SOME,
    expression=lambda: payments.exists(),
    expected="""
        as_of      | A   | B   | C
        2026-03-31 | yes | yes | no
    """,
)
verbs.spec(
    "sum() adds the present values: 0 of no rows, missing when there are rows and nothing in them",
    payments=SOME,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A   | B       | C
        2026-03-31 | 140 | missing | 0
    """,
    because="No payment is a sum of 0. A payment of unknown amount is not.",
)
verbs.spec(
    "A sum of whole numbers is whole and exact",
    payments="""
        family | happened_on | parcels
        A      | 2026-01-10  | 9007199254740993
        A      | 2026-02-10  | 2
        B      | 2026-01-10  | 9223372036854775807
        B      | 2026-02-10  | 1
        B      | 2026-03-10  | -1
        C      | 2026-01-10  | 9223372036854775807
        C      | 2026-02-10  | 2
    """,
    expression=lambda: payments.sum(payments.parcels) == 9007199254740995,
    expected="""
        as_of      | A   | B  | C
        2026-03-31 | yes | no | missing
    """,
    because="9007199254740993 is the first whole number that float64 can't hold. Beyond 64 bits a whole is missing.",
)
verbs.spec(
    "Numbers are added one after the other in the order of happened_on, then key",
    payments="""
        family | key | happened_on | amount
        A      | 1   | 2026-01-10  | 10000000000000000
        A      | 2   | 2026-02-10  | 1
        A      | 3   | 2026-03-10  | -10000000000000000
        B      | 1   | 2026-01-10  | 10000000000000000
        B      | 3   | 2026-02-10  | 1
        B      | 2   | 2026-02-10  | -10000000000000000
    """,
    expression=lambda: payments.sum(payments.amount),
    expected="""
        as_of      | A | B
        2026-03-31 | 0 | 1
    """,
    because="Floats forget; an order told beforehand is what makes two machines forget the same.",
)
verbs.spec(
    "mean() is the sum of the present values divided by how many they are; missing of none",
    payments=SOME,
    expression=lambda: payments.mean(payments.amount),
    expected="""
        as_of      | A  | B       | C
        2026-03-31 | 70 | missing | missing
    """,
)
verbs.spec(
    "min() is the smallest of the present values",
    payments=SOME,
    expression=lambda: payments.min(payments.amount),
    expected="""
        as_of      | A  | B       | C
        2026-03-31 | 40 | missing | missing
    """,
)
verbs.spec(
    "max() is the largest",
    payments=SOME,
    expression=lambda: payments.max(payments.parcels),
    expected="""
        as_of      | A | B       | C
        2026-03-31 | 2 | missing | missing
    """,
)
verbs.spec(
    "latest() is the value in the last row, missing when it is missing there",
    payments=SOME,
    expression=lambda: payments.latest(payments.office),
    expected="""
        as_of      | A       | B       | C
        2026-02-01 | north   | missing | missing
        2026-03-01 | south   | missing | missing
        2026-03-31 | missing | missing | missing
    """,
)
verbs.spec(
    "Among rows of one day, the last is the one known last, then delivered last, then with the greatest key",
    payments="""
        family | key | happened_on | known_at   | delivery | amount
        A      | 1   | 2026-01-10  | 2026-01-12 | 1        | 1
        A      | 2   | 2026-01-10  | 2026-01-11 | 1        | 2
        B      | 1   | 2026-01-10  | 2026-01-11 | 2        | 1
        B      | 2   | 2026-01-10  | 2026-01-11 | 1        | 2
        C      | 1   | 2026-01-10  | 2026-01-11 | 1        | 1
        C      | 2   | 2026-01-10  | 2026-01-11 | 1        | 2
        D      | 10  | 2026-01-10  | 2026-01-11 | 1        | 1
        D      | 9   | 2026-01-10  | 2026-01-11 | 1        | 2
    """,
    expression=lambda: payments.latest(payments.amount),
    expected="""
        as_of      | A | B | C | D
        2026-03-31 | 1 | 1 | 2 | 2
    """,
    because="Keys are texts: 9 comes after 10.",
)
verbs.spec(
    "distinct() is how many different present values there are",
    payments=SOME,
    expression=lambda: payments.distinct(payments.benefit),
    expected="""
        as_of      | A | B | C
        2026-03-31 | 2 | 0 | 0
    """,
)
verbs.spec(
    "days_since() is whole days from the last row to as_of",
    payments=SOME,
    expression=lambda: payments.days_since(),
    expected="""
        as_of      | A  | B  | C
        2026-02-11 | 1  | 1  | missing
        2026-03-31 | 21 | 49 | missing
    """,
)
verbs.spec(
    "where() keeps the rows whose condition is true; a missing condition is not",
    payments=SOME,
    expression=lambda: payments.where(payments.benefit == "child").count(),
    expected="""
        as_of      | A | B | C
        2026-03-31 | 2 | 0 | 0
    """,
)
verbs.spec(
    "where() and windows compose in any order",
    payments=SOME,
    expression=lambda: payments.where(payments.parcels >= 1).last(months=2).where(~payments.amount.missing()).count(),
    expected="""
        as_of      | A | B | C
        2026-03-31 | 1 | 0 | 0
    """,
)
verbs.spec(
    "What a window holds can be reduced to a value of each row computed first",
    payments=SOME,
    expression=lambda: payments.sum(payments.amount / payments.parcels),
    expected="""
        as_of      | A   | B       | C
        2026-03-31 | 120 | missing | 0
    """,
)
verbs.spec(
    "Memberships can be counted and summed as any rows",
    members="""
        family | person | happened_on | left       | share
        A      | p      | 2020-01-01  |            | 0.5
        A      | q      | 2020-01-01  | 2025-12-31 | 0.5
    """,
    expression=lambda: members.current().sum(members.share) / members.sum(members.share),
    expected="""
        as_of      | A
        2026-03-31 | 0.5
    """,
)
verbs.spec(
    "latest() may be of a condition, computed in the last row",
    payments=SOME,
    expression=lambda: payments.latest(payments.amount > 50),
    expected="""
        as_of      | A       | B       | C
        2026-02-01 | yes     | missing | missing
        2026-03-01 | missing | missing | missing
        2026-03-31 | no      | missing | missing
    """,
)
verbs.spec(
    "mean() of whole numbers is a number",
    payments=SOME,
    expression=lambda: payments.mean(payments.parcels),
    expected="""
        as_of      | A                  | B
        2026-03-01 | 1                  | missing
        2026-03-31 | 1.3333333333333333 | missing
    """,
)
verbs.spec(
    "A condition may take several columns of the row together",
    payments=SOME,
    expression=lambda: payments.where((payments.benefit == "aid") | (payments.amount <= payments.parcels * 20)).count(),
    expected="""
        as_of      | A | B
        2026-03-31 | 2 | 0
    """,
    because="Aid counts though its amount is missing, 40 of two parcels does, and 100 of one does not.",
)
verbs.spec(
    "A declared feature may stand in another's expression, and means what it means there",
    payments=SOME,
    homes="""
        family | happened_on | rent
        A      | 2020-01-01  | 70
        B      | 2020-01-01  | 70
    """,
    expression=lambda: homes.latest(homes.rent) / paid,
    expected="""
        as_of      | A   | B
        2026-03-31 | 0.5 | missing
    """,
)
