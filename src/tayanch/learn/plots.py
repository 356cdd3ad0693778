"""The three plots of a run, as PNG and SVG: one hue plus ink, names beside their lines, the interval as a band.

The same result gives the same bytes: no date, no random ids. Each tells apart by width and dashes before colour, so
that it can be printed in grey.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import FuncFormatter, PercentFormatter

from tayanch.learn.intervals import Figure
from tayanch.learn.results import RunResult

INK, PALE, LINE, HUE = "#16202b", "#4a5866", "#d9d4c7", "#0b4f79"
WORDS = {"lightgbm": "LightGBM", "logistic": "logistic regression", "single_feature": "best single feature"}
STYLE: Any = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "axes.edgecolor": PALE,
    "axes.labelcolor": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "text.color": INK,
    "svg.hashsalt": "tayanch",
    "savefig.facecolor": "white",
}
SIZES = {"calibration": (5.6, 4.7), "capacity": (7.2, 4.6), "gain": (7.2, 4.6)}
"""Width and height in inches."""
APART = 0.06
"""How far apart names beside lines stand at least, as a share of the height."""


@dataclass(frozen=True)
class Look:
    """How a line is drawn. shade: how dark its interval is."""

    colour: str
    width: float
    dashes: str
    shade: float


LEARNER, BASELINE, THIRD = Look(HUE, 2.4, "-", 0.18), Look(INK, 1.5, "--", 0.09), Look(PALE, 1.2, ":", 0.0)


@dataclass(frozen=True)
class Line:
    """A named line: where each figure stands, and the figures."""

    name: str
    at: Sequence[float]
    figures: Sequence[Figure]
    look: Look


def plots(result: RunResult) -> dict[str, bytes]:
    """Files by name: calibration, capacity and gain per fold, each as .png and .svg; none for what wasn't measured."""
    drawn = {"calibration": _calibration, "capacity": _capacity, "gain": _gain_by_fold}
    files: dict[str, bytes] = {}
    with mpl.rc_context(STYLE):
        for name, draw in drawn.items():
            sheet = Sheet(figsize=SIZES[name], layout="constrained")
            FigureCanvasAgg(sheet)
            if draw(result, sheet.add_subplot()):
                sheet.draw_without_rendering()
                sheet.set_layout_engine("none")  # laid out once, for both files
                files |= {f"{name}.{sort}": _bytes(sheet, sort) for sort in ("png", "svg")}
    return files


def _bytes(sheet: Sheet, sort: str) -> bytes:
    told = {"Software": None} if sort == "png" else {"Date": None, "Creator": None}
    buffer = io.BytesIO()
    sheet.savefig(buffer, format=sort, dpi=160, metadata=told)
    return buffer.getvalue()


def _calibration(result: RunResult, axes: Any) -> bool:
    points = [point for point in result.calibration_curve if point.candidate == result.learner]
    if not points:
        return False
    line = Line(_word(result.learner), [p.expected for p in points], [p.observed for p in points], LEARNER)
    _draw(axes, line, marker="o")
    top = max(max(line.at), *(_top(figure) for figure in line.figures))
    axes.plot([0, top], [0, top], color=PALE, linewidth=1, dashes=(4, 3), zorder=1)
    axes.set(xlim=(0, 1.02 * top), ylim=(0, 1.04 * top), xlabel="score (mean of each tenth of the families)")
    axes.set_aspect("equal", adjustable="box", anchor="W")
    _beside(axes, [("observed as scored", top, PALE), (line.name, _last(line), HUE)], right=1.02 * top)
    _shares(axes)
    return _titled(axes, result, "Observed share with the outcome, by score")


def _capacity(result: RunResult, axes: Any) -> bool:
    looks = {"rule": THIRD, result.comparison.best_baseline: BASELINE, result.learner: LEARNER}
    lines = [line for name, look in looks.items() if (line := _by_share(result, name, look=look)).at]
    for line in lines:
        _draw(axes, line, marker="o" if line.look is LEARNER else "")
    if not lines:
        return False
    axes.set(xlabel="share of the cohort that can be visited", ylim=(0, None))
    axes.set_xlim(0, max(lines[-1].at))
    _beside(axes, [(line.name, _last(line), line.look.colour) for line in lines], right=max(lines[-1].at))
    _shares(axes)
    return _titled(axes, result, "Precision: share of the families listed that had the outcome")


def _by_share(result: RunResult, name: str, *, look: Look) -> Line:
    points = [point for point in result.capacity_curve if point.candidate == name]
    return Line(_word(name), [point.share for point in points], [point.precision for point in points], look)


def _gain_by_fold(result: RunResult, axes: Any) -> bool:
    rivals = [rival for rival in result.comparison.rivals if rival.gain.value is not None]
    if not rivals:
        return False
    at = list(range(len(rivals)))
    _draw(axes, Line(_word(result.learner), at, [rival.gain for rival in rivals], LEARNER), marker="o")
    axes.axhline(0, color=INK, linewidth=1)
    axes.set_xticks(at, [rival.fold for rival in rivals], rotation=45, ha="right", rotation_mode="anchor")
    axes.set(xlim=(-0.2, len(rivals) - 0.8), xlabel="as of")
    axes.yaxis.set_major_formatter(FuncFormatter(_points))
    _beside(
        axes,
        [("no gain", 0.0, INK), (_word(result.learner), rivals[-1].gain.value or 0.0, HUE)],
        right=len(rivals) - 0.8,
    )
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    word = result.comparison.by.replace("_", " ")
    return _titled(axes, result, f"Gain in {word} over the best baseline till then, in points")


def _points(value: float, _: int) -> str:
    """Hundredths with their sign: +5, 0, −5."""
    return f"{100 * value:+.3g}".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-9 else "0"


def _draw(axes: Any, line: Line, *, marker: str) -> None:
    """The line and the band of its intervals; where an interval is missing the band is open."""
    look = line.look
    values = [_or_nan(figure.value) for figure in line.figures]
    low, high = ([_or_nan(getattr(figure, side)) for figure in line.figures] for side in ("low", "high"))
    axes.plot(
        line.at, values, color=look.colour, linewidth=look.width, linestyle=look.dashes, marker=marker, markersize=5
    )
    if look.shade:
        axes.fill_between(line.at, low, high, color=look.colour, alpha=look.shade, linewidth=0)


def _beside(axes: Any, names: Sequence[tuple[str, float, str]], *, right: float) -> None:
    """Names at the right of the lines' ends, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    told = sorted(names, key=lambda one: one[1])
    heights = _apart([height for _, height, _ in told], APART * (high - low))
    for (name, _, colour), height in zip(told, heights, strict=True):
        axes.annotate(name, (right, height), xytext=(7, 0), textcoords="offset points", va="center", color=colour)


def _apart(heights: Sequence[float], step: float) -> list[float]:
    """Rising heights at least a step apart, moved as little as may be: those too near spread around their middle."""
    groups: list[list[float]] = []
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _ends(groups[-1], step)[0] - _ends(groups[-2], step)[1] < step:
            near = groups.pop()
            groups[-1] += near
    return [_ends(group, step)[0] + step * place for group in groups for place in range(len(group))]


def _ends(group: Sequence[float], step: float) -> tuple[float, float]:
    middle, half = sum(group) / len(group), step * (len(group) - 1) / 2
    return middle - half, middle + half


def _shares(axes: Any) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol="\N{NO-BREAK SPACE}%"))
    axes.grid(axis="y", color=LINE, linewidth=0.6)


def _titled(axes: Any, result: RunResult, title: str) -> bool:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=22)
    told = f"{result.project}/{result.experiment}, {len(result.folds)} folds; bands: 95\N{NO-BREAK SPACE}% intervals"
    axes.annotate(
        told, (0, 1), xytext=(0, 8), xycoords="axes fraction", textcoords="offset points", color=PALE, fontsize=9
    )
    return True


def _word(candidate: str) -> str:
    return WORDS.get(candidate, candidate.replace("_", " "))


def _last(line: Line) -> float:
    return next((f.value for f in reversed(line.figures) if f.value is not None), 0.0)


def _top(figure: Figure) -> float:
    return max((told for told in (figure.value, figure.high) if told is not None), default=0.0)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
