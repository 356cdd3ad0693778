"""An office to test in: the small project, invented families, a trial release, a list, a catalogue, accounts."""

from __future__ import annotations

import random
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from tayanch_serving.app import create_app
from tayanch_serving.facts import FactBook
from tayanch_serving.settings import Settings

from tayanch.project import Project, load_project
from tayanch.release.bands import Bands, Observed, importance, thresholds
from tayanch.release.calibration import Calibration
from tayanch.release.freeze import freeze
from tayanch.release.inputs import Inputs
from tayanch.release.keys import practice_keys
from tayanch.release.logistic import LogisticScorer, design, fit_transforms
from tayanch.release.releases import Draft, Limits, Origin, Release
from tayanch.release.score import score
from tayanch.release.verify import change_state
from tayanch.release.wording import read_wording
from tayanch.state import accounts
from tayanch.state.accounts import Account, put_account
from tayanch.state.database import Database, open_database
from tayanch.state.kept import reasons_text
from tayanch.state.lists import ListedFamily, ListHeading, PublishedList, publish
from tayanch.store.area_tables import find_areas
from tayanch.store.areas import NO_AREAS, Areas
from tayanch.store.catalogue import write_catalogue
from tayanch.store.engine import evaluate
from tayanch.store.index import add_areas, write_index
from tayanch.store.laying import lay_out
from tayanch.store.layout import Layout
from tayanch.store.plan import make_plan
from tayanch.vocabulary import NO_TIME, Band, Moment, ReleaseState, Role
from tests.unit.store.catalogued import SMALL as SMALL_CATALOGUE
from tests.worlds import MemorySnapshot, World

SMALL = Path(__file__).parents[1] / "small"
AS_OF = date(2026, 10, 1)
PUBLISHED = datetime(2026, 10, 1, 5, tzinfo=UTC)
NAME, PASSPHRASE = "dilnoza", "olma anor uzum behi"
READER = "malika"  # keeps one session through many tests, so nobody else may sign in as her
SCIENTIST, AUDITOR = "olim", "nazira"
PEOPLE = {NAME: Role.WORKER, READER: Role.WORKER, SCIENTIST: Role.DATA_SCIENTIST, AUDITOR: Role.AUDITOR}
FAMILIES = 60
PLACES = (("Samarqand", "Bogʻishamol"), ("Samarqand", "Registon"), ("Buxoro", "Gulobod"), ("Buxoro", "Ark"))


@dataclass(frozen=True)
class Office:
    """All of it."""

    home: Path
    project: Project
    release: Release
    database: Database
    published: PublishedList
    world: World

    @property
    def settings(self) -> Settings:
        return Settings(self.home, self.project.folder)

    def handles(self) -> dict[str, str]:
        """The handle of each family on the list, by pseudonym."""
        with self.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT family, handle FROM families ORDER BY family")
            return {row.family: row.handle for row in rows}


def make_office(home: Path, languages: Sequence[str] = ("uz", "en"), *, url: str = "", **changed: Any) -> Office:
    """An office in an empty folder, its state at `url`; `changed` parts of the release's draft are as told."""
    project = load_project(project_folder(home / "project", languages))
    world = made_up(project, FAMILIES)
    draft, table, book = drafted(project, world, **changed)
    snapshot = MemorySnapshot(world)
    index = write_index(snapshot, draft.compiled, home / "index" / project.settings.name / snapshot.digest)
    add_areas(index, snapshot, draft.compiled, moments=[Moment(AS_OF, AS_OF)])
    release = freeze(draft, home / "releases")
    release = change_state(release, ReleaseState.TRIAL, on=AS_OF, why="To learn.", keys=practice_keys()[:1])
    database = open_database(home, url)
    published = publish(
        database,
        ListHeading(project.settings.name, AS_OF, release.name, release.version, release.digest, snapshot.digest),
        rows=list(listed(release, table, book=book, world=world)),
        actor="cli",
        at=PUBLISHED,
    )
    for name, role in PEOPLE.items():
        put_account(database, Account(name, role), passphrase=PASSPHRASE, by="cli", at=PUBLISHED)
    write_catalogue(SMALL_CATALOGUE, home)
    return Office(home, project, release, database, published, world)


def copied(office: Office, folder: Path) -> Office:
    """The same office in another folder, for a test that changes things."""
    shutil.copytree(office.home, folder, dirs_exist_ok=True)
    return replace(office, home=folder, project=load_project(folder / "project"), database=open_database(folder))


def project_folder(folder: Path, languages: Sequence[str]) -> Path:
    """A copy of the small project worded in these languages (where it is not, in English)."""
    for name in ("features", "experiments"):
        shutil.copytree(SMALL / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    told = (SMALL / "project.yaml").read_text().replace("[uz, en]", f"[{', '.join(languages)}]")
    (folder / "project.yaml").write_text(told)
    wording = folder / "features" / "wording"
    for language in languages:
        if not (wording / f"{language}.po").is_file():
            english = (wording / "en.po").read_text()
            (wording / f"{language}.po").write_text(english.replace('"Language: en', f'"Language: {language}'))
    return folder


def made_up(project: Project, families: int) -> World:
    """Invented families: members, assessments, payments and wages; every sixth with little on record."""
    draw = random.Random(5)
    rows: dict[str, list[Mapping[str, Any]]] = {registry.name: [] for registry in project.registries}
    for number in range(families):
        family = f"{number:04d}{draw.getrandbits(112):028x}"
        _one_family(rows, family, draw, sparse=number % 6 == 5)
    return World(project.registries, rows, project.zone)


def _one_family(rows: dict[str, list[Any]], family: str, draw: random.Random, *, sparse: bool) -> None:
    persons = [f"{family[:8]}{place:024x}" for place in range(draw.randint(2, 7))]
    region, mahalla = draw.choice(PLACES)
    income = draw.randint(900, 3_500) * 1_000
    for place, person in enumerate(persons):
        born = date(2026, 1, 1) - timedelta(days=draw.randint(20, 50) * 365 if place < 2 else draw.randint(1, 17) * 365)
        rows["members"].append(_row(family, person, date(2020, 1, 1), born=born))
    for back in (330, 240, 150, draw.choice((20, 130))):
        told = {"income_per_person": float(income * draw.uniform(0.7, 1.2)), "region": region, "mahalla": mahalla}
        rows["assessments"].append(_row(family, None, AS_OF - timedelta(days=back), **told))
    for month in range(0 if sparse else 12):
        day = AS_OF - timedelta(days=10 + 30 * month)
        if draw.random() < 0.6:
            rows["wages"].append(_row(family, persons[0], day, amount=float(draw.randint(15, 60) * 100_000)))
        if draw.random() < 0.4:
            rows["payments"].append(_row(family, None, day, benefit="child", amount=410_000.0))


def _row(family: str, person: str | None, day: date, **values: Any) -> dict[str, Any]:
    known = datetime(day.year, day.month, day.day, tzinfo=UTC)
    own = {"family": family, "person": person, "happened_on": day, "known_at": known, "left": None}
    return {**own, "key": f"{person or family}{day}", "delivery": 1, "retracted": False, **values}


@dataclass(frozen=True)
class RowsInMemory:
    """The rows of single families of a world, and what neighbours in it have in common."""

    world: World
    areas: Areas = NO_AREAS

    @property
    def registries(self) -> tuple[str, ...]:
        return tuple(registry.name for registry in self.world.registries)

    def rows_of(self, family: str) -> Layout | None:
        return lay_out(self.world.bucket(families=[family]))


def drafted(project: Project, world: World, **changed: Any) -> tuple[Draft, pa.Table, FactBook]:
    """A draft of a release for these families, their matrix and their facts."""
    experiment = project.experiment("hardship")
    compiled = project.compiled(experiment.features)
    plan = make_plan({f.id: f.expression for f in compiled.features}, compiled.references)
    every = make_plan({str(n): value for n, value in enumerate(compiled.expressions)}, compiled.references)
    areas = find_areas(MemorySnapshot(world), every, [Moment(AS_OF, AS_OF)])
    found = evaluate(world.bucket(), plan, [Moment(AS_OF, AS_OF)], areas=areas)
    columns = {f.id: np.asarray(found.columns[f.id].values[0], np.float64) for f in compiled.features}
    days = pa.array([AS_OF] * len(found.families), pa.date32())
    table = pa.table({"family": list(found.families), "as_of": days, **columns})
    inputs = Inputs.of(compiled)
    x = inputs.encode(table)
    transforms = fit_transforms(inputs, x)
    weights = np.random.default_rng(7).normal(0, 0.6, design(transforms, x).shape[1])
    scorer = LogisticScorer.fitted(inputs, x, transforms=transforms, weights=weights, intercept=-1.2)
    calibration = Calibration(1.0, 0.0)
    soon, in_turn = thresholds(calibration.probabilities(scorer.margins(x)), 0.15)
    seen = ((Band.SOON, Observed(0.34, 0.28, 0.41, 240)), (Band.IN_TURN, Observed(0.21, 0.17, 0.26, 260)))
    told = {
        "name": "hardship",
        "version": "2026-10",
        "origin": Origin("small", True, experiment, "c" * 64, "d" * 64, date(2026, 9, 1)),
        "compiled": compiled,
        "scorer": scorer,
        "calibration": calibration,
        "bands": Bands(soon, in_turn, seen, missing_limit=0.25),
        "importance": importance(scorer.contributions(x)),
        "wording": read_wording(project.wording_folder, project.settings.languages),
        "limits": Limits(date(2027, 10, 1)),
    }
    book = FactBook(compiled, RowsInMemory(world, areas), lag=NO_TIME)
    return Draft(**{**told, **changed}), table, book


def listed(release: Release, table: pa.Table, *, book: FactBook, world: World) -> Iterator[ListedFamily]:
    """The families of a matrix as rows of a list."""
    scored = score(release, table)
    rows = zip(scored.table.to_pylist(), scored.reasons(), strict=True)
    areas = {row["family"]: row["mahalla"] for row in world.rows["assessments"]}
    for row, reasons in sorted(rows, key=lambda pair: pair[0]["rank"]):
        facts = book.for_telling(book.values(row["family"], as_of=AS_OF))
        told = [release.teller(language).tell(reasons, facts) for language in release.wording.languages]
        band = Band(row["band"])
        yield ListedFamily(
            family=row["family"],
            score=None if band is Band.CHECK_DATA else row["score"],
            band=band,
            rank=row["rank"],
            reasons=reasons_text(told),
            area=areas[row["family"]],
        )


def listed_again(office: Office) -> list[ListedFamily]:
    """The rows of the office's list, to be published once more."""
    families = {handle: family for family, handle in office.handles().items()}
    with office.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM scores WHERE list = 1 ORDER BY rank").all()
    return [
        ListedFamily(families[row.handle], row.score, Band(row.band), row.rank, row.reasons, row.area) for row in rows
    ]


@cache
def cheap_hasher() -> PasswordHasher:
    """Hashes in no time: what is tested here does not depend on how long they take."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def quick_sign_in(patch: pytest.MonkeyPatch) -> None:
    """Makes sign-in quick."""
    patch.setattr(accounts, "_hasher", cheap_hasher())
    patch.setattr(accounts, "_nobody", cheap_hasher().hash("nobody"))


def app_of(office: Office, **settings: Any) -> FastAPI:
    """The app of an office."""
    return create_app(Settings(**{**vars(office.settings), **settings}))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the app, served for real on a free port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:  # a test that fails must not leave a thread behind that nothing ends
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def visiting(address: str, *, name: str = NAME, signed_in: bool = True) -> Iterator[httpx.Client]:
    """Someone with a browser at the address, signed in."""
    with httpx.Client(base_url=address, headers={"Sec-Fetch-Site": "same-origin"}) as visitor:
        if signed_in:
            answer = visitor.post("/sign-in", data={"name": name, "passphrase": PASSPHRASE})
            assert answer.status_code == 303, answer.text
        yield visitor
