"""neighbours(value, by=area) is the mean of a value over the other families of the same area, of whom anything is known
at that moment; of a condition it is their share. It is missing where the area is, and where fewer than five others have
a value: of fewer one could be made out.

Values are counted in units of 2^-20, about a millionth, so that their sum is exact and the mean the same to the last
bit in a matrix, in a monthly list and for one family online.
"""

from tayanch import neighbours as neighbours_of
from tests.spec.registries import anywhere, area, homes, payments
from tests.spec.telling import Chapter

neighbours = Chapter("Neighbours", __doc__ or "")

STREET = """
    family | happened_on | area | rooms | rent
    A      | 2020-01-01  | n    | 1     | 100
    B      | 2020-01-01  | n    | 2     | 100
    C      | 2020-01-01  | n    | 3     | 100
    D      | 2020-01-01  | n    | 4     | 100
    E      | 2020-01-01  | n    | 5     | 100
    F      | 2020-01-01  | n    | 6     |
    G      | 2020-01-01  | s    | 9     | 700
"""

neighbours.spec(
    "The mean leaves out the family itself; fewer than five others are too few",
    homes=STREET,
    expression=lambda: neighbours_of(homes.latest(homes.rooms), by=area),
    expected="""
        as_of      | A | B   | C   | D   | E   | F | G
        2026-01-01 | 4 | 3.8 | 3.6 | 3.4 | 3.2 | 3 | missing
    """,
)
neighbours.spec(
    "Who has no value is not counted, and has neighbours all the same",
    homes=STREET,
    expression=lambda: neighbours_of(homes.latest(homes.rent), by=area),
    expected="""
        as_of      | A       | E       | F   | G
        2026-01-01 | missing | missing | 100 | missing
    """,
)
neighbours.spec(
    "Of a condition it is the share for whom it is true; no rows are a fact as they are for the family itself",
    homes=STREET,
    payments="""
        family | happened_on
        A      | 2025-12-10
        B      | 2025-12-10
        F      | 2025-06-10
    """,
    expression=lambda: neighbours_of(payments.last(months=1).exists(), by=area),
    expected="""
        as_of      | A   | C   | F
        2026-01-01 | 0.2 | 0.4 | 0.4
    """,
)
neighbours.spec(
    "Who moves has other neighbours, from the day on and not before it is known",
    homes="""
        family | happened_on | known_at   | area | rooms
        A      | 2020-01-01  | 2020-01-01 | n    | 1
        B      | 2020-01-01  | 2020-01-01 | n    | 1
        C      | 2020-01-01  | 2020-01-01 | n    | 1
        D      | 2020-01-01  | 2020-01-01 | n    | 1
        E      | 2020-01-01  | 2020-01-01 | n    | 1
        F      | 2020-01-01  | 2020-01-01 | s    | 7
        F      | 2026-02-01  | 2026-02-20 | n    | 7
    """,
    expression=lambda: neighbours_of(homes.latest(homes.rooms), by=area),
    expected="""
        as_of      | known_by   | A       | F
        2026-02-20 | 2026-02-20 | missing | missing
        2026-02-01 | 2026-03-01 | missing | missing
        2026-02-02 | 2026-03-01 | 2.2     | 1
        2026-02-21 | 2026-02-21 | 2.2     | 1
    """,
)
neighbours.spec(
    "A family of which nothing is known yet is nobody's neighbour, though its count would be 0",
    homes="""
        family | happened_on | known_at
        A      | 2020-01-01  | 2020-01-01
        B      | 2020-01-01  | 2020-01-01
        C      | 2020-01-01  | 2020-01-01
        D      | 2020-01-01  | 2020-01-01
        E      | 2020-01-01  | 2020-01-01
        G      | 2020-01-01  | 2026-02-01
    """,
    members="""
        family | person | happened_on
        F      | p      | 2020-01-01
    """,
    payments="""
        family | happened_on
        H      | 2020-01-01
    """,
    expression=lambda: neighbours_of(homes.count(), by=anywhere),
    expected="""
        as_of      | A                  | F | G                  | H
        2026-02-01 | 0.8                | 1 | 0.8333333333333334 | 0.8333333333333334
        2026-02-02 | 0.8333333333333334 | 1 | 0.8333333333333334 | 0.8571428571428571
    """,
    because="F is known as a membership; H is known in payments only, which is not asked about.",
)
neighbours.spec(
    "Without an area there are no neighbours",
    homes="""
        family | happened_on | area | rooms
        A      | 2020-01-01  |      | 1
        B      | 2020-01-01  |      | 1
        C      | 2020-01-01  |      | 1
        D      | 2020-01-01  |      | 1
        E      | 2020-01-01  |      | 1
        F      | 2020-01-01  |      | 1
    """,
    expression=lambda: neighbours_of(homes.latest(homes.rooms), by=area),
    expected="""
        as_of      | A
        2026-01-01 | missing
    """,
)
neighbours.spec(
    "A value is counted to the nearest 2^-20, and to the even one of two equally near",
    homes="""
        family | happened_on | area | rent
        A      | 2020-01-01  | n    | 0
        B      | 2020-01-01  | n    | 0.0000004
        C      | 2020-01-01  | n    | 0.000000476837158203125
        D      | 2020-01-01  | n    | 0.0000006
        E      | 2020-01-01  | n    | 0.000001430511474609375
        F      | 2020-01-01  | n    | -0.000000476837158203125
    """,
    expression=lambda: neighbours_of(homes.latest(homes.rent), by=area) * 1048576 * 5,
    expected="""
        as_of      | A | D | E
        2026-01-01 | 3 | 2 | 1
    """,
    because="In units the six are 0, 0.42, 0.5, 0.63, 1.5 and -0.5: they count as 0, 0, 0, 1, 2 and 0.",
)
neighbours.spec(
    "Sums are exact however large; beyond 2^42 a value counts as missing",
    homes="""
        family | happened_on | area | rent
        A      | 2020-01-01  | n    | 1
        B      | 2020-01-01  | n    | 4398046511104
        C      | 2020-01-01  | n    | -4398046511104
        D      | 2020-01-01  | n    | 0
        E      | 2020-01-01  | n    | 0
        F      | 2020-01-01  | n    | 0.00000095367431640625
        G      | 2020-01-01  | n    | 4398046511104.001
        H      | 2020-01-01  | n    | 1e300
    """,
    expression=lambda: neighbours_of(homes.latest(homes.rent), by=area) * 1048576,
    expected="""
        as_of      | A   | F        | G
        2026-01-01 | 0.2 | 209715.2 | 174762.83333333334
    """,
    because="The whole values and the units of A and F are all that is left of the sum.",
)
neighbours.spec(
    "It can be set against the family's own value",
    homes=STREET,
    expression=lambda: homes.latest(homes.rooms) - neighbours_of(homes.latest(homes.rooms), by=area),
    expected="""
        as_of      | A  | F
        2026-01-01 | -3 | 3
    """,
)
