"""One feature and one register as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tayanch.store.catalogue import EVERYWHERE, Coverage, Entry, FeatureCatalogue, Freshness, PolicyRule, Register
from tayanch_serving.catalogue_words import (
    HIDDEN,
    area_word,
    count_word,
    days_word,
    group_word,
    meaning_of,
    name_of,
    rule_word,
    share_word,
    unit_word,
)
from tayanch_serving.charts import Picture, Table, picture_of, table_of
from tayanch_serving.texts import N_, NAMES
from tayanch_serving.views import Words

PARTS = (
    ("name", N_("Name")),
    ("meaning", N_("Meaning")),
    ("raises", N_("Where it raises")),
    ("lowers", N_("Where it lowers")),
    ("none", N_("Where it is zero or not so")),
    ("missing", N_("Where it is not known")),
)


@dataclass(frozen=True)
class AreaRow:
    """An area: how many families, and for what share of them the feature is known (`width`, 0 to 100, is its bar)."""

    area: str
    whole: bool
    families: str
    known: str
    width: int | None
    rows: str
    newest: str
    usual: str


@dataclass(frozen=True)
class Source:
    """A register behind a feature; `owner` as the reader calls it."""

    name: str
    meaning: str
    purpose: str
    owner: str


@dataclass(frozen=True)
class Sentence:
    """What is said of the feature in one part of its wording."""

    part: str
    text: str


@dataclass(frozen=True)
class Tongue:
    """The feature's wording in one language."""

    language: str
    name: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Told:
    """A protected attribute that the feature tells something of: of 100 pairs of families, `pairs` put right."""

    attribute: str
    level: str
    pairs: int
    exempt: str


@dataclass(frozen=True)
class FeatureView:
    """The page of a feature. changed: it was declared anew since the catalogue was built.

    constant: at the last date it has one value only.
    """

    id: str
    name: str
    meaning: str
    theme: str
    theme_name: str
    unit: str
    rule: str
    because: str
    looks_up: tuple[PolicyRule, ...]
    known: str
    age: str
    sources: tuple[Source, ...]
    areas: tuple[AreaRow, ...]
    picture: Picture | None
    table: Table
    tongues: tuple[Tongue, ...]
    proxies: tuple[Told, ...]
    experiments: tuple[str, ...]
    releases: tuple[str, ...]
    place: str
    digest: str
    changed: bool
    constant: bool

    @property
    def hidden(self) -> bool:
        """Whether an area is too small to be told of."""
        return any(HIDDEN in (row.known, row.rows, row.newest) or row.families == "<10" for row in self.areas)


@dataclass(frozen=True)
class RegisterView:
    """A register: where, how fresh, and the features that read it (id and name)."""

    name: str
    source: Source
    share: str
    newest: str
    usual: str
    areas: tuple[AreaRow, ...]
    features: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> bool:
        """Whether an area is too small to be told of, or has no row."""
        return any(HIDDEN in (row.rows, row.newest) for row in self.areas)


def feature_view(entry: Entry, catalogue: FeatureCatalogue, *, words: Words, changed: bool) -> FeatureView:
    """The page of a feature."""
    return FeatureView(
        id=entry.id,
        name=name_of(entry, words),
        meaning=meaning_of(entry, words),
        theme=entry.theme,
        theme_name=words.say(f"theme.{entry.theme}"),
        unit=unit_word(entry, words),
        rule=rule_word(entry.rule, words),
        because=entry.because,
        looks_up=entry.looks_up,
        known=share_word(entry.coverage[0].share, words) if entry.coverage else HIDDEN,
        age=days_word(entry.freshness[0].median, words) if entry.freshness else HIDDEN,
        sources=tuple(
            source_of(register, words) for register in catalogue.registers if register.name in entry.registers
        ),
        areas=area_rows(entry.coverage, entry.freshness, group=catalogue.area, words=words),
        picture=picture_of(entry, words),
        table=table_of(entry, words),
        tongues=_tongues(entry, words),
        proxies=_proxies(entry, words),
        experiments=entry.experiments,
        releases=entry.releases,
        place=entry.place,
        digest=entry.digest,
        changed=changed,
        constant=bool(entry.distributions) and entry.distributions[-1].constant,
    )


def register_view(register: Register, catalogue: FeatureCatalogue, *, words: Words) -> RegisterView:
    """The page of a register, or its part of the page of all registers."""
    everywhere = register.freshness[0] if register.freshness else Freshness(EVERYWHERE, None, None, None)
    reading = [entry for entry in catalogue.features if register.name in entry.registers]
    return RegisterView(
        name=register.name.replace("_", " "),
        source=source_of(register, words),
        share=share_word(everywhere.share, words),
        newest=days_word(everywhere.newest, words),
        usual=days_word(everywhere.median, words),
        areas=area_rows((), register.freshness, group=catalogue.area, words=words),
        features=tuple(sorted(((entry.id, name_of(entry, words)) for entry in reading), key=lambda pair: pair[1])),
    )


def source_of(register: Register, words: Words) -> Source:
    """A register with its owner in the reader's language."""
    owner = words.say(f"registry.{register.name}") or register.owner
    return Source(register.name, register.meaning, register.purpose, owner)


def area_rows(
    coverage: Sequence[Coverage], freshness: Sequence[Freshness], *, group: str, words: Words
) -> tuple[AreaRow, ...]:
    """Area by area, all areas together first; where nothing is said of coverage, rows are drawn instead."""
    covered = {told.area: told for told in coverage}
    fresh = {told.area: told for told in freshness}
    return tuple(
        _area_row(covered.get(area), fresh.get(area), area=area, name=area_word(area, group, words=words), words=words)
        for area in dict.fromkeys((*covered, *fresh))
    )


def _area_row(covered: Coverage | None, fresh: Freshness | None, *, area: str, name: str, words: Words) -> AreaRow:
    share = covered.share if covered else fresh.share if fresh else None
    return AreaRow(
        area=name,
        whole=area == EVERYWHERE,
        families=count_word(covered.families, words) if covered else "",
        known=share_word(covered.share, words) if covered else "",
        width=None if share is None else round(100 * share),
        rows=share_word(fresh.share if fresh else None, words),
        newest=days_word(fresh.newest if fresh else None, words),
        usual=days_word(fresh.median if fresh else None, words),
    )


def _tongues(entry: Entry, words: Words) -> tuple[Tongue, ...]:
    say = words.texts.say
    return tuple(
        Tongue(
            told.language,
            NAMES.get(told.language, told.language),
            tuple(Sentence(say(name), getattr(told, part)) for part, name in PARTS if getattr(told, part)),
        )
        for told in entry.wording
    )


def _proxies(entry: Entry, words: Words) -> tuple[Told, ...]:
    told = sorted(entry.proxies, key=lambda proxy: -proxy.auc)
    return tuple(
        Told(
            attribute=proxy.attribute.replace("_", " "),
            level=group_word(proxy.level, proxy.attribute, words=words),
            pairs=round(100 * proxy.auc),
            exempt=proxy.exempt,
        )
        for proxy in told
    )
