"""The project as a whole: its size, its policy, its experiments, and codes that stand as the registers deliver them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tayanch.declare.expressions import ColumnValue
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.rows import reductions, walk
from tayanch.vocabulary import Theme
from tests.project.uzbekistan.invented import uzbekistan

FOLDER = uzbekistan().folder / "features"
POLICY = yaml.safe_load((FOLDER / "policy.yaml").read_text("utf-8"))
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


def test_nothing_forbidden_is_declared() -> None:
    words = {word for name in POLICY["forbidden"] for word in (name, *re.findall(r"\w+", name))}
    named = {part for f in FEATURES for part in (f.name, f.id)}
    columns = {column.name for registry in DECLARED.values() for column in registry.columns}
    sources = {column.source for registry in DECLARED.values() for column in registry.columns}
    assert not words & (named | columns)
    assert not sources & {"familiya", "ism", "otasining_ismi", "davlat", "xodim", "ikkinchi_jshshir"}


def test_groups_that_only_judge_are_no_feature() -> None:
    only = {uzbekistan().group(name).expression.key for name in POLICY["audit_only"]}
    assert not only & {f.expression.key for f in FEATURES}


def test_sex_is_used_for_the_pension_age_only() -> None:
    alone = [f.id for f in FEATURES if isinstance(f.expression, ColumnValue) and f.expression.column == "sex"]
    assert not alone
    assert "members.sex" in POLICY["lookup_only"]


@pytest.mark.parametrize("name", uzbekistan().experiments)
def test_need_only_features_may_only_raise(name: str) -> None:
    declared = dict(uzbekistan().experiment(name).monotone)
    assert declared == dict.fromkeys(POLICY["need_only"], "increasing")


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
