"""Who may need help, foreseen from what was known when. These names are what declarations are written with.

Beside them there is `tayanch.open`, a notebook's door to a project.
"""

import importlib
from typing import TYPE_CHECKING, Any

from tayanch.declare.contracts import beginning
from tayanch.declare.expressions import when, years_since
from tayanch.declare.features import cohort, feature, group, outcome
from tayanch.declare.identity import spelling
from tayanch.declare.ids import Id
from tayanch.declare.neighbours import neighbours
from tayanch.declare.references import reference as Reference
from tayanch.declare.registries import column as Column
from tayanch.declare.registries import dated, month_end, quarter_end, registry

if TYPE_CHECKING:
    from tayanch.notebook import open as open

__all__ = [
    "Column",
    "Id",
    "Reference",
    "beginning",
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


def __getattr__(name: str) -> Any:
    """The notebook's door, loaded when it is asked for: declarations need no store and no data library."""
    if name == "open":
        return importlib.import_module("tayanch.notebook").open
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
