"""What every answer forbids a browser, and the largest form that is read."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Pages hold personal data: no copy of them stays behind.
    "Cache-Control": "no-store",
}
_LARGEST_FORM = 64 * 1024


class SafeAnswers:
    """Puts the headers on every answer, and refuses forms that are too large to be one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        sent = Headers(scope=scope)
        size = sent.get("content-length", "0")
        too_large = not size.isdecimal() or int(size) > _LARGEST_FORM
        if too_large or "transfer-encoding" in sent:
            answer = PlainTextResponse("Too large.", status_code=413)
            await answer(scope, receive, send_safely)
            return
        await self._app(scope, receive, send_safely)
