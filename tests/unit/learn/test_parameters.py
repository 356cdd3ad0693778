from __future__ import annotations

import pytest

from tayanch.declare.experiments import Setting
from tayanch.errors import DeclarationError
from tayanch.learn.train import check_parameters, settled
from tests.unit.learn.made import experiment


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            [("num_leafs", (15,))],
            'experiments/falls.yaml parameters.num_leafs: LightGBM has no parameter "num_leafs": '
            'did you mean "num_leaf"?',
        ),
        ([("seed", (3,))], "experiments/falls.yaml parameters.seed: seed is settled by Tayanch: leave it out."),
        (
            [("objective", ("regression",))],
            "experiments/falls.yaml parameters.objective: objective is settled by Tayanch: leave it out.",
        ),
        (
            [("num_leaves", (15, 1))],
            "experiments/falls.yaml parameters.num_leaves: Check failed: (num_leaves) > (1): "
            "see LightGBM's page of parameters.",
        ),
        (
            [("num_leaves", ("many",))],
            'experiments/falls.yaml parameters.num_leaves: Parameter num_leaves should be of type int, got "many": '
            "see LightGBM's page of parameters.",
        ),
        (
            [("n_estimators", (0,))],
            "experiments/falls.yaml parameters.n_estimators: 0 is no number of trees: give 1 or more.",
        ),
        (
            [("min_child_samples", (5,)), ("min_data_in_leaf", (9,))],
            "experiments/falls.yaml parameters.min_data_in_leaf: it says the same as min_child_samples: "
            "keep one of the two.",
        ),
    ],
)
def test_parameters_that_cannot_stand_are_refused_before_anything_is_computed(settings: list, expected: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        check_parameters(experiment(parameters=tuple(Setting(name, values) for name, values in settings)))
    assert str(refused.value) == expected


def test_averaged_forests_are_refused_by_the_release_they_would_end_in() -> None:
    forest = (Setting("boosting", ("rf",)), Setting("bagging_freq", (1,)), Setting("bagging_fraction", (0.5,)))
    with pytest.raises(DeclarationError, match="parameters"):
        check_parameters(experiment(parameters=forest))


def test_parameters_go_by_one_name_over_the_defaults() -> None:
    told = dict(settled((("n_estimators", 300), ("num_leaf", 31))))
    assert (told["num_iterations"], told["num_leaves"], told["learning_rate"]) == (300, 31, 0.05)
    check_parameters(experiment(parameters=(Setting("num_leaves", (15, 31)), Setting("reg_lambda", (5,)))))
