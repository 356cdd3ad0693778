"""The project's catalogue on a simulated country: complete, and no feature stands for the sex of a family's head."""

from __future__ import annotations

import pytest

from benchmarks.simulated import Country
from tayanch.cli import stages
from tayanch.learn.checking import check_catalogue, check_declarations
from tayanch.learn.proxies import BLOCKING
from tayanch.store.catalogue import EVERYWHERE, FeatureCatalogue, read_catalogue


@pytest.fixture(scope="module")
def built(country: Country) -> FeatureCatalogue:
    """The catalogue of the experiments' families at their test dates."""
    return stages.catalogue(country.work).catalogue


def test_every_feature_is_in_it_for_every_date(built: FeatureCatalogue, country: Country) -> None:
    project = country.work.project
    assert [entry.id for entry in built.features] == sorted(feature.id for feature in project.features)
    assert {name for entry in built.features for name in entry.experiments} == set(project.experiments)
    assert all(len(entry.distributions) == len(built.as_of) == 4 for entry in built.features)
    assert all(entry.coverage[0].area == entry.freshness[0].area == EVERYWHERE for entry in built.features)
    assert {register.name for register in built.registers} == {registry.name for registry in project.registries}
    kept = read_catalogue(country.work.home, project.settings.name)
    assert kept is not None
    assert kept.catalogue == built


def test_every_feature_is_worded_in_four_languages(built: FeatureCatalogue) -> None:
    for entry in built.features:
        assert [told.language for told in entry.wording] == ["uz", "uz_Cyrl", "ru", "en"]
        assert all(told.name and told.raises and told.lowers for told in entry.wording), entry.id


def test_what_the_policy_says_stands_beside_the_feature(built: FeatureCatalogue) -> None:
    need = {entry.id for entry in built.features if entry.rule == "need_only"}
    assert need == {line.name for line in built.policy if line.rule == "need_only"}
    elders = built.feature("family.elders")
    assert elders is not None
    assert [line.name for line in elders.looks_up] == ["members.sex"]


def test_no_feature_alone_stands_for_the_sex_of_the_head(built: FeatureCatalogue) -> None:
    told = {entry.id: proxy.auc for entry in built.features for proxy in entry.proxies}
    assert len(told) == len(built.features)
    assert max(told.values()) < BLOCKING
    (sex,) = built.attributes
    (women,) = sex.foretold
    assert (sex.name, women.level) == ("sex_of_head", "woman")
    assert max(told.values()) < women.auc  # together they tell it well: it is reported, not hidden


def test_nothing_must_be_mended(built: FeatureCatalogue, country: Country) -> None:
    project = country.work.project
    found = (*check_declarations(project), *check_catalogue(project, built, built.snapshot))
    assert [finding for finding in found if finding.must] == []
