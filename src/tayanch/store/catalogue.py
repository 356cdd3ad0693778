"""The catalogue: what is known of every feature, for people to look at. One JSON file, with its own digest.

<home>/catalogue/<project>/catalogue.json

Nothing in it tells of a family: a count, or a share that stands for one, of fewer than FEW families is hidden (None),
and a quantile is told only where FEW families lie on either side of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pydantic

from tayanch.declare.forms import canonical, digest_of
from tayanch.errors import StoreError
from tayanch.intake.disk import write_whole

FEW = 10
"""Of fewer families nothing is told."""
EVERYWHERE = ""
"""The area that stands for all areas together; it comes first."""
OTHERS = "…"
"""The code that stands for all codes beyond the most frequent ones."""
YES, NO = "yes", "no"
"""The codes of a truth in a distribution."""
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class Coverage:
    """Of how many families of an area a feature has a value at the catalogue's last as_of date.

    families: of the area; None when fewer than FEW. share: with a value, 0 to 1; None where it is hidden.
    """

    area: str
    families: int | None
    share: float | None


@dataclass(frozen=True)
class Freshness:
    """How old the newest row behind something is, family by family, at the catalogue's last as_of date.

    share: of the area's families with any row, 0 to 1. newest: days since the newest row of the area; median: days
    since the newest row of the family in the middle. Each None where it is hidden or there is no row.
    """

    area: str
    share: float | None
    newest: int | None
    median: int | None


@dataclass(frozen=True)
class CodeShare:
    """The share of families with a code (of a truth: YES or NO), 0 to 1; None where it is hidden."""

    code: str
    share: float | None


@dataclass(frozen=True)
class Distribution:
    """A feature's values at one as_of date.

    families: of the cohorts then. missing, zero: shares, 0 to 1; `zero` of numbers only.
    quantiles: of the numbers that are there, at QUANTILES; empty for codes and truths. codes: the others' shares.
    Each None where it is hidden. constant: whether FEW families or more have a value, and all the same.
    """

    as_of: date
    families: int | None
    missing: float | None
    zero: float | None = None
    quantiles: tuple[float | None, ...] = ()
    codes: tuple[CodeShare, ...] = ()
    constant: bool = False


@dataclass(frozen=True)
class Proxy:
    """How well a feature alone tells a protected attribute: the share of pairs it puts in the right order, 0.5 to 1.

    level: the value of the attribute that is told best. exempt: why it may be used all the same, signed in the policy;
    "" where it need not be.
    """

    attribute: str
    level: str
    auc: float
    exempt: str = ""


@dataclass(frozen=True)
class Worded:
    """What people read of a feature in one language; "" where the project says nothing.

    none: its negation, said where the value is zero or not so.
    """

    language: str
    name: str
    meaning: str
    raises: str
    lowers: str
    none: str
    missing: str


@dataclass(frozen=True)
class PolicyRule:
    """One line of the policy: the list it stands in (forbidden, audit_only, …), whom it is about, and why."""

    rule: str
    name: str
    because: str


@dataclass(frozen=True)
class Entry:
    """One feature.

    kind: number, whole, truth or code. place: where it is declared, as seen from the project's folder.
    rule, because: what the policy says of it ("allowed" or "need_only") and why; `looks_up` the lookup-only columns
    it reads, and why it may. coverage, freshness: EVERYWHERE first, then area by area.
    distributions: one for each as_of date, in order.
    """

    id: str
    theme: str
    meaning: str
    unit: str
    kind: str
    digest: str
    place: str
    registers: tuple[str, ...]
    rule: str
    because: str
    looks_up: tuple[PolicyRule, ...]
    wording: tuple[Worded, ...]
    experiments: tuple[str, ...]
    releases: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    freshness: tuple[Freshness, ...]
    distributions: tuple[Distribution, ...]
    proxies: tuple[Proxy, ...]


@dataclass(frozen=True)
class Register:
    """A registry behind the features. owner: who delivers it and may correct it."""

    name: str
    meaning: str
    purpose: str
    owner: str
    freshness: tuple[Freshness, ...]


@dataclass(frozen=True)
class Foretold:
    """How well all features together tell one level of a protected attribute, of families not learned from.

    families, having: how many were looked at, and how many of them have the level.
    auc: share of pairs put in the right order, 0 to 1; low, high: its 95 % interval.
    """

    level: str
    families: int
    having: int
    auc: float
    low: float
    high: float


@dataclass(frozen=True)
class Attribute:
    """A protected attribute: a group that results are judged across and that no feature may tell.

    rule, because: what the policy says of it. foretold: a level each; empty where too few families have it.
    """

    name: str
    meaning: str
    rule: str
    because: str
    foretold: tuple[Foretold, ...]


@dataclass(frozen=True)
class FeatureCatalogue:
    """A built catalogue.

    snapshot: digest of the snapshot it was built from. built_on: the day it was built, by the project's clock.
    as_of, cohorts: at which dates, for the families of which cohorts. area: the group that tells areas apart.
    features in the order of their ids.
    """

    project: str
    title: str
    snapshot: str
    built_on: date
    as_of: tuple[date, ...]
    cohorts: tuple[str, ...]
    area: str
    registers: tuple[Register, ...]
    features: tuple[Entry, ...]
    attributes: tuple[Attribute, ...]
    policy: tuple[PolicyRule, ...]

    def feature(self, name: str) -> Entry | None:
        """The feature of that id, or None."""
        return next((entry for entry in self.features if entry.id == name), None)


@dataclass(frozen=True)
class BuiltCatalogue:
    """A catalogue with the digest of its file (SHA-256 of the canonical text, 64 hexadecimal characters)."""

    catalogue: FeatureCatalogue
    digest: str


_FORM = pydantic.TypeAdapter(FeatureCatalogue)


def catalogue_file(home: Path, project: str) -> Path:
    """Where a project's catalogue lies."""
    return home / "catalogue" / project / "catalogue.json"


def write_catalogue(catalogue: FeatureCatalogue, home: Path) -> BuiltCatalogue:
    """Writes the catalogue whole, in place of the one before."""
    plain = _FORM.dump_python(catalogue, mode="json")
    kept = BuiltCatalogue(catalogue, digest_of(plain))
    written = canonical({"digest": kept.digest, "catalogue": plain})
    write_whole(catalogue_file(home, catalogue.project), written.encode())
    return kept


def read_catalogue(home: Path, project: str) -> BuiltCatalogue | None:
    """The project's catalogue, or None when it was never built.

    Raises:
        StoreError: when the file has changed since, or another version of Tayanch wrote it.
    """
    path = catalogue_file(home, project)
    if not path.is_file():
        return None
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        if digest_of(told["catalogue"]) != told["digest"]:
            raise StoreError(f"{path} is not as it was written", do="build it again: tayanch features build.")
        return BuiltCatalogue(_FORM.validate_python(told["catalogue"]), str(told["digest"]))
    except (ValueError, KeyError, TypeError):
        raise StoreError(f"{path} can't be read", do="build it again: tayanch features build.") from None
