"""The notebook's door: what it gives, what it says to newcomers, and that declarations don't need it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tayanch
from tayanch import feature
from tayanch.cli import stages
from tayanch.cli.desk import Bench
from tayanch.errors import DeclarationError, ProjectError, StoreError, TayanchError
from tayanch.learn.gather import Plan
from tayanch.notebook import Notebook
from tayanch.project import bundled, copy_project, load_project
from tayanch.store.engine import ENGINE
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import no_progress

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "small"
DAY = "2025-10-01"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The small project with its eight families taken in."""
    work = Bench(load_project(SMALL), tmp_path_factory.mktemp("home"), date(2026, 10, 1), no_progress)
    stages.intake(work, SMALL / "features" / "example")
    return work


@pytest.fixture(scope="module")
def shop(bench: Bench) -> Notebook:
    return tayanch.open(SMALL, home=bench.home)


def test_a_matrix_is_the_experiments_at_all_its_dates(shop: Notebook, bench: Bench) -> None:
    matrix = shop.matrix("hardship")
    plan = Plan.of(bench.project, bench.project.experiment("hardship"))
    question = MatrixQuestion(
        cohort=plan.cohort,
        as_of=plan.timeline.dates,
        references=plan.references,
        features=plan.compiled,
        area=plan.widest_area,
    )
    asked = shop._asked("hardship").question
    assert (asked.digest, asked.as_of[0], asked.as_of[-1]) == (question.digest, date(2024, 1, 1), date(2025, 10, 1))
    assert matrix.index.names == ["as_of", "family"]
    assert [*matrix.columns] == [f.id for f in plan.compiled.features]
    assert matrix.attrs == {"digest": matrix.attrs["digest"], "snapshot": shop.snapshot.digest, "engine": ENGINE}


def test_a_matrix_holds_what_the_command_makes(shop: Notebook, bench: Bench) -> None:
    matrix, made = shop.matrix("hardship", as_of=DAY), stages.matrix(bench, "hardship", date.fromisoformat(DAY))
    assert matrix.attrs["digest"] == made.digest
    rows = made.table().to_pylist()
    assert [*matrix.index] == [(pd.Timestamp(row["as_of"]), row["family"]) for row in rows]
    for name in made.names:
        told = [None if value is None or value != value else value for value in matrix[name].tolist()]
        assert told == [None if row[name] is None or row[name] != row[name] else row[name] for row in rows], name
    assert len(rows) > 2


def test_columns_have_the_types_people_expect(shop: Notebook) -> None:
    payments = shop.registries["payments"]
    told = shop.matrix(
        as_of=DAY,
        features={
            "sum": payments.sum(payments.amount),
            "count": payments.count(),
            "paid": payments.exists(),
            "kind": payments.latest(payments.benefit),
            "region": shop.registries["assessments"].latest(shop.registries["assessments"].region),
        },
    )
    assert [str(kind) for kind in told.dtypes] == ["float64", "int64", "int64", "category", "str"]
    assert [*told["kind"].cat.categories] == ["child", "material_aid", "disability"]
    assert told.index.get_level_values("as_of").dtype.kind == "M"
    assert len(told.loc[DAY]) == len(told) == 8


@pytest.mark.parametrize(
    "days",
    [
        [DAY, "2025-07-01"],
        (date(2025, 7, 1), DAY),
        [datetime(2025, 10, 1, tzinfo=UTC), pd.Timestamp("2025-07-01"), DAY],
    ],
)
def test_dates_come_as_people_write_them(shop: Notebook, days: Any) -> None:
    found = shop.matrix("hardship", as_of=days).index.get_level_values("as_of").unique()
    assert [*found.astype(str)] == ["2025-07-01", DAY]


def test_features_are_asked_for_by_id_theme_declaration_or_expression(shop: Notebook) -> None:
    payments = shop.registries["payments"]

    @feature(theme="support", unit="payments")
    def payments_ever() -> Any:
        """Payments there ever were."""
        return payments.count()

    wanted = ["income", "income.wages_3m", payments_ever, payments.count(), payments.last(months=6).count()]
    told = shop.matrix("hardship", as_of=DAY, features=wanted)
    assert [*told.columns] == [
        "income.income_to_minimum",
        "income.wages_3m",
        "support.payments_ever",
        "payments.count()",
        "payments.count() 5",
    ]
    assert told["payments.count()"].tolist() == told["support.payments_ever"].tolist()
    assert (told["payments.count()"] >= told["payments.count() 5"]).all()


def test_a_cohort_is_a_declared_one_a_condition_or_everybody(shop: Notebook) -> None:
    payments, sizes = shop.registries["payments"], {}
    for cohort in (None, "families_above_line", payments.last(months=12).exists()):
        sizes[str(cohort)[:8]] = len(shop.matrix(as_of=DAY, cohort=cohort, features=["support"]))
    assert sizes["None"] == 8 > max(sizes["families"], 1)
    assert len(shop.matrix("hardship", as_of=DAY, cohort="families_above_line")) == sizes["families"]
    paid = shop.matrix(as_of=DAY, features={"paid": payments.last(months=12).exists()})
    assert sum(sizes.values()) - 8 - sizes["families"] == paid["paid"].sum()


def test_outcomes_lie_beside_the_matrix(shop: Notebook) -> None:
    matrix, outcomes = shop.matrix("hardship"), shop.outcomes("hardship")
    assert outcomes.index.equals(matrix.index)
    assert (outcomes.name, str(outcomes.dtype)) == ("falls_below_line_12m", "boolean")
    assert 0 < outcomes.isna().sum() < len(outcomes)
    assert set(outcomes.dropna()) == {True, False}
    early = shop.outcomes("hardship", known_by="2025-06-01")
    assert early.isna().sum() > outcomes.isna().sum()
    assert early.dropna().equals(outcomes[early.notna()])
    assert shop.outcomes("hardship", as_of=DAY).equals(outcomes.loc[[DAY]])


def test_completeness_lies_beside_the_matrix(shop: Notebook) -> None:
    matrix, told = shop.matrix("hardship"), shop.completeness("hardship")
    assert told.index.equals(matrix.index)
    assert {*told.columns} == {f"linked({name})" for name in ("members", "assessments", "payments", "wages")}
    assert set(told.dtypes.astype(str)) == {"boolean"}
    assert told.all(axis=None)
    assert not {*told.columns} & {*matrix.columns}


def test_the_catalogue_and_the_snapshot_are_small_tables(shop: Notebook, bench: Bench) -> None:
    assert [*shop.features.index] == sorted(f.id for f in bench.project.features)
    assert shop.features.loc["income.wages_3m"].to_dict() == {
        "theme": "income",
        "kind": "number",
        "unit": "UZS",
        "registries": "wages",
        "meaning": "Registered wages of all members in the last 3 months.",
    }
    (delivery,) = shop.snapshot.deliveries.to_dict("records")
    assert (delivery["delivered"], delivery["rows"], delivery["kept"]) == (pd.Timestamp("2026-09-30"), 345, 343)


def test_it_says_in_few_words_where_one_is(shop: Notebook, tmp_path: Path) -> None:
    assert repr(shop).splitlines() == [
        f"Small (small) in {SMALL}",
        "4 registries, 7 features",
        "cohorts: families_above_line",
        "experiments: hardship",
        f"snapshot {shop.snapshot.digest[:12]}: delivered on 2026-09-30",
    ]
    told = repr(tayanch.open(str(SMALL), home=tmp_path)).splitlines()
    assert told[-1] == f"{tmp_path}: there is no snapshot of small yet: run `tayanch intake` first."


def test_a_later_delivery_is_seen_when_one_opens_again(bench: Bench, tmp_path: Path) -> None:
    work = Bench(bench.project, tmp_path, bench.today, no_progress)
    stages.intake(work, SMALL / "features" / "example", date(2026, 9, 30))
    shop = tayanch.open(SMALL, home=tmp_path)
    before = shop.snapshot
    folder = tmp_path / "more"
    folder.mkdir()
    lines = next((SMALL / "features" / "example").glob("payments*.csv")).read_text().splitlines()
    cells = dict(zip(lines[0].split(","), lines[1].split(","), strict=True)) | {"payment_id": "another"}
    (folder / "payments.csv").write_text("\n".join([lines[0], ",".join(cells.values())]) + "\n")
    stages.intake(work, folder, date(2026, 10, 1))
    assert shop.snapshot == before
    after = tayanch.open(SMALL, home=tmp_path).snapshot
    assert repr(after) == f"snapshot {after.digest[:12]}: 2 deliveries, the last on 2026-10-01"


def _mistakes(shop: Notebook) -> list[tuple[Any, type[TayanchError], str]]:
    payments = shop.registries["payments"]
    ask = 'ask for matrix("experiment") or matrix(as_of="2026-01-01", features=["income"]).'
    return [
        (
            lambda: shop.matrix("hardshp"),
            DeclarationError,
            'there is no experiment "hardshp": did you mean "hardship"?',
        ),
        (
            lambda: shop.matrix("hardship", features=["income.wage_3m"]),
            DeclarationError,
            'there is no feature "income.wage_3m": did you mean "income.wages_3m"?',
        ),
        (
            lambda: shop.matrix("hardship", cohort="families_above"),
            DeclarationError,
            '"families_above" is not declared: did you mean "families_above_line"?',
        ),
        (
            lambda: shop.matrix("hardship", as_of="2025"),
            DeclarationError,
            '"2025" is not a date: write it as 2026-01-31.',
        ),
        (lambda: shop.matrix(), DeclarationError, f"neither an experiment nor as_of date is asked for: {ask}"),
        (lambda: shop.matrix(as_of=DAY), DeclarationError, f"neither an experiment nor features is asked for: {ask}"),
        (
            lambda: shop.matrix("hardship", features={"soon": payments.next(months=3).count()}),
            DeclarationError,
            "soon: it looks into the future with next(): use last(); only an outcome may look ahead.",
        ),
        (
            lambda: shop.matrix("hardship", features=[payments.amount]),
            DeclarationError,
            "payments.amount: it is a value of payments, not of the family: end it with a verb such as sum().",
        ),
        (
            lambda: shop.registries["payments"].amout,
            DeclarationError,
            'payments has no column amout: did you mean "amount"?',
        ),
    ]


@pytest.mark.parametrize("number", range(9))
def test_a_mistake_is_told_word_for_word(shop: Notebook, number: int) -> None:
    mistake, sort, message = _mistakes(shop)[number]
    with pytest.raises(sort) as met:
        mistake()
    assert str(met.value) == message


def test_a_newcomer_without_a_project_is_told_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError) as met:
        tayanch.open()
    assert str(met.value) == (
        f"there is no project here: neither {tmp_path} nor a folder above it has a project.yaml: "
        'name one, tayanch.open("folder"), or make one: tayanch init DIR.'
    )
    with pytest.raises(ProjectError, match=r"nowhere has no project\.yaml: name a project folder, or one of: "):
        tayanch.open("nowhere")


def test_a_newcomer_without_a_snapshot_is_told_to_take_one_in(tmp_path: Path) -> None:
    for ask in (
        lambda shop: shop.matrix("hardship"),
        lambda shop: shop.snapshot,
        lambda shop: shop.outcomes("hardship"),
    ):
        with pytest.raises(StoreError, match=re.escape(f"{tmp_path}: there is no snapshot of small yet: run `tayanch")):
            ask(tayanch.open(SMALL, home=tmp_path))


def test_project_and_work_folder_are_found_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAYANCH_HOME")
    deep = tmp_path / "mine" / "notebooks" / "old"
    deep.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "mine")
    copy_project(bundled()["empty"], tmp_path / "made")
    (tmp_path / "made").rename(tmp_path / "mine" / "project")
    monkeypatch.setenv("TAYANCH_PROJECT", str(tmp_path / "mine" / "project"))
    assert tayanch.open().home == tmp_path / "mine" / ".tayanch"
    (tmp_path / "mine" / ".tayanch").mkdir()
    monkeypatch.chdir(deep)
    shop = tayanch.open()
    assert (shop.project.settings.name, shop.home) == ("mine", tmp_path / "mine" / ".tayanch")
    monkeypatch.setenv("TAYANCH_HOME", str(tmp_path / "other"))
    assert tayanch.open().home == tmp_path / "other"


BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"duckdb", "pandas", "pyarrow", "numpy", "numba", "sklearn", "lightgbm", "mlflow"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
import tayanch
from tayanch.project import bundled, copy_project, load_project
from pathlib import Path
print(len(load_project(Path(sys.argv[1])).features))
try:
    tayanch.open
except ImportError as error:
    print(error)
try:
    tayanch.opn
except AttributeError as error:
    print(error)
"""


def test_declarations_load_no_store_and_no_data_library() -> None:
    told = subprocess.run([sys.executable, "-c", BLOCKED, ROOT], capture_output=True, text=True, check=False)
    assert told.stderr == ""
    features, refused, unknown = told.stdout.splitlines()
    assert int(features) > 100
    assert refused.endswith("is blocked")
    assert unknown == "module 'tayanch' has no attribute 'opn'"


def test_an_expression_asked_twice_is_the_same_file(shop: Notebook) -> None:
    payments = shop.registries["payments"]
    one = shop.matrix(as_of=DAY, features={"a": payments.count()})
    other = shop.matrix(as_of=DAY, features={"b": payments.count()})
    assert one.attrs["digest"] == other.attrs["digest"]
    assert np.array_equal(one["a"], other["b"])
