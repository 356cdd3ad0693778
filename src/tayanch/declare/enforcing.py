"""The policy enforced: a project whose declarations break it can't be loaded, so nothing of it can be computed.

A column reaches a matrix only through a declared feature, with a meaning, a theme and, of a number, a unit; every
column that a feature or one of its facts reads is looked at here, however deep it lies in the expression.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tayanch.declare.experiments import Experiment
from tayanch.declare.expressions import ColumnValue, Expression
from tayanch.declare.features import Cohort, Feature, Group, Outcome
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.policy import (
    AUDIT_ONLY,
    FORBIDDEN,
    LOOKUP_ONLY,
    NEED_ONLY,
    NEIGHBOURS,
    PROTECTED,
    Policy,
    PolicyLine,
)
from tayanch.declare.references import Lookup, Reference
from tayanch.declare.registries import Registry
from tayanch.declare.rows import Reduction, walk
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import Kind

ALONE = ""
"""Where a column is read that is the key of no table and tells no neighbours."""


@dataclass(frozen=True)
class Declarations:
    """All that a project declares in features/."""

    registries: tuple[Registry, ...]
    references: tuple[Reference, ...]
    features: tuple[Feature, ...]
    cohorts: tuple[Cohort, ...]
    outcomes: tuple[Outcome, ...]
    groups: tuple[Group, ...]

    @property
    def columns(self) -> dict[str, tuple[Registry, str]]:
        """registry.column of every column, with its registry and its name in the source."""
        return {f"{r.name}.{c.name}": (r, c.source) for r in self.registries for c in r.columns}


def enforce(policy: Policy, declared: Declarations) -> None:
    """Refuses what the policy does not allow, and a policy that speaks of what is not there.

    Raises:
        DeclarationError: telling where, what, the policy's reason, and what to do.
    """
    for line in policy.lines:
        _check_line(line, declared)
    for one in policy.exemptions:
        _known(one.feature, [f.id for f in declared.features], "feature", place=one.place)
        _known(one.attribute, [line.name for line in policy.guarded], "protected attribute", place=one.place)
    for line in policy.under(FORBIDDEN):
        _check_forbidden(line, declared)
    _check_features(policy, declared)


def enforce_need(policy: Policy, experiment: Experiment) -> None:
    """Refuses an experiment in which a need-only feature could lower a family.

    Raises:
        DeclarationError: naming the feature and what to declare.
    """
    directions = dict(experiment.monotone)
    for line in policy.under(NEED_ONLY):
        where = f"{experiment.place} monotone".strip()
        told = f"{line.name} may only raise a family on a list (need_only: {line.because})"
        if experiment.rule and experiment.rule.feature == line.name and experiment.rule.worse == "lower":
            raise DeclarationError(
                f"{told}, and the rule lowers it", do="write worse: higher.", where=f"{experiment.place} rule".strip()
            )
        if line.name in experiment.features and directions.get(line.name) != "increasing":
            raise DeclarationError(
                f"{told}, and the experiment does not say so",
                do=f"write {line.name}: increasing under monotone, or leave it out under without.",
                where=where,
            )
        if line.name in experiment.features and experiment.learner != "lightgbm":
            raise DeclarationError(
                f"{told}, and the learner {experiment.learner} heeds no direction",
                do=f"learn with lightgbm, or leave {line.name} out under without.",
                where=f"{experiment.place} learner".strip(),
            )


def looked_up(policy: Policy, feature: Feature) -> tuple[PolicyLine, ...]:
    """The lookup-only columns that a feature reads, as the policy names them."""
    read = {column for _, column, _ in _all_readings(feature)}
    return tuple(line for line in policy.under(LOOKUP_ONLY) if line.name in read)


def _check_line(line: PolicyLine, declared: Declarations) -> None:
    groups, columns = [g.name for g in declared.groups], declared.columns
    features = {f.id: f for f in declared.features}
    if line.rule == AUDIT_ONLY:
        _known(line.name, [*groups, *columns], "group or column", place=line.place)
    elif line.rule == PROTECTED:
        _known(line.name, groups, "group", place=line.place)
    elif line.rule == LOOKUP_ONLY:
        _known(line.name, columns, "column", place=line.place)
        for table in line.by:
            _known(table, [NEIGHBOURS, *(r.name for r in declared.references)], "reference table", place=line.place)
    elif line.rule == NEED_ONLY:
        _known(line.name, features, "feature", place=line.place)
        if features[line.name].kind is Kind.CODE:
            raise DeclarationError(
                f"{line.name} is a code and has no direction", do="declare a condition on it.", where=line.place
            )


def _known(word: str, known: Collection[str], sort: str, *, place: str) -> None:
    if word not in known:
        raise DeclarationError(f'there is no {sort} "{word}"', do=nearest(word, known), where=place)


def _check_forbidden(line: PolicyLine, declared: Declarations) -> None:
    do = f"leave it out; {line.place} forbids it."
    for registry in declared.registries:
        for name in [column.name for column in registry.columns if column.name.casefold() == line.name.casefold()]:
            told = f"{registry.name}.{name} is a forbidden attribute: {line.because}"
            raise DeclarationError(told, do=do, where=registry.place)
        for source in _sources(registry):
            if any(fnmatchcase(source.casefold(), word.casefold()) for word in (line.name, *line.columns)):
                told = f"{registry.name} reads the source column {source}, which is {line.name}: {line.because}"
                raise DeclarationError(told, do=do, where=registry.place)
    for form in (*declared.features, *declared.groups, *declared.cohorts, *declared.outcomes):
        if form.name.casefold() == line.name.casefold():
            told = f"{form.name} is a forbidden attribute: {line.because}"
            raise DeclarationError(told, do=do, where=form.place)


def _sources(registry: Registry) -> Iterator[str]:
    """Every column of the extract that a registry reads."""
    dates = (registry.happened_on, registry.known_at, registry.left)
    yield from (column.source for column in registry.columns)
    yield from (*registry.key, *registry.family, *registry.person)
    yield from (name for rule in dates if rule is not None for name in rule.columns)
    yield from filter(None, (registry.retracted,))


def _check_features(policy: Policy, declared: Declarations) -> None:
    audited, addressed = (_columns(policy.under(rule), declared) for rule in (AUDIT_ONLY, LOOKUP_ONLY))
    groups = [(line, g) for line in policy.under(AUDIT_ONLY) for g in declared.groups if g.name == line.name]
    for feature in declared.features:
        if feature.kind.numeric and not feature.unit:
            raise DeclarationError(
                f"{feature.id} is a number without a unit", do='write @feature(unit="UZS").', where=feature.place
            )
        for told, column, within in dict.fromkeys(_all_readings(feature)):
            if column in audited:
                raise _refused(feature, f"{told}reads {column}", audited[column])
            if column in addressed and within not in addressed[column].by:
                allowed = f"may only be read in {' or '.join(addressed[column].by) or 'groups and cohorts'}"
                raise _refused(feature, f"{told}reads {column}, which {allowed}", addressed[column])
        for line, group in groups:
            if any(_tells(root, group) for root in _roots(feature).values()):
                raise _refused(feature, f"tells the group {group.name}", line)


def _refused(feature: Feature, met: str, line: PolicyLine) -> DeclarationError:
    return DeclarationError(
        f"{feature.id} {met} ({line.rule}: {line.because})",
        do=f"leave it out; the policy says so at {line.place}.",
        where=feature.place,
    )


def _columns(lines: Sequence[PolicyLine], declared: Declarations) -> dict[str, PolicyLine]:
    """The columns that the lines speak of, and every other one that reads the same column of the same files."""
    found: dict[str, PolicyLine] = {}
    for line in (line for line in lines if line.name in declared.columns):
        registry, source = declared.columns[line.name]
        same = {name for name, (r, s) in declared.columns.items() if (r.files, s) == (registry.files, source)}
        found |= dict.fromkeys({line.name, *same}, line)
    return found


Reading = tuple[str, str, str]
"""How an error begins (which fact reads, if one does), registry.column, and in which table or NEIGHBOURS (or ALONE)."""


def _roots(feature: Feature) -> dict[str, Expression]:
    """The feature's expression and its facts', by how an error begins."""
    return {"": feature.expression, **{f"(its fact {name}) ": value for name, value in feature.facts}}


def _all_readings(feature: Feature) -> list[Reading]:
    return [
        (told, column, within) for told, root in _roots(feature).items() for column, within in sorted(_readings(root))
    ]


def _readings(root: Expression) -> set[tuple[str, str]]:
    """Every column an expression reads, and in which table or NEIGHBOURS."""
    found: set[tuple[str, str]] = set()
    seen: set[tuple[int, str]] = set()

    def visit(node: Expression, within: str) -> None:
        if (id(node), within) in seen:
            return
        seen.add((id(node), within))
        if isinstance(node, ColumnValue):
            found.add((f"{node.registry}.{node.column}", within))
        if isinstance(node, Neighbours):
            visit(node.of, within)
            visit(node.by, NEIGHBOURS)
            return
        for part in node.parts:
            visit(part, node.reference if isinstance(node, Lookup) else within)

    visit(root, ALONE)
    return found


def _tells(root: Expression, group: Group) -> bool:
    """Whether an expression holds the group's own, or reduces the very rows and value that the group does."""
    own = group.expression
    nodes = [node for node in walk(root) if type(node) is type(own)]
    if isinstance(own, Reduction):
        return any(isinstance(node, Reduction) and _reduced(node) == _reduced(own) for node in nodes)
    return any(node.key == own.key for node in nodes)


def _reduced(node: Reduction) -> tuple[str, str, str]:
    condition, of = ("" if part is None else part.key for part in (node.condition, node.of))
    return node.registry, condition, of
