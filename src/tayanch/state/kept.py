"""Reasons as they were told, kept as text beside a score: in every language of the project, shown later unchanged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tayanch.declare.forms import canonical
from tayanch.errors import StateError


class Sentence(Protocol):
    """One reason told in one language, as a release gives it."""

    @property
    def theme(self) -> str:
        """The theme's word, e.g. income."""
        ...

    @property
    def feature(self) -> str:
        """The id of the feature that leads it."""
        ...

    @property
    def strength(self) -> str:
        """strong, medium or weak."""
        ...

    @property
    def share(self) -> float:
        """Its share of all contributions by size, in [0, 1]."""
        ...

    @property
    def sentence(self) -> str:
        """The words."""
        ...


class Told(Protocol):
    """All reasons of a family told in one language. `note` is not empty where no reason is clear."""

    @property
    def language(self) -> str:
        """The language."""
        ...

    @property
    def raising(self) -> Sequence[Sentence]:
        """What raises the score, strongest first."""
        ...

    @property
    def lowering(self) -> Sequence[Sentence]:
        """What lowers it, strongest first."""
        ...

    @property
    def note(self) -> str:
        """A sentence where the reasons are not clear, else empty."""
        ...


@dataclass(frozen=True)
class KeptReason:
    """One reason, read back. `share` is the length of its bar and never shown as a number."""

    theme: str
    feature: str
    strength: str
    share: float
    sentences: tuple[tuple[str, str], ...]

    def sentence(self, language: str) -> str:
        """The sentence in a language, else in the first that was told."""
        return dict(self.sentences).get(language) or self.sentences[0][1]


@dataclass(frozen=True)
class KeptReasons:
    """The reasons of one family, strongest first. `clear`: together they stand for half or more of what counted."""

    raising: tuple[KeptReason, ...] = ()
    lowering: tuple[KeptReason, ...] = ()
    clear: bool = True


def reasons_text(told: Sequence[Told]) -> str:
    """The same reasons told in each language as one canonical JSON text, for `ListedFamily.reasons`.

    Raises:
        StateError: when there is no language, or the languages tell different reasons.
    """
    if not told:
        raise StateError("reasons in no language can't be kept", do="tell them in every language of the project.")
    shapes = [[reason.feature for reason in (*one.raising, *one.lowering)] for one in told]
    if any(shape != shapes[0] for shape in shapes):
        raise StateError("the languages tell different reasons", do="tell the same reasons in each.")
    sides = {
        "raising": _side([one.language for one in told], [one.raising for one in told]),
        "lowering": _side([one.language for one in told], [one.lowering for one in told]),
    }
    return canonical({**sides, "clear": not told[0].note})


def kept_reasons(text: str) -> KeptReasons:
    """The reasons that `reasons_text` wrote.

    Raises:
        StateError: when the text is not of that form.
    """
    try:
        plain = json.loads(text)
        return KeptReasons(_kept(plain["raising"]), _kept(plain["lowering"]), bool(plain["clear"]))
    except (KeyError, TypeError, ValueError, IndexError):
        raise StateError("the kept reasons can't be read", do="publish the list again.") from None


def _side(languages: Sequence[str], sides: Sequence[Sequence[Sentence]]) -> list[dict[str, Any]]:
    return [
        {
            "theme": str(same[0].theme),
            "feature": same[0].feature,
            "strength": str(same[0].strength),
            "share": round(same[0].share, 4),
            "sentences": [[language, one.sentence] for language, one in zip(languages, same, strict=True)],
        }
        for same in zip(*sides, strict=True)
    ]


def _kept(side: Sequence[Any]) -> tuple[KeptReason, ...]:
    return tuple(
        KeptReason(
            theme=reason["theme"],
            feature=reason["feature"],
            strength=reason["strength"],
            share=reason["share"],
            sentences=tuple((language, sentence) for language, sentence in reason["sentences"]),
        )
        for reason in side
    )
