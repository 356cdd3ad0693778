"""A project's keys in the work folder; see tayanch.intake.keys."""

from __future__ import annotations

from pathlib import Path

from tayanch.intake.keys import KeyFolder
from tayanch.project import Project


def key_folder(project: Project, home: Path) -> KeyFolder:
    """Where the project's keys are kept."""
    return KeyFolder(home, project.settings.name, project.settings.practice)


def linkage_key(project: Project, home: Path, *, keep: bool = True) -> bytes:
    """The key that pseudonyms are made with; one that is made and not to be kept serves once.

    Raises:
        ProjectError: when it can't be read, or is a published practice key in a project that is not for practice.
    """
    return key_folder(project, home).key("linkage", keep=keep).secret
