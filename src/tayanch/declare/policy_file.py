"""Reads features/policy.yaml. What can't stand is told with its line; enforcing.py checks the names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tayanch.declare.policy import EXEMPT, FORBIDDEN, LOOKUP_ONLY, RULES, Exemption, Policy, PolicyLine
from tayanch.errors import DeclarationError, nearest

OPTIONS = {FORBIDDEN: "columns", LOOKUP_ONLY: "by"}
"""What a line of a list may say beside its reason."""


def read_policy(file: Path) -> Policy:
    """The policy a file tells.

    Raises:
        DeclarationError: telling file, line, what was met and what to do.
    """
    if not file.is_file():
        raise DeclarationError(
            "there is no policy", do="write features/policy.yaml; an empty file forbids nothing.", where=str(file)
        )
    try:
        top = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise DeclarationError(f"it is not YAML: {told}", do="mend the line named.", where=str(file)) from None
    lists = {} if top is None else {at.name: at for at in _Node(str(file), "", top).inside((*RULES, EXEMPT))}
    lines = tuple(_line(rule, at) for rule in RULES if rule in lists for at in lists[rule].inside())
    exempt = lists[EXEMPT].inside() if EXEMPT in lists else ()
    return Policy(lines, tuple(_exemption(at) for of in exempt for at in of.inside()))


@dataclass(frozen=True)
class _Node:
    """A value in the file. path: its keys, with dots between them."""

    file: str
    path: str
    node: Any
    name: str = ""
    line: int = 1

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line} {self.path}".strip()

    def inside(self, known: Sequence[str] = ()) -> Iterator[_Node]:
        """The values under its keys; only those of `known`, where any are."""
        if self.node.tag == "tag:yaml.org,2002:null":
            return
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("it is not a list of keys and values", do="write `name: why` lines.")
        seen: set[str] = set()
        for key, value in self.node.value:
            name, line = str(key.value), key.start_mark.line + 1
            at = _Node(self.file, f"{self.path}.{name}" if self.path else name, value, name, line)
            if known and name not in known:
                raise at.error(f'there is no key "{name}"', do=nearest(name, known))
            if name in seen:
                raise at.error(f'"{name}" is given a second time', do="keep one of the two.")
            seen.add(name)
            yield at

    def text(self, met: str, *, do: str) -> str:
        """The text it is, which may not be empty."""
        if self.node.tag != "tag:yaml.org,2002:str" or not self.node.value.strip():
            raise self.error(met, do=do)
        return " ".join(self.node.value.split())

    def texts(self) -> tuple[str, ...]:
        """The texts it lists."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("it is not a list", do=f"write {self.name}: [one, another].")
        return tuple(
            _Node(self.file, self.path, item, self.name, item.start_mark.line + 1).text(
                "it lists something that is no name", do="write names."
            )
            for item in self.node.value
        )

    def error(self, met: str, *, do: str) -> DeclarationError:
        """What can't stand here."""
        return DeclarationError(met, do=do, where=self.place)


def _line(rule: str, at: _Node) -> PolicyLine:
    if not isinstance(at.node, yaml.MappingNode):
        return PolicyLine(rule, at.name, _reason(at), place=at.place)
    option = (OPTIONS[rule],) if rule in OPTIONS else ()
    told = {part.name: part for part in at.inside(("because", *option))}
    more: dict[str, Any] = {name: told[name].texts() for name in option if name in told}
    return PolicyLine(rule, at.name, _because(at, told), place=at.place, **more)


def _exemption(at: _Node) -> Exemption:
    told = {part.name: part for part in at.inside(("because", "signed"))}
    if "signed" not in told:
        raise at.error("nobody signed it", do="write signed: who answers for it, and when.")
    signed = told["signed"].text("nobody signed it", do="write signed: who answers for it, and when.")
    return Exemption(at.path.split(".", 1)[1].rsplit(".", 1)[0], at.name, _because(at, told), signed, place=at.place)


def _because(at: _Node, told: dict[str, _Node]) -> str:
    return _reason(told["because"]) if "because" in told else _reason(at)


def _reason(at: _Node) -> str:
    return at.text("it gives no reason", do="say why in a few words; people read them.")
