"""The whole way on a project's own extracts, stage by stage, timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tayanch.cli import lists, opening, reports, screens, stages
from tayanch.cli.desk import Bench
from tayanch.intake.delivery import Taken
from tayanch.learn.results import RunResult
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
    """What the demo made."""

    taken: Taken
    runs: tuple[RunResult, ...]
    families: int
    published: PublishedList
    seconds: dict[str, float]


def whole_way(work: Bench, *, talk: bool) -> Shown:
    """All stages up to a published list of the first experiment; each is told when done if `talk`."""
    clock = Clock()
    folder = stages.extracts_folder(work.project, None)
    taken = clock.run("intake", lambda: stages.intake(work, folder))
    if talk:
        reports.show_intake(taken)
    runs = tuple(
        clock.run(f"run {name}", lambda name=name: stages.run(work, name)) for name in work.project.experiments
    )
    for result in runs if talk else ():
        reports.show_run(result)
    frozen = clock.run("release", lambda: stages.freeze_once(work, runs[0], version=VERSION))
    release = opening.put_on_trial(work, frozen)
    published = clock.run("score", lambda: opening.publish(work, release))
    if talk:
        screens.say(
            f"{published.families:,} families scored with reasons as of {published.heading.as_of} by {release.id}"
        )
        screens.say(
            f"[dim]Runs: mlflow ui --backend-store-uri sqlite:///{screens.near(str(work.home))}/mlflow.db[/dim]"
        )
    families = len(lists.index_families(work))
    return Shown(taken, runs, families, published, clock.seconds)


def told(shown: Shown) -> dict[str, Any]:
    """The one line of JSON."""
    done = shown.taken.delivery
    return {
        "families": shown.families,
        "listed": shown.published.families,
        "rows": done.rows,
        "quarantined": done.quarantined,
        "seconds": shown.seconds,
        "experiments": {result.experiment: result.summary() for result in shown.runs},
    }
