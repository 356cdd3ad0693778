"""Monthly economic lives of a block before any social help, and what befalls its families.

Health comes first (who can work), then work abroad, work at home, what it pays, pensions, farms, at last the shocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes import shocks
from tayanch.simulate.incomes.farm import Farm, make_farm
from tayanch.simulate.incomes.ground import Ground, make_ground
from tayanch.simulate.incomes.health import Health, make_health
from tayanch.simulate.incomes.holdings import make_other, make_property
from tayanch.simulate.incomes.migration import Abroad, make_migration
from tayanch.simulate.incomes.pay import make_pay
from tayanch.simulate.incomes.pensions import make_pensions
from tayanch.simulate.incomes.work import Work, make_work
from tayanch.simulate.sections import Figures
from tayanch.simulate.world import Array, Block, Incomes, People


def make_incomes(block: Block, country: Figures, people: People) -> Incomes:
    """The incomes of everyone in the block, with the rows registers have of them.

    Raises:
        SimulationError: when the country's section `income` can't stand or does not tell the block's region.
    """
    ground = make_ground(block, country, people)
    health = make_health(ground)
    abroad = make_migration(ground, health)
    work = make_work(ground, health, abroad.away)
    pay = make_pay(ground, work, health)
    pension, drawn = make_pensions(ground, health)
    farm, other = make_farm(ground), make_other(ground)
    earned = pay.wage + pay.informal + pay.selfwork + pension
    income = shocks.family_income(ground, earned, farm.income + abroad.remittances + other)
    lived = _Lived(ground, health, abroad, work, farm)
    return Incomes(
        wage=_by_person(pay.wage),
        informal=_by_person(pay.informal),
        selfwork=_by_person(pay.selfwork),
        pension=_by_person(pension),
        farm=_by_person(farm.income),
        remittances=_by_person(abroad.remittances),
        other=_by_person(other),
        working=_by_person(pay.working),
        away=_by_person(abroad.away),
        ill=_by_person(health.ill),
        disabled=_by_person(health.disabled),
        shock=_by_person(lived.shock(shocks.earners(ground, earned, income))),
        events={
            **pay.events,
            **abroad.events,
            **health.events,
            **farm.events,
            "pensions": drawn,
            "property": make_property(ground),
        },
    )


@dataclass(frozen=True)
class _Lived:
    """What befell the families of a block."""

    ground: Ground
    health: Health
    abroad: Abroad
    work: Work
    farm: Farm

    def shock(self, earning: Array) -> Array:
        """The newest shock of each family and month; the gravest of a month last. earning: bool[months, persons]."""
        ground = self.ground
        return shocks.make_shocks(
            ground,
            {
                "birth": shocks.births(ground),
                "harvest": self.farm.failed,
                "remittance_stop": self.abroad.stopped,
                "divorce": shocks.divorces(ground),
                "illness": shocks.illnesses(ground, self.health.ill, self.health.disabled),
                "job_loss": shocks.job_losses(ground, self.work.persons, self.work.lost, earning=earning),
                "death_of_earner": shocks.deaths(ground, earning),
            },
        )


def _by_person(values: Array) -> Array:
    """Months first made persons (or families) first, laid out so."""
    return np.ascontiguousarray(values.T)
