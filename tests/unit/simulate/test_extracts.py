"""From events to what registers tell: codes, keys, what was known when, and ends that are told later."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.block_run import Lived, Made, make_block
from tayanch.simulate.country import Country
from tayanch.simulate.papers.extracts import CELLS, Desk, extract
from tayanch.simulate.papers.registers import Faults, Registers, read_registers
from tayanch.simulate.papers.spelling import OLDER, SCRIPTS, Names, patronymic
from tayanch.simulate.world import Events
from tests.unit.simulate.stand_in import COUNTRY, NEVER, a_block, live

END = np.datetime64("2026-11-01", "s")


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.load(COUNTRY)


@pytest.fixture(scope="module")
def registers(country) -> Registers:
    """The country's registers without any fault."""
    told = read_registers(country)
    sound = {name: register.model_copy(update={"faults": Faults()}) for name, register in told.registers.items()}
    return told.model_copy(update={"registers": sound})


@pytest.fixture(scope="module")
def lived(country) -> Lived:
    return live(a_block(), country)


@pytest.fixture(scope="module")
def desk(country, registers, lived) -> Desk:
    return Desk(a_block(), registers, lived.people, Names(country))


@pytest.fixture(scope="module")
def made(country) -> Made:
    return make_block(a_block(), country, live=live)


def column(table, name):
    return table.column(name).to_pylist()


def known(table):
    return table.column("yuklangan_sana").to_numpy().astype("datetime64[s]")


def test_every_register_has_the_columns_it_tells_and_when_it_knew(made, registers):
    for name, table in made.registers.items():
        told = [column.there for column in registers.registers[name].columns]
        own = [CELLS] if registers.registers[name].format == "csv" else []
        assert table.column_names == [*told, "yuklangan_sana", *own]
        assert table.num_rows


def test_nothing_is_delivered_that_was_not_known_before_the_end(made):
    assert all((known(table) < END).all() for table in made.registers.values())


@pytest.mark.parametrize("name", ["members", "acts", "payments", "wages", "attendance", "loan_states"])
def test_a_register_knows_after_it_happened(desk, lived, name):
    register = desk.registers.registers[name]
    table = extract(desk, name, lived.events[register.events or name]).table
    days = table.column(register.there("happened_on").there).to_numpy()
    waits = known(table) - days.astype("datetime64[s]")
    least = {"wages": 28, "attendance": 70, "loan_states": 28}.get(name, 0)
    assert (waits > np.timedelta64(least, "D")).all()


def test_slow_regions_take_longer(country, registers):
    waits = []
    for region in (1718, 1735):
        block = a_block(region=region)
        there = live(block, country)
        desk = Desk(block, registers, there.people, Names(country))
        table = extract(desk, "payments", there.events["payments"]).table
        waits.append(np.median(known(table) - table.column("tolangan").to_numpy().astype("datetime64[s]")))
    assert 1.8 < waits[1] / waits[0] < 2.2


def test_codes_are_the_extracts_words(desk, lived):
    table = extract(desk, "members", lived.events["members"]).table
    assert column(table, "qarindoshlik")[:4] == ["bosh", "turmush_ortogi", "farzand", "farzand"]
    assert column(table, "jins")[:4] == ["E", "A", "E", "A"]
    granted = extract(desk, "assessments", lived.events["assessments"]).table
    assert set(column(granted, "tayinlandi")) == {"ha", "yoq"}
    homes = extract(desk, "addresses", lived.events["addresses"]).table
    assert set(zip(column(homes, "mahalla_kodi"), column(homes, "hudud_turi"), strict=True)) == {
        (3202552001, "shahar"),
        (3202552002, "qishloq"),
    }
    assert set(column(homes, "tuman")) == {1718203, 1718206}
    assert set(column(homes, "viloyat")) == {1718}


def test_persons_and_families_are_told_by_number_and_code(desk, lived):
    table = extract(desk, "members", lived.events["members"]).table
    assert column(table, "oila_kodi")[:5] == ["1718-0000001"] * 4 + ["1718-0000002"]
    assert column(table, "jshshir")[:4] == [str(number) for number in lived.people.number[:4]]


def test_keys_are_unique_over_blocks(country, registers):
    seen: dict[str, list[object]] = {}
    for number in (0, 1):
        block = a_block(number=number)
        there = live(block, country)
        desk = Desk(block, registers, there.people, Names(country))
        for name, key in {
            "members": "azolik_id",
            "acts": "dalolat_id",
            "visits": "xodim",
            "livestock": "oila_kodi",
        }.items():
            found = column(extract(desk, name, there.events[name]).table, key)
            seen.setdefault(name, []).append(set(found))
    assert all(not one & other for one, other in seen.values())


def jobs(started: str, ended: str) -> Events:
    days = {
        "happened_on": np.array([started], dtype="datetime64[D]"),
        "ended": np.array([ended], dtype="datetime64[D]"),
    }
    rest = {name: np.zeros(1, dtype=np.int8) for name in ("person", "employer", "sector")}
    return Events({**days, **rest}, {"sector": ("budget",)})


def test_a_state_is_told_without_its_end_and_again_with_it(desk):
    table = extract(desk, "jobs", jobs("2023-02-01", "2025-06-01")).table
    assert column(table, "shartnoma_id") == [171800000000000] * 2
    assert [str(day) for day in column(table, "tugagan")] == ["None", "2025-06-01"]
    first, second = known(table)
    assert np.datetime64("2023-02-01") < first < np.datetime64("2025-06-01") < second


def test_an_end_after_the_last_month_is_not_told(desk):
    assert column(extract(desk, "jobs", jobs("2023-02-01", "2026-12-01")).table, "tugagan") == [None]


def test_a_state_without_an_end_is_told_once(desk):
    assert column(extract(desk, "jobs", jobs("2023-02-01", str(NEVER))).table, "tugagan") == [None]


def test_what_was_long_over_when_computers_came_is_told_at_once(desk):
    rows = extract(desk, "jobs", jobs("1995-02-01", "1995-02-20")).table
    assert len(set(column(rows, "shartnoma_id"))) == 1
    assert str(column(rows, "tugagan")[-1]) == "1995-02-20"
    assert (known(rows).astype("datetime64[D]") == np.datetime64("2017-01-01")).all()


def test_what_happens_after_the_last_month_is_not_told(desk):
    assert extract(desk, "jobs", jobs("2026-11-01", str(NEVER))).table.num_rows == 0


def test_a_benefit_tells_until_when_it_runs_from_the_start(desk, lived):
    table = extract(desk, "benefits", lived.events["benefits"]).table
    assert table.column("muddati").null_count == 0
    assert pc.max(table.column("muddati")).as_py().year == 2027


def test_a_code_without_a_word_there_is_told(desk):
    events = jobs("2023-02-01", str(NEVER))
    with pytest.raises(SimulationError) as met:
        extract(desk, "jobs", Events(events.columns, {"sector": ("budgets",)}))
    assert str(met.value) == 'registers.yaml: tarmoq has no code for "budgets": did you mean "budget"?'


def test_events_that_lack_a_column_are_told(desk):
    columns = {name: values for name, values in jobs("2023-02-01", str(NEVER)).columns.items() if name != "employer"}
    with pytest.raises(SimulationError, match=r'^jobs: events have no "employer"'):
        extract(desk, "jobs", Events(columns, {"sector": ("budget",)}))


@pytest.mark.parametrize(
    ("change", "met"),
    [
        (lambda events: events.pop("wages"), 'nothing tells the registers of "wages": did you mean "pensions"?'),
        (lambda events: events.update(wage=events["wages"]), 'no register tells of "wage": did you mean "wages"?'),
    ],
)
def test_events_and_registers_must_answer_to_each_other(country, change, met):
    def lame(block, country) -> Lived:
        found = live(block, country)
        events = dict(found.events)
        change(events)
        return Lived(found.people, events, found.truth)

    with pytest.raises(SimulationError) as error:
        make_block(a_block(), country, live=lame)
    assert str(error.value).split(":")[0] == met.split(":")[0]


def test_acts_spell_names_in_three_scripts(desk, lived):
    table = extract(desk, "acts", lived.events["acts"]).table
    surnames = [name for name in column(table, "familiya") if name]
    cyrillic = sum("а" <= name[1] <= "ё" or name[1] in "ўқғҳ" for name in surnames) / len(surnames)
    assert 0.2 < cyrillic < 0.4
    assert table.column("ism").null_count == 0


def test_children_have_their_fathers_surname_and_his_name(country, desk, lived):
    names, people = desk.names, lived.people
    for script in SCRIPTS:
        told = names.spell(desk.named, np.arange(8), script)
        assert (
            told["surname"][3] == told["surname"][0] + names.spell(desk.named, np.array([3]), script)["surname"][0][-1]
        )
        assert told["surname"][2] == told["surname"][0]
    father, son = (names.spell(desk.named, np.array([who]), "latin") for who in (0, 2))
    assert people.father[2] == 0
    assert son["patronymic"][0] == father["given_name"][0] + " oʻgʻli"


@pytest.mark.parametrize(
    ("name", "script", "woman", "spelt"),
    [
        ("Karim", "latin", False, "Karim oʻgʻli"),
        ("Karim", "latin", True, "Karim qizi"),
        ("Карим", "cyrillic", True, "Карим қизи"),
        ("Карим", "russian", False, "Карим угли"),
        ("Карим", OLDER, False, "Каримович"),
        ("Мустафо", OLDER, True, "Мустафоевна"),
        ("Хожимурод", OLDER, True, "Хожимуродовна"),
        ("Тилай", OLDER, False, "Тилаевич"),
    ],
)
def test_patronymics(name, script, woman, spelt):
    assert patronymic(name, script=script, woman=woman) == spelt


def test_a_key_must_be_a_column(country):
    told = country.told("registers")
    told["registers"]["wages"]["key"] = ["jshshir", "oyi"]

    class Changed:
        def told(self, section):
            return told

        def table(self, name):
            return country.table(name)

    with pytest.raises(SimulationError) as met:
        read_registers(Changed())
    assert str(met.value) == 'wages: the key has no column "oyi": did you mean "oy"?'


def test_the_truth_tells_families_people_and_hardship_by_the_same_codes(made, lived):
    assert column(made.truth["people"], "number")[:3] == [str(number) for number in lived.people.number[:3]]
    assert column(made.truth["families"], "family")[0] == "1718-0000001"
    assert set(column(made.truth["hardship"], "family")) == set(column(made.truth["families"], "family"))
    assert set(column(made.truth["hardship"], "cause")) == {"none", "job_loss"}
    assert made.truth["hardship"].schema.field("hardship").type == pa.bool_()
