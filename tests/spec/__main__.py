"""Prints the specification as a page that people read: `python -m tests.spec > tests/spec/VERBS.md`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from textwrap import dedent
from typing import Any

from tayanch import neighbours, when, years_since
from tayanch.declare.expressions import Expression
from tayanch.declare.references import Reference
from tayanch.declare.rows import Rows
from tests.spec.book import CHAPTERS
from tests.spec.telling import Chapter, Spec
from tests.worlds import rows_of

HEAD = """# What every verb means

Each case below is rows, an expression, and what it gives; each is a test that runs on both engines. Rows tell no more
than they must: where `known_at` is not told, a row was known on the day it happened; where `key` is not told, each row
has its own. A value is of a family (A, B, …) at the start of `as_of`, with what was known before it, or before
`known_by` where that is told.

Made by `python -m tests.spec > tests/spec/VERBS.md`; a test holds it to that.
"""
METHODS: Mapping[str, Any] = {
    **{name: verb for name, verb in vars(Rows).items() if inspect.isfunction(verb) and not name.startswith("_")},
    **{name: vars(Expression)[name] for name in ("fill", "missing", "isin")},
    "lookup": Reference.lookup,
}
FUNCTIONS = {"when": when, "years_since": years_since, "neighbours": neighbours}
VERBS: Mapping[str, Any] = {**METHODS, **FUNCTIONS}
"""Every verb there is, with the function that tells it."""


def page(chapters: Sequence[Chapter]) -> str:
    """The specification as one page of Markdown."""
    cases = {anchor(chapter, place): spec for chapter in chapters for place, spec in enumerate(chapter.specs, start=1)}
    return "\n".join([HEAD, _contents(chapters), _index(cases), *(_chapter(chapter) for chapter in chapters)])


def cases_of(verb: str, cases: Mapping[str, Spec]) -> list[str]:
    """The anchors of the cases whose expression uses the verb."""
    said = re.compile(rf"\.{verb}\(" if verb in METHODS else rf"\b{verb}(_of)?\(")
    return [place for place, spec in cases.items() if said.search(spec.source)]


def anchor(chapter: Chapter, place: int) -> str:
    """Where a case stands on the page."""
    return f"{re.sub('[^a-z]+', '-', chapter.title.lower())}-{place}"


def _contents(chapters: Iterable[Chapter]) -> str:
    lines = [f"- [{chapter.title}](#{anchor(chapter, 1)}), {len(chapter.specs)} cases" for chapter in chapters]
    return "\n".join([*lines, ""])


def _index(cases: Mapping[str, Spec]) -> str:
    rows = [
        {
            "verb": f"`{verb}()`",
            "what it gives": _meaning(told),
            "cases": " ".join(f"[{n}](#{place})" for n, place in enumerate(_telling(verb, cases), start=1)),
        }
        for verb, told in VERBS.items()
    ]
    return f"## The verbs\n\n{_markdown(rows)}"


def _telling(verb: str, cases: Mapping[str, Spec]) -> list[str]:
    """The cases to read first: those with the verb in their title, else the first three that use it."""
    used = cases_of(verb, cases)
    return [place for place in used if f"{verb}(" in cases[place].title] or used[:3]


def _meaning(told: Any) -> str:
    return " ".join((inspect.getdoc(told) or "").split("\n\n")[0].split()).replace("|", "\\|")


def _chapter(chapter: Chapter) -> str:
    told, before = [f"## {chapter.title}\n", f"{chapter.text.strip()}\n"], {}
    for place, spec in enumerate(chapter.specs, start=1):
        told.append(_spec(spec, anchor(chapter, place), before))
        before = spec.tables
    return "\n".join(told)


def _spec(spec: Spec, place: str, before: Mapping[str, str]) -> str:
    tables = [f"{name}\n{_aligned(text)}" for name, text in spec.tables.items()]
    facts = [f"{reference.name} (a reference table)\n{_facts(reference)}" for reference in spec.references]
    rows = "\n\n".join([*tables, *facts])
    zone = [] if spec.zone == "UTC" else [f"The project's time zone is {spec.zone}.\n"]
    return "\n".join(
        [
            f'<a id="{place}"></a>\n\n### {spec.title}\n',
            *zone,
            "The rows above.\n" if spec.tables == before and not facts else f"```text\n{rows}\n```\n",
            f"```python\n{dedent(spec.source)}\n```\n",
            f"```text\n{_aligned(spec.expected)}\n```\n",
            *([f"{spec.because}\n"] if spec.because else []),
        ]
    )


def _aligned(text: str) -> str:
    """A text table with its columns under one another."""
    rows = rows_of(text)
    lines = [list(rows[0]), *([*row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in told)


def _facts(reference: Reference) -> str:
    head = [*reference.key, "value", "since", "until"]
    lines = [[*row.keys, f"{row.value:g}", str(row.since or ""), str(row.until or "")] for row in reference.rows]
    return _aligned("\n".join("|".join(line) for line in (head, *lines)))


def _markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page(CHAPTERS))
