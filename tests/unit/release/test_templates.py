"""Sentences that features share: filled with each feature's words, own sentences first, mistakes told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.errors import ReleaseError
from tayanch.release.reasons import Direction
from tayanch.release.telling import Teller
from tayanch.release.templates import expanded
from tests.unit.release.made_up import FEATURES, worded

TEMPLATES = {
    "template.sum.raises": "In <months> months, <what>: {value}.",
    "template.sum.lowers": "<what>: {value} in <months> months.",
    "template.sum.none": "In <months> months there were no <what>.",
}


def test_a_feature_has_every_sentence_of_its_template() -> None:
    told = {**TEMPLATES, "income.wages.template": "sum | what: payments: wages | months: 3", "income.wages.name": "Pay"}
    assert expanded(told, name="en.po") == {
        "income.wages.name": "Pay",
        "income.wages.raises": "In 3 months, payments: wages: {value}.",
        "income.wages.lowers": "Payments: wages: {value} in 3 months.",
        "income.wages.none": "In 3 months there were no payments: wages.",
    }


def test_what_a_feature_words_itself_stands() -> None:
    told = {**TEMPLATES, "a.b.template": "sum|what:pay|months:6", "a.b.none": "Nobody was paid."}
    assert expanded(told, name="en.po")["a.b.none"] == "Nobody was paid."
    assert expanded(told, name="en.po")["a.b.raises"] == "In 6 months, pay: {value}."


def test_a_catalogue_without_templates_stays_as_it_is() -> None:
    assert expanded({"a.b.raises": "<what> {value}"}, name="en.po") == {"a.b.raises": "<what> {value}"}


@pytest.mark.parametrize(
    ("told", "met"),
    [
        ("summ | what: pay | months: 3", 'there is no template "summ": did you mean "sum"?'),
        ("sum | what: pay", "the words given are not those of the template sum: give months, what."),
        ("sum | what: pay | months:", "the words given are not those of the template sum: give months, what."),
        ("sum | what: p | months: 3 | at: x", "the words given are not those of the template sum: give months, what."),
    ],
)
def test_mistakes_are_told(told: str, met: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        expanded({**TEMPLATES, "a.b.template": told}, name="wording/en.po")
    assert str(caught.value) == f"wording/en.po: a.b.template: {met}"


@pytest.mark.parametrize("direction", Direction)
def test_zero_and_not_so_have_a_sentence_of_their_own(direction: Direction) -> None:
    wording = worded(("en",), debt__debt_now__none="No debt.", support__was_visited__none="Nobody came.")
    teller = Teller(FEATURES, wording, "en")
    debt = next(told for told in FEATURES if told.id == "debt.debt_now")
    visited = next(told for told in FEATURES if told.id == "support.was_visited")
    assert teller.sentence(debt, direction, facts={"value": 0.0}) == "No debt."
    assert "Now" in teller.sentence(debt, direction, facts={"value": 2.0})
    assert teller.sentence(visited, direction, facts={"value": False}) == "Nobody came."
    assert "not known" in teller.sentence(debt, direction, facts={"value": None})
    assert wording.check(FEATURES, ("en",)) == ()


def test_the_engine_reads_no_template_as_a_sentence() -> None:
    """The engine's own catalogues hold none: they are for projects."""
    folder = Path(__file__).parents[3] / "src" / "tayanch" / "release" / "catalogues"
    assert not [file.name for file in folder.glob("*.po") if "template." in file.read_text(encoding="utf-8")]
