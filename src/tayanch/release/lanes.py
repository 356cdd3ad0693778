"""The kernel of contributions: runs a tape (see `tayanch.release.tapes`) over rows, a block of them side by side.

What the inner loops touch lies in flat arrays that fit the nearest memory of a processor: for every depth of a tree and
every quadrature node a lane, one number for each row of the block. Going down a branch multiplies lanes, coming back
adds them up, and every branch leaves its share of a feature's contribution. Quadrature nodes go in pairs: two at a time
cost much less than twice one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tayanch.compiling import compiled, fused_part
from tayanch.release.columns import Matrix

U = np.uint64
"""Places are unsigned: numba need not ask whether one counts from the end, and loops over rows become vectors."""
NONE, ONE, TWO, SIX, FACTORS = U(0), U(1), U(2), U(6), U(12)
DECIDE, DOWN, LEAF, UP = U(0), U(1), U(2), U(3)
BY_CODE, NAN_LEFT, NAN_RIGHT, NAN_ZERO, ZERO_LEFT, ZERO_RIGHT = U(0), U(1), U(2), U(3), U(4), U(5)
NEAR_ZERO = float(np.float32(1e-35))
"""LightGBM's own: where zero means missing, anything nearer to zero does too."""
KIND, DEPTH, PLACE, FEATURE, ABOVE, RIGHT = U(0), U(1), U(2), U(3), U(4), U(5)
"""The columns of a step."""


class Tape(NamedTuple):
    """Trees as steps in the order in which they are walked. Places and numbers are uint64.

    steps: kind (DECIDE at a split; DOWN a branch to another split, LEAF to a leaf and back, UP from where DOWN led);
        depth; place of the split or of the branch's factors; feature; 1 + the depth of the branch above that tests the
        same feature, 0 where none does; 1 for the right branch.
    starts: of each tree its first step, and the end of the last one.
    pairs: of each tree, how many pairs of quadrature nodes it needs.
    factors: of each branch and pair: what it multiplies by, then what it leaves, three numbers each, for both nodes.
    rules, thresholds, sets: of each split, how it decides, by which number, and where its codes begin in `lefts`.
    lefts: 1 for a code that goes left.
    deepest: the greatest depth. widest: the most pairs.
    """

    steps: Any
    starts: Any
    pairs: Any
    factors: Any
    rules: Any
    thresholds: Any
    sets: Any
    lefts: Any
    deepest: Any
    widest: Any


class Spot(NamedTuple):
    """Where a step works. width: rows side by side. at: its feature's rows in flat features × rows.

    here, above: the lanes of its depth, and of the depth where the feature was tested above. kind, right, pairs: of the
    step and its tree. place: of its split or factors. first, deep: the first lane of its depth among products and sums,
    and how far the next depth's lies from it.
    """

    width: Any
    at: Any
    here: Any
    above: Any
    kind: Any
    right: Any
    pairs: Any
    place: Any
    first: Any
    deep: Any


@compiled(fused=True)
def run(tape: Tape, x: Matrix, codes: Any, found: Matrix, width: Any) -> None:
    """Adds the contributions of all trees to `found`.

    Args:
        tape: the trees.
        x: features × rows, float64; the rows are a multiple of `width`.
        codes: the same as codes, uint32; what is no code has a number of which `lefts` says 0.
        found: features × rows.
        width: how many rows stand side by side, uint64.
    """
    rows, depths = U(x.shape[1]), tape.deepest + ONE
    deep = tape.widest * TWO * width
    products, sums = np.zeros(depths * deep), np.zeros(depths * deep)
    products[:deep] = 1.0
    left, passed = np.zeros(depths * width), np.zeros(depths * width)
    values, coded, shares = x.reshape(-1), codes.reshape(-1), found.reshape(-1)
    steps, starts, factors, lefts = tape.steps, tape.starts, tape.factors, tape.lefts
    rules, thresholds, sets = tape.rules, tape.thresholds, tape.sets
    for tree in range(U(len(tape.pairs))):
        for block in range(rows // width):
            for step in range(starts[tree], starts[tree + ONE]):
                kind, depth, place = steps[step, KIND], steps[step, DEPTH], steps[step, PLACE]
                above = steps[step, ABOVE]
                spot = Spot(
                    width,
                    steps[step, FEATURE] * rows + block * width,
                    depth * width,
                    (above - ONE) * width,
                    kind,
                    steps[step, RIGHT],
                    tape.pairs[tree],
                    place,
                    depth * deep,
                    deep,
                )
                if kind == DECIDE:
                    if rules[place] == BY_CODE:
                        _by_code(left, lefts, coded, spot, sets[place])
                    else:
                        _by_value(left, values, spot, rules[place], thresholds[place])
                    continue
                if kind != UP:
                    _pass(passed, left, spot, above == NONE)
                if above == NONE:
                    _first_test(products, sums, passed, shares, factors, spot)
                else:
                    _further_test(products, sums, passed, shares, factors, spot)


@fused_part
def _by_code(left: Any, lefts: Any, codes: Any, spot: Spot, first: Any) -> None:
    """Notes whether each row goes left at a split by code: 1 or 0."""
    for r in range(spot.width):
        left[spot.here + r] = lefts[first + U(codes[spot.at + r])]


@fused_part
def _by_value(left: Any, values: Any, spot: Spot, rule: Any, threshold: Any) -> None:
    """Notes whether each row goes left at a split by value, 1 or 0, as LightGBM decides."""
    here, at = spot.here, spot.at
    if rule == NAN_LEFT:
        for r in range(spot.width):
            left[here + r] = 0.0 if values[at + r] > threshold else 1.0
    elif rule == NAN_RIGHT:
        for r in range(spot.width):
            left[here + r] = 1.0 if values[at + r] <= threshold else 0.0
    elif rule == NAN_ZERO:
        for r in range(spot.width):
            value = 0.0 if np.isnan(values[at + r]) else values[at + r]
            left[here + r] = 1.0 if value <= threshold else 0.0
    else:
        missing = 1.0 if rule == ZERO_LEFT else 0.0
        for r in range(spot.width):
            value = values[at + r]
            by_value = 1.0 if value <= threshold else 0.0
            left[here + r] = missing if np.isnan(value) or abs(value) <= NEAR_ZERO else by_value


@fused_part
def _pass(passed: Any, left: Any, spot: Spot, first: Any) -> None:
    """Notes whether each row passes this branch's test and, unless it is the first, those of its feature above it."""
    here, start, sign = spot.here, 0.0, 1.0
    if spot.right == ONE:
        start, sign = 1.0, -1.0
    if first:
        for r in range(spot.width):
            passed[here + r] = start + sign * left[here + r]
    else:
        for r in range(spot.width):
            passed[here + r] = passed[spot.above + r] * (start + sign * left[here + r])


@fused_part
def _first_test(products: Any, sums: Any, passed: Any, shares: Any, factors: Any, spot: Spot) -> None:
    """A branch whose feature was not tested above it."""
    width, o, at, k, a = spot.width, spot.here, spot.at, spot.place, spot.first
    keep = 1.0 if spot.right == ONE else 0.0
    for _ in range(spot.pairs):
        b, below = a + width, a + spot.deep
        after = below + width
        f, fo, g, go = factors[k], factors[k + U(1)], factors[k + U(6)], factors[k + U(7)]
        c, co, d, do = factors[k + U(3)], factors[k + U(4)], factors[k + U(9)], factors[k + U(10)]
        if spot.kind == DOWN:
            for r in range(width):
                here = passed[o + r]
                products[below + r] = products[a + r] * (f + fo * here)
                products[after + r] = products[b + r] * (g + go * here)
        elif spot.kind == LEAF:
            for r in range(width):
                here = passed[o + r]
                v = products[a + r] * (f + fo * here)
                w = products[b + r] * (g + go * here)
                sums[a + r] = sums[a + r] * keep + v
                sums[b + r] = sums[b + r] * keep + w
                shares[at + r] += v * (c + co * here) + w * (d + do * here)
        else:
            for r in range(width):
                here, v, w = passed[o + r], sums[below + r], sums[after + r]
                sums[a + r] = sums[a + r] * keep + v
                sums[b + r] = sums[b + r] * keep + w
                shares[at + r] += v * (c + co * here) + w * (d + do * here)
        k += FACTORS
        a += TWO * width


@fused_part
def _further_test(products: Any, sums: Any, passed: Any, shares: Any, factors: Any, spot: Spot) -> None:
    """A branch whose feature was tested above it: what was multiplied and left there is put right here."""
    width, o, u, at, k, a = spot.width, spot.here, spot.above, spot.at, spot.place, spot.first
    keep = 1.0 if spot.right == ONE else 0.0
    for _ in range(spot.pairs):
        b, below = a + width, a + spot.deep
        after = below + width
        f, fo, fu = factors[k], factors[k + U(1)], factors[k + U(2)]
        c, co, cu = factors[k + U(3)], factors[k + U(4)], factors[k + U(5)]
        g, go, gu = factors[k + U(6)], factors[k + U(7)], factors[k + U(8)]
        d, do, du = factors[k + U(9)], factors[k + U(10)], factors[k + U(11)]
        if spot.kind == DOWN:
            for r in range(width):
                here, above = passed[o + r], passed[u + r]
                products[below + r] = products[a + r] * (f + fo * here + fu * above)
                products[after + r] = products[b + r] * (g + go * here + gu * above)
        elif spot.kind == LEAF:
            for r in range(width):
                here, above = passed[o + r], passed[u + r]
                v = products[a + r] * (f + fo * here + fu * above)
                w = products[b + r] * (g + go * here + gu * above)
                sums[a + r] = sums[a + r] * keep + v
                sums[b + r] = sums[b + r] * keep + w
                shares[at + r] += v * (c + co * here + cu * above) + w * (d + do * here + du * above)
        else:
            for r in range(width):
                here, above = passed[o + r], passed[u + r]
                v, w = sums[below + r], sums[after + r]
                sums[a + r] = sums[a + r] * keep + v
                sums[b + r] = sums[b + r] * keep + w
                shares[at + r] += v * (c + co * here + cu * above) + w * (d + do * here + du * above)
        k += FACTORS
        a += TWO * width
