"""What a release writes it reads back the same, and its texts always hold together."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tayanch.declare.expressions import Constant
from tayanch.declare.features import Feature
from tayanch.release.forbidden import forbidden_words
from tayanch.release.formats import shown
from tayanch.release.reasons import choose_reasons
from tayanch.release.wording import Catalogue, Wording, filled, placeholders, wording_from
from tayanch.vocabulary import Theme

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)
IDS = st.from_regex(r"[a-z]{1,8}\.[a-z0-9_]{1,8}", fullmatch=True)


@given(st.dictionaries(IDS, TEXTS, max_size=8), st.booleans())
def test_catalogues(messages: dict[str, str], reviewed: bool) -> None:
    wording = Wording((Catalogue("uz", dict(sorted(messages.items())), reviewed),))
    back = wording_from(wording.to_files(), ("uz",))
    assert back == wording
    assert back.digest == wording.digest
    assert back.to_files() == wording.to_files()


@given(
    st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15),
    st.sampled_from(["UZS", "ratio", "share", "percent", "days", "months", "", "payments"]),
    st.sampled_from(["en", "es", "uz", "uz_Cyrl", "ru"]),
)
def test_numbers_are_shown_in_one_piece_and_read_back(value: float, unit: str, language: str) -> None:
    text = shown(value, unit, language=language, say=lambda _: "")
    assert " " not in text
    assert text != "\u22120"
    digits = text.replace("\u00a0", "").replace("\u2212", "-").replace(unit, "") if unit else text.replace("\u00a0", "")
    read = float(digits.replace("\u2212", "-").replace(",", "."))
    told = 100 * value if unit == "share" else value
    assert math.isclose(read, told, abs_tol=0.51, rel_tol=1e-12)


@given(st.lists(st.floats(-5, 5).filter(lambda v: v == 0 or abs(v) > 1e-9), min_size=1, max_size=24))
def test_reasons_are_few_ordered_and_of_their_direction(values: list[float]) -> None:
    features = [Feature(f"f{n}", tuple(Theme)[n % 8], Constant(1.0)) for n in range(len(values))]
    found = choose_reasons(features, np.array(values))
    by_id = {feature.id: value for feature, value in zip(features, values, strict=True)}
    assert len(found.raising) <= 4
    assert len(found.lowering) <= 2
    assert all(by_id[reason.feature] > 0 for reason in found.raising)
    assert all(by_id[reason.feature] < 0 for reason in found.lowering)
    for side in (found.raising, found.lowering):
        shares = [reason.share for reason in side]
        assert shares == sorted(shares, reverse=True)
        assert all(0.05 <= share <= 1 + 1e-9 for share in shares)
        assert len({reason.theme for reason in side}) == len(side)


@given(TEXTS, st.sampled_from(["en", "es", "uz", "uz_Cyrl", "ru", "kk"]))
def test_any_text_can_be_searched_for_forbidden_words(text: str, language: str) -> None:
    assert "fraud" in forbidden_words(f"{text} fraud", language)


@given(TEXTS.filter(lambda text: "{" not in text and "}" not in text), TEXTS)
def test_filled_sentences_hold_their_facts(text: str, fact: str) -> None:
    sentence = f"{text}{{value}}{text}{{before:UZS}}"
    assert placeholders(sentence) == (("value", ""), ("before", "UZS"))
    assert filled(sentence, {("value", ""): fact, ("before", "UZS"): "7"}) == f"{text}{fact}{text}7"
