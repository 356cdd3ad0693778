"""A feature's values over time, as a picture and as the table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tayanch.store.catalogue import QUANTILES, Distribution, Entry
from tayanch_serving.catalogue_words import HIDDEN, code_word, count_word, share_word, value_word
from tayanch_serving.drawing import WHOLE, Scale, Values, area, line, scale_of, stacked, width_of
from tayanch_serving.texts import N_
from tayanch_serving.views import Words

LOWEST, LOWER, MIDDLE, UPPER, HIGHEST = range(len(QUANTILES))
TINTS = 5
"""How many steps of the one hue there are, from full to faint; codes are spread over them."""


@dataclass(frozen=True)
class Layer:
    """A shape of a picture with its words. style: a class of the style sheet; now: its figure at the last date."""

    style: str
    path: str
    words: str
    now: str


@dataclass(frozen=True)
class Picture:
    """Shapes over time, drawn in order. told: the picture in a sentence. key: the shapes in the order people read."""

    width: int
    layers: tuple[Layer, ...]
    key: tuple[Layer, ...]
    told: str
    edges: tuple[str, str, str]
    first: str
    last: str
    of_numbers: bool


@dataclass(frozen=True)
class Table:
    """Figures in rows; the first cell of each names it. hidden: whether anything in it is not told."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def hidden(self) -> bool:
        """Whether anything in it is not told."""
        return any(HIDDEN in row or "<10" in row for row in self.rows)


def picture_of(entry: Entry, words: Words) -> Picture | None:
    """A feature's values over time; None where no date is told."""
    if not any(_told(d) for d in entry.distributions):
        return None
    if not _is_number(entry):
        return _of_codes(entry, words)
    return _of_rare(entry, words) if _is_rare(entry) else _of_numbers(entry, words)


def table_of(entry: Entry, words: Words) -> Table:
    """The same in figures."""
    say = words.texts.say
    head = [say(N_("As of")), say(N_("Families")), say(N_("Not known"))]
    if _is_number(entry):
        named = (*head, say(N_("Zero")), *(share_word(q, words) for q in QUANTILES))
        rows = ((*_first(d, words), share_word(d.zero, words), *_figures(d, entry, words=words)) for d in _of(entry))
    else:
        codes = _codes(entry)
        named = (*head, *(code_word(code, entry, words=words) for code in codes))
        rows = ((*_first(d, words), *(share_word(_share(d, code), words) for code in codes)) for d in _of(entry))
    return Table(named, tuple(rows))


def _of_numbers(entry: Entry, words: Words) -> Picture:
    lines = [
        _doubled([d.quantiles[place] if d.quantiles else None for d in entry.distributions])
        for place in range(len(QUANTILES))
    ]
    scale = WHOLE if entry.unit == "share" else scale_of([value for told in lines for value in told])
    say = words.texts.say
    layers = (
        Layer("wide", area(lines[LOWEST], lines[HIGHEST], scale=scale), say(N_("8 of 10 families")), ""),
        Layer("inner", area(lines[LOWER], lines[UPPER], scale=scale), say(N_("the middle half")), ""),
        Layer("mid", line(lines[MIDDLE], scale), say(N_("half have less, half more")), ""),
    )
    spans = ((LOWEST, HIGHEST), (LOWER, UPPER), (MIDDLE, MIDDLE))
    ended = tuple(
        Layer(layer.style, layer.path, layer.words, _span([lines[low], lines[high]], entry, words=words))
        for layer, (low, high) in zip(layers, spans, strict=True)
    )
    zero = Layer("blank", "", say(N_("Zero")), share_word(entry.distributions[-1].zero, words))
    told = say(N_("At the last date: {figures}."), figures="; ".join(f"{a.words} {a.now}" for a in (*ended, zero)))
    drawn = _picture(entry, ended, words=words, scale=scale, told=told)
    return replace(drawn, key=(*ended, zero))


def _of_codes(entry: Entry, words: Words) -> Picture:
    codes = _codes(entry)
    return _of_shares(
        entry,
        {code_word(code, entry, words=words): [_share(d, code) for d in entry.distributions] for code in codes},
        words=words,
    )


def _of_rare(entry: Entry, words: Words) -> Picture:
    """A number that is zero for nearly all: how many have none is what there is to see."""
    say, dates = words.texts.say, entry.distributions
    more = [None if None in (d.zero, d.missing) else 1 - (d.missing or 0) - (d.zero or 0) for d in dates]
    return _of_shares(entry, {say(N_("more than zero")): more, say(N_("Zero")): [d.zero for d in dates]}, words=words)


def _of_shares(entry: Entry, shares: Mapping[str, Values], *, words: Words) -> Picture:
    """Shares on top of each other. A hidden share takes no room, but where nothing is told nothing is drawn."""
    dates, last = entry.distributions, entry.distributions[-1]
    told = [any(values[place] is not None for values in shares.values()) for place in range(len(dates))]
    drawn = [
        _doubled([(value or 0.0) if known else None for value, known in zip(values, told, strict=True)])
        for values in shares.values()
    ]
    named = enumerate(zip(shares.items(), stacked(drawn), strict=True))
    layers = tuple(
        Layer(_tint(place, len(shares)), path, name, share_word(values[-1], words))
        for place, ((name, values), path) in named
    )
    unknown = Layer("blank", "", words.texts.say(N_("Not known")), share_word(last.missing, words))
    figures = "; ".join(f"{layer.words} {layer.now}" for layer in (*layers, unknown))
    sentence = words.texts.say(N_("At the last date: {figures}."), figures=figures)
    picture = _picture(entry, layers, words=words, scale=WHOLE, told=sentence)
    return replace(picture, key=(unknown, *layers[::-1]))


def _picture(entry: Entry, layers: tuple[Layer, ...], *, words: Words, scale: Scale, told: str) -> Picture:
    dates = [d.as_of for d in entry.distributions]
    edges = [
        share_word(value, words) if scale is WHOLE else value_word(value, entry, words=words)
        for value in (scale.high, scale.middle, scale.low)
    ]
    middle = edges[1] if edges[1] not in (edges[0], edges[2]) else ""  # whole numbers round half away
    return Picture(
        width=width_of(_doubled([0.0 for _ in dates])),
        layers=layers,
        key=layers,
        told=told,
        edges=(edges[0], middle, edges[2]),
        first=words.texts.day(dates[0]),
        last=words.texts.day(dates[-1]) if len(dates) > 1 else "",
        of_numbers=_is_number(entry),
    )


def _doubled(values: Values) -> Values:
    """The values as they are drawn: a single one from side to side."""
    return [*values, *values] if len(values) == 1 else values


def _tint(place: int, of: int) -> str:
    return f"l{place * (TINTS - 1) // max(1, of - 1)}"


def _span(ends: Sequence[Values], entry: Entry, *, words: Words) -> str:
    low, high = (told[-1] for told in ends)
    first, last = (value_word(value, entry, words=words, unit=True) for value in (low, high))
    return first if first == last else f"{value_word(low, entry, words=words)} – {last}"


def _is_number(entry: Entry) -> bool:
    return any(d.quantiles for d in entry.distributions)


def _is_rare(entry: Entry) -> bool:
    """Whether the number is zero for nearly all families at every date."""
    told = [value for d in entry.distributions for value in d.quantiles if value is not None]
    return bool(told) and not any(told)


def _told(found: Distribution) -> bool:
    return any(value is not None for value in (*found.quantiles, *(told.share for told in found.codes)))


def _of(entry: Entry) -> tuple[Distribution, ...]:
    """The newest first: that is what people look for."""
    return entry.distributions[::-1]


def _first(found: Distribution, words: Words) -> tuple[str, str, str]:
    return words.texts.day(found.as_of), count_word(found.families, words), share_word(found.missing, words)


def _figures(found: Distribution, entry: Entry, *, words: Words) -> tuple[str, ...]:
    told = found.quantiles or (None,) * len(QUANTILES)
    return tuple(value_word(value, entry, words=words) for value in told)


def _codes(entry: Entry) -> tuple[str, ...]:
    """Every code there ever was, in the order in which the dates tell them."""
    return tuple(dict.fromkeys(told.code for d in entry.distributions for told in d.codes))


def _share(found: Distribution, code: str) -> float | None:
    return next((told.share for told in found.codes if told.code == code), None)
