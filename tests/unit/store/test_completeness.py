"""How complete the data are stands in a matrix beside the features, and never among them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tayanch.declare.features import Group, compile_features
from tayanch.store import reference
from tayanch.store.completeness import completeness
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Length
from tests.unit.store.small import DATES, EVERYBODY, REGISTRIES, adults, asked, jobs, members, ratio, visits, wages
from tests.unit.store.test_neighbours import WORLD, area
from tests.worlds import MemorySnapshot

SNAPSHOT = MemorySnapshot(WORLD)
SILENT = (replace(visits, silent_after=6), jobs, members)
COMPILED = compile_features((ratio, wages, adults), SILENT, ())
NAMES = ("linked(visits)", "delivered(visits)", "linked(jobs)")


def question(**said: Any) -> MatrixQuestion:
    return asked(EVERYBODY, **{"features": COMPILED, "area": area, **said})


@pytest.fixture
def matrix(tmp_path: Path) -> Matrix:
    return build_matrix(SNAPSHOT, question(), tmp_path)


def test_it_stands_in_columns_of_its_own(matrix: Matrix) -> None:
    assert matrix.beside == NAMES
    assert matrix.names == ("income.ratio", "income.wages", "family.adults")
    assert matrix.table().column_names == ["as_of", "family", *matrix.names]
    assert matrix.completeness().column_names == ["as_of", "family", *NAMES]
    assert [str(told.type) for told in matrix.completeness().schema][2:] == ["int64", "double", "int64"]


def test_it_is_what_the_definition_says_of_the_same_rows(matrix: Matrix) -> None:
    told = reference.evaluate(WORLD.bucket(), question().beside, question().moments)
    families = WORLD.families
    wanted = [
        {name: told.values[name][place][families.index(row["family"])] for name in NAMES}
        for place, as_of in enumerate(DATES)
        for row in matrix.table([]).to_pylist()
        if row["as_of"] == as_of
    ]
    found = [{name: row[name] for name in NAMES} for row in matrix.completeness().to_pylist()]
    assert [{n: None if v != v else bool(v) for n, v in row.items()} for row in found] == wanted
    assert {tuple(row.values()) for row in wanted} >= {(True, True, True), (True, True, False), (True, None, True)}


def test_the_rows_and_the_features_are_as_without_it(matrix: Matrix, tmp_path: Path) -> None:
    plain = build_matrix(SNAPSHOT, question(area=None), tmp_path)
    assert plain.beside == ("linked(visits)", "linked(jobs)")
    assert repr(plain.table().to_pylist()) == repr(matrix.table().to_pylist())


def test_how_long_a_registry_may_be_silent_is_part_of_the_question() -> None:
    longer = compile_features((ratio, wages, adults), (replace(visits, silent_after=7), jobs, members), ())
    digests = {question(features=one, area=by).digest for one in (COMPILED, longer) for by in (area, None)}
    assert len(digests) == 4


def test_only_registries_that_are_read_are_told_of() -> None:
    assert [*completeness(compile_features((wages,), SILENT, ()), area)] == ["linked(jobs)"]


def test_nothing_is_delivered_by_an_area_that_is_no_code() -> None:
    number = Group("rooms", visits.count())
    assert [*completeness(COMPILED, number)] == [*completeness(COMPILED, None)]
    assert [*completeness(compile_features((ratio,), REGISTRIES, ()), area)] == ["linked(visits)"]


def test_a_lag_counts_for_it_too(tmp_path: Path) -> None:
    late = build_matrix(SNAPSHOT, question(lag=Length(months=6)), tmp_path).completeness().to_pylist()
    told = {(str(row["as_of"]), row["family"]): row["linked(jobs)"] for row in late}
    assert told["2024-07-01", "B"] == 0  # p joined B in April, after what was known in January
    assert told["2025-01-01", "B"] == 1
