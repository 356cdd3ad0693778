"""What every test can count on: one thread per library, no words sent out, and a work folder of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read when the libraries load, so set before any of them is. Tests run side by side: threads would only be in the way.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ["MPLBACKEND"] = "agg"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("TAYANCH_PROJECT", None)

# The same examples every time, so that a red test is red for everybody; `make prove` draws more, and new ones.
settings.register_profile("test", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("prove", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config: pytest.Config) -> None:
    """Draws Hypothesis' examples as the run asks for: many when the long proofs are run."""
    settings.load_profile("prove" if config.getoption("markexpr") == "long" else "test")


@pytest.fixture(scope="session", autouse=True)
def _no_work_in_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAYANCH_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty work folder for this test alone, which TAYANCH_HOME names."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("TAYANCH_HOME", str(folder))
    return folder
