"""Who may need help, foreseen from what was known when. These names are what declarations are written with."""

from tayanch.declare.expressions import when, years_since
from tayanch.declare.features import cohort, feature, group, outcome
from tayanch.declare.identity import spelling
from tayanch.declare.ids import Id
from tayanch.declare.neighbours import neighbours
from tayanch.declare.references import reference as Reference
from tayanch.declare.registries import column as Column
from tayanch.declare.registries import dated, month_end, quarter_end, registry

__all__ = [
    "Column",
    "Id",
    "Reference",
    "cohort",
    "dated",
    "feature",
    "group",
    "month_end",
    "neighbours",
    "outcome",
    "quarter_end",
    "registry",
    "spelling",
    "when",
    "years_since",
]
__version__ = "0.1.0"
