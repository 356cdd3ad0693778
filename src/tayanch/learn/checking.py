"""A project looked over: what must be mended before it is relied on, and what is worth a look. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tayanch.declare.expressions import ColumnValue, Expression
from tayanch.declare.rows import walk
from tayanch.errors import DeclarationError
from tayanch.project import Project
from tayanch.release.wording import read_wording
from tayanch.store.catalogue import EVERYWHERE, Entry, FeatureCatalogue

COLLAPSE = 0.20
"""By so much may the share of families with a value fall from one as_of date to the next."""
HALF = 0.5
"""An area where a feature has a value for less than this part of the share everywhere has lost a register."""
FEWEST = 50
"""Areas of fewer families are not looked at."""


@dataclass(frozen=True)
class Finding:
    """What was found, where, and what to do. must: whether it is to be mended; else it is worth a look."""

    where: str
    met: str
    do: str
    must: bool = True


def check_declarations(project: Project) -> tuple[Finding, ...]:
    """What needs no data: experiments, wording, what is declared and never used."""
    return (*_experiments(project), *_wording(project), *_unused(project))


def check_catalogue(project: Project, catalogue: FeatureCatalogue | None, snapshot: str) -> tuple[Finding, ...]:
    """What the built catalogue tells of the data: values that are gone, all missing, or all the same.

    snapshot: digest of the newest one; "" when there is none, and then there is nothing to look at.
    """
    build = "build the catalogue: tayanch features build."
    if not snapshot:
        return ()
    if catalogue is None:
        return (Finding("", "the data have not been looked at", build, must=False),)
    digests = {feature.id: feature.digest for feature in project.features}
    same = [entry for entry in catalogue.features if digests.get(entry.id) == entry.digest]
    old = [Finding("", "the catalogue is of an older snapshot", build, must=False)] * (catalogue.snapshot != snapshot)
    changed = sorted({*digests} - {entry.id for entry in same})
    if changed:
        old.append(Finding("", f"declared anew since the catalogue was built: {_few(changed)}", build, must=False))
    return (*old, *(finding for entry in same for finding in _values(entry)))


def _experiments(project: Project) -> Iterator[Finding]:
    for name in project.experiments:
        try:
            project.experiment(name)
        except DeclarationError as error:
            yield Finding(_near(project, error.where), error.met, error.do)


def _wording(project: Project) -> Iterator[Finding]:
    wording = read_wording(project.wording_folder, project.settings.languages)
    for language in project.settings.languages:
        gaps = [f"{gap.message} {gap.why}" for gap in wording.check(project.features, (language,))]
        if gaps:
            yield Finding(f"features/wording/{language}.po", _few(gaps), "word it; no release is frozen without.")


def _unused(project: Project) -> Iterator[Finding]:
    asked = {f for name in project.experiments for f in _asked(project, name)}
    for feature in project.features:
        if project.experiments and feature.id not in asked:
            yield Finding(
                project.near(feature.place), f"{feature.id} is in no experiment", "use it or leave it out.", must=False
            )
    read = {
        (node.registry, node.column)
        for root in _expressions(project)
        for node in walk(root)
        if isinstance(node, ColumnValue)
    }
    for registry in project.registries:
        columns = [column.name for column in registry.columns if (registry.name, column.name) not in read]
        if columns and project.features:
            yield Finding(
                project.near(registry.place),
                f"{registry.name}: nothing reads {_few(columns)}",
                "what is not needed need not be taken in.",
                must=False,
            )


def _asked(project: Project, name: str) -> Sequence[str]:
    """The features that an experiment and its rule read."""
    try:
        experiment = project.experiment(name)
    except DeclarationError:
        return ()
    rule = experiment.rule
    return (*experiment.features, *((rule.feature, rule.says) if rule else ()))


def _expressions(project: Project) -> Iterator[Expression]:
    for feature in project.features:
        yield from (feature.expression, *(value for _, value in feature.facts))
    yield from (form.expression for forms in (project.cohorts, project.groups, project.outcomes) for form in forms)
    yield from (outcome.observed for outcome in project.outcomes)


def _values(entry: Entry) -> Iterator[Finding]:
    """What is wrong with one feature's values; the first of it."""
    behind = f"see what became of {', '.join(entry.registers)}."
    missing = [(told.as_of, told.missing) for told in entry.distributions if told.missing is not None]
    if missing and missing[-1][1] == 1.0:
        yield Finding(entry.place, f"{entry.id} is missing for every family on {missing[-1][0]}", behind)
        return
    for (_, before), (day, now) in pairwise(missing):
        if now - before > COLLAPSE:
            told = f"{entry.id} has a value for {1 - now:.0%} of the families on {day}, after {1 - before:.0%}"
            yield Finding(entry.place, told, behind)
    yield from _areas(entry, behind)
    values = {(told.quantiles, told.codes) for told in entry.distributions}
    if len(values) == 1 and all(told.constant for told in entry.distributions):
        yield Finding(
            entry.place, f"{entry.id} is the same for every family", "see whether it is meant so.", must=False
        )


def _areas(entry: Entry, behind: str) -> Iterator[Finding]:
    everywhere = next((told.share for told in entry.coverage if told.area == EVERYWHERE), None)
    lost = [
        f"{told.area} ({told.share:.0%})"
        for told in entry.coverage
        if everywhere and told.share is not None and (told.families or 0) >= FEWEST and told.share < HALF * everywhere
    ]
    if lost:
        told = f"{entry.id} has a value for {everywhere:.0%} everywhere, but in {_few(lost)}"
        yield Finding(entry.place, told, behind, must=False)


def _few(words: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return f"{', '.join(words[:3])}{more}"


def _near(project: Project, place: str) -> str:
    return place.replace(f"{project.folder}/", "")
