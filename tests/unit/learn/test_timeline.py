from __future__ import annotations

from datetime import date

import pytest

from tayanch.declare.experiments import Dates, Setting
from tayanch.errors import LearnError
from tayanch.learn.timeline import Timeline
from tayanch.vocabulary import Length
from tests.unit.learn.made import experiment, falls_below


def folds(told):
    return Timeline(told, falls_below).folds()


TWO = (Setting("num_leaves", (15, 31)),)


def test_a_fold_learns_from_every_date_whose_year_was_over_by_then() -> None:
    first, *_, last = folds(experiment())
    assert first.test == first.known_by == date(2022, 1, 1)
    assert first.train == (date(2020, 1, 1), date(2020, 4, 1), date(2020, 7, 1), date(2020, 10, 1), date(2021, 1, 1))
    assert last.train[-1] == last.last == date(2021, 10, 1)


def test_with_a_publication_lag_a_fold_learns_as_if_it_were_that_much_earlier() -> None:
    lagged = experiment(lag=Length(months=3))
    first = folds(lagged)[0]
    assert (first.test, first.known_by, first.last) == (date(2022, 1, 1), date(2021, 10, 1), date(2020, 10, 1))


def test_train_dates_end_where_the_experiment_says() -> None:
    ended = experiment(train=Dates(date(2020, 1, 1), 3, date(2020, 6, 30)))
    assert [fold.last for fold in folds(ended)] == [date(2020, 4, 1)] * 4


def test_a_release_learns_from_all_dates_up_to_the_last_test_whose_outcomes_are_known() -> None:
    line = Timeline(experiment(lag=Length(months=3)), falls_below)
    assert line.dates == tuple(Length(months=3 * n).after(date(2020, 1, 1)) for n in range(12))
    whole = line.whole(line.dates[:-2])
    assert (whole.last, whole.test, whole.known_by) == (date(2022, 4, 1), date(2023, 7, 1), date(2023, 4, 1))
    with pytest.raises(LearnError, match="has 0 train dates"):
        line.whole(())


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            experiment(test=Dates(date(2020, 10, 1), 3, date(2022, 10, 1))),
            "experiments/falls.yaml as_of.test.from: the fold 2020-10-01 has 0 train dates whose outcome was known by "
            "2020-10-01; one is needed: test from 2021-01-01 on, or start as_of.train.from earlier.",
        ),
        (
            experiment(test=Dates(date(2021, 1, 1), 3, date(2022, 10, 1)), parameters=TWO),
            "experiments/falls.yaml as_of.test.from: the fold 2021-01-01 has 1 train dates whose outcome was known by "
            "2021-01-01; 2 are needed to choose from a grid of parameters: test from 2021-04-01 on, "
            "or start as_of.train.from earlier.",
        ),
        (
            experiment(train=Dates(date(2020, 1, 1), 3, date(2020, 2, 1)), parameters=TWO),
            "experiments/falls.yaml as_of.test.from: the fold 2022-01-01 has 1 train dates whose outcome was known by "
            "2022-01-01; 2 are needed to choose from a grid of parameters: widen as_of.train: it has too few dates.",
        ),
        (
            experiment(
                train=Dates(date(2020, 3, 31), 3),
                test=Dates(date(2021, 4, 1), 3, date(2022, 10, 1)),
                lag=Length(months=1),
            ),
            "experiments/falls.yaml as_of.test.from: the fold 2021-04-01 has 0 train dates whose outcome was known by "
            "2021-03-01; one is needed: test from 2021-05-01 on, or start as_of.train.from earlier.",
        ),
    ],
)
def test_a_fold_without_enough_dates_is_refused(told, expected: str) -> None:
    with pytest.raises(LearnError) as refused:
        folds(told)
    assert str(refused.value) == expected


def test_the_first_usable_date_named_is_usable() -> None:
    lagged = experiment(train=Dates(date(2020, 3, 31), 3), lag=Length(months=1))
    usable = experiment(train=lagged.train, lag=lagged.lag, test=Dates(date(2021, 5, 1), 3, date(2021, 5, 1)))
    assert folds(usable)[0].last == date(2020, 3, 31)


def test_year_long_outcomes_of_quarterly_folds_overlap_by_nine_months() -> None:
    yearly = experiment(test=Dates(date(2022, 1, 1), 12, date(2024, 1, 1)))
    alone = experiment(test=Dates(date(2022, 1, 1), 3, date(2022, 1, 1)))
    assert Timeline(experiment(), falls_below).overlap == Length(months=9)
    assert Timeline(yearly, falls_below).overlap.empty
    assert Timeline(alone, falls_below).overlap.empty
