"""Wording: every sentence people read about a feature, in every language, from the engine and the project.

Catalogues are .po files. Message ids: `theme.feature.name`, `.raises`, `.lowers`, and if one likes `.meaning`, `.none`
(said instead when the value is zero or not so) and `.missing`; `theme.feature.template` for sentences that features
share (templates.py); `theme.feature.value.code` for a code's word; `unit.days`, `unit.days.one`. `theme.income`,
`band.soon`, `strength.strong`, `reasons.unclear` and the like come with the engine; a project may word them anew. A
sentence may hold {value} and the feature's facts, with a unit where one is needed: {income:UZS}.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter

from babel.messages.pofile import PoFileError, escape, read_po

from tayanch.declare.features import Feature
from tayanch.declare.forms import digest_of
from tayanch.errors import ReleaseError
from tayanch.release.forbidden import forbidden_words
from tayanch.release.inputs import categories
from tayanch.release.templates import expanded
from tayanch.vocabulary import Kind

OWN = Path(__file__).parent / "catalogues"
FOLDER = "wording"
PARTS = ("name", "raises", "lowers")
MORE_PARTS = ("meaning", "none", "missing")
MSGID = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
REVIEWED = re.compile(r'^"X-Reviewed: yes\\n"$', re.MULTILINE)


@dataclass(frozen=True)
class Catalogue:
    """All messages in one language. `reviewed`: a native reader has signed every sentence."""

    language: str
    messages: Mapping[str, str]
    reviewed: bool

    def to_bytes(self) -> bytes:
        """The catalogue as a .po file, messages sorted: the same messages give the same bytes."""
        told = "yes" if self.reviewed else "no"
        head = f'msgid ""\nmsgstr ""\n"Language: {self.language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        body = [f"\nmsgid {escape(i)}\nmsgstr {escape(text)}\n" for i, text in sorted(self.messages.items())]
        return f'{head}"X-Reviewed: {told}\\n"\n{"".join(body)}'.encode()


@dataclass(frozen=True)
class Gap:
    """What keeps a message from being shown: in which language, which message, and why."""

    language: str
    message: str
    why: str

    def __str__(self) -> str:
        return f"{self.language}: {self.message} {self.why}"


@dataclass(frozen=True)
class Wording:
    """The catalogues of a project or a release, one per language, the project's first language first."""

    catalogues: tuple[Catalogue, ...]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(catalogue.language for catalogue in self.catalogues)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all messages and their review (64 hexadecimal characters)."""
        return digest_of([[c.language, dict(c.messages), c.reviewed] for c in self.catalogues])

    def catalogue(self, language: str) -> Catalogue:
        """The catalogue of a language.

        Raises:
            ReleaseError: when there is none.
        """
        for catalogue in self.catalogues:
            if catalogue.language == language:
                return catalogue
        raise ReleaseError(f'there is no wording in "{language}"', do=f"use one of: {', '.join(self.languages)}.")

    def say(self, language: str, message: str) -> str:
        """A message, or "" where the catalogue has none."""
        return self.catalogue(language).messages.get(message, "")

    def need(self, language: str, message: str) -> str:
        """A message that must be there.

        Raises:
            ReleaseError: when it is not.
        """
        found = self.say(language, message)
        if not found:
            raise ReleaseError(f"{language}: {message} is not worded", do="write it in features/wording/ first.")
        return found

    def check(self, features: Sequence[Feature], languages: Iterable[str]) -> tuple[Gap, ...]:
        """All that is missing or can't be shown, for these features in these languages; empty when all is well."""
        return tuple(gap for language in languages for gap in self._gaps(features, language))

    def to_files(self) -> dict[str, bytes]:
        """The catalogues as files wording/{language}.po."""
        return {f"{FOLDER}/{c.language}.po": c.to_bytes() for c in self.catalogues}

    def _gaps(self, features: Sequence[Feature], language: str) -> Iterator[Gap]:
        if language not in self.languages:
            yield Gap(language, f"{language}.po", "is not there")
            return
        for message in _shared():
            if not self.say(language, message):
                yield Gap(language, message, "is missing")
        for feature in features:
            for part in (*PARTS, *MORE_PARTS):
                yield from self._gaps_of(feature, part, language=language)
            yield from self._gaps_of_codes(feature, language)
        for message, text in self.catalogue(language).messages.items():
            for word in forbidden_words(text, language):
                yield Gap(language, message, f'says "{word}", which may not be said of a family')

    def _gaps_of(self, feature: Feature, part: str, *, language: str) -> Iterator[Gap]:
        message = f"{feature.id}.{part}"
        text = self.say(language, message)
        if not text:
            if part in PARTS:
                yield Gap(language, message, "is missing")
            return
        names = _names_in(text)
        if names is None:
            yield Gap(language, message, "holds braces that are not {fact} or {fact:unit}")
            return
        for name in sorted(names - _told_by(feature, part)):
            yield Gap(language, message, f"holds {{{name}}}, which is neither the value nor a fact of the feature")
        first = self.say(self.languages[0], message)
        if first and names != _names_in(first):
            yield Gap(language, message, f"does not hold the same facts as in {self.languages[0]}")

    def _gaps_of_codes(self, feature: Feature, language: str) -> Iterator[Gap]:
        texts = [self.say(language, f"{feature.id}.{part}") for part in ("raises", "lowers")]
        if feature.kind is not Kind.CODE or not any("{value" in text for text in texts):
            return
        for code in categories(feature.expression):
            message = f"{feature.id}.value.{code}"
            if not self.say(language, message):
                yield Gap(language, message, "is missing")


def read_wording(folder: Path, languages: Sequence[str]) -> Wording:
    """A project's wording: its catalogues folder/{language}.po over the engine's own messages.

    A language without a file has the engine's messages only; `Wording.check` then tells what is missing.

    Raises:
        ReleaseError: when a catalogue can't be read or words a message twice.
    """
    return Wording(tuple(_joined(folder / f"{language}.po", language) for language in languages))


def wording_from(files: Mapping[str, bytes], languages: Sequence[str]) -> Wording:
    """The wording a release carries in wording/{language}.po.

    Raises:
        ReleaseError: when a catalogue is missing or can't be read.
    """
    names = {language: f"{FOLDER}/{language}.po" for language in languages}
    for name in names.values():
        if name not in files:
            raise ReleaseError("the catalogue is not there", do="restore the file.", where=name)
    return Wording(tuple(_catalogue(files[name], language, name=name) for language, name in names.items()))


def is_reviewed(text: str) -> bool:
    """Whether a catalogue says that a native reader has signed every sentence of it."""
    return bool(REVIEWED.search(text))


def placeholders(text: str) -> tuple[tuple[str, str], ...]:
    """The (fact, unit) pairs a sentence holds, in order; the unit is "" where none is told.

    Raises:
        ReleaseError: when its braces don't close, or hold more than a name and a unit.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ReleaseError("has braces that don't close", do="write {value}.") from None
    found = [(name, unit or "", turned) for _, name, unit, turned in parts if name is not None]
    for name, _, turned in found:
        if not name.isidentifier() or turned:
            raise ReleaseError(f"holds {{{name}}}, which is no name of a fact", do="write {value} or {fact:unit}.")
    return tuple((name, unit) for name, unit, _ in found)


def filled(text: str, shown: Mapping[tuple[str, str], str]) -> str:
    """The sentence with each (fact, unit) replaced by its shown text."""
    parts = Formatter().parse(text)
    return "".join(before + (shown[name, unit or ""] if name is not None else "") for before, name, unit, _ in parts)


def _names_in(text: str) -> set[str] | None:
    try:
        return {name for name, _ in placeholders(text)}
    except ReleaseError:
        return None


def _told_by(feature: Feature, part: str) -> set[str]:
    if part in ("raises", "lowers", "none"):
        return {"value", *(name for name, _ in feature.facts)}
    return {"name"} if part == "missing" else set()


def _shared() -> Mapping[str, str]:
    return {i: t for i, t in _own("en").items() if not i.startswith("unit.")}


def _joined(file: Path, language: str) -> Catalogue:
    if not file.is_file():
        return Catalogue(language, _own(language), False)
    project = _catalogue(file.read_bytes(), language, name=str(file))
    messages = expanded(project.messages, name=str(file))
    return Catalogue(language, {**_own(language), **messages}, project.reviewed)


def _own(language: str) -> Mapping[str, str]:
    file = OWN / f"{language}.po"
    return _catalogue(file.read_bytes(), language, name=file.name).messages if file.is_file() else {}


def _catalogue(written: bytes, language: str, *, name: str) -> Catalogue:
    try:
        text = written.decode()
        found = read_po(io.BytesIO(written), abort_invalid=True)
    except (UnicodeDecodeError, PoFileError, ValueError) as error:
        raise ReleaseError(f"the catalogue can't be read: {error}", do="mend the file.", where=name) from None
    messages = {str(m.id): str(m.string) for m in found if m.id and m.string and not m.fuzzy}
    ids = MSGID.findall(text)
    twice = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise ReleaseError(f"{twice[0]} is worded twice", do="keep one of them.", where=name)
    return Catalogue(language, dict(sorted(messages.items())), is_reviewed(text))
