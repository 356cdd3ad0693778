"""A country of its own, simulated and taken in once for all tests of a run, whatever the number of workers."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import simulated
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn.results import RunResult
from tayanch.learn.run import Runner

SIZES = (pytest.param(1_000, id="small"), pytest.param(20_000, id="large", marks=pytest.mark.long))
Run = Callable[[str], RunResult]


@pytest.fixture(scope="session", params=SIZES)
def country(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> simulated.Country:
    """Families over 48 months with all that is planted, taken in. Tests only read it."""
    home = _shared(tmp_path_factory) / f"country of {request.param}"
    home.mkdir(exist_ok=True)
    with _alone(home):
        return simulated.made(request.param, home)


@pytest.fixture(scope="session")
def run(country: simulated.Country) -> Run:
    """Carries out an experiment of the project on the country; the second time takes it from disk."""
    work = country.work
    snapshot = open_snapshot(work.home, work.project.settings.name)

    def asked(experiment: str) -> RunResult:
        with _alone(work.home):
            return Runner(work.home, processes=1).run(
                work.project, work.project.experiment(experiment), snapshot=snapshot
            )

    return asked


@contextmanager
def _alone(home: Path) -> Generator[None]:
    """The other workers wait, and find what the first one made."""
    with (home / "door").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of tests, the same for every worker."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
