"""Keys: for their owner only, from a file or the environment, never told; a new one in an old one's place."""

import stat
from pathlib import Path

import pytest

from tayanch.declare.identity import PLAIN
from tayanch.errors import ProjectError, StoreError
from tayanch.intake.disk import write_whole
from tayanch.intake.identity import IdentityFiles
from tayanch.intake.keys import KINDS, DoorKeys, Key, KeyFolder, KeyKind, KeyRing, practice_key
from tayanch.intake.rotation import rotate_lookup, rotate_sealing
from tayanch.intake.sealing import Seal, seal, unseal
from tayanch.intake.tokens import find_name, find_number
from tests.unit.intake.identity_office import NAMED, NEW, A, found_in_the_clear, lay, opened
from tests.unit.intake.office import KEYS, Office

PLACE = Seal("agency", "identity", "3", "1")
ONE, OTHER = "11" * 32, "22" * 32


def folder(home: Path, **environment: str) -> KeyFolder:
    return KeyFolder(home, "agency", practice=False, environment=environment)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path, kind: KeyKind) -> None:
    made = folder(tmp_path).key(kind)
    assert folder(tmp_path).key(kind) == made
    file = tmp_path / "keys" / f"{kind}_agency.key"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert len(made.secret) == 32


def test_a_key_that_is_not_kept_serves_once(tmp_path: Path) -> None:
    assert folder(tmp_path).key("lookup", keep=False) != folder(tmp_path).key("lookup", keep=False)
    assert not (tmp_path / "keys").exists()


def test_keys_come_from_the_environment_as_digits_or_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "told").write_text(f"{OTHER}\n{ONE}\n")
    assert folder(tmp_path, TAYANCH_LOOKUP_KEY=ONE).ring("lookup").keys == (Key(bytes.fromhex(ONE)),)
    told = folder(tmp_path, TAYANCH_LOOKUP_KEY=str(tmp_path / "told")).ring("lookup").keys
    assert told == (Key(bytes.fromhex(OTHER)), Key(bytes.fromhex(ONE)))
    assert folder(tmp_path, TAYANCH_LOOKUP_KEY=f"{OTHER},{ONE}").ring("lookup").keys == told


@pytest.mark.parametrize(
    ("kind", "told", "error"),
    [
        (
            "sealing",
            "abc",
            "TAYANCH_SEALING_KEY: the sealing key can't be read: give 64 hexadecimal digits.",
        ),
        (
            "sealing",
            "/nowhere/key",
            "/nowhere/key: the sealing key can't be read: mend TAYANCH_SEALING_KEY: it names this file.",
        ),
        (
            "linkage",
            f"{ONE},{OTHER}",
            "TAYANCH_LINKAGE_KEY: there are 2 linkage keys: keep the one in use.",
        ),
        (
            "lookup",
            practice_key("sealing").secret.hex(),
            "TAYANCH_LOOKUP_KEY: the lookup key is a published practice key: remove it; a new one is made.",
        ),
    ],
)
def test_a_bad_key_is_refused_and_not_told(tmp_path: Path, kind: KeyKind, told: str, error: str) -> None:
    with pytest.raises(ProjectError) as refused:
        folder(tmp_path, **{f"TAYANCH_{kind.upper()}_KEY": told}).ring(kind)
    assert str(refused.value) == error


def test_a_kept_key_that_is_damaged_or_open_to_others_is_refused(tmp_path: Path) -> None:
    keys = folder(tmp_path)
    write_whole(keys.file("sealing"), b"torn")
    with pytest.raises(ProjectError) as refused:
        keys.ring("sealing")
    assert str(refused.value) == (
        f"{keys.file('sealing')}: the sealing key can't be read: "
        "restore it: without it names and quarantined rows can't be read."
    )
    keys.file("sealing").chmod(0o640)
    with pytest.raises(ProjectError) as refused:
        keys.ring("sealing")
    assert str(refused.value) == (
        f"{keys.file('sealing')}: others can read the sealing key: take that from them: chmod 600 sealing_agency.key."
    )


def test_practice_keys_are_published_and_do_not_rotate(tmp_path: Path) -> None:
    practice = KeyFolder(tmp_path, "agency", practice=True, environment={"TAYANCH_LOOKUP_KEY": ONE})
    assert practice.key("lookup") == practice_key("lookup")
    assert not any(tmp_path.iterdir())
    with pytest.raises(ProjectError, match="the published practice keys, which don't rotate"):
        practice.add("lookup")


def test_a_key_the_environment_tells_is_rotated_there(tmp_path: Path) -> None:
    keys = folder(tmp_path, TAYANCH_LOOKUP_KEY=ONE)
    with pytest.raises(ProjectError) as refused:
        keys.add("lookup")
    assert str(refused.value) == (
        "the lookup key is told by TAYANCH_LOOKUP_KEY, which can't be written from here: "
        "put a new key before it, with a comma between, and rotate again."
    )
    assert not keys.drop_old("lookup")


def test_a_new_key_stands_before_the_old_one_until_that_is_dropped(tmp_path: Path) -> None:
    keys = folder(tmp_path)
    first = keys.key("sealing")
    ring = keys.add("sealing")
    assert ring.keys[1:] == (first,)
    assert keys.ring("sealing") == ring
    assert keys.drop_old("sealing")
    assert keys.ring("sealing").keys == ring.keys[:1]


def test_no_key_is_told_by_anything_that_holds_one() -> None:
    told = repr([KEYS, KEYS.sealing.newest, practice_key("linkage")])
    assert not any(key.secret.hex() in told or str(key.secret) in told for key in KEYS.sealing.keys)
    assert "secret" not in told


def test_what_is_sealed_is_opened_at_its_place_with_its_key_alone(tmp_path: Path) -> None:
    sealed = seal(b"Anora", KEYS.sealing, place=PLACE)
    assert unseal(sealed, KEYS.sealing, place=PLACE, where=tmp_path) == b"Anora"
    assert unseal(sealed, NEW.sealing, place=PLACE, where=tmp_path) == b"Anora"
    assert sealed == seal(b"Anora", KEYS.sealing, place=PLACE)
    assert sealed != seal(b"Anora", KEYS.sealing, place=Seal("agency", "identity", "3", "2"))
    assert b"Anora" not in sealed


@pytest.mark.parametrize(
    "place",
    [
        Seal("other", "identity", "3", "1"),
        Seal("agency", "quarantine", "3", "1"),
        Seal("agency", "identity", "4", "1"),
        Seal("agency", "identity", "3", "2"),
    ],
)
def test_at_another_place_it_is_refused(tmp_path: Path, place: Seal) -> None:
    with pytest.raises(StoreError) as refused:
        unseal(seal(b"Anora", KEYS.sealing, place=PLACE), KEYS.sealing, place=place, where=tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: the sealed file was changed, or lies in another one's place: "
        "bring it back from a copy, or take the extracts in afresh."
    )


def test_every_changed_byte_and_every_cut_is_refused(tmp_path: Path) -> None:
    sealed = seal(b"Anora", KEYS.sealing, place=PLACE)
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    for torn in (*changed, *(sealed[:at] for at in range(len(sealed)))):
        with pytest.raises(StoreError):
            unseal(torn, KEYS.sealing, place=PLACE, where=tmp_path)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    lay(office)
    office.take("2026-03-01", *NAMED)
    return office


def answers(office: Office, keys: DoorKeys) -> list[object]:
    identity = opened(office, keys)
    told = [identity.table(bucket).to_pylist() for bucket in (-1, 0, 1, 2, 3)]
    return [told, find_number(identity, A), find_name(identity, "Karimzoda", PLAIN), rows_aside(office, keys)]


def rows_aside(office: Office, keys: DoorKeys) -> list[object]:
    quarantine = Office(office.home, keys=keys).into.quarantine
    return [quarantine.read(held).to_pylist() for held in quarantine.files()]


def rotate(office: Office, keys: DoorKeys) -> int:
    work = office.home / "work"
    return rotate_sealing(work, "agency", keys) + rotate_lookup(work, "agency", keys, spelling=PLAIN)


def test_rotation_keeps_every_answer_and_the_old_keys_open_nothing(office: Office) -> None:
    before, buckets = answers(office, KEYS), len(opened(office).manifest.held)
    assert rotate(office, NEW) == 1 + 2 * buckets
    only = DoorKeys(KeyRing(NEW.sealing.keys[:1]), KeyRing(NEW.lookup.keys[:1]))
    assert answers(office, only) == before
    assert rotate(office, only) == 0
    with pytest.raises(StoreError, match="which is not at hand"):
        answers(office, KEYS)
    assert not list(found_in_the_clear(office.home / "work"))


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_rotation_that_is_stopped_loses_nothing_and_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    before, write_manifest, left = answers(office, KEYS), IdentityFiles.write_manifest, [writes]

    def stop(files: IdentityFiles, *told: object, **named: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        write_manifest(files, *told, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as stopped:
        stopped.setattr(IdentityFiles, "write_manifest", stop)
        with pytest.raises(KeyboardInterrupt):
            rotate(office, NEW)
    assert answers(office, NEW) == before
    rotate(office, NEW)
    assert answers(office, DoorKeys(KeyRing(NEW.sealing.keys[:1]), KeyRing(NEW.lookup.keys[:1]))) == before
