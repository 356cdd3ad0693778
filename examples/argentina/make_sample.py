"""Writes data/, the bundled sample: `TAYANCH_DATA=… python examples/argentina/make_sample.py`.

One dwelling in six, by a hash of its id, so that all its households and interviews are in or out together; all cities
and quarters; only the columns that features/registries.py declares, under their published names. All quarters of a
registry stand in one file, a household's interviews one after another: so it is smallest, and the same declarations
read it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tayanch.declare.registries import Registry
from tayanch.project import load_project

HERE = Path(__file__).parent
ONE_IN = 6
DWELLING = "CODUSU"


def main() -> None:
    """Writes a file for each registry and tells their size."""
    data = HERE / "data"
    for registry in load_project(HERE).registries:
        files = sorted(Path(os.environ["TAYANCH_DATA"]).glob(registry.files))
        samples = [_sampled(file, _sources(registry)) for file in files]
        table = pa.concat_tables(samples, promote_options="permissive")
        kind = files[0].stem.split("_")[0]
        _write(table.sort_by([(name, "ascending") for name in registry.key]), data / f"{kind}_sample.parquet")
    print(f"{sum(file.stat().st_size for file in data.glob('*.parquet')) / 1e6:.2f} MB")


def _sources(registry: Registry) -> list[str]:
    told = (*registry.key, *registry.family, *registry.happened_on.columns, *(c.source for c in registry.columns))
    return list(dict.fromkeys(told))


def _sampled(file: Path, names: list[str]) -> pa.Table:
    table = pq.read_table(file, columns=names)
    dwellings = pc.unique(table[DWELLING]).to_pylist()
    kept = pa.array([d for d in dwellings if _chosen(d)], table.schema.field(DWELLING).type)
    return table.filter(pc.is_in(table[DWELLING], kept))


def _chosen(dwelling: str) -> bool:
    return int.from_bytes(hashlib.sha256(dwelling.encode()).digest()[:8]) % ONE_IN == 0


def _write(table: pa.Table, file: Path) -> None:
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=19,
        use_dictionary=True,
        write_statistics=False,
        store_schema=False,
    )


if __name__ == "__main__":
    main()
