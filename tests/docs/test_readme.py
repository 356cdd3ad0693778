"""The README is run: its tour, its mistake, its glossary."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tayanch import vocabulary

README = Path(__file__).parents[2] / "README.md"


def _block(mark: str, language: str = "console") -> list[str]:
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```{language}\n(.*?)```", text, re.DOTALL)
    assert found, f"README has no block after <!-- {mark} -->"
    return found[1].splitlines()


def test_the_glossary_is_the_vocabulary() -> None:
    told = re.findall(r"^([a-z_]+: .+)$", vocabulary.__doc__ or "", re.MULTILINE)
    text = README.read_text(encoding="utf-8")
    printed = text.split("<!-- glossary -->\n")[1].split("<!-- end of glossary -->")[0].splitlines()
    assert printed == [f"- **{word}**: {meaning}" for word, meaning in (line.split(": ", 1) for line in told)]
    assert len(told) > 20


def environment() -> dict[str, str]:
    """What a newcomer's shell has set: nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAYANCH_")}
    return kept | {"PYTHONPATH": str(README.parent / "src"), "COLUMNS": "120"}


def run(line: str, folder: Path) -> tuple[Path, subprocess.CompletedProcess[str] | None]:
    """One line of a console block, run in `folder`; gives the folder one stands in afterwards."""
    words = shlex.split(line)
    if words[0] == "cd":
        return folder / words[1], None
    assert words[0] == "tayanch", line
    command = [sys.executable, "-m", "tayanch", *words[1:]]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    return folder, done


def _walk(folder: Path) -> tuple[Path, list[str]]:
    """The tour from the folder on: where it ends, and what each command said."""
    said: list[str] = []
    for line in _block("tour"):
        folder, done = run(line.removeprefix("$ "), folder)
        if done is not None:
            assert done.returncode == 0, done.stderr
            said.append(done.stdout)
    return folder, said


def test_the_tour_and_its_mistake_go_as_told(tmp_path: Path) -> None:
    folder, said = _walk(tmp_path)
    country, intake, features, matrix = said[1:]
    assert "is ready" in country
    counts = re.findall(r"([\d,]+) (?:rows in|kept|quarantined)", intake)[-3:]
    rows, kept, bad = (int(count.replace(",", "")) for count in counts)
    assert rows == kept + bad
    assert bad > 100
    assert "support.paid_in_year" in features
    assert "families as of 2026-11-01" in matrix

    code = "\n".join(_block("notebook", "python"))
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=folder, env=environment(), check=False)
    assert done.returncode == 0

    support = folder / "features" / "support.py"
    support.write_text(support.read_text().replace("payments.last(months=12).sum", "payments.lst(months=12).sum"))
    command, *told = _block("mistake")
    _, done = run(command.removeprefix("$ "), folder)
    assert done is not None
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == told
