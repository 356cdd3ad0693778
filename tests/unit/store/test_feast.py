"""A matrix as a Feast repository: what is written, without Feast; and (long) that Feast gives the same values."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from benchmarks.features.environments import UnavailableError, python_of
from tayanch.errors import StoreError
from tayanch.store.feast import FeastRepository
from tayanch.store.matrix import build_matrix
from tests.unit.store.small import ABOVE, DATES, EVERYBODY, asked, small_world
from tests.worlds import MemorySnapshot

ZONE = ZoneInfo("Asia/Tashkent")
MEANINGS = {"wages": "Wages of the last year.", "ratio": "Income over the line at the last visit."}
ASK = """
import json, sys
import pandas as pd
from importlib.util import module_from_spec, spec_from_file_location
from feast import FeatureStore, FeatureView
told = spec_from_file_location("definitions", sys.argv[1] + "/definitions.py")
told.loader.exec_module(definitions := module_from_spec(told))
views = [value for value in vars(definitions).values() if isinstance(value, FeatureView)]
store = FeatureStore(sys.argv[1])
store.apply([definitions.ENTITY, *views])
rows = pd.DataFrame(json.load(sys.stdin))
rows["event_timestamp"] = pd.to_datetime(rows["event_timestamp"], utc=True)
asked = [f"{view.name}:{field.name}" for view in views for field in view.features]
found = store.get_historical_features(rows, asked, full_feature_names=True).to_df()
found["event_timestamp"] = found["event_timestamp"].map(lambda at: at.isoformat())
print(found.to_json(orient="records", double_precision=15))
"""


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> FeastRepository:
    """Of everybody in the small world (or the cohort asked for) at all its dates."""
    cohort = getattr(request, "param", EVERYBODY)
    question = asked(cohort)
    matrix = build_matrix(MemorySnapshot(small_world()), question, tmp_path / "cache")
    purposes = dict.fromkeys(question.expressions, "test")
    return FeastRepository("small", ZONE, matrix, cohort, question.features.features, purposes)


def _rows(repository: FeastRepository) -> list[dict[str, Any]]:
    """The matrix, missing values as None."""
    table = repository.matrix.table().to_pylist()
    return [{name: None if value != value else value for name, value in row.items()} for row in table]


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def test_a_file_for_each_theme_has_the_matrix_with_instants(repository: FeastRepository, tmp_path: Path) -> None:
    repository.write(tmp_path / "feast")
    for theme, features in repository.themes.items():
        path = tmp_path / "feast" / "data" / f"{theme.value}.parquet"
        with pq.ParquetFile(path) as file:
            table = file.read()
            assert file.num_row_groups == len(DATES)
        assert table.column_names == ["family", "event_timestamp", "created", *(told.name for told in features)]
        assert table.schema.field("event_timestamp").type == pa.timestamp("us", "UTC")
        expected = [
            {
                "family": row["family"],
                "event_timestamp": _begins(row["as_of"]),
                "created": _begins(row["as_of"]),
                **{told.name: row[told.id] for told in features},
            }
            for row in _rows(repository)
        ]
        assert table.to_pylist() == expected


def test_only_its_owner_can_read_it(repository: FeastRepository, tmp_path: Path) -> None:
    repository.write(tmp_path / "feast")
    made = [tmp_path / "feast", *(tmp_path / "feast").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700, 0o600}


def test_settings_name_the_project_and_a_store_that_keeps_rows(repository: FeastRepository, tmp_path: Path) -> None:
    repository.write(tmp_path / "feast")
    told = yaml.safe_load((tmp_path / "feast" / "feature_store.yaml").read_text())
    assert (told["project"], told["provider"], told["offline_store"]) == ("small", "local", {"type": "duckdb"})


class _Told:
    """Stands for any of Feast's classes and keeps what it was given."""

    STRING = "STRING"

    def __init__(self, **given: Any) -> None:
        self.given = given


def _definitions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """What definitions.py declares, with stand-ins for Feast."""
    feast, types = ModuleType("feast"), ModuleType("feast.types")
    for name in ("Entity", "FeatureView", "Field", "FileSource", "ValueType"):
        setattr(feast, name, _Told)
    for name in ("Float64", "Int64", "String"):
        setattr(types, name, name)
    monkeypatch.setitem(sys.modules, "feast", feast)
    monkeypatch.setitem(sys.modules, "feast.types", types)
    found: dict[str, Any] = {"__file__": str(folder / "definitions.py")}
    exec((folder / "definitions.py").read_text(), found)
    return found


def test_definitions_carry_meaning_unit_type_and_origin(
    repository: FeastRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(tmp_path / "feast")
    found = _definitions(tmp_path / "feast", monkeypatch)
    assert found["ENTITY"].given["join_keys"] == ["family"]
    income = found["income"].given
    assert (income["name"], income["entities"], income["ttl"]) == ("income", [found["ENTITY"]], timedelta(days=184))
    assert income["tags"] == {
        "cohort": EVERYBODY.name,
        "snapshot": repository.matrix.snapshot,
        "matrix": repository.matrix.digest,
    }
    assert income["source"].given == {
        "name": "income",
        "path": str(tmp_path / "feast" / "data" / "income.parquet"),
        "timestamp_field": "event_timestamp",
        "created_timestamp_column": "created",
    }
    fields = {field.given["name"]: field.given for field in income["schema"]}
    assert {name: field["description"] for name, field in fields.items()} == MEANINGS
    (wages,) = (feature for feature in repository.features if feature.name == "wages")
    expected = {"id": "income.wages", "unit": "money", "purpose": "test", "digest": wages.digest}
    assert (fields["wages"]["tags"], fields["wages"]["dtype"]) == (expected, "Float64")
    kinds = {view: found[view].given["schema"][0].given["dtype"] for view in ("family", "housing", "data_quality")}
    assert kinds == {"family": "Int64", "housing": "String", "data_quality": "String"}


def test_a_row_is_given_until_the_longest_time_between_dates_has_passed(repository: FeastRepository) -> None:
    assert repository.days_valid == max((later - day).days for day, later in pairwise(DATES))
    alone = replace(repository, matrix=replace(repository.matrix, as_of=DATES[:1]))
    assert alone.days_valid == 0


def test_the_readme_says_what_a_matrix_cant_promise(repository: FeastRepository, tmp_path: Path) -> None:
    repository.write(tmp_path / "feast")
    text = " ".join((tmp_path / "feast" / "README.md").read_text().split())
    for told in (
        f"{repository.matrix.rows} rows: families at {len(DATES)} as_of dates",
        f"A row is given for {repository.days_valid} days after its date",
        "A family that was not in the cohort at a date has no row for it.",
        "nothing that became known since is in it",
        "a row that has no match in a view is left out of the answer altogether",
    ):
        assert told in text


def test_nothing_is_written_over(repository: FeastRepository, tmp_path: Path) -> None:
    folder = tmp_path / "feast"
    folder.mkdir()
    (folder / "mine").touch()
    with pytest.raises(StoreError) as met:
        repository.write(folder)
    assert str(met.value) == f"{folder} is not an empty folder: name one that is empty or not there yet."
    assert [path.name for path in folder.iterdir()] == ["mine"]


@pytest.mark.long
@pytest.mark.parametrize("repository", [EVERYBODY, ABOVE], indirect=True, ids=["everybody", "some leave"])
def test_feast_itself_gives_the_last_row_at_or_before_an_instant(repository: FeastRepository, tmp_path: Path) -> None:
    try:
        python = python_of("feast")
    except UnavailableError as error:
        pytest.skip(str(error))
    repository.write(tmp_path / "feast")
    rows = _rows(repository)
    families = sorted({row["family"] for row in rows})
    instants = [at for day in DATES for at in (_begins(day), _begins(day) - timedelta(seconds=1), _between(day))]
    instants.append(_begins(DATES[-1]) + timedelta(days=repository.days_valid + 1))
    wanted = [(family, at.isoformat()) for family in families for at in instants]
    question = [{"family": family, "event_timestamp": at} for family, at in wanted]
    done = subprocess.run(
        [python, "-W", "ignore", "-c", ASK, tmp_path / "feast"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    found = {(row.pop("family"), row.pop("event_timestamp")): row for row in json.loads(done.stdout.splitlines()[-1])}
    assert found == {(family, at): _last(repository, rows, family, datetime.fromisoformat(at)) for family, at in wanted}


def _between(day: date) -> datetime:
    return _begins(day) + timedelta(days=20)


def _last(repository: FeastRepository, rows: list[dict[str, Any]], family: str, at: datetime) -> dict[str, Any]:
    """What the matrix says of a family at an instant: its last row that is not too old."""
    oldest = at - timedelta(days=repository.days_valid)
    fit = [row for row in rows if row["family"] == family and oldest <= _begins(row["as_of"]) <= at]
    names = {feature.id: f"{feature.theme.value}__{feature.name}" for feature in repository.features}
    return {name: fit[-1][id_] if fit else None for id_, name in names.items()}
