"""Whether a release may be used, and how far its project's declarations have moved on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tayanch import Column, feature, registry
from tayanch.declare.project_file import Settings
from tayanch.errors import ReleaseError
from tayanch.project import Project
from tayanch.release.drift import Drift, check_usable, drift, expired
from tayanch.release.freeze import freeze
from tayanch.release.keys import practice_keys
from tayanch.release.releases import Release
from tayanch.release.verify import change_state
from tayanch.vocabulary import ReleaseState
from tests.unit.release.made_up import FEATURES, TESTED, draft, visits

SETTINGS = Settings(
    name="made_up",
    title="Made up",
    country="Nowhere",
    currency="UZS",
    time_zone="UTC",
    area_levels=("region",),
    languages=("uz", "en"),
    practice=True,
    clock=None,
    extracts="",
    delivered=None,
    source="",
)
PROJECT = Project(Path("made_up"), SETTINGS, (visits,), (), FEATURES, (), (), ())


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Release:
    release = freeze(draft(), tmp_path_factory.mktemp("releases"))
    return change_state(release, ReleaseState.TRIAL, on=TESTED, why="To try it out.", keys=practice_keys()[:1])


def test_the_same_declarations_don_t_drift(trial: Release) -> None:
    found = drift(trial, PROJECT)
    assert not found
    assert str(found) == "no drift"


def test_another_meaning_drifts_another_wording_does_not(trial: Release) -> None:
    reworded = replace(FEATURES[0], meaning="Income, said otherwise.", place="elsewhere.py:1")
    assert not drift(trial, replace(PROJECT, features=(reworded, *FEATURES[1:])))
    other = replace(FEATURES[0], expression=visits.last(months=6).mean(visits.income))
    found = drift(trial, replace(PROJECT, features=(other, *FEATURES[2:])))
    assert found == Drift(changed=("income.income_now",), gone=("income.income_12m",))
    assert str(found) == "changed: income.income_now; gone: income.income_12m"


def test_a_registry_read_otherwise_drifts(trial: Release) -> None:
    stricter = replace(visits, columns=tuple(replace(c, required=True) for c in visits.columns))
    assert drift(trial, replace(PROJECT, registries=(stricter,))).registries == ("visits",)
    assert str(drift(trial, replace(PROJECT, registries=()))) == "registries changed or gone: visits"


@registry(key="id", purpose="tests", owner="tests")
class others:
    """Another registry."""

    happened_on = known_at = "on"
    x = Column("X.")


@feature(theme="work")
def more():
    """Another feature."""
    return others.sum(others.x)


def test_what_the_release_does_not_use_is_no_drift(trial: Release) -> None:
    assert not drift(trial, replace(PROJECT, features=(*FEATURES, more), registries=(visits, others)))


@pytest.mark.parametrize(
    ("today", "over"), [(date(2026, 10, 1), False), (date(2027, 10, 1), False), (date(2027, 10, 2), True)]
)
def test_expired_after_its_last_day(today: date, over: bool, trial: Release) -> None:
    assert expired(trial, today) is over


def test_a_trial_is_served_in_practice(trial: Release) -> None:
    check_usable(trial, PROJECT, today=TESTED)


@pytest.mark.parametrize(
    ("changed", "today", "said"),
    [
        (
            {},
            date(2027, 10, 2),
            "the release hardship/2026-10 was valid until 2027-10-01; today is 2027-10-02: "
            "run its experiment again and release the result.",
        ),
        (
            {"practice": False},
            TESTED,
            "the release hardship/2026-10 is of the project made_up (practice), not of made_up: "
            "use a release of this project.",
        ),
        (
            {"name": "real"},
            TESTED,
            "the release hardship/2026-10 is of the project made_up (practice), not of real (practice): "
            "use a release of this project.",
        ),
    ],
)
def test_what_stands_against_use(changed: dict[str, Any], today: date, said: str, trial: Release) -> None:
    with pytest.raises(ReleaseError) as met:
        check_usable(trial, replace(PROJECT, settings=replace(SETTINGS, **changed)), today=today)
    assert str(met.value) == said


def test_a_draft_is_served_nowhere_and_a_trial_in_practice_only(trial: Release, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as met:
        check_usable(freeze(draft(), tmp_path), PROJECT, today=TESTED)
    assert str(met.value) == "the release hardship/2026-10 is a draft: have it signed as champion or trial first."
    real = replace(trial, origin=replace(trial.origin, practice=False))
    with pytest.raises(ReleaseError) as met:
        check_usable(real, replace(PROJECT, settings=replace(SETTINGS, practice=False)), today=TESTED)
    assert str(met.value) == "the release hardship/2026-10 is a trial: have it signed as champion first."
