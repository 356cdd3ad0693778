"""Our matrix of all sixty as a Feast repository, for the tools that join ready-made values."""

from __future__ import annotations

from pathlib import Path

from benchmarks.features import declared
from benchmarks.features.data import PROJECT
from tayanch.intake.snapshot import Snapshot
from tayanch.store.feast import FeastRepository
from tayanch.store.matrix import build_matrix


def write(snapshot: Snapshot, folder: Path) -> None:
    """Writes it to <folder>/feast."""
    matrix = build_matrix(snapshot, declared.question(), folder / "cache")
    purposes = dict.fromkeys(matrix.names, "measuring")
    made = FeastRepository(PROJECT, snapshot.zone, matrix, declared.everybody, declared.FEATURES, purposes)
    made.write(folder / "feast")
