"""What a check finds in a catalogue: values that are gone, missing for all, or all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tayanch.learn.checking import Finding, check_catalogue, check_declarations
from tayanch.project import Project, load_project
from tayanch.store.catalogue import EVERYWHERE, Coverage, Distribution, Entry
from tests.unit.store.catalogued import PAID, SMALL

PROJECT = load_project(Path(__file__).parents[2] / "small")
(FEATURE,) = (feature for feature in PROJECT.features if feature.id == "support.benefit_income_12m")
ONE = replace(PROJECT, features=(FEATURE,))
DAYS = (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1))
LATER = "has a value for "
SOUND = replace(PAID, id=FEATURE.id, digest=FEATURE.digest)


def _spread(*missing: float | None, constant: bool = False) -> tuple[Distribution, ...]:
    return tuple(Distribution(day, 500, gone, constant=constant) for day, gone in zip(DAYS, missing, strict=False))


def _found(entry: Entry, *, project: Project = ONE, snapshot: str = SMALL.snapshot) -> tuple[Finding, ...]:
    return check_catalogue(project, replace(SMALL, features=(entry,)), snapshot)


def test_a_sound_feature_needs_nothing() -> None:
    assert _found(SOUND) == ()


@pytest.mark.parametrize(
    ("changed", "met", "must"),
    [
        ({"distributions": _spread(0.1, 1.0)}, "is missing for every family on 2025-04-01", True),
        ({"distributions": _spread(0.1, 0.15, 0.4)}, f"{LATER}60% of the families on 2025-07-01, after 85%", True),
        ({"distributions": _spread(0.1, 0.29)}, "", False),
        ({"distributions": _spread(0.4, None, 0.9)}, f"{LATER}10% of the families on 2025-07-01, after 60%", True),
        ({"distributions": _spread(0.0, 0.0, constant=True)}, "is the same for every family", False),
        (
            {
                "coverage": (
                    Coverage(EVERYWHERE, 900, 0.9),
                    Coverage("East", 50, 0.44),
                    Coverage("West", 49, 0.1),
                    Coverage("Far", None, None),
                )
            },
            "has a value for 90% everywhere, but in East (44%)",
            False,
        ),
    ],
)
def test_what_is_wrong_is_told(changed: dict[str, Any], met: str, must: bool) -> None:
    found = _found(replace(SOUND, **changed))
    assert [(one.where, one.met, one.must) for one in found] == (
        [(SOUND.place, f"{SOUND.id} {met}", must)] if met else []
    )


def test_what_changes_with_the_date_is_not_the_same_for_all() -> None:
    first, second = _spread(0.0, 0.0, constant=True)
    assert not _found(replace(SOUND, distributions=(first, replace(second, quantiles=(4.0,) * 5))))


def test_what_stands_behind_is_named() -> None:
    (found,) = _found(replace(SOUND, distributions=_spread(1.0)))
    assert found.do == "see what became of payments."


def test_an_old_catalogue_is_told() -> None:
    (old,) = _found(SOUND, snapshot="f" * 64)
    assert (old.met, old.must) == ("the catalogue is of an older snapshot", False)
    (changed,) = _found(replace(SOUND, digest="0" * 64, distributions=_spread(1.0)))
    assert changed.met == f"declared anew since the catalogue was built: {SOUND.id}"
    assert check_catalogue(ONE, replace(SMALL, features=(SOUND,)), "") == ()


def test_what_nobody_reads_is_told() -> None:
    (wages,) = (registry for registry in PROJECT.registries if registry.name == "wages")
    found = {(one.where, one.met) for one in check_declarations(ONE) if not one.must}
    assert (PROJECT.near(wages.place), "wages: nothing reads amount") in found
    assert not [one for one in check_declarations(PROJECT) if one.must]
