"""A delivery is all or nothing, whatever happens to the machine; a changed byte is seen."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tayanch.errors import IntakeError, StoreError
from tayanch.intake.delivery import take_in
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.manifest import SnapshotManifest, SnapshotPart
from tayanch.intake.scratch import PREFIX, scratch
from tayanch.intake.snapshot import open_snapshot
from tests.unit.intake.office import Office, members, payments, wages

ROOT = Path(__file__).parents[3]
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from tests.unit.intake.office import Office
count, fsync = int(sys.argv[2]), os.fsync
def kill_or_sync(file):
    global count
    count -= 1
    if count < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(file)
os.fsync = kill_or_sync
Office(Path(sys.argv[1])).retake("2026-04-01")
"""
"""Takes in, and is killed when it has written so many times: in the middle of a file or between two."""


def put(office: Office, members: str, wages: str) -> None:
    office.put_raw("members.csv", f"id,person_id,family_id,joined,left_on,loaded_at\n{members}\n")
    office.put_raw("wages.csv", f"person_id,month,filed_on,amount\n{wages}\n")


def put_first(office: Office) -> None:
    put(office, "m1,anna,A,2020-01-01,,2020-02-01", "anna,31.01.2026,2026-02-10,7\nbob,31.01.2026,2026-02-10,8")


def put_second(office: Office) -> None:
    put(office, "m2,bob,B,2026-02-01,,2026-03-02", "bob,28.02.2026,2026-03-10,oops\nanna,28.02.2026,2026-03-10,9")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "agency").mkdir()
    office = Office(tmp_path / "agency")
    put_first(office)
    office.take("2026-03-01")
    put_second(office)
    return office


@pytest.fixture
def unharmed(tmp_path: Path) -> Office:
    """The same two deliveries where nothing went wrong."""
    (tmp_path / "unharmed").mkdir()
    office = Office(tmp_path / "unharmed")
    for lay, day in ((put_first, "2026-03-01"), (put_second, "2026-04-01")):
        lay(office)
        office.take(day)
    return office


def stored(office: Office) -> dict[str, bytes]:
    """Every file but the lock, and what a dead intake left behind."""
    work = office.home / "work"
    return {str(p.relative_to(work)): p.read_bytes() for p in work.rglob("*") if p.is_file() and p.name != "lock"}


def killed_after(office: Office, writes: int) -> int:
    command = [sys.executable, "-c", KILLED_AT, str(office.home), str(writes)]
    paths = os.pathsep.join(str(path) for path in (ROOT, ROOT / "src", ROOT / "serving"))
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, check=False, cwd=office.home).returncode


def check_nothing_lost(office: Office, unharmed: Office, writes: int) -> bool:
    """Kills an intake after so many writes; says whether there were so many."""
    before = office.snapshot.digest
    killed = killed_after(office, writes) == -signal.SIGKILL
    office.snapshot.verify()
    assert office.snapshot.digest in ((before, unharmed.snapshot.digest) if killed else (unharmed.snapshot.digest,))
    office.retake("2026-04-01")
    assert stored(office) == stored(unharmed)
    return killed


@pytest.mark.parametrize("writes", [0, 3, 8])
def test_a_killed_intake_loses_nothing_and_doubles_nothing(office: Office, unharmed: Office, writes: int) -> None:
    assert check_nothing_lost(office, unharmed, writes)


@pytest.mark.long
@pytest.mark.parametrize("writes", range(24))
def test_an_intake_killed_anywhere(office: Office, unharmed: Office, writes: int) -> None:
    check_nothing_lost(office, unharmed, writes)


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
def test_intakes_killed_at_moments_of_chance(tmp_path: Path, kills: int) -> None:
    """Some are two at once, of which one is refused; each time the delivery is taken in again, and nothing is left."""
    for name in ("tmp", "work"):
        (tmp_path / name).mkdir()
    paths = os.pathsep.join(str(path) for path in (ROOT, ROOT / "src", ROOT / "serving"))
    command = [sys.executable, "-m", "tests.unit.intake.kills", str(tmp_path / "work"), str(kills), "17"]
    environment = os.environ | {"PYTHONPATH": paths, "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run(command, env=environment, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["killed"] >= kills / 2


def test_a_folder_that_a_killed_intake_left_is_cleared_and_one_at_work_is_not(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, other = tmp_path / f"{PREFIX}copies-dead", tmp_path / "tayanch-other"
    for folder in (left / "within", other):
        folder.mkdir(parents=True)
    (left / "within" / "0.copy").write_text("rows")
    with scratch("spill") as at_work:
        office.retake("2026-04-01")
        assert at_work.is_dir()
        assert sorted(tmp_path.glob("tayanch-*")) == sorted([at_work, other])
    assert sorted(tmp_path.glob("tayanch-*")) == [other]


def test_a_folder_that_was_cleared_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made: list[str] = []

    def make(prefix: str) -> str:
        folder = tmp_path / f"{prefix}{len(made)}"
        made.append(str(folder))
        if len(made) > 1:  # the first one is gone before anybody can lock it
            folder.mkdir()
        return str(folder)

    monkeypatch.setattr(tempfile, "mkdtemp", make)
    with scratch("spill") as folder:
        assert [str(folder)] == made[1:]


def fail(*_: object) -> None:
    raise OSError("the disk is gone")


def test_a_failure_before_the_manifest_leaves_the_old_snapshot(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before = office.snapshot.digest
    with monkeypatch.context() as broken:
        broken.setattr(SnapshotFiles, "write_manifest", fail)
        with pytest.raises(OSError, match="the disk is gone"):
            office.retake("2026-04-01")
    assert office.snapshot.digest == before
    assert office.retake("2026-04-01").fresh


def test_a_manifest_that_nobody_points_to_is_not_current(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_no_pointer(files: SnapshotFiles, manifest: SnapshotManifest) -> str:
        path = files.manifest_path(manifest.digest)
        path.write_text("{}")
        raise OSError("the disk is gone")

    before = office.snapshot.digest
    with monkeypatch.context() as broken:
        broken.setattr(SnapshotFiles, "write_manifest", write_no_pointer)
        with pytest.raises(OSError, match="the disk is gone"):
            office.retake("2026-04-01")
    assert office.snapshot.digest == before
    office.retake("2026-04-01")
    office.snapshot.verify()


def test_a_file_that_changes_while_it_is_read_stops_the_delivery(office: Office) -> None:
    path = office.inbox / "wages.csv"

    def write_more(stage: str, done: int, total: int) -> None:
        if done == total:
            path.write_text(path.read_text() + "more\n")

    before = office.snapshot.digest
    into = replace(office.into, tell=write_more)
    with pytest.raises(IntakeError) as error:
        take_in((payments, members, wages), office.inbox, into=into, delivered=date(2026, 4, 1))
    assert str(error.value) == (
        "wages.csv: the file changed while it was read: take it in when it has been delivered whole."
    )
    assert office.snapshot.digest == before


def test_two_intakes_at_once_refuse_each_other(office: Office) -> None:
    files = SnapshotFiles.of(office.home / "work", "agency")
    with files.locked(), pytest.raises(IntakeError) as error:
        office.retake("2026-04-01")
    assert str(error.value) == (f"{files.folder}: another intake of this project is at work: wait until it has ended.")
    assert office.retake("2026-04-01").fresh


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("how", [damage, Path.unlink], ids=["changed", "removed"])
def test_every_changed_part_is_found_and_named(office: Office, how: Callable[[Path], None]) -> None:
    office.take("2026-04-01")
    parts = sorted((office.home / "work" / "snapshots" / "agency" / "parts").rglob("*.parquet"))
    named = {str(office.snapshot.files.part_path(name, part)) for name, part in parts_of(office)}
    for path in parts:
        content = path.read_bytes()
        how(path)
        if str(path) in named:
            with pytest.raises(StoreError) as error:
                office.snapshot.verify()
            assert str(error.value) == (
                f"{path}: the file is missing, or its bytes are not those it was written with: "
                "bring it back from a copy, or take the extracts in afresh."
            )
        path.write_bytes(content)
    office.snapshot.verify()


def parts_of(office: Office) -> Iterator[tuple[str, SnapshotPart]]:
    for found in office.snapshot.manifest.registries:
        for part in (*found.waiting, *(part for bucket in found.buckets for part in bucket)):
            yield found.declared.name, part


def test_a_missing_part_is_named_when_its_bucket_is_read(office: Office) -> None:
    name, part = next(parts_of(office))
    path = office.snapshot.files.part_path(name, part)
    path.write_bytes(b"PAR1")
    with pytest.raises(StoreError, match=path.name):
        list(map(office.snapshot.bucket, range(4)))


def test_a_changed_manifest_is_not_read(office: Office) -> None:
    path = office.snapshot.files.manifest_path(office.snapshot.digest)
    damage(path)
    with pytest.raises(StoreError, match="its bytes are not those it was written with"):
        open_snapshot(office.home / "work", "agency")


def test_what_is_stored_is_for_its_owner_only(office: Office) -> None:
    office.take("2026-04-01")
    modes = {path.stat().st_mode & 0o077 for path in (office.home / "work").rglob("*")}
    assert modes == {0}


def test_the_linkage_key_stands_nowhere(office: Office) -> None:
    office.take("2026-04-01")
    assert not any(office.key in content for content in stored(office).values())
    assert "practice key" not in repr(replace(office.into, tell=fail))
