"""Where the board listens, and who may use it."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, IPvAnyNetwork, StringConstraints, model_validator

from propension.config.base import Model

Access = Literal["open", "login", "header"]
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - recognised here so that it can be refused


class Board(Model):
    """The board's address, and how it knows who is there; see docs/board.md."""

    host: Annotated[str, StringConstraints(strip_whitespace=True, max_length=253)] = "127.0.0.1"
    """Address on which the board listens; by default only this machine reaches it."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8321
    """Port on which it listens."""
    access: Access = "open"
    """open: whoever sits at this machine; login: name and password; header: a reverse proxy says who it is."""
    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = (
        "X-Forwarded-User"
    )
    """Header in which the proxy names the person; `access: header` only."""
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    """Addresses or networks whose header is believed; needed with `access: header`."""
    public_url: HttpUrl | None = None
    """Where people find it, when that is not host and port."""
    session_hours: Annotated[float, Field(gt=0, le=168)] = 12
    """Hours after which a person must log in again."""

    @model_validator(mode="after")
    def _is_safe(self) -> Board:
        if self.access == "open" and not self.is_local:
            raise ValueError(
                f"access: open lets everybody in who reaches {self.host}. Write access: login, or header, "
                "or host: 127.0.0.1"
            )
        if self.access == "header" and not self.trusted_proxies:
            raise ValueError("access: header needs trusted_proxies, for example [127.0.0.1]")
        if self.host in _EVERYWHERE and self.public_url is None:
            raise ValueError(
                f"host: {self.host} listens everywhere, so public_url must say where people find the board, "
                "for example https://cobranza.example.com"
            )
        return self

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_https(self) -> bool:
        """Whether people reach it over an encrypted connection."""
        return self.public_url is not None and self.public_url.scheme == "https"

    @property
    def known_hosts(self) -> list[str]:
        """Names by which it may be asked for; a page of another name that points here is refused."""
        public = [self.public_url.host] if self.public_url and self.public_url.host else []
        # Whoever listens on one address is asked for by it; this machine's own names always reach it.
        own = {self.host, "127.0.0.1", "localhost"} - set(_EVERYWHERE)
        return sorted({*public, *(f"[{host}]" if ":" in host else host for host in own)})
