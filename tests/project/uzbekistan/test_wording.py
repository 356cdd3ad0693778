"""Every feature, register and outcome is worded in four languages, and every sentence can be read aloud."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tayanch.declare.features import Feature
from tayanch.project import Project, load_project
from tayanch.release.formats import Value
from tayanch.release.inputs import categories
from tayanch.release.reasons import Direction
from tayanch.release.telling import Teller
from tayanch.release.wording import Wording, placeholders, read_wording
from tayanch.vocabulary import Kind

ROOT = Path(__file__).parents[3]
WORDING = ROOT / "features" / "wording"
LANGUAGES = ("uz", "uz_Cyrl", "ru", "en")
MOST_TEMPLATES = 30
SAMPLE: dict[str, float] = {"UZS": 1_240_000.0, "ratio": 1.37, "share": 0.23, "days": 45.0, "years": 34.0}


@cache
def project() -> Project:
    return load_project(ROOT)


@cache
def wording() -> Wording:
    return read_wording(WORDING, LANGUAGES)


def written(language: str) -> dict[str, str]:
    """The catalogue as it is written, templates and all."""
    with (WORDING / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def values_of(feature: Feature) -> list[Value]:
    """Values a family may have: one of each code, yes, something; and no or nothing."""
    match feature.kind:
        case Kind.CODE:
            return list(categories(feature.expression))
        case Kind.TRUTH:
            return [True, False]
        case _:
            return [SAMPLE.get(feature.unit, 3.0), 0.0]


def test_nothing_is_missing() -> None:
    assert project().settings.languages == LANGUAGES
    assert wording().check(project().features, LANGUAGES) == ()


def test_nothing_is_left_over() -> None:
    features = {feature.id for feature in project().features}
    registries = {f"registry.{registry.name}" for registry in project().registries}
    outcomes = {f"outcome.{outcome.name}.frequency" for outcome in project().outcomes}
    groups = [f"group.{group.name}.value." for group in project().groups]
    for message in written("en"):
        shared = message in registries | outcomes or message.startswith(("template.", "unit.", *groups))
        assert shared or any(message.startswith(f"{feature}.") for feature in features), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_word_the_same(language: str) -> None:
    """The same messages, and for each feature the same template; units follow the language's own plurals."""
    one, other = written("uz"), written(language)
    assert {i for i in one if not i.startswith("unit.")} == {i for i in other if not i.startswith("unit.")}
    for message, text in one.items():
        if message.endswith(".template"):
            assert text.split(" | ")[0] == other[message].split(" | ")[0], message


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_has_a_meaning_and_what_can_be_nothing_a_negation(language: str) -> None:
    for feature in project().features:
        assert wording().say(language, f"{feature.id}.meaning"), feature.id
        if feature.kind is Kind.TRUTH:
            assert wording().say(language, f"{feature.id}.none"), feature.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_features_differ(language: str) -> None:
    names = [wording().say(language, f"{feature.id}.name") for feature in project().features]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
def test_registers_and_outcomes_are_worded(language: str) -> None:
    for registry in project().registries:
        assert wording().say(language, f"registry.{registry.name}"), registry.name
    for outcome in project().outcomes:
        if not outcome.name.endswith("_unseen_no"):
            text = wording().say(language, f"outcome.{outcome.name}.frequency")
            assert {name for name, _ in placeholders(text)} == {"n", "low", "high"}, outcome.name


def test_few_templates_serve_all() -> None:
    told = written("en")
    templates = {i.split(".")[1] for i in told if i.startswith("template.")}
    used = [text.split(" | ")[0] for i, text in told.items() if i.endswith(".template")]
    assert templates == set(used)
    assert len(templates) <= MOST_TEMPLATES
    assert len(used) > 0.9 * len(project().features)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_read_well(language: str, direction: Direction) -> None:
    teller = Teller(project().features, wording(), language)
    for feature in project().features:
        for value in values_of(feature):
            facts = {"value": value, **{name: 2.0 for name, _ in feature.facts}}
            said = teller.sentence(feature, direction, facts=facts)
            assert said.endswith("."), said
            assert said[0].isupper() or said[0].isdigit(), said
            assert not re.search(r"[{}<>|]|\.\.|  | \.| :", said), said


def test_uzbek_russian_and_english_as_people_say_it() -> None:
    """One feature in each language, from the template to the sentence, with and without something to tell."""
    [feature] = [feature for feature in project().features if feature.id == "family.children"]
    said = {
        language: [
            Teller((feature,), wording(), language).sentence(feature, Direction.RAISES, facts={"value": value})
            for value in (3, 0)
        ]
        for language in LANGUAGES
    }
    assert said == {
        "uz": ["Oilada 18 yoshgacha bolalar soni: 3.", "Oilada 18 yoshgacha bola yoʻq."],
        "uz_Cyrl": ["Оилада 18 ёшгача болалар сони: 3.", "Оилада 18 ёшгача бола йўқ."],
        "ru": ["Детей до 18 лет в семье: 3.", "Детей до 18 лет в семье нет."],
        "en": ["Children under 18: 3.", "There are no children under 18."],
    }
