"""What the service is told from outside, read once at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tayanch.errors import ProjectError
from tayanch.project import find_project, work_folder


@dataclass(frozen=True)
class Settings:
    """Where the service finds things.

    home: the work folder (snapshots, releases, state.db); project: the folder with project.yaml; state_url: "" means
    SQLite in home; tls: whether people reach it by https, here or at a proxy: cookies are then bound to the host.
    """

    home: Path
    project: Path
    state_url: str = ""
    tls: bool = False


def settings_from(environment: Mapping[str, str] = os.environ, *, start: Path | None = None) -> Settings:
    """The settings in TAYANCH_HOME, TAYANCH_PROJECT, TAYANCH_STATE_URL and TAYANCH_TLS.

    Raises:
        ProjectError: when the project is not there or TAYANCH_TLS is neither 0 nor 1.
    """
    tls = environment.get("TAYANCH_TLS", "0")
    if tls not in ("0", "1"):
        raise ProjectError(f'TAYANCH_TLS is "{tls}"', do="set it to 1 where people come by https, else to 0.")
    here = start or Path.cwd()
    return Settings(
        home=work_folder(start=here, environment=environment),
        project=find_project(start=here, environment=environment),
        state_url=environment.get("TAYANCH_STATE_URL", ""),
        tls=tls == "1",
    )
