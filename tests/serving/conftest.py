"""One office for all tests that only look; a copy for each that changes something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving.office import READER, SCIENTIST, Office, app_of, copied, make_office, quick_sign_in, served, visiting


@pytest.fixture(scope="session", autouse=True)
def _quick_sign_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick_sign_in(patch)
        yield


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def address(office: Office) -> Iterator[str]:
    with served(app_of(office)) as address:
        yield address


@pytest.fixture(scope="session")
def visitor(address: str) -> Iterator[httpx.Client]:
    """Signed in, reading in English."""
    with visiting(address, name=READER) as visitor:
        visitor.get("/language/en")
        yield visitor


@pytest.fixture(scope="session")
def scientist(address: str) -> Iterator[httpx.Client]:
    """A data scientist, signed in, reading in English."""
    with visiting(address, name=SCIENTIST) as scientist:
        scientist.get("/language/en")
        yield scientist


@pytest.fixture
def own_office(office: Office, tmp_path: Path) -> Office:
    return copied(office, tmp_path / "own")
