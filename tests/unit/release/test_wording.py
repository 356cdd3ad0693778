"""Sentences: values as people read them, catalogues, gaps, and words that may not be said."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from tayanch.errors import ReleaseError
from tayanch.release.bands import Observed
from tayanch.release.forbidden import STEMS, forbidden_words
from tayanch.release.formats import Value, shown
from tayanch.release.reasons import Direction, Reason, Reasons, Strength
from tayanch.release.telling import Facts, Teller, facts_of_row
from tayanch.release.wording import OWN, Wording, placeholders, read_wording, wording_from
from tayanch.vocabulary import Band, Theme
from tests.unit.release.made_up import FEATURES, IDS, matrix, read_wording_of_engine, worded

LANGUAGES = ("en", "es", "uz", "uz_Cyrl", "ru")
ENGINE = read_wording_of_engine(LANGUAGES)


def say(value: Value, unit: str, language: str) -> str:
    return shown(value, unit, language=language, say=lambda message: ENGINE.say(language, message))


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (1_240_000, "UZS", "uz", "1 240 000 soʻm"),
        (470_000.4, "UZS", "ru", "470 000 сум"),
        (470_000.0, "UZS", "uz_Cyrl", "470 000 сўм"),
        (15_300.0, "ARS", "es", "15 300 pesos"),
        (999.0, "EUR", "en", "999 EUR"),
        (-1_500.0, "UZS", "en", "−1 500 soʻm"),
        (-0.4, "UZS", "en", "0 soʻm"),
        (0.854, "ratio", "en", "0.85"),
        (0.854, "ratio", "ru", "0,85"),
        (2.0, "ratio", "es", "2,00"),
        (0.62, "share", "en", "62%"),
        (0.62, "share", "es", "62 %"),
        (62.0, "percent", "uz", "62 foiz"),
        (3, "persons", "en", "3"),
        (4_200.0, "persons", "ru", "4 200"),
        (1, "days", "en", "1 day"),
        (31.0, "days", "en", "31 days"),
        (31, "days", "uz", "31 kun"),
        (1, "months", "es", "1 mes"),
        (5, "months", "ru", "5 мес."),
        (2.0, "", "en", "2"),
        (2.5, "", "en", "2.5"),
        (2.504, "payments", "uz", "2,5"),
        (2.55, "", "ru", "2,55"),
        (True, "", "en", "yes"),
        (False, "", "uz", "yoʻq"),
        (date(2026, 1, 31), "", "en", "31.01.2026"),
        ("words", "", "en", "words"),
    ],
)
def test_values_are_shown_as_people_read_them(value: Value, unit: str, language: str, text: str) -> None:
    parted = say(value, unit, language)
    assert parted.replace("\u00a0", " ") == text
    assert " " not in parted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_engine_says_everything_in_every_language(language: str) -> None:
    assert ENGINE.check((), (language,)) == ()
    assert not ENGINE.catalogue(language).reviewed


def test_no_language_of_the_engine_is_left_out_here() -> None:
    assert {file.stem for file in OWN.glob("*.po")} == set(LANGUAGES) == set(STEMS)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("A suspicious family", "en", ("suspicious",)),
        ("FRAUDULENT", "en", ("fraud",)),
        ("the risk  score", "en", ("risk score",)),
        ("the risk-score", "en", ("risk score",)),
        ("Because you are poor", "en", ("because you are",)),
        ("At risk of poverty", "en", ()),
        ("defrauded by others", "en", ()),
        ("una familia sospechosa, fraude", "es", ("fraud", "sospech")),
        ("Puntaje de riesgo", "es", ("puntaje de riesgo",)),
        ("shubhali oila, firibgarlik", "uz", ("firibgar", "shubhali")),
        ("Шубҳали оила", "uz_Cyrl", ("шубҳали",)),
        ("Подозрительная семья: мошенничество", "ru", ("мошенни", "подозр")),
        ("fraud in any language", "ru", ("fraud",)),
        ("Jami qarz: 5 soʻm", "uz", ()),
    ],
)
def test_forbidden_words(text: str, language: str, found: tuple[str, ...]) -> None:
    assert forbidden_words(text, language) == found


def gaps(wording: Wording, *languages: str) -> list[str]:
    return [str(gap) for gap in wording.check(FEATURES, languages or wording.languages)]


def test_a_whole_wording_has_no_gaps() -> None:
    assert gaps(worded(LANGUAGES)) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"debt__debt_now__raises": ""}, "debt.debt_now.raises is missing"),
        ({"debt__debt_now__name": ""}, "debt.debt_now.name is missing"),
        ({"theme__debt": ""}, "theme.debt is missing"),
        (
            {"debt__debt_now__raises": "Debt {amount}."},
            "debt.debt_now.raises holds {amount}, which is neither the value nor a fact of the feature",
        ),
        (
            {"debt__debt_now__raises": "Debt {value."},
            "debt.debt_now.raises holds braces that are not {fact} or {fact:unit}",
        ),
        (
            {"debt__debt_now__raises": "Debt {value.__class__}."},
            "debt.debt_now.raises holds braces that are not {fact} or {fact:unit}",
        ),
        (
            {"debt__debt_now__lowers": "A fraud of {value}."},
            'debt.debt_now.lowers says "fraud", which may not be said of a family',
        ),
        ({"housing__heating__value__coal": ""}, "housing.heating.value.coal is missing"),
        ({"income__income_now__raises": "From {before:UZS} to {value}."}, None),
        ({"income__income_now__missing": "{name} is not known."}, None),
        (
            {"income__income_now__missing": "{value} is not known."},
            "income.income_now.missing holds {value}, which is neither the value nor a fact of the feature",
        ),
    ],
)
def test_gaps(changed: dict[str, str], told: str | None) -> None:
    assert gaps(worded(("en",), **changed)) == ([f"en: {told}"] if told else [])


def test_languages_hold_the_same_facts() -> None:
    uz, en = worded(("uz",)).catalogues[0], worded(("en",), debt__debt_now__raises="There is debt.").catalogues[0]
    assert gaps(Wording((uz, en))) == ["en: debt.debt_now.raises does not hold the same facts as in uz"]


def test_a_language_without_a_catalogue_is_a_gap() -> None:
    assert gaps(worded(("en",)), "ru") == ["ru: ru.po is not there"]


def write(folder: Path, text: str, language: str = "en", reviewed: str = "no") -> Path:
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    (folder / f"{language}.po").write_text(f'{head}"X-Reviewed: {reviewed}\\n"\n\n{text}', encoding="utf-8")
    return folder


def test_a_project_words_the_engine_s_messages_anew(tmp_path: Path) -> None:
    found = read_wording(write(tmp_path, 'msgid "theme.debt"\nmsgstr "Loans"\n', reviewed="yes"), ("en",))
    assert found.say("en", "theme.debt") == "Loans"
    assert found.say("en", "theme.income") == "Income"
    assert found.catalogue("en").reviewed


def test_a_fuzzy_message_counts_as_missing(tmp_path: Path) -> None:
    found = read_wording(write(tmp_path, '#, fuzzy\nmsgid "a.b"\nmsgstr "perhaps"\n'), ("en",))
    assert found.say("en", "a.b") == ""


def test_catalogues_that_can_t_be_read(tmp_path: Path) -> None:
    twice = 'msgid "a.b"\nmsgstr "one"\n\nmsgid "a.b"\nmsgstr "two"\n'
    with pytest.raises(ReleaseError) as met:
        read_wording(write(tmp_path, twice), ("en",))
    assert str(met.value) == f"{tmp_path}/en.po: a.b is worded twice: keep one of them."
    (tmp_path / "en.po").write_bytes(b'msgid "a"\nmsgstr "\xff"\n')
    with pytest.raises(ReleaseError, match=r"en\.po: the catalogue can't be read: .*: mend the file\."):
        read_wording(tmp_path, ("en",))
    (tmp_path / "en.po").write_text("garbage\n")
    with pytest.raises(ReleaseError, match=r"en\.po: the catalogue can't be read: .*: mend the file\."):
        read_wording(tmp_path, ("en",))


def test_a_release_s_catalogues_come_back_the_same() -> None:
    odd = worded(LANGUAGES, debt__debt_now__raises='Debt "old" \\ new\n{value}\tnow — qarz: oʻ')
    back = wording_from(odd.to_files(), LANGUAGES)
    assert back == odd
    assert back.digest == odd.digest
    assert back.to_files() == odd.to_files()
    assert worded(LANGUAGES).digest != odd.digest


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(ReleaseError) as met:
        wording_from({}, ("en",))
    assert str(met.value) == "wording/en.po: the catalogue is not there: restore the file."
    with pytest.raises(ReleaseError) as met:
        worded(("en",)).say("kk", "theme.debt")
    assert str(met.value) == 'there is no wording in "kk": use one of: en.'
    with pytest.raises(ReleaseError) as met:
        worded(("en",)).need("en", "theme.x")
    assert str(met.value) == "en: theme.x is not worded: write it in features/wording/ first."


def test_placeholders() -> None:
    assert placeholders("From {before:UZS} to {value}: {{x}}") == (("before", "UZS"), ("value", ""))


def teller(language: str = "en", **changed: str) -> Teller:
    return Teller(FEATURES, worded((language,), **changed), language)


def tell(facts: dict[str, Value], teller: Teller, feature: int = 0) -> str:
    return teller.sentence(FEATURES[feature], Direction.RAISES, facts=facts).replace("\u00a0", " ")


FELL = {"income__income_now__raises": "Fell from {before:UZS} to {value}."}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"value": 470_000.0, "before": 1_240_000.0}, "Fell from 1 240 000 soʻm to 470 000 soʻm."),
        ({"value": None, "before": 1.0}, "Income per person at the last visit.: not known to the registers."),
        ({"value": math.nan, "before": 1.0}, "Income per person at the last visit.: not known to the registers."),
        ({"value": 1.0, "before": None}, "Income per person at the last visit.: not known to the registers."),
        ({"value": 1.0}, "Income per person at the last visit.: not known to the registers."),
    ],
)
def test_sentences_with_facts(facts: dict[str, Value], said: str) -> None:
    assert tell(facts, teller(**FELL)) == said


def test_a_feature_s_own_sentence_for_missing() -> None:
    assert tell({"value": None}, teller(income__income_now__missing="No income is known.")) == "No income is known."


def test_codes_and_truths_in_words() -> None:
    assert tell({"value": "coal"}, teller(), 4).endswith("Now COAL.")
    assert tell({"value": 1.0}, teller(), 3).endswith("Now yes.")
    assert tell({"value": False}, teller("ru"), 3).endswith("Now нет.")


def test_reasons_are_told_with_names_words_and_a_note() -> None:
    reasons = Reasons(
        (Reason(Theme.DEBT, "debt.debt_now", Direction.RAISES, 0.31),),
        (Reason(Theme.SUPPORT, "support.was_visited", Direction.LOWERS, 0.1),),
        clear=False,
    )
    found = teller().tell(reasons, facts_of_row(FEATURES, matrix(), row=3))
    assert found.note == "No single clear reason: several small things together."
    [raising], [lowering] = found.raising, found.lowering
    assert (raising.theme_name, raising.feature_name, raising.strength_word) == (
        "Debt",
        "Debt at the last visit.",
        "strong",
    )
    assert lowering.strength is Strength.WEAK
    assert lowering.sentence.endswith("which helps.")
    assert found.to_plain()["raising"][0]["share"] == 0.31
    assert teller().tell(Reasons((), (), clear=True), {}).note == ""


def test_a_value_that_was_not_given_is_told() -> None:
    reasons = Reasons((Reason(Theme.DEBT, "debt.debt_now", Direction.RAISES, 0.31),), (), clear=True)
    facts: Facts = {}
    with pytest.raises(ReleaseError) as met:
        teller().tell(reasons, facts)
    assert str(met.value) == ("the value of debt.debt_now was not given with the reasons: give the family's facts.")


def test_bands_and_frequencies_in_words() -> None:
    observed = Observed(0.342, 0.281, 0.409, 120)
    assert teller().band(Band.SOON) == "Look soon"
    assert teller().frequency(observed, outcome="falls") == (
        "Of 100 families with a similar estimate, about 34 (28–41) were later found to need help."
    )
    own = teller(outcome__falls__frequency="{n} of 100 fell ({low} to {high}).")
    assert own.frequency(observed, outcome="falls") == "34 of 100 fell (28 to 41)."


def test_facts_of_a_row_are_its_values() -> None:
    facts = facts_of_row(FEATURES, matrix(), row=0)
    assert set(facts) == set(IDS)
    assert set(facts[IDS[4]]) == {"value"}
    assert facts[IDS[4]]["value"] in ("gas", "coal", "none", None)
