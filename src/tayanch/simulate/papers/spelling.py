"""Names of people who do not exist, and how a register's officer would spell them.

A name is put together from parts (`names.csv`), so that nobody's own name is taken over. Surnames go from father to
child; the patronymic is the father's given name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.country import Country
from tayanch.simulate.world import NOBODY, Array, Block, People

SCRIPTS = ("latin", "cyrillic", "russian")
_FEMALE = {"latin": "a", "cyrillic": "а", "russian": "а"}
_SON = {"latin": " oʻgʻli", "cyrillic": " ўғли", "russian": " угли"}
_DAUGHTER = {"latin": " qizi", "cyrillic": " қизи", "russian": " кизи"}
OLDER, YOUNGER_FROM = "older russian", np.datetime64("1991-09-01")
"""Who was born before had a patronymic in -ович or -овна in Russian papers."""
_SOFT, _VOWELS = "йь", "аеёиоуэюя"


@dataclass(frozen=True)
class Named:
    """Everyone's name in a block as places in the parts: given name, surname and the father's given name, int[n].

    older: who was born before independence, bool[n].
    """

    sex: Array
    older: Array
    given: Array
    surname: Array
    father: Array


@dataclass(frozen=True)
class Parts:
    """Parts of names in one script: given names of men, of women, and surnames of men."""

    men: tuple[str, ...]
    women: tuple[str, ...]
    surnames: tuple[str, ...]


class Names:
    """The parts of names of a country, and how they are spelt in each script."""

    def __init__(self, country: Country) -> None:
        table = country.table("names")
        self.rows = {part: np.flatnonzero(table["part"] == part) for part in ("given_m", "given_f", "surname_root")}
        self.weights = {part: _shares(table["weight"][rows]) for part, rows in self.rows.items()}
        self.spelt = {
            script: {part: [str(word) for word in table[script][rows]] for part, rows in self.rows.items()}
            for script in SCRIPTS
        }
        self.patronymics = {
            script: [
                [patronymic(name, script=script, woman=bool(sex)) for name in self.spelt[spelt]["given_m"]]
                for sex in (0, 1)
            ]
            for script, spelt in ((OLDER, "russian"), *zip(SCRIPTS, SCRIPTS, strict=True))
        }

    def draw(self, people: People, block: Block) -> Named:
        """A name for everyone in the block."""
        stream, count = block.stream("names"), len(people.sex)
        men, women, surnames = (
            stream.choice(len(self.weights[part]), count, p=self.weights[part])
            for part in ("given_m", "given_f", "surname_root")
        )
        unknown = stream.choice(len(self.weights["given_m"]), count, p=self.weights["given_m"])
        father = people.father
        return Named(
            sex=people.sex,
            older=people.born < YOUNGER_FROM,
            given=np.where(people.sex == 1, women, men),
            surname=surnames[_first_father(father)],
            father=np.where(father == NOBODY, unknown[_eldest(people)], men[father]),
        )

    def spell(self, named: Named, persons: Array, script: str) -> dict[str, Array]:
        """Given name, surname and patronymic of persons in one script, as arrays of str objects."""
        sex, spelt = named.sex[persons], self.spelt[script]
        fathers = _either(sex, named.father[persons], self.patronymics[script])
        if script == "russian":
            older = _either(sex, named.father[persons], self.patronymics[OLDER])
            fathers = np.where(named.older[persons], older, fathers)
        women = [name + _FEMALE[script] for name in spelt["surname_root"]]
        return {
            "given_name": _either(sex, named.given[persons], (spelt["given_m"], spelt["given_f"])),
            "surname": _either(sex, named.surname[persons], (spelt["surname_root"], women)),
            "patronymic": fathers,
        }


def patronymic(name: str, *, script: str, woman: bool) -> str:
    """The patronymic from a father's given name: Karim oʻgʻli, Карим қизи, Карим угли, Каримович (older Russian)."""
    if script != OLDER:
        return name + (_DAUGHTER if woman else _SON)[script]
    if name[-1] in _SOFT:
        return name[:-1] + ("евна" if woman else "евич")
    return name + (("евна" if woman else "евич") if name[-1] in _VOWELS else ("овна" if woman else "ович"))


def _shares(weights: Array) -> Array:
    return weights / weights.sum()


def _first_father(father: Array) -> Array:
    """Of everyone, the earliest known man in the line of fathers."""
    first = np.where(father == NOBODY, np.arange(len(father)), father)
    while (further := first[first] != first).any():
        first = np.where(further, first[first], first)
    return first


def _eldest(people: People) -> Array:
    """Brothers and sisters whose father is not in the block share one of their own: told by their mother, if known."""
    return np.where(people.mother == NOBODY, np.arange(len(people.mother)), people.mother)


def _either(sex: Array, places: Array, words: tuple[list[str], list[str]] | list[list[str]]) -> Array:
    """The word of each for men or for women, as an array of str objects."""
    men, women = (np.array(part, dtype=object) for part in words)
    found = np.empty(len(places), dtype=object)
    found[sex != 1] = men[places[sex != 1]]
    found[sex == 1] = women[places[sex == 1]]
    return found
