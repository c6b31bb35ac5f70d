"""Every command of the README runs, in its order, on a portfolio made as it says."""

import re
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pipelines.cli import cli

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BLOCKS = [block for language, block in FENCED if not language]
COMMANDS = [
    shlex.split(line, comments=True)
    for block in BLOCKS
    for line in block.splitlines()
    if line.startswith("propension ")
]
# They run until they are stopped: up to there they are run here, and on in tests of their own.
UNTIL_STOPPED = {"serve": "tests/flows/test_unattended.py", "board": "tests/web"}


def test_what_the_readme_points_at_is_there():
    for target in re.findall(r"\]\(([^)#:]+)", README):
        assert (ROOT / target).exists(), target
    for test in UNTIL_STOPPED.values():
        assert (ROOT / test).exists()


def test_make_knows_what_the_readme_makes():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for plain, quoted in set(re.findall(r"^make (\w+)|`make (\w+)`", README, re.MULTILINE)):
        target = plain or quoted
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_is_one_of_the_readmes():
    said = {command[1] for command in COMMANDS}
    assert set(cli.commands) - said == {"demo", "simulate"}


def test_every_command_runs(trained, tmp_path, monkeypatch, prefect_server):
    source, _ = trained
    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("propension.board.serve_board", lambda *_, **__: started.append("board"))
    monkeypatch.setattr("pipelines.serving.serve_portfolio", lambda _: started.append("serve"))
    runner = CliRunner()
    for _, *arguments in COMMANDS:
        if arguments[0] == "experiment":
            # It reads lists from before.
            runner.invoke(cli, ["score", "--as-of", "2026-04-30"], catch_exceptions=False)
        result = runner.invoke(cli, _small(arguments, tmp_path / "cartera"))
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        if arguments[0] == "init":
            for table in (source / "data").iterdir():
                (tmp_path / "cartera" / "data" / table.name).write_bytes(table.read_bytes())
            monkeypatch.chdir(tmp_path / "cartera")
    assert set(started) == set(UNTIL_STOPPED)


def _small(arguments, folder):
    """The arguments with an account of this very portfolio, and a search of a second."""
    lists = sorted((folder / "outputs").glob("as_of=*/scored.parquet"))
    account = pq.read_table(lists[-1])["account_id"][0].as_py() if lists else ""
    small = {"C004844": account, "30": "0.02"}
    return [small.get(argument, argument) for argument in arguments]
