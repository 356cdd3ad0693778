"""What a project's declarations give for invented families, told as text tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tayanch.declare.expressions import Expression
from tayanch.project import Project, load_project
from tayanch.store import reference
from tayanch.vocabulary import Moment
from tests.worlds import world

TOP = Path(__file__).parents[2]


def project(folder: str = "") -> Project:
    """The project in a folder of the checkout; the top level's without one."""
    return load_project(TOP / folder)


def values(
    told: Project, expression: Expression, tables: Mapping[str, str], *, as_of: str, known_by: str = ""
) -> dict[str, Any]:
    """Per family the value of an expression at as_of, by the definition (`tayanch.store.reference`)."""
    bucket = world(told.registries, tables, zone=told.settings.time_zone).bucket()
    moment = Moment(date.fromisoformat(as_of), date.fromisoformat(known_by or as_of))
    answer = reference.evaluate(bucket, {"asked": expression}, [moment], references=told.references)
    return dict(zip(bucket.families, answer.values["asked"][0], strict=True))
