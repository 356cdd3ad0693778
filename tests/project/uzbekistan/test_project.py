"""The project as a whole: its size, its policy, its experiments, and codes that stand as the registers deliver them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Reference
from tayanch.declare.rows import reductions, walk
from tayanch.vocabulary import Theme
from tests.project.uzbekistan.invented import uzbekistan

FOLDER = uzbekistan().folder / "features"
EXTRACTS = yaml.safe_load((FOLDER / "country" / "registers.yaml").read_text("utf-8"))["registers"]
DECLARED = {registry.name: registry for registry in uzbekistan().registries}
FEATURES = uzbekistan().features


def test_there_are_a_hundred_features_in_all_eight_themes() -> None:
    assert len(FEATURES) >= 100
    assert {feature.theme for feature in FEATURES} == set(Theme)


def test_every_register_is_used_by_a_feature_and_tells_its_purpose() -> None:
    used = {r.registry for f in FEATURES for r in reductions(f.expression)}
    assert used == set(DECLARED)
    assert all(registry.purpose and registry.owner for registry in DECLARED.values())


def test_areas_are_told_by_the_neighbours() -> None:
    found = [f for f in FEATURES if any(isinstance(node, Neighbours) for node in walk(f.expression))]
    assert len(found) >= 8


def test_what_the_registers_hold_and_nobody_may_ask_is_forbidden() -> None:
    words = {word for line in uzbekistan().policy.under("forbidden") for word in (line.name, *line.columns)}
    assert words >= {"nationality", "language", "religion", "appearance", "worker_words"}
    assert words >= {"familiya", "ism", "otasining_ismi", "davlat", "xodim", "ikkinchi_jshshir"}


def test_sex_tells_the_pension_age_and_nothing_else() -> None:
    (sex,) = (line for line in uzbekistan().policy.under("lookup_only") if line.name == "members.sex")
    assert sex.by == ("pension_age.years",)
    assert {row.keys: row.value for row in retires_at().rows} == {("woman",): 55, ("man",): 60}


def retires_at() -> Reference:
    (found,) = (table for table in uzbekistan().references if table.name == "pension_age.years")
    return found


@pytest.mark.parametrize("name", uzbekistan().experiments)
def test_need_only_features_may_only_raise(name: str) -> None:
    declared = dict(uzbekistan().experiment(name).monotone)
    needs = [line.name for line in uzbekistan().policy.under("need_only")]
    assert declared == dict.fromkeys(needs, "increasing")


def test_there_is_an_experiment_for_each_outcome() -> None:
    asked = {uzbekistan().experiment(name).outcome for name in uzbekistan().experiments}
    assert asked == {o.name for o in uzbekistan().outcomes if not o.name.endswith("_unseen_no")}


def test_declared_columns_stand_in_the_extracts_with_their_codes() -> None:
    for name, registry in DECLARED.items():
        extract = EXTRACTS["benefits" if name == "benefit_ends" else name]
        there: dict[str, dict[str, Any]] = {column["there"]: column for column in extract["columns"]}
        ids = [*registry.key, *registry.family, *registry.person]
        assert set(ids) <= set(there), name
        for column in registry.columns:
            assert column.source in there, f"{name}.{column.name}"
            codes = there[column.source].get("codes")
            if codes and column.values:
                assert {code for code, _ in column.values} == set(codes.values()), f"{name}.{column.name}"
