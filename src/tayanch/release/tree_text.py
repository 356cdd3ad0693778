"""LightGBM's model text, read and checked before LightGBM sees it: a damaged text can end LightGBM's whole process."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from tayanch.errors import ReleaseError
from tayanch.release.inputs import Inputs
from tayanch.vocabulary import Kind

END_OF_TREES, END = "end of trees", "end of parameters"
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?(e[+-]?\d+)?|inf|nan)")
ONE = ("num_leaves", "num_cat", "is_linear", "shrinkage")
OF_NODES = (
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "internal_value",
    "internal_weight",
    "internal_count",
)
OF_LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
CATEGORIES = ("cat_boundaries", "cat_threshold")
CATEGORICAL = 1
"""The bit of decision_type that says a split is by category."""


@dataclass(frozen=True)
class Tree:
    """One tree: inner nodes in arrays of one length, leaves in arrays one longer. A child below 0 is the leaf ~child.

    threshold: of a categorical split the number of its bit set. inner_counts, leaf_counts: training rows that came by.
    """

    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    decisions: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf_values: tuple[float, ...]
    leaf_counts: tuple[int, ...]
    inner_counts: tuple[int, ...]
    category_bounds: tuple[int, ...]
    category_bits: tuple[int, ...]


@dataclass(frozen=True)
class TreeText:
    """A whole model: what its header says, and its trees."""

    header: dict[str, str]
    trees: tuple[Tree, ...]
    boosting: str


def read_trees(text: str) -> TreeText:
    """The model told by LightGBM's text.

    Raises:
        ReleaseError: when it is cut off or damaged; no part of it is then used.
    """
    if not text.startswith("tree\n") or f"\n{END_OF_TREES}\n" not in text or f"\n{END}\n" not in text:
        raise _damaged("it has no beginning or no end")
    head, rest = text.split("\n\nTree=0\n", 1) if "\n\nTree=0\n" in text else (text, "")
    header = _pairs(head)
    sizes = _wholes(header.get("tree_sizes", ""))
    body = f"Tree=0\n{rest.split(END_OF_TREES)[0]}" if rest else ""
    blocks = tuple(_blocks(body, sizes))
    trees = tuple(_tree(_pairs(block), n) for n, block in enumerate(blocks))
    parameters = text.split(END_OF_TREES, 1)[1]
    boosting = parameters.split("[boosting: ", 1)[1].split("]", 1)[0] if "[boosting: " in parameters else ""
    return TreeText(header, trees, boosting)


def check_trees(model: TreeText, inputs: Inputs) -> None:
    """Refuses a model whose reasons would not be exact, or that was trained for other features.

    Raises:
        ReleaseError: telling what stands against it.
    """
    _check_output(model)
    told = tuple(model.header.get("feature_names", "").split(" "))
    if told != inputs.features or model.header.get("max_feature_idx") != str(len(told) - 1):
        raise ReleaseError(
            f"the model was trained on other features: {_difference(told, inputs.features)}",
            do="release it with the features it was trained on.",
        )
    for number, tree in enumerate(model.trees):
        _check_counts(tree, number)
        _check_features(tree, number, inputs=inputs)


def _check_output(model: TreeText) -> None:
    if "average_output" in model.header or model.boosting == "rf":
        raise ReleaseError("the model averages its trees (random forest)", do='train with boosting "gbdt".')
    outputs = (model.header.get("num_class"), model.header.get("num_tree_per_iteration"))
    objective = model.header.get("objective", "")
    if outputs != ("1", "1") or objective != "binary sigmoid:1":
        raise ReleaseError(
            f'the model\'s objective is "{objective}" with {outputs[0]} outputs',
            do='train with objective "binary" and sigmoid 1: its margin is then a log-odds.',
        )


def _check_counts(tree: Tree, number: int) -> None:
    if tree.features and min((*tree.leaf_counts, *tree.inner_counts)) <= 0:
        raise ReleaseError(
            f"tree {number} has a node that no training row came by (cover 0)",
            do="train without forced splits or refits: reasons need every node's cover.",
        )


def _check_features(tree: Tree, number: int, *, inputs: Inputs) -> None:
    for feature, decision in zip(tree.features, tree.decisions, strict=True):
        item = inputs.items[feature] if 0 <= feature < len(inputs.items) else None
        if item is None:
            raise _damaged(f"tree {number} splits by a feature numbered {feature}")
        if bool(decision & CATEGORICAL) != (item.kind is Kind.CODE):
            raise ReleaseError(
                f"tree {number} splits {item.feature} as {'a code' if decision & CATEGORICAL else 'a number'}, "
                f"but it is a {item.kind.value}",
                do="train with categorical_feature naming exactly the codes.",
            )


def _blocks(body: str, sizes: tuple[int, ...]) -> Iterator[str]:
    written = body.encode()
    if len(written.rstrip(b"\n")) > sum(sizes) or sum(sizes) > len(written):
        raise _damaged(f"its trees take {len(written)} bytes, not the {sum(sizes)} told")
    start = 0
    for number, size in enumerate(sizes):
        block = written[start : start + size].decode()
        if not block.startswith(f"Tree={number}\n") or "\n\n" in block.rstrip("\n"):
            raise _damaged(f"tree {number} does not begin or end where it should")
        yield block
        start += size


def _tree(told: dict[str, str], number: int) -> Tree:
    if told.get("is_linear", "0") != "0":
        raise ReleaseError(
            f"tree {number} has linear leaves", do="train with linear_tree=false: their reasons don't add up."
        )
    _check_shape(told, number)
    tree = Tree(
        features=_wholes(told["split_feature"]),
        thresholds=_floats(told["threshold"]),
        decisions=_wholes(told["decision_type"]),
        left=_wholes(told["left_child"]),
        right=_wholes(told["right_child"]),
        leaf_values=_floats(told["leaf_value"]),
        leaf_counts=_wholes(told["leaf_count"]),
        inner_counts=_wholes(told["internal_count"]),
        category_bounds=_wholes(told.get("cat_boundaries", "")),
        category_bits=_wholes(told.get("cat_threshold", "")),
    )
    if not all(map(math.isfinite, tree.leaf_values)):
        raise _damaged(f"tree {number} has a leaf whose value is no number")
    _check_children(tree, number)
    _check_categories(tree, number, sets=_wholes(told["num_cat"])[0])
    return tree


def _check_shape(told: dict[str, str], number: int) -> None:
    wanted = {"Tree", *ONE, *OF_NODES, *OF_LEAVES, *(CATEGORIES if "cat_boundaries" in told else ())}
    odd = sorted(set(told) ^ wanted)
    if odd:
        raise _damaged(f'tree {number} has no "{odd[0]}" or should have none')
    leaves = len(told["leaf_value"].split())
    lengths = {**dict.fromkeys(ONE, 1), **dict.fromkeys(OF_NODES, leaves - 1), **dict.fromkeys(OF_LEAVES, leaves)}
    for name, length in lengths.items():
        found = len(_floats(told[name]))
        if found != length and not (leaves == 1 and name in ("leaf_weight", "leaf_count") and not found):
            raise _damaged(f"tree {number} tells {found} values of {name} for {leaves} leaves")
    if told["num_leaves"] != str(leaves) or not leaves:
        raise _damaged(f"tree {number} tells {told['num_leaves']} leaves and has {leaves}")


def _check_children(tree: Tree, number: int) -> None:
    leaves = len(tree.leaf_values)
    reached = sorted((*tree.left, *tree.right))
    if leaves > 1 and reached != [*range(-leaves, 0), *range(1, leaves - 1)]:
        raise _damaged(f"the branches of tree {number} don't reach every node once")
    if any(0 <= child <= node for side in (tree.left, tree.right) for node, child in enumerate(side)):
        raise _damaged(f"a branch of tree {number} leads back to where it came from")


def _check_categories(tree: Tree, number: int, *, sets: int) -> None:
    bounds = tree.category_bounds
    rising = all(low < high for low, high in pairwise(bounds))
    fits = len(bounds) == sets + 1 and bounds[0] == 0 and bounds[-1] == len(tree.category_bits) and rising
    if (sets and not fits) or (not sets and bounds):
        raise _damaged(f"the categories of tree {number} don't fit together")
    for decision, threshold in zip(tree.decisions, tree.thresholds, strict=True):
        if decision & CATEGORICAL and not (threshold.is_integer() and 0 <= threshold < sets):
            raise _damaged(f"tree {number} splits by a set of categories it does not tell")


def _pairs(block: str) -> dict[str, str]:
    lines = (line.partition("=") for line in block.split("\n") if line)
    return {name: value for name, _, value in lines}


def _wholes(told: str) -> tuple[int, ...]:
    return tuple(int(value) if value.is_integer() else _refuse_number() for value in _floats(told))


def _floats(told: str) -> tuple[float, ...]:
    return tuple(float(word) if NUMBER.fullmatch(word) else _refuse_number() for word in told.split(" ") if told)


def _refuse_number() -> NoReturn:
    raise _damaged("a number in it can't be read")


def _difference(told: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    if set(told) == set(wanted):
        return "the same ones in another order"
    missing, more = sorted(set(wanted) - set(told)), sorted(set(told) - set(wanted))
    parts = [f"without {', '.join(missing)}" if missing else "", f"with {', '.join(more)}" if more else ""]
    return "; ".join(part for part in parts if part)


def _damaged(how: str) -> ReleaseError:
    return ReleaseError(
        f"the model text is cut off or damaged: {how}", do="restore the file or make the release again."
    )
