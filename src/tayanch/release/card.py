"""The card: what a release is, how it was measured and what it is not for. Every number is the release's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tayanch.release.documents import frozen_files, sha256
from tayanch.release.reasons import MOST_LOWERING, MOST_RAISING
from tayanch.release.releases import Draft, Figure, Fold

MISSING = "**MISSING**"
MOST_TOLD = 15


def card(draft: Draft) -> str:
    """The model card as Markdown. What only a person can tell and nobody told prints MISSING."""
    parts = [
        _head(draft),
        _part("Question", [draft.origin.experiment.question or MISSING]),
        _part("Data", _data(draft)),
        _part("Folds", _table(_FOLDS, (_fold(fold) for fold in draft.measured.folds))),
        _part("Figures, out of time", _figures(draft)),
        _part("Against the best simple baseline", [_gain(draft)]),
        _part("Bands", _bands(draft)),
        _part("What weighs most", _weights(draft)),
        _part("Not for", [f"- {use}" for use in draft.not_for]),
        _part("Limits", _limits(draft)),
        _part("What only a person can tell", _papers(draft)),
        _part("Digests", _digests(draft)),
    ]
    return "\n".join(parts)


_FOLDS = ("as of", "trained up to", "training dates", "families", "outcome known", "with the outcome")


def _head(draft: Draft) -> str:
    practice = "\nA practice project: nothing here may be used for real families.\n" if draft.origin.practice else ""
    origin = f"{draft.origin.project}, experiment {draft.origin.experiment.name}, owner {_said(_owner(draft))}"
    life = f"created as of {draft.origin.created_as_of}, valid until {draft.limits.valid_until}"
    return f"# {draft.name} {draft.version}\n{practice}\nA {draft.kind.value} scorer of {origin}; {life}.\n"


def _owner(draft: Draft) -> str:
    return draft.origin.experiment.owner


def _part(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"## {title}", "", *(list(lines) or [MISSING]), ""])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body] if body else []


def _data(draft: Draft) -> list[str]:
    experiment, features = draft.origin.experiment, draft.compiled.features
    registries = (f"- {r.name}: {r.meaning} Owner: {r.owner}. Purpose: {r.purpose}." for r in draft.compiled.registries)
    unread = [language for language in draft.wording.languages if not draft.wording.catalogue(language).reviewed]
    told = f"Wording in {', '.join(draft.wording.languages)}"
    return [
        f"Cohort: {experiment.cohort}. Outcome: {experiment.outcome}. {len(features)} features of these registries:",
        "",
        *registries,
        "",
        f"{told}; not yet reviewed by a native reader: {', '.join(unread) or 'none'}.",
    ]


def _fold(fold: Fold) -> tuple[str, ...]:
    counts = (fold.training_dates, fold.families, fold.known)
    return (str(fold.as_of), str(fold.trained_to), *map(str, counts), f"{fold.share_with_outcome:.3f}")


def _figures(draft: Draft) -> list[str]:
    rows = [(f.candidate, f.measure, *_interval(f)) for f in draft.measured.figures]
    notes = [line for note in draft.measured.notes for line in ("", note)]
    return [*_table(("candidate", "measure", "value", "low (95 %)", "high (95 %)"), rows), *notes]


def _interval(figure: Figure) -> tuple[str, str, str]:
    return f"{figure.value:.3f}", f"{figure.low:.3f}", f"{figure.high:.3f}"


def _gain(draft: Draft) -> str:
    gain = draft.measured.gain
    if gain is None:
        return MISSING
    value, low, high = _interval(gain)
    verdict = "above 0" if gain.low > 0 else "not shown to be above 0"
    return f"Gain in {gain.measure} over {draft.measured.best_baseline}: {value} ({low} to {high}), {verdict}."


def _bands(draft: Draft) -> list[str]:
    bands = draft.bands
    limits = f"soon from the score {bands.soon:.4f} on, in turn from {bands.in_turn:.4f} on"
    rows = ((b.value, *(f"{n:.3f}" for n in (o.value, o.low, o.high)), str(o.families)) for b, o in bands.observed)
    missing = f"no band where more than {100 * bands.missing_limit:.0f} % of the importance is missing"
    return [f"{limits}; {missing}.", "", *_table(("band", "observed", "low (95 %)", "high (95 %)", "families"), rows)]


def _weights(draft: Draft) -> list[str]:
    pairs = sorted(zip(draft.compiled.features, draft.importance, strict=True), key=lambda pair: -pair[1])
    rows = [(feature.id, feature.meaning, f"{100 * share:.1f} %") for feature, share in pairs[:MOST_TOLD]]
    more = len(pairs) - len(rows)
    return [
        *_table(("feature", "meaning", "of all contributions"), rows),
        *([f"\nAnd {more} more."] if more > 0 else []),
    ]


def _limits(draft: Draft) -> list[str]:
    always = [
        "A score adds a family to a list that a person looks at; it decides nothing.",
        f"Families get at most {MOST_RAISING} raising and {MOST_LOWERING} lowering reasons; small ones are not told.",
        "Intervals are clustered by area and leave out that another training could have given another model.",
    ]
    return [f"- {limit}" for limit in (*always, *draft.limits.known_limits)]


def _papers(draft: Draft) -> list[str]:
    papers = draft.papers
    told = {
        "Intended use": papers.intended_use,
        "Legal basis": papers.legal_basis,
        "Who is affected": papers.who_is_affected,
        "How to object": papers.how_to_object,
        "Responsible person": papers.responsible_person,
    }
    return [f"- {question}: {_said(answer)}" for question, answer in told.items()]


def _digests(draft: Draft) -> list[str]:
    origin = draft.origin
    files = [(name, sha256(written)) for name, written in sorted(frozen_files(draft).items())]
    own = [("snapshot", origin.snapshot), ("matrix", origin.matrix), ("features", draft.compiled.digest)]
    return _table(("what", "SHA-256"), [*own, *files])


def _said(text: str) -> str:
    return text.strip() or MISSING
