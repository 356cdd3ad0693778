"""Every meaning told in the specification holds on both engines."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tayanch.store import engine, reference
from tayanch.store.area_tables import find_areas
from tayanch.store.plan import make_plan
from tests.properties.engine_worlds import assert_same, packed
from tests.spec.__main__ import VERBS, cases_of, page
from tests.spec.book import CHAPTERS
from tests.spec.telling import Spec
from tests.worlds import OneBucket

SPECS = [pytest.param(spec, id=f"{chapter.title}: {spec.title}") for chapter in CHAPTERS for spec in chapter.specs]


@pytest.mark.parametrize("spec", SPECS)
def test_definition(spec: Spec) -> None:
    answer = reference.evaluate(spec.bucket, {"it": spec.expression}, spec.moments, references=spec.references)
    places = [spec.bucket.families.index(family) for family in spec.families]
    assert [[line[place] for place in places] for line in answer.values["it"]] == spec.values


@pytest.mark.parametrize("spec", SPECS)
def test_engine(spec: Spec) -> None:
    answer = reference.evaluate(spec.bucket, {"it": spec.expression}, spec.moments, references=spec.references)
    plan = make_plan({"it": spec.expression}, spec.references)
    areas = find_areas(OneBucket(spec.bucket), plan, spec.moments)
    found = engine.evaluate(spec.bucket, plan, spec.moments, areas=areas)
    assert found.known.tolist() == answer.known
    assert_same(found.columns["it"], packed(spec.expression, answer.values["it"]))


def test_titles_are_told_once() -> None:
    titles = [spec.title for chapter in CHAPTERS for spec in chapter.specs]
    assert len(titles) == len(set(titles))


def test_the_page_tells_every_spec() -> None:
    told = page(CHAPTERS)
    assert all(spec.title in told and dedent(spec.source) in told for chapter in CHAPTERS for spec in chapter.specs)


def test_the_page_that_people_read_is_this_one() -> None:
    kept = Path(__file__).with_name("VERBS.md").read_text(encoding="utf-8")
    assert kept == page(CHAPTERS), "run python -m tests.spec > tests/spec/VERBS.md"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_case(verb: str) -> None:
    cases = {f"{chapter.title}: {spec.title}": spec for chapter in CHAPTERS for spec in chapter.specs}
    assert cases_of(verb, cases)


def test_every_link_of_the_page_leads_somewhere() -> None:
    told = page(CHAPTERS)
    links, anchors = re.findall(r"\(#([^)]+)\)", told), re.findall(r'<a id="([^"]+)">', told)
    assert len(anchors) == len(set(anchors)) == sum(len(chapter.specs) for chapter in CHAPTERS)
    assert set(links) <= set(anchors)
