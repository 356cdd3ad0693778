"""LightGBM's text: models whose reasons would not be exact are refused, and no damage to a text reaches LightGBM."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tayanch.errors import ReleaseError
from tayanch.release.inputs import Input, Inputs
from tayanch.release.scorers import LightGBMScorer
from tayanch.release.tree_text import check_trees, read_trees
from tayanch.vocabulary import Kind
from tests.unit.release.made_up import IDS, INPUTS, encoded, model_text

BINARY = 'train with objective "binary" and sigmoid 1: its margin is then a log-odds.'
DAMAGED = "the model text is cut off or damaged: "
AGAIN = ": restore the file or make the release again."


def refused(text: str, inputs: Inputs = INPUTS) -> str:
    with pytest.raises(ReleaseError) as met:
        LightGBMScorer(inputs, text)
    return str(met.value)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
            'the model averages its trees (random forest): train with boosting "gbdt".',
        ),
        (
            {"linear_tree": True},
            "tree 0 has linear leaves: train with linear_tree=false: their reasons don't add up.",
        ),
        ({"objective": "regression"}, f'the model\'s objective is "regression" with 1 outputs: {BINARY}'),
        (
            {"objective": "multiclass", "num_class": 2},
            f'the model\'s objective is "multiclass num_class:2" with 2 outputs: {BINARY}',
        ),
        ({"sigmoid": 2.0}, f'the model\'s objective is "binary sigmoid:2" with 1 outputs: {BINARY}'),
    ],
)
def test_models_without_exact_reasons_are_refused(parameters: dict[str, Any], said: str) -> None:
    assert refused(model_text(**parameters)) == said


@pytest.mark.parametrize("boosting", ["gbdt", "dart"])
def test_boosted_models_are_taken(boosting: str) -> None:
    assert LightGBMScorer(INPUTS, model_text(boosting=boosting)).contributions(encoded()).shape == encoded().shape


def test_single_leaf_trees_are_taken() -> None:
    made = LightGBMScorer(INPUTS, model_text(min_child_samples=390))
    assert len(set(made.margins(encoded()))) == 1
    assert not made.contributions(encoded()).any()


def test_other_features_are_told() -> None:
    items = INPUTS.items
    others = Inputs((*items[:4], Input("housing.roof", Kind.CODE, ("tin",))))
    assert refused(model_text(), others) == (
        "the model was trained on other features: without housing.roof; with housing.heating: "
        "release it with the features it was trained on."
    )
    assert refused(model_text(), Inputs(items[::-1])) == (
        "the model was trained on other features: the same ones in another order: "
        "release it with the features it was trained on."
    )


def test_a_code_trained_as_a_number_and_the_reverse_are_told() -> None:
    numbers = Inputs((*INPUTS.items[:4], Input(IDS[4], Kind.NUMBER)))
    assert refused(model_text(), numbers).endswith(
        "splits housing.heating as a code, but it is a number: train with categorical_feature naming exactly the codes."
    )
    codes = Inputs((Input(IDS[0], Kind.CODE, ("a",)), *INPUTS.items[1:]))
    assert refused(model_text(), codes).endswith(
        "splits income.income_now as a number, but it is a code: "
        "train with categorical_feature naming exactly the codes."
    )


def resized(text: str) -> str:
    """The text with the sizes of its trees told anew, as someone would who edits a tree with care."""
    body = text.split("\n\nTree=0\n", 1)[1].split("end of trees")[0]
    trees = re.split(r"(?=Tree=\d+\n)", "Tree=0\n" + body)
    sizes = " ".join(str(len(tree.encode())) for tree in trees if tree)
    return re.sub(r"tree_sizes=[^\n]*", f"tree_sizes={sizes}", text)


def edited(line: str, change: Any) -> str:
    """The model with the first line of this name changed, sizes mended."""
    text = model_text()
    found = re.search(rf"(?m)^{line}=(.*)$", text)
    assert found
    return resized(text[: found.start(1)] + change(found.group(1)) + text[found.end(1) :])


def first(word: str) -> Any:
    return lambda told: " ".join([word, *told.split()[1:]])


def last(word: str) -> Any:
    return lambda told: " ".join([*told.split()[:-1], word])


def test_an_edit_with_mended_sizes_is_still_read_so_that_the_tests_below_mean_something() -> None:
    assert LightGBMScorer(INPUTS, edited("split_gain", first("1.5"))).margins(encoded()).shape == (400,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lambda: "", "it has no beginning or no end"),
        (lambda: "garbage", "it has no beginning or no end"),
        (lambda: model_text()[: len(model_text()) // 2], "it has no beginning or no end"),
        (lambda: model_text().replace("threshold=", "threshold=1 ", 1), "tree 1 does not begin or end where it should"),
        (lambda: re.sub(r"tree_sizes=(\d+).*", r"tree_sizes=\1", model_text()), "its trees take"),
        (lambda: edited("leaf_value", first("nan")), "tree 0 has a leaf whose value is no number"),
        (lambda: model_text().replace("Tree=2", "Tree=7"), "tree 2 does not begin or end where it should"),
        (lambda: edited("num_leaves", lambda _: "9"), "tree 0 tells 9 leaves and has 7"),
        (
            lambda: edited("leaf_count", lambda t: t[: t.rindex(" ")]),
            "tree 0 tells 6 values of leaf_count for 7 leaves",
        ),
        (lambda: edited("split_feature", first("77")), "tree 0 splits by a feature numbered 77"),
        (lambda: edited("split_feature", first("-1")), "tree 0 splits by a feature numbered -1"),
        (lambda: edited("left_child", first("0")), "the branches of tree 0 don't reach every node once"),
        (lambda: edited("left_child", first("-99")), "the branches of tree 0 don't reach every node once"),
        (lambda: edited("leaf_value", first("x")), "a number in it can't be read"),
        (lambda: edited("split_gain", lambda t: f"{t}\n"), "tree 0 does not begin or end where it should"),
        (lambda: edited("leaf_weight", first("1.2.3")), "a number in it can't be read"),
        (lambda: edited("left_child", first("1.5")), "a number in it can't be read"),
        (lambda: resized(model_text().replace("num_cat=", "num_cot=")), 'tree 0 has no "num_cat" or should have none'),
        (lambda: edited("cat_boundaries", last("5")), "the categories of tree"),
        (lambda: edited("cat_threshold", lambda t: f"{t} 1"), "the categories of tree"),
    ],
)
def test_damage_is_told_before_lightgbm_sees_it(text: Any, said: str) -> None:
    found = refused(text())
    assert found.startswith(f"{DAMAGED}{said}")
    assert found.endswith(AGAIN)


def test_a_branch_that_leads_back_is_told() -> None:
    tree = read_trees(model_text()).trees[0]
    back = [*tree.left]
    deep = max(node for node, child in enumerate(back) if child > 0)
    swapped = list(tree.right)
    parent = next(n for n, c in enumerate(back) if c == deep) if deep in back else swapped.index(deep)
    side = back if deep in back else swapped
    side[parent], back[deep] = back[deep], side[parent]
    text = edited("left_child", lambda _: " ".join(map(str, back)))
    start, end = text.index("right_child=") + 12, text.index("\n", text.index("right_child="))
    found = refused(text[:start] + " ".join(map(str, swapped)) + text[end:])
    assert found == f"{DAMAGED}a branch of tree 0 leads back to where it came from{AGAIN}"


def test_zero_covers_are_refused() -> None:
    said = (
        "tree 0 has a node that no training row came by (cover 0): train without forced splits or refits: "
        "reasons need every node's cover."
    )
    assert refused(edited("leaf_count", first("0"))) == said
    assert refused(edited("internal_count", last("0"))) == said


def test_all_trees_are_read() -> None:
    found = read_trees(model_text())
    check_trees(found, INPUTS)
    assert len(found.trees) == 5
    assert found.boosting == "gbdt"
    assert all(sum(tree.leaf_counts) == 400 for tree in found.trees)
