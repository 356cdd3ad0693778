"""Neighbours in a matrix and online: totals made in one pass, kept, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tayanch import feature, group, neighbours
from tayanch.declare.expressions import Expression
from tayanch.declare.features import Cohort, Compiled, Outcome, compile_features
from tayanch.declare.forms import from_plain, to_plain
from tayanch.errors import StoreError
from tayanch.store.area_tables import find_areas
from tayanch.store.areas import Areas
from tayanch.store.engine import evaluate
from tayanch.store.index import Index, add_areas, write_index
from tayanch.store.matrix import Matrix, build_groups, build_matrix
from tayanch.store.outcomes import find_outcomes
from tayanch.store.plan import make_plan
from tayanch.store.questions import GroupsQuestion, MatrixQuestion
from tayanch.vocabulary import Length, Moment
from tests.unit.store.small import ABOVE, EVERYBODY, REGISTRIES, small_world, visits
from tests.worlds import MemorySnapshot

MORE = """
    F | f | 2023-03-01 | 2023-03-01 | 0.3 | north |
    G | g | 2023-03-01 | 2023-03-01 | 0.7 | north |
    H | h | 2023-03-01 | 2023-03-01 | 1.1 | north |
    I | i | 2023-03-01 | 2023-03-01 | 1.9 | north |
    J | j | 2024-08-01 | 2024-08-01 | 0.2 | north |
"""
WORLD = small_world(visits=MORE)
SNAPSHOT = MemorySnapshot(WORLD)
DATES = (date(2024, 1, 1), date(2025, 1, 1))
NOW = Moment(DATES[1], DATES[1])


@group
def area() -> Expression:
    """Area at the last visit."""
    return visits.latest(visits.area)


@feature(theme="income", unit="ratio", facts=lambda: {"poor": neighbours(visits.latest(visits.ratio) < 1, by=area)})
def usual() -> Expression:
    """Income over the line among the neighbours."""
    return neighbours(visits.latest(visits.ratio), by=area)


COMPILED = compile_features((usual,), REGISTRIES, ())


def asked(cohort: Cohort = EVERYBODY, compiled: Compiled = COMPILED) -> MatrixQuestion:
    return MatrixQuestion(cohort=cohort, as_of=DATES, features=compiled)


def values(matrix: Matrix) -> dict[tuple[str, str], str]:
    return {(str(row["as_of"]), row["family"]): repr(row["income.usual"]) for row in matrix.table().to_pylist()}


def test_the_mean_is_over_all_others_whoever_is_in_the_cohort(tmp_path: Path) -> None:
    everybody = values(build_matrix(SNAPSHOT, asked(), tmp_path))
    above = values(build_matrix(SNAPSHOT, asked(ABOVE), tmp_path))
    assert len(above) < len(everybody)
    assert above == {key: value for key, value in everybody.items() if key in above}
    # in units of 2^-20: those of A, E, F, G, H and I without A's own
    units = [round(ratio * 2**20) for ratio in (1.2, 0.3, 0.7, 1.1, 1.9)]
    assert everybody["2024-01-01", "A"] == repr(sum(units) / 5 / 2**20)
    assert everybody["2024-01-01", "B"] == "nan"


def test_the_number_of_buckets_changes_no_value(tmp_path: Path) -> None:
    found = [build_matrix(MemorySnapshot(WORLD, buckets=n), asked(), tmp_path / str(n)) for n in (1, 2, 7)]
    assert len({repr(matrix.table().to_pylist()) for matrix in found}) == 1


def test_totals_are_made_once_and_made_again_when_their_file_has_changed(tmp_path: Path) -> None:
    stages: list[str] = []

    def tell(stage: str, done: int, total: int) -> None:
        stages.append(stage)

    first = build_matrix(SNAPSHOT, asked(), tmp_path, progress=tell)
    assert stages == ["areas", "areas", "matrix", "matrix"]
    build_matrix(SNAPSHOT, asked(ABOVE), tmp_path, progress=tell)
    assert stages[4:] == ["matrix", "matrix"]
    kept = sorted((tmp_path / "areas").glob("*.parquet"))
    assert len(kept) == len(DATES)
    kept[0].write_bytes(kept[1].read_bytes())
    first.pieces[0].path.unlink()
    assert build_matrix(SNAPSHOT, asked(), tmp_path, progress=tell) == first
    assert stages[6:8] == ["areas", "areas"]


def test_totals_of_another_snapshot_are_others(tmp_path: Path) -> None:
    build_matrix(SNAPSHOT, asked(), tmp_path)
    other = MemorySnapshot(small_world(visits=MORE.replace("0.3", "0.4")), digest="1" * 64)
    found = [values(build_matrix(snapshot, asked(), tmp_path))["2024-01-01", "A"] for snapshot in (SNAPSHOT, other)]
    assert found[0] != found[1]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = write_index(SNAPSHOT, COMPILED, tmp_path / "index")
    return add_areas(made, SNAPSHOT, COMPILED, moments=[NOW], cache=tmp_path / "cache")


def test_one_family_online_has_the_values_of_the_matrix(index: Index, tmp_path: Path) -> None:
    told = values(build_matrix(SNAPSHOT, asked(), tmp_path))
    plan = make_plan({"income.usual": usual.expression})
    for family in WORLD.families:
        rows = index.rows_of(family)
        assert rows is not None
        served = evaluate(rows, plan, [NOW], areas=index.areas).columns["income.usual"]
        assert repr(served.values[0][0].item()) == told.get(("2025-01-01", family), "nan")


def test_of_another_day_one_family_has_no_neighbours_online(index: Index) -> None:
    rows = index.rows_of("A")
    assert rows is not None
    plan = make_plan({"it": usual.expression})
    with pytest.raises(StoreError) as refused:
        evaluate(rows, plan, [Moment(DATES[0], DATES[0])], areas=index.areas)
    assert str(refused.value) == (
        "what neighbours have in common as of 2024-01-01 is not at hand: publish a list as of that day: tayanch score."
    )
    with pytest.raises(StoreError, match="as of 2025-01-01 is not at hand"):
        evaluate(rows, plan, [NOW])
    with pytest.raises(StoreError, match="as of 2025-01-01 is not at hand"):
        evaluate(rows, plan, [Moment(NOW.as_of, date(2024, 12, 1))], areas=index.areas)


def test_moments_are_added_one_after_the_other(index: Index) -> None:
    digest, files = index.digest, len([*index.folder.iterdir()])
    earlier = Moment(DATES[0], DATES[0])
    more = add_areas(index, SNAPSHOT, COMPILED, moments=[earlier])
    assert len([*more.folder.iterdir()]) == files + 2
    assert more.digest == digest
    assert {moment for _, moment in more.areas.totals} == {NOW, earlier}
    again = add_areas(more, SNAPSHOT, COMPILED, moments=[earlier, NOW])
    assert len([*again.folder.iterdir()]) == files + 2
    assert Index.open(index.folder).areas.totals.keys() == again.areas.totals.keys()


def test_nothing_is_added_where_nobody_asks_for_neighbours(tmp_path: Path) -> None:
    plain = replace(COMPILED, features=())
    index = add_areas(write_index(SNAPSHOT, COMPILED, tmp_path / "index"), SNAPSHOT, plain, moments=[NOW])
    assert not [*index.folder.glob("areas*")]
    assert index.areas == Areas({})


def test_a_changed_byte_of_the_totals_is_met(index: Index) -> None:
    path = next(index.folder.glob("areas-*"))
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(StoreError, match=r"areas-.*\.parquet is missing or has changed: write the index again\."):
        Index.open(index.folder)


def test_an_index_of_another_snapshot_is_refused(index: Index) -> None:
    with pytest.raises(StoreError, match=r"the index is of another snapshot: write the index again\."):
        add_areas(index, replace(SNAPSHOT, digest="1" * 64), COMPILED, moments=[NOW])


def test_a_release_carries_all_it_needs() -> None:
    again = from_plain(to_plain(COMPILED))
    assert again.digest == COMPILED.digest
    assert [registry.name for registry in again.registries] == ["visits"]
    plan = make_plan({str(n): value for n, value in enumerate(again.expressions)}, again.references)
    assert len(plan.neighbours) == 2
    assert find_areas(SNAPSHOT, plan, [NOW]).totals.keys() == {(digest, NOW) for digest in plan.neighbours}


def test_cohorts_groups_and_outcomes_may_go_by_neighbours(tmp_path: Path) -> None:
    poorer = Cohort("poorer", visits.latest(visits.ratio) < usual.expression)
    matrix = build_matrix(SNAPSHOT, asked(poorer), tmp_path)
    groups = build_groups(SNAPSHOT, GroupsQuestion(cohort=poorer, as_of=DATES, groups=(area,)), tmp_path)
    assert matrix.rows == groups.rows > 0
    ahead = visits.next(months=12)
    falls = Outcome("falls", ahead.min(visits.ratio) < neighbours(ahead.min(visits.ratio), by=area), ahead.exists())
    (found,) = find_outcomes(SNAPSHOT, falls, matrix.keys(), known_by=[None])
    assert len(found) == matrix.rows


def test_a_lag_looks_at_the_neighbours_as_late_as_at_the_family(tmp_path: Path) -> None:
    late = replace(asked(), lag=Length(months=12))
    found = values(build_matrix(SNAPSHOT, late, tmp_path))
    assert found["2025-01-01", "A"] != values(build_matrix(SNAPSHOT, asked(), tmp_path))["2025-01-01", "A"]
