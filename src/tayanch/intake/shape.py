"""The shape of a registry's rows: in a part on disk, and on the workbench, where declared columns are called v0, v1, …

(DuckDB takes `t` and `T` for one column; a declaration may have both.)
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tayanch.declare.registries import Registry
from tayanch.vocabulary import Kind, Links

Table = Any
"""A pyarrow.Table: it has no types of its own."""
compute: Any = pc
"""pyarrow.compute: it has no types of its own either."""
INSTANT = pa.timestamp("us", "UTC")
ARROW = {Kind.NUMBER: pa.float64(), Kind.WHOLE: pa.int64(), Kind.CODE: pa.string(), Kind.DATE: pa.date32()}


def value_names(registry: Registry) -> list[str]:
    """The declared columns on the workbench."""
    return [f"v{place}" for place in range(len(registry.columns))]


def content_names(registry: Registry) -> list[str]:
    """What a row says, on the workbench: two versions that agree in these say the same."""
    return ["family", "person", "happened_on", "gone", "retracted", *value_names(registry)]


def bench_names(registry: Registry) -> list[str]:
    """All columns of a row on the workbench."""
    return ["key", *content_names(registry), "known_at", "claimed", "delivery"]


def holder(registry: Registry) -> str:
    """The column of whom the rows belong to and are sorted by."""
    return "person" if registry.links is Links.PERSON else "family"


def part_columns(registry: Registry) -> dict[str, str]:
    """The columns of a part in their order, each with its name on the workbench."""
    own = {"family": "family", "person": "person"}
    if registry.links is not Links.MEMBERSHIP:
        own = {holder(registry): holder(registry)}
    own |= {"key": "key", "happened_on": "happened_on", "known_at": "known_at", "claimed_known_at": "claimed"}
    own |= {"delivery": "delivery", "retracted": "retracted"}
    if registry.left is not None:
        own["left"] = "gone"
    return own | dict(zip((column.name for column in registry.columns), value_names(registry), strict=True))


def part_schema(registry: Registry) -> Any:
    """The columns of a part and their types."""
    kinds = {column.name: ARROW[column.kind] for column in registry.columns}
    own = {"happened_on": pa.date32(), "known_at": INSTANT, "claimed_known_at": INSTANT, "left": pa.date32()}
    own |= {"delivery": pa.int32(), "retracted": pa.bool_()}
    return pa.schema([(name, kinds.get(name) or own.get(name, pa.string())) for name in part_columns(registry)])


def sort_order(registry: Registry) -> list[str]:
    """The columns a part is sorted by."""
    return [holder(registry), "happened_on", "key", "known_at", "delivery"]


def shaped(registry: Registry, table: Table) -> Table:
    """The rows of a part in today's shape: a column declared since is missing in them, one given up is left out."""
    schema = part_schema(registry)
    columns = [
        table.column(field.name) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def on_bench(registry: Registry, table: Table) -> Table:
    """Rows of a part as the workbench has them."""
    names = {bench: part for part, bench in part_columns(registry).items()}
    missing = {"gone": pa.date32(), "family": pa.string(), "person": pa.string()}
    columns = [
        table.column(names[name]) if name in names else pa.nulls(table.num_rows, missing[name])
        for name in bench_names(registry)
    ]
    return pa.table(columns, names=bench_names(registry))


def off_bench(registry: Registry, table: Table) -> Table:
    """Rows of the workbench as a part has them."""
    schema = part_schema(registry)
    columns = [table.column(bench).cast(schema.field(part).type) for part, bench in part_columns(registry).items()]
    return pa.table(columns, schema=schema)
