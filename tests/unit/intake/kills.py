"""Kills intakes at any moment and takes in again: `python -m tests.unit.intake.kills FOLDER 50 17`.

The parent only forks, waits and kills; all work is done in children, so that none inherits a thread. It prints a line
of JSON: how many were killed before they had ended, how many were refused because another was at work.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tayanch.errors import IntakeError
from tayanch.intake.scratch import PREFIX
from tests.unit.intake.office import Office

PERSONS, MONTHS = 60, 6
FIRST, SECOND = "2026-08-01", "2026-09-01"
REFUSED = 7


def lay(office: Office, *, corrected: bool) -> None:
    """A first delivery; or a second one, with corrections, persons who came into a family, and bad rows."""
    persons = range(0, PERSONS, 2) if not corrected else range(PERSONS)
    joined = [
        f"m{n},p{n},F{n // 4},2020-01-01,,2026-0{8 if corrected else 2}-01" for n in persons if not corrected or n % 2
    ]
    months = range(1, MONTHS + 1)
    known = "2026-08-10" if corrected else "2026-07-20"
    wages = [
        f"p{n},28.{month:02}.2026,{known},{'oops' if n == 3 else n + corrected}" for n in persons for month in months
    ]
    office.put_raw("members.csv", "\n".join(["id,person_id,family_id,joined,left_on,loaded_at", *joined]) + "\n")
    office.put_raw("wages.csv", "\n".join(["person_id,month,filed_on,amount", *wages]) + "\n")


def stored(office: Office) -> dict[str, bytes]:
    """Every file but the lock."""
    work = office.home / "work"
    return {str(p.relative_to(work)): p.read_bytes() for p in work.rglob("*") if p.is_file() and p.name != "lock"}


def begun(work: Callable[[], object]) -> int:
    """A child that does the work; it ends with 0, REFUSED, or 1 after telling why."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except IntakeError as error:
        os._exit(REFUSED if "another intake" in str(error) else 1)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def ended(child: int) -> int:
    """How a child ended: its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def done(work: Callable[[], object]) -> None:
    assert ended(begun(work)) == 0


@dataclass
class Proof:
    """Offices in a folder: one after its first delivery, one where nothing went wrong, and one for each kill."""

    folder: Path
    chance: random.Random
    seconds: float = 0.0
    endings: list[int] = field(default_factory=list[int])

    def office(self, name: str) -> Office:
        (self.folder / name).mkdir(exist_ok=True)
        return Office(self.folder / name)

    def prepare(self) -> None:
        first, unharmed = self.office("first"), self.office("unharmed")
        for office in (first, unharmed):
            lay(office, corrected=False)
            done(lambda office=office: office.take(FIRST))
            lay(office, corrected=True)
        began = time.monotonic()
        done(lambda: unharmed.retake(SECOND))
        self.seconds = time.monotonic() - began

    def kill(self, number: int) -> None:
        """Kills one intake, or two that began at once; nothing may be lost, doubled or left."""
        shutil.copytree(self.folder / "first", self.folder / f"kill {number}")
        office = self.office(f"kill {number}")
        children = [begun(lambda: office.retake(SECOND)) for _ in range(1 + (number % 3 == 0))]
        time.sleep(self.chance.random() * self.seconds)
        for child in children:
            os.kill(child, signal.SIGKILL)
            self.endings.append(ended(child))
        done(lambda: self.check(office))
        shutil.rmtree(office.home)

    def check(self, office: Office) -> None:
        unharmed, first = self.office("unharmed"), self.office("first")
        assert office.snapshot.digest in (first.snapshot.digest, unharmed.snapshot.digest)
        office.snapshot.verify()
        office.retake(SECOND)
        assert stored(office) == stored(unharmed)
        assert list(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) == []


def main(folder: Path, kills: int, seed: int) -> None:
    proof = Proof(folder, random.Random(seed))
    proof.prepare()
    for number in range(kills):
        proof.kill(number)
    told = {"killed": proof.endings.count(-signal.SIGKILL), "refused": proof.endings.count(REFUSED)}
    assert set(proof.endings) <= {0, REFUSED, -signal.SIGKILL}, proof.endings
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
