"""The house rules hold in every file they speak of, and each scanner finds a made-up offence."""

from dataclasses import dataclass
from pathlib import PurePath

import pytest

from tests.architecture import scan

CODE = ("src/**/*.py", "serving/**/*.py")
EVERYTHING = (*CODE, "tests/**/*.py", "benchmarks/**/*.py", "features/**/*.py", "examples/**/*.py")


@dataclass(frozen=True)
class Rule:
    """A scanner, the files it reads, the paths it leaves out, and offences it must find (by a made-up path)."""

    scanner: scan.Scanner
    patterns: tuple[str, ...]
    offences: tuple[tuple[str, str], ...]
    fine: tuple[tuple[str, str], ...] = ()
    besides: tuple[str, ...] = ()


RULES = {
    "sizes": Rule(
        scan.sizes,
        CODE,
        offences=(
            ("a.py", "def long():\n" + "    pass\n" * 60),
            ("a.py", "pass\n" * 401),
            ("a.py", "def f(a, b, c, d): pass"),
            ("a.py", "class A:\n    def __init__(self, a, b, c, d): pass"),
            ("a.py", "async def f(*, a, b, c, d, e, f, g, h): pass"),
        ),
        fine=(
            ("a.py", "def short():\n" + "    pass\n" * 59),
            ("a.py", "class A:\n    def f(self, a, b, c, *, d, e, f, g): pass"),
            ("a.py", "@app.command()\ndef run(a, b, c, d, e): pass"),
            ("a.py", "class A:\n    def __exit__(self, kind, value, trace): pass"),
        ),
    ),
    "names": Rule(
        scan.names,
        CODE,
        offences=(
            ("src/tayanch/utils.py", ""),
            ("src/tayanch/core/a.py", ""),
            ("src/tayanch/score_helpers.py", ""),
            ("a.py", "client = 1"),
            ("a.py", "def f(case): pass"),
            ("a.py", "class FamilyRecords: pass"),
            ("a.py", "entities = []"),
            ("a.py", "self.prediction = 1"),
            ("a.py", "import alarm as alert"),
            ("a.py", "for y in x: pass"),
            ("src/tayanch/release/a.py", "target = 1"),
        ),
        fine=(
            ("src/tayanch/learn/train.py", "y = labels = target = 1"),
            ("src/tayanch/state/database.py", "caseload = recorded = baseline = 1"),
            ("a.py", "print(response.client)"),
        ),
    ),
    "clocks": Rule(
        scan.clocks,
        CODE,
        offences=(
            ("a.py", "import datetime\ndatetime.date.today()"),
            ("a.py", "import datetime as dt\ndt.datetime.now(tz)"),
            ("a.py", "from datetime import datetime as moment\nfield(default_factory=moment.utcnow)"),
            ("a.py", "from time import time\ntime()"),
            ("a.py", "import pandas as pd\npd.Timestamp.now()"),
        ),
        fine=(("a.py", "import time\ntime.monotonic()\nclock.now()\ntoday = as_of"),),
        besides=("src/tayanch/cli", "serving/tayanch_serving/clock.py"),
    ),
    "inner imports": Rule(
        scan.inner_imports,
        CODE,
        offences=(("a.py", "def f():\n    if a:\n        from b import c"),),
        fine=(("a.py", "if a:\n    import b"),),
        besides=("src/tayanch/cli",),
    ),
    "unfinished": Rule(
        scan.unfinished,
        EVERYTHING,
        offences=(
            ("a.py", "# TO" + "DO: later"),
            ("a.py", "pass  # HA" + "CK"),
            ("a.py", "raise Not" + "ImplementedError"),
        ),
        fine=(("a.py", "except NotImplementedError: pass"),),
    ),
    "silent skips": Rule(
        scan.silent_skips,
        ("tests/**/*.py",),
        offences=(
            ("a.py", "import pytest\n@pytest.mark.skip\ndef test(): pass"),
            ("a.py", "import pytest\n@pytest.mark.skipif(True)\ndef test(): pass"),
            ("a.py", "from pytest import mark\n@mark.xfail(strict=True)\ndef test(): pass"),
            ("a.py", "import pytest\npytest.skip()"),
        ),
        fine=(
            ("a.py", "import pytest\npytest.skip('the panel is not here')"),
            ("a.py", "import pytest\n@pytest.mark.skipif(True, reason='no browser')\ndef test(): pass"),
        ),
    ),
    "project imports": Rule(
        scan.project_imports,
        ("features/**/*.py", "examples/*/features/**/*.py"),
        offences=(
            ("features/income.py", "import pandas"),
            ("features/income.py", "from tayanch.store import engine"),
        ),
        fine=(("features/income.py", "from tayanch import feature\nfrom . import registries\nfrom .work import wage"),),
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_rule_holds(rule: Rule) -> None:
    found = [finding for pattern in rule.patterns for finding in scan.findings(rule.scanner, pattern)]
    offences = [finding for finding in found if not finding.startswith(rule.besides)]
    assert not offences, "\n".join(offences)


@pytest.mark.parametrize(
    ("scanner", "path", "source"),
    [
        pytest.param(rule.scanner, path, source, id=f"{name} {number}")
        for name, rule in RULES.items()
        for number, (path, source) in enumerate(rule.offences, 1)
    ],
)
def test_the_scanner_finds(scanner: scan.Scanner, path: str, source: str) -> None:
    assert list(scanner(PurePath(path), source)), source


@pytest.mark.parametrize(
    ("scanner", "path", "source"),
    [
        pytest.param(rule.scanner, path, source, id=f"{name} {number}")
        for name, rule in RULES.items()
        for number, (path, source) in enumerate(rule.fine, 1)
    ],
)
def test_the_scanner_lets_pass(scanner: scan.Scanner, path: str, source: str) -> None:
    assert not list(scanner(PurePath(path), source)), source
