"""What declarations allow that the engine must be able to compute."""

import pytest

from tayanch import Column, registry, when
from tayanch.declare.expressions import constant
from tayanch.declare.references import key_text
from tayanch.errors import DeclarationError


@registry(key="id", purpose="test", owner="test")
class homes:
    """One dwelling."""

    happened_on, known_at = "day", "day"
    tenure = Column("Tenure.", values=["own", "rent"])


@pytest.mark.parametrize("value", [7, 7.0, "7", "07", "7.0", " 7"])
def test_a_key_is_looked_up_by_its_number_however_it_is_written(value: object) -> None:
    assert key_text(value) == "7"


def test_a_missing_code_may_be_filled_with_a_word_of_its_own() -> None:
    assert homes.tenure.fill("not told").kind == homes.tenure.kind
    assert when(homes.tenure == "own", homes.tenure, "other").kind == homes.tenure.kind


def test_a_whole_number_beyond_64_bits_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"is beyond 64 bits: use a smaller whole number\."):
        constant(2**63)
