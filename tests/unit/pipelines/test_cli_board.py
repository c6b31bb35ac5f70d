import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from board_world import make_portfolio

from propension.board import Users
from propension.config import load_settings


@pytest.fixture
def typed(monkeypatch):
    """What is typed where a password is asked for."""

    def type_in(password):
        monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: password)

    return type_in


@pytest.fixture
def guarded(tmp_path):
    return make_portfolio(tmp_path / "cartera", 0, board={"access": "login"})


def test_users_are_added_listed_and_removed(run, guarded, typed):
    typed("una clave larga")
    assert run("board", "-c", guarded, "users", "add", "ana", "--role", "admin").code == 0
    assert run("board", "-c", guarded, "users", "list").out == "ana\tadmin\n"
    assert Users(load_settings(guarded).board_folder).fits("ana", "una clave larga")
    assert run("board", "-c", guarded, "users", "remove", "ana").code == 0
    assert run("board", "-c", guarded, "users", "list").out == ""


def test_a_short_password_is_refused(run, guarded, typed):
    typed("corta")
    outcome = run("board", "-c", guarded, "users", "add", "ana")
    assert outcome.code == 2
    assert "between 10 and 256 characters" in outcome.told


def test_removing_nobody_is_an_error(run, guarded):
    outcome = run("board", "-c", guarded, "users", "remove", "nadie")
    assert outcome.code == 2
    assert "nobody has this name" in outcome.told


def test_where_a_proxy_says_who_it_is_no_password_is_asked_for(run, tmp_path):
    board = {"access": "header", "trusted_proxies": ["127.0.0.1"]}
    config = make_portfolio(tmp_path / "cartera", 0, board=board)
    assert run("board", "-c", config, "users", "add", "ana").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--host", "0.0.0.0"), "access: open lets everybody in who reaches 0.0.0.0"),
        (("--port", "0"), "board.port: Input should be greater than or equal to 1"),
    ],
)
def test_a_board_open_to_others_is_not_started(run, tmp_path, arguments, told):
    config = make_portfolio(tmp_path / "cartera", 0)
    outcome = run("board", "-c", config, *arguments)
    assert outcome.code == 2
    assert told in outcome.told


def test_a_board_that_nobody_may_enter_is_not_started(run, guarded):
    outcome = run("board", "-c", guarded)
    assert outcome.code == 2
    assert "Run: propension board users add" in outcome.err


def test_the_board_is_served_until_it_is_stopped(tmp_path):
    config = make_portfolio(tmp_path / "cartera", 5)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        Path(sys.executable).with_name("propension"),
        "board",
        "-c",
        config,
        "--port",
        str(port),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as served:
        try:
            assert f"http://127.0.0.1:{port}" in served.stdout.readline()
            assert "Cartera" in _answer(f"http://127.0.0.1:{port}/")
        finally:
            served.terminate()
            assert served.wait(30) in (0, -15)


def _answer(address):
    for _ in range(100):
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
