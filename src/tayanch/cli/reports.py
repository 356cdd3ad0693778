"""What a stage made, told: as a screen for people, as plain values for scripts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tayanch.cli import screens
from tayanch.intake.delivery import Taken
from tayanch.intake.manifest import FileTaken


def intake_told(taken: Taken) -> dict[str, Any]:
    """A delivery for scripts."""
    done = taken.delivery
    return {
        "snapshot": taken.snapshot,
        "new": taken.fresh,
        "delivered": done.delivered.isoformat(),
        "rows": done.rows,
        "kept": done.kept,
        "unchanged": done.unchanged,
        "quarantined": done.quarantined,
        "files": [_file_told(file) for file in done.files],
        "absent": list(done.absent),
        "unclaimed": list(done.unclaimed),
    }


def _file_told(file: FileTaken) -> dict[str, Any]:
    counts = {"rows": file.rows, "kept": file.kept, "quarantined": file.quarantined}
    return {"registry": file.registry, "file": file.name, **counts, "reasons": dict(file.reasons)}


def show_intake(taken: Taken) -> None:
    """A delivery on the screen: a line for each registry, then why rows were set aside."""
    done = taken.delivery
    if not taken.fresh:
        screens.say(
            f"All these files were taken in before, on {done.delivered}. The snapshot stays {taken.snapshot[:12]}."
        )
        return
    rows = [
        _registry_row(name, [f for f in done.files if f.registry == name])
        for name in sorted({f.registry for f in done.files})
    ]
    screens.show_table(f"Delivered {done.delivered}", ("registry", "›files", "›rows", "›kept", "›quarantined"), rows)
    _show_reasons(taken)
    for name in done.absent:
        screens.say(f"No file came for {name}.")
    if done.unclaimed:
        screens.say(
            f"[dim]No registry claims: {', '.join(done.unclaimed[:8])}{' …' if len(done.unclaimed) > 8 else ''}[/dim]"
        )
    sums = f"{done.rows:,} rows in = {done.kept:,} kept + {done.quarantined:,} quarantined"
    screens.say(f"Snapshot {taken.snapshot[:12]}: {sums}.")


def _registry_row(name: str, files: list[FileTaken]) -> tuple[str, ...]:
    counts = (len(files), sum(f.rows for f in files), sum(f.kept for f in files), sum(f.quarantined for f in files))
    return (name, *(f"{count:,}" for count in counts))


def _show_reasons(taken: Taken) -> None:
    reasons: Counter[tuple[str, str]] = Counter()
    for file in taken.delivery.files:
        reasons.update({(file.registry, reason): count for reason, count in file.reasons})
    if not reasons:
        return
    rows = [(registry, f"{count:,}", reason) for (registry, reason), count in reasons.most_common()]
    screens.show_table("Quarantined", ("registry", "›rows", "why"), rows)
    screens.say(f"[dim]They lie in {screens.near(str(taken.quarantine))}[/dim]")
