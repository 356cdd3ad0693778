"""Who was erased: their rows are not kept again, whatever is delivered. A sealed list of pseudonyms.

A ministry delivers its whole register again and again: without the list the next delivery would undo an erasure. Rows
of the listed are counted with the reason and held nowhere, not even in quarantine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from tayanch.declare.forms import canonical
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.cells import quoted
from tayanch.intake.disk import write_whole
from tayanch.intake.keys import KeyRing
from tayanch.intake.sealing import Seal, seal, unseal
from tayanch.vocabulary import Links

ERASED = "erased: its rows are not kept again"


@dataclass(frozen=True)
class Refused:
    """Pseudonyms of the erased.

    companions: persons of erased families who belonged to no other: their rows are kept again once they belong to one.
    """

    families: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    companions: frozenset[str] = frozenset()

    def __or__(self, other: Refused) -> Refused:
        return Refused(self.families | other.families, self.persons | other.persons, self.companions | other.companions)

    def to_bytes(self) -> bytes:
        """The list as it is sealed."""
        return canonical([sorted(self.families), sorted(self.persons), sorted(self.companions)]).encode()

    @classmethod
    def read(cls, content: bytes) -> Refused:
        """What `to_bytes` wrote."""
        return cls(*(frozenset(names) for names in json.loads(content)))


NOBODY = Refused()


@dataclass(frozen=True)
class ErasureFolder:
    """<home>/erasures/<project>: the sealed list, the log of erasures, and the one that is at work."""

    folder: Path
    project: str

    @classmethod
    def of(cls, home: Path, project: str) -> ErasureFolder:
        """That of a project under the work folder."""
        return cls(home / "erasures" / project, project)

    @property
    def pending(self) -> Path:
        """What an erasure that has not ended keeps in mind, sealed."""
        return self.folder / "pending.sealed"

    @property
    def listed(self) -> Path:
        """The list of the erased, sealed."""
        return self.folder / "refused.sealed"

    @property
    def log(self) -> Path:
        """The signed entries, one a line."""
        return self.folder / "log.jsonl"

    def check_ended(self) -> None:
        """Refuses to go on while an erasure is half done.

        Raises:
            IntakeError: when one is.
        """
        if self.pending.is_file():
            raise IntakeError(
                "an erasure was begun and not ended", do="run `tayanch erase --resume` first.", where=str(self.folder)
            )

    def refused(self, sealing: KeyRing | None) -> Refused:
        """The list; empty when nobody was erased.

        Raises:
            IntakeError: when there is one and no key to open it.
            StoreError: when it can't be opened.
        """
        path = self.listed
        if not path.is_file():
            return NOBODY
        if sealing is None:
            raise IntakeError("the list of the erased can't be opened", do="take in with keys.", where=str(path))
        return Refused.read(unseal(path.read_bytes(), sealing, place=self.place(path), where=path))

    def write_refused(self, refused: Refused, sealing: KeyRing) -> None:
        """Seals the list."""
        write_whole(self.listed, seal(refused.to_bytes(), sealing, place=self.place(self.listed)))

    def place(self, path: Path) -> Seal:
        """What a sealed file of an erasure is bound to."""
        return Seal(self.project, "erasure", path.name)


def start_refused(bench: duckdb.DuckDBPyConnection, refused: Refused) -> None:
    """Makes the table `refused` (kind, of) of the list; a delivery adds companions it learns of."""
    named = (("family", refused.families), ("person", refused.persons), ("companion", refused.companions))
    pairs = [(kind, name) for kind, names in named for name in sorted(names)]
    columns = pa.table({"kind": [kind for kind, _ in pairs], "of": [name for _, name in pairs]})
    bench.register("listed", columns.cast(pa.schema([("kind", pa.string()), ("of", pa.string())])))
    bench.execute("CREATE TEMP TABLE refused AS SELECT DISTINCT kind, of FROM listed")
    bench.unregister("listed")


def refuse(bench: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """Takes the rows of the erased out of `told` into `verdicts`. Memberships come first: they tell of companions."""
    if bench.execute("SELECT count(*) FROM refused").fetchall() == [(0,)]:
        return
    family = "family IN (SELECT of FROM refused WHERE kind = 'family')"
    person = "person IN (SELECT of FROM refused WHERE kind = 'person')"
    alone = "person IN (SELECT of FROM refused WHERE kind = 'companion') AND person NOT IN (SELECT person FROM links)"
    conditions = {
        Links.FAMILY: family,
        Links.MEMBERSHIP: f"{family} OR {person}",
        Links.PERSON: f"{person} OR ({alone})",
    }
    listed = f"coalesce({conditions[registry.links]}, false)"
    if registry.links is Links.MEMBERSHIP:
        bench.execute(f"INSERT INTO refused SELECT DISTINCT 'companion', person FROM told WHERE {family}")
    bench.execute(f"INSERT INTO verdicts SELECT file, row, {quoted(ERASED)} FROM told WHERE {listed}")
    bench.execute(f"DELETE FROM told WHERE {listed}")
