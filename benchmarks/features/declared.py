"""The benchmark's registries and its sixty features, declared as any project declares them."""

from __future__ import annotations

from benchmarks.features import asked
from tayanch import Column, cohort, feature, registry
from tayanch.declare.expressions import Expression
from tayanch.declare.features import Feature, compile_features
from tayanch.declare.registries import Registry
from tayanch.store.questions import MatrixQuestion


def _events(register: str) -> Registry:
    class Events:
        """Invented events of families."""

        happened_on = "happened"
        known_at = "told"
        kind = Column("what sort", values=asked.KINDS[register])
        amount = Column("how much", unit="UZS", type="whole")

    Events.__name__ = register
    return registry(key="row", purpose="measuring", owner="the benchmark")(Events)


@registry(key="row", purpose="measuring", owner="the benchmark")
class profile:
    """What a family is, since when."""

    happened_on = "since"
    known_at = "told"
    district = Column("where it lives", values=asked.DISTRICTS)
    income = Column("what it earns in a month", unit="UZS", type="whole")
    members = Column("how many they are", unit="persons", type="whole")


EVENTS = {register: _events(register) for register in asked.KINDS}
REGISTRIES = (*EVENTS.values(), profile)


@cohort
def everybody() -> Expression:
    """Families with a profile: all there are, at every date."""
    return profile.exists()


def _windowed(told: asked.Windowed) -> Expression:
    rows = EVENTS[told.register].rows
    rows = rows.where(EVENTS[told.register].kind == told.kind) if told.kind else rows
    rows = rows.last(days=told.days) if told.days else rows
    return getattr(rows, told.verb)(*([] if told.verb in ("count", "days_since") else [EVENTS[told.register].amount]))


def _features() -> tuple[Feature, ...]:
    values: dict[str, Expression] = {told.name: _windowed(told) for told in asked.WINDOWED}
    values |= {told.name: profile.latest(getattr(profile, told.column)) for told in asked.LATEST}
    values |= {told.name: values[told.above] / values[told.below] for told in asked.RATIOS}
    return tuple(_feature(name, value) for name, value in values.items())


def _feature(name: str, value: Expression) -> Feature:
    def told() -> Expression:
        """One of the sixty."""
        return value

    told.__name__ = name
    return feature(theme="income")(told)


FEATURES = _features()
PREFIX = "income."
"""What stands before a feature's name in its id."""


def question(dates: int = len(asked.DATES)) -> MatrixQuestion:
    """All features of all families at the last so many of the twelve dates."""
    return MatrixQuestion(
        cohort=everybody, as_of=asked.DATES[-dates:], features=compile_features(FEATURES, REGISTRIES, ())
    )
