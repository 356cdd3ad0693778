"""The compiled loops, each against the plain meaning of what it does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from tayanch.declare.windows import Side, Window
from tayanch.store import machine, verbs
from tayanch.store.arrow import LAST_DAY, NO_DAY, NO_WHOLE
from tayanch.store.calendar import Calendar
from tayanch.store.kernels import MOST, REDUCED, RESULT, Extent, between, gather, meet, note, restrict
from tayanch.store.vectors import day_number
from tayanch.vocabulary import Length, Moment

NAN = float("nan")
MOMENTS = (1, 3, 16, MOST)
WIDE = (0, 1, -1, 7, 2**31, -(2**31), 2**32 - 1, 2**53 + 1, 2**62, -(2**62), 2**63 - 1, -(2**63) + 1, NO_WHOLE)
DECIMALS = (0.1, 0.2, 0.3, -0.7, 1e16, -1e16, 1e308, -1e308, 5e-324, 0.0, NAN)


def bits_of(truths: Sequence[bool]) -> int:
    """Truths as a word, the first lowest."""
    return sum(1 << place for place, truth in enumerate(truths) if truth)


def extent(**told: Any) -> Extent:
    """An extent of nothing, but for what is told."""
    said = {**dict.fromkeys(Extent._fields, 0), "told": np.zeros(1, dtype=np.int64), "tile": 1, "end": 1, **told}
    return Extent(**said)


def run(verb: int, parts: Sequence[np.ndarray], *, detail: int = 0, tables: Sequence[int] = (), told: int = 0) -> Any:
    """What the machine makes of the parts, in tiles of 4."""
    length = len(parts[0])
    lines = np.zeros((4, length), dtype=np.int64)
    for line, part in zip(lines[1:], parts, strict=False):
        line[:] = part.view(np.int64)
    words = np.concatenate([np.zeros(length, dtype=np.int64), lines.reshape(-1), np.zeros(4, dtype=np.int64)])
    memory = machine.Memory(words, words.view(np.float64), np.array(tables, dtype=np.int64))
    places = [REDUCED + line for line in range(4)]
    instruction = np.array([[verb, RESULT, *places[1:], detail]], dtype=np.int64)
    where = extent(width=length, tile=4, reduced=length, moments=1, all_moments=1, all_families=length)
    machine.run(instruction, tuple(memory), tuple(where._replace(own=5 * length, told=np.array([told]))))
    return words[:length]


def fitted(whole: int) -> int:
    """A whole within 64 bits, else missing."""
    return whole if abs(whole) < 2**63 else NO_WHOLE


def number(told: Callable[[float, float], float], a: float, b: float) -> float:
    """Arithmetic of numbers in plain Python."""
    try:
        found = told(a, b)
    except ZeroDivisionError:
        return NAN
    return found + 0.0 if abs(found) < float("inf") else NAN


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        (machine.ADD_WHOLES, lambda a, b: a + b),
        (machine.SUBTRACT_WHOLES, lambda a, b: a - b),
        (machine.MULTIPLY_WHOLES, lambda a, b: a * b),
    ],
)
def test_wholes_stay_exact_and_within_64_bits(verb: int, told: Callable[[int, int], int]) -> None:
    a, b = (np.array(side, dtype=np.int64) for side in zip(*[(x, y) for x in WIDE for y in WIDE], strict=True))
    wanted = [
        NO_WHOLE if NO_WHOLE in (x, y) else fitted(told(x, y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)
    ]
    assert run(verb, [a, b]).tolist() == wanted


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        (machine.ADD, lambda a, b: a + b),
        (machine.SUBTRACT, lambda a, b: a - b),
        (machine.MULTIPLY, lambda a, b: a * b),
        (machine.DIVIDE, lambda a, b: a / b),
    ],
)
def test_numbers_stay_finite_with_one_zero(verb: int, told: Callable[[float, float], float]) -> None:
    a, b = (np.array(side) for side in zip(*[(x, y) for x in DECIMALS for y in DECIMALS], strict=True))
    wanted = np.array([number(told, x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)])
    assert run(verb, [a, b]).tobytes() == np.where(np.isnan(wanted), np.nan, wanted).tobytes()


COMPARED: dict[int, Callable[[Any, Any], bool]] = {
    0: lambda a, b: a == b,
    1: lambda a, b: a != b,
    2: lambda a, b: a < b,
    3: lambda a, b: a <= b,
}


@pytest.mark.parametrize("place", COMPARED)
def test_comparisons_are_unknown_of_what_is_missing(place: int) -> None:
    for first, values, missing in ((machine.EQUAL, DECIMALS, NAN), (machine.SAME, WIDE, NO_WHOLE)):
        pairs = [(x, y) for x in values for y in values]
        a, b = np.array(pairs).T.copy()
        wanted = [
            machine.UNKNOWN if any(s == missing or s != s for s in pair) else 2 * COMPARED[place](*pair)
            for pair in pairs
        ]
        assert run(first + place, [a, b], detail=NO_WHOLE).tolist() == wanted


def test_truths_follow_kleene() -> None:
    a, b = np.array([(x, y) for x in range(3) for y in range(3)], dtype=np.int64).T.copy()
    assert run(machine.AND, [a, b]).tolist() == [0, 0, 0, 0, 1, 1, 0, 1, 2]
    assert run(machine.OR, [a, b]).tolist() == [0, 1, 2, 1, 1, 2, 2, 2, 2]
    assert run(machine.NOT, [a]).tolist() == [2, 2, 2, 1, 1, 1, 0, 0, 0]


def test_what_is_done_to_any_kind() -> None:
    a, b, c = np.array([2, 1, 0, -1]), np.array([10, 11, 12, 13]), np.array([20, 21, 22, 23])
    assert run(machine.CONSTANT, [a], detail=7).tolist() == [7, 7, 7, 7]
    assert run(machine.COPY, [b]).tolist() == [10, 11, 12, 13]
    assert run(machine.FILL, [a, b], detail=1).tolist() == [2, 11, 0, -1]
    assert run(machine.ABSENT, [a], detail=-1).tolist() == [0, 0, 0, 2]
    assert run(machine.CHOOSE, [a, b, c], detail=99).tolist() == [10, 99, 22, 99]
    assert run(machine.LOOK_UP, [a], detail=1, tables=[2, 5, 1, 8, 8, 3, 50, 51, 52, 53]).tolist() == [52, 51, 50, 53]
    assert run(machine.NUMBERS_FROM, [np.array([3, NO_WHOLE])]).view(np.float64).tolist()[0] == 3.0


def test_years_are_completed_years_on_every_day_of_four_centuries() -> None:
    as_of = date(2024, 2, 29)
    born = [date(1896, 2, 27) + timedelta(days=n) for n in range(0, 146_097 * 2, 7)]
    wanted = [as_of.year - b.year - ((as_of.month, as_of.day) < (b.month, b.day)) for b in born]
    days = np.array([day_number(b) for b in born] + [NO_DAY], dtype=np.int64)
    assert run(machine.YEARS, [days], detail=NO_DAY, told=20240229).tolist() == [*wanted, NO_WHOLE]


def test_a_version_counts_after_it_is_known_until_it_is_replaced() -> None:
    days = (date(2024, 1, 1), date.max, date(2023, 6, 1))
    calendar = Calendar.of([Moment(date(2024, 1, 1), day) for day in days], [])
    edges = [day_number(date(2023, 5, 31) + timedelta(days=n)) for n in (0, 1, 2, 213, 214, 215, 216)]
    spans = [(known, replaced) for known in edges for replaced in (*edges, LAST_DAY)]
    at = [LAST_DAY if day == date.max else day_number(day) for day in days]
    wanted = [bits_of([known < moment <= replaced for moment in at]) for known, replaced in spans]
    known, replaced = (np.array(side, dtype=np.int32) for side in zip(*spans, strict=True))
    assert between(known, replaced, calendar.known).tolist() == wanted


def test_a_calendar_tells_when_days_lie_in_windows() -> None:
    windows = [
        Window(Side.PAST),
        Window(Side.PAST, Length(months=3), Length(months=1)),
        Window(Side.FUTURE, Length(days=9)),
        Window(Side.ANNOUNCED),
    ]
    days = [date(2024, 3, 31) + timedelta(days=97 * n) for n in (0, 3, 1, 2)]
    calendar = Calendar.of([Moment(day, day) for day in days], windows)
    for n in range(-500, 900, 3):
        day = days[0] + timedelta(days=n)
        place = min(max(day_number(day) - calendar.first, 0), calendar.windows.shape[1] - 1)
        for line, window in zip(calendar.windows, windows, strict=True):
            spans = [(window.start(as_of), window.end(as_of)) for as_of in days]
            inside = [(s is None or s <= day) and (e is None or day < e) for s, e in spans]
            assert int(line[place]) == bits_of(inside), (day, window)


def test_moments_are_gathered_and_restricted_by_place_and_met_by_family() -> None:
    rows, of = np.array([1, 2, 4, 8], dtype=np.uint64), np.array([1, 0, 1, 2])
    places, families = np.zeros(3, dtype=np.uint64), np.zeros(2, dtype=np.uint64)
    gather(rows, places, of)
    assert places.tolist() == [2, 5, 8]
    meet(rows, families, np.array([0, 3, 4]))
    assert families.tolist() == [7, 8]
    restrict(rows, np.array([0, 4, 15], dtype=np.uint64), of)
    assert rows.tolist() == [0, 0, 4, 8]
    bits = np.zeros((2, 3), dtype=np.uint64)
    note(np.array([[0, 1, 2], [2, 2, 0]]), np.array([[0, 1], [1, 0]]), (bits, np.uint64(6)))
    assert bits.tolist() == [[6, 6, 0], [0, 0, 6]]


def plainly(verb: int, rows: Sequence[tuple[Any, ...]], today: int) -> Any:
    """A reduction of rows told as (happened, age, group, number, whole), in plain Python; None where it is missing."""
    of_wholes = verb >= verbs.WHOLES_FROM
    told = [row[4] if of_wholes else row[3] for row in rows]
    present = [value for value in told if value == value and value != NO_WHOLE]
    total = 0 if of_wholes else 0.0
    for value in present:
        total += value
    fits = abs(total) < 2**63 if of_wholes else abs(total) < float("inf")
    match verb - (verbs.WHOLES_FROM - verbs.SUM) * of_wholes:
        case verbs.COUNT:
            return len(rows)
        case verbs.EXISTS:
            return 2 * bool(rows)
        case verbs.DISTINCT:
            return len({row[2] for row in rows if row[2] >= 0})
        case verbs.DAYS_SINCE:
            return today - rows[-1][0] if rows else None
        case verbs.DAYS_UNTIL:
            return rows[0][0] - today if rows else None
        case verbs.LATEST:
            return max(rows, key=lambda row: row[1])[4] if rows else None
        case verbs.SUM:
            return (total if fits else None) if present else None if rows else 0
        case verbs.MEAN:
            return float(total) / len(present) if present and fits else None
        case verbs.MIN:
            return min(present, default=None)
        case _:
            return max(present, default=None)


ALL_VERBS = [n for n in range(verbs.WHOLES_FROM + 4) if n != verbs.PERSONS]


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_reductions_are_their_plain_meaning(verb: int) -> None:
    """Of random rows of families, some of which have none, at any moments."""
    for seed, moments in enumerate(MOMENTS):
        random = Random(f"{verb} {seed}")
        counts = [random.choice((0, 0, 1, 2, 5, 9)) for _ in range(7)]
        starts = np.cumsum([0, *counts])
        length = int(starts[-1])
        here = [random.getrandbits(moments) for _ in range(length)]
        rows = [
            (day, age, random.choice((-1, 3 * f, 3 * f + 1)), random.choice(DECIMALS), random.choice(WIDE))
            for f, n in enumerate(counts)
            for day, age in zip(sorted(random.choices(range(50), k=n)), random.sample(range(n), n), strict=True)
        ]
        found = reduced(verb, (starts, here, rows), moments)
        for family, (first, end) in enumerate(pairwise(starts)):
            for moment in range(moments):
                chosen = [rows[r] for r in range(first, end) if here[r] >> moment & 1]
                wanted = plainly(verb, chosen, 100 + moment)
                number = verb in (7, 8, 9, 10, verbs.WHOLES_FROM + 1)
                missing = np.nan if number else NO_WHOLE
                told = np.array([missing if wanted is None else wanted], np.float64 if number else np.int64)
                assert found[moment, family] == told.view(np.int64)[0], (family, moment, chosen)


def reduced(verb: int, of: tuple[Any, list[int], list[tuple[Any, ...]]], moments: int) -> Any:
    """What the kernel makes of the rows, moments × families; first at all moments, then again at each alone."""
    starts, here, rows = of
    length, families = len(rows), len(starts) - 1
    happened, age, group, number, whole = (list(told) for told in zip(*rows, strict=True))
    values = np.array([whole, whole], dtype=np.int64)
    values[0] = np.array(number).view(np.int64)
    block = verbs.Block(
        starts=np.array(starts, dtype=np.int64),
        happened=np.array(happened, dtype=np.int32),
        age=np.array(age, dtype=np.int32),
        here=np.array(here, dtype=np.uint64),
        holds=np.full(length, 2**64 - 1, dtype=np.uint64),
        values=values,
        conditions=np.zeros((0, length), dtype=np.uint64),
        groups=np.array([group], dtype=np.int64),
    )
    line = 0 if verb in (verbs.DISTINCT, 7, 8, 9, 10) else 1
    today = np.arange(100, 100 + moments)
    windows = np.zeros((1, 1), dtype=np.uint64)
    reductions = np.array([[0, verb, line, REDUCED, NO_WHOLE], [0, verb, line, RESULT, NO_WHOLE]])
    asked = tuple(verbs.Asked(np.array([[-1, -1]]), reductions, 0, windows, today))
    size = moments * families
    words = np.full(2 * size, -7, dtype=np.int64)
    where = extent(width=families, reduced=size, moments=moments, all_moments=moments, all_families=families)
    verbs.reduce_rows((tuple(block), asked), words, tuple(where._replace(end=moments)))
    together = words.copy()
    for moment in range(moments):
        verbs.reduce_rows((tuple(block), asked), words, tuple(where._replace(first=moment, end=moment + 1)))
    assert words.tobytes() == together.tobytes()
    assert words[:size].tobytes() == words[size:].tobytes()
    return words[:size].reshape(moments, families)


def test_where_nothing_can_be_kept_each_process_compiles_for_itself(tmp_path: Path) -> None:
    """As in a container whose folders are all read-only."""
    source = tmp_path / "adding.py"
    source.write_text(
        "from tayanch.store.kernels import INT, compiled\n\n\n"
        "@compiled(INT(INT))\ndef more(n):\n    return n + 1\n\n\nprint(more(41))\n"
    )
    nowhere = "import numba.core.caching as c, runpy, sys; c.CacheImpl._locator_classes = []; "
    told = nowhere + "runpy.run_path(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", told, source], capture_output=True, text=True, check=False)
    assert done.stdout == "42\n", done.stderr
