"""From what was read to what the API answers."""

from __future__ import annotations

from tayanch.release.telling import ToldReason
from tayanch.state.kept import KeptReason
from tayanch.state.reads import ListPage, Score, SeenFamily
from tayanch_serving.answers import (
    BandAnswer,
    Caseload,
    FactAnswer,
    FamilyAnswer,
    FamilyLine,
    ListAnswer,
    ReasonAnswer,
    ScoreAnswer,
    WithheldAnswer,
)
from tayanch_serving.cursors import cursor_behind
from tayanch_serving.facts import Fact
from tayanch_serving.rendering import NOTICES
from tayanch_serving.scoring import Scored
from tayanch_serving.views import band_view, fact_row, main_reason, told_reasons, why_view
from tayanch_serving.work import Work


def caseload(found: ListPage, work: Work) -> Caseload:
    """A page of the list."""
    last = found.families[-1].rank if found.more and found.families else None
    return Caseload(
        list=_list(work),
        families=[_line(score, work) for score in found.families],
        total=found.total,
        next=None if last is None else cursor_behind(last, of_list=work.desk.published.id),
    )


def family_answer(seen: SeenFamily, facts: tuple[Fact, ...], *, work: Work) -> FamilyAnswer:
    """One family; without a usable release only facts."""
    score = seen.score
    why = why_view(score, work.reading) if score else None
    kept = told_reasons(score) if score and why else None
    raising = [_kept(reason, "raises", work=work) for reason in kept.raising] if kept else []
    lowering = [_kept(reason, "lowers", work=work) for reason in kept.lowering] if kept else []
    return FamilyAnswer(
        list=_list(work),
        family=seen.handle,
        area=score.area if score else "",
        facts=[_fact(fact, work) for fact in facts],
        band=_band(score, work) if score else None,
        reasons=[*raising, *lowering],
        frequency=why.frequency if why else "",
    )


def score_answer(scored: Scored, *, handle: str, work: Work) -> ScoreAnswer:
    """A family scored now."""
    told = scored.told
    return ScoreAnswer(
        list=_list(work),
        family=handle,
        score=scored.score,
        band=BandAnswer(band=scored.band, words=band_view(scored.band, work.words).word),
        reasons=[] if scored.score is None else [_told(reason) for reason in (*told.raising, *told.lowering)],
        note=told.note,
    )


def _list(work: Work) -> ListAnswer:
    heading, withheld, words = work.desk.published.heading, work.withheld, work.words
    return ListAnswer(
        as_of=heading.as_of,
        release=f"{heading.release_name}/{heading.release_version}",
        release_digest=heading.release_digest,
        published_at=work.desk.published.published_at,
        withheld=WithheldAnswer(why=withheld.why, do=withheld.do) if withheld else None,
        notices=[words.say(notice) for notice in NOTICES],
    )


def _line(score: Score, work: Work) -> FamilyLine:
    return FamilyLine(
        family=score.handle,
        area=score.area,
        band=_band(score, work),
        reason=main_reason(score, work.words) if work.release else "",
    )


def _band(score: Score, work: Work) -> BandAnswer | None:
    return BandAnswer(band=score.band, words=band_view(score.band, work.words).word) if work.release else None


def _fact(fact: Fact, work: Work) -> FactAnswer:
    row = fact_row(fact, work.reading)
    return FactAnswer(
        theme=fact.theme,
        feature=fact.feature,
        name=row.name,
        value=None if fact.missing else row.value,
        source=row.origin.sources,
        day=row.origin.day,
        stale=row.origin.old > 0,
    )


def _kept(reason: KeptReason, direction: str, *, work: Work) -> ReasonAnswer:
    return ReasonAnswer(
        theme=reason.theme,
        feature=reason.feature,
        direction="raises" if direction == "raises" else "lowers",
        strength=work.words.say(f"strength.{reason.strength}"),
        sentence=reason.sentence(work.words.language),
    )


def _told(reason: ToldReason) -> ReasonAnswer:
    return ReasonAnswer(
        theme=reason.theme.value,
        feature=reason.feature,
        direction=reason.direction.value,
        strength=reason.strength_word,
        sentence=reason.sentence,
    )
