"""What wraps every answer, also of errors: security headers, a size limit on bodies, one line in the log.

Plain ASGI: the framework's own wrappers would leave the answer to an unforeseen error without headers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("tayanch_serving")

LARGEST_BODY = 64 * 1024
CONTENT = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "require-trusted-types-for 'script'",
    )
)
SECURITY = {
    "Content-Security-Policy": CONTENT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then send "Origin: null" with our own forms, which access.py could not tell apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


class SecurityHeaders:
    """Adds the security headers to every answer, and `no-store` where nothing else was said about keeping it."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self.app, self.headers = app, SECURITY | (HTTPS_ONLY if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, with headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class ErrorsCaught:
    """Answers unforeseen errors itself and logs each answer in one line.

    Logged are the method, the route's template, the status and the time; of an error its type and where it was raised.
    Never a path, a query, a value or a message: they may be about a person.
    """

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, whatever happens."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            log.error("%s at %s", type(error).__name__, _raised_at(error))
            if status:  # the answer has begun: only breaking off is left
                raise
            await (await self.answer(Request(scope, receive)))(scope, receive, watched)
        finally:
            spent = 1000 * (time.perf_counter() - started)
            log.info("%s %s %d %.1f ms", scope["method"], _template(scope), status, spent)


class SmallBodies:
    """Refuses bodies above 64 KiB, told or counted: no form here is larger."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers requests with small bodies."""
        told = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if not told.isdigit() or int(told) > LARGEST_BODY:
            await (await self.answer(Request(scope, receive)))(scope, receive, send)
        else:
            await self.app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    """A body whose length was not told and that grows too large ends early, as if its sender had gone."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return message if received <= LARGEST_BODY else {"type": "http.disconnect"}

    return counted


def _raised_at(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"


def _template(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "(no route)")
