"""A whole country: blocks simulated side by side, then delivered; interrupted it goes on, finished it is left alone."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq

from tayanch.errors import SimulationError
from tayanch.processes import fresh_processes
from tayanch.simulate.block_run import Live, make_block
from tayanch.simulate.calibration_page import Page, page
from tayanch.simulate.country import PLAIN, Country
from tayanch.simulate.delivering import REGISTERS, TRUTH, Delivered, File, deliver, files
from tayanch.simulate.files import read_json, room_on_disk, whole, write_json
from tayanch.simulate.lives import live
from tayanch.simulate.measures import MEASURES
from tayanch.simulate.papers.registers import Registers, read_registers
from tayanch.simulate.papers.truth import TOLD
from tayanch.simulate.parts import PARTS, Parts
from tayanch.simulate.places import Asked, blocks
from tayanch.simulate.world import Block, Span
from tayanch.vocabulary import Progress, no_progress

MANIFEST, ASKED, PAGE = "simulation.json", "asked.json", "calibration.html"
FIRST_MONTH, MONTHS = "2022-11", 48
LEAST_MONTHS, MOST_MONTHS = 6, MONTHS
FORM = 1
"""Of the files; a run begun with another form is not gone on with."""

T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    """What is asked for. country: the folder of its figures. database: URL for tables, "" for a file of SQLite.

    processes: how many work side by side; the same bytes come whatever it is. live: how a block lives (tests only).
    """

    country: Path
    families: int
    seed: int = 1
    scenario: str = PLAIN
    months: int = MONTHS
    processes: int = 1
    database: str = ""
    live: Live = live

    def __post_init__(self) -> None:
        if not LEAST_MONTHS <= self.months <= MOST_MONTHS:
            raise SimulationError(
                f"{self.months} months can't be simulated", do=f"give from {LEAST_MONTHS} to {MOST_MONTHS} months."
            )
        if self.processes < 1:
            raise SimulationError(f"{self.processes} processes can't work", do="give at least 1.")
        if not 0 <= self.seed < 2**63:
            raise SimulationError(f"the seed can't be {self.seed}", do="give a whole number from 0 to 2⁶³ − 1.")

    @property
    def asked(self) -> Asked:
        """Size, seed and months. A shorter country ends on the same day as a long one."""
        first = np.datetime64(FIRST_MONTH, "M") + MONTHS - self.months
        return Asked(self.families, self.seed, Span(first, self.months))


@dataclass(frozen=True)
class Simulated:
    """A country as it lies in a folder. fresh: whether it was made just now."""

    folder: Path
    files: tuple[Delivered, ...]
    fresh: bool

    @property
    def rows(self) -> int:
        """Of all registers."""
        return sum(file.rows for file in self.files if file.name.startswith(REGISTERS))


def simulate(order: Order, folder: Path, *, tell: Progress = no_progress) -> Simulated:
    """Simulates a country into a folder: `registers/`, and apart from them `truth/`.

    Raises:
        SimulationError: when the folder holds something else or another country, someone else is at work in it, the
            disk is full, or the country's figures can't stand.
    """
    country = Country.load(order.country, scenario=order.scenario)
    told = _told(order, country)
    done = read_json(folder / MANIFEST)
    if done is not None:
        return _finished(folder, done, told)
    listed, registers = blocks(country, order.asked), read_registers(country)
    _check_free(folder)
    with room_on_disk(folder), _alone(folder):
        began = read_json(folder / PARTS / ASKED)
        if began is not None and began != told:
            raise _other(folder, began, told)
        write_json(folder / PARTS / ASKED, told)
        parts = Parts(folder / PARTS)
        work = _Work(order, folder, country.digest)
        _live_all(work, [block for block in listed if not parts.done(block.number)], total=len(listed), tell=tell)
        made = _deliver_all(work, files(registers, listed, parts.truths()), tell=tell)
        with whole(folder / TRUTH / "README.txt", bench=folder / PARTS) as file:
            file.write_text(TOLD, encoding="utf-8")
        _show(folder, country)
        write_json(folder / MANIFEST, {"asked": told, "files": [asdict(file) for file in made]})
    shutil.rmtree(folder / PARTS)
    return Simulated(folder, tuple(made), True)


def _show(folder: Path, country: Country) -> None:
    """Writes the page that compares the country with published figures, where they can be measured."""
    measures = folder / TRUTH / f"{MEASURES}.parquet"
    if measures.is_file():
        with whole(folder / PAGE, bench=folder / PARTS) as file:
            file.write_text(page(Page.of(country, pq.read_table(measures))), encoding="utf-8")


@dataclass(frozen=True)
class _Work:
    """What every process needs to know. digest: of the country's figures."""

    order: Order
    folder: Path
    digest: str


def _told(order: Order, country: Country) -> dict[str, Any]:
    """What the files depend on; not the number of processes."""
    return {
        "form": FORM,
        "families": order.families,
        "seed": order.seed,
        "scenario": order.scenario,
        "first_month": str(order.asked.span.first),
        "months": order.months,
        "country": country.digest,
        "tables": "database" if order.database else "file",
    }


def _finished(folder: Path, done: dict[str, Any], told: dict[str, Any]) -> Simulated:
    if done["asked"] != told:
        raise _other(folder, done["asked"], told)
    made = tuple(Delivered(**file) for file in done["files"])
    for file in made:
        path = folder / file.name
        if file.sha256 and (not path.is_file() or path.stat().st_size != file.size):
            raise SimulationError(
                f"{file.name} is gone or changed", do="remove the folder and simulate again.", where=str(folder)
            )
    if (folder / PARTS).is_dir():
        shutil.rmtree(folder / PARTS)
    return Simulated(folder, made, False)


def _other(folder: Path, there: dict[str, Any], told: dict[str, Any]) -> SimulationError:
    other = next(key for key in told if there.get(key) != told[key])
    words = {"country": "figures of the country have", "form": "form of the files has"}
    if other in words:
        met = f"another country lies here: the {words[other]} changed since"
    else:
        differ = "differ" if other.endswith("s") else "differs"
        met = (
            f"another country lies here: its {other.replace('_', ' ')} {differ} ({there.get(other)}, not {told[other]})"
        )
    return SimulationError(met, do="name another folder, or remove this one.", where=str(folder))


def _check_free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SimulationError("this is a file", do="name a folder.", where=str(folder))
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if there and PARTS not in there:
        raise SimulationError(f"the folder holds other things ({there[0]})", do="name an empty one.", where=str(folder))


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Nobody else works in the folder meanwhile; the lock ends with the process, however that ends."""
    (folder / PARTS).mkdir(parents=True, exist_ok=True)
    with (folder / PARTS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SimulationError(
                "someone else is simulating here", do="wait until they are done.", where=str(folder)
            ) from None
        yield


def _live_all(work: _Work, waiting: Sequence[Block], *, total: int, tell: Progress) -> None:
    done = total - len(waiting)
    tell("simulating", done, total)
    for _ in _side_by_side(partial(_live_one, work), waiting, processes=work.order.processes):
        done += 1
        tell("simulating", done, total)


def _live_one(work: _Work, block: Block) -> None:
    Parts(work.folder / PARTS).keep(block.number, make_block(block, _country(work), live=work.order.live))


def _deliver_all(work: _Work, wanted: Sequence[File], *, tell: Progress) -> list[Delivered]:
    """All files; those that are there already are told of by a note that was written after them."""
    notes = {file.name: read_json(_note(work.folder, file)) for file in wanted}
    made = [Delivered(**note) for note in notes.values() if note]
    left = [file for file in wanted if not notes[file.name]]
    tell("delivering", len(made), len(wanted))
    # The largest first, so that no process ends long after the others.
    left.sort(key=lambda file: (-sum(_sizes(work.folder, file)), file.name))
    for delivered in _side_by_side(partial(_deliver_one, work), left, processes=work.order.processes):
        made.append(delivered)
        tell("delivering", len(made), len(wanted))
    return sorted(made, key=lambda file: file.name)


def _sizes(folder: Path, file: File) -> Iterable[int]:
    parts = Parts(folder / PARTS)
    return (parts.of(name, block).stat().st_size for name in file.holds for block in file.blocks)


def _deliver_one(work: _Work, file: File) -> Delivered:
    made = deliver(file, work.folder, _registers(work), parts=Parts(work.folder / PARTS), database=work.order.database)
    write_json(_note(work.folder, file), asdict(made))
    return made


def _note(folder: Path, file: File) -> Path:
    return folder / PARTS / "delivered" / f"{file.name.replace('/', '~')}.json"


@cache
def _country(work: _Work) -> Country:
    """The country, read once in each process.

    Raises:
        SimulationError: when its figures are not those that the run began with.
    """
    country = Country.load(work.order.country, scenario=work.order.scenario)
    if country.digest != work.digest:
        raise SimulationError("the country's figures changed meanwhile", do="start anew, in another folder.")
    return country


@cache
def _registers(work: _Work) -> Registers:
    """The country's registers, read once in each process."""
    return read_registers(_country(work))


def _side_by_side(do: Callable[[Any], T], things: Sequence[Any], *, processes: int) -> Generator[T]:
    """What comes of each thing, in the order in which they are done.

    Raises:
        SimulationError: when a process was killed, for want of memory as a rule.
    """
    processes = min(processes, len(things))
    if processes <= 1:
        yield from map(do, things)
        return
    try:
        with fresh_processes(processes) as pool:
            running: set[Future[T]] = {pool.submit(do, thing) for thing in things}
            while running:
                ready, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ready)
    except BrokenProcessPool:
        raise SimulationError(
            "a process was killed", do="see that there is memory; the same command goes on where it was."
        ) from None
