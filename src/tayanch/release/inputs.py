"""Inputs: what a scorer reads of a family, in what order, and how codes and truth values become numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tayanch.declare.expressions import Choice, ColumnValue, Constant, Expression, Fill
from tayanch.declare.features import Compiled, Feature
from tayanch.declare.rows import Reduction
from tayanch.errors import ReleaseError, nearest
from tayanch.release.columns import Columns, Matrix, Vector, codes, column_of, names_of, numbers
from tayanch.vocabulary import Kind

NUMERIC = (Kind.NUMBER, Kind.WHOLE, Kind.TRUTH)


@dataclass(frozen=True)
class Input:
    """One feature as a scorer reads it. `categories` are the codes in the order of their numbers 0, 1, 2 …"""

    feature: str
    kind: Kind
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in (*NUMERIC, Kind.CODE):
            raise ReleaseError(f"{self.feature} is a {self.kind.value}", do="a scorer reads numbers, truths and codes.")
        if bool(self.categories) != (self.kind is Kind.CODE):
            raise ReleaseError(
                f"{self.feature} is a {self.kind.value} with {len(self.categories)} categories",
                do="a code has at least one, nothing else has any.",
            )
        if len(set(self.categories)) != len(self.categories):
            raise ReleaseError(f"{self.feature} has a category twice", do="name each once.")


@dataclass(frozen=True)
class Inputs:
    """The features a scorer reads, in its order."""

    items: tuple[Input, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise ReleaseError("a scorer without a feature has nothing to read", do="give at least one feature.")
        if len(set(self.features)) != len(self.items):
            raise ReleaseError("a feature stands twice among the inputs", do="name each once.")

    @classmethod
    def of(cls, compiled: Compiled, seen: Mapping[str, Sequence[str]] | None = None) -> Inputs:
        """The inputs of compiled features.

        Args:
            compiled: the features, in the order of the matrix.
            seen: per code feature without declared values, the codes met in training.

        Raises:
            ReleaseError: when a code has neither declared values nor seen ones.
        """
        return cls(tuple(_input(told, tuple((seen or {}).get(told.id, ()))) for told in compiled.features))

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Ids of the features, in order."""
        return tuple(item.feature for item in self.items)

    def place(self, feature: str) -> int:
        """The column of a feature in the encoded matrix.

        Raises:
            ReleaseError: when it is not among the inputs.
        """
        if feature not in self.features:
            raise ReleaseError(f"{feature} is not among the inputs", do=nearest(feature, self.features))
        return self.features.index(feature)

    def encode(self, columns: Columns) -> Matrix:
        """The columns as float64, rows × features: codes by their place, truths 0 and 1, NaN where missing or unseen.

        Columns of other names are not looked at.

        Raises:
            ReleaseError: when a column is missing, of another sort, of another length, or holds an infinity.
        """
        self._refuse_missing(names_of(columns))
        found = [_encoded(item, column_of(columns, item.feature)) for item in self.items]
        lengths = {len(values) for values in found}
        if len(lengths) > 1:
            raise ReleaseError(
                f"the columns have different lengths: {', '.join(map(str, sorted(lengths)))}",
                do="give one value for each family.",
            )
        x = np.ascontiguousarray(np.column_stack(found))
        self._refuse_infinities(x)
        return x

    def check(self, x: Matrix) -> None:
        """Refuses an encoded matrix of another width.

        Raises:
            ReleaseError: telling both widths.
        """
        if x.ndim != 2 or x.shape[1] != len(self.items):
            raise ReleaseError(
                f"a matrix of shape {x.shape} was given for {len(self.items)} features", do="encode it with its inputs."
            )

    def to_plain(self) -> list[dict[str, Any]]:
        """As JSON values that `inputs_from` reads back."""
        return [
            {"feature": item.feature, "kind": item.kind.value, "categories": list(item.categories)}
            for item in self.items
        ]

    def _refuse_infinities(self, x: Matrix) -> None:
        infinite = np.isinf(x)
        if infinite.any():
            feature = self.features[int(infinite.any(axis=0).argmax())]
            raise ReleaseError(
                f"the column {feature} holds an infinity", do="leave the value missing where it can't be known."
            )

    def _refuse_missing(self, names: Sequence[str]) -> None:
        absent = [feature for feature in self.features if feature not in names]
        if absent:
            others = [name for name in names if name not in self.features]
            hint = nearest(absent[0], others) if len(absent) == 1 and others else "compute these features too."
            raise ReleaseError(f"no column for {', '.join(absent)}", do=hint)


def inputs_from(plain: Sequence[Mapping[str, Any]]) -> Inputs:
    """The inputs that `to_plain` wrote.

    Raises:
        ReleaseError: when they can't stand.
    """
    try:
        items = [Input(str(i["feature"]), Kind(i["kind"]), tuple(map(str, i["categories"]))) for i in plain]
    except (KeyError, TypeError, ValueError) as error:
        raise ReleaseError(f"the stored inputs can't be read: {error}", do="make the release again.") from None
    return Inputs(tuple(items))


def categories(value: Expression) -> tuple[str, ...]:
    """The codes an expression is declared to give, in declared order; none when a column's codes are left open."""
    return tuple(dict.fromkeys(_declared(value)))


def _declared(value: Expression) -> tuple[str, ...]:
    if isinstance(value, Constant):
        return (str(value.value),)
    if isinstance(value, ColumnValue):
        return value.values
    sides: tuple[Expression | None, ...] = ()
    if isinstance(value, Reduction):
        sides = (value.of,)
    elif isinstance(value, Choice):
        sides = (value.yes, value.no)
    elif isinstance(value, Fill):
        sides = (value.of, value.value)
    found = [_declared(side) for side in sides if side is not None]
    return tuple(word for words in found for word in words) if all(found) else ()


def _input(told: Feature, seen: tuple[str, ...]) -> Input:
    if told.kind is not Kind.CODE:
        return Input(told.id, told.kind)
    words = categories(told.expression) or tuple(sorted(set(seen)))
    if not words:
        raise ReleaseError(
            f"{told.id} is a code without declared values", do="declare its values, or give those seen in training."
        )
    return Input(told.id, told.kind, words)


def _encoded(item: Input, column: Any) -> Vector:
    try:
        values = codes(column, item.categories) if item.kind is Kind.CODE else numbers(column)
    except TypeError as error:
        raise ReleaseError(
            f"the column {item.feature} holds {error}, but it is a {item.kind.value}", do="compute it as declared."
        ) from None
    if item.kind is Kind.TRUTH and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise ReleaseError(
            f"the truth {item.feature} holds a number that is neither 0 nor 1", do="compute it as declared."
        )
    return values
