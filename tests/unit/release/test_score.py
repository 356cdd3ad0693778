"""Scoring a matrix: scores, bands, ranks with declared ties, and contributions that add up to each score."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from tayanch.errors import ReleaseError
from tayanch.release.bands import Bands, thresholds
from tayanch.release.score import rank, ranks, score
from tayanch.release.scorers import LightGBMScorer
from tayanch.release.shapley import Forest
from tayanch.release.tree_text import read_trees
from tayanch.vocabulary import ScorerKind
from tests.unit.release.made_up import IDS, INPUTS, TESTED, draft, matrix, model_text

KINDS = tuple(ScorerKind)


@pytest.mark.parametrize("kind", KINDS)
def test_contributions_and_base_give_the_score(kind: ScorerKind) -> None:
    found = score(draft(kind), matrix())
    log_odds = found.contributions.sum(axis=1) + found.base
    np.testing.assert_allclose(1 / (1 + np.exp(-log_odds)), found.table.column("score").to_numpy(), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_inputs_give_the_same_bytes(kind: ScorerKind) -> None:
    one, two = score(draft(kind), matrix()), score(draft(kind), matrix())
    assert one.table.equals(two.table)
    assert one.contributions.tobytes() == two.contributions.tobytes()
    assert rank(draft(kind), matrix()).equals(one.table)


def test_the_table_keeps_the_rows_in_their_order() -> None:
    found = score(draft(), matrix()).table
    assert found.column_names == ["family", "as_of", "score", "band", "rank", "margin", "missing"]
    assert found.select(["family", "as_of"]).equals(matrix().select(["family", "as_of"]))
    assert found.schema.field("rank").type == pa.int64()


def test_ranks_start_anew_at_each_date_and_fall_with_the_score() -> None:
    found = score(draft(), matrix()).table.to_pylist()
    for day in (date(2026, 7, 1), TESTED):
        mine = sorted((row for row in found if row["as_of"] == day), key=lambda row: row["rank"])
        assert [row["rank"] for row in mine] == list(range(1, len(mine) + 1))
        assert all(a["score"] >= b["score"] for a, b in pairwise(mine))


def test_ties_are_ordered_by_a_hash_of_seed_and_family() -> None:
    families = [f"f{n}" for n in range(20)]
    found = ranks(np.full(20, 0.5), families, as_of=np.zeros(20, np.int32), seed=17)
    declared = sorted(families, key=lambda family: hashlib.sha256(f"17:{family}".encode()).hexdigest())
    assert [families[place] for place in np.argsort(found)] == declared
    other = ranks(np.full(20, 0.5), families, as_of=np.zeros(20, np.int32), seed=18)
    assert other.tolist() != found.tolist()


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = np.random.default_rng(5).permutation(matrix().num_rows)
    plain, turned = (score(draft(ScorerKind.PRIOR), table).table for table in (matrix(), matrix().take(mixed)))
    assert plain.take(mixed).column("rank").to_pylist() == turned.column("rank").to_pylist()


def test_too_little_known_gives_no_band() -> None:
    little = replace(
        draft(),
        importance=(0.31, 0.3, 0.3, 0.05, 0.04),
        bands=Bands(*thresholds(rank(draft(), matrix()).column("score").to_numpy(), 0.1)),
    )
    found = score(little, matrix()).table.to_pylist()
    missing = [row[IDS[0]] is None or np.isnan(row[IDS[0]]) for row in matrix().to_pylist()]
    assert any(missing)
    assert all(row["band"] == "check_data" for row, gone in zip(found, missing, strict=True) if gone)
    assert {row["band"] for row in found} == {"soon", "in_turn", "as_usual", "check_data"}


def test_every_row_has_reasons() -> None:
    found = score(draft(), matrix())
    reasons = list(found.reasons())
    assert len(reasons) == matrix().num_rows
    assert all(len(told.raising) <= 4 and len(told.lowering) <= 2 for told in reasons)
    assert any(told.raising for told in reasons)


def test_one_family_scores_as_it_does_in_the_list() -> None:
    whole, alone = score(draft(), matrix()), score(draft(), matrix().slice(9, 1))
    assert alone.table.column("score")[0] == whole.table.column("score")[9]
    assert alone.contributions[0].tobytes() == whole.contributions[9].tobytes()


def test_no_families_give_an_empty_table() -> None:
    found = score(draft(), matrix().slice(0, 0))
    assert found.table.num_rows == 0
    assert found.contributions.shape == (0, len(IDS))


def test_a_matrix_of_other_features_is_refused() -> None:
    with pytest.raises(ReleaseError) as met:
        score(draft(), matrix().drop_columns([IDS[2]]))
    assert str(met.value).startswith("no column for debt.debt_now: ")


def test_a_scorer_whose_reasons_don_t_add_up_is_stopped() -> None:
    broken = LightGBMScorer(INPUTS, model_text())
    less_a_tree = Forest(read_trees(model_text()).trees[1:], len(INPUTS.items))
    object.__setattr__(broken, "_forest", less_a_tree)
    with pytest.raises(ReleaseError, match=r"the reasons of \d+ of 400 families don't add up to the score"):
        score(draft(scorer=broken), matrix())
