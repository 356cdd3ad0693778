"""Standing: who may become what, signed by whom; nothing of it can be changed by hand."""

from __future__ import annotations

import shutil
import stat
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tayanch.errors import ReleaseError
from tayanch.release.freeze import freeze
from tayanch.release.keys import Keyring, SigningKey, new_key, practice_keys, read_key, trusted_keys
from tayanch.release.releases import Release
from tayanch.release.standing import read_standing
from tayanch.release.verify import change_state, verify
from tayanch.vocabulary import ReleaseState
from tests.unit.release.made_up import TESTED, draft

TRIAL, CHAMPION, RETIRED = ReleaseState.TRIAL, ReleaseState.CHAMPION, ReleaseState.RETIRED
SCIENTIST, SECOND = practice_keys()
TOLD: dict[str, Any] = {"on": TESTED, "why": "To try it out."}


@pytest.fixture
def practice(tmp_path: Path) -> Release:
    return freeze(draft(), tmp_path)


@pytest.fixture
def real(tmp_path: Path) -> Release:
    made = draft()
    return freeze(replace(made, origin=replace(made.origin, practice=False)), tmp_path)


def ring(*keys: SigningKey) -> Keyring:
    return Keyring({key.name: key.public for key in keys})


def refused(make: Any) -> str:
    with pytest.raises(ReleaseError) as met:
        make()
    return str(met.value)


def test_a_release_goes_through_its_life(practice: Release) -> None:
    trial = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    assert trial.state is TRIAL
    champion = change_state(trial, CHAMPION, keys=[SCIENTIST, SECOND], on=date(2026, 11, 1), why="The gate passed.")
    retired = change_state(champion, RETIRED, keys=[SECOND], on=date(2026, 12, 1), why="A better one came.")
    back = change_state(retired, CHAMPION, keys=[SECOND, SCIENTIST], on=date(2026, 12, 2), why="Roll back.")
    assert [change.state for change in back.standing.changes] == [TRIAL, CHAMPION, RETIRED, CHAMPION]
    assert verify(back.folder).state is CHAMPION
    assert back.digest == practice.digest
    assert back.files == practice.files


def test_the_same_change_gives_the_same_bytes(practice: Release, tmp_path: Path) -> None:
    other = verify(Path(shutil.copytree(practice.folder, tmp_path / "other" / "hardship" / "2026-10")))
    ours, theirs = (change_state(r, TRIAL, keys=[SCIENTIST], **TOLD) for r in (practice, other))
    assert ours.standing.to_bytes() == theirs.standing.to_bytes()


@pytest.mark.parametrize(
    ("state", "told", "said"),
    [
        (CHAMPION, TOLD, "a draft can't become a champion: it may become: trial, retired."),
        (
            TRIAL,
            {"on": TESTED, "why": " "},
            "a change without a reason can't stand: say why in one sentence.",
        ),
        (ReleaseState.DRAFT, TOLD, "a draft can't become a draft: it may become: trial, retired."),
    ],
)
def test_changes_that_can_t_stand(state: ReleaseState, told: dict[str, Any], said: str, practice: Release) -> None:
    assert refused(lambda: change_state(practice, state, keys=[SCIENTIST], **told)) == said


def test_a_champion_needs_two_signers(practice: Release) -> None:
    trial = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    said = "to become a champion it needs 2 signers and has 1: have it signed by another person's key."
    assert refused(lambda: change_state(trial, CHAMPION, keys=[SCIENTIST], **TOLD)) == said
    assert refused(lambda: change_state(trial, CHAMPION, keys=[SCIENTIST, SCIENTIST], **TOLD)) == said


def test_days_don_t_run_back(practice: Release) -> None:
    trial = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    said = "the change of 2026-09-30 lies before the last one of 2026-10-01: give a later day."
    assert refused(lambda: change_state(trial, RETIRED, keys=[SECOND], on=date(2026, 9, 30), why="x")) == said


def test_practice_keys_are_refused_outside_practice(real: Release) -> None:
    said = (
        'standing.yaml: it is signed by "practice_data_scientist", a practice key, and the project is not for practice'
        ": have it signed with keys of your own."
    )
    assert refused(lambda: change_state(real, TRIAL, keys=[SCIENTIST], **TOLD)) == said
    trusting = ring(SCIENTIST)
    assert refused(lambda: change_state(real, TRIAL, keys=[SCIENTIST], keyring=trusting, **TOLD)) == said
    assert verify(real.folder).state is ReleaseState.DRAFT


def test_own_keys_sign_a_real_release(real: Release, tmp_path: Path) -> None:
    first, second = new_key("first"), new_key("second")
    for key in (first, second):
        key.save(tmp_path / "keys")
    keyring = trusted_keys(practice=False, folder=tmp_path / "keys")
    trial = change_state(real, TRIAL, keys=[first], keyring=keyring, **TOLD)
    champion = change_state(trial, CHAMPION, keys=[first, second], keyring=keyring, **TOLD)
    assert verify(champion.folder, keyring).state is CHAMPION
    where = f"{real.folder}/standing.yaml"
    assert refused(lambda: verify(champion.folder)) == (
        f'{where}: it is signed by "first", a key that is not trusted here: '
        "have it signed by: a key whose .pub file is trusted."
    )
    assert refused(lambda: verify(champion.folder, ring(second))) == (
        f'{where}: it is signed by "first", a key that is not trusted here: have it signed by: second.'
    )
    impostor = Keyring({"first": second.public, "second": second.public})
    assert refused(lambda: verify(champion.folder, impostor)) == (
        f'{where}: the signature of "first" is not of this release: restore the file, or sign again.'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("state: trial", "state: champion"),
        ("day: 2026-10-01", "day: 2026-10-02"),
        ("To try it out.", "The gate passed."),
        ("practice_data_scientist", "practice_second_signer"),
    ],
)
def test_a_change_edited_by_hand_is_refused(before: str, after: str, practice: Release) -> None:
    change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    file = practice.folder / "standing.yaml"
    file.write_text(file.read_text().replace(before, after))
    assert refused(lambda: verify(practice.folder)).startswith(f"{practice.folder}/standing.yaml: ")


def test_every_flipped_bit_of_a_signed_standing_is_refused(practice: Release) -> None:
    whole = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD).standing.to_bytes()
    for place in range(len(whole)):
        for bit in (0, 2, 5):
            flipped = whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]
            with pytest.raises(ReleaseError):
                read_standing(flipped, practice.digest).check(ring(SCIENTIST, SECOND))


def test_another_text_for_the_same_signature_is_refused(practice: Release) -> None:
    standing = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD).standing
    signed = standing.changes[0].signatures[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(signed.signature[-3]) ^ 1]
    other = replace(signed, signature=f"{signed.signature[:-3]}{last}==")
    changed = replace(standing, changes=(replace(standing.changes[0], signatures=(other,)),))
    assert refused(lambda: changed.check(ring(SCIENTIST))) == (
        'the signature of "practice_data_scientist" is not of this release: restore the file, or sign again.'
    )


def test_a_change_taken_from_another_place_is_refused(practice: Release) -> None:
    trial = change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    champion = change_state(trial, CHAMPION, keys=[SCIENTIST, SECOND], **TOLD)
    change_state(champion, RETIRED, keys=[SECOND], **TOLD)
    file = practice.folder / "standing.yaml"
    told = yaml.safe_load(file.read_text())
    told["changes"].append(deepcopy(told["changes"][1]))
    file.write_bytes(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110).encode())
    assert "is not of this release" in refused(lambda: verify(practice.folder))


def test_comments_and_spaces_are_changes_too(practice: Release) -> None:
    file = practice.folder / "standing.yaml"
    file.write_text(file.read_text() + "# all is well\n")
    assert refused(lambda: verify(practice.folder)) == (
        f"{file}: it was changed by hand: restore the file; states change by signing."
    )


def test_a_changed_release_can_t_be_signed(practice: Release) -> None:
    (practice.folder / "card.md").write_text("x")
    assert "it was changed after the release was frozen" in refused(
        lambda: change_state(practice, TRIAL, keys=[SCIENTIST], **TOLD)
    )


def test_keys_are_saved_for_their_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    key = new_key("first")
    file = key.save(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key(file).public == key.public
    assert "private" not in repr(key)
    assert refused(lambda: new_key("first").save(tmp_path)) == (
        f"{file}: there is a key of that name already: take another name."
    )
    assert read_key(file).public == key.public


def test_practice_keys_are_the_same_everywhere() -> None:
    assert [key.public.hex()[:16] for key in practice_keys()] == [key.public.hex()[:16] for key in practice_keys()]
    assert set(trusted_keys(practice=True).public) == {"practice_data_scientist", "practice_second_signer"}
    assert trusted_keys(practice=False).public == {}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: new_key("No Name"), '"No Name" is no name for a key: use small letters, digits and _.'),
        (lambda folder: read_key(folder / "x.key"), "FOLDER/x.key: no signing key can be read here: name a .key file."),
        (
            lambda folder: saved(folder, replace(SCIENTIST, name="mine")),
            '"mine" is a practice key, which anyone can sign with: remove it; make keys of your own.',
        ),
        (
            lambda folder: saved(folder, *(replace(KEY, name=name) for name in ("one", "two"))),
            "FOLDER: two names stand for one key: keep one of the files.",
        ),
        (lambda folder: garbled(folder), "FOLDER/x.pub: it is no public key: restore the file."),
    ],
)
def test_keys_that_can_t_stand(make: Any, said: str, tmp_path: Path) -> None:
    assert refused(lambda: make(tmp_path)).replace(str(tmp_path), "FOLDER") == said


KEY = new_key("one")


def saved(folder: Path, *keys: SigningKey) -> Keyring:
    for key in keys:
        key.save(folder)
    return trusted_keys(practice=False, folder=folder)


def garbled(folder: Path) -> Keyring:
    (folder / "x.pub").write_text("not a key")
    return trusted_keys(practice=False, folder=folder)
