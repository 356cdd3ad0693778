"""A missing value stays missing through arithmetic and comparisons. `&`, `|` and `~` follow Kleene's logic: what is
known decides where it can. Nothing turns into 0, "no" or "other" unless the declaration says so with fill().
"""

from datetime import date

from tayanch import when
from tests.spec.registries import payments
from tests.spec.telling import Chapter

missing = Chapter("Missing values, arithmetic and logic", __doc__ or "")

ONE = """
    family | happened_on | amount | parcels | benefit
    A      | 2026-01-10  | 100    | 4       | child
    B      | 2026-01-10  |        | 0       |
    C      | 2026-01-10  | 0      |         | aid
"""

missing.spec(
    "Arithmetic with a missing value is missing, and a division by zero too",
    payments=ONE,
    expression=lambda: payments.latest(payments.amount) / payments.latest(payments.parcels),
    expected="""
        as_of      | A  | B       | C       | D
        2026-03-31 | 25 | missing | missing | missing
    """,
)
missing.spec(
    "0 / 0 is missing as any division by zero",
    payments=ONE,
    expression=lambda: payments.latest(payments.amount) / payments.latest(payments.amount),
    expected="""
        as_of      | A | B       | C       | D
        2026-03-31 | 1 | missing | missing | missing
    """,
)
missing.spec(
    "Whole numbers stay whole through + - *, and make a number with / or a fraction",
    payments=ONE,
    expression=lambda: (payments.latest(payments.parcels) * 3 - 5) / 2,
    expected="""
        as_of      | A   | B    | C       | D
        2026-03-31 | 3.5 | -2.5 | missing | missing
    """,
)
missing.spec(
    "A number too large for 64 bits is missing, made by arithmetic or by a sum",
    payments="""
        family | happened_on | amount
        A      | 2026-01-10  | 1e308
        B      | 2026-01-10  | 1e308
        B      | 2026-01-11  | 1e308
        C      | 2026-01-10  | 1e307
    """,
    expression=lambda: (payments.sum(payments.amount) * 0.5).missing() | (payments.max(payments.amount) * 10).missing(),
    expected="""
        as_of      | A   | B   | C
        2026-03-31 | yes | yes | no
    """,
)
missing.spec(
    "A sum too large is missing, though it would come back",
    payments="""
        family | happened_on | amount
        A      | 2026-01-10  | 1e308
        A      | 2026-01-11  | 1e308
        A      | 2026-01-12  | -1e308
        B      | 2026-01-10  | 1e308
        B      | 2026-01-11  | -1e308
        B      | 2026-01-12  | 1e308
    """,
    expression=lambda: payments.sum(payments.amount) > 0,
    expected="""
        as_of      | A       | B
        2026-03-31 | missing | yes
    """,
)
missing.spec(
    "There is one zero",
    payments=ONE,
    expression=lambda: payments.latest(payments.amount) * -1,
    expected="""
        as_of      | A    | B       | C | D
        2026-03-31 | -100 | missing | 0 | missing
    """,
    because="Minus zero would be another eight bytes for the same number.",
)
missing.spec(
    "A comparison with a missing value is missing, be it == or !=",
    payments=ONE,
    expression=lambda: payments.latest(payments.benefit) != "child",
    expected="""
        as_of      | A  | B       | C   | D
        2026-03-31 | no | missing | yes | missing
    """,
)
missing.spec(
    "isin() is missing where the value is",
    payments=ONE,
    expression=lambda: payments.latest(payments.benefit).isin(["child", "old_age"]),
    expected="""
        as_of      | A   | B       | C  | D
        2026-03-31 | yes | missing | no | missing
    """,
)

TRUTHS = """
    family | happened_on | amount | parcels
    TT     | 2026-01-10  | 1      | 1
    TF     | 2026-01-10  | 1      | 0
    TM     | 2026-01-10  | 1      |
    FF     | 2026-01-10  | 0      | 0
    FM     | 2026-01-10  | 0      |
    MM     | 2026-01-10  |        |
"""

missing.spec(
    "and: false decides, whatever the other is",
    payments=TRUTHS,
    expression=lambda: (payments.latest(payments.amount) > 0) & (payments.latest(payments.parcels) > 0),
    expected="""
        as_of      | TT  | TF | TM      | FF | FM | MM
        2026-03-31 | yes | no | missing | no | no | missing
    """,
)
missing.spec(
    "or: true decides",
    payments=TRUTHS,
    expression=lambda: (payments.latest(payments.amount) > 0) | (payments.latest(payments.parcels) > 0),
    expected="""
        as_of      | TT  | TF  | TM  | FF | FM      | MM
        2026-03-31 | yes | yes | yes | no | missing | missing
    """,
)
missing.spec(
    "not: of missing is missing",
    payments=TRUTHS,
    expression=lambda: ~(payments.latest(payments.parcels) > 0),
    expected="""
        as_of      | TT | TF  | TM      | FF  | FM      | MM
        2026-03-31 | no | yes | missing | yes | missing | missing
    """,
)
missing.spec(
    "missing() asks, and is never missing itself",
    payments=ONE,
    expression=lambda: payments.latest(payments.amount).missing(),
    expected="""
        as_of      | A  | B   | C  | D
        2026-03-31 | no | yes | no | yes
    """,
)
missing.spec(
    "fill() says what stands for a missing value",
    payments=ONE,
    expression=lambda: payments.latest(payments.benefit).fill("none told"),
    expected="""
        as_of      | A     | B         | C   | D
        2026-03-31 | child | none told | aid | none told
    """,
)
missing.spec(
    "when() takes one value or the other, and neither where its condition is missing",
    payments=ONE,
    expression=lambda: when(payments.latest(payments.amount) > 50, 1, payments.latest(payments.parcels)),
    expected="""
        as_of      | A | B       | C       | D
        2026-03-31 | 1 | missing | missing | missing
    """,
)
missing.spec(
    "Dates compare as dates",
    payments="""
        family | happened_on | granted
        A      | 2026-01-10  | 2025-12-31
        B      | 2026-01-10  | 2026-01-01
        C      | 2026-01-10  |
    """,
    expression=lambda: payments.latest(payments.granted) < date(2026, 1, 1),
    expected="""
        as_of      | A   | B  | C
        2026-03-31 | yes | no | missing
    """,
)
