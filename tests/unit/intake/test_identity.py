"""Names, addresses and numbers: sealed, found by tokens, opened with the key alone, and nowhere in the clear."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tayanch import registry
from tayanch.declare.identity import PLAIN, Spelling
from tayanch.errors import DeclarationError, StoreError
from tayanch.intake.delivery import take_in
from tayanch.intake.identity import Field, Person
from tayanch.intake.keys import DoorKeys, Key, KeyRing
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.tokens import find_name, find_number
from tests.unit.intake.identity_office import (
    ACTS,
    HOMES,
    MEMBERS,
    NAMED,
    A,
    B,
    C,
    acts,
    found_in_the_clear,
    lay,
    members,
    opened,
)
from tests.unit.intake.office import KEYS, Office, family, person

DAY = "2026-03-01"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    lay(office)
    office.take(DAY, *NAMED)
    return office


def test_a_family_is_opened_with_everybody_who_ever_belonged_to_it(office: Office) -> None:
    told = opened(office).families([family(A)])[family(A)]
    assert told.fields == {"number": Field(A, None), "address": Field("Chorsubozor 4", "2021-01-31")}
    expected = [
        Person(
            person("1000000001"),
            {
                "number": Field("1000000001", None),
                "surname": Field("Karimzoda", "1990-01-31"),
                "given_name": Field("Anorgul", "1990-01-31"),
                "patronymic": Field("Bobomurod", "1990-01-31"),
            },
        ),
        Person(
            person("1000000002"),
            {
                "number": Field("1000000002", None),
                "surname": Field("Karimzoda", "2020-01-31"),
                "given_name": Field("Dilfuza", "2020-01-31"),
                "patronymic": Field("Ergashboy", "1991-01-31"),
            },
        ),
    ]
    assert sorted(told.persons, key=str) == sorted(expected, key=str)


def test_every_bucket_tells_its_families_and_no_other(office: Office) -> None:
    identity = opened(office)
    found = {told.pseudonym: number for number in range(4) for told in identity.bucket(number)}
    assert found == {family(name): bucket_of(family(name), 4) for name in (A, B, C)}


def test_nothing_of_it_can_be_read_in_any_file(office: Office) -> None:
    assert not list(found_in_the_clear(office.home / "work"))
    (office.home / "work" / "open.txt").write_text("Karimzoda")
    assert list(found_in_the_clear(office.home / "work")) == ["Karimzoda in open.txt"]


def test_no_snapshot_and_no_part_tells_a_column_of_identity(office: Office) -> None:
    assert "familiya" not in str(office.snapshot.manifest.registries)
    assert set(office.snapshot.bucket(0).tables["acts"].column_names) == {
        *("person", "key", "happened_on", "known_at", "claimed_known_at", "delivery", "retracted", "act"),
    }


def test_the_snapshot_is_the_same_whether_names_are_kept_or_not(office: Office, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    nameless = replace(acts, identity=())
    other = Office(tmp_path / "other", keys=None)
    lay(other)
    assert other.take(DAY, members, nameless, NAMED[2]).snapshot == office.snapshot.digest


@pytest.mark.parametrize(
    ("asked", "found"),
    [(A, [A]), ("17 03-00-00 06", [B]), ("1000000002", [A, B]), ("1000000004", []), ("1000000009", [])],
)
def test_families_are_found_by_number(office: Office, asked: str, found: list[str]) -> None:
    assert list(find_number(opened(office), asked)) == sorted(map(family, found))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("karimzoda", [A, B]),
        ("KARIMZODA anorgul", [A]),
        ("Dilfuza", [A, B]),
        ("Toxtasin", []),
        ("Ergashboy", [A, B]),
        ("Zarnigor", []),
        ("Nosozxon", []),
        ("Chorsubozor", []),
        ("", []),
    ],
)
def test_families_are_found_by_parts_of_names_that_hold(office: Office, asked: str, found: list[str]) -> None:
    assert list(find_name(opened(office), asked, PLAIN)) == sorted(map(family, found))


def test_names_wait_for_the_family_of_their_person(office: Office) -> None:
    office.put("members.csv", MEMBERS.splitlines()[1] + "\nm5|1000000004|" + C + "|2019-01-01||2026-03-02|")
    office.take("2026-04-01", *NAMED)
    assert list(find_name(opened(office), "Zarnigor", PLAIN)) == [family(C)]


def test_a_membership_that_is_taken_back_leads_to_nobody(office: Office) -> None:
    office.put("members.csv", MEMBERS.splitlines()[1] + f"\nm3|1000000002|{B}|2021-01-02||2026-03-02|yes")
    office.take("2026-04-01", *NAMED)
    assert list(find_number(opened(office), "1000000002")) == [family(A)]


def test_a_later_delivery_writes_the_buckets_it_changes_and_no_other(office: Office) -> None:
    before = opened(office).manifest.held
    office.put("homes.csv", HOMES.splitlines()[1] + f"\nh3|{B}|2026-01-01|2026-03-02|north|Yangihayot 1")
    office.take("2026-04-01", *NAMED)
    after = opened(office).manifest.held
    assert {number for number in after if after[number] != before[number]} == {bucket_of(family(B), 4)}
    kept = {path.name for path in (office.home / "work" / "identity" / "agency" / "files").iterdir()}
    assert kept == {f"{one.sealed}.sealed" for one in after.values()} | {
        f"{one.tokens}.tokens" for one in after.values()
    }


def test_an_older_act_that_comes_later_changes_no_name(office: Office) -> None:
    row = "\na9|1000000002|birth|1991-01-01|1991-01-15|Avvalgi|Avvalgi|Avvalgi"
    office.put("acts.csv", ACTS.splitlines()[1] + row)
    office.take("2026-04-01", *NAMED)
    assert find_name(opened(office), "Avvalgi", PLAIN) == ()


def test_the_same_delivery_writes_the_same_bytes(office: Office, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    again = Office(tmp_path / "again")
    lay(again)
    again.take(DAY, *NAMED)
    assert stored(again) == stored(office)


def stored(office: Office) -> dict[str, bytes]:
    work = office.home / "work"
    return {str(p.relative_to(work)): p.read_bytes() for p in work.rglob("*") if p.is_file() and p.name != "lock"}


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from tests.unit.intake.identity_office import NAMED
from tests.unit.intake.office import Office
count, fsync = int(sys.argv[2]), os.fsync
def kill_or_sync(file):
    global count
    count -= 1
    if count < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(file)
os.fsync = kill_or_sync
Office(Path(sys.argv[1])).retake("2026-04-01", *NAMED)
"""


def killed(tmp_path: Path, writes: int) -> bool:
    """Kills the second of two deliveries after so many writes; says whether there were so many."""
    whole, torn = Office(tmp_path / "whole"), Office(tmp_path / "torn")
    for office in (whole, torn):
        office.home.mkdir()
        lay(office)
        office.take(DAY, *NAMED)
        office.put("acts.csv", ACTS.splitlines()[1] + "\na9|1000000002|birth|2026-03-01|2026-03-02|Yangi|Yangi|Yangi")
    whole.retake("2026-04-01", *NAMED)
    command = [sys.executable, "-c", KILLED_AT, str(torn.home), str(writes)]
    paths = os.pathsep.join(str(path) for path in (ROOT, ROOT / "src", ROOT / "serving"))
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, check=False).returncode
    names = find_name(opened(torn), "Yangi", PLAIN)
    assert bool(names) == (torn.snapshot.digest == whole.snapshot.digest)
    torn.retake("2026-04-01", *NAMED)
    assert stored(torn) == stored(whole)
    return done == -signal.SIGKILL


@pytest.mark.parametrize("writes", [4, 11])
def test_a_killed_delivery_leaves_names_and_snapshot_in_step(tmp_path: Path, writes: int) -> None:
    assert killed(tmp_path, writes)


@pytest.mark.long
@pytest.mark.parametrize("writes", range(22))
def test_a_delivery_killed_anywhere_leaves_names_and_snapshot_in_step(tmp_path: Path, writes: int) -> None:
    killed(tmp_path, writes)


def test_reading_needs_the_key(office: Office) -> None:
    other = DoorKeys(KeyRing((Key(bytes(32)),)), KEYS.lookup)
    with pytest.raises(StoreError) as error:
        opened(office, other)
    assert error.value.met == f"it is sealed with the key {KEYS.sealing.newest.id}, which is not at hand"
    assert error.value.do == "bring the sealing key back: <home>/keys, or TAYANCH_SEALING_KEY."


def test_looking_up_needs_the_other_key(office: Office) -> None:
    with pytest.raises(StoreError) as error:
        find_number(opened(office, DoorKeys(KEYS.sealing, KeyRing((Key(bytes(32)),)))), A)
    assert str(error.value) == (
        f"the look-up index is made with the key {KEYS.lookup.newest.id}, which is not at hand: "
        "bring the look-up key back: <home>/keys, or TAYANCH_LOOKUP_KEY."
    )


def test_a_changed_byte_is_seen(office: Office) -> None:
    identity = opened(office)
    for path in sorted((office.home / "work" / "identity").rglob("*.sealed")):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(StoreError, match=f"{path.name}: the (sealed )?file"):
            [opened(office).bucket(number) for number in (-1, *range(identity.bucket_count))]
        path.write_bytes(content)


def test_a_bucket_in_anothers_place_is_seen_even_when_the_manifest_says_so(office: Office) -> None:
    identity = opened(office)
    first, second = (bucket_of(family(name), 4) for name in (A, B))
    swapped = {**identity.manifest.held, first: identity.manifest.held[second]}
    forged = replace(identity, manifest=replace(identity.manifest, buckets=swapped))
    with pytest.raises(StoreError, match="the sealed file was changed, or lies in another one's place"):
        forged.bucket(first)


def test_another_spelling_has_the_index_written_anew(office: Office) -> None:
    backwards = Spelling("backwards", "1", lambda name: [word[::-1] for word in name.casefold().split()])
    into = replace(office.into, spelling=backwards)
    office.put("homes.csv", HOMES.splitlines()[1] + f"\nh3|{B}|2026-01-01|2026-03-02|north|Yangihayot 1")
    take_in(NAMED, office.inbox, into=into, delivered=office.snapshot.deliveries[0].delivered)
    assert find_name(opened(office), "Karimzoda", backwards)
    assert not find_name(opened(office), "Karimzoda", PLAIN)


def test_plain_spelling_forgets_marks_apostrophes_and_capitals() -> None:
    assert PLAIN.parts("Gʻanı-ÉM  Oʼktam") == ["ganı", "em", "oktam"]


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"surnme": "x"}, 'identity tells "surnme": did you mean "surname"?'),
        ({"surname": ""}, "identity names no column for surname: name the column of the source."),
        (
            {"surname": "kind"},
            '"kind" is identity and is read as data too: leave one of them out: identity is kept apart.',
        ),
        (["surname"], 'identity is no dict: write identity = {"surname": "the column"}.'),
    ],
)
def test_a_mistaken_identity_is_refused(told: object, error: str) -> None:
    body = type("acts", (), {"__doc__": "x", "happened_on": "a", "known_at": "b", "identity": told})
    with pytest.raises(DeclarationError) as refused:
        registry(key="kind", purpose="p", owner="o")(body)
    assert str(refused.value).endswith(error)


def test_no_feature_can_read_it() -> None:
    with pytest.raises(DeclarationError, match="acts has no column surname"):
        _ = acts.surname
    with pytest.raises(DeclarationError, match="acts has no column familiya"):
        _ = acts.familiya
