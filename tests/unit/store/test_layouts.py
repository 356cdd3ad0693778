"""Laid-out buckets: kept while there is room, found again, made again when they are damaged."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tayanch.errors import StoreError
from tayanch.intake.bucket import Bucket
from tayanch.store.layout import Layout
from tayanch.store.layouts import Layouts, link
from tayanch.store.shelves import Shelf
from tests.unit.store.small import small_world
from tests.worlds import MemorySnapshot

EVERYTHING = {"visits": ("ratio", "area", "note"), "jobs": ("wage", "born")}


@dataclass(frozen=True)
class Watched(MemorySnapshot):
    """A snapshot that tells which of its buckets were read."""

    read: tuple[list[int], ...] = ()

    def bucket(self, number: int, only: Mapping[str, Collection[str]] | None = None) -> Bucket:
        """The bucket, noted."""
        if self.read and only is not None:
            self.read[0].append(number)
        return super().bucket(number, only)


@pytest.fixture
def snapshot() -> Watched:
    return Watched(small_world(), read=([],))


def told(layout: Layout) -> str:
    """All of a layout."""
    rows = {
        name: (
            repr({**vars(own), "columns": 0}),
            [(c, repr(v.values), v.words if v.words is None else v.words.to_pylist()) for c, v in own.columns.items()],
        )
        for name, own in sorted(layout.registries.items())
    }
    return repr((layout.names, rows, layout.belongings.starts, layout.belongings.told))


def test_from_the_cache_they_are_what_they_are_without(snapshot: Watched, tmp_path: Path) -> None:
    fresh, kept = Layouts.of(snapshot, EVERYTHING, None), Layouts.of(snapshot, EVERYTHING, tmp_path)
    for number in range(snapshot.buckets):
        wanted = told(fresh.bucket(number))
        snapshot.read[0].clear()
        assert told(kept.bucket(number)) == wanted
        assert told(kept.bucket(number)) == wanted
        assert snapshot.read[0] == [number]


def test_a_registry_wanted_later_is_added(snapshot: Watched, tmp_path: Path) -> None:
    few = Layouts.of(snapshot, {"visits": ("ratio",)}, tmp_path)
    assert few.bucket(0).registries.keys() == {"members", "visits"}
    before = {path.name for path in tmp_path.glob("layouts/*/*")}
    assert Layouts.of(snapshot, EVERYTHING, tmp_path).bucket(0).registries.keys() == {"jobs", "members", "visits"}
    added = {path.name for path in tmp_path.glob("layouts/*/*")} - before
    assert [name.split(".")[0] for name in added] == ["jobs"]


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: b"x" + content[1:]])
def test_a_damaged_file_is_made_again(snapshot: Watched, tmp_path: Path, damage: object) -> None:
    layouts = Layouts.of(snapshot, EVERYTHING, tmp_path)
    wanted = told(layouts.bucket(0))
    (path,) = tmp_path.glob("layouts/*/visits.*")
    content = path.read_bytes()
    path.write_bytes(damage(content))  # type: ignore[operator]
    assert told(layouts.bucket(0)) == wanted
    assert path.read_bytes() == content


def test_what_is_no_file_of_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "families.arrow").write_bytes(b"nothing")
    with pytest.raises(StoreError, match=r"families\.arrow: the file is missing, or its bytes are not those it was"):
        Shelf(tmp_path / "families.arrow", {})


def test_other_snapshots_make_room_and_without_room_nothing_is_kept(snapshot: Watched, tmp_path: Path) -> None:
    other = replace(snapshot, world=small_world(visits="        F | v9 | 2024-01-01 | 2024-01-01 | 1 | north |"))
    layouts = Layouts.of(snapshot, EVERYTHING, tmp_path)
    for number in (0, 1):
        layouts.bucket(number)
    both = sorted((tmp_path / "layouts").iterdir())
    taken = sum(path.stat().st_size for path in tmp_path.glob("layouts/*/*"))
    for place, folder in enumerate(both):
        os.utime(folder, (place, place))
    replace(Layouts.of(other, EVERYTHING, tmp_path), room=taken).bucket(1)
    assert both[0] not in (tmp_path / "layouts").iterdir()
    wanted = told(Layouts.of(other, EVERYTHING, None).bucket(0))
    tight = replace(Layouts.of(other, EVERYTHING, tmp_path), room=1)
    assert told(tight.bucket(0)) == wanted
    assert len([*(tmp_path / "layouts").iterdir()]) == 1


def test_a_link_that_cannot_be_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "a").write_bytes(b"rows")
    link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"rows"


def test_a_full_disk_stops_nothing(snapshot: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, _: Path) -> None:
        raise OSError(28, "full")

    wanted = told(Layouts.of(snapshot, EVERYTHING, None).bucket(0))
    monkeypatch.setattr(Path, "replace", refuse)
    assert told(Layouts.of(snapshot, EVERYTHING, tmp_path).bucket(0)) == wanted
    assert not [*tmp_path.glob("layouts/*/*")]
