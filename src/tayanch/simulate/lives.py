"""How a block lives: the models in their order, each seeing what those before it made."""

from __future__ import annotations

from tayanch.simulate.block_run import Lived
from tayanch.simulate.country import Country
from tayanch.simulate.incomes.make import make_incomes
from tayanch.simulate.measures import MEASURES, measure
from tayanch.simulate.need.strain import make_strain
from tayanch.simulate.need.support import make_support
from tayanch.simulate.people.make import make_people
from tayanch.simulate.world import Block, Lives


def live(block: Block, country: Country) -> Lived:
    """Lets the block's people live, earn, be helped and be in want."""
    people = make_people(block, country)
    incomes = make_incomes(block, country, people)
    support = make_support(block, country, people, incomes=incomes)
    lives = Lives(people, incomes, support)
    strain = make_strain(block, country, lives)
    events = {**people.events, **incomes.events, **support.events, **strain.events}
    return Lived(people, events, {**strain.truth, MEASURES: measure(block, lives, strain)})
