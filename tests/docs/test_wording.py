"""All that people read in a catalogue: no word that accuses, and each language in its own letters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tayanch.release.forbidden import forbidden_words

ROOT = Path(__file__).parents[2]
FOLDERS = ("features", "examples", "serving", "src")
CATALOGUES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.po"))]
INSIDE = re.compile(r"\{[^}]*\}|<[a-z_]+>")
LETTERS = {
    "uz": re.compile("['`´‘’]|(?<![oOgG])ʻ|(?<=[oOgG])ʼ|[а-яёўқғҳ]", re.IGNORECASE),
    "uz_Cyrl": re.compile("['`´‘’ʻʼ]|[a-z]|[ыщ]", re.IGNORECASE),
    "ru": re.compile("['`´‘’ʻʼ]|[a-z]|[ўқғҳ]", re.IGNORECASE),
    "en": re.compile("[`´‘’]|(?<![oOgG])ʻ|[а-яёўқғҳ]", re.IGNORECASE),
    "es": re.compile("['`´‘’]|(?<![oOgG])ʻ|[а-яёўқғҳ]", re.IGNORECASE),
}
"""What may not stand in a language: wrong apostrophes (oʻ gʻ U+02BB, tutuq U+02BC), letters of another alphabet."""


def texts(file: Path) -> dict[str, str]:
    """The messages of a catalogue; of a feature's template only its words."""
    with file.open("rb") as opened:
        told = {str(message.id): str(message.string) for message in read_po(opened) if message.id}
    return {i: _words(text) if i.endswith(".template") else text for i, text in told.items()}


def _words(text: str) -> str:
    return " ".join(part.partition(":")[2] for part in text.split("|")[1:])


def told(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", CATALOGUES, ids=told)
def test_no_wording_accuses(file: Path) -> None:
    found = {i: forbidden_words(text, file.stem) for i, text in texts(file).items()}
    assert not {i: words for i, words in found.items() if words}


@pytest.mark.parametrize("file", CATALOGUES, ids=told)
def test_every_language_is_written_in_its_own_letters(file: Path) -> None:
    wrong = LETTERS[file.stem]
    found = {i: wrong.findall(INSIDE.sub("", text)) for i, text in texts(file).items()}
    assert not {i: letters for i, letters in found.items() if letters}


@pytest.mark.parametrize("file", CATALOGUES, ids=told)
def test_a_catalogue_says_whether_it_is_reviewed(file: Path) -> None:
    assert re.search(r'^"X-Reviewed: (yes|no)\\n"$', file.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "text"),
    [("uz", "so'm"), ("uz", "maʻlum"), ("uz", "oʼzi"), ("uz_Cyrl", "сўm"), ("uz_Cyrl", "сыр"), ("ru", "сўм")],
)
def test_wrong_letters_are_found(language: str, text: str) -> None:
    assert LETTERS[language].search(text)


def test_there_are_catalogues_everywhere() -> None:
    assert {told(file).split("/")[0] for file in CATALOGUES} == set(FOLDERS)
