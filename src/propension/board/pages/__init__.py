"""The pages, one module each, and which of them the menu names."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from propension.board.access.roles import Role
from propension.board.pages import (
    access,
    account,
    accounts,
    agenda,
    exports,
    feedback,
    portfolio,
    shell,
    views,
    whatif,
)

ROUTERS: tuple[APIRouter, ...] = (
    shell.router,
    portfolio.router,
    accounts.router,
    exports.router,
    views.router,
    agenda.router,
    whatif.router,
    feedback.router,
    account.router,
    access.router,
)


@dataclass(frozen=True)
class Entry:
    """A page in the menu: where it is, its text, and who may see it."""

    path: str
    text: str
    role: Role = "viewer"


MENU: tuple[Entry, ...] = (
    Entry("/", "portfolio.title"),
    Entry("/accounts", "accounts.title"),
    Entry("/agenda", "agenda.title"),
    Entry("/what-if", "whatif.title", "manager"),
    Entry("/feedback", "feedback.title"),
    Entry("/users", "access.users", "admin"),
)
