"""The catalogue's tables as CSV files: plain figures, English column names, empty where nothing is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from tayanch.store.catalogue import QUANTILES, Coverage, Distribution, Entry, FeatureCatalogue, Freshness

MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None
Row = Sequence[Cell]

_FEATURES = (
    *("feature", "theme", "meaning", "unit", "kind", "registers", "policy", "because", "experiments", "releases"),
    *("families", "coverage", "with_rows", "newest_days", "median_days", "declared", "digest"),
)
_AREAS = ("area", "families", "coverage", "with_rows", "newest_days", "median_days")
_REGISTERS = ("register", "owner", "purpose", "area", "with_rows", "newest_days", "median_days")
_NO_COVERAGE = Coverage("", None, None)
_NO_FRESHNESS = Freshness("", None, None, None)


def features_file(catalogue: FeatureCatalogue) -> str:
    """One row for each feature, with its figures of all areas together."""
    return _written(_FEATURES, (_feature_row(entry) for entry in catalogue.features))


def registers_file(catalogue: FeatureCatalogue) -> str:
    """One row for each register and area; the area "" is all of them."""
    told = ((register, fresh) for register in catalogue.registers for fresh in register.freshness)
    return _written(_REGISTERS, ((r.name, r.owner, r.purpose, f.area, f.share, f.newest, f.median) for r, f in told))


def areas_file(entry: Entry) -> str:
    """A feature's coverage and freshness: one row for each area; the area "" is all of them."""
    covered = {told.area: told for told in entry.coverage}
    fresh = {told.area: told for told in entry.freshness}
    return _written(_AREAS, (_area_row(a, covered, fresh=fresh) for a in dict.fromkeys((*covered, *fresh))))


def values_file(entry: Entry) -> str:
    """A feature's values: one row for each date."""
    codes = tuple(dict.fromkeys(told.code for d in entry.distributions for told in d.codes))
    named = codes or ("zero", *(f"q{100 * q:.0f}" for q in QUANTILES))
    return _written(("as_of", "families", "missing", *named), (_values_row(d, codes) for d in entry.distributions))


def _feature_row(entry: Entry) -> Row:
    covered = entry.coverage[0] if entry.coverage else _NO_COVERAGE
    fresh = entry.freshness[0] if entry.freshness else _NO_FRESHNESS
    return (
        *(entry.id, entry.theme, entry.meaning, entry.unit, entry.kind, " ".join(entry.registers)),
        *(entry.rule, entry.because, " ".join(entry.experiments), " ".join(entry.releases)),
        *(covered.families, covered.share, fresh.share, fresh.newest, fresh.median, entry.place, entry.digest),
    )


def _area_row(area: str, covered: dict[str, Coverage], *, fresh: dict[str, Freshness]) -> Row:
    one, other = covered.get(area, _NO_COVERAGE), fresh.get(area, _NO_FRESHNESS)
    return area, one.families, one.share, other.share, other.newest, other.median


def _values_row(found: Distribution, codes: Sequence[str]) -> Row:
    first = (found.as_of.isoformat(), found.families, found.missing)
    if codes:
        shares = {told.code: told.share for told in found.codes}
        return *first, *(shares.get(code) for code in codes)
    return *first, found.zero, *(found.quantiles or (None,) * len(QUANTILES))


def _written(head: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in head])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return MARK + text.getvalue()


def _cell(told: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{told}" if isinstance(told, str) and told.startswith(FORMULA) else told
