"""The board, served until it is stopped."""

from __future__ import annotations

from contextlib import suppress

import uvicorn

from propension.board.app import create_app
from propension.board.refused import NoListError
from propension.board.site import Site
from propension.config import Settings


def serve_board(settings: Settings) -> None:
    """Serve the board of a portfolio until it is interrupted; one process, as it keeps who is logged in."""
    app = create_app(settings)
    site: Site = app.state.site
    # The first reader does not wait until a large list is copied.
    with suppress(NoListError):
        site.lists.current()
    uvicorn.run(
        app,
        host=settings.board.host,
        port=settings.board.port,
        # Whom a proxy speaks for is for settings.board to say.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
