"""The empty project's first five minutes are walked as they are told, from a folder with nothing in it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.test_readme import environment, run

PAGE = Path(__file__).parents[2] / "examples" / "empty" / "README.md"
BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
PSEUDONYM = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Block:
    """One block of code: what is written in it, in which language, and (or "") the file it is to be put in."""

    file: str
    language: str
    text: str


BLOCKS = [Block(*found) for found in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
DECLARED, EXTRACT = (block for block in BLOCKS if block.file)
READ, TRIED = (block for block in BLOCKS if block.language == "python" and not block.file)
COMMANDS = [line for block in BLOCKS if block.language == "console" for line in block.text.splitlines()]
(SHOWN,) = (block for block in BLOCKS if block.language == "text")


def plain(printed: str) -> list[str]:
    """Printed lines without the pseudonyms, which are others on every machine, but alike where they are alike."""
    met: dict[str, str] = {}
    told = PSEUDONYM.sub(lambda found: met.setdefault(found[0], f"family {len(met)}".ljust(32)), printed)
    return [line.rstrip() for line in told.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as the page makes it."""
    here = tmp_path_factory.mktemp("nothing")
    for line in COMMANDS:
        if line == COMMANDS[-1]:
            for block in (DECLARED, EXTRACT):
                (here / block.file).parent.mkdir(exist_ok=True)
                (here / block.file).write_text(block.text, encoding="utf-8")
        here, done = run(line.removeprefix("$ "), here)
        assert done is None or done.returncode == 0, done.stderr
    return here


def _printed(code: str, folder: Path) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_matrix_is_the_one_that_is_shown(folder: Path) -> None:
    assert plain(_printed(READ.text, folder)) == plain(SHOWN.text)


def test_what_is_tried_next_works(folder: Path) -> None:
    *lines, tried, asked = TRIED.text.splitlines()
    printed = _printed("\n".join(["import tayanch", *lines, f"print({tried})", f"print({asked}.to_string())"]), folder)
    children = re.findall(r"^(?:2025-02-01)? +[0-9a-f]{32} +(\d)$", printed, re.MULTILINE)
    assert sorted(children) == ["0", "1", "2"]
    assert "linked(payments)" in printed


def test_it_takes_under_forty_lines() -> None:
    code = [block.text.count("\n") for block in (DECLARED, READ)]
    assert sum(code) < 40
    assert sum(map(len, (COMMANDS, EXTRACT.text.splitlines()))) < 10


def test_a_registry_and_three_features_are_declared() -> None:
    assert re.findall(r"@(registry|feature)\(", DECLARED.text) == ["registry", "feature", "feature", "feature"]


def test_alike_pseudonyms_stay_alike() -> None:
    one, other = "a" * 32, "b" * 32
    assert plain(f"{one} 1\n{other} 2\n{one} 3  ") == plain(f"{other} 1\n{one} 2\n{other} 3")
    assert plain(f"{one}\n{other}") != plain(f"{one}\n{one}")
