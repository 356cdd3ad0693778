"""The catalogue as data scientists and auditors read it."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from tayanch_serving.catalogue_views import ON_A_PAGE

from tayanch.state.accounts import Account, put_account
from tayanch.state.database import open_database
from tayanch.store.catalogue import (
    Coverage,
    Distribution,
    Entry,
    FeatureCatalogue,
    Freshness,
    catalogue_file,
    write_catalogue,
)
from tests.serving.office import (
    NAME,
    PASSPHRASE,
    PEOPLE,
    PUBLISHED,
    SCIENTIST,
    SMALL_CATALOGUE,
    Office,
    app_of,
    served,
    visiting,
)
from tests.serving.test_languages import catalogue as messages
from tests.serving.test_pages import PAGE, page, texts

PAID, DISABLED, CATEGORY = "support.paid_in_year", "health.with_disability", "support.last_category"


def names(found: BeautifulSoup) -> list[str]:
    return texts(found.select(".features tbody th"))


def cells(found: BeautifulSoup, caption: str) -> list[list[str]]:
    """The rows of the table with that caption."""
    table = next(t for t in found.select("table") if (t.caption and " ".join(t.caption.get_text().split())) == caption)
    return [texts(row.select("th, td")) for row in table.select("tbody tr")]


@pytest.fixture
def rebuilt(own_office: Office) -> Iterator[tuple[Office, httpx.Client]]:
    """An office in which the catalogue can be built anew, and its data scientist."""
    with served(app_of(own_office)) as address, visiting(address, name=SCIENTIST) as scientist:
        scientist.get("/language/en")
        yield own_office, scientist


def test_features_stand_by_theme_in_the_order_of_themes(scientist: httpx.Client) -> None:
    found = page(scientist, "/catalogue")
    assert texts(found.select("caption h2")) == ["Health and care 1", "Support history 2"]
    assert names(found) == ["with disability", "benefits paid", "last category"]
    words = " ".join(found.get_text().split())
    assert "What is known about families before 1 October 2025; catalogue built on 1 October 2026" in words


def test_a_row_tells_what_it_is_and_how_well_it_is_known(scientist: httpx.Client) -> None:
    row = page(scientist, "/catalogue").select(".features tbody tr")[0]
    assert texts(row.select("td")) == [
        "Whether a member has a disability. yes or no may only raise",
        "disability, members",
        "Known for 97%",
        "Usual age 40 days",
    ]
    spark = row.select_one(".spark path")
    assert spark is not None
    assert spark["d"] == "M0 0L10 0"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("word=benefits", ["benefits paid"]),
        ("word=NAFAQALAR", ["benefits paid"]),
        ("word=to%CA%BBlangan+yo%27q", []),
        ("word=category+decision", ["last category"]),
        ("word=disability+benefits", []),
        ("theme=support", ["benefits paid", "last category"]),
        ("theme=support&register=payments", ["benefits paid"]),
        ("policy=need_only", ["with disability"]),
        ("register=members&policy=allowed", []),
        ("theme=nothing", []),
        ("theme=&register=&policy=&word=++", ["with disability", "benefits paid", "last category"]),
    ],
)
def test_the_list_is_searched_and_narrowed_by_its_address(
    scientist: httpx.Client, asked: str, found: list[str]
) -> None:
    shown = page(scientist, f"/catalogue?{asked}")
    assert names(shown) == found
    assert ("No feature fits." in shown.get_text()) == (not found)


def test_apostrophes_are_found_however_they_are_typed(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    worded = replace(SMALL_CATALOGUE.features[2].wording[1], name="toʻlangan nafaqa")
    paid = replace(SMALL_CATALOGUE.features[2], wording=(worded,))
    write_catalogue(replace(SMALL_CATALOGUE, features=(paid,)), office.home)
    for typed in ("toʻlangan", "to'langan", "TO‘LANGAN", "tolangan"):
        assert len(names(page(scientist, f"/catalogue?word={typed}"))) == 1, typed


def test_what_was_asked_stays_in_the_form(scientist: httpx.Client) -> None:
    found = page(scientist, "/catalogue?word=%3Ci%3E&theme=support&policy=allowed")
    word = found.select_one("#word")
    assert word is not None
    assert word["value"] == "<i>"
    assert texts(found.select("option[selected]")) == ["Support history", "allowed"]
    assert "<i>" not in scientist.get("/catalogue?word=%3Ci%3E").text


def test_a_language_is_switched_and_the_part_stays(scientist: httpx.Client) -> None:
    link = page(scientist, "/catalogue?theme=support&word=paid").select_one(".menu a[hreflang=uz]")
    assert link is not None
    assert str(link["href"]).endswith("then=/catalogue%3Ftheme%3Dsupport%26word%3Dpaid")


def test_a_long_list_comes_in_pages(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    write_catalogue(large(features=2 * ON_A_PAGE + 3), office.home)
    seen: list[str] = []
    path = "/catalogue?word=benefits&theme=support"
    while path:
        found = page(scientist, path)
        seen += [str(a["href"]) for a in found.select(".features th a")]
        link = found.select_one("a[rel=next]")
        path = str(link["href"]) if link else ""
    assert len(seen) == len(set(seen)) == 2 * ON_A_PAGE + 3
    assert f"Features {2 * ON_A_PAGE + 1}–{2 * ON_A_PAGE + 3} of {2 * ON_A_PAGE + 3}" in found.get_text()
    assert names(page(scientist, "/catalogue?page=9999")) == names(page(scientist, "/catalogue?page=3"))


def test_a_number_is_told_in_all_its_parts(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert texts(found.select("h1, h2")) == [
        "benefits paid",
        "Values over time",
        "Known where",
        "Policy",
        "Where it is used",
        "Where it comes from",
        "What people read",
    ]
    words = " ".join(found.get_text(" ").split())
    for told in (
        "Benefits paid in the last 12 months.",
        "known for 97% of families, usual age 40 days",
        "Purpose: to see what help a family has",
        "Kept and corrected by: Agency",
        "falls_to_poverty_line, utility_hardship",
        "falls_to_poverty_line/2026-10",
        "features/support.py:24",
        "b" * 64,
    ):
        assert told in words, told


def test_values_over_time_are_drawn_and_stand_in_a_table(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert [path["class"] for path in found.select(".plot > svg path")] == [["grid"], ["wide"], ["inner"], ["mid"]]
    assert texts(found.select(".edges span")) == ["2 000 000", "1 000 000", "0"]
    assert texts(found.select(".key li")) == [
        "8 of 10 families: 0 – 1 950 000 soʻm",
        "the middle half: 0 – 655 000 soʻm",
        "half have less, half more: 131 000 soʻm",
        "Zero: 39%",
    ]
    rows = [[cell.replace("\u00a0", " ") for cell in row] for row in cells(found, "Values at each date")]
    assert rows == [
        ["1 October 2025", "812", "3%", "39%", "0", "0", "131 000", "655 000", "1 950 000"],
        ["1 July 2025", "790", "5%", "41%", "0", "0", "120 000", "640 000", "1 900 000"],
    ]


def test_a_picture_is_told_to_those_who_do_not_see_it(scientist: httpx.Client) -> None:
    drawn = page(scientist, f"/catalogue/features/{PAID}").select_one(".plot > svg")
    assert drawn is not None
    assert drawn["role"] == "img"
    told = [drawn.find(id=name) for name in str(drawn["aria-labelledby"]).split()]
    assert [tag.name for tag in told if tag] == ["title", "desc"]
    assert "half have less, half more 131" in drawn.get_text()


def test_a_truth_is_told_in_shares_on_top_of_each_other(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{DISABLED}")
    assert texts(found.select(".key li")) == ["Not known: 0%", "no: 91%", "yes: 9%"]
    assert [path["d"] for path in found.select(".plot .l0, .plot .l4")][:2] == [
        "M0 92L10 91L10 100L0 100z",
        "M0 0L10 0L10 91L0 92z",
    ]
    assert cells(found, "Values at each date")[0] == ["1 October 2025", "812", "0%", "9%", "91%"]


def test_areas_stand_with_their_bars_all_together_first(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert cells(found, "As known before 1 October 2025") == [
        ["All areas", "97%", "40 days", "14 days", "92%", "812"],
        ["East", "98%", "38 days", "14 days", "95%", "800"],
        ["West", "·", "·", "·", "·", "12"],
        ["Far", "·", "·", "·", "·", "<10"],
    ]
    assert [bar["width"] for bar in found.select(".areas .bar rect:not(.track)")] == ["97", "98"]


def test_what_is_hidden_is_said_to_be_and_leads_to_no_number(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{CATEGORY}")
    assert cells(found, "Values at each date") == [
        ["1 October 2025", "<10", "·", "·", "·", "·", "·"],
        ["1 July 2025", "790", "60%", "20%", "·", "·", "·"],
    ]
    assert found.get_text().count("· and <10: fewer than 10 families, not told.") == 2
    assert page(scientist, f"/catalogue/features/{DISABLED}").get_text().count("not told") == 1


def test_policy_stands_with_its_reason_and_what_the_feature_gives_away(scientist: httpx.Client) -> None:
    words = " ".join(page(scientist, f"/catalogue/features/{DISABLED}").get_text(" ").split())
    assert "may only raise : members with a disability" in words
    assert "Looks up members.sex: the law's pension age is 55 for women and 60 for men" in words
    assert "sex of head: woman The law asks for it; signed by the audit office. 83" in words


def test_wording_stands_in_every_language_marked_as_such(scientist: httpx.Client) -> None:
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert texts(found.select(".tongues h3")) == ["English", "Oʻzbekcha"]
    assert texts(found.select(".tongues dd[lang=uz]")) == [
        "nafaqalar",
        "Oila {value:UZS} nafaqa oldi.",
        "Nafaqa toʻlangan.",
        "Nafaqa yoʻq.",
    ]


def test_registers_are_told_with_what_is_made_of_them(scientist: httpx.Client) -> None:
    found = page(scientist, "/catalogue/registries")
    assert names(found) == ["assessments", "disability", "members", "payments"]
    assert texts(found.select("tbody tr")[0].select("td"))[1:] == [
        "Agency",
        "With rows 92%",
        "Newest row 14 days",
        "Usual age 40 days",
    ]
    one = page(scientist, "/catalogue/registries/members")
    assert [str(a["href"]) for a in one.select(".made a")] == [f"/catalogue/features/{DISABLED}"]
    assert cells(one, "As known before 1 October 2025")[0] == ["All areas", "92%", "40 days", "14 days"]
    assert "fewer than 10 families, not told" in one.get_text()


def test_the_policy_is_read_whole(scientist: httpx.Client) -> None:
    found = page(scientist, "/catalogue/policy")
    told = dict(zip(texts(found.select(".rules dt")), texts(found.select(".rules dd")), strict=True))
    assert told == {rule.name: rule.because for rule in SMALL_CATALOGUE.policy}
    assert cells(found, "sex of head") == [["woman", "74", "70–78", "190", "812"]]


def read(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_tables_are_files_with_plain_figures(scientist: httpx.Client) -> None:
    values = scientist.get(f"/catalogue/features/{PAID}/values.csv")
    assert values.headers["content-disposition"] == f'attachment; filename="{PAID}.values.csv"'
    assert read(values)[1] == {
        "as_of": "2025-10-01",
        "families": "812",
        "missing": "0.03",
        "zero": "0.39",
        "q10": "0.0",
        "q25": "0.0",
        "q50": "131000.0",
        "q75": "655000.0",
        "q90": "1950000.0",
    }
    shares = read(scientist.get(f"/catalogue/features/{CATEGORY}/values.csv"))
    assert shares[0] == {
        "as_of": "2025-07-01",
        "families": "790",
        "missing": "0.6",
        "poor": "0.2",
        "near": "",
        "none": "",
        "…": "",
    }
    areas = read(scientist.get(f"/catalogue/features/{PAID}/areas.csv"))
    assert [(row["area"], row["families"], row["coverage"]) for row in areas] == [
        ("", "812", "0.97"),
        ("East", "800", "0.98"),
        ("West", "12", ""),
        ("Far", "", ""),
    ]
    features = read(scientist.get("/catalogue/features.csv"))
    assert [row["feature"] for row in features] == [entry.id for entry in SMALL_CATALOGUE.features]
    assert features[0]["registers"] == "disability members"
    registers = read(scientist.get("/catalogue/registries.csv"))
    assert len(registers) == len(SMALL_CATALOGUE.registers) * 4
    assert registers[0]["median_days"] == "40"


def test_a_cell_is_never_a_formula(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    sly = replace(SMALL_CATALOGUE.features[0], coverage=(Coverage("=1+1", 100, 0.5),), meaning='@SUM("a")')
    write_catalogue(replace(SMALL_CATALOGUE, features=(sly,)), office.home)
    assert read(scientist.get(f"/catalogue/features/{DISABLED}/areas.csv"))[0]["area"] == "'=1+1"
    assert read(scientist.get("/catalogue/features.csv"))[0]["meaning"] == '\'@SUM("a")'


def test_what_was_not_built_says_how_to_build_it(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    paths = ("/catalogue", f"/catalogue/features/{PAID}", "/catalogue/registries", "/catalogue/policy")
    file = catalogue_file(office.home, "small")
    written = file.read_text()
    assert [scientist.get(path).status_code for path in paths] == [200] * 4
    file.write_text(written.replace("0.97", "0.99"))
    broken = [scientist.get(path) for path in paths]
    assert [answer.status_code for answer in broken] == [503] * 4
    assert all("The catalogue can&#39;t be read." in answer.text for answer in broken)
    file.unlink()
    missing = [scientist.get(path) for path in paths]
    assert [answer.status_code for answer in missing] == [200] * 4
    for answer in (*broken, *missing):
        assert "<code>tayanch features build</code>" in answer.text
        assert str(office.home) not in answer.text
    file.write_text(written)
    assert "tayanch features build" not in scientist.get("/catalogue/policy").text


def test_what_was_declared_since_is_said(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    declared = office.project.features[0]
    same = replace(SMALL_CATALOGUE.features[2], id=declared.id, digest=declared.digest)
    write_catalogue(replace(SMALL_CATALOGUE, features=(same,)), office.home)
    listed = page(scientist, "/catalogue").select_one(".note")
    assert listed is not None
    told = listed.get_text()
    assert "Declared since and not in the catalogue yet:" in told
    assert declared.id not in told
    assert all(feature.id in told for feature in office.project.features[1:])
    assert "declared anew" not in scientist.get(f"/catalogue/features/{declared.id}").text
    write_catalogue(replace(SMALL_CATALOGUE, features=(replace(same, digest="0" * 64),)), office.home)
    assert "declared anew" in scientist.get(f"/catalogue/features/{declared.id}").text


def test_no_list_need_be_published(tmp_path: Path, office: Office) -> None:
    fresh = replace(office, home=tmp_path, database=open_database(tmp_path))
    for name in (NAME, SCIENTIST):
        put_account(fresh.database, Account(name, PEOPLE[name]), passphrase=PASSPHRASE, by="cli", at=PUBLISHED)
    write_catalogue(SMALL_CATALOGUE, tmp_path)
    with served(app_of(fresh)) as address:
        with visiting(address, name=SCIENTIST) as scientist:
            assert scientist.get("/catalogue").status_code == 200
        with visiting(address) as worker:
            assert "tayanch score" in worker.get("/families").text


def large(*, features: int, areas: int = 14, dates: int = 16) -> FeatureCatalogue:
    """A catalogue of a whole country: many features of one theme, areas and dates; every figure another."""
    days = tuple(date(2022 + n // 4, 1 + 3 * (n % 4), 1) for n in range(dates))

    def entry(place: int) -> Entry:
        figures = [
            (0.1 + place % 7, 0.4 + n / 9, 12_345.6 * (n + place), 33_333 + n * 7_919.0, 90_001.5 * n)
            for n in range(dates)
        ]
        return replace(
            SMALL_CATALOGUE.features[2],
            id=f"support.paid_{place}",
            digest=f"{place * 2**200:064x}",
            coverage=tuple(
                Coverage(f"area {n}" if n else "", 300 + 17 * n, 1 - (n * place % 50) / 99) for n in range(areas)
            ),
            freshness=tuple(
                Freshness(f"area {n}" if n else "", 0.5 + n / 40, n * 3, n * place % 365) for n in range(areas)
            ),
            distributions=tuple(
                Distribution(day, 7_000 + 37 * n, (n * 7 + place) % 31 / 99, (n * 5 + place) % 67 / 99, quantiles)
                for n, (day, quantiles) in enumerate(zip(days, figures, strict=True))
            ),
        )

    return replace(SMALL_CATALOGUE, as_of=days, features=tuple(entry(place) for place in range(features)))


def test_pages_of_a_whole_country_weigh_little(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    write_catalogue(large(features=130), office.home)
    for path in ("/catalogue", "/catalogue/features/support.paid_99", "/catalogue/registries/payments"):
        assert len(gzip.compress(scientist.get(path).content)) <= PAGE, path


def test_pages_need_no_script_and_no_inline_style(scientist: httpx.Client) -> None:
    for path in (
        "/catalogue",
        *(f"/catalogue/features/{id}" for id in (PAID, DISABLED, CATEGORY)),
        "/catalogue/policy",
    ):
        found = page(scientist, path)
        assert not found.select("script, style, [style], iframe, img")
        assert not [tag for tag in found.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_headings_tables_and_ids_are_in_order(scientist: httpx.Client) -> None:
    for path in ("/catalogue", f"/catalogue/features/{PAID}", "/catalogue/registries", "/catalogue/policy"):
        found = page(scientist, path)
        levels = [int(tag.name[1]) for tag in found.select("h1, h2, h3")]
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
        assert all(table.caption for table in found.select("table"))
        ids = [str(tag["id"]) for tag in found.select("[id]")]
        assert len(ids) == len(set(ids))
        labels = {str(label["for"]) for label in found.select("label")}
        assert {str(field["id"]) for field in found.select("select, input:not([type=hidden])")} == labels


@pytest.mark.parametrize("language", ["uz", "en"])
def test_pages_speak_the_readers_language(address: str, language: str) -> None:
    known = messages(language)
    with visiting(address, name=SCIENTIST) as scientist:
        scientist.get(f"/language/{language}")
        listed = page(scientist, "/catalogue")
        assert texts(listed.select("h1")) == [known["Features"]]
        assert texts(listed.select("nav a")) == [known["Features"], known["Registers"], known["Policy"]]
        one = page(scientist, f"/catalogue/features/{PAID}")
        assert texts(one.select("h1")) == [{"uz": "nafaqalar", "en": "benefits paid"}[language]]
        assert known["Values over time"] in texts(one.select("h2"))
        shown = re.sub(r"\{value:UZS\}", "", one.get_text())
        assert "{" not in shown


def test_a_single_date_is_drawn_from_side_to_side_and_one_value_is_said_to_be(
    rebuilt: tuple[Office, httpx.Client],
) -> None:
    office, scientist = rebuilt
    paid = SMALL_CATALOGUE.features[2]
    first = replace(paid.distributions[0], constant=True)
    write_catalogue(replace(SMALL_CATALOGUE, features=(replace(paid, distributions=(first,)),)), office.home)
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert [path["d"] for path in found.select(".plot > svg .mid")] == ["M0 94L10 94"]
    assert texts(found.select(".days span")) == ["1 July 2025", ""]
    assert "it tells nothing apart" in found.get_text()


def test_what_is_zero_for_nearly_all_is_drawn_as_shares(rebuilt: tuple[Office, httpx.Client]) -> None:
    office, scientist = rebuilt
    paid = SMALL_CATALOGUE.features[2]
    rare = tuple(replace(d, quantiles=(0.0,) * 5, missing=0.1, zero=0.8) for d in paid.distributions)
    write_catalogue(replace(SMALL_CATALOGUE, features=(replace(paid, distributions=rare),)), office.home)
    found = page(scientist, f"/catalogue/features/{PAID}")
    assert texts(found.select(".key li")) == ["Not known: 10%", "Zero: 80%", "more than zero: 10%"]
    assert [path["d"] for path in found.select(".plot > svg path")][1:] == [
        "M0 90L10 90L10 100L0 100z",
        "M0 10L10 10L10 90L0 90z",
    ]
    assert len(cells(found, "Values at each date")[0]) == 9
