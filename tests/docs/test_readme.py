"""The README is run: its tour, its mistake, its glossary."""

from __future__ import annotations

import re
from pathlib import Path

from tayanch import vocabulary

README = Path(__file__).parents[2] / "README.md"


def _block(mark: str) -> list[str]:
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```console\n(.*?)```", text, re.DOTALL)
    assert found, f"README has no block after <!-- {mark} -->"
    return found[1].splitlines()


def test_the_glossary_is_the_vocabulary() -> None:
    told = re.findall(r"^([a-z_]+: .+)$", vocabulary.__doc__ or "", re.MULTILINE)
    text = README.read_text(encoding="utf-8")
    printed = text.split("<!-- glossary -->\n")[1].split("<!-- end of glossary -->")[0].splitlines()
    assert printed == [f"- **{word}**: {meaning}" for word, meaning in (line.split(": ", 1) for line in told)]
    assert len(told) > 20
