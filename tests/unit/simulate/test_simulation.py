"""A whole country: the same bytes however it is made, whatever befalls it on the way; and the truth stays apart."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tayanch.declare.registries import registry
from tayanch.errors import IntakeError, SimulationError
from tayanch.intake.extracts import find_extracts
from tayanch.simulate import parts, simulation
from tayanch.simulate.country import Country
from tayanch.simulate.files import sha256, whole
from tayanch.simulate.papers.registers import read_registers
from tayanch.simulate.simulation import Order, simulate
from tests.unit.simulate.stand_in import COUNTRY, live

ROOT = Path(__file__).parents[3]


def digests(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Order:
    """A thousand families for a year, from figures of our own."""
    figures = tmp_path_factory.mktemp("features") / "country"
    shutil.copytree(COUNTRY, figures)
    return Order(figures, 1_000, months=12, live=live)


@pytest.fixture(scope="module")
def made(order: Order, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "country"
    assert simulate(order, folder).fresh
    return folder


def test_every_register_has_its_files_and_the_truth_lies_apart(made: Path):
    names = set(digests(made))
    for register in read_registers(Country.load(COUNTRY)).registers.values():
        regions = [1703, 1706, 1708, 1710, 1712, 1714, 1718, 1722, 1724, 1726, 1727, 1730, 1733, 1735]
        assert {f"registers/{register.file_in(region)}" for region in regions} <= names
    truth = {name for name in names if name.startswith("truth/")}
    tables = ("families", "faults", "hardship", "people", "same_person")
    assert truth == {"truth/README.txt", *(f"truth/{table}.parquet" for table in tables)}
    assert not {name for name in names if name.startswith(".")}


def test_the_manifest_tells_what_was_asked_and_every_file(order: Order, made: Path):
    told = json.loads((made / "simulation.json").read_text())
    assert told["asked"]["families"] == 1_000
    assert told["asked"]["country"] == Country.load(order.country).digest
    found = digests(made)
    for file in told["files"]:
        assert found[file["name"]] == file["sha256"]
        assert (made / file["name"]).stat().st_size == file["size"]
    assert {file["name"] for file in told["files"]} == set(found) - {"simulation.json", "truth/README.txt"}


def test_rows_are_counted(made: Path):
    told = {file["name"]: file["rows"] for file in json.loads((made / "simulation.json").read_text())["files"]}
    lines = (made / "registers" / "kadastr" / "manzillar.csv").read_text().splitlines()
    assert told["registers/kadastr/manzillar.csv"] == len(lines) - 1
    assert told["truth/families.parquet"] == 1_000


def test_two_processes_make_the_same_bytes_as_one(order: Order, made: Path, tmp_path: Path):
    simulate(replace(order, processes=2), tmp_path / "country")
    assert digests(tmp_path / "country") == digests(made)


def test_another_seed_makes_another_country(order: Order, made: Path, tmp_path: Path):
    simulate(replace(order, seed=2), tmp_path / "country")
    one, other = digests(tmp_path / "country"), digests(made)
    assert not [name for name in one if one[name] == other[name] and name.startswith("registers/")]


def test_a_finished_country_is_left_alone(order: Order, made: Path):
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert not simulate(order, made).fresh
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"seed": 2}, "another country lies here: its seed differs (1, not 2)"),
        ({"families": 1_500}, "another country lies here: its families differ (1000, not 1500)"),
        ({"scenario": "drift"}, "another country lies here: its scenario differs (plain, not drift)"),
    ],
)
def test_another_country_is_not_overwritten(made: Path, order: Order, changes: dict[str, Any], met: str):
    with pytest.raises(SimulationError) as error:
        simulate(replace(order, **changes), made)
    assert str(error.value) == f"{made}: {met}: name another folder, or remove this one."


def test_a_country_of_which_a_file_is_gone_is_told(order: Order, tmp_path: Path):
    simulate(order, tmp_path / "country")
    (tmp_path / "country" / "registers" / "kadastr" / "mulk.csv").unlink()
    with pytest.raises(SimulationError, match=r"registers/kadastr/mulk.csv is gone or changed: remove the folder"):
        simulate(order, tmp_path / "country")


def test_a_folder_with_other_things_is_not_touched(order: Order, tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SimulationError) as error:
        simulate(order, tmp_path)
    assert str(error.value) == f"{tmp_path}: the folder holds other things (thesis.txt): name an empty one."
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_figures_that_change_meanwhile_are_told(order: Order, tmp_path: Path):
    figures = tmp_path / "country"
    shutil.copytree(order.country, figures)

    def change(at: str, done: int, total: int) -> None:
        if (at, done) == ("simulating", 0):
            (figures / "extra.csv").write_text("a\n1\n")

    with pytest.raises(SimulationError) as error:
        simulate(replace(order, country=figures), tmp_path / "made", tell=change)
    assert str(error.value) == "the country's figures changed meanwhile: start anew, in another folder."


class Stopped(Exception):
    """Stands for Ctrl-C at some point."""


@pytest.mark.parametrize(
    ("stage", "after"), [("simulating", 3), ("simulating", 14), ("delivering", 0), ("delivering", 60)]
)
def test_interrupted_it_goes_on_to_the_same_bytes(order: Order, made: Path, tmp_path: Path, stage: str, after: int):
    def stop(at: str, done: int, total: int) -> None:
        if (at, done) == (stage, after):
            raise Stopped

    folder = tmp_path / "country"
    seen: list[tuple[str, int]] = []
    with pytest.raises(Stopped):
        simulate(order, folder, tell=stop)
    assert not (folder / "simulation.json").exists()
    assert simulate(order, folder, tell=lambda at, done, total: seen.append((at, done))).fresh
    assert digests(folder) == digests(made)
    first = min(done for at, done in seen if at == stage)
    assert first >= after


def test_begun_with_other_arguments_it_is_not_gone_on_with(order: Order, tmp_path: Path):
    def stop(at: str, done: int, total: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        simulate(order, tmp_path, tell=stop)
    with pytest.raises(SimulationError, match=r"another country lies here: its seed differs \(1, not 2\)"):
        simulate(replace(order, seed=2), tmp_path)


SCRIPT = """
import sys
import time
from pathlib import Path
from tayanch.simulate.simulation import Order, simulate
from tests.unit.simulate.stand_in import live

if __name__ == "__main__":
    order = Order(Path(sys.argv[1]), 1_000, months=12, live=live, processes=2)

    def tell(at, done, total):
        print(at, done, flush=True)
        if f"{at} {done}" == sys.argv[3]:
            time.sleep(60)  # until it is stopped

    simulate(order, Path(sys.argv[2]), tell=tell)
"""


@pytest.mark.parametrize(
    ("line", "how"),
    [("simulating 2", signal.SIGKILL), ("delivering 9", signal.SIGKILL), ("simulating 1", signal.SIGINT)],
)
def test_killed_it_goes_on_to_the_same_bytes_and_leaves_no_process(
    order: Order, made: Path, tmp_path: Path, line: str, how: signal.Signals
):
    script, folder = tmp_path / "run.py", tmp_path / "country"
    script.write_text(SCRIPT)
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    with subprocess.Popen(
        [sys.executable, str(script), str(order.country), str(folder), line],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    ) as process:
        assert process.stdout
        for told in process.stdout:
            if told.strip() == line:
                break
        process.send_signal(how)
        process.wait(timeout=60)
    assert process.returncode
    _wait_until_nobody_is_left(process.pid)
    assert not (folder / "simulation.json").exists()
    simulate(order, folder)
    assert digests(folder) == digests(made)


def _heed_interrupts():
    """A shell's background job ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_until_nobody_is_left(group: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("processes of a killed simulation go on")


def test_what_is_refused_leaves_nothing_behind(order: Order, tmp_path: Path):
    with pytest.raises(SimulationError, match="10 families can't be simulated"):
        simulate(replace(order, families=10), tmp_path / "country")
    assert not (tmp_path / "country").exists()


def test_two_do_not_work_in_one_folder(order: Order, tmp_path: Path):
    met: list[str] = []

    def again(at: str, done: int, total: int) -> None:
        if not met:
            with pytest.raises(SimulationError) as error:
                simulate(order, tmp_path)
            met.append(str(error.value))

    simulate(order, tmp_path, tell=again)
    assert met == [f"{tmp_path}: someone else is simulating here: wait until they are done."]


def test_a_full_disk_is_told_and_what_was_done_is_kept(
    order: Order, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write, room = parts.pq.write_table, [40]

    def full(*told: object, **options: object) -> None:
        room[0] -= 1
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*told, **options)

    folder = tmp_path / "country"
    with monkeypatch.context() as patch:
        patch.setattr(parts.pq, "write_table", full)
        with pytest.raises(SimulationError) as error:
            simulate(order, folder)
    assert str(error.value) == (
        f"{folder / '.parts'}: there is no room left on the disk: make room; the same command goes on where it was."
    )
    simulate(order, folder)
    assert digests(folder) == digests(made)


def test_another_trouble_of_the_disk_is_not_hidden(tmp_path: Path):
    with pytest.raises(IsADirectoryError), parts.room_on_disk(tmp_path):
        tmp_path.read_text()


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path):
    def stop() -> None:
        with whole(tmp_path / "a.csv") as file:
            file.write_text("half")
            raise Stopped

    with pytest.raises(Stopped):
        stop()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"months": 49}, "49 months can't be simulated: give from 6 to 48 months."),
        ({"processes": 0}, "0 processes can't work: give at least 1."),
        ({"seed": -1}, "the seed can't be -1: give a whole number from 0 to 2⁶³ − 1."),
    ],
)
def test_what_can_not_be_asked(order: Order, changes: dict[str, int], met: str):
    with pytest.raises(SimulationError) as error:
        replace(order, **changes)  # type: ignore[arg-type]
    assert str(error.value) == met


def test_a_shorter_country_ends_on_the_same_day(made: Path):
    months = pq.read_table(made / "truth" / "hardship.parquet").column("happened_on").to_pylist()
    assert (str(min(months)), str(max(months))) == ("2025-11-01", "2026-10-01")


def test_no_declaration_reads_the_truth(made: Path, tmp_path: Path):
    """From the registers no pattern leads out; in the folder above no register is where it should be."""

    def declared(pattern: str):
        @registry(key="family", purpose="none", owner="nobody")
        class hardship:
            """The truth, which nobody may read."""

            happened_on = known_at = "happened_on"
            files = pattern

        return hardship

    with pytest.raises(IntakeError):
        find_extracts([declared("fhdyo/oila_azolari-*.parquet")], made, copies=tmp_path)
    for pattern in ("../truth/hardship.parquet", "../truth/*", "../*/*.parquet"):
        with pytest.raises(IntakeError):
            find_extracts([declared(pattern)], made / "registers", copies=tmp_path)


def test_a_country_of_another_form_is_told(order: Order, made: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simulation, "FORM", 2)
    with pytest.raises(SimulationError, match="another country lies here: the form of the files has changed since"):
        simulate(order, made)
