"""How the household gets by when income does not reach: savings, borrowing, buying on credit, selling."""

from tayanch import feature

from .needs import now
from .registries import households


@feature(theme="debt")
def lived_on_savings():
    """Whether it lived on savings in the last three months."""
    return now.latest(households.savings) == "yes"


@feature(theme="debt")
def borrowed_from_kin():
    """Whether it borrowed from relatives or friends in the last three months."""
    return now.latest(households.borrowed_kin) == "yes"


@feature(theme="debt")
def bought_on_credit():
    """Whether it bought on instalments or credit in the last three months."""
    return now.latest(households.instalments) == "yes"


@feature(theme="debt")
def sold_belongings():
    """Whether it had to sell belongings in the last three months."""
    return now.latest(households.sold) == "yes"
