"""What a page shows, ready for its template: every text chosen, nothing left to decide, nothing read from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tayanch.release.formats import shown
from tayanch.release.releases import Release
from tayanch.release.wording import Wording
from tayanch.state.kept import KeptReason, KeptReasons, kept_reasons
from tayanch.state.lists import PublishedList
from tayanch.state.reads import ListPage, Score, SeenFamily
from tayanch.vocabulary import Band, Kind
from tayanch_serving.facts import Fact
from tayanch_serving.texts import N_, Texts

STALE_AFTER = 90
"""Days after which a fact is marked as old."""
FACTS_IN_SIGHT = 10
TOO_LITTLE = N_("Too little is known for an estimate. Look at the data, and at the family, yourself first.")
_BARS = {Band.SOON: 3, Band.IN_TURN: 2, Band.AS_USUAL: 1, Band.CHECK_DATA: 0}


@dataclass(frozen=True)
class Words:
    """The words a page is written with: the interface's, and the release's (or the project's) in the same language."""

    texts: Texts
    wording: Wording

    @property
    def language(self) -> str:
        """The language of both."""
        return self.texts.language

    def say(self, message: str) -> str:
        """A message of the wording, "" where it has none."""
        return self.wording.say(self.language, message)


@dataclass(frozen=True)
class Reading:
    """With what a family is read: words, the release (None while band and reasons are withheld), the day it is."""

    words: Words
    release: Release | None
    today: date


@dataclass(frozen=True)
class BandView:
    """A band: the word first, then a shape of 3, 2 or 1 bars, or 0 for the ring that asks to look at the data."""

    word: str
    bars: int


@dataclass(frozen=True)
class ListItem:
    """A family on the list. `why` is its strongest raising reason, "" where there is none."""

    handle: str
    title: str
    place: str
    band: BandView | None
    why: str


@dataclass(frozen=True)
class Choice:
    """A part of the list that can be chosen, with how many families stand in it."""

    band: str
    word: str
    families: int
    current: bool


@dataclass(frozen=True)
class ListView:
    """A page of the list. before, after: ranks for the links to the pages around it, 0 where there is none."""

    items: tuple[ListItem, ...]
    choices: tuple[Choice, ...]
    band: str
    first: int
    last: int
    total: int
    before: int
    after: int


@dataclass(frozen=True)
class Origin:
    """Who told a fact and when. old: days since then, 0 while fresh. silent: they have no entry about the family."""

    sources: str
    day: date | None
    old: int
    silent: bool


@dataclass(frozen=True)
class FactRow:
    """A fact as a row: its name, its value in words, where it comes from."""

    name: str
    value: str
    origin: Origin


@dataclass(frozen=True)
class FactGroup:
    """Facts of one theme."""

    theme: str
    rows: tuple[FactRow, ...]

    @property
    def shared(self) -> Origin | None:
        """The origin of all rows where they have it in common: told once, beside the theme."""
        origins = {row.origin for row in self.rows}
        return origins.pop() if len(origins) == 1 else None


@dataclass(frozen=True)
class ReasonView:
    """A reason: its theme, its sentence, and how much it counts as a word and as the width of a bar (1 to 100)."""

    theme: str
    sentence: str
    strength: str
    width: int


@dataclass(frozen=True)
class WhyView:
    """Why the family stands on the list, and how often similar families needed help; "" where that is not shown."""

    band: BandView
    raising: tuple[ReasonView, ...]
    lowering: tuple[ReasonView, ...]
    note: str
    frequency: str


@dataclass(frozen=True)
class FamilyView:
    """The page of one family.

    rule: what the rule in force finds, as its facts. facts: the ones that matter most; more: the rest, `hidden` in
    number. why: None where the family does not stand on the list, or band and reasons are withheld. unknown: names of
    what the registers don't tell.
    """

    handle: str
    title: str
    place: str
    rule: tuple[FactRow, ...]
    facts: tuple[FactGroup, ...]
    more: tuple[FactGroup, ...]
    hidden: int
    why: WhyView | None
    unknown: tuple[str, ...]


def title(handle: str) -> str:
    """The short name of a family without a name: the first eight letters of its handle."""
    return f"{handle[:4]}-{handle[4:8]}".upper()


def list_view(found: ListPage, published: PublishedList, *, words: Words, withheld: bool) -> ListView:
    """A page of the list; without bands and reasons when they are withheld."""
    families, last = found.families, found.earlier + len(found.families)
    return ListView(
        items=tuple(_item(score, words, withheld=withheld) for score in families),
        choices=() if withheld else _choices(found, published, words=words),
        band=found.page.band.value if found.page.band else "",
        first=found.earlier + 1 if families else 0,
        last=last,
        total=found.total,
        before=families[0].rank if families and found.earlier else 0,
        after=families[-1].rank if found.more and families else 0,
    )


def family_view(seen: SeenFamily, facts: tuple[Fact, ...], *, reading: Reading) -> FamilyView:
    """The page of one family; without a release it tells facts only."""
    why = why_view(seen.score, reading) if seen.score else None
    ruled = _of_rule([fact for fact in facts if not fact.missing], reading)
    known = _by_weight([fact for fact in facts if not (fact.missing or fact in ruled)], seen, reading=reading)
    rows = [(fact.theme, fact_row(fact, reading)) for fact in known]
    return FamilyView(
        handle=seen.handle,
        title=title(seen.handle),
        place=seen.score.area if seen.score else "",
        rule=tuple(fact_row(fact, reading) for fact in ruled),
        facts=_grouped(rows[:FACTS_IN_SIGHT], reading.words),
        more=_grouped(rows[FACTS_IN_SIGHT:], reading.words),
        hidden=max(0, len(rows) - FACTS_IN_SIGHT),
        why=why,
        unknown=tuple(_name(fact, reading.words) for fact in facts if fact.missing),
    )


def why_view(score: Score, reading: Reading) -> WhyView | None:
    """Why a family stands on the list, in the words kept when it was published; None while that is withheld."""
    if reading.release is None:
        return None
    kept, words = told_reasons(score), reading.words
    return WhyView(
        band=band_view(score.band, words),
        raising=tuple(_reason(reason, words) for reason in kept.raising),
        lowering=tuple(_reason(reason, words) for reason in kept.lowering),
        note=_note(score, kept, words=words),
        frequency=_frequency(score.band, reading.release, words=words),
    )


def told_reasons(score: Score) -> KeptReasons:
    """The reasons as they may be told: none where too little is known for an estimate, for they would explain it."""
    return KeptReasons() if score.band is Band.CHECK_DATA else kept_reasons(score.reasons)


def band_view(band: Band, words: Words) -> BandView:
    """A band in the reader's words."""
    return BandView(words.say(f"band.{band.value}"), _BARS[band])


def fact_row(fact: Fact, reading: Reading) -> FactRow:
    """A fact in the reader's words."""
    words = reading.words
    age = (reading.today - fact.day).days if fact.day else 0
    owners = dict.fromkeys(words.say(f"registry.{source.name}") or source.owner for source in fact.sources)
    origin = Origin(", ".join(owners), fact.day, age if age > STALE_AFTER else 0, fact.silent)
    return FactRow(_name(fact, words), _value(fact, words), origin)


def _item(score: Score, words: Words, *, withheld: bool) -> ListItem:
    return ListItem(
        handle=score.handle,
        title=title(score.handle),
        place=score.area,
        band=None if withheld else band_view(score.band, words),
        why="" if withheld else main_reason(score, words),
    )


def main_reason(score: Score, words: Words) -> str:
    """The strongest raising reason, or that too little is known for any; "" where nothing raises the score."""
    if score.band is Band.CHECK_DATA:
        return words.texts.say(TOO_LITTLE)
    raising = kept_reasons(score.reasons).raising
    return raising[0].sentence(words.language) if raising else ""


def _choices(found: ListPage, published: PublishedList, *, words: Words) -> tuple[Choice, ...]:
    counts = dict(published.bands)
    return tuple(
        Choice(band.value, words.say(f"band.{band.value}"), counts[band], current=band is found.page.band)
        for band in Band
        if counts.get(band)
    )


def _frequency(band: Band, release: Release, *, words: Words) -> str:
    """How often families of this band were later seen to need help; "" where too few were seen."""
    observed = release.bands.seen(band)
    if observed is None or words.language not in release.wording.languages:
        return ""
    return release.teller(words.language).frequency(observed, outcome=release.origin.experiment.outcome)


def _note(score: Score, kept: KeptReasons, *, words: Words) -> str:
    if score.band is Band.CHECK_DATA:
        return words.texts.say(TOO_LITTLE)
    return "" if kept.clear else words.say("reasons.unclear")


def _of_rule(facts: list[Fact], reading: Reading) -> list[Fact]:
    """What the rule in force finds, in a word and as a number; nothing without a release or a rule."""
    rule = reading.release.origin.experiment.rule if reading.release else None
    wanted = (rule.says, rule.feature) if rule else ()
    return [fact for feature in wanted for fact in facts if fact.feature == feature]


def _by_weight(facts: list[Fact], seen: SeenFamily, *, reading: Reading) -> list[Fact]:
    """Facts that matter most first: those behind reasons, then by their weight in the release."""
    if reading.release is None:
        return facts
    kept = told_reasons(seen.score) if seen.score else KeptReasons()
    places = {reason.feature: place for place, reason in enumerate((*kept.raising, *kept.lowering))}
    ids = (feature.id for feature in reading.release.compiled.features)
    weights = dict(zip(ids, reading.release.importance, strict=True))
    return sorted(facts, key=lambda f: (places.get(f.feature, len(places)), -weights.get(f.feature, 0)))


def _grouped(rows: list[tuple[str, FactRow]], words: Words) -> tuple[FactGroup, ...]:
    themes = dict.fromkeys(theme for theme, _ in rows)
    return tuple(
        FactGroup(words.say(f"theme.{theme}"), tuple(row for of, row in rows if of == theme)) for theme in themes
    )


def _reason(reason: KeptReason, words: Words) -> ReasonView:
    return ReasonView(
        theme=words.say(f"theme.{reason.theme}"),
        sentence=reason.sentence(words.language),
        strength=words.say(f"strength.{reason.strength}"),
        width=max(1, min(100, round(100 * reason.share))),
    )


def _name(fact: Fact, words: Words) -> str:
    """The feature's name; one that is in no release may not be worded yet, but its declaration says what it means."""
    return words.say(f"{fact.feature}.name") or fact.meaning


def _value(fact: Fact, words: Words) -> str:
    if fact.kind is Kind.CODE:
        return words.say(f"{fact.feature}.value.{fact.value}") or str(fact.value)
    return shown(fact.value, fact.unit, language=words.language, say=words.say)
