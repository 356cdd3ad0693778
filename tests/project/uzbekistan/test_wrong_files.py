"""A wrong file from each of the registers: refused with a clear error, or its rows counted and set aside one by one.

What happens is told in a table in intake's README; each line of it is tested here for every register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import simulated
from benchmarks.simulated import Country
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.contract import source_columns
from tayanch.intake.delivery import Intake, take_in
from tayanch.intake.manifest import FileTaken
from tayanch.project import load_project
from tests.project.uzbekistan.files import Extract, Row, extract_of

PROJECT = load_project(simulated.TOP)
REGISTRIES = {registry.name: registry for registry in PROJECT.registries}
README = Path(simulated.TOP, "src", "tayanch", "intake", "README.md").read_text(encoding="utf-8")
DAY, KEY = date(2026, 11, 1), b"a practice key, known to everybody"
ROWS, WINDOW = 24, 9
EACH_FORMAT = {"acts", "care", "jobs", "wages", "disability", "loans"}
"""CSV with semicolons, with tabs, in cp1251; Parquet; Excel; a table of a database."""
NEVER = "2099-01-01"


@pytest.fixture(params=REGISTRIES)
def extract(request: pytest.FixtureRequest, country: Country) -> Extract:
    return extract_of(REGISTRIES[request.param], country.registers, rows=ROWS)


@pytest.fixture(
    params=[name if name in EACH_FORMAT else pytest.param(name, marks=pytest.mark.long) for name in REGISTRIES]
)
def file_of(request: pytest.FixtureRequest, country: Country) -> Extract:
    """What depends on the format alone: a register of each, and in the long proofs all."""
    return extract_of(REGISTRIES[request.param], country.registers, rows=ROWS)


def taken(extract: Extract, home: Path) -> FileTaken:
    """What became of the file when it was all that came."""
    extract.put(home / "inbox")
    return take(extract.registry, home)


def take(registry: Registry, home: Path) -> FileTaken:
    into = Intake(home / "work", "agency", PROJECT.zone, KEY, buckets=2)
    (file,) = take_in((registry,), home / "inbox", into=into, delivered=DAY, afresh=True).delivery.files
    assert file.rows == file.kept + file.quarantined
    return file


def refused(registry: Registry, home: Path) -> str:
    with pytest.raises(IntakeError) as error:
        take(registry, home)
    assert [path for path in (home / "work").rglob("*") if path.is_file() and path.name != "lock"] == []
    return error.value.met


def sound(extract: Extract, home: Path) -> list[Row]:
    """Rows of it that are kept, each of a key of its own."""
    keys = Counter(_key(extract.registry, row) for row in extract.rows)
    own = [row for row in extract.rows if keys[_key(extract.registry, row)] == 1]
    windows = (own[first : first + WINDOW] for first in range(0, len(own) - WINDOW + 1, 2))
    return next(rows for rows in windows if not taken(extract.of(rows), home).quarantined)


def _key(registry: Registry, row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in registry.key)


def told_in_readme(what: str, happens: str) -> None:
    assert f"| {what} | {happens} |" in README


def wrong_digit(cell: Any) -> Any:
    text = str(cell)
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def as_cell(like: Any, told: str) -> Any:
    """A date in the form of the cell it replaces."""
    if isinstance(like, datetime):
        return datetime.fromisoformat(told)
    return date.fromisoformat(told) if isinstance(like, date) else told


def wrong_rows(registry: Registry) -> dict[str, tuple[Callable[[Row], Row], str]]:
    """By what is wrong: how a sound row is made so, and the reason it is set aside for."""
    known = registry.known_at.columns[0]
    found: dict[str, tuple[Callable[[Row], Row], str]] = {
        "no key": (lambda row: {**row, registry.key[0]: None}, f"{registry.key[0]} is missing"),
        "known in the future": (lambda row: {**row, known: as_cell(row[known], NEVER)}, "known after it was delivered"),
    }
    for named in registry.ids:
        found["a wrong check digit"] = (
            lambda row, name=named.column: {**row, name: wrong_digit(row[name])},
            f"{named.column} is not a valid id",
        )
    happened = registry.happened_on.columns[0]
    if not registry.announced:
        found["happened after it was known"] = (
            lambda row: {**row, happened: as_cell(row[happened], NEVER)},
            "known before it happened",
        )
    for column in registry.columns:
        if column.values:
            found["a wrong code"] = (
                lambda row, source=column.source: {**row, source: "zzz"},
                f"{column.source} is not one of its codes",
            )
        if column.low == 0:
            found["a negative amount"] = (
                lambda row, source=column.source: {**row, source: -5},
                f"{column.source} is below 0",
            )
    return found


def test_wrong_rows_are_set_aside_for_what_is_wrong_with_them(extract: Extract, tmp_path: Path) -> None:
    rows = sound(extract, tmp_path)
    wrong = wrong_rows(extract.registry)
    spoilt = [make(row) for row, (make, _) in zip(rows, wrong.values(), strict=False)]
    copied = rows[len(wrong)]
    file = taken(extract.of([*spoilt, *rows[len(wrong) :], copied]), tmp_path)
    reasons = [reason for _, reason in wrong.values()]
    assert Counter(dict(file.reasons)) == Counter([*reasons, "copy of another row"])
    assert file.kept == len(rows) - len(wrong)
    told_in_readme("a row that can't be true, or has no key", "quarantined, with its reason")


def test_when_all_rows_are_bad_none_is_kept_and_none_is_lost(file_of: Extract, tmp_path: Path) -> None:
    key = file_of.registry.key[0]
    file = taken(file_of.of([{**row, key: None} for row in file_of.rows]), tmp_path)
    assert (file.kept, file.reasons) == (0, ((f"{key} is missing", len(file_of.rows)),))
    told_in_readme("all rows bad", "all quarantined; a snapshot without them")


def test_a_header_without_rows_is_taken_in_as_nothing(file_of: Extract, tmp_path: Path) -> None:
    file = taken(file_of.of([]), tmp_path)
    assert (file.rows, file.kept) == (0, 0)
    told_in_readme("a header and no rows", "taken in: 0 rows")


def test_a_column_less_is_refused(extract: Extract, tmp_path: Path) -> None:
    for column in source_columns(extract.registry)[:2]:
        left = tuple(name for name in extract.columns if name != column)
        rows = [{name: row[name] for name in left} for row in extract.rows]
        Extract(extract.registry, extract.name, left, tuple(rows), extract.delimiter).put(tmp_path / "inbox")
        assert refused(extract.registry, tmp_path) == f'the column "{column}" is missing'
    told_in_readme("a column missing", "refused, naming it")


def test_another_registers_file_under_this_name_is_refused(file_of: Extract, country: Country, tmp_path: Path) -> None:
    needed = set(source_columns(file_of.registry))
    for name in ("acts", "wages", "visits"):
        other = extract_of(REGISTRIES[name], country.registers, rows=3)
        if needed <= set(other.columns):
            continue
        delimiter = file_of.delimiter or ","
        Extract(file_of.registry, file_of.name, other.columns, other.rows, delimiter).put(tmp_path / "inbox")
        assert "missing" in (met := refused(file_of.registry, tmp_path)) or "none of the columns" in met
    told_in_readme("another register's file under this name", "refused, naming a column it lacks")


def test_a_file_that_ends_too_early(file_of: Extract, tmp_path: Path) -> None:
    path = file_of.put(tmp_path / "inbox")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    if path.suffix == ".csv":
        file = take(file_of.registry, tmp_path)
        assert 0 < file.rows < len(file_of.rows)
        assert file.quarantined >= 1
    else:
        assert "truncated" in refused(file_of.registry, tmp_path)
    told_in_readme("cut off: CSV", "its last row quarantined")
    told_in_readme("cut off: Parquet, Excel, SQLite", "refused")


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("an empty file", b""),
        ("compressed, or not what its name says", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 200),
        ("UTF-16", ("a,b\n1,2\n" * 20).encode("utf-16")),
    ],
)
def test_a_file_of_other_bytes_is_refused(file_of: Extract, what: str, content: bytes, tmp_path: Path) -> None:
    path = file_of.put(tmp_path / "inbox")
    path.write_bytes(content)
    assert refused(file_of.registry, tmp_path)
    told_in_readme(what, "refused")


def test_any_of_the_known_delimiters_is_found_and_another_is_refused(file_of: Extract, tmp_path: Path) -> None:
    if not file_of.delimiter:
        return
    before = taken(file_of, tmp_path)
    for delimiter in ",;\t|":
        other = Extract(file_of.registry, file_of.name, file_of.columns, file_of.rows, delimiter)
        file = taken(other, tmp_path)
        assert (file.rows, file.kept, file.reasons) == (before.rows, before.kept, before.reasons)
    Extract(file_of.registry, file_of.name, file_of.columns, file_of.rows, ":").put(tmp_path / "other" / "inbox")
    assert "none of the columns" in refused(file_of.registry, tmp_path / "other")
    told_in_readme("another delimiter", "read, if it is one of , ; tab and \\|; else refused")


def test_the_old_systems_file_in_another_encoding_has_no_code_it_knows(country: Country, tmp_path: Path) -> None:
    extract = extract_of(REGISTRIES["jobs"], country.registers, rows=ROWS)
    path = extract.put(tmp_path / "inbox")
    path.write_bytes(path.read_bytes().decode("cp1251").encode())
    assert "can't be read" in (met := told_or_reasons(extract.registry, tmp_path)) or "is not one of its codes" in met
    told_in_readme("another encoding", "refused where bytes don't fit; else its words are no codes: quarantined")


def told_or_reasons(registry: Registry, home: Path) -> str:
    try:
        return " ".join(reason for reason, _ in take(registry, home).reasons)
    except IntakeError as error:
        return error.met
