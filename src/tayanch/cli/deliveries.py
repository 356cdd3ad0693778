"""`tayanch deliveries`: what was delivered when, what became of it, and whether every byte of it is still there."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from tayanch.cli import reports, screens
from tayanch.cli.desk import Json, bench
from tayanch.intake.manifest import Delivery
from tayanch.intake.snapshot import Snapshot, open_snapshot

SHOWN = 8
"""Reasons for quarantine, of each delivery."""
commands = typer.Typer()


@commands.command()
def deliveries(
    context: typer.Context,
    verify: Annotated[bool, typer.Option("--verify", help="Recompute the digest of every part.")] = False,
    snapshot: Annotated[str, typer.Option(help="A snapshot's digest; default the newest.", show_default=False)] = "",
    json: Json = False,
) -> None:
    """Tell what was delivered, first to last; with --verify, whether all of it lies there as it was written."""
    with bench(context, quiet=json) as work:
        opened = open_snapshot(work.home, work.project.settings.name, digest=snapshot or None)
        parts = opened.verify(work.tell) if verify else None
    if json:
        screens.show_json(told(opened) | ({} if parts is None else {"verified": parts}))
        return
    show(opened)
    if parts is not None:
        screens.say(f"All {parts:,} parts are as they were written.")


def told(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot's deliveries for scripts."""
    return {"snapshot": snapshot.digest, "deliveries": [_delivery_told(one) for one in snapshot.deliveries]}


def _delivery_told(delivery: Delivery) -> dict[str, Any]:
    reasons = [
        {"registry": registry, "reason": reason, "rows": rows}
        for (registry, reason), rows in sorted(_reasons(delivery).items())
    ]
    return {
        "number": delivery.number,
        "delivered": delivery.delivered.isoformat(),
        "files": len(delivery.files),
        "rows": delivery.rows,
        "kept": delivery.kept,
        "unchanged": delivery.unchanged,
        "backdated": delivery.backdated,
        "quarantined": delivery.quarantined,
        "reasons": reasons,
        "findings": [reports.finding_told(finding) for finding in delivery.findings],
        "absent": list(delivery.absent),
        "unclaimed": list(delivery.unclaimed),
        "again": list(delivery.again),
    }


def _reasons(delivery: Delivery) -> Counter[tuple[str, str]]:
    reasons: Counter[tuple[str, str]] = Counter()
    for file in delivery.files:
        reasons.update({(file.registry, reason): count for reason, count in file.reasons})
    return reasons


def show(snapshot: Snapshot) -> None:
    """A snapshot's deliveries on the screen: a line for each, then why rows were set aside and what was not kept."""
    columns = ("›no.", "delivered", "›files", "›rows", "›kept", "›unchanged", "›backdated", "›set aside", "›findings")
    screens.show_table(f"Snapshot {snapshot.digest[:12]}", columns, [_row(one) for one in snapshot.deliveries])
    for one in snapshot.deliveries:
        reasons = _reasons(one).most_common()
        if reasons or one.absent or one.findings:
            screens.say(f"[bold]Delivery {one.number} of {one.delivered}[/bold]")
        for (registry, reason), rows in reasons[:SHOWN]:
            screens.say(f"  quarantined, {registry}: {rows:,} rows, {reason}")
        if len(reasons) > SHOWN:
            rows = sum(count for _, count in reasons[SHOWN:])
            screens.say(f"  [dim]quarantined for other reasons: {rows:,} rows (--json tells all)[/dim]")
        if one.absent:
            screens.say(f"  No file came for {', '.join(one.absent)}.")
        reports.show_findings(one.findings)


def _row(delivery: Delivery) -> tuple[str, ...]:
    counts = (
        *(len(delivery.files), delivery.rows, delivery.kept, delivery.unchanged, delivery.backdated),
        *(delivery.quarantined, len(delivery.findings)),
    )
    return (str(delivery.number), str(delivery.delivered), *(f"{count:,}" for count in counts))
