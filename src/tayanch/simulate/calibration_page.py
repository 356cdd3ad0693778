"""The page of plots that shows how near the simulated country comes to published figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Sheet

from tayanch.simulate.calibration import NATION, Compared, Sums, compare, outside, unmatched
from tayanch.simulate.country import Country

INK, PALE, GOOD, FAR = "#16202b", "#4a5866", "#0b4f79", "#a3341f"
STYLE: Any = {"font.size": 9, "font.family": "DejaVu Sans", "svg.hashsalt": "tayanch", "svg.fonttype": "none"}
TITLE = "The simulated country beside published figures"
ROW, EDGE, WIDTH = 0.24, 0.75, 6.6
"""Inches: a line of a plot, what stands above and below the lines, and its width."""
CSS = """
:root { color-scheme: light }
body { font: 16px/1.5 system-ui, sans-serif; color: #16202b; background: #fbfaf6; margin: 0 auto; max-width: 60rem }
body { padding: 1rem }
h1 { font-size: 1.5rem; line-height: 1.25 } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
figure { margin: .5rem 0 } figure svg { max-width: 100%; height: auto }
details { margin: .25rem 0 } summary { cursor: pointer; color: #0b4f79 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .875rem }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border-bottom: 1px solid #d9d4c7 }
figure + details td { white-space: nowrap }
td.n { text-align: right }
.far { color: #a3341f; font-weight: 600 } .lead { max-width: 44rem }
"""


@dataclass(frozen=True)
class Page:
    """What the page tells. outside: why figures lie outside, by indicator and place. places: their names by code."""

    compared: Sequence[Compared]
    outside: Mapping[tuple[str, str], str]
    unmatched: Sequence[tuple[str, str]]
    places: Mapping[str, str]

    @staticmethod
    def of(country: Country, measures: Any) -> Page:
        """The page of a country and its truth's table `measures` (a pyarrow.Table)."""
        regions = country.table("regions")
        places = zip(regions["code"].tolist(), regions["name_en"].tolist(), strict=True)
        names = {str(code): str(name) for code, name in places}
        return Page(compare(country, Sums.of(measures)), outside(country), unmatched(country), names)


def page(told: Page) -> str:
    """The page as HTML. The same figures give the same text."""
    compared, names = told.compared, told.places
    agree = sum(one.agrees for one in compared)
    parts = [_section(name, list(rows), names) for name, rows in groupby(compared, key=lambda one: one.indicator)]
    known_outside = [
        (name.replace("_", " "), _called(place, names), why) for (name, place), why in told.outside.items()
    ]
    known, left = "".join(map(_line, known_outside)), "".join(map(_line, told.unmatched))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{TITLE}</title><style>{CSS}</style></head><body>
<h1>{TITLE}</h1>
<p class="lead">{agree} of {len(compared)} published figures agree with the simulated country within the tolerance that
was stated for each beforehand. A bar is the tolerance around the published figure; the dot is the simulated country,
red where it lies outside.</p>
{"".join(parts)}
<h2>Known to lie outside, and why</h2>
<div class="wide"><table><tr><th>figure</th><th>place</th><th>why</th></tr>{known}</table></div>
<h2>Not compared</h2><div class="wide"><table><tr><th>figures</th><th>why</th></tr>{left}</table></div>
</body></html>
"""


def _line(words: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(word)}</td>' for word in words)}</tr>"


def _section(indicator: str, rows: list[Compared], names: Mapping[str, str]) -> str:
    far = sum(not one.agrees for one in rows)
    note = f' <span class="far">{far} outside</span>' if far else ""
    return f"""<h2>{escape(indicator.replace("_", " "))}{note}</h2><figure>{_plot(rows, names)}</figure>
<details><summary>figures and sources</summary><div class="wide"><table>
<tr><th>place</th><th>when</th><th>published</th><th>simulated</th><th>tolerance</th><th>unit</th><th>source</th></tr>
{"".join(_row(one, names) for one in rows)}</table></div></details>"""


def _row(one: Compared, names: Mapping[str, str]) -> str:
    numbers = "".join(f'<td class="n">{_number(v)}</td>' for v in (one.published, one.simulated, one.tolerance))
    far = "" if one.agrees else ' class="far"'
    told = "".join(f"<td>{escape(word)}</td>" for word in (_called(one.place, names), one.when))
    return f"<tr{far}>{told}{numbers}<td>{escape(one.unit)}</td><td>{escape(one.source)}</td></tr>"


def _plot(rows: list[Compared], names: Mapping[str, str]) -> str:
    with mpl.rc_context(STYLE):
        sheet = Sheet(figsize=(WIDTH, EDGE + ROW * len(rows)), layout="constrained")
        axes = sheet.subplots()
        for place, one in enumerate(rows):
            axes.plot(
                [one.published - one.tolerance, one.published + one.tolerance], [place, place], color="#d9d4c7", lw=7
            )
            axes.plot([one.published] * 2, [place - 0.32, place + 0.32], color=INK, lw=1.6)
            axes.plot([one.simulated], [place], "o", color=GOOD if one.agrees else FAR, ms=5)
        axes.set_yticks(range(len(rows)), [f"{_called(one.place, names)}, {one.when}" for one in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlabel(rows[0].unit, color=PALE)
        axes.xaxis.set_major_formatter(lambda value, _: _number(value))
        axes.tick_params(colors=PALE, length=0)
        axes.grid(axis="x", color="#ece8dd")
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        drawn = io.StringIO()
        sheet.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    svg = drawn.getvalue()
    return svg[svg.index("<svg") :]


def _called(place: str, names: Mapping[str, str]) -> str:
    return "the nation" if place == NATION else names.get(place, place)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
