"""The board, served until it is stopped."""

from __future__ import annotations

import uvicorn

from propension.board.app import create_app
from propension.config import Settings


def serve_board(settings: Settings) -> None:
    """Serve the board of a portfolio until it is interrupted; one process, as it keeps who is logged in."""
    uvicorn.run(
        create_app(settings),
        host=settings.board.host,
        port=settings.board.port,
        # Whom a proxy speaks for is for settings.board to say.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
