from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from board_world import make_portfolio, portfolio_with_users
from starlette.testclient import TestClient

from propension.board import create_app
from propension.config import load_settings

Ask = Callable[..., TestClient]


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of a portfolio with a list, for tests that only look."""
    return make_portfolio(tmp_path_factory.mktemp("board") / "cartera")


@pytest.fixture
def ask(portfolio: Path) -> Ask:
    """Make a client of a portfolio's board."""

    def make(config: Path = portfolio, **options: Any) -> TestClient:
        app = create_app(load_settings(config))
        options = {"base_url": "http://127.0.0.1", "raise_server_exceptions": False} | options
        return TestClient(app, follow_redirects=False, **options)

    return make


@pytest.fixture(scope="module")
def with_users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of a portfolio that one logs in to."""
    return portfolio_with_users(tmp_path_factory.mktemp("users") / "cartera")
