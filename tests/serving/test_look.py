"""The look keeps its promises: contrast in both schemes, no colour but the tokens'."""

from __future__ import annotations

import re

import pytest
from tayanch_serving.rendering import CSS

STYLE = CSS.decode()
TOKEN = re.compile(r"--([\w-]+):(#[0-9a-f]{3,6})")
TEXT = [
    ("ink", "ground"),
    ("ink", "card"),
    ("ink-2", "ground"),
    ("ink-2", "card"),
    ("accent", "ground"),
    ("accent", "card"),
    ("accent-ink", "accent"),
    ("top-ink", "top"),
    ("band-3", "card"),
    ("band-3", "ground"),
    ("band-2", "card"),
    ("band-2", "ground"),
    ("stale", "stale-bg"),
    ("ink", "stale-bg"),
]
SHAPES = [("up", "card"), ("down", "card"), ("gold", "top"), ("focus", "ground"), ("focus", "card")]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = STYLE.split("@media (prefers-color-scheme:dark)")
    told = dict(TOKEN.findall(light))
    return told | dict(TOKEN.findall(dark.split("}}")[0])) if scheme == "dark" else told


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_shapes_can_be_told_from_their_ground(scheme: str) -> None:
    known = tokens(scheme)
    weak = {
        f"{one} on {other}": round(contrast(known[one], known[other]), 2)
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for one, other in pairs
        if contrast(known[one], known[other]) < least
    }
    assert not weak


def test_every_colour_is_a_token() -> None:
    rules = re.sub(r":root\{[^}]*\}", "", STYLE)
    assert not re.findall(r"#[0-9a-f]{3,6}\b(?!\w)", rules.replace("#0003", ""))
