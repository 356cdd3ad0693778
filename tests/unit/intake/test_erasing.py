"""Erasure: nothing of the family is left, all others stay as they were, the log proves it, nothing stops it halfway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tayanch import feature
from tayanch.declare.expressions import Expression
from tayanch.declare.features import Cohort, compile_features
from tayanch.declare.identity import PLAIN
from tayanch.errors import IntakeError, StoreError
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.erasing import Eraser, Wish
from tayanch.intake.erasure_log import ErasureEntry, verify
from tayanch.intake.keys import Key, practice_key
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.rehearsal import rehearse
from tayanch.intake.snapshot import open_snapshot
from tayanch.intake.tokens import find_name, find_number
from tayanch.store.matrix import build_matrix
from tayanch.store.questions import MatrixQuestion
from tests.unit.intake.identity_office import ACTS, HOMES, MEMBERS, NAMED, A, B, C, acts, homes, lay, opened
from tests.unit.intake.office import Office, family, person

KEY = practice_key("erasure")
ON = date(2026, 5, 1)
ROOT = Path(__file__).parents[3]
BAD_HOMES = (
    f"home_id,family_id,since,loaded_at,area,street\nh8,{A},never,2026-03-02,north,x\nh9,{B},never,2026-03-02,n,y\n"
)


@feature(theme="housing")
def homes_told() -> Expression:
    """How many addresses the family had."""
    return homes.count()


@feature(theme="family")
def births() -> Expression:
    """How many births its persons had."""
    return acts.where(acts.act == "birth").count()


EVERYBODY = Cohort("everybody", homes.last(days=1).count() >= 0)
QUESTION = MatrixQuestion(
    cohort=EVERYBODY, as_of=(date(2026, 4, 15),), features=compile_features((homes_told, births), NAMED, ())
)


def wish(what: str = "family", number: str = A, **said: str) -> Wish:
    return Wish(what, number, ON, said.get("by", "the officer"), said.get("reason", "asked for in writing"))


def filled(office: Office) -> Office:
    """Two deliveries, the second with a bad row of A and one of B, and a line of A's that can't be split."""
    lay(office)
    office.take("2026-03-01", *NAMED)
    office.put_raw("homes.csv", f"{BAD_HOMES}h7,{A}\n")
    office.put("acts.csv", ACTS.splitlines()[1] + "\na9|1000000001|marriage|2026-03-01|2026-03-02|Yangi|Anorgul|")
    office.take("2026-04-01", *NAMED)
    (office.home / "work" / "cache").mkdir()
    return office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return filled(Office(tmp_path))


def eraser(office: Office, key: Key = KEY) -> Eraser:
    return Eraser(NAMED, office.into, key, computed=[office.home / "work" / "cache"])


def proven(office: Office) -> tuple[ErasureEntry, ...]:
    work = office.home / "work"
    return verify(work / "erasures" / "agency" / "log.jsonl", KEY, SnapshotFiles.of(work, "agency"))


def told_anywhere(office: Office, *marks: str) -> set[str]:
    """Which marks stand in any file, as it stands, as Parquet tells it, or unsealed."""
    work, found = office.home / "work", set[str]()
    texts = [path.read_bytes().decode("latin-1") for path in work.rglob("*") if path.is_file()]
    texts += [str(pq.read_table(path).to_pylist()) for path in work.rglob("*.parquet")]
    texts += [str(pq.read_table(path).to_pylist()) for path in work.rglob("*.tokens")]
    texts += [str(opened(office).table(bucket).to_pylist()) for bucket in (-1, 0, 1, 2, 3)]
    quarantine = office.into.quarantine
    texts += [str(quarantine.read(held).to_pylist()) for held in quarantine.files()]
    for text in texts:
        found |= {mark for mark in marks if mark in text}
    return found


def answers(office: Office, digest: str = "", *, without: str = "") -> list[dict[str, Any]]:
    """A matrix of every family but one, as rows."""
    snapshot = open_snapshot(office.home / "work", "agency", digest=digest or None)
    table = build_matrix(snapshot, QUESTION, office.home / "matrices").table()
    return [row for row in table.to_pylist() if row["family"] != without]


def test_nothing_of_the_family_is_left_anywhere(office: Office) -> None:
    marks = (A, family(A), "1000000001", person("1000000001"), "Anorgul", "Bobomurod", "Chorsubozor", "Yangi")
    assert told_anywhere(office, *marks) == set(marks)
    entry = eraser(office).erase(wish())
    assert told_anywhere(office, *marks) == set()
    assert entry.rows == 8
    assert not (office.home / "work" / "cache").exists()
    assert [one.number for one in proven(office)] == [1]


def test_who_belongs_to_another_family_too_stays_there(office: Office) -> None:
    eraser(office).erase(wish())
    assert find_number(opened(office), "1000000002") == (family(B),)
    assert find_name(opened(office), "Dilfuza", PLAIN) == (family(B),)
    rows = {row["bucket"] for row in office.rows("acts") if row["person"] == person("1000000002")}
    assert rows == {bucket_of(family(B), 4)}


def test_all_others_are_answered_as_before_from_every_snapshot(office: Office) -> None:
    digests = [one.digest for one in SnapshotFiles.of(office.home / "work", "agency").manifests()]
    before = {digest: answers(office, digest, without=family(A)) for digest in digests}
    assert {row["family"] for row in before[digests[-1]]} == {family(B), family(C)}
    entry = eraser(office).erase(wish())
    assert set(entry.digests) == set(digests)
    assert {digest: answers(office, entry.digests[digest]) for digest in digests} == before
    office.snapshot.verify()


def test_other_buckets_are_not_touched(office: Office) -> None:
    before = parts_of(office)
    eraser(office).erase(wish())
    after = parts_of(office)
    own = bucket_of(family(A), 4)
    assert {place: parts for place, parts in after.items() if place[1] != own} == {
        place: parts for place, parts in before.items() if place[1] != own
    }
    assert after != before


def parts_of(office: Office) -> dict[tuple[str, int], list[str]]:
    return {
        (parts.declared.name, bucket): [part.sha256 for part in found]
        for parts in office.snapshot.manifest.registries
        for bucket, found in enumerate(parts.buckets)
    }


def test_a_person_goes_out_of_every_family(office: Office) -> None:
    eraser(office).erase(wish("person", "1000000002"))
    assert told_anywhere(office, "1000000002", person("1000000002"), "Dilfuza", "Ergashboy") == {"Ergashboy"}
    assert find_name(opened(office), "Ergashboy", PLAIN) == ()
    assert find_number(opened(office), A) == (family(A),)
    assert {row["family"] for row in answers(office)} == {family(A), family(C)}


def test_rows_delivered_again_are_refused_counted_and_held_nowhere(office: Office) -> None:
    eraser(office).erase(wish())
    lay(office)
    office.put("members.csv", MEMBERS + f"m9 | 1000000009 | {A} | 2026-01-01 | | 2026-04-02 |")
    office.put("acts.csv", ACTS + "a10 | 1000000009 | birth | 2026-01-01 | 2026-01-02 | Chaqaloq | Chaqaloq |")
    office.put("homes.csv", HOMES + f"h3 | {A} | 2026-01-01 | 2026-04-02 | north | Uchinchi 3")
    rehearsed = rehearse(NAMED, office.inbox, into=office.into, delivered=ON)
    taken = office.take("2026-05-01", *NAMED)
    assert rehearsed.delivery.digest == taken.delivery.digest
    reasons = {file.registry: dict(file.reasons) for file in taken.delivery.files}
    assert {name: told.get("erased: its rows are not kept again") for name, told in reasons.items()} == {
        "members": 3,
        "acts": 2,
        "homes": 3,
    }
    assert all(file.rows == file.kept + file.quarantined for file in taken.delivery.files)
    gone = (
        A,
        family(A),
        "1000000001",
        person("1000000001"),
        "1000000009",
        person("1000000009"),
        "Uchinchi",
        "Chaqaloq",
    )
    assert told_anywhere(office, *gone) == set()


def test_a_companion_who_comes_into_another_family_is_kept_again(office: Office) -> None:
    eraser(office).erase(wish())
    office.put("members.csv", MEMBERS.splitlines()[1] + f"\nm7|1000000001|{C}|2026-04-01||2026-04-02|")
    office.put("acts.csv", ACTS.splitlines()[1] + "\na11|1000000001|birth|2026-04-01|2026-04-02|Karimzoda|Anorgul|")
    taken = office.take("2026-05-01", *NAMED)
    assert taken.delivery.quarantined == 0
    assert find_name(opened(office), "Anorgul", PLAIN) == (family(C),)


def test_a_dry_run_tells_what_would_go_and_writes_nothing(office: Office) -> None:
    before = stored(office)
    count = eraser(office).count(wish())
    assert (count.snapshots, count.rows, count.quarantined) == (2, 8, 2)
    assert count.buckets == (-1, bucket_of(family(A), 4))
    assert stored(office) == before


def stored(office: Office) -> dict[str, bytes]:
    work = office.home / "work"
    return {str(p.relative_to(work)): p.read_bytes() for p in work.rglob("*") if p.is_file() and p.name != "lock"}


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from tests.unit.intake.office import Office
from tests.unit.intake.test_erasing import eraser, wish
count, fsync, unlink = int(sys.argv[2]), os.fsync, os.unlink
def kill_or(work):
    def killing(*told, **named):
        global count
        count -= 1
        if count < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*told, **named)
    return killing
os.fsync, os.unlink = kill_or(fsync), kill_or(unlink)
eraser(Office(Path(sys.argv[1]))).erase(wish())
"""
"""Erases, and is killed at so manyth a write or removal."""


def killed(tmp_path: Path, steps: int) -> bool:
    """Kills an erasure and ends it with the next call; says whether it had so many steps."""
    (tmp_path / "whole").mkdir()
    (tmp_path / "torn").mkdir()
    whole, torn = filled(Office(tmp_path / "whole")), filled(Office(tmp_path / "torn"))
    eraser(whole).erase(wish())
    command = [sys.executable, "-c", KILLED_AT, str(torn.home), str(steps)]
    paths = os.pathsep.join(str(path) for path in (ROOT, ROOT / "src", ROOT / "serving"))
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, check=False).returncode
    if (torn.home / "work" / "erasures" / "agency" / "pending.sealed").is_file():
        lay(torn)
        with pytest.raises(IntakeError, match="an erasure was begun and not ended: run `tayanch erase --resume`"):
            torn.take("2026-05-01", *NAMED)
        assert eraser(torn).resume()
    elif not (torn.home / "work" / "erasures" / "agency" / "log.jsonl").is_file():
        eraser(torn).erase(wish())
    assert eraser(torn).resume() is None
    assert without_names(stored(torn)) == without_names(stored(whole))
    assert proven(torn)[0].digests == proven(whole)[0].digests
    return done == -signal.SIGKILL


def without_names(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """But for the log, whose entries have random names."""
    return {name: content for name, content in files.items() if not name.endswith("log.jsonl")}


@pytest.mark.parametrize("steps", [3, 20])
def test_a_killed_erasure_is_ended_by_the_next_call(tmp_path: Path, steps: int) -> None:
    assert killed(tmp_path, steps)


@pytest.mark.long
@pytest.mark.parametrize("steps", range(60))
def test_an_erasure_killed_anywhere_is_ended_by_the_next_call(tmp_path: Path, steps: int) -> None:
    killed(tmp_path, steps)


def test_two_erasures_are_chained(office: Office) -> None:
    first = eraser(office).erase(wish())
    second = eraser(office).erase(wish(number=B))
    assert [entry.id for entry in proven(office)] == [first.id, second.id]
    assert set(second.digests) == set(first.digests.values())
    assert find_number(opened(office), C) == (family(C),)


def log_of(office: Office) -> Path:
    return office.home / "work" / "erasures" / "agency" / "log.jsonl"


def test_a_changed_entry_a_missing_one_and_another_key_are_seen(office: Office) -> None:
    eraser(office).erase(wish())
    eraser(office).erase(wish(number=B))
    first, second = log_of(office).read_bytes().splitlines()
    for content, error in (
        (first.replace(b"asked for", b"begged for") + b"\n" + second, f"{log_of(office)}:1: its signature is not of"),
        (second, f"{log_of(office)}:1: it does not follow the entry before"),
        (first + b" \n" + second, f"{log_of(office)}:1: its text is not as it was written"),
    ):
        log_of(office).write_bytes(content + b"\n")
        with pytest.raises(StoreError, match=error):
            proven(office)
    log_of(office).write_bytes(first + b"\n" + second + b"\n")
    with pytest.raises(StoreError, match="its signature is not of this entry by this key"):
        verify(log_of(office), Key(bytes(32)), SnapshotFiles.of(office.home / "work", "agency"))


def test_a_snapshot_that_came_back_is_seen(office: Office) -> None:
    files = SnapshotFiles.of(office.home / "work", "agency")
    digest, content = files.current, files.manifest_path(files.current).read_bytes()
    eraser(office).erase(wish())
    files.manifest_path(digest).write_bytes(content)
    with pytest.raises(StoreError) as error:
        proven(office)
    assert str(error.value) == (
        f"{log_of(office)}:1: the snapshot {digest[:12]} is still there: "
        "bring the log and the snapshots back from a copy."
    )


def test_the_log_does_not_tell_who(office: Office) -> None:
    eraser(office).erase(wish())
    told = json.loads(log_of(office).read_text())
    assert set(told) == {*ErasureEntry.__dataclass_fields__, "signature"}
    assert told["reason"] == "asked for in writing"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"what": "house"}, '"house" can\'t be erased: say family or person.'),
        ({"number": ""}, "no number was given: give it on standard input, or in a file: --file."),
        ({"reason": " "}, "an erasure has a reason and somebody who asks for it: give --reason and --by."),
        (
            {"reason": f"{A} asked"},
            "the reason tells the number: say why without saying whom: the reason is kept.",
        ),
    ],
)
def test_a_wish_that_can_not_stand_is_refused(said: dict[str, str], error: str) -> None:
    with pytest.raises(IntakeError) as refused:
        wish(**said)
    assert str(refused.value) == error
    assert A not in repr(replace(wish()))


def test_a_number_of_which_nothing_is_kept_is_said_without_telling_it(office: Office) -> None:
    with pytest.raises(IntakeError) as refused:
        eraser(office).erase(wish(number="1703-999999"))
    assert str(refused.value) == ("nothing is kept of this number: give it as the register of each family writes it.")
    assert not (office.home / "work" / "erasures" / "agency" / "pending.sealed").exists()
