"""Reasons in words survive being stored."""

from __future__ import annotations

import pytest

from tayanch.errors import StateError
from tayanch.state.told import ToldReason, ToldReasons, reasons_text, told_reasons

DROP = ToldReason("income", "income.wages_3m", "strong", 0.4, (("en", "Wages fell."), ("uz", "Ish haqi kamaygan.")))
HELP = ToldReason("support", "support.benefits", "weak", 0.1, (("en", "Benefits are paid."),))


def test_they_are_read_back_as_they_were_told() -> None:
    told = ToldReasons((DROP,), (HELP,), clear=False)
    assert told_reasons(reasons_text(told)) == told


def test_a_sentence_is_given_in_the_readers_language_or_the_first() -> None:
    assert DROP.sentence("uz") == "Ish haqi kamaygan."
    assert HELP.sentence("uz") == "Benefits are paid."


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"raising":[{}],"lowering":[],"clear":true}'])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(StateError, match="stored reasons can't be read"):
        told_reasons(text)


def test_a_reason_has_words() -> None:
    with pytest.raises(StateError, match=r"the reason of income\.wages_3m has no sentence"):
        ToldReason("income", "income.wages_3m", "strong", 0.4, ())
