"""Calls of the command in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import write_config, write_portfolio
from command import Outcome, Run

from pipelines import cli


@pytest.fixture(autouse=True)
def _unchanged_environment() -> Iterator[None]:
    """The command sets defaults for the libraries it starts; other tests must not see them."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command in this process."""

    def call(*arguments: object) -> Outcome:
        # Wide enough for tables to show messages on one line.
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.setattr(sys, "argv", ["propension", *map(str, arguments)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as leaving:
            code = leaving.code
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A clean portfolio's settings."""
    write_portfolio(tmp_path, "csv")
    return write_config(tmp_path)
