"""Reasons as told: a release's words in every language, kept as text beside a score and shown unchanged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tayanch.declare.forms import canonical
from tayanch.errors import StateError


@dataclass(frozen=True)
class ToldReason:
    """One reason in words.

    theme, feature: what it is about; strength: strong, medium or weak; share: length of its bar in [0, 1], never shown
    as a number; sentences: (language, sentence) in the project's languages.
    """

    theme: str
    feature: str
    strength: Literal["strong", "medium", "weak"]
    share: float
    sentences: tuple[tuple[str, str], ...]

    def sentence(self, language: str) -> str:
        """The sentence in a language, else in the first there is."""
        return dict(self.sentences).get(language) or self.sentences[0][1]

    def __post_init__(self) -> None:
        if not self.sentences:
            raise StateError(f"the reason of {self.feature} has no sentence", do="word it in every language first.")


@dataclass(frozen=True)
class ToldReasons:
    """The reasons of one family, strongest first. `clear`: together they stand for half or more of what counted."""

    raising: tuple[ToldReason, ...] = ()
    lowering: tuple[ToldReason, ...] = ()
    clear: bool = True


def reasons_text(told: ToldReasons) -> str:
    """The reasons as the canonical JSON text that `told_reasons` reads back."""
    plain = {"raising": _plain(told.raising), "lowering": _plain(told.lowering), "clear": told.clear}
    return canonical(plain)


def told_reasons(text: str) -> ToldReasons:
    """The reasons that `reasons_text` wrote.

    Raises:
        StateError: when the text is not of that form.
    """
    try:
        plain = json.loads(text)
        return ToldReasons(_told(plain["raising"]), _told(plain["lowering"]), bool(plain["clear"]))
    except (KeyError, TypeError, ValueError):
        raise StateError("stored reasons can't be read", do="publish the list again.") from None


def _plain(reasons: Sequence[ToldReason]) -> list[dict[str, Any]]:
    sentences = [[list(pair) for pair in reason.sentences] for reason in reasons]
    return [
        vars(reason) | {"share": round(reason.share, 4), "sentences": told}
        for reason, told in zip(reasons, sentences, strict=True)
    ]


def _told(plain: Sequence[dict[str, Any]]) -> tuple[ToldReason, ...]:
    return tuple(
        ToldReason(
            theme=reason["theme"],
            feature=reason["feature"],
            strength=reason["strength"],
            share=reason["share"],
            sentences=tuple((language, sentence) for language, sentence in reason["sentences"]),
        )
        for reason in plain
    )
