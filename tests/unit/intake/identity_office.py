"""A small agency whose registers tell names, and what to look for where nobody may find it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from tayanch import Column, registry
from tayanch.declare.registries import Registry
from tayanch.intake.identity import Identity, open_identity
from tayanch.intake.keys import DoorKeys, Key, KeyRing
from tests.unit.intake.office import KEYS, Office


@registry(key="id", links="membership", purpose="eligibility", owner="Civil registry")
class members:
    """One membership."""

    happened_on, known_at, left, retracted = "joined", "loaded_at", "left_on", "is_deleted"


@registry(key="act_id", links="person", purpose="eligibility", owner="Civil registry")
class acts:
    """One act."""

    happened_on, known_at = "done_on", "loaded_at"
    identity = {"surname": "familiya", "given_name": "ism", "patronymic": "otasi"}
    act = Column("Act.", values=["birth", "marriage"], source="kind", required=True)


@registry(key="home_id", purpose="eligibility", owner="Cadastre")
class homes:
    """One address."""

    happened_on, known_at = "since", "loaded_at"
    identity = {"address": "street"}
    area = Column("Area.", type="code")


NAMED: tuple[Registry, ...] = (members, acts, homes)
MEMBERS = """
    id | person_id  | family_id   | joined     | left_on    | loaded_at  | is_deleted
    m1 | 1000000001 | 1703-000001 | 2020-01-01 |            | 2020-02-01 |
    m2 | 1000000002 | 1703-000001 | 2020-01-01 | 2021-01-01 | 2020-02-01 |
    m3 | 1000000002 | 1703-000006 | 2021-01-02 |            | 2021-02-01 |
    m4 | 1000000003 | 1703-000003 | 2020-01-01 |            | 2020-02-01 |
"""
ACTS = """
    act_id | person_id  | kind     | done_on    | loaded_at  | familiya  | ism     | otasi
    a1     | 1000000001 | birth    | 1990-01-01 | 1990-02-01 | Karimzoda | Anorgul | Bobomurod
    a2     | 1000000002 | birth    | 1991-01-01 | 1991-02-01 | Toʻxtasin | Dilfuza | Ergashboy
    a3     | 1000000002 | marriage | 2020-01-01 | 2020-02-01 | Karimzoda | Dilfuza |
    a4     | 1000000004 | birth    | 2019-01-01 | 2019-02-01 | Karimzoda | Zarnigor | Ergashboy
    a5     | 1000000003 | whatever | 2019-01-01 | 2019-02-01 | Nosozxon  | Nosozbek | Nosozvich
"""
HOMES = """
    home_id | family_id   | since      | loaded_at  | area | street
    h1      | 1703-000001 | 2020-01-01 | 2020-02-01 | north | Bogʻishamol 17
    h2      | 1703-000001 | 2021-01-01 | 2021-02-01 | south | Chorsubozor 4
"""
NAMES_THERE = "Karimzoda Anorgul Bobomurod Toʻxtasin Dilfuza Ergashboy Zarnigor Bogʻishamol Chorsubozor Nosozxon"
NUMBERS_THERE = "1000000001 1000000002 1000000003 1000000004 1703-000001 1703-000006 1703-000003"
MARKED = [*NAMES_THERE.split(), *NUMBERS_THERE.split()]
"""What may stand nowhere in the clear."""
A, B, C = "1703-000001", "1703-000006", "1703-000003"
NEW = DoorKeys(*(KeyRing((Key(bytes([n] * 32)), *ring.keys)) for n, ring in ((7, KEYS.sealing), (8, KEYS.lookup))))
"""The keys after a rotation."""


def lay(office: Office) -> None:
    for name, text in (("members", MEMBERS), ("acts", ACTS), ("homes", HOMES)):
        office.put(f"{name}.csv", text)


def opened(office: Office, keys: DoorKeys = KEYS) -> Identity:
    return open_identity(office.home / "work", "agency", keys)


def found_in_the_clear(home: Path) -> Iterator[str]:
    """Each marked value with the file it can be read in, once as the file stands and once as Parquet tells it."""
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        told = str(pq.read_table(path).to_pydict()).encode() if content.startswith(b"PAR1") else b""
        for value in MARKED:
            if value.encode() in content + told + str(path).encode():
                yield f"{value} in {path.name}"
