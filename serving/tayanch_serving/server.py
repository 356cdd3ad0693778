"""Starting the service: one process, behind a proxy or on its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tayanch.errors import AccessError

APP = "tayanch_serving.app:create_app"


@dataclass(frozen=True)
class Address:
    """Where the service listens. Certificate and key make it speak https itself."""

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise AccessError("https needs a certificate and its key", do="give both, or neither.")

    @property
    def url(self) -> str:
        """What people type."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.host}:{self.port}"


def serve(address: Address) -> None:
    """Serves until it is stopped. Requests are not logged with their addresses: events say who saw what."""
    if address.certificate:
        os.environ["TAYANCH_TLS"] = "1"
    uvicorn.run(
        APP,
        factory=True,
        host=address.host,
        port=address.port,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
