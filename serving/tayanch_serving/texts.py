"""The interface's words: `locale/{language}.po`, read at start. Messages are written in English and looked up by it."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tayanch.errors import ProjectError, nearest
from tayanch.release.wording import is_reviewed

LOCALE = Path(__file__).parent / "locale"
NAMES = {"en": "English", "es": "Español", "uz": "Oʻzbekcha", "uz_Cyrl": "Ўзбекча", "ru": "Русский"}
_SHORT = {"uz_Cyrl": "ЎЗ"}
_DATES = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y", "uz": "dd.MM.yyyy", "uz_Cyrl": "dd.MM.yyyy", "ru": "dd.MM.yyyy"}
_NO_BREAK = "\u00a0"


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it; the extractor looks for it
    """The message unchanged: marks it for translation where it is looked up later."""
    return message


@dataclass(frozen=True)
class Texts:
    """The words of one language. `reviewed`: a native reader has signed them."""

    language: str
    translations: gettext.NullTranslations
    reviewed: bool

    @property
    def short(self) -> str:
        """The language in two capital letters, where there is no room for its name."""
        return _SHORT.get(self.language, self.language.upper())

    def say(self, message: str, **values: object) -> str:
        """The message in this language, with its placeholders filled in. Plain text: templates escape it."""
        return self.translations.gettext(message).format(**values)

    def day(self, day: date) -> str:
        """A date as people of this language write it; it never breaks across lines."""
        return format_date(day, _DATES[self.language], locale=self.language).replace(" ", _NO_BREAK)


def tag_of(language: str) -> str:
    """A language as pages name it to browsers and screen readers: uz-Cyrl (BCP 47)."""
    return language.replace("_", "-")


def load_texts(languages: Sequence[str], *, folder: Path = LOCALE) -> Mapping[str, Texts]:
    """The words of each language.

    Raises:
        ProjectError: when the interface is not translated into one of them.
    """
    return {language: _load(language, folder) for language in languages}


def _load(language: str, folder: Path) -> Texts:
    if language not in NAMES:
        raise ProjectError(
            f'the interface is not translated into "{language}"', do=nearest(language, NAMES), where="languages"
        )
    written = (folder / f"{language}.po").read_bytes()
    catalogue = read_po(io.BytesIO(written), locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled), reviewed=is_reviewed(written.decode()))
