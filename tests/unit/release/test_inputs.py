"""Inputs read the columns they name, and refuse what a scorer could not read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tayanch import Column, registry, when
from tayanch.declare.expressions import Expression
from tayanch.errors import ReleaseError
from tayanch.release.inputs import Input, Inputs, categories, inputs_from
from tayanch.vocabulary import Kind
from tests.unit.release.made_up import COMPILED, IDS, INPUTS, matrix, visits


@registry(key="id", purpose="tests", owner="tests")
class homes:
    """One home."""

    happened_on = known_at = "on"
    roof = Column("Roof.", type="code")


def columns(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        IDS[0]: np.array([1.5, np.nan]),
        IDS[1]: np.array([1.0, 2.0], dtype=np.float32),
        IDS[2]: np.array([3, 4]),
        IDS[3]: np.array([True, False]),
        IDS[4]: np.array(["coal", None], dtype=object),
    }
    return {**told, **{name.replace("__", "."): values for name, values in changed.items()}}


def test_of_compiled_features_takes_their_order_kinds_and_declared_codes() -> None:
    assert INPUTS.features == tuple(f.id for f in COMPILED.features)
    assert [item.kind for item in INPUTS.items] == [Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.TRUTH, Kind.CODE]
    assert INPUTS.items[4].categories == ("gas", "coal", "none")


def test_encodes_codes_by_place_truths_as_0_and_1_and_missing_as_nan() -> None:
    found = INPUTS.encode(columns())
    np.testing.assert_array_equal(found, [[1.5, 1, 3, 1, 1], [np.nan, 2, 4, 0, np.nan]])
    assert found.dtype == np.float64
    assert found.flags.c_contiguous


@pytest.mark.parametrize(
    "codes",
    [
        np.array(["none", "wood"], dtype=object),
        np.array(["none", "wood"]),
        pa.array(["none", "wood"]),
        pa.array(["none", "wood"]).dictionary_encode(),
        pa.chunked_array([["none"], ["wood"]]),
        pa.array(["none", None], pa.large_string()),
    ],
)
def test_every_form_of_text_is_a_code_and_an_unseen_one_is_missing(codes: Any) -> None:
    np.testing.assert_array_equal(INPUTS.encode(columns(housing__heating=codes))[:, 4], [2, np.nan])


@pytest.mark.parametrize(
    "truths",
    [pa.array([None, True]), np.array([None, True], dtype=object), np.array([np.nan, 1.0]), pa.array([None, 1])],
)
def test_every_form_of_truth(truths: Any) -> None:
    np.testing.assert_array_equal(INPUTS.encode(columns(support__was_visited=truths))[:, 3], [np.nan, 1])


def test_a_table_and_its_columns_as_arrays_give_the_same() -> None:
    table = matrix()
    arrays = {name: table.column(name) for name in IDS}
    assert INPUTS.encode(table).tobytes() == INPUTS.encode(arrays).tobytes()


def test_whole_numbers_as_large_as_a_family_s_yearly_som_stay_exact() -> None:
    large = np.array([123_456_789_013, 2])
    assert INPUTS.encode(columns(debt__debt_now=large))[0, 2] == 123_456_789_013


def test_a_column_of_nothing_is_missing() -> None:
    nothing = pa.nulls(2)
    found = INPUTS.encode(columns(housing__heating=nothing, income__income_now=nothing))
    assert np.isnan(found[:, [0, 4]]).all()


REFUSED = {
    'no column for income.income_12m: did you mean "income.income_12"?': lambda: {
        ("income.income_12" if name == "income.income_12m" else name): v for name, v in columns().items()
    },
    "no column for income.income_12m, debt.debt_now: compute these features too.": lambda: {
        name: v for name, v in columns().items() if name not in ("income.income_12m", "debt.debt_now")
    },
    "the column debt.debt_now holds an infinity: leave the value missing where it can't be known.": lambda: columns(
        debt__debt_now=np.array([np.inf, 1])
    ),
    "the column debt.debt_now holds string values, but it is a number: compute it as declared.": lambda: columns(
        debt__debt_now=np.array(["a", "b"], dtype=object)
    ),
    "the column debt.debt_now holds <U1 values, but it is a number: compute it as declared.": lambda: columns(
        debt__debt_now=np.array(["a", "b"])
    ),
    "the column debt.debt_now holds values of several types, but it is a number: compute it as declared.": lambda: (
        columns(debt__debt_now=np.array(["a", 2], dtype=object))
    ),
    "the column housing.heating holds double values, but it is a code: compute it as declared.": lambda: columns(
        housing__heating=np.array([1.0, 2.0])
    ),
    "the truth support.was_visited holds a number that is neither 0 nor 1: compute it as declared.": lambda: columns(
        support__was_visited=np.array([0.5, 1.0])
    ),
    "the columns have different lengths: 1, 2: give one value for each family.": lambda: columns(
        debt__debt_now=np.array([1.0])
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_wrong_columns_are_refused(said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        INPUTS.encode(REFUSED[said]())
    assert str(met.value) == said


def test_stored_inputs_come_back_the_same() -> None:
    assert inputs_from(INPUTS.to_plain()) == INPUTS


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([{"feature": "a"}], "the stored inputs can't be read: 'kind': make the release again."),
        (
            [{"feature": "a", "kind": "date", "categories": []}],
            "a is a date: a scorer reads numbers, truths and codes.",
        ),
        (
            [{"feature": "a", "kind": "code", "categories": []}],
            "a is a code with 0 categories: a code has at least one, nothing else has any.",
        ),
        (
            [{"feature": "a", "kind": "code", "categories": ["x", "x"]}],
            "a has a category twice: name each once.",
        ),
        ([], "a scorer without a feature has nothing to read: give at least one feature."),
        (
            [{"feature": "a", "kind": "number", "categories": []}] * 2,
            "a feature stands twice among the inputs: name each once.",
        ),
    ],
)
def test_inputs_that_can_t_stand(plain: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        inputs_from(plain)
    assert str(met.value) == said


def test_a_feature_that_is_not_there() -> None:
    with pytest.raises(ReleaseError) as met:
        INPUTS.place("debt.debt_nov")
    assert str(met.value) == 'debt.debt_nov is not among the inputs: did you mean "debt.debt_now"?'


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (visits.latest(visits.heating), ("gas", "coal", "none")),
        (visits.latest(visits.heating).fill("unknown"), ("gas", "coal", "none", "unknown")),
        (when(visits.exists(), "yes", when(visits.exists(), "perhaps", "no")), ("yes", "perhaps", "no")),
        (homes.latest(homes.roof), ()),
        (homes.latest(homes.roof).fill("tin"), ()),
    ],
)
def test_the_codes_an_expression_is_declared_to_give(value: Expression, codes: tuple[str, ...]) -> None:
    assert categories(value) == codes


def test_a_code_without_declared_values_takes_those_seen_in_training() -> None:
    item = Inputs((Input("a.b", Kind.CODE, ("x",)),))
    assert item.encode({"a.b": np.array(["x", "z"], dtype=object)})[0, 0] == 0
