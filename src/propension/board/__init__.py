"""The board: a web application in which a collections manager works with the list."""

from propension.board.access.roles import Role
from propension.board.access.users import Users
from propension.board.app import create_app
from propension.board.serving import open_board, serve_board

__all__ = ["Role", "Users", "create_app", "open_board", "serve_board"]
