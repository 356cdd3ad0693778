"""Reasons in words survive being kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from tayanch.errors import StateError
from tayanch.state.kept import KeptReason, KeptReasons, kept_reasons, reasons_text


@dataclass(frozen=True)
class Sentence:
    feature: str
    sentence: str
    theme: str = "income"
    strength: str = "strong"
    share: float = 0.40001


@dataclass(frozen=True)
class Told:
    language: str
    raising: tuple[Sentence, ...]
    lowering: tuple[Sentence, ...] = ()
    note: str = ""


UZ = Told("uz", (Sentence("income.wages_3m", "Ish haqi kamaygan."),), (Sentence("support.benefits", "Nafaqa bor."),))
EN = Told("en", (Sentence("income.wages_3m", "Wages fell."),), (Sentence("support.benefits", "Benefits are paid."),))


def test_they_are_read_back_as_they_were_told() -> None:
    assert kept_reasons(reasons_text([UZ, EN])) == KeptReasons(
        (
            KeptReason(
                "income", "income.wages_3m", "strong", 0.4, (("uz", "Ish haqi kamaygan."), ("en", "Wages fell."))
            ),
        ),
        (
            KeptReason(
                "income", "support.benefits", "strong", 0.4, (("uz", "Nafaqa bor."), ("en", "Benefits are paid."))
            ),
        ),
        clear=True,
    )


def test_that_no_reason_is_clear_is_kept() -> None:
    assert not kept_reasons(reasons_text([replace(EN, note="No single clear reason.")])).clear


def test_a_sentence_is_given_in_the_readers_language_or_the_first() -> None:
    kept = kept_reasons(reasons_text([UZ, EN])).raising[0]
    assert [kept.sentence(language) for language in ("en", "uz", "ru")] == [
        "Wages fell.",
        "Ish haqi kamaygan.",
        "Ish haqi kamaygan.",
    ]


def test_languages_tell_the_same_reasons() -> None:
    with pytest.raises(StateError, match="the languages tell different reasons"):
        reasons_text([UZ, replace(EN, lowering=())])
    with pytest.raises(StateError, match="reasons in no language can't be kept"):
        reasons_text([])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"raising":[{}],"lowering":[],"clear":true}'])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(StateError, match="the kept reasons can't be read"):
        kept_reasons(text)
