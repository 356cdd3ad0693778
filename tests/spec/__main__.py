"""Prints the specification as Markdown: `python -m tests.spec`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from textwrap import dedent

from tayanch.declare.references import Reference
from tests.spec.book import CHAPTERS
from tests.spec.telling import Chapter, Spec
from tests.worlds import rows_of

HEAD = """# What expressions mean

Every table here is a test that runs on both engines. Rows tell no more than they must: where `known_at` is not told, a
row was known on the day it happened; where `key` is not told, each row has its own.
"""


def page(chapters: Iterable[Chapter]) -> str:
    """The specification as one page of Markdown."""
    return "\n".join([HEAD, *(_chapter(chapter) for chapter in chapters)])


def _chapter(chapter: Chapter) -> str:
    return "\n".join([f"## {chapter.title}\n", f"{chapter.text.strip()}\n", *(_spec(spec) for spec in chapter.specs)])


def _spec(spec: Spec) -> str:
    zone = [] if spec.zone == "UTC" else [f"The project's time zone is {spec.zone}.\n"]
    told = [f"`{name}`\n\n{markdown(rows_of(text))}" for name, text in spec.tables.items()]
    facts = [f"`{reference.name}` (a reference table)\n\n{_facts(reference)}" for reference in spec.references]
    code = f"```python\n{dedent(spec.source)}\n```\n"
    because = [f"{spec.because}\n"] if spec.because else []
    return "\n".join([f"### {spec.title}\n", *zone, *told, *facts, code, markdown(rows_of(spec.expected)), *because])


def _facts(reference: Reference) -> str:
    rows = [
        {
            **dict(zip(reference.key, row.keys, strict=True)),
            "value": f"{row.value:g}",
            "since": str(row.since or ""),
            "until": str(row.until or ""),
        }
        for row in reference.rows
    ]
    return markdown(rows)


def markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page(CHAPTERS))
