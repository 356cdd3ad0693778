"""Whether a release may still be used: its days, its state, its project; and how far declarations have moved on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tayanch.errors import ReleaseError
from tayanch.project import Project
from tayanch.release.releases import Release
from tayanch.vocabulary import ReleaseState


@dataclass(frozen=True)
class Drift:
    """How a project's declarations differ from those a release carries. The release works on; a new one needs a run."""

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone or self.registries)

    def __str__(self) -> str:
        parts = (("changed", self.changed), ("gone", self.gone), ("registries changed or gone", self.registries))
        return "; ".join(f"{word}: {', '.join(names)}" for word, names in parts if names) or "no drift"


def drift(release: Release, project: Project) -> Drift:
    """The release's features and registries that mean something else in the project today, or are gone."""
    features = {feature.id: feature.digest for feature in project.features}
    registries = {registry.name: registry.digest for registry in project.registries}
    own = release.compiled
    return Drift(
        changed=tuple(f.id for f in own.features if f.id in features and features[f.id] != f.digest),
        gone=tuple(f.id for f in own.features if f.id not in features),
        registries=tuple(r.name for r in own.registries if registries.get(r.name) != r.digest),
    )


def expired(release: Release, today: date) -> bool:
    """Whether `today` lies after the last day the release is valid."""
    return today > release.limits.valid_until


def check_usable(release: Release, project: Project, *, today: date) -> None:
    """Returns when the release may rank families of the project today: a champion, or in a practice project a trial.

    Raises:
        ReleaseError: telling what stands against it.
    """
    settings, origin = project.settings, release.origin
    if (origin.project, origin.practice) != (settings.name, settings.practice):
        raise ReleaseError(
            f"the release {release.id} is of the project {_told(origin.project, origin.practice)}, "
            f"not of {_told(settings.name, settings.practice)}",
            do="use a release of this project.",
        )
    served = (ReleaseState.CHAMPION, ReleaseState.TRIAL) if settings.practice else (ReleaseState.CHAMPION,)
    if release.state not in served:
        raise ReleaseError(
            f"the release {release.id} is a {release.state.value}",
            do=f"have it signed as {' or '.join(state.value for state in served)} first.",
        )
    if expired(release, today):
        raise ReleaseError(
            f"the release {release.id} was valid until {release.limits.valid_until}; today is {today}",
            do="run its experiment again and release the result.",
        )


def _told(name: str, practice: bool) -> str:
    return f"{name} (practice)" if practice else name
