"""Telling: reasons in the reader's language, each with its fact. Same facts, wording and language: the same text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tayanch.declare.features import Feature
from tayanch.errors import ReleaseError
from tayanch.release.bands import Observed
from tayanch.release.columns import Table, row_of
from tayanch.release.formats import Value, is_missing, number, shown
from tayanch.release.reasons import Direction, Reason, Reasons, Strength
from tayanch.release.wording import Wording, filled, placeholders
from tayanch.vocabulary import Band, Kind, Theme

Facts = Mapping[str, Mapping[str, Value]]
"""Per feature id: "value" and the feature's further facts by name; None or NaN where missing."""


@dataclass(frozen=True)
class ToldReason:
    """One reason as a page shows it: names and words in the reader's language, the sentence, the share for the bar."""

    theme: Theme
    theme_name: str
    feature: str
    feature_name: str
    direction: Direction
    strength: Strength
    strength_word: str
    share: float
    sentence: str


@dataclass(frozen=True)
class ToldReasons:
    """A family's reasons in one language. `note` says that there is no single clear reason, else it is empty."""

    language: str
    raising: tuple[ToldReason, ...]
    lowering: tuple[ToldReason, ...]
    note: str

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, for answers and for keeping beside a decision."""
        return asdict(self)


@dataclass(frozen=True)
class Teller:
    """Tells reasons, bands and frequencies of a release in one language. What is not worded is a ReleaseError."""

    features: tuple[Feature, ...]
    wording: Wording
    language: str

    def tell(self, reasons: Reasons, facts: Facts) -> ToldReasons:
        """The reasons with their sentences.

        Raises:
            ReleaseError: when something is not worded, or the value of a feature told of was not given.
        """
        raising = tuple(self._told(reason, facts) for reason in reasons.raising)
        lowering = tuple(self._told(reason, facts) for reason in reasons.lowering)
        return ToldReasons(self.language, raising, lowering, "" if reasons.clear else self._need("reasons.unclear"))

    def sentence(self, feature: Feature, direction: Direction, *, facts: Mapping[str, Value]) -> str:
        """The feature's sentence in a direction with these facts; when one is missing, that it is not known.

        Where its value is zero or not so, and the wording has a sentence for that, it is told in either direction.
        """
        text = self._need(f"{feature.id}.{direction.value}")
        if facts.get("value") == 0:
            text = self._say(f"{feature.id}.none") or text
        asked = placeholders(text)
        if any(is_missing(facts.get(name)) for name in ("value", *(name for name, _ in asked))):
            generic = self._say(f"{feature.id}.missing") or self._need("reasons.missing")
            return filled(generic, {("name", ""): self._need(f"{feature.id}.name")})
        return filled(text, {(name, unit): self._shown(feature, name, unit=unit, facts=facts) for name, unit in asked})

    def band(self, band: Band) -> str:
        """The band in words."""
        return self._need(f"band.{band.value}")

    def frequency(self, observed: Observed, *, outcome: str) -> str:
        """How often the outcome was observed among families of the same band, as a sentence."""
        text = self._say(f"outcome.{outcome}.frequency") or self._need("band.frequency")
        words = [number(n, 0, language=self.language) for n in observed.of_100]
        return filled(text, {(name, ""): word for name, word in zip(("n", "low", "high"), words, strict=True)})

    def _told(self, reason: Reason, facts: Facts) -> ToldReason:
        feature = next(feature for feature in self.features if feature.id == reason.feature)
        return ToldReason(
            theme=reason.theme,
            theme_name=self._need(f"theme.{reason.theme.value}"),
            feature=reason.feature,
            feature_name=self._need(f"{reason.feature}.name"),
            direction=reason.direction,
            strength=reason.strength,
            strength_word=self._need(f"strength.{reason.strength.value}"),
            share=reason.share,
            sentence=self.sentence(feature, reason.direction, facts=_facts_of(feature, facts)),
        )

    def _shown(self, feature: Feature, name: str, *, unit: str, facts: Mapping[str, Value]) -> str:
        value = facts[name]
        if name != "value":
            return shown(value, unit, language=self.language, say=self._say)
        if feature.kind is Kind.CODE:
            return self._say(f"{feature.id}.value.{value}") or str(value)
        told = bool(value) if feature.kind is Kind.TRUTH else value
        return shown(told, unit or feature.unit, language=self.language, say=self._say)

    def _say(self, message: str) -> str:
        return self.wording.say(self.language, message)

    def _need(self, message: str) -> str:
        return self.wording.need(self.language, message)


def facts_of_row(features: Sequence[Feature], matrix: Table, *, row: int) -> Facts:
    """Each feature's value, and those of its further facts that are columns `feature/fact`, as one row tells them."""
    values = row_of(matrix, row)
    return {
        feature.id: {"value": values.get(feature.id)}
        | {name: values[f"{feature.id}/{name}"] for name, _ in feature.facts if f"{feature.id}/{name}" in values}
        for feature in features
    }


def _facts_of(feature: Feature, facts: Facts) -> Mapping[str, Value]:
    found = facts.get(feature.id)
    if found is None or "value" not in found:
        raise ReleaseError(f"the value of {feature.id} was not given with the reasons", do="give the family's facts.")
    return found
