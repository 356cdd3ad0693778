"""Pieces: what is made is kept, through kills, full disks and further deliveries; memory bounds who works."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tayanch.errors import StoreError
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store import pieces
from tayanch.store.matrix import Matrix, batches, build_matrix
from tayanch.store.pieces import PROCESS, Making
from tests.unit.store.building import BUCKETS, PROJECT, build, deliver
from tests.unit.store.small import EVERYBODY, asked, small_world
from tests.worlds import MemorySnapshot

DAY, LATER, LAST = "2023-12-01", "2024-06-01", "2024-12-01"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with a snapshot of sixty families in twelve buckets."""
    home = tmp_path_factory.mktemp("pieces")
    deliver(home, DAY, range(60), ratio=0.5)
    return home


@pytest.fixture(scope="module")
def whole(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """Its matrix, made in one go."""
    return build(home, tmp_path_factory.mktemp("whole"))


def start(home: Path, cache: Path, *, small: int) -> subprocess.Popen[str]:
    """A process that builds the matrix; it has said that it begins. `small`: rows for which one process suffices."""
    told = [sys.executable, "-m", "tests.unit.store.building", str(home), str(cache), str(small)]
    process = subprocess.Popen(told, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_make_the_same_bytes(home: Path, whole: Matrix, tmp_path: Path) -> None:
    process = start(home, tmp_path, small=0)
    digest, _ = process.communicate(timeout=300)
    assert digest.strip() == whole.digest
    assert len([*tmp_path.glob("matrices/*.parquet")]) == BUCKETS


def killed_and_resumed(home: Path, cache: Path, seed: int) -> Matrix:
    """The matrix after three builds that were killed at moments of their own."""
    random = Random(seed)
    for _ in range(3):
        with start(home, cache, small=1_000_000) as process:
            time.sleep(random.uniform(0, 0.4))
            process.kill()
    return build(home, cache)


def test_a_killed_build_goes_on_where_it_was(home: Path, whole: Matrix, tmp_path: Path) -> None:
    assert killed_and_resumed(home, tmp_path, 1).digest == whole.digest


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_a_build_killed_at_any_moment_goes_on_where_it_was(
    home: Path, whole: Matrix, tmp_path: Path, seed: int
) -> None:
    assert killed_and_resumed(home, tmp_path, seed).digest == whole.digest


def made(matrix: Matrix) -> dict[str, int]:
    """When each piece was written, by its name."""
    return {piece.path.name: piece.path.stat().st_mtime_ns for piece in matrix.pieces}


def test_what_was_made_is_not_made_again(home: Path, whole: Matrix, tmp_path: Path) -> None:
    """After some pieces are gone just these are made."""
    first = build(home, tmp_path)
    before = made(first)
    for piece in first.pieces[2:5]:
        piece.path.unlink()
    after = made(build(home, tmp_path))
    assert before.keys() == after.keys()
    assert {name for name in after if after[name] != before[name]} == {p.path.name for p in first.pieces[2:5]}


def test_a_delivery_leaves_the_pieces_of_other_families_and_all_that_is_past(tmp_path: Path) -> None:
    deliver(tmp_path, DAY, range(60), ratio=0.5)
    before = build(tmp_path, tmp_path / "cache")
    deliver(tmp_path, LATER, range(3, 5), ratio=9.5)
    after = build(tmp_path, tmp_path / "cache")
    kept = {piece.path.name for piece in before.pieces} & {piece.path.name for piece in after.pieces}
    assert BUCKETS - 2 <= len(kept) < BUCKETS
    assert made(before).items() & made(after).items() == {(n, at) for n, at in made(after).items() if n in kept}
    past, then = ([row for row in m.table().to_pylist() if row["as_of"] <= asked().as_of[0]] for m in (before, after))
    assert repr(past) == repr(then)
    assert before.digest != after.digest


def test_an_old_snapshot_answers_as_it_did(tmp_path: Path) -> None:
    old = deliver(tmp_path, DAY, range(9), ratio=0.5)
    before = build(tmp_path, tmp_path / "cache")
    deliver(tmp_path, LATER, range(9), ratio=9.5)
    again = build_matrix(open_snapshot(tmp_path, PROJECT, digest=old.digest), asked(EVERYBODY), tmp_path / "other")
    assert [piece.path.read_bytes() for piece in again.pieces] == [piece.path.read_bytes() for piece in before.pieces]


def making(snapshot: Snapshot | MemorySnapshot, memory: int | None) -> Making:
    return Making.of(snapshot, asked(EVERYBODY), None, memory=memory, progress=lambda *_: None)


def test_memory_bounds_processes_and_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "SMALL", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    snapshot = MemorySnapshot(small_world(), buckets=9)
    assert making(snapshot, 2 * PROCESS).processes == 1
    assert making(snapshot, 2 * PROCESS).at_once(0) == 3
    assert making(snapshot, 3 * PROCESS).processes == 2
    assert making(snapshot, 99 * PROCESS).processes == 8
    tight = making(MemorySnapshot(small_world()), PROCESS + 5000)
    assert (tight.processes, tight.at_once(0), tight.at_once(1)) == (1, 1, 3)
    monkeypatch.setattr(pieces, "SMALL", 1000)
    assert making(snapshot, 99 * PROCESS).processes == 1


def test_moments_one_by_one_make_the_same_rows() -> None:
    snapshot = MemorySnapshot(small_world())
    assert making(snapshot, None).at_once(0) == 3
    wanted = [batch.to_pylist() for batch in batches(snapshot, asked())]
    found = [batch.to_pylist() for batch in batches(snapshot, asked(), memory=PROCESS + 5000)]
    assert repr(found) == repr(wanted)


def test_too_little_memory_is_refused() -> None:
    with pytest.raises(
        StoreError, match=r"^the largest bucket takes 300 MiB, and 100 MiB are allowed: allow more with --memory\.$"
    ):
        build_matrix(MemorySnapshot(small_world()), asked(), Path("nowhere"), memory=100 * 2**20)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_nothing_is_lost(
    home: Path, whole: Matrix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    write, left = pieces.write_whole, iter(range(4))

    def until_full(path: Path, content: bytes) -> None:
        if next(left, None) is None:
            raise OSError(code, "full")
        write(path, content)

    monkeypatch.setattr(pieces, "write_whole", until_full)
    with pytest.raises(
        StoreError, match=r"matrices: the disk is full: make room and ask again: what was made stays\.$"
    ):
        build(home, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("matrices/*.json")}
    monkeypatch.setattr(pieces, "write_whole", write)
    assert build(home, tmp_path).digest == whole.digest
    assert len(before) == 4
    assert not [*tmp_path.glob("matrices/.making-*")]


def test_another_error_of_the_system_is_not_hidden(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Iterator[None]:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(pieces, "write_whole", refuse)
    with pytest.raises(PermissionError):
        build(home, tmp_path)


def test_a_piece_depends_on_what_it_is_made_of(home: Path) -> None:
    snapshot = open_snapshot(home, PROJECT)
    one = making(snapshot, None)
    assert len({one.key(number) for number in range(BUCKETS)}) == BUCKETS
    assert replace(one, memory=1).key(0) == one.key(0)
    assert replace(one, question=asked()).key(0) != one.key(0)
