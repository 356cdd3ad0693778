"""A small agency for tests of intake: three registers, and folders that deliveries are put into as text tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tayanch import Column, dated, registry
from tayanch.declare.registries import Registry
from tayanch.intake.delivery import Intake, Taken, take_in
from tayanch.intake.keys import DoorKeys, KeyRing, practice_key
from tayanch.intake.pseudonyms import pseudonym
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tests.worlds import rows_of

ZONE = ZoneInfo("Asia/Tashkent")
KEY = b"a practice key, known to everybody"
KEYS = DoorKeys(KeyRing((practice_key("sealing"),)), KeyRing((practice_key("lookup"),)))


@registry(key="payment_id", purpose="eligibility", owner="Agency")
class payments:
    """One payment."""

    happened_on, known_at, retracted = "paid_on", "loaded_at", "is_deleted"
    benefit = Column("Benefit.", values={"1": "child", "2": "aid"}, source="kind")
    amount = Column("Amount.", unit="UZS", low=0, high=1000, required=True, missing=[-9])
    children = Column("Children.", type="whole")
    until = Column("Paid until.", type="date")


@registry(key="id", links="membership", purpose="eligibility", owner="Civil registry")
class members:
    """One membership."""

    happened_on, known_at, left = "joined", "loaded_at", "left_on"


@registry(key=("person_id", "month"), links="person", purpose="eligibility", owner="Tax committee")
class wages:
    """One wage."""

    happened_on, known_at = dated("month", format="%d.%m.%Y"), "filed_on"
    amount = Column("Wage.")


ALL: tuple[Registry, ...] = (payments, members, wages)


@dataclass(frozen=True)
class Office:
    """A work folder, and a folder that extracts are delivered in."""

    home: Path
    zone: ZoneInfo = ZONE
    buckets: int = 4
    key: bytes = KEY
    keys: DoorKeys | None = KEYS
    days: int = 90
    told: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def into(self) -> Intake:
        told = (self.home / "work", "agency", self.zone, self.key, self.buckets)
        return Intake(*told, tell=self._tell, keys=self.keys, quarantine_days=self.days)

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.told.append((stage, done, total))

    @property
    def inbox(self) -> Path:
        path = self.home / "inbox"
        path.mkdir(exist_ok=True)
        return path

    def put(self, name: str, text: str) -> Path:
        """Lays a text table (`a | b`) into the inbox as CSV."""
        rows = rows_of(text)
        header = [cell.strip() for cell in text.strip().splitlines()[0].split("|")]
        return self.put_raw(name, "\n".join([",".join(header), *(",".join(row.values()) for row in rows)]) + "\n")

    def put_raw(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, day: str, *registries: Registry, afresh: bool = False) -> Taken:
        """Takes the inbox in as delivered on that day, and empties it."""
        taken = self.retake(day, *registries, afresh=afresh)
        for path in self.inbox.iterdir():
            path.unlink()
        return taken

    def retake(self, day: str, *registries: Registry, afresh: bool = False) -> Taken:
        """Takes the inbox in and leaves it as it is."""
        chosen = registries or ALL
        return take_in(chosen, self.inbox, into=self.into, delivered=date.fromisoformat(day), afresh=afresh)

    def aside(self, taken: Taken) -> list[dict[str, Any]]:
        """What a delivery's quarantine holds, whatever file it came in."""
        held = self.into.quarantine.find(taken.quarantine.name)
        return [row for one in held for row in self.into.quarantine.read(one).to_pylist()]

    @property
    def snapshot(self) -> Snapshot:
        return open_snapshot(self.home / "work", "agency")

    def rows(self, registry: str, snapshot: Snapshot | None = None) -> list[dict[str, Any]]:
        """All rows of a registry, with the bucket they stand in (-1: waiting)."""
        chosen = snapshot or self.snapshot
        found: list[dict[str, Any]] = []
        for number in range(chosen.buckets):
            found += [{"bucket": number, **row} for row in chosen.bucket(number).tables[registry].to_pylist()]
        return found + [{"bucket": -1, **row} for row in chosen.waiting(registry).to_pylist()]


def family(name: str) -> str:
    """The pseudonym of a family id."""
    return pseudonym(KEY, "family", parts=[name])


def person(name: str) -> str:
    """The pseudonym of a person id."""
    return pseudonym(KEY, "person", parts=[name])


def key(*parts: str) -> str:
    """The pseudonym of a row's key."""
    return pseudonym(KEY, "key", parts=parts)


def local(text: str) -> datetime:
    """A local time of the office as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def values(rows: Sequence[dict[str, Any]], *names: str) -> list[Any]:
    """Some columns of rows: tuples, or values when it is one column."""
    return [row[names[0]] if len(names) == 1 else tuple(row[name] for name in names) for row in rows]
