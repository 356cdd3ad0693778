"""The whole way on a project's own extracts, stage by stage, timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tayanch.cli import lists, opening, reports, screens, stages
from tayanch.cli.desk import Bench
from tayanch.errors import LearnError
from tayanch.intake.delivery import Taken
from tayanch.learn.results import RunResult
from tayanch.release.releases import Release
from tayanch.state.lists import PublishedList

Made = TypeVar("Made")
VERSION = "demo"


@dataclass
class Clock:
    """Runs stages and keeps how long each took."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def run(self, stage: str, work: Callable[[], Made]) -> Made:
        """What the stage made."""
        began = time.monotonic()
        made = work()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.monotonic() - began, 1)
        return made


@dataclass(frozen=True)
class Shown:
    """What the demo made. unreleased: by experiment, why it has no release."""

    taken: Taken
    runs: tuple[RunResult, ...]
    families: int
    published: PublishedList
    unreleased: dict[str, str]
    seconds: dict[str, float]


def whole_way(work: Bench, *, families: int | None = None, talk: bool) -> Shown:
    """All stages up to a release of each experiment and a published list of the first; each is told if `talk`.

    families: how many, of a project whose country is simulated, instead of what the project says.
    """
    clock = Clock()
    taken = _taken_in(work, clock, families)
    if talk:
        reports.show_intake(taken)
    runs = tuple(_run(work, clock, name, talk=talk) for name in work.project.experiments)
    opened = clock.run("release", lambda: _on_trial(work, runs[0]))
    unreleased = clock.run("release", lambda: _others_on_trial(work, runs[1:]))
    published = clock.run("score", lambda: opening.publish(work, opened))
    if talk:
        for experiment, why in unreleased.items():
            screens.say(f"No release of {experiment}: {why}")
        screens.say(
            f"{published.families:,} families scored with reasons as of {published.heading.as_of} by {opened.id}"
        )
        screens.say(
            f"[dim]Runs: mlflow ui --backend-store-uri sqlite:///{screens.near(str(work.home))}/mlflow.db[/dim]"
        )
    known = len(lists.index_families(work, opened, published.heading.as_of))
    return Shown(taken, runs, known, published, unreleased, clock.seconds)


def _taken_in(work: Bench, clock: Clock, families: int | None) -> Taken:
    """The project's extracts taken in; a simulated country is made first."""
    if families is None and work.project.settings.simulated is None:
        folder = stages.extracts_folder(work.project, None)
        return clock.run("intake", lambda: stages.intake(work, folder))
    registers, other = clock.run("simulate", lambda: stages.simulated_extracts(work, families))
    taken = clock.run("intake", lambda: stages.intake(work, registers, afresh=other))
    stages.note_taken(registers, work.project.settings.name)
    return taken


def _run(work: Bench, clock: Clock, experiment: str, *, talk: bool) -> RunResult:
    result = clock.run(f"run {experiment}", lambda: stages.run(work, experiment))
    if talk:
        reports.show_run(result)
    return result


def _on_trial(work: Bench, result: RunResult) -> Release:
    return opening.put_on_trial(work, stages.freeze_once(work, result, version=VERSION))


def _others_on_trial(work: Bench, runs: Sequence[RunResult]) -> dict[str, str]:
    """Puts a release of each run on trial; gives, by experiment, why there can be none."""
    unreleased: dict[str, str] = {}
    for result in runs:
        try:
            _on_trial(work, result)
        except LearnError as error:
            unreleased[result.experiment] = error.met
    return unreleased


def told(shown: Shown) -> dict[str, Any]:
    """The one line of JSON."""
    done = shown.taken.delivery
    return {
        "families": shown.families,
        "listed": shown.published.families,
        "rows": done.rows,
        "quarantined": done.quarantined,
        "unreleased": shown.unreleased,
        "seconds": shown.seconds,
        "experiments": {result.experiment: result.summary() for result in shown.runs},
    }
