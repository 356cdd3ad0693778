"""CSV files in another encoding are read in it; bytes that can't be in it are refused with their line."""

from pathlib import Path
from typing import Any

import pytest

from tayanch import Column, registry
from tayanch.declare.registries import Registry
from tayanch.errors import DeclarationError, IntakeError
from tests.unit.intake.office import Office, family, values

ROWS = "id;oila;sana;yuklangan;tarmoq\n1;Аҳмад;2026-01-05;2026-01-06;савдо\n2;Б;2026-01-05;2026-01-06;қурилиш\n"
TEXT = ROWS.replace("ҳ", "х").replace("қ", "к")


def declared(name: str = "jobs", **said: Any) -> Registry:
    body = {"__doc__": "One job.", "files": "jobs*.csv", "family": "oila", "happened_on": "sana"}
    body |= {"known_at": "yuklangan", "sector": Column("Sector.", type="code", source="tarmoq")}
    return registry(key="id", purpose="p", owner="o")(type(name, (), body | said))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def refused(office: Office, *registries: Registry) -> str:
    with pytest.raises(IntakeError) as error:
        office.retake("2026-03-01", *registries)
    return str(error.value)


@pytest.mark.parametrize("encoding", ["cp1251", "windows-1251", "utf-16", "koi8-r", "utf-8", "UTF8"])
def test_a_file_is_read_in_the_encoding_it_has(office: Office, encoding: str) -> None:
    office.put_raw("jobs.csv", TEXT.encode(encoding))
    office.take("2026-03-01", declared(encoding=encoding))
    rows = sorted(values(office.rows("jobs"), "family", "sector"))
    assert rows == sorted([(family("Ахмад"), "савдо"), (family("Б"), "курилиш")])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_header_of_quoted_names_is_read_whatever_the_delimiter(office: Office, delimiter: str) -> None:
    header, *rows = TEXT.replace(";", delimiter).splitlines()
    quoted = delimiter.join(f'"{name}"' for name in header.split(delimiter))
    office.put_raw("jobs.csv", "\n".join([quoted, *rows]) + "\n")
    assert office.take("2026-03-01", declared()).delivery.kept == 2


def test_its_digest_is_that_of_the_file_and_nothing_is_left_of_the_copy(office: Office) -> None:
    office.put_raw("jobs.csv", TEXT.encode("cp1251"))
    assert office.retake("2026-03-01", declared(encoding="cp1251")).fresh
    assert not office.retake("2026-03-02", declared(encoding="cp1251")).fresh
    kept = [path.read_bytes() for path in (office.home / "work").rglob("*") if path.is_file()]
    assert not any("Ахмад".encode() in content for content in kept)


def test_a_bad_row_is_set_aside_as_the_text_it_is(office: Office) -> None:
    office.put_raw("jobs.csv", (TEXT + "3;В;2026-01-05;эрта;савдо\n4;В\n").encode("cp1251"))
    (file,) = office.take("2026-03-01", declared(encoding="cp1251")).delivery.files
    assert dict(file.reasons) == {"yuklangan is not a date": 1, "more or fewer fields than the header": 1}


def test_bytes_that_are_not_in_the_encoding(office: Office) -> None:
    office.put_raw("jobs.csv", TEXT.encode("cp1251") + b"3;\x98;2026-01-05;2026-01-06;x\n")
    assert refused(office, declared(encoding="cp1251")) == (
        "jobs.csv: line 4 is not cp1251: export the file again, or declare the encoding it has."
    )
    office.put_raw("jobs.csv", TEXT.encode("cp1251"))
    assert refused(office, declared()) == (
        "jobs.csv: line 2 is not UTF-8: "
        'export the file again as UTF-8, or declare the one it has (encoding = "cp1251").'
    )


def test_a_line_far_down_is_told(office: Office) -> None:
    lines = "".join(f"{n};В;2026-01-05;2026-01-06;савдо\n" for n in range(60_000))
    office.put_raw("jobs.csv", (TEXT + lines).encode("cp1251") + b"\n\x98")
    assert refused(office, declared(encoding="cp1251")).startswith("jobs.csv: line 60005 is not cp1251")


def test_utf_8_that_says_so_is_not_read_as_another_encoding(office: Office) -> None:
    office.put_raw("jobs.csv", TEXT.encode("utf-8-sig"))
    assert refused(office, declared(encoding="cp1251")) == (
        "jobs.csv: the file is UTF-8 (its first bytes say so), not cp1251: "
        "take the setting encoding away, or have the file exported as the others."
    )
    assert office.take("2026-03-01", declared()).delivery.kept == 2


def test_two_registries_read_a_file_in_one_encoding(office: Office) -> None:
    office.put_raw("jobs.csv", TEXT.encode("cp1251"))
    assert refused(office, declared(encoding="cp1251"), declared("posts")) == (
        "jobs.csv: jobs reads the file as cp1251 and posts as utf-8: declare the same encoding."
    )
    both = (declared(encoding="cp1251"), declared("posts", encoding="windows-1251"))
    assert office.take("2026-03-01", *both).delivery.kept == 4


def test_the_encoding_is_part_of_what_is_declared() -> None:
    assert declared(encoding="cp1251").digest != declared().digest
    assert declared(encoding="cp1251").digest == declared(encoding="windows-1251").digest


@pytest.mark.parametrize("told", ["cp9999", "base64", "", 1251])
def test_an_encoding_that_is_none(told: Any) -> None:
    with pytest.raises(DeclarationError, match=r'is no encoding of text: write one such as "utf-8" or "cp1251"'):
        declared(encoding=told)
