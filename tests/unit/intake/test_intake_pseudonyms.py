"""What stands for an id: the same in SQL and in Python, another under another key, and never the id."""

from pathlib import Path

import duckdb
import pytest

from tayanch.intake.pseudonyms import bucket_of, bucket_sql, joined, pads, pseudonym, pseudonym_sql
from tests.unit.intake.office import Office, payments

IDS = ["", "1", "A|1", "oʻgʻil", "x" * 300]


@pytest.mark.parametrize("linkage_key", [b"k" * 16, b"k" * 64, b"k" * 65, bytes(range(200))], ids=len)
def test_duckdb_gives_what_python_gives(linkage_key: bytes) -> None:
    with duckdb.connect() as bench:
        for text in IDS:
            name = pseudonym(linkage_key, "person", parts=[text])
            told = {"text": text, **pads(linkage_key)}
            assert bench.execute(f"SELECT {pseudonym_sql('person', '$text')}", told).fetchall() == [(name,)]
            assert bench.execute(f"SELECT {bucket_sql('$name', 16)}", {"name": name}).fetchall() == [
                (bucket_of(name, 16),)
            ]


def test_kinds_and_keys_keep_names_apart() -> None:
    names = {pseudonym(bytes([n]) * 16, kind, parts=["1"]) for n in (1, 2) for kind in ("family", "person", "key")}
    assert len(names) == 6
    assert {len(name) for name in names} == {32}


def test_ids_of_several_columns_are_told_apart() -> None:
    assert joined(["a", "b"]) == "a|b"
    assert len({joined(parts) for parts in (["a|", "b"], ["a", "|b"], ["a|b"], ["a\\", "|b"], ["a", "b"])}) == 4
    assert joined(["a|b"]) == "a|b"


def test_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path)
    office.put(
        "payments.csv",
        """
        payment_id | family_id | paid_on    | loaded_at  | is_deleted | kind | amount | children | until
        marked-1   | marked-A  | 2026-01-05 | 2026-01-06 | 0          | 1    | 100    | 2        |
        marked-2   | marked-B  | marked     | 2026-01-06 | 0          | 1    | 100    | 2        |
        """,
    )
    office.take("2026-03-01", payments)
    assert (*capfd.readouterr(), caplog.text) == ("", "", "")
