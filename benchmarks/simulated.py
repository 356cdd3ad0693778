"""A simulated country for measuring: made and taken in, in a work folder of one's own, with its truth beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tayanch.cli import stages
from tayanch.cli.desk import Bench, today
from tayanch.cli.keys import linkage_key
from tayanch.intake.delivery import Taken
from tayanch.intake.pseudonyms import pseudonym
from tayanch.intake.quarantine import QuarantineFiles
from tayanch.project import Project, load_project
from tayanch.simulate.delivering import REGISTERS, TRUTH
from tayanch.simulate.simulation import Order, simulate
from tayanch.vocabulary import Progress, no_progress

TOP = Path(__file__).parents[1]
FAMILIES, SEED = "TAYANCH_FAMILIES", 17


@dataclass(frozen=True)
class Country:
    """A country in a folder, and what intake made of it. work: where its project's stages go on."""

    folder: Path
    work: Bench
    taken: Taken

    @property
    def registers(self) -> Path:
        """What agencies deliver."""
        return self.folder / REGISTERS

    @property
    def truth(self) -> Path:
        """What nobody is told."""
        return self.folder / TRUTH

    @property
    def quarantine(self) -> QuarantineFiles:
        """The rows that intake set aside."""
        return stages.door(self.work).quarantine

    def pseudonyms(self, families: list[str]) -> dict[str, str]:
        """The pseudonym of each family's code, as intake makes it."""
        key = linkage_key(self.work.project, self.work.home)
        return {family: pseudonym(key, "family", parts=[family]) for family in families}


def asked_families(default: int) -> int:
    """How many families the environment asks for."""
    return int(os.environ.get(FAMILIES) or default)


def made(families: int, home: Path, *, processes: int = 1, tell: Progress = no_progress) -> Country:
    """The Uzbekistan project's country of so many families and 48 months, taken in; all of it lies in `home`."""
    project = load_project(TOP)
    work = Bench(project, home, today(project), tell)
    folder = home / "country"
    simulate(order(project, families, processes=processes), folder, tell=tell)
    return Country(folder, work, stages.intake(work, folder / REGISTERS))


def order(project: Project, families: int, *, processes: int = 1) -> Order:
    """What to simulate: the demo's seed, 48 months, nothing special."""
    return Order(project.country_folder, families, seed=SEED, processes=processes)
