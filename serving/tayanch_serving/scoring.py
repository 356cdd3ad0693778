"""Scoring one family now, with the same parts of the release that scored the list."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tayanch.release.bands import missing_share
from tayanch.release.reasons import choose_reasons
from tayanch.release.releases import Release
from tayanch.release.telling import ToldReasons
from tayanch.vocabulary import Band
from tayanch_serving.facts import FactBook, FamilyValues


@dataclass(frozen=True)
class Scored:
    """A family's score (None where too little is known), its band and its reasons in words."""

    score: float | None
    band: Band
    told: ToldReasons

    def payload(self, release: Release, *, as_of: str) -> dict[str, Any]:
        """What the log keeps of it: enough to compute it again and compare."""
        told = (*self.told.raising, *self.told.lowering)
        words = json.dumps([[reason.feature, reason.sentence] for reason in told], ensure_ascii=False).encode()
        return {
            "release": release.digest,
            "as_of": as_of,
            "score": self.score,
            "band": self.band.value,
            "language": self.told.language,
            "reasons": hashlib.sha256(words).hexdigest(),
        }


def score_family(release: Release, book: FactBook, *, found: FamilyValues, language: str) -> Scored:
    """The score and reasons of the family whose values were found in the book.

    Raises:
        ReleaseError: when contributions don't add up to the score, or a sentence is not worded in the language.
    """
    x = release.scorer.inputs.encode(found.columns)
    scores = release.calibration.probabilities(release.scorer.margins(x))
    raw = release.scorer.contributions(x)  # refuses to give any that don't add up
    band = release.bands.of(scores, missing_share(x, release.importance))[0]
    reasons = choose_reasons(release.compiled.features, release.calibration.contributions(raw)[0])
    told = release.teller(language).tell(reasons, book.for_telling(found))
    return Scored(None if band is Band.CHECK_DATA else float(scores[0]), band, told)
