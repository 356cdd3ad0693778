"""What a stage made, told: as a screen for people, as plain values for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tayanch.cli import screens
from tayanch.intake.delivery import Taken
from tayanch.intake.findings import Finding
from tayanch.intake.manifest import FileTaken
from tayanch.learn.intervals import Figure
from tayanch.learn.results import RunResult

FINDINGS_SHOWN = 5
"""Of each registry, on the screen."""


def intake_told(taken: Taken) -> dict[str, Any]:
    """A delivery for scripts."""
    done = taken.delivery
    return {
        "snapshot": taken.snapshot,
        "new": taken.fresh,
        "dry_run": taken.rehearsed,
        "delivered": done.delivered.isoformat(),
        "rows": done.rows,
        "kept": done.kept,
        "unchanged": done.unchanged,
        "quarantined": done.quarantined,
        "files": [_file_told(file) for file in done.files],
        "absent": list(done.absent),
        "unclaimed": list(done.unclaimed),
        "findings": [finding_told(finding) for finding in done.findings],
        "expired": list(taken.expired),
    }


def _file_told(file: FileTaken) -> dict[str, Any]:
    counts = {"rows": file.rows, "kept": file.kept, "quarantined": file.quarantined}
    return {"registry": file.registry, "file": file.name, **counts, "reasons": dict(file.reasons)}


def finding_told(finding: Finding) -> dict[str, Any]:
    """A finding for scripts: only what it says."""
    month = finding.month.isoformat()[:7] if finding.month else ""
    said = {"column": finding.column, "area": finding.area, "month": month, "usual": finding.usual}
    figures = {"expected": finding.expected, "met": finding.met}
    return {"registry": finding.registry, "breach": finding.breach, **figures, **{k: v for k, v in said.items() if v}}


def show_intake(taken: Taken) -> None:
    """A delivery on the screen: a line for each registry, then why rows were set aside."""
    done = taken.delivery
    if taken.expired:
        screens.say(f"Quarantined rows past their term are gone: {', '.join(taken.expired)}.")
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
    show_findings(done.findings)
    sums = f"{done.rows:,} rows in = {done.kept:,} kept + {done.quarantined:,} quarantined"
    if taken.rehearsed:
        screens.say(f"{sums}. A dry run: nothing was written.")
        return
    screens.say(f"Snapshot {taken.snapshot[:12]}: {sums}.")


def show_findings(found: Sequence[Finding]) -> None:
    """What a delivery did not keep of its contracts, the first of each registry's."""
    if not found:
        return
    screens.say(f"[bold]Not as expected[/bold] ({len(found)} findings)")
    for registry in dict.fromkeys(finding.registry for finding in found):
        own = [finding for finding in found if finding.registry == registry]
        for finding in own[:FINDINGS_SHOWN]:
            screens.say(f"  {finding}")
        if len(own) > FINDINGS_SHOWN:
            screens.say(f"  [dim]{registry}: {len(own) - FINDINGS_SHOWN} more (--json tells all)[/dim]")


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
    if not taken.rehearsed:
        screens.say(f"[dim]They lie in {screens.near(str(taken.quarantine))}, sealed: tayanch quarantine list[/dim]")


def run_told(result: RunResult) -> dict[str, Any]:
    """A run for scripts: its summary, and where it is kept."""
    return {**result.summary(), "run": result.digests.run, "files": str(result.folder), "tracked": result.tracked}


def show_run(result: RunResult) -> None:
    """A run on the screen: every candidate over all folds, what the learner gains, and the caution due."""
    screens.say(f"[bold]{result.question}[/bold]")
    rows = [(one.candidate, told(one.mean.auc), told(one.mean.precision_at_capacity)) for one in result.candidates]
    heading = f"Means over {len(result.folds)} test dates, at a capacity of {result.capacity}"
    screens.show_table(heading, ("candidate", "›AUC (95 %)", "›precision at capacity (95 %)"), rows)
    gain = result.comparison.gain
    screens.say(
        f"{result.learner} over {result.comparison.best_baseline}, the best simple baseline: {told(gain, signed=True)}"
    )
    screens.say(_verdict(result.learner, gain))
    screens.say(f"[dim]{result.comparison.caution}[/dim]")
    screens.say(f"[dim]{screens.near(str(result.folder))}[/dim]")


def told(figure: Figure, *, signed: bool = False) -> str:
    """A figure with its interval."""
    form = "+.3f" if signed else ".3f"
    if figure.value is None:
        return "–"
    span = "" if figure.low is None or figure.high is None else f" ({figure.low:{form}} to {figure.high:{form}})"
    return f"{figure.value:{form}}{span}"


def _verdict(learner: str, gain: Figure) -> str:
    if gain.low is None:
        return "Too few areas for an interval: nothing is shown either way."
    if gain.low > 0:
        return f"The interval lies above 0: {learner} is better than the simple rule on these dates."
    return f"The interval does not exclude 0: {learner} is not shown to be better. The simple rule may do."
