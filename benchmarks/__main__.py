"""Runs a benchmark by name: `python -m benchmarks panel`."""

from __future__ import annotations

import sys

from benchmarks import country, faults, panel, truth
from benchmarks.features import race

BENCHMARKS = {
    "panel": panel.main,
    "truth": truth.main,
    "faults": faults.main,
    "country": country.main,
    "features": race.main,
}


def main(arguments: list[str]) -> int:
    """Runs the named benchmark; 2 when there is none of that name."""
    name = arguments[0] if arguments else "panel"
    if name not in BENCHMARKS:
        print(f'there is no benchmark "{name}": known: {", ".join(BENCHMARKS)}.', file=sys.stderr)
        return 2
    return BENCHMARKS[name](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
