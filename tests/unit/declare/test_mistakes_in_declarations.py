"""Mistakes a data scientist makes in declarations, each refused when declared, word for word."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tayanch
from tayanch import Column, beginning, cohort, feature, group, neighbours, outcome, registry, when, years_since
from tayanch.errors import DeclarationError


@registry(key="payment_id", purpose="eligibility", owner="Agency")
class payments:
    """One benefit payment to one family."""

    happened_on, known_at = "paid_on", "loaded_at"
    benefit = Column("Benefit code.", values=["child", "material_aid"])
    amount = Column("Amount paid.", unit="UZS")
    granted = Column("When it was granted.", type="date")


@registry(key="visit_id", purpose="eligibility", owner="Mahalla")
class visits:
    """One visit to a family."""

    happened_on, known_at = "visited_on", "loaded_at"
    rooms = Column("Rooms lived in.", type="whole")


@group
def latest_benefit() -> Any:
    """Benefit paid last."""
    return payments.latest(payments.benefit)


@group
def rooms_lived_in() -> Any:
    """Rooms at the last visit."""
    return visits.latest(visits.rooms)


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: payments.amout, 'payments has no column amout: did you mean "amount"?'),
    (lambda: payments.lst(months=3), 'payments has no column lst: did you mean "last"?'),
    (lambda: payments.last(months=0), "last(months=0) is empty: give at least one month."),
    (lambda: payments.last(days=-30), "last(days=-30) is negative: use next(days=30) for the other side."),
    (lambda: payments.last(months=1.5), "last(months=1.5) is not a whole number: give whole months."),  # type: ignore[arg-type]
    (lambda: payments.last(months=1, days=3), "last(months=1, days=3) mixes two units: give months or days."),
    (lambda: payments.last(months=3, ending=-1), "last(ending=-1) is not a whole number of zero or more: give one."),
    (lambda: payments.next(), "next() has no end: give months= or days=."),
    (
        lambda: payments.last(months=3).last(months=6),
        "payments is given a second window: one of last(), next(), current() is enough.",
    ),
    (
        lambda: payments.current(),
        ('payments.current() needs to know when rows ended: declare ended = "the column", or use last() or latest().'),
    ),
    (
        lambda: payments.persons(),
        ("payments.persons() counts persons, and rows of payments are of families: use count(), or count the members."),
    ),
    (
        lambda: neighbours(payments.sum(payments.amount), by="mahalla"),
        "neighbours(by=...) is not a declared group: give it a function under @group.",
    ),
    (
        lambda: neighbours(payments.sum(payments.amount), by=rooms_lived_in),
        "neighbours(payments.sum()) goes by a whole: give by= a group that is a code, such as an area.",
    ),
    (
        lambda: neighbours(payments.amount, by=latest_benefit),
        "neighbours(payments.amount) is not of a value of the family: end it with a verb such as sum().",
    ),
    (
        lambda: neighbours(1, by=latest_benefit),
        "neighbours(1) is not of a value of the family: end it with a verb such as sum().",
    ),
    (
        lambda: neighbours(payments.latest(payments.benefit), by=latest_benefit),
        "neighbours(payments.latest()) is of a code: give it a number, or a condition for a share.",
    ),
    (
        lambda: neighbours(neighbours(payments.count(), by=latest_benefit) + 1, by=latest_benefit),
        "neighbours(arithmetic) has neighbours inside: ask for the neighbours' own value.",
    ),
    (
        lambda: payments.where(neighbours(payments.count(), by=latest_benefit) > 1),
        "payments.where() was given a condition on family: compare columns of payments.",
    ),
    (
        lambda: payments.days_until(),
        (
            "payments.days_until() looks ahead, and payments is not announced: "
            "declare the registry announced=True if its rows tell the future when they are delivered."
        ),
    ),
    (
        lambda: payments.where(payments.benefit == "chidl"),
        '"chidl" is not a value of payments.benefit: did you mean "child"?',
    ),
    (
        lambda: payments.where(payments.amount),
        "payments.where() was not given a condition: compare a column with something.",
    ),
    (
        lambda: payments.where(visits.rooms > 2),
        "payments.where() was given a condition on visits: compare columns of payments.",
    ),
    (
        lambda: payments.sum(payments.benefit),
        "sum(payments.benefit) is of a code: give it a number, or count rows with where().",
    ),
    (
        lambda: payments.sum(visits.rooms),
        "sum() of the rows of payments was given a value of the rows of visits: give it a column of payments.",
    ),
    (
        lambda: payments.amount + payments.sum(payments.amount),
        "values of the family and the rows of payments can't stand in one expression: reduce each to the family first.",
    ),
    (
        lambda: payments.benefit + 1,
        (
            "payments.benefit is a code and can't stand in an arithmetic +: "
            "use a number; compare a code, or count rows with where()."
        ),
    ),
    (
        lambda: payments.amount == "child",
        "payments.amount is a number and 'child' a code; they can't be compared: compare values of one sort.",
    ),
    (lambda: payments.benefit < "child", "a code has no order, so < has no meaning: use == or isin()."),
    (
        lambda: (payments.amount > 1) & payments.amount,
        "payments.amount is a number, but & needs a condition: compare it with something, in brackets.",
    ),
    (
        lambda: (payments.amount > 1) and (payments.amount < 3),
        "an expression has no truth of its own while it is declared: write & | ~ for and, or, not, with brackets.",
    ),
    (
        lambda: payments.amount > math.inf,
        "inf is not a number one can compute with: use fill() and missing() for missing values.",
    ),
    (lambda: payments.benefit.isin([]), "isin([]) is never true: give at least one option."),
    (lambda: years_since(payments.amount), "years_since(payments.amount) is of a number: give it a date."),
    (
        lambda: when(payments.count(), 1, 0),
        "payments.count() is a whole, but when() needs a condition: compare it with something, in brackets.",
    ),
    (lambda: Column("x", unti="UZS"), 'Column() has no option "unti": did you mean "unit"?'),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[message[:50] for _, message in MISTAKES])
def test_a_mistake_in_an_expression_is_refused_with_its_reason(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        mistake()
    assert str(refused.value) == message


def _no_docstring() -> Any:
    return payments.count()


def _row_level() -> Any:
    """Not reduced."""
    return payments.amount


def _looks_ahead() -> Any:
    """Peeks."""
    return payments.next(months=3).count()


def _date() -> Any:
    """A date."""
    return payments.latest(payments.granted)


def _with_arguments(n: int) -> Any:
    """Takes an argument."""
    return payments.last(months=n).count()


def _condition_of_the_past() -> Any:
    """Looks back."""
    return payments.last(months=3).exists()


def _condition_ahead() -> Any:
    """Looks ahead."""
    return payments.next(months=3).exists()


def _number() -> Any:
    """A number."""
    return payments.next(months=3).count()


def _neighbours_ahead() -> Any:
    """What comes of the neighbours."""
    return neighbours(payments.next(months=3).exists(), by=latest_benefit)


AHEAD = "it looks into the future with next(): use last(); only an outcome may look ahead."
DECLARED: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: feature(theme="incme")(_condition_of_the_past),
        'there is no theme "incme": did you mean "income"?',
    ),
    (
        lambda: feature(theme="support")(_no_docstring),
        "it has no docstring: say in one sentence what it means; workers read it.",
    ),
    (
        lambda: feature(theme="support")(_row_level),
        "it is a value of payments, not of the family: end it with a verb such as sum().",
    ),
    (lambda: feature(theme="support")(_looks_ahead), AHEAD),
    (lambda: feature(theme="support")(_date), "it is a date: give a number or a whole or a truth or a code."),
    (
        lambda: feature(theme="support")(_with_arguments),
        "it takes arguments: declare one function for each thing that is meant.",
    ),
    (lambda: feature(theme="support")(_neighbours_ahead), AHEAD),
    (lambda: cohort(_condition_ahead), AHEAD),
    (lambda: group(_condition_ahead), AHEAD),
    (
        lambda: outcome(observed=payments.next(months=3).exists())(_condition_of_the_past),
        "it does not look ahead: use next() to say when it would show.",
    ),
    (
        lambda: outcome(observed=payments.next(months=3).exists())(_number),
        "it is a whole: give a truth.",
    ),
    (
        lambda: outcome(observed=payments.next(months=3).count())(_condition_ahead),
        "observed= is not a condition on the family: end it with exists().",
    ),
]


@pytest.mark.parametrize(("mistake", "message"), DECLARED, ids=[message[:50] for _, message in DECLARED])
def test_a_mistake_in_a_declared_function_names_file_line_and_function(
    mistake: Callable[[], Any], message: str
) -> None:
    with pytest.raises(DeclarationError) as refused:
        mistake()
    where, met = str(refused.value).split(": ", 1)
    assert met == message
    file, rest = where.split(":")
    line, name = rest.split(" ")
    assert file == __file__
    assert f"def {name}(" in Path(__file__).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def _registry_without(**said: Any) -> Any:
    body = {"__doc__": "One row.", "happened_on": "a", "known_at": "b", **said}
    kept = {key: value for key, value in body.items() if value is not None}
    return registry(key="id", purpose="p", owner="o")(type("things", (), kept))


REGISTRIES: list[tuple[dict[str, Any], str]] = [
    ({"__doc__": None}, "things has no docstring: say what one row is and where it comes from."),
    ({"known_at": None}, 'things does not say known_at: write known_at = "the column with the date".'),
    (
        {"amount": "AMT"},
        "amount is neither a Column nor a setting: "
        "known: by_area, encoding, ended, family, fewest, files, happened_on, identity, known_at, left, person, "
        "retracted, silent_after.",
    ),
    ({"left": "d"}, 'things is no membership and says left: write ended = "the column".'),
    (
        {"ended": Column("x")},
        "a column can't be called ended: a snapshot keeps that itself: call it otherwise and give source='ended'.",
    ),
    (
        {"persons": Column("x")},
        "a column can't be called persons: it is a verb: call it otherwise and give source='persons'.",
    ),
    ({"happend_on": "d"}, 'happend_on is neither a Column nor a setting: did you mean "happened_on"?'),
    (
        {"family": Column("x")},
        "a column can't be called family: a snapshot keeps that itself: call it otherwise and give source='family'.",
    ),
    ({"last": Column("x")}, "a column can't be called last: it is a verb: call it otherwise and give source='last'."),
    (
        {"owner": Column("x")},
        "a column can't be called owner: a registry has that itself: call it otherwise and give source='owner'.",
    ),
    ({"amount": Column("x", type="money")}, 'column amount has the type "money": known: code, date, number, whole.'),  # type: ignore[arg-type]
    ({"amount": Column("x", low=3, high=1)}, "column amount has low=3 above high=1: turn them round."),
    ({"silent_after": 0}, "silent_after is 0: give whole months, 1 to 120."),
    ({"silent_after": True}, "silent_after is True: give whole months, 1 to 120."),
    ({"silent_after": 2, "fewest": 50}, "fewest is 50: give a share above 0 and not above 1."),
    ({"fewest": 0.5}, "fewest is told and silent_after is not: say after how many months the rows must have come."),
    (
        {"by_area": "family_id"},
        'by_area = "family_id" is an id and no area: '
        'write beginning("family_id", characters=…) if its first characters tell the area.',
    ),
    ({"by_area": ""}, 'by_area names no column: write by_area = "the column".'),
    ({"by_area": "a", "files": "a-{area}.csv"}, "files says {area} and by_area is told too: leave one out."),
    (
        {"files": "{area}/{area}.csv"},
        'files = "{area}/{area}.csv" says {area} twice: say it once: a file is of one area.',
    ),
    (
        {"amount": Column("x", required=True, most_missing=0.1)},
        "column amount is required and has most_missing: leave one out: a row without it is quarantined.",
    ),
    (
        {"amount": Column("x", most_missing=1)},
        "column amount has most_missing=1: give a share from 0 to below 1.",
    ),
    (
        {"amount": Column("x", type="number", values=["a"])},
        'column amount has values but the type number: only a "code" has values.',
    ),
]


@pytest.mark.parametrize(("said", "message"), REGISTRIES, ids=[message[:40] for _, message in REGISTRIES])
def test_a_mistake_in_a_registry_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        _registry_without(**said)
    assert str(refused.value).split(" things: ", 1)[1] == message
    assert str(refused.value).startswith(f"{__file__}:")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, 'things is a membership and does not say left: write left = "the column".'),
        ({"ended": "c"}, 'things is a membership and says ended: write left = "the column".'),
    ],
)
def test_a_membership_tells_when_it_was_left(said: dict[str, Any], message: str) -> None:
    body = {"__doc__": "One row.", "happened_on": "a", "known_at": "b", **said}
    with pytest.raises(DeclarationError, match=re.escape(message)):
        registry(key="id", purpose="p", owner="o", links="membership")(type("things", (), body))


def test_nearly_a_whole_id_is_no_area() -> None:
    with pytest.raises(DeclarationError) as refused:
        beginning("jshshir", characters=14)
    assert str(refused.value) == (
        "beginning(\"jshshir\") takes 14 characters: give 1 to 6: an area's code, nobody's number."
    )


def test_a_contract_changes_no_meaning_but_for_when_a_source_is_silent() -> None:
    one = _registry_without(amount=Column("x"))
    for said in (
        {"silent_after": 2},
        {"silent_after": 2, "fewest": 0.5, "by_area": beginning("family_id", characters=2)},
    ):
        other = _registry_without(amount=Column("x", most_missing=0.1), **said)
        assert one.reading == other.reading
        assert other.digest == _registry_without(amount=Column("x"), silent_after=2).digest != one.digest


def test_the_public_names_are_the_ones_declarations_are_written_with() -> None:
    assert sorted(tayanch.__all__) == tayanch.__all__
    assert all(hasattr(tayanch, name) for name in tayanch.__all__)
