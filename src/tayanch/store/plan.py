"""A plan: named expressions as steps, every common part once. Made once, it works on any bucket."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tayanch.declare.expressions import Constant, Expression, IsIn, YearsSince
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Lookup, Reference
from tayanch.declare.rows import Reduction, reductions
from tayanch.errors import StoreError
from tayanch.store.lookups import LookupTable
from tayanch.store.program import Program, program_of
from tayanch.store.steps import Choosing, Step
from tayanch.store.values import Telling
from tayanch.store.vectors import Vector, constant


@dataclass(frozen=True)
class Neighbourhood:
    """What a mean over neighbours is made of: the steps of the value and of the area, and the registries they read."""

    value: int
    area: int
    registries: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they can be computed.

    results, tellings: by name, the step asked for and how it is given back. registries: those that are asked about.
    neighbours: by its digest, every mean over neighbours among the steps.
    """

    expressions: Mapping[str, Expression]
    steps: tuple[Step, ...]
    choices: tuple[Choosing, ...]
    results: Mapping[str, int]
    tellings: Mapping[str, Telling]
    tables: Mapping[str, LookupTable]
    registries: frozenset[str]
    neighbours: Mapping[str, Neighbourhood]

    @cached_property
    def program(self) -> Program:
        """The program for what was asked."""
        return program_of(self.steps, self.choices, {n: (self.results[n], told) for n, told in self.tellings.items()})

    @cached_property
    def program_of_shares(self) -> Program:
        """The program for the value and the area of every mean over neighbours, as the words they are."""
        told = {digest: (of.value, of.area) for digest, of in self.neighbours.items()}
        wanted = {f"{digest} {place}": (step, None) for digest, of in told.items() for place, step in enumerate(of)}
        return program_of(self.steps, self.choices, wanted)

    def of_areas(self, wanted: Collection[str]) -> Plan:
        """The part of it that the totals of areas are made with, for the neighbours with these digests."""
        neighbours = {digest: told for digest, told in self.neighbours.items() if digest in wanted}
        read = frozenset[str]().union(*(told.registries for told in neighbours.values()))
        return replace(self, results={}, tellings={}, registries=read, neighbours=neighbours)


def make_plan(expressions: Mapping[str, Expression], references: Sequence[Reference] = ()) -> Plan:
    """The plan of named expressions.

    Raises:
        StoreError: when a reference table they look up is not among `references`.
    """
    draft = _Draft()
    results = {name: draft.add(expression, None) for name, expression in expressions.items()}
    at_hand = {reference.digest: reference for reference in references}
    lookups = [step.node for step in draft.steps if isinstance(step.node, Lookup)]
    for node in lookups:
        if node.reference_digest not in at_hand:
            raise StoreError(
                f"the reference table {node.reference} is not at hand as it was declared",
                do="pass the references of the project whose expressions these are.",
            )
    tables = {digest: LookupTable.of(at_hand[digest]) for digest in sorted({n.reference_digest for n in lookups})}
    registries = frozenset(choice.registry for choice in draft.choices)
    return Plan(
        expressions=dict(expressions),
        steps=tuple(draft.steps),
        choices=tuple(draft.choices),
        results=results,
        tellings={name: Telling.of(node) for name, node in expressions.items()},
        tables=tables,
        registries=registries,
        neighbours={
            step.node.digest: _neighbourhood(step) for step in draft.steps if isinstance(step.node, Neighbours)
        },
    )


@dataclass
class _Draft:
    """A plan being made; what was met already is found again by its meaning."""

    steps: list[Step] = field(default_factory=list[Step])
    choices: list[Choosing] = field(default_factory=list[Choosing])
    _met: dict[tuple[str | None, str], int] = field(default_factory=dict[tuple[str | None, str], int])
    _chosen: dict[tuple[str, str, int | None], int] = field(default_factory=dict[tuple[str, str, int | None], int])

    def add(self, node: Expression, registry: str | None) -> int:
        """The step of a node as a value of the registry's rows, or (None) of the family."""
        met = (registry, node.key)
        if met not in self._met:
            step = self._reduction(node) if isinstance(node, Reduction) else self._step(node, registry)
            self.steps.append(step)
            self._met[met] = len(self.steps) - 1
        return self._met[met]

    def _step(self, node: Expression, registry: str | None) -> Step:
        parts = tuple(self.add(part, registry) for part in node.parts)
        moving = isinstance(node, (YearsSince, Neighbours)) or (isinstance(node, Lookup) and registry is None)
        lasting = not moving and all(self.steps[part].lasting for part in parts)
        return Step(node, registry, parts, lasting, constants=_constants(node))

    def _reduction(self, node: Reduction) -> Step:
        condition = None if node.condition is None else self.add(node.condition, node.registry)
        of = None if node.of is None else self.add(node.of, node.registry)
        chosen = (node.registry, node.window.digest, condition)
        if chosen not in self._chosen:
            self.choices.append(Choosing(node.registry, node.window, condition))
            self._chosen[chosen] = len(self.choices) - 1
        return Step(node, None, (), lasting=False, choosing=self._chosen[chosen], of=of)


def _neighbourhood(step: Step) -> Neighbourhood:
    value, area = step.parts
    return Neighbourhood(value, area, frozenset(reduction.registry for reduction in reductions(step.node)))


def _constants(node: Expression) -> tuple[Vector, ...]:
    if isinstance(node, Constant):
        return (constant(node.value),)
    return tuple(constant(option) for option in node.options) if isinstance(node, IsIn) else ()
