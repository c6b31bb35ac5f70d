"""The board: a web application in which a collections manager works with the list."""

from propension.board.app import create_app
from propension.board.serving import serve_board

__all__ = ["create_app", "serve_board"]
