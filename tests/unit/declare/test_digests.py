"""A digest is of the meaning: wording and places don't change it, everything else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tayanch import Column, Reference, feature, registry
from tayanch.declare.features import Feature, compile_features
from tayanch.declare.forms import from_plain, to_plain
from tayanch.declare.references import Reference as ReferenceTable
from tayanch.declare.registries import Registry
from tayanch.errors import DeclarationError


def _payments(**said: Any) -> Registry:
    body = {
        "__doc__": "One payment.",
        "happened_on": "paid_on",
        "known_at": "loaded_at",
        "amount": Column("Paid.", unit="UZS"),
    }
    return registry(key="id", purpose="p", owner="o")(type("payments", (), {**body, **said}))


def _feature(meaning: str, months: int = 12) -> Feature:
    payments = _payments()

    def paid() -> Any:
        return payments.last(months=months).sum(payments.amount) / 12

    paid.__doc__ = meaning
    return feature(theme="support", unit="UZS")(paid)


def test_wording_and_place_do_not_change_a_digest() -> None:
    assert _feature("One sentence.").digest == _feature("Another sentence.").digest
    assert _payments().digest == _payments(__doc__="Other words.").digest


def test_a_change_of_meaning_changes_the_digest() -> None:
    assert _feature("x").digest != _feature("x", months=6).digest
    assert _payments().digest != _payments(amount=Column("Paid.", unit="UZS", source="AMT")).digest
    assert _payments().digest != _payments(amount=Column("Paid.", unit="UZS", low=0)).digest


def test_a_compiled_set_is_read_back_with_the_same_digest_and_wording() -> None:
    compiled = compile_features((_feature("One sentence."),), (_payments(),), ())
    again = from_plain(to_plain(compiled))
    assert again.digest == compiled.digest
    assert again.features[0].meaning == "One sentence."


def test_an_unknown_or_misfitting_stored_form_is_refused() -> None:
    with pytest.raises(DeclarationError, match='the form "Spell" is not known here: use the version'):
        from_plain({"form": "Spell"})
    with pytest.raises(DeclarationError, match='the stored form "Cohort" does not fit'):
        from_plain({"form": "Cohort", "nme": "x"})


def _table(folder: Path, text: str) -> ReferenceTable:
    file = folder / "lines.csv"
    file.write_text(text, encoding="utf-8")
    return Reference(str(file), key="region", value="line", valid_from="from")


def test_a_later_reference_row_ends_the_earlier(tmp_path: Path) -> None:
    table = _table(tmp_path, "region,from,line\n1,2020-01-01,10\n1,2021-01-01,12\n")
    assert [(r.value, str(r.since), str(r.until)) for r in table.rows] == [
        (10.0, "2020-01-01", "2021-01-01"),
        (12.0, "2021-01-01", "None"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("region,from,lin\n1,2020-01-01,10\n", 'there is no column "line": did you mean "lin"?'),
        ("region,from,line\n1,2020-01-01,10\n1,2020-01-01,12\n", "two rows of 1 hold on 2020-01-01: keep one of them."),
        ("region,from,line\n1,2020-13-01,10\n", "can't be read: month must be in 1..12"),
        ("region,from,line\n1,2020-01-01,ten\n", "can't be read: could not convert string to float: 'ten'"),
    ],
)
def test_a_reference_table_that_can_not_stand_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        _table(tmp_path, text)
    assert message in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_a_table_is_looked_up_by_as_many_keys_as_it_has(tmp_path: Path) -> None:
    table = _table(tmp_path, "region,from,line\n1,2020-01-01,10\n")
    with pytest.raises(DeclarationError, match=r"looked up by 2 keys but has 1 \(region\): give one value for each."):
        table.lookup(1, 2)
