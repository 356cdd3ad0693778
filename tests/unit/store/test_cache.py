"""The cache keeps what was used last."""

from __future__ import annotations

import os
from pathlib import Path

from tayanch.store.cache import make_room, used, workbench
from tayanch.store.matrix import build_matrix
from tests.unit.store.small import asked, small_world
from tests.worlds import MemorySnapshot


def put(folder: Path, name: str, when: int) -> Path:
    """A thing of 1,000 bytes, used so many seconds after 1970."""
    told = folder / f"{name}.json"
    told.write_bytes(b"x" * 100)
    told.with_suffix(".parquet").write_bytes(b"x" * 900)
    os.utime(told, (when, when))
    return told


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    things = [put(tmp_path, name, when) for name, when in (("b", 2), ("a", 1), ("d", 4), ("c", 3))]
    make_room(tmp_path, keep={things[2]}, room=2_500)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.json", "c.parquet", "d.json", "d.parquet"]


def test_what_was_just_made_stays_even_alone(tmp_path: Path) -> None:
    made, other = put(tmp_path, "a", 1), put(tmp_path, "b", 2)
    used(other)
    make_room(tmp_path, keep={made}, room=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.parquet"]


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".making-old", tmp_path / ".making-fresh"
    for folder in (old, fresh):
        folder.mkdir()
    os.utime(old, (1, 1))
    with workbench(tmp_path) as bench:
        assert bench.is_dir()
        assert (old.exists(), fresh.exists()) == (False, True)
    assert not bench.exists()


def test_what_is_asked_for_again_counts_as_used(tmp_path: Path) -> None:
    told = build_matrix(MemorySnapshot(small_world()), asked(), tmp_path).pieces[0].path.with_suffix(".json")
    os.utime(told, (1, 1))
    build_matrix(MemorySnapshot(small_world()), asked(), tmp_path)
    assert told.stat().st_mtime > 1
