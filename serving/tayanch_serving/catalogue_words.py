"""How the catalogue's figures are told: shares, ages, units, policy, areas, in the reader's words."""

from __future__ import annotations

from tayanch.release.formats import number, shown
from tayanch.store.catalogue import EVERYWHERE, NO, OTHERS, YES, Entry, Worded
from tayanch.vocabulary import Kind
from tayanch_serving.texts import N_
from tayanch_serving.views import Words

HIDDEN = "·"
"""Stands where nothing is told: of fewer families than may be told of, or where nothing is there."""
RULES = {
    "allowed": N_("allowed"),
    "need_only": N_("may only raise"),
    "audit_only": N_("for audits only"),
    "lookup_only": N_("to look up only"),
    "forbidden": N_("forbidden"),
}
_TRUTHS = {YES: "value.true", NO: "value.false"}
_UNITS = {"share": N_("share"), "ratio": N_("ratio"), "truth": N_("yes or no"), "code": N_("one of several")}


def rule_word(rule: str, words: Words) -> str:
    """What the policy says, in words."""
    return words.texts.say(RULES[rule]) if rule in RULES else rule


def share_word(share: float | None, words: Words) -> str:
    """A share as a percentage; a share that is neither none nor all is never told as such."""
    if share is None:
        return HIDDEN
    kept = min(max(share, 0.01), 0.99) if 0 < share < 1 else share
    told = shown(kept, "share", language=words.language, say=words.say)
    return f"<{told}" if 0 < share < 0.005 else f">{told}" if 0.995 < share < 1 else told


def days_word(days: int | None, words: Words) -> str:
    """An age in days."""
    return HIDDEN if days is None else shown(days, "days", language=words.language, say=words.say)


def count_word(count: int | None, words: Words) -> str:
    """A number of families; None is fewer than may be told of."""
    return "<10" if count is None else number(count, 0, language=words.language)


def value_word(value: float | None, entry: Entry, *, words: Words, unit: bool = False) -> str:
    """A value of a feature, with its unit where asked for; shares as percentages."""
    if value is None:
        return HIDDEN
    if entry.unit == "share" or unit:
        return shown(value, entry.unit, language=words.language, say=words.say)
    return shown(value, "ratio" if entry.unit == "ratio" else _plain(entry.unit), language=words.language, say=_nothing)


def code_word(code: str, entry: Entry, *, words: Words) -> str:
    """A code as people call it."""
    if code == OTHERS:
        return words.texts.say(N_("all others"))
    if entry.kind == Kind.TRUTH and code in _TRUTHS:
        return words.say(_TRUTHS[code]) or code
    return words.say(f"{entry.id}.value.{code}") or code


def unit_word(entry: Entry, words: Words) -> str:
    """In what a feature is counted."""
    plain = _UNITS.get(entry.unit or entry.kind)
    if plain:
        return words.texts.say(plain)
    named = words.say(f"unit.{entry.unit}.name") or words.say(f"unit.{entry.unit}").replace("{n}", "").strip()
    return named or entry.unit or words.texts.say(N_("number"))


def group_word(code: str, group: str, *, words: Words) -> str:
    """A value of a group as people call it."""
    return words.say(f"group.{group}.value.{code}") or code


def area_word(area: str, group: str, *, words: Words) -> str:
    """An area as people call it; all areas together are called so."""
    if area == EVERYWHERE:
        return words.texts.say(N_("All areas"))
    return group_word(area, group, words=words)


def worded(entry: Entry, language: str) -> Worded | None:
    """What people read of a feature in a language."""
    return next((told for told in entry.wording if told.language == language), None)


def name_of(entry: Entry, words: Words) -> str:
    """The feature's name in the reader's language; else the last part of its id, read as words."""
    told = worded(entry, words.language)
    return (told.name if told else "") or entry.id.partition(".")[2].replace("_", " ")


def meaning_of(entry: Entry, words: Words) -> str:
    """What the feature means, in the reader's language where it is worded; else as it was declared."""
    told = worded(entry, words.language)
    return (told.meaning if told else "") or entry.meaning


def _plain(unit: str) -> str:
    """The unit that rounds the number in the same way; its word is not told."""
    return unit if unit != "percent" else ""


def _nothing(_: str) -> str:
    return "{n}"
