"""Builds the small country's matrix from a snapshot, in a process of its own if asked to."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from tayanch.intake.delivery import Intake, take_in
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store import pieces
from tayanch.store.matrix import Matrix, build_matrix
from tests.unit.store.small import EVERYBODY, REGISTRIES, asked
from tests.worlds import UTC_ZONE

PROJECT, BUCKETS = "small", 12


def deliver(home: Path, day: str, families: range, *, ratio: float) -> Snapshot:
    """Takes in a visit to each of these families, a member and a month's work."""
    inbox = home / day
    inbox.mkdir(parents=True)
    visits = "".join(f"v{day}{n},F{n},{day},{day},{ratio + n},north,x\n" for n in families)
    (inbox / "visits.csv").write_text("id,family_id,happened_on,known_at,ratio,area,note\n" + visits)
    members = "".join(f"m{n},F{n},p{n},2020-01-01,2020-01-01,\n" for n in families)
    (inbox / "members.csv").write_text("id,family_id,person_id,happened_on,known_at,left\n" + members)
    jobs = "".join(f"j{day}{n},p{n},{day},{day},{n},1990-02-28\n" for n in families)
    (inbox / "jobs.csv").write_text("id,person_id,happened_on,known_at,wage,born\n" + jobs)
    into = Intake(home, PROJECT, UTC_ZONE, b"a practice key, known to everybody", BUCKETS)
    take_in(REGISTRIES, inbox, into=into, delivered=date.fromisoformat(day))
    return open_snapshot(home, PROJECT)


def build(home: Path, cache: Path) -> Matrix:
    """The matrix of the newest snapshot."""
    return build_matrix(open_snapshot(home, PROJECT), asked(EVERYBODY), cache)


if __name__ == "__main__":
    home, cache, small = sys.argv[1:]
    pieces.SMALL = int(small)
    print("ready", flush=True)
    print(build(Path(home), Path(cache)).digest, flush=True)
