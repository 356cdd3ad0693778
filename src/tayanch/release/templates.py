"""Sentence templates of a catalogue: one wording that many features share, each with words of its own.

`template.sum.raises` is worded once: "In the last <months> months, <what>: {value}." A feature that says
`income.wages_3m.template` = "sum | what: registered wages | months: 3" then has that sentence, and one for each other
part the template words. What a feature words itself stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tayanch.errors import ReleaseError, nearest

PREFIX, SUFFIX = "template.", ".template"
_WORD = re.compile(r"<([a-z_]+)>")


def expanded(messages: Mapping[str, str], *, name: str) -> Mapping[str, str]:
    """The messages with every template filled in; the templates themselves are gone.

    Args:
        messages: of a catalogue, by id.
        name: of its file, for errors.

    Raises:
        ReleaseError: when a feature names a template that is not there, or its words are not those the template asks.
    """
    templates = _templates(messages)
    own = {i: text for i, text in messages.items() if not i.startswith(PREFIX) and not i.endswith(SUFFIX)}
    shared: dict[str, str] = {}
    for message, told in messages.items():
        if message.endswith(SUFFIX):
            feature = message.removesuffix(SUFFIX)
            sentences = _filled(templates, told, where=f"{name}: {message}")
            shared |= {f"{feature}.{part}": sentence for part, sentence in sentences.items()}
    return shared | own


def _templates(messages: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for message, text in messages.items():
        if message.startswith(PREFIX):
            template, _, part = message.removeprefix(PREFIX).rpartition(".")
            found.setdefault(template, {})[part] = text
    return found


def _filled(templates: Mapping[str, Mapping[str, str]], told: str, *, where: str) -> Mapping[str, str]:
    template, *pairs = (part.strip() for part in told.split("|"))
    if template not in templates:
        raise ReleaseError(f'there is no template "{template}"', do=nearest(template, templates), where=where)
    words = {key.strip(): word.strip() for key, _, word in (pair.partition(":") for pair in pairs)}
    asked = {word for text in templates[template].values() for word in _WORD.findall(text)}
    if asked != words.keys() or not all(words.values()):
        listed = ", ".join(sorted(asked)) or "no words"
        raise ReleaseError(
            f"the words given are not those of the template {template}", do=f"give {listed}.", where=where
        )
    return {part: _sentence(text, words) for part, text in templates[template].items()}


def _sentence(text: str, words: Mapping[str, str]) -> str:
    """The text with its words: a capital letter first; a full stop is not doubled after an abbreviation."""
    said = _WORD.sub(lambda found: words[found[1]], text).replace("..", ".")
    return said[0].upper() + said[1:]
