"""Reference tables tell dated facts that are not about persons. Of a row they are looked up on the day it happened,
of a family on as_of. A row of a table holds on the days in [since, until).
"""

from tests.spec.registries import payments
from tests.spec.telling import Chapter, table

references = Chapter("Reference tables", __doc__ or "")

line = table(
    "line",
    """
        benefit | value | since      | until
        child   | 10    |            | 2026-01-01
        child   | 20    | 2026-01-01 | 2026-02-01
        child   | 30    | 2026-03-01 |
        7       | 70    |            |
    """,
)
pair = table(
    "pair",
    """
        benefit | parcels | value
        child   | 1       | 11
        child   | 2       | 12
        aid     | 1       | 21
    """,
)

references.spec(
    "Of a row, the value that held on the day it happened",
    references=(line,),
    payments="""
        family | happened_on | benefit
        A      | 2025-12-31  | child
        B      | 2026-01-01  | child
        C      | 2026-01-31  | child
        D      | 2026-02-01  | child
        E      | 2026-03-01  | child
        F      | 2026-01-01  | aid
        G      | 2026-01-01  |
    """,
    expression=lambda: payments.latest(line.lookup(payments.benefit)),
    expected="""
        as_of      | A  | B  | C  | D       | E  | F       | G
        2026-03-31 | 10 | 20 | 20 | missing | 30 | missing | missing
    """,
    because="On 1 February no row holds, for aid none ever does, and a missing key finds nothing.",
)
references.spec(
    "Of a family, the value that holds on as_of",
    references=(line,),
    payments="""
        family | happened_on | benefit
        A      | 2025-06-30  | child
    """,
    expression=lambda: line.lookup(payments.latest(payments.benefit)),
    expected="""
        as_of      | A
        2025-12-31 | 10
        2026-01-01 | 20
        2026-02-15 | missing
        2026-03-01 | 30
    """,
)
references.spec(
    "A key may be a constant; of a family its value still moves with as_of, of a row with the day it happened",
    references=(line,),
    payments="""
        family | happened_on | amount
        A      | 2025-12-31  | 100
        A      | 2026-01-01  | 100
    """,
    expression=lambda: payments.sum(payments.amount / line.lookup("child")) * line.lookup("child"),
    expected="""
        as_of      | known_by | A
        2026-01-01 | all      | 200
        2026-01-15 | all      | 300
        2026-03-01 | all      | 450
    """,
)
references.spec(
    "Several keys must all agree",
    references=(pair,),
    payments="""
        family | happened_on | benefit | parcels
        A      | 2026-01-10  | child   | 2
        B      | 2026-01-10  | aid     | 2
        C      | 2026-01-10  | aid     | 1
    """,
    expression=lambda: payments.sum(pair.lookup(payments.benefit, payments.parcels)),
    expected="""
        as_of      | A  | B       | C
        2026-03-31 | 12 | missing | 21
    """,
)
references.spec(
    "A number is looked up by how it is written, with or without a decimal point",
    references=(line,),
    payments="""
        family | happened_on | amount | parcels | office
        A      | 2026-01-10  | 7      | 7       | 07
        B      | 2026-01-10  | 7.5    | 8       | seven
    """,
    expression=lambda: (
        line.lookup(payments.latest(payments.amount))
        + line.lookup(payments.latest(payments.parcels))
        + line.lookup(payments.latest(payments.office))
    ),
    expected="""
        as_of      | A   | B
        2026-03-31 | 210 | missing
    """,
)
