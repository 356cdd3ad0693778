"""The files of a release: what is written in each, always in the same bytes, and what is read back from them.

release.yaml ends in a line with its own digest: SHA-256 of every byte before that line, which holds the digests of all
other frozen files. So one digest stands for all of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
import yaml

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Compiled
from tayanch.declare.forms import Form, Plain, from_plain, to_plain
from tayanch.errors import DeclarationError, ReleaseError
from tayanch.release.bands import Bands, Observed
from tayanch.release.calibration import Calibration
from tayanch.release.releases import Draft, Figure, Fold, Limits, Measured, Origin, Papers
from tayanch.release.scorers import scorer_files, scorer_from
from tayanch.release.wording import FOLDER, wording_from
from tayanch.vocabulary import Band, ScorerKind

RELEASE, FEATURES, EXPERIMENT = "release.yaml", "features.json", "experiment.json"
LAST_LINE = re.compile(rb"(?s)(.*\n)digest: ([0-9a-f]{64})\n")
FormSort = TypeVar("FormSort", bound=Form)


def sha256(written: bytes) -> str:
    """SHA-256 as 64 hexadecimal characters."""
    return hashlib.sha256(written).hexdigest()


def frozen_files(draft: Draft) -> dict[str, bytes]:
    """All frozen files but release.yaml and the card, by path."""
    return {
        FEATURES: _form_bytes(draft.compiled),
        EXPERIMENT: _form_bytes(draft.origin.experiment),
        **scorer_files(draft.scorer),
        **draft.wording.to_files(),
    }


def release_bytes(draft: Draft, files: Mapping[str, bytes]) -> bytes:
    """release.yaml, with the digests of the other files and, in its last line, its own."""
    digests = {name: sha256(written) for name, written in sorted(files.items())}
    told = _pure({**_told(draft), "files": digests})
    text = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110).encode()
    return text + f"digest: {sha256(text)}\n".encode()


def read_release(written: bytes) -> tuple[dict[str, Any], str]:
    """What release.yaml tells, and its digest, recomputed.

    Raises:
        ReleaseError: when it was changed, or tells something else than a release does.
    """
    found = LAST_LINE.fullmatch(written)
    if found is None:
        raise ReleaseError("it does not end in the line with its digest", do="restore the file.", where=RELEASE)
    body, told = found.group(1), found.group(2).decode()
    if sha256(body) != told:
        raise changed(RELEASE, expected=told, found=sha256(body))
    try:
        plain = yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise ReleaseError(f"it is no YAML: {error}", do="restore the file.", where=RELEASE) from None
    if not isinstance(plain, dict):
        raise ReleaseError("it tells nothing of a release", do="restore the file.", where=RELEASE)
    return {str(k): v for k, v in plain.items()}, told


def draft_from(told: Mapping[str, Any], files: Mapping[str, bytes]) -> Draft:
    """What the release was frozen from, read back; the digests of meaning and of wording are recomputed.

    Raises:
        ReleaseError: when something in it can't be read, can't stand, or has another digest.
    """
    try:
        draft = _draft(told, files)
    except (KeyError, TypeError, ValueError) as error:
        raise ReleaseError(f"it can't be read: {error!r}", do="restore the file.", where=RELEASE) from None
    digests = {
        FEATURES: ("features", draft.compiled.digest),
        EXPERIMENT: ("experiment", draft.origin.experiment.digest),
        FOLDER: ("wording", draft.wording.digest),
    }
    for name, (key, found) in digests.items():
        if told["digests"][key] != found:
            raise changed(name, expected=told["digests"][key], found=found)
    return draft


def changed(name: str, *, expected: str, found: str) -> ReleaseError:
    """The error for a file whose digest is not the one told."""
    return ReleaseError(
        f"it was changed after the release was frozen: its digest should be {expected} and is {found}",
        do="restore the file from where it was released, or use another release.",
        where=name,
    )


def _told(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "version": draft.version,
        "kind": draft.kind.value,
        **_origin_told(draft.origin),
        "valid_until": draft.limits.valid_until,
        "not_for": list(draft.limits.not_for),
        "known_limits": list(draft.limits.known_limits),
        "calibration": asdict(draft.calibration),
        "bands": _bands_told(draft.bands),
        "importance": dict(zip(draft.scorer.inputs.features, draft.importance, strict=True)),
        "measured": asdict(draft.measured),
        "papers": asdict(draft.papers),
        "languages": list(draft.wording.languages),
        "digests": {
            "features": draft.compiled.digest,
            "experiment": draft.origin.experiment.digest,
            "wording": draft.wording.digest,
            "snapshot": draft.origin.snapshot,
            "matrix": draft.origin.matrix,
        },
    }


def _pure(value: Any) -> Any:
    """Without tuples and numpy's numbers, which YAML has no words for."""
    if isinstance(value, dict):
        return {str(k): _pure(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_pure(item) for item in value]
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return value.item()
    return value


def _origin_told(origin: Origin) -> dict[str, Any]:
    return {
        "project": origin.project,
        "practice": origin.practice,
        "experiment": origin.experiment.name,
        "question": origin.experiment.question,
        "owner": origin.experiment.owner,
        "run": origin.run,
        "created_as_of": origin.created_as_of,
    }


def _bands_told(bands: Bands) -> dict[str, Any]:
    observed = {band.value: asdict(seen) for band, seen in bands.observed}
    return {
        "soon": bands.soon,
        "in_turn": bands.in_turn,
        "missing_limit": bands.missing_limit,
        "observed": observed,
    }


def _draft(told: Mapping[str, Any], files: Mapping[str, bytes]) -> Draft:
    scorer = scorer_from(ScorerKind(told["kind"]), files)
    weights = {str(k): float(v) for k, v in told["importance"].items()}
    return Draft(
        name=told["name"],
        version=told["version"],
        origin=_origin(told, files),
        compiled=_form(files, FEATURES, sort=Compiled),
        scorer=scorer,
        calibration=Calibration(**told["calibration"]),
        bands=_bands(told["bands"]),
        importance=tuple(weights[feature] for feature in scorer.inputs.features),
        wording=wording_from(files, told["languages"]),
        limits=Limits(told["valid_until"], tuple(told["not_for"]), tuple(told["known_limits"])),
        measured=_measured(told["measured"]),
        papers=Papers(**told["papers"]),
    )


def _origin(told: Mapping[str, Any], files: Mapping[str, bytes]) -> Origin:
    return Origin(
        project=told["project"],
        practice=told["practice"],
        experiment=_form(files, EXPERIMENT, sort=Experiment),
        snapshot=told["digests"]["snapshot"],
        matrix=told["digests"]["matrix"],
        created_as_of=told["created_as_of"],
        run=told["run"],
    )


def _bands(told: Mapping[str, Any]) -> Bands:
    observed = tuple((Band(band), Observed(**seen)) for band, seen in told["observed"].items())
    return Bands(told["soon"], told["in_turn"], observed, told["missing_limit"])


def _measured(told: Mapping[str, Any]) -> Measured:
    return Measured(
        folds=tuple(Fold(**fold) for fold in told["folds"]),
        figures=tuple(Figure(**figure) for figure in told["figures"]),
        best_baseline=told["best_baseline"],
        gain=Figure(**told["gain"]) if told["gain"] else None,
        notes=tuple(told["notes"]),
    )


def _form_bytes(form: Form) -> bytes:
    return (json.dumps(_placeless(to_plain(form)), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _placeless(plain: Plain) -> Plain:
    """Without the places of declarations in source files: the same project elsewhere gives the same bytes."""
    if isinstance(plain, list):
        return [_placeless(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    return {k: _placeless(v) for k, v in plain.items() if k != "place" or "form" not in plain}


def _form(files: Mapping[str, bytes], name: str, *, sort: type[FormSort]) -> FormSort:
    if name not in files:
        raise ReleaseError("the file is not there", do="restore it.", where=name)
    try:
        found = from_plain(json.loads(files[name]))
    except (ValueError, DeclarationError) as error:
        raise ReleaseError(f"it can't be read: {error}", do="restore the file.", where=name) from None
    if not isinstance(found, sort):
        raise ReleaseError(f"it holds a {type(found).__name__}, not a {sort.__name__}", do="restore it.", where=name)
    return found
