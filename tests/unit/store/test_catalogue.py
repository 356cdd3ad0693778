"""A catalogue is read as it was written, or not at all."""

from pathlib import Path

import pytest

from tayanch.errors import StoreError
from tayanch.store.catalogue import catalogue_file, read_catalogue, write_catalogue
from tests.unit.store.catalogued import SMALL


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    kept = write_catalogue(SMALL, tmp_path)
    assert kept.catalogue == SMALL
    assert read_catalogue(tmp_path, "small") == kept


def test_the_same_catalogue_gives_the_same_bytes(tmp_path: Path) -> None:
    for home in ("one", "two"):
        write_catalogue(SMALL, tmp_path / home)
    one, two = (catalogue_file(tmp_path / home, "small").read_bytes() for home in ("one", "two"))
    assert one == two


def test_a_project_never_built_has_none(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path, "small") is None


def test_a_feature_is_found_by_its_id() -> None:
    assert SMALL.feature("support.paid_in_year") is SMALL.features[2]
    assert SMALL.feature("support.nothing") is None


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    write_catalogue(SMALL, tmp_path)
    path = catalogue_file(tmp_path, "small")
    path.write_bytes(path.read_bytes().replace(b"0.58", b"0.51"))
    with pytest.raises(StoreError) as error:
        read_catalogue(tmp_path, "small")
    assert str(error.value) == f"{path} is not as it was written: build it again: tayanch features build."


@pytest.mark.parametrize("bytes_", [b"", b"{", b"[]", b'{"digest": 1}', b"\xff"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, bytes_: bytes) -> None:
    path = catalogue_file(tmp_path, "small")
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes_)
    with pytest.raises(StoreError) as error:
        read_catalogue(tmp_path, "small")
    assert str(error.value) == f"{path} can't be read: build it again: tayanch features build."
