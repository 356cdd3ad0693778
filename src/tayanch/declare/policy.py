"""The policy of a project: what may be used for what, and why. Told in features/policy.yaml.

forbidden:   attributes that are never declared, nor read from a source column named here.
audit_only:  groups that results are judged across, and columns, that no feature may read.
lookup_only: columns that a feature may read only as a key of the reference tables named, or to tell who neighbours are.
need_only:   features that may raise a family on a list and never lower it.
protected:   further groups that no feature may stand for, as none may for an audit-only one.
exempt:      features that tell a protected attribute and may be used all the same, signed and with a reason.

Whatever no line names may be used.
"""

from __future__ import annotations

from dataclasses import dataclass

FORBIDDEN, AUDIT_ONLY, LOOKUP_ONLY, NEED_ONLY, PROTECTED = RULES = (
    "forbidden",
    "audit_only",
    "lookup_only",
    "need_only",
    "protected",
)
EXEMPT = "exempt"
ALLOWED = "allowed"
"""What holds where no line of the policy speaks."""
NEIGHBOURS = "neighbours"
"""In `by` of a lookup-only column: it may tell who neighbours are."""


@dataclass(frozen=True)
class PolicyLine:
    """One name in one list. columns: source columns of a forbidden attribute, * standing for any letters.

    by: what a lookup-only column may be read in: names of reference tables, or NEIGHBOURS. place: file and line.
    """

    rule: str
    name: str
    because: str
    columns: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Exemption:
    """A feature that may tell a protected attribute: why, and who signed for it."""

    feature: str
    attribute: str
    because: str
    signed: str
    place: str = ""

    @property
    def told(self) -> str:
        """The reason and who signed, for people to read."""
        return f"{self.because.rstrip('.')}. Signed: {self.signed}"


@dataclass(frozen=True)
class Policy:
    """All lines of the file, in its order."""

    lines: tuple[PolicyLine, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    def under(self, rule: str) -> tuple[PolicyLine, ...]:
        """The lines of one list."""
        return tuple(line for line in self.lines if line.rule == rule)

    def line(self, rule: str, name: str) -> PolicyLine | None:
        """The line of that name in a list, or None."""
        return next((line for line in self.under(rule) if line.name == name), None)

    def of(self, feature: str) -> tuple[str, str]:
        """What holds for a feature, ALLOWED or NEED_ONLY, and why: "" where no line speaks of it."""
        line = self.line(NEED_ONLY, feature)
        return (line.rule, line.because) if line else (ALLOWED, "")

    @property
    def guarded(self) -> tuple[PolicyLine, ...]:
        """The groups that no feature may stand for: audit-only and protected ones. Columns have a dot in their name."""
        return tuple(line for rule in (AUDIT_ONLY, PROTECTED) for line in self.under(rule) if "." not in line.name)

    def exemption(self, feature: str, attribute: str) -> Exemption | None:
        """What lets a feature tell an attribute, or None."""
        found = (one for one in self.exemptions if (one.feature, one.attribute) == (feature, attribute))
        return next(found, None)


NO_POLICY = Policy()
"""Forbids nothing."""
