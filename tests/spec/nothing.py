"""That nothing is told of a family can have three reasons, and they stay apart. The registry has no row of it: that is
the feature's own value, 0 or missing as its verb says. The family is not linked: rows of the registry can't reach it.
Or nothing was delivered from where it lives. The last two say how complete the data are, never "no": a matrix keeps
them in columns of their own, `linked(registry)` and `delivered(registry)`, which training does not see.
"""

from tayanch.store.completeness import delivered, linked
from tests.spec.registries import area, jobs, members, payments
from tests.spec.telling import Chapter

nothing = Chapter("Three kinds of nothing", __doc__ or "")

LIVES = """
    family | happened_on | area
    A      | 2020-01-01  | n
    B      | 2020-01-01  | n
    C      | 2020-01-01  | n
    D      | 2020-01-01  | n
    E      | 2020-01-01  | n
    F      | 2020-01-01  | n
    G      | 2020-01-01  | s
    H      | 2020-01-01  | s
    I      | 2020-01-01  | s
    J      | 2020-01-01  | s
    K      | 2020-01-01  | s
    L      | 2020-01-01  | s
    X      | 2020-01-01  |
    Y      | 2020-01-01  | far
"""
PAID = """
    family | happened_on | known_at
    A      | 2026-01-10  | 2026-01-10
    B      | 2026-01-10  | 2026-02-20
    G      | 2025-06-10  | 2025-06-10
    X      | 2026-01-10  | 2026-01-10
    Y      | 2026-01-10  | 2026-01-10
"""

nothing.spec(
    "No row: the feature says what that means, alike whatever the reason is",
    homes=LIVES,
    payments=PAID,
    expression=lambda: payments.last(months=2).count(),
    expected="""
        as_of      | A | B | C | G | H | X | Y
        2026-02-01 | 1 | 0 | 0 | 0 | 0 | 1 | 1
        2027-02-01 | 0 | 0 | 0 | 0 | 0 | 0 | 0
    """,
)
nothing.spec(
    "Not delivered: no other family of the area has a row that happened within `silent_after` (here 2 months)",
    homes=LIVES,
    payments=PAID,
    expression=lambda: delivered(payments, by=area),
    expected="""
        as_of      | A   | B   | C   | G  | H  | X       | Y
        2026-02-01 | no  | yes | yes | no | no | missing | missing
        2026-02-21 | yes | yes | yes | no | no | missing | missing
        2026-04-01 | no  | no  | no  | no | no | missing | missing
    """,
    because="A family's own row does not tell that others were delivered: on 1 February only A's is known in n. G's is "
    "too old. X has no area and Y no five neighbours: nobody can tell, and that is not a no.",
)
nothing.spec(
    "The three facts are no one's substitute: a row may be there though nothing else was delivered",
    homes=LIVES,
    payments=PAID,
    expression=lambda: payments.last(months=2).exists() & ~delivered(payments, by=area),
    expected="""
        as_of      | A   | C  | X
        2026-02-01 | yes | no | missing
        2026-02-21 | no  | no | missing
    """,
)
nothing.spec(
    "Not linked: rows of persons reach a family only through a member who is known and belongs",
    members="""
        family | person | happened_on | known_at   | left
        A      | p      | 2020-01-01  | 2020-01-02 |
        B      | q      | 2020-01-01  | 2020-01-02 | 2026-01-31
        C      | r      | 2026-01-10  | 2026-02-20 |
    """,
    jobs="""
        person | happened_on | wage
        q      | 2026-01-15  | 100
    """,
    homes="""
        family | happened_on
        D      | 2020-01-01
    """,
    expression=lambda: linked(jobs, members),
    expected="""
        as_of      | A   | B   | C   | D
        2026-01-31 | yes | yes | no  | no
        2026-02-01 | yes | no  | no  | no
        2026-02-21 | yes | no  | yes | no
    """,
    because="A is linked and has no wage; B has one and is linked no more; of D nobody ever told who belongs to it.",
)
nothing.spec(
    "Rows of families carry the family: of them every family of a matrix is linked",
    members="""
        family | person | happened_on
        A      | p      | 2020-01-01
    """,
    payments="""
        family | happened_on
        B      | 2026-01-10
    """,
    expression=lambda: linked(payments, members),
    expected="""
        as_of      | A   | B
        2026-02-01 | yes | yes
    """,
)
nothing.spec(
    "Of persons' registries a row of any member tells that the area was delivered",
    homes=LIVES,
    members="""
        family | person | happened_on | left
        A      | p      | 2020-01-01  |
        B      | q      | 2020-01-01  | 2026-01-15
    """,
    jobs="""
        person | happened_on
        p      | 2025-12-31
        q      | 2026-01-10
    """,
    expression=lambda: delivered(jobs, by=area),
    expected="""
        as_of      | A   | B   | C   | G
        2026-01-11 | yes | yes | yes | no
        2026-02-01 | no  | yes | yes | no
    """,
    because="q has left B: in February nobody but A has a row.",
)
