"""Three kinds of nothing: beside the features, whether the registries they read could have told of the family at all.

That a registry has no row of a family is one fact, and the feature says what it means. That the family is not linked
to the registry, or that nothing was delivered from where it lives, are two others. They say how complete the data are,
never that there is no risk: they stand in columns of their own that no scorer reads.
"""

from __future__ import annotations

from tayanch.declare.expressions import Constant, Expression
from tayanch.declare.features import Compiled, Group
from tayanch.declare.neighbours import neighbours
from tayanch.declare.registries import Registry
from tayanch.declare.rows import reductions
from tayanch.vocabulary import Kind, Links


def completeness(compiled: Compiled, area: Group | None) -> dict[str, Expression]:
    """For each registry that the features read, `linked(registry)` and, where it can be told, `delivered(registry)`.

    It can't be told without an area that is a code, nor of registries that declare no `silent_after`.
    """
    read = {found.registry for feature in compiled.features for found in reductions(feature.expression)}
    membership = next((told for told in compiled.registries if told.links is Links.MEMBERSHIP), None)
    found: dict[str, Expression] = {}
    for told in compiled.registries:
        if told.name in read:
            found[f"linked({told.name})"] = linked(told, membership)
            if area is not None and area.expression.kind is Kind.CODE and told.silent_after:
                found[f"delivered({told.name})"] = delivered(told, by=area)
    return found


def linked(registry: Registry, membership: Registry | None) -> Expression:
    """Whether rows of the registry can reach the family: of persons, whether any member is known at as_of.

    Rows of families carry the family itself: they reach every family that is known, as all in a matrix are.
    """
    if registry.links is not Links.PERSON:
        return Constant(True)
    assert membership is not None  # a project with persons has one
    return membership.current().exists()


def delivered(registry: Registry, *, by: Group) -> Expression:
    """Whether the registry had a row within `silent_after` months of any other family of the area; missing where the
    area is, or fewer than five others are known there.
    """
    return neighbours(registry.last(months=registry.silent_after).exists(), by=by) > 0
