"""The catalogue of the invented country, and that neither it nor a run is made with a proxy among the features."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tayanch import cohort, group
from tayanch.declare.policy import Exemption, Policy, PolicyLine
from tayanch.errors import DeclarationError, LearnError
from tayanch.learn import cataloguing
from tayanch.learn.cataloguing import Scope, Used, build_catalogue
from tayanch.learn.protection import Asked
from tayanch.learn.run import Runner
from tayanch.project import Project
from tayanch.store.catalogue import EVERYWHERE, FeatureCatalogue, PolicyRule
from tayanch.store.pieces import Making
from tests.unit.learn import country
from tests.unit.learn.country import visits
from tests.worlds import MemorySnapshot, World

DATES = (date(2021, 7, 1), date(2022, 1, 1))
TODAY = date(2022, 3, 1)
USED = Used({"falls": ("debt.debt",)}, {"falls/1": ("debt.debt", "income.ratio")})
POLICY = Policy(
    (
        PolicyLine("protected", "burns_coal", "smoke is no need"),
        PolicyLine("need_only", "income.mean_ratio", "income is need"),
    )
)
APART = 2.326
"""So many deviations apart, two normal distributions have an AUC of 0.95."""


@group
def burns_coal():
    """Whether the home is heated with coal."""
    return visits.latest(visits.heating) == "coal"


@cohort
def in_debt():
    """Families with a debt."""
    return visits.latest(visits.debt) > 0


def _project(policy: Policy = POLICY, *, heating: bool = False) -> Project:
    plain = country.project(Path("/nowhere"))
    kept = tuple(feature for feature in plain.features if heating or feature.id != "housing.heating")
    return replace(
        plain, policy=policy, features=kept, groups=(*plain.groups, burns_coal), cohorts=(*plain.cohorts, in_debt)
    )


@cache
def _smoky() -> MemorySnapshot:
    """The country, in which a family's debt tells with an AUC of 0.95 whether it burns coal."""
    draw = np.random.default_rng(3)
    rows = [dict(row, debt=float(draw.normal() + APART * (row["heating"] == "coal"))) for row in country.rows()]
    return MemorySnapshot(World((visits,), {"visits": rows}), digest="b" * 64)


def _scope(project: Project, **asked: Any) -> Scope:
    return Scope.of(project, **{"cohorts": ("above_line",), "as_of": DATES, **asked})


def _built(home: Path, project: Project | None = None, **asked: Any) -> FeatureCatalogue:
    told = project or _project()
    return build_catalogue(Asked(told, country.snapshot(), home), _scope(told, **asked), used=USED, built_on=TODAY)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> FeatureCatalogue:
    return _built(tmp_path_factory.mktemp("home"))


def test_every_feature_has_an_entry(built: FeatureCatalogue) -> None:
    assert [entry.id for entry in built.features] == ["debt.debt", "income.mean_ratio", "income.ratio"]
    debt = built.feature("debt.debt")
    assert debt is not None
    assert (debt.meaning, debt.unit, debt.kind, debt.theme) == ("Debt, seldom known.", "money", "number", "debt")
    assert debt.digest == country.debt.digest
    assert (debt.registers, debt.experiments, debt.releases) == (("visits",), ("falls",), ("falls/1",))
    assert (debt.rule, debt.because) == ("allowed", "")
    mean = built.feature("income.mean_ratio")
    assert mean is not None
    assert (mean.rule, mean.because, mean.experiments) == ("need_only", "income is need", ())


def test_it_says_what_it_was_built_of(built: FeatureCatalogue) -> None:
    assert (built.project, built.snapshot, built.built_on, built.as_of) == ("country", "a" * 64, TODAY, DATES)
    assert (built.cohorts, built.area) == (("above_line",), "area")
    assert built.policy[0] == PolicyRule("protected", "burns_coal", "smoke is no need")
    (visit,) = built.registers
    assert (visit.name, visit.purpose, visit.owner) == ("visits", "tests", "tests")


def test_figures_are_those_of_the_rows(built: FeatureCatalogue) -> None:
    """The latest visit before the last date, found in the rows themselves."""
    last = DATES[-1]
    latest = {r["family"]: r for r in sorted(country.rows(), key=lambda r: r["happened_on"]) if r["happened_on"] < last}
    cohort = [row for row in latest.values() if row["ratio"] >= 1]
    debt = built.feature("debt.debt")
    assert debt is not None
    told = debt.distributions[-1]
    assert (told.as_of, told.families) == (last, len(cohort))
    share = sum(row["debt"] is not None for row in cohort) / len(cohort)
    assert (debt.coverage[0].area, debt.coverage[0].share) == (EVERYWHERE, round(share, 4))
    assert told.missing == pytest.approx(1 - share, abs=0.0001)
    ages = sorted((last - row["happened_on"]).days for row in cohort)
    assert (debt.freshness[0].newest, debt.freshness[0].median) == (ages[0], int(np.median(ages)))
    east = [row for row in cohort if row["area"] == "area 03"]
    (area,) = (found for found in debt.coverage if found.area == "area 03")
    assert area.families in (len(east), None)


def test_protected_attributes_are_tested_alone_and_together(built: FeatureCatalogue) -> None:
    (coal,) = built.attributes
    assert (coal.name, coal.rule, coal.because) == ("burns_coal", "protected", "smoke is no need")
    (foretold,) = coal.foretold
    assert foretold.level == "yes"
    assert 0.5 < foretold.low < foretold.auc < foretold.high < 0.8
    assert all(0.5 <= proxy.auc < 0.8 for entry in built.features for proxy in entry.proxies)


def test_the_same_snapshot_gives_the_same_catalogue_and_the_cache_spares_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _built(tmp_path)
    monkeypatch.setattr(Making, "piece", None)
    assert _built(tmp_path) == first


INJECTED = (
    "debt.debt tells burns_coal (yes) with an AUC of 0.95, and from 0.80 on it stands for it: "
    "leave it out, or sign for it with a reason in features/policy.yaml under exempt: "
    "debt.debt: {burns_coal: {because: …, signed: …}}."
)


def test_an_injected_proxy_fails_the_build(tmp_path: Path) -> None:
    project = _project()
    asked = Asked(project, _smoky(), tmp_path)
    with pytest.raises(LearnError) as error:
        build_catalogue(asked, _scope(project), used=USED, built_on=TODAY)
    assert str(error.value) == f"{country.debt.place}: {INJECTED}"


def test_an_injected_proxy_fails_the_run(tmp_path: Path) -> None:
    experiment = country.experiment(features=("income.ratio", "debt.debt"))
    with pytest.raises(LearnError) as error:
        Runner(tmp_path, processes=1).run(_project(), experiment, snapshot=_smoky())
    assert str(error.value) == f"{country.debt.place}: {INJECTED}"
    assert not (tmp_path / "runs").exists()


def test_an_experiment_made_by_hand_does_not_go_round_the_need(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"income\.mean_ratio may only raise a family on a list"):
        Runner(tmp_path, processes=1).run(_project(), country.experiment(), snapshot=_smoky())


def test_a_signed_exemption_lets_it_pass_and_is_told(tmp_path: Path) -> None:
    exempt = Exemption("debt.debt", "burns_coal", "the law asks for it", "the audit office")
    project = _project(replace(POLICY, exemptions=(exempt,)))
    found = build_catalogue(Asked(project, _smoky(), tmp_path), _scope(project), used=USED, built_on=TODAY)
    debt = found.feature("debt.debt")
    assert debt is not None
    (proxy,) = debt.proxies
    assert proxy.auc == pytest.approx(0.95, abs=0.03)
    assert proxy.exempt == "the law asks for it. Signed: the audit office"
    assert PolicyRule("exempt", "debt.debt: burns_coal", proxy.exempt) in found.policy


def test_a_code_that_tells_it_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(LearnError, match=r"housing\.heating tells burns_coal \(yes\) with an AUC of 1\.00"):
        _built(tmp_path, _project(heating=True))


def test_together_only_so_many_families_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cataloguing, "TOGETHER", 200)
    (coal,) = _built(tmp_path).attributes
    assert [foretold.families for foretold in coal.foretold] == [200]


def test_families_of_any_of_the_cohorts_are_looked_at(tmp_path: Path) -> None:
    project = _project()
    both = _scope(project, cohorts=("above_line", "in_debt"))
    assert both.cohort.name == "above_line or in_debt"
    one, other, union = (
        _built(tmp_path, cohorts=names).features[0].distributions[0].families or 0
        for names in (("above_line",), ("in_debt",), ("above_line", "in_debt"))
    )
    assert max(one, other) < union < one + other


def test_without_an_experiment_one_says_of_whom_and_when() -> None:
    with pytest.raises(DeclarationError) as error:
        Scope.of(_project())
    assert str(error.value) == (
        "no experiment says for which families and dates: say --cohort and --on, or declare an experiment."
    )


def test_a_project_without_features_has_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as error:
        _built(tmp_path, replace(_project(), features=()))
    assert str(error.value) == "country declares no feature: declare one in features/."
