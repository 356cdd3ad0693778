"""The list of features as a page shows it: searched, narrowed, grouped by theme, a page at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from tayanch.store.catalogue import Entry, FeatureCatalogue
from tayanch.vocabulary import Theme
from tayanch_serving.catalogue import Since
from tayanch_serving.catalogue_words import days_word, meaning_of, name_of, rule_word, share_word, unit_word
from tayanch_serving.drawing import WHOLE, line, width_of
from tayanch_serving.views import Words

ON_A_PAGE = 50
LIST = "/catalogue"
USUAL = "allowed"
_APOSTROPHES = re.compile("['`´ʻʼ‘’]")


@dataclass(frozen=True)
class Wanted:
    """The part of the catalogue that is asked for; "" sets no limit."""

    word: str = ""
    theme: str = ""
    register: str = ""
    rule: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything limits it."""
        return any((self.word, self.theme, self.register, self.rule))

    @property
    def address(self) -> str:
        """Where this part is found."""
        told = {
            "word": self.word,
            "theme": self.theme,
            "register": self.register,
            "policy": self.rule,
            "page": str(self.page) if self.page > 1 else "",
        }
        asked = urlencode({key: value for key, value in told.items() if value})
        return f"{LIST}?{asked}" if asked else LIST


@dataclass(frozen=True)
class Choice:
    """Something to narrow the list by."""

    value: str
    word: str
    current: bool


@dataclass(frozen=True)
class Item:
    """A feature in the list. line: path of its coverage over time, on a ground so many units wide; "" where hidden."""

    id: str
    name: str
    meaning: str
    unit: str
    registers: str
    rule: str
    known: str
    line: str
    width: int
    age: str


@dataclass(frozen=True)
class ItemGroup:
    """Features of one theme; `total` counts those on other pages too."""

    theme: str
    total: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class CatalogueView:
    """A page of the list. first, last: places of its features among the `total` that fit; earlier, later: addresses."""

    wanted: Wanted
    groups: tuple[ItemGroup, ...]
    themes: tuple[Choice, ...]
    registers: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    first: int
    last: int
    total: int
    earlier: str
    later: str
    as_of: date
    built_on: date
    added: tuple[str, ...]


def catalogue_view(catalogue: FeatureCatalogue, wanted: Wanted, *, words: Words, told: Since) -> CatalogueView:
    """The features that fit, a page of them."""
    places = {theme: place for place, theme in enumerate(Theme)}
    fitting = [entry for entry in catalogue.features if _fits(entry, wanted)]
    fitting.sort(key=lambda entry: (places[Theme(entry.theme)], name_of(entry, words).casefold()))
    pages = max(1, -(-len(fitting) // ON_A_PAGE))
    page = min(max(1, wanted.page), pages)
    shown = fitting[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return CatalogueView(
        wanted=wanted,
        groups=tuple(_groups(shown, fitting, words=words)),
        themes=_choices(((t.value, words.say(f"theme.{t.value}")) for t in Theme), wanted.theme),
        registers=_choices(((r.name, r.name.replace("_", " ")) for r in catalogue.registers), wanted.register),
        rules=_choices(((r, rule_word(r, words)) for r in sorted({e.rule for e in catalogue.features})), wanted.rule),
        first=(page - 1) * ON_A_PAGE + 1 if fitting else 0,
        last=(page - 1) * ON_A_PAGE + len(shown),
        total=len(fitting),
        earlier=replace(wanted, page=page - 1).address if page > 1 else "",
        later=replace(wanted, page=page + 1).address if page < pages else "",
        as_of=catalogue.as_of[-1],
        built_on=catalogue.built_on,
        added=told.added,
    )


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        wanted.theme in ("", entry.theme)
        and (not wanted.register or wanted.register in entry.registers)
        and wanted.rule in ("", entry.rule)
        and all(word in _searched(entry) for word in _plain(wanted.word).split())
    )


def _searched(entry: Entry) -> str:
    """All that a search looks into: the id and the words of every language."""
    told = [part for w in entry.wording for part in (w.name, w.meaning)]
    return _plain(" ".join((entry.id, entry.id.replace("_", " "), entry.meaning, *entry.registers, *told)))


def _plain(text: str) -> str:
    """Text as it is compared: in lower case, without the apostrophes that people type in many ways."""
    return _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _choices(told: Iterable[tuple[str, str]], current: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, word, current=value == current) for value, word in told)


def _groups(shown: list[Entry], fitting: list[Entry], *, words: Words) -> Iterable[ItemGroup]:
    for theme in dict.fromkeys(entry.theme for entry in shown):
        items = tuple(_item(entry, words) for entry in shown if entry.theme == theme)
        yield ItemGroup(words.say(f"theme.{theme}"), sum(entry.theme == theme for entry in fitting), items)


def _item(entry: Entry, words: Words) -> Item:
    known = [None if d.missing is None else 1 - d.missing for d in entry.distributions]
    return Item(
        id=entry.id,
        name=name_of(entry, words),
        meaning=meaning_of(entry, words),
        unit=unit_word(entry, words),
        registers=", ".join(name.replace("_", " ") for name in entry.registers),
        rule="" if entry.rule == USUAL else rule_word(entry.rule, words),
        known=share_word(entry.coverage[0].share, words) if entry.coverage else "",
        line=line(known, WHOLE),
        width=width_of(known),
        age=days_word(entry.freshness[0].median, words) if entry.freshness else "",
    )
