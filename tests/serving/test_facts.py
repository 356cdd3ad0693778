"""Facts of one family are what a matrix would hold, each with the register that told it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest
from tayanch_serving.facts import FactBook, FamilyRows

from tayanch import neighbours
from tayanch.declare.features import Feature
from tayanch.errors import StoreError
from tayanch.store.area_tables import find_areas
from tayanch.store.engine import evaluate
from tayanch.store.index import Index, add_areas
from tayanch.store.plan import make_plan
from tayanch.vocabulary import NO_TIME, Length, Moment, Theme
from tests.serving.office import AS_OF, Office, RowsInMemory
from tests.worlds import MemorySnapshot


def book(office: Office, rows: FamilyRows, lag: Length = NO_TIME) -> FactBook:
    return FactBook(office.release.compiled, rows, lag=lag)


def from_index(office: Office) -> Index:
    heading = office.published.heading
    return Index.open(office.home / "index" / heading.project / heading.snapshot)


def test_values_from_the_index_are_those_of_the_matrix(office: Office) -> None:
    compiled = office.release.compiled
    plan = make_plan({f.id: f.expression for f in compiled.features}, compiled.references)
    whole = evaluate(office.world.bucket(), plan, [Moment(AS_OF, AS_OF)], areas=from_index(office).areas)
    found = book(office, from_index(office))
    for place, family in enumerate(whole.families):
        values = found.values(family, as_of=AS_OF)
        for name, column in whole.columns.items():
            np.testing.assert_array_equal(values.columns[name][0], column.values[0][place])
            told = [fact.value for fact in found.facts(family, as_of=AS_OF) if fact.feature == name]
            assert told == [values.values[name]]


def test_neighbours_of_one_family_are_those_of_the_matrix_and_told_as_of_the_list_only(office: Office) -> None:
    project, snapshot = office.project, MemorySnapshot(office.world)
    finest = project.group(project.settings.area_levels[-1])
    usual = neighbours(office.release.compiled.features[0].expression, by=finest)
    asked = replace(office.release.compiled, features=(Feature("usual", Theme.INCOME, usual),))
    plan, now = make_plan({"income.usual": usual}, asked.references), [Moment(AS_OF, AS_OF)]
    whole = evaluate(office.world.bucket(), plan, now, areas=find_areas(snapshot, plan, now)).columns["income.usual"]
    assert np.isfinite(whole.values).sum() > len(office.world.families) / 2
    index = add_areas(from_index(office), snapshot, asked, moments=now)
    found = FactBook(asked, index, lag=NO_TIME)
    for place, family in enumerate(office.world.families):
        served = found.values(family, as_of=AS_OF).columns["income.usual"]
        assert served.tobytes() == whole.values[0, place].tobytes()
    with pytest.raises(StoreError, match="what neighbours have in common as of 2026-09-30 is not at hand"):
        found.values(office.world.families[0], as_of=AS_OF - timedelta(days=1))


def test_what_is_not_known_yet_for_a_lag_does_not_count(office: Office) -> None:
    family = next(f for f in office.world.families if wages_before(office, f, AS_OF) and not sparse(office, f))
    late = book(office, from_index(office), Length(months=1)).values(family, as_of=AS_OF).values
    now = book(office, from_index(office)).values(family, as_of=AS_OF).values
    assert late["income.wages_3m"] != now["income.wages_3m"]


def wages_before(office: Office, family: str, day: date) -> bool:
    month = day - timedelta(days=30)
    return any(row["family"] == family and row["happened_on"] >= month for row in office.world.rows["wages"])


def sparse(office: Office, family: str) -> bool:
    return not any(row["family"] == family for row in office.world.rows["payments"])


def test_each_register_tells_when_it_last_heard(office: Office) -> None:
    found = book(office, from_index(office))
    sources = {
        fact.feature: fact.sources for family in office.world.families for fact in found.facts(family, as_of=AS_OF)
    }
    assert [source.name for source in sources["work.days_since_wage"]] == ["wages"]
    assert [source.name for source in sources["family.children"]] == ["members"]
    assert sources["family.children"][0].day is None
    assert not sources["family.children"][0].silent
    ages = {source.day for told in sources.values() for source in told if source.day}
    assert all(day < AS_OF for day in ages)


def test_a_family_nobody_knows(office: Office) -> None:
    with pytest.raises(StoreError, match="the snapshot has no row of this family"):
        book(office, from_index(office)).facts("f" * 32, as_of=AS_OF)


def test_a_registry_the_index_lacks_is_not_taken_for_silence(office: Office) -> None:
    @dataclass(frozen=True)
    class WithoutWages(RowsInMemory):
        @property
        def registries(self) -> tuple[str, ...]:
            return ("members", "payments", "assessments")

    with pytest.raises(StoreError, match="the index has no rows of wages"):
        book(office, WithoutWages(office.world))
