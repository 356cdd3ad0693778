"""The interface speaks five languages, each whole."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import httpx
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from tayanch_serving import texts
from tayanch_serving.texts import LOCALE, NAMES, load_texts

from tayanch.errors import ProjectError
from tayanch.release.forbidden import forbidden_words
from tayanch.state.kept import kept_reasons
from tests.serving.office import app_of, make_office, served, visiting

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
APOSTROPHES = re.compile("['`´‘’]")


def messages_in_use() -> set[str]:
    found = extract_from_dir(str(Path(texts.__file__).parent), METHODS, keywords={"t": None, "N_": None})
    return {str(message) for _, _, message, _, _ in found}


def catalogue(language: str) -> dict[str, str]:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", NAMES)
def test_every_message_is_translated_and_none_is_left_over(language: str) -> None:
    known = catalogue(language)
    assert set(known) == messages_in_use()
    assert all(known.values())


@pytest.mark.parametrize("language", NAMES)
def test_placeholders_are_the_same(language: str) -> None:
    for message, text in catalogue(language).items():
        assert placeholders(message) == placeholders(text)


def test_english_says_what_the_messages_say() -> None:
    assert all(message == text for message, text in catalogue("en").items())


def test_uzbek_is_written_with_its_own_letters() -> None:
    words = " ".join(catalogue("uz").values())
    assert not APOSTROPHES.search(words)
    assert "oʻ" in words
    assert "maʼlum" in words
    assert not re.search("[а-яё]", words, re.IGNORECASE)


def test_cyrillic_uzbek_is_written_with_its_own_letters() -> None:
    """Every word, placeholders aside, in Uzbek Cyrillic: no letter of another alphabet that looks the same."""
    words = re.sub("{[a-z]+}", "", " ".join(catalogue("uz_Cyrl").values()))
    assert not re.search("[a-zыщ'ʻʼ]", words, re.IGNORECASE)
    assert set("ўқҳ") <= set(words.casefold())


def test_the_switch_names_every_language_in_its_own_words(tmp_path: Path) -> None:
    office = make_office(tmp_path, ("uz", "uz_Cyrl", "ru", "en"))
    with served(app_of(office)) as address, visiting(address) as visitor:
        shown = visitor.get("/families").text
        assert 'lang="uz-Cyrl" hreflang="uz-Cyrl"' in shown
        assert all(f">{NAMES[language]}<" in shown for language in ("uz", "uz_Cyrl", "ru", "en"))
        visitor.get("/language/uz_Cyrl")
        assert ">ЎЗ<" in visitor.get("/families").text


def test_signed_words_carry_no_note(tmp_path: Path) -> None:
    """The note goes when both the interface's words and the project's are signed, not before."""
    for name in NAMES:
        written = (LOCALE / f"{name}.po").read_text(encoding="utf-8")
        (tmp_path / f"{name}.po").write_text(written.replace("X-Reviewed: no", "X-Reviewed: yes"), encoding="utf-8")
    assert all(told.reviewed for told in load_texts(tuple(NAMES), folder=tmp_path).values())
    assert not any(told.reviewed for told in load_texts(tuple(NAMES)).values())


@pytest.mark.parametrize("language", NAMES)
def test_nothing_accuses(language: str) -> None:
    for text in catalogue(language).values():
        assert not forbidden_words(text, language)


def test_a_language_without_translation_is_refused() -> None:
    with pytest.raises(ProjectError, match='the interface is not translated into "fr"'):
        load_texts(["uz", "fr"])


def test_all_pages_in_all_languages(tmp_path: Path) -> None:
    office = make_office(tmp_path, ("uz", "uz_Cyrl", "en", "es", "ru"))
    handle = next(iter(office.handles().values()))
    with served(app_of(office)) as address, visiting(address) as visitor:
        for language in NAMES:
            visitor.get(f"/language/{language}")
            assert_in_language(visitor, language, handle)


def assert_in_language(visitor: httpx.Client, language: str, handle: str) -> None:
    known = catalogue(language)
    for path, message in (("/families", "Families to look at"), (f"/families/{handle}", "What we know")):
        shown = visitor.get(path).text
        assert f'<html lang="{language.replace("_", "-")}">' in shown
        assert known["No native reader has signed these words yet."] in shown
        assert known[message] in shown
        assert "{" not in re.sub(r"<[^>]*>", "", shown)


def test_reasons_are_kept_in_every_language(tmp_path: Path) -> None:
    office = make_office(tmp_path, ("uz", "uz_Cyrl", "en", "es", "ru"))
    with office.database.reading() as connection:
        kept = kept_reasons(str(connection.exec_driver_sql("SELECT reasons FROM scores").scalar()))
    assert [language for language, _ in kept.raising[0].sentences] == ["uz", "uz_Cyrl", "en", "es", "ru"]
