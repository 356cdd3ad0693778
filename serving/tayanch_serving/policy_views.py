"""The policy as its page shows it: what may be used for what, and what the features tell of what they may not tell."""

from __future__ import annotations

from dataclasses import dataclass

from tayanch.store.catalogue import Attribute, FeatureCatalogue, PolicyRule
from tayanch_serving.catalogue_words import count_word, group_word, rule_word
from tayanch_serving.views import Words


@dataclass(frozen=True)
class RuleGroup:
    """The lines of one list of the policy."""

    rule: str
    lines: tuple[PolicyRule, ...]


@dataclass(frozen=True)
class Level:
    """One value of a protected attribute: of 100 pairs of families, all features together put `pairs` right."""

    level: str
    pairs: int
    low: int
    high: int
    families: str
    having: str


@dataclass(frozen=True)
class AttributeView:
    """A protected attribute; without levels where too few families have any."""

    name: str
    meaning: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class PolicyView:
    """The policy of a project."""

    groups: tuple[RuleGroup, ...]
    attributes: tuple[AttributeView, ...]


def policy_view(catalogue: FeatureCatalogue, words: Words) -> PolicyView:
    """The policy and what was found of its protected attributes."""
    rules = dict.fromkeys(line.rule for line in catalogue.policy)
    return PolicyView(
        groups=tuple(
            RuleGroup(rule_word(rule, words), tuple(line for line in catalogue.policy if line.rule == rule))
            for rule in rules
        ),
        attributes=tuple(_attribute(attribute, words) for attribute in catalogue.attributes),
    )


def _attribute(attribute: Attribute, words: Words) -> AttributeView:
    levels = tuple(
        Level(
            level=group_word(told.level, attribute.name, words=words),
            pairs=round(100 * told.auc),
            low=round(100 * told.low),
            high=round(100 * told.high),
            families=count_word(told.families, words),
            having=count_word(told.having, words),
        )
        for told in attribute.foretold
    )
    return AttributeView(attribute.name.replace("_", " "), attribute.meaning, levels)
