"""Erasure of a family or a person: gone from every snapshot, from names, quarantine and what was computed.

A family goes with its rows and with the persons who belonged to no other family; a person who belongs or belonged to
another family stays there: their rows are that family's too. A person goes out of every family.

Whatever stops it, it is taken up where it was: first the sealed plan is kept, then all is written beside what is there,
then the rewritten snapshot becomes current, then what was there before goes, and at last the entry is signed.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from tayanch.declare.forms import canonical
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.delivery import Intake
from tayanch.intake.disk import SnapshotFiles, write_whole
from tayanch.intake.erasure_log import ErasureEntry, append, last_line
from tayanch.intake.keys import Key, KeyRing
from tayanch.intake.pseudonyms import pseudonym
from tayanch.intake.refused import ErasureFolder
from tayanch.intake.rewriting import Rewriting, Taint, survey
from tayanch.intake.sealing import seal, unseal
from tayanch.intake.traces import forget_identity, forget_quarantine, numbers_of


@dataclass(frozen=True)
class Wish:
    """Who is to be erased, by number as the register writes it; when, by whose hand and why. None of these but the
    number may tell who it is: they are kept.
    """

    what: str
    number: str = field(repr=False)
    on: date
    by: str
    reason: str

    def __post_init__(self) -> None:
        if self.what not in ("family", "person"):
            raise IntakeError(f'"{self.what}" can\'t be erased', do="say family or person.")
        if not self.number:
            raise IntakeError("no number was given", do="give it on standard input, or in a file: --file.")
        if not self.by.strip() or not self.reason.strip():
            raise IntakeError("an erasure has a reason and somebody who asks for it", do="give --reason and --by.")
        if self.number in f"{self.by} {self.reason}":
            raise IntakeError("the reason tells the number", do="say why without saying whom: the reason is kept.")


@dataclass(frozen=True)
class Counted:
    """What an erasure changes: snapshots, parts and rows of parts; rows of quarantine."""

    snapshots: int
    parts: int
    rows: int
    quarantined: int
    buckets: tuple[int, ...]


@dataclass(frozen=True)
class _Plan:
    """What a half-done erasure must know. digests, rows: once all is written, which snapshot became which."""

    id: str
    what: str
    on: str
    by: str
    reason: str
    taint: Taint = field(repr=False)
    numbers: tuple[str, ...] = field(repr=False)
    digests: dict[str, str] | None = None
    rows: int = 0

    def to_bytes(self) -> bytes:
        """The plan as it is sealed."""
        return canonical({**asdict(self), "taint": self.taint.told}).encode()

    @classmethod
    def read(cls, content: bytes) -> _Plan:
        """What `to_bytes` wrote."""
        told = json.loads(content)
        plan: dict[str, Any] = {**told, "taint": Taint.read(told["taint"]), "numbers": tuple(told["numbers"])}
        return cls(**plan)


@dataclass(frozen=True)
class Eraser:
    """Erases from a project's work folder.

    registries: as declared today. into: the work folder, the project's name and keys. key: signs the entries.
    computed: folders and files of what was computed from snapshots; they are removed whole.
    """

    registries: tuple[Registry, ...]
    into: Intake
    key: Key
    computed: Sequence[Path] = ()

    def count(self, wish: Wish) -> Counted:
        """What erasing would change. Nothing is written.

        Raises:
            IntakeError: when nothing is kept of the number.
        """
        with self._files.locked():
            self._folder.check_ended()
            return self._plan(wish)[1]

    def erase(self, wish: Wish) -> ErasureEntry:
        """Erases; gives the entry of the log.

        Raises:
            IntakeError: when nothing is kept of the number, or an erasure or an intake is at work.
        """
        with self._files.locked():
            self._folder.check_ended()
            plan, _ = self._plan(wish)
            self._keep(plan)
            return self._finish(plan)

    def resume(self) -> ErasureEntry | None:
        """Ends an erasure that was stopped; None when there is none."""
        with self._files.locked():
            if not self._folder.pending.is_file():
                return None
            path = self._folder.pending
            content = unseal(path.read_bytes(), self._sealing, place=self._folder.place(path), where=path)
            return self._finish(_Plan.read(content))

    @property
    def _files(self) -> SnapshotFiles:
        return SnapshotFiles.of(self.into.home, self.into.project)

    @property
    def _folder(self) -> ErasureFolder:
        return ErasureFolder.of(self.into.home, self.into.project)

    @property
    def _sealing(self) -> KeyRing:
        assert self.into.keys
        return self.into.keys.sealing

    def _plan(self, wish: Wish) -> tuple[_Plan, Counted]:
        """Who goes, and what that changes."""
        self.into.quarantine.settle(self._files.current)
        kind = "family" if wish.what == "family" else "person"
        taint = survey(self._files, kind, pseudonym(self.into.linkage_key, kind, parts=[wish.number]))
        numbers = tuple(sorted({wish.number, *numbers_of(self.into, taint)}))
        plan = _Plan(secrets.token_hex(8), kind, wish.on.isoformat(), wish.by, wish.reason, taint, numbers)
        rewriting = Rewriting(self._files, taint, keep=False)
        snapshots, aside = len(rewriting.all_manifests()), self._forget_rows(plan, keep=False)
        if not rewriting.rows + aside:
            raise IntakeError("nothing is kept of this number", do=f"give it as the register of each {kind} writes it.")
        return plan, Counted(snapshots, rewriting.parts, rewriting.rows, aside, taint.buckets)

    def _finish(self, plan: _Plan) -> ErasureEntry:
        listed = self._folder.refused(self._sealing)
        self._folder.write_refused(listed | plan.taint.refused, self._sealing)
        if plan.digests is None:
            rewriting = Rewriting(self._files, plan.taint)
            digests = rewriting.all_manifests()
            forget_identity(self.into, plan.taint, before=self._files.current, digests=digests)
            plan = replace(plan, digests=digests, rows=rewriting.rows)
            self._keep(plan)
        digests = plan.digests or {}
        if self._files.current in digests:
            self._files.point_to(digests[self._files.current])
        self._remove_old(digests)
        forget_identity(self.into, plan.taint, before=self._files.current, digests={})
        self._forget_rows(plan)
        for path in self.computed:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return self._sign(plan)

    def _keep(self, plan: _Plan) -> None:
        path = self._folder.pending
        write_whole(path, seal(plan.to_bytes(), self._sealing, place=self._folder.place(path)))

    def _remove_old(self, digests: dict[str, str]) -> None:
        """Removes manifests that were rewritten, and every part that none names: some may be of a killed intake."""
        for old in digests:
            self._files.manifest_path(old).unlink(missing_ok=True)
        manifests = self._files.manifests()
        named = {self._files.part_path(folder, part) for told in manifests for folder, part in told.parts()}
        for path in self._files.folder.glob("parts/*/*.parquet"):
            if path not in named:
                path.unlink()

    def _forget_rows(self, plan: _Plan, *, keep: bool = True) -> int:
        known = {parts.declared.name: parts.declared for one in self._files.manifests() for parts in one.registries}
        known |= {registry.name: registry for registry in self.registries}
        return forget_quarantine(self.into, known, plan.taint, numbers=plan.numbers, keep=keep)

    def _sign(self, plan: _Plan) -> ErasureEntry:
        count, last, previous = last_line(self._folder.log)
        entry = ErasureEntry(
            *(count + 1, plan.id, plan.what, date.fromisoformat(plan.on), plan.by, plan.reason, plan.rows),
            plan.digests or {},
            previous,
        )
        if last != plan.id:
            append(self._folder.log, entry, self.key)
        self._folder.pending.unlink()
        return entry
