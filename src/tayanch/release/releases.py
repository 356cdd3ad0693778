"""A release: a scorer frozen with all it needs to be used, judged and shown to be unchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Compiled
from tayanch.errors import ReleaseError
from tayanch.release.bands import Bands
from tayanch.release.calibration import Calibration
from tayanch.release.scorers import Scorer
from tayanch.release.standing import Standing
from tayanch.release.telling import Teller
from tayanch.release.wording import Wording
from tayanch.vocabulary import ReleaseState, ScorerKind

NAME, VERSION = re.compile(r"[a-z][a-z0-9_]*"), re.compile(r"[0-9a-z][0-9a-z._-]*")
DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_FOR = (
    "sanctions, inspections or any search for wrongdoing",
    "refusing, cutting or stopping help",
    "a decision that no person takes",
)
"""What no release may be used for, whatever else it tells."""


@dataclass(frozen=True)
class Figure:
    """One measured figure: a candidate's measure, over all folds, with its 95 % interval."""

    candidate: str
    measure: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Fold:
    """One test date: on how many dates was trained up to which, how many families, of how many the outcome is known."""

    as_of: date
    trained_to: date
    training_dates: int
    families: int
    known: int
    share_with_outcome: float


@dataclass(frozen=True)
class Measured:
    """What a run measured out of time. `gain`: over the best simple baseline, in the measure judged by."""

    folds: tuple[Fold, ...] = ()
    figures: tuple[Figure, ...] = ()
    best_baseline: str = ""
    gain: Figure | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a release comes from. snapshot, matrix, run: digests; MLflow's runs carry the last as a tag."""

    project: str
    practice: bool
    experiment: Experiment
    snapshot: str
    matrix: str
    created_as_of: date
    run: str = ""

    def __post_init__(self) -> None:
        for name, digest in (("snapshot", self.snapshot), ("matrix", self.matrix)):
            if not DIGEST.fullmatch(digest):
                raise ReleaseError(f'"{digest}" is no digest of a {name}', do="give its 64 hexadecimal characters.")


@dataclass(frozen=True)
class Papers:
    """What only a person can tell; "" prints MISSING on the card."""

    intended_use: str = ""
    legal_basis: str = ""
    who_is_affected: str = ""
    how_to_object: str = ""
    responsible_person: str = ""


@dataclass(frozen=True)
class Limits:
    """Until when a release may be used (that day included), what it is not for beside NOT_FOR, and what it can't do."""

    valid_until: date
    not_for: tuple[str, ...] = ()
    known_limits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All that a release is frozen from. importance: per feature its share in all contributions by size."""

    name: str
    version: str
    origin: Origin
    compiled: Compiled
    scorer: Scorer
    calibration: Calibration
    bands: Bands
    importance: tuple[float, ...]
    wording: Wording
    limits: Limits
    measured: Measured = Measured()
    papers: Papers = Papers()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or not VERSION.fullmatch(self.version):
            raise ReleaseError(
                f'"{self.name}/{self.version}" can\'t name a release',
                do='use small letters and digits: "hardship/2026-10".',
            )
        own = tuple(feature.id for feature in self.compiled.features)
        if own != self.scorer.inputs.features:
            raise ReleaseError(
                f"the scorer reads {', '.join(self.scorer.inputs.features)}, the release carries {', '.join(own)}",
                do="compile the features the scorer was trained on, in the same order.",
            )
        if len(self.importance) != len(own):
            raise ReleaseError(
                f"{len(self.importance)} importances stand for {len(own)} features", do="give one for each."
            )
        if self.limits.valid_until <= self.origin.created_as_of:
            raise ReleaseError(
                f"it would be valid until {self.limits.valid_until}, not after {self.origin.created_as_of}",
                do="give a later day.",
            )

    @property
    def kind(self) -> ScorerKind:
        """How it computes a score."""
        return self.scorer.kind

    @property
    def not_for(self) -> tuple[str, ...]:
        """What it may not be used for."""
        return (*NOT_FOR, *self.limits.not_for)

    def teller(self, language: str) -> Teller:
        """Tells its reasons in its own wording, in one of its languages.

        Raises:
            ReleaseError: when it has no wording in that language.
        """
        return Teller(self.compiled.features, self.wording, self.wording.catalogue(language).language)


@dataclass(frozen=True, kw_only=True)
class Release(Draft):
    """A frozen release, as verified in its folder. files: SHA-256 per file. digest: of all that is frozen."""

    files: Mapping[str, str] = field(repr=False)
    digest: str
    standing: Standing
    folder: Path

    @property
    def state(self) -> ReleaseState:
        """Where it stands in its life."""
        return self.standing.state

    @property
    def id(self) -> str:
        """name/version."""
        return f"{self.name}/{self.version}"
