"""The board, opened and served until it is stopped."""

from __future__ import annotations

from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from propension.board.app import create_app
from propension.board.refused import NoListError
from propension.board.site import Site
from propension.config import Board, Settings


def open_board(settings: Settings) -> FastAPI:
    """Return the board of a portfolio with its list opened, so that the first reader does not wait for it."""
    app = create_app(settings)
    site: Site = app.state.site
    with suppress(NoListError):
        site.lists.current()
    return app


def serve_board(app: FastAPI, board: Board) -> None:
    """Serve a board until it is interrupted; one process, as it keeps who is logged in."""
    uvicorn.run(
        app,
        host=board.host,
        port=board.port,
        # Whom a proxy speaks for is for the board's settings to say.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
