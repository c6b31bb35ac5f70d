"""`propension feedback` keeps what people say of an account of the latest list."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from builders import write_config, write_portfolio
from command import Run
from past_lists import write_list

LISTED_ON = dt.date(2026, 6, 30)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Settings of a portfolio with a list of two accounts, whose policy leaves a call to people."""
    write_portfolio(tmp_path)
    write_list(tmp_path / "outputs", LISTED_ON, [{"account_id": "C1"}, {"account_id": "C2"}])
    config = write_config(tmp_path)
    policy = yaml.safe_load((tmp_path / "policy.yaml").read_text(encoding="utf-8"))
    policy["feedback"] = {"treatments": ["soft_call"], "valid_days": 7, "postpone_days": 10}
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    return config


def test_what_is_said_is_kept_and_shown(run: Run, listed: Path) -> None:
    to = ("-c", listed, "--reason", "agreed", "--by", "ana")
    assert run("feedback", "override", "C1", "soft_call", *to, "--note", "Lo conozco").code == 0
    assert run("feedback", "postpone", "C2", "2026-07-08", *to).code == 0
    named = run("feedback", "wrong-reason", "C1", "days_past_due", "-c", listed, "--by", "luz")
    assert named.code == 0
    assert run("feedback", "withdraw", "C2", "2", "-c", listed).code == 0
    shown = run("feedback", "list", "-c", listed)
    for text in (
        "soft_call until 2026-07-07",
        "agreed: Lo conozco",
        "no contact before 2026-07-08",
    ):
        assert text in shown.out
    for text in ("wrong: days_past_due", "takes back 2"):
        assert text in shown.out
    told = json.loads(run("feedback", "list", "-c", listed, "--account", "C1", "--json").out)
    assert [(one["kind"], one["author"]) for one in told] == [
        ("override", "ana"),
        ("wrong_reason", "luz"),
    ]


@pytest.mark.parametrize("author", ["ana", "ana.maria.gomez@cobranzas.example.org"])
def test_no_code_is_broken_on_a_narrow_screen(
    run: Run, listed: Path, monkeypatch: pytest.MonkeyPatch, author: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    to = ("-c", listed, "--reason", "knows_customer", "--by", author)
    assert run("feedback", "override", "C1", "soft_call", *to, "--note", "Paga " * 30).code == 0
    shown = run("feedback", "list", "-c", listed).out
    assert {author, "knows_customer:", "soft_call", "2026-07-07"} <= set(shown.split())


def test_a_machine_that_does_not_know_who_asks_wants_to_be_told(
    run: Run, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nobody)
    asked = ("override", "C1", "soft_call", "--reason", "agreed", "-c", listed)
    found = run("feedback", *asked)
    assert found.code == 2
    assert "Say it with --by" in found.err
    assert run("feedback", *asked, "--by", "ana").code == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("override", "C1", "legal", "--reason", "agreed"), "does not leave legal to people"),
        (("override", "C9", "soft_call", "--reason", "agreed"), "C9: not on the list"),
        (("postpone", "C1", "2026-12-01", "--reason", "agreed"), "not to 2026-12-01"),
        (("withdraw", "C1", "1"), "nothing with the number 1"),
    ],
)
def test_what_cannot_be_said_is_told_in_one_line(
    run: Run, listed: Path, asked: tuple[str, ...], message: str
) -> None:
    found = run("feedback", *asked, "-c", listed)
    assert found.code == 2
    assert message in found.err
    assert "Nobody said anything" in run("feedback", "list", "-c", listed).out


def test_a_day_is_asked_for_as_people_write_it(run: Run, listed: Path) -> None:
    found = run("feedback", "postpone", "C1", "20-07-2026", "--reason", "agreed", "-c", listed)
    assert found.code == 2
    assert (
        "Invalid value for 'UNTIL': '20-07-2026' is not a day. Write it as YYYY-MM-DD" in found.err
    )
    assert "ACCOUNT UNTIL" in run("feedback", "postpone", "--help").out
    assert "--since YYYY-MM-DD" in run("experiment", "report", "--help").out
    assert "%" not in run("score", "--help").out
