"""Freezing and verifying: the same draft, the same bytes; any byte changed, missing or added stops the release."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tayanch.declare.features import compile_features
from tayanch.errors import ReleaseError
from tayanch.release.bands import Bands, Observed
from tayanch.release.documents import release_bytes, sha256
from tayanch.release.freeze import freeze, release_files
from tayanch.release.releases import Limits, Origin, Release
from tayanch.release.score import score
from tayanch.release.standing import Standing
from tayanch.release.verify import verify
from tayanch.vocabulary import Band, ReleaseState, ScorerKind
from tests.unit.release.made_up import EXPERIMENT, FEATURES, TESTED, draft, matrix, scorer, visits, worded

FILES = (
    "card.md",
    "experiment.json",
    "features.json",
    "model.txt",
    "release.yaml",
    "scorer.json",
    "standing.yaml",
    "wording/en.po",
    "wording/uz.po",
)
AGAIN = "restore the file from where it was released, or use another release."


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return freeze(draft(), tmp_path_factory.mktemp("releases"))


@pytest.fixture
def copied(frozen: Release, tmp_path: Path) -> Path:
    return Path(shutil.copytree(frozen.folder, tmp_path / frozen.name / frozen.version))


def refused(folder: Path) -> str:
    with pytest.raises(ReleaseError) as met:
        verify(folder)
    return str(met.value).replace(str(folder), "FOLDER")


def test_writes_these_files_and_nothing_else(frozen: Release) -> None:
    assert tuple(sorted(f.relative_to(frozen.folder).as_posix() for f in frozen.folder.rglob("*.*"))) == FILES
    assert [f.name for f in frozen.folder.parent.iterdir()] == ["2026-10"]
    assert frozen.id == "hardship/2026-10"
    assert frozen.state is ReleaseState.DRAFT


@pytest.mark.parametrize("kind", tuple(ScorerKind))
def test_comes_back_as_it_was_frozen(kind: ScorerKind, tmp_path: Path) -> None:
    made = draft(kind)
    back = freeze(made, tmp_path)
    assert back.compiled.digest == made.compiled.digest
    assert back.origin.experiment.digest == made.origin.experiment.digest
    same = (
        "name",
        "version",
        "scorer",
        "calibration",
        "bands",
        "importance",
        "wording",
        "limits",
        "measured",
        "papers",
    )
    assert [getattr(back, name) for name in same] == [getattr(made, name) for name in same]
    assert replace(back.origin, experiment=EXPERIMENT) == made.origin
    ours, theirs = score(made, matrix()), score(back, matrix())
    assert ours.table.equals(theirs.table)
    assert ours.contributions.tobytes() == theirs.contributions.tobytes()


def test_the_same_draft_gives_the_same_bytes_and_the_release_frozen_again_too(frozen: Release) -> None:
    files = release_files(draft())
    assert files == {name: (frozen.folder / name).read_bytes() for name in FILES}
    assert release_files(frozen) == files


def test_numpy_s_numbers_are_written_as_numbers(tmp_path: Path) -> None:
    value = np.float64(0.5)
    seen = Observed(value, value, value, int(np.int64(120)))
    made = draft(bands=Bands(value, value, ((Band.SOON, seen),)), importance=tuple(np.full(5, 0.2)))
    assert freeze(made, tmp_path).bands.soon == 0.5


def test_where_declarations_stand_in_files_is_not_told(frozen: Release) -> None:
    for name in FILES:
        assert "/somewhere" not in (frozen.folder / name).read_text()
        assert "made_up.py" not in (frozen.folder / name).read_text()


def test_people_can_read_release_yaml(frozen: Release) -> None:
    told = yaml.safe_load((frozen.folder / "release.yaml").read_text())
    assert list(told)[:6] == ["name", "version", "kind", "project", "practice", "experiment"]
    assert told["question"] == "Which families will fall below the line?"
    assert told["valid_until"] == date(2027, 10, 1)
    assert list(told)[-1] == "digest"
    assert told["digest"] == frozen.digest
    assert told["digests"]["snapshot"] == "a" * 64


def test_a_version_that_is_there_is_never_overwritten(copied: Path) -> None:
    before = {f: f.read_bytes() for f in copied.rglob("*.*")}
    with pytest.raises(ReleaseError) as met:
        freeze(draft(ScorerKind.RULE), copied.parent.parent)
    assert str(met.value) == (
        f"{copied}: the release hardship/2026-10 is there already: "
        "give a new version; a frozen release is never overwritten."
    )
    assert {f: f.read_bytes() for f in copied.rglob("*.*")} == before


def test_a_freeze_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def full(number: int) -> None:
        written.append(number)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReleaseError) as met:
        freeze(draft(), tmp_path)
    assert (
        str(met.value) == f"{tmp_path}/hardship/2026-10: the folder can't be written: No space left on device: free it."
    )
    assert list((tmp_path / "hardship").iterdir()) == []


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere_stops_it(name: str, copied: Path) -> None:
    whole = (copied / name).read_bytes()
    step = max(1, len(whole) // 30)
    for place in {*range(0, len(whole), step), len(whole) - 1}:
        for bit in (0, 5):
            (copied / name).write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
            assert refused(copied).startswith(f"FOLDER/{name}: ")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", [lambda whole: whole[:-1], lambda whole: whole + b"\n", lambda whole: b""])
def test_a_byte_less_or_more_stops_it(name: str, change: Any, copied: Path) -> None:
    (copied / name).write_bytes(change((copied / name).read_bytes()))
    assert refused(copied).startswith(f"FOLDER/{name}: ")


def test_a_changed_file_is_told_with_both_digests(copied: Path, frozen: Release) -> None:
    (copied / "card.md").write_text("A good model.")
    assert refused(copied) == (
        "FOLDER/card.md: it was changed after the release was frozen: its digest should be "
        f"{frozen.files['card.md']} and is {sha256(b'A good model.')}: {AGAIN}"
    )


def test_a_changed_release_yaml_is_told_with_both_digests(copied: Path, frozen: Release) -> None:
    text = (copied / "release.yaml").read_bytes().replace(b"slope: 0.9", b"slope: 9.9")
    (copied / "release.yaml").write_bytes(text)
    assert refused(copied) == (
        "FOLDER/release.yaml: it was changed after the release was frozen: its digest should be "
        f"{frozen.digest} and is {sha256(text[: text.rindex(b'digest: ')])}: {AGAIN}"
    )


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_told(name: str, copied: Path, frozen: Release) -> None:
    (copied / name).unlink()
    told = f"; its digest should be {frozen.files[name]}" if name in frozen.files else ""
    assert refused(copied) == (f"FOLDER/{name}: the file is not there{told}: restore it from where it was released.")


def test_an_added_file_is_told(copied: Path) -> None:
    (copied / "wording" / "fr.po").write_bytes(b"x")
    assert refused(copied) == (
        f"FOLDER/wording/fr.po: the file is not part of the release; its digest is {sha256(b'x')}: remove it."
    )


def test_no_release_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "x") == "FOLDER: there is no release here: name a folder that `tayanch release` wrote."
    assert refused(tmp_path) == "FOLDER/release.yaml: the file is not there: restore it from where it was released."


def test_a_release_in_another_s_folder_is_told(copied: Path) -> None:
    moved = copied.rename(copied.parent / "2026-11")
    assert refused(moved) == (
        "FOLDER: the folder holds the release hardship/2026-10: put each release into its own folder."
    )


def forged(copied: Path, **files: bytes) -> str:
    """The folder with files changed and all digests told anew, as someone would who writes them by hand."""
    for name, written in files.items():
        (copied / name.replace("__", ".")).write_bytes(written)
    frozen = {
        f.relative_to(copied).as_posix(): f.read_bytes()
        for f in copied.rglob("*.*")
        if f.name not in ("release.yaml", "standing.yaml")
    }
    return release_bytes(draft(), frozen).decode()


def rewritten(copied: Path, text: str) -> str:
    body = text[: text.rindex("digest: ")].encode()
    (copied / "release.yaml").write_bytes(body + f"digest: {sha256(body)}\n".encode())
    return refused(copied)


def test_other_features_than_those_of_the_digest_of_meaning(copied: Path, frozen: Release) -> None:
    told = json.loads((copied / "features.json").read_text())
    told["features"][0]["unit"] = "EUR"
    found = rewritten(copied, forged(copied, features__json=json.dumps(told).encode()))
    assert found.startswith(
        "FOLDER/features.json: it was changed after the release was frozen: its digest should be "
        f"{frozen.compiled.digest} and is "
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("slope: 0.9", "slope: -0.9", "the calibration's slope is -0.9, which turns the order of the families round"),
        ("soon: 0.4", "sooner: 0.4", "release.yaml: it can't be read: KeyError('soon'): restore the file."),
        ("kind: lightgbm", "kind: magic", "release.yaml: it can't be read: ValueError("),
        ("kind: lightgbm", "kind: rule", "scorer.json: the scorer is not of the kind rule: restore the file."),
        ("files:", "fails:", "release.yaml: it does not tell the digests of its files: restore the file."),
        ("name: hardship", "name: [", "release.yaml: it is no YAML: "),
        ("name: hardship", "name: ../x", '"../x/2026-10" can\'t name a release'),
    ],
)
def test_a_forged_release_yaml_still_can_t_stand(before: str, after: str, said: str, copied: Path) -> None:
    assert said in rewritten(copied, forged(copied).replace(before, after, 1))


def test_forms_that_are_not_known_here(copied: Path) -> None:
    found = rewritten(copied, forged(copied, features__json=b'{"form": "Spell"}'))
    assert found == (
        'FOLDER/features.json: it can\'t be read: the form "Spell" is not known here: '
        "use the version of Tayanch that wrote it.: restore the file."
    )
    found = rewritten(copied, forged(copied, features__json=b"[]"))
    assert found == "FOLDER/features.json: it holds a tuple, not a Compiled: restore it."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"name": "Hard ship"},
            '"Hard ship/2026-10" can\'t name a release: use small letters and digits: "hardship/2026-10".',
        ),
        (
            {"version": "../x"},
            '"hardship/../x" can\'t name a release: use small letters and digits: "hardship/2026-10".',
        ),
        ({"importance": (1.0,)}, "1 importances stand for 5 features: give one for each."),
        (
            {"limits": Limits(TESTED)},
            "it would be valid until 2026-10-01, not after 2026-10-01: give a later day.",
        ),
        (
            {"compiled": compile_features(FEATURES[:4], (visits,), ())},
            "the scorer reads income.income_now, income.income_12m, debt.debt_now, support.was_visited, "
            "housing.heating, the release carries income.income_now, income.income_12m, debt.debt_now, "
            "support.was_visited: "
            "compile the features the scorer was trained on, in the same order.",
        ),
    ],
)
def test_a_draft_that_can_t_stand(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        draft(**changed)
    assert str(met.value) == said


def test_no_digest() -> None:
    with pytest.raises(ReleaseError) as met:
        Origin("p", True, EXPERIMENT, "abc", "b" * 64, TESTED)
    assert str(met.value) == '"abc" is no digest of a snapshot: give its 64 hexadecimal characters.'


def test_features_without_wording_can_t_be_frozen(tmp_path: Path) -> None:
    bare = worded(("en",), debt__debt_now__name="", debt__debt_now__raises="")
    with pytest.raises(ReleaseError) as met:
        freeze(draft(wording=bare), tmp_path)
    assert str(met.value) == (
        "the wording has gaps: en: debt.debt_now.name is missing; en: debt.debt_now.raises is missing: "
        "word every feature in every language in features/wording/; workers read these sentences."
    )
    nothing = replace(bare, catalogues=(replace(bare.catalogues[0], messages={}),))
    with pytest.raises(ReleaseError, match=r"; and \d+ more: word every feature"):
        freeze(draft(wording=nothing), tmp_path)


def test_another_release_s_standing_is_refused(copied: Path, frozen: Release) -> None:
    (copied / "standing.yaml").write_bytes(Standing("f" * 64).to_bytes())
    assert refused(copied) == (
        f"FOLDER/standing.yaml: it tells of the release {'f' * 64}, not of {frozen.digest}: restore the file."
    )


def test_a_release_s_scorer_is_its_own(frozen: Release) -> None:
    assert frozen.scorer == scorer(ScorerKind.LIGHTGBM)
    assert frozen.not_for[-1] == "ranking schools"
    assert "refusing, cutting or stopping help" in frozen.not_for
