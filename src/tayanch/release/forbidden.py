"""Words that must never be said of a family: accusations, and scores of persons. Looked for by their stems."""

from __future__ import annotations

import re
import unicodedata

STEMS: dict[str, tuple[str, ...]] = {
    "en": ("fraud", "suspicious", "suspect", "risk score", "risk rating", "cheat", "scammer", "because you are"),
    "es": (
        "fraud",
        "sospech",
        "puntaje de riesgo",
        "puntuación de riesgo",
        "puntuacion de riesgo",
        "estafa",
        "tramposo",
        "porque usted es",
    ),
    "uz": ("firibgar", "tovlamachi", "shubhali", "gumondor", "xavf bali", "risk bali", "xavf reytingi", "chunki siz"),
    "uz_Cyrl": (
        "фирибгар",
        "товламачи",
        "шубҳали",
        "гумондор",
        "хавф бали",
        "риск бали",
        "хавф рейтинги",
        "чунки сиз",
    ),
    "ru": (
        "мошенни",
        "подозр",
        "обман",
        "балл риска",
        "баллы риска",
        "оценка риска",
        "оценки риска",
        "рейтинг риска",
        "рейтинга риска",
        "скоринг",
        "потому что вы",
    ),
}
APOSTROPHES = re.compile("['`´ʻʼ‘’]")


def forbidden_words(text: str, language: str) -> tuple[str, ...]:
    """The forbidden stems a text holds, in the list's order: those of its language, and the English ones in any."""
    plain = _plain(text)
    stems = dict.fromkeys((*STEMS.get(language, ()), *STEMS["en"]))
    return tuple(stem for stem in stems if re.search(rf"\b{re.escape(_plain(stem))}", plain))


def _plain(text: str) -> str:
    return " ".join(APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).casefold().replace("-", " ").split())
