"""Strike, run the command in this process, and say whether it took the knock as it must."""

from __future__ import annotations

import io
import json
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside
from hard_knocks.portfolio import Clean

LONGEST_SECONDS = 40
# Every run has its own; and what a model is called is not what a list says.
_IDENTITY = {"run_id"}
# What an account is whoever else is on the list; the rest compares it, or shares teams among all.
_OWN = (
    "account_id", "customer_id", "stage", "days_past_due", "overdue_amount", "amount_at_stake", "open_amount",
)  # fmt: skip
_SCORES = ("propensity", "propensity_90d")
# Findings about rows that are at fault because another row is.
_FOLLOWING = {"parent_refused", "balance_unknown", "orphan_key"}


class WrongError(AssertionError):
    """The command did not take a knock as it must."""


class Hang(BaseException):
    """A case took longer than it may; nothing in the product catches it."""


class Ran(NamedTuple):
    """What the command left behind."""

    code: int
    out: str
    err: str


def judge(knock: Knock, clean: Clean, root: Path) -> str:
    """Return in a few words how the command took a knock.

    Raises
    ------
    WrongError
        If it was not as expected.
    """
    shutil.copytree(clean.csv if knock.form == "csv" else clean.parquet, root)
    folder = Folder(root)
    touched = knock.strike(folder)
    with folder.during:
        ran = run(*knock.command, "-c", str(folder.config))
    _require("Traceback" not in ran.out + ran.err, "a traceback", ran)
    _require("Error: unexpected " not in ran.err, "an error nobody foresaw", ran)
    match knock.expected:
        case Refused():
            return _judge_refusal(knock.expected, ran)
        case Same():
            _require(ran.code == 0, "no list", ran)
            _compare(_scored(folder), clean.scored, ran)
            return "the same list"
        case SetAside():
            _require(ran.code == 0, "no list", ran)
            changed = {str(account) for account in touched or ()}
            return _judge_rest(knock.expected, folder, clean, changed, ran)


def run(*arguments: str) -> Ran:
    """Call the command in this process, within its time."""
    from pipelines import cli

    out, err, code = io.StringIO(), io.StringIO(), 0
    before, sys.argv = sys.argv, ["propension", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err), _limited():
            cli.main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    except Hang:
        raise WrongError(f"it hangs:\n{traceback.format_exc()[-1500:]}") from None
    finally:
        sys.argv = before
    return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _judge_refusal(expected: Refused, ran: Ran) -> str:
    _require(ran.code == expected.code, f"exit code {ran.code}, not {expected.code}", ran)
    told = ran.err[ran.err.find("Error: ") :]
    for words in (expected.place, expected.remedy):
        _require(words in told, f"the message lacks {words!r}", ran)
    _require(len(told) < 5000, "an endless message", ran)
    return f"refused ({expected.code})"


def _judge_rest(
    expected: SetAside, folder: Folder, clean: Clean, touched: set[str], ran: Ran
) -> str:
    news = Counter(_told(_manifest(folder)["findings"])) - Counter(_told(clean.findings))
    own = {name: rows for name, rows in news.items() if name.split(".")[1] not in _FOLLOWING}
    wanted = {name: rows for name, rows in expected.tells.items() if name in own or rows}
    following = {name: news[name] for name in wanted if name in news}
    _require(own | following == wanted, f"findings {dict(news)}, not {dict(expected.tells)}", ran)
    others = {expected.renamed(name) for name in clean.scored["account_id"].to_pylist()}
    columns = (*_OWN, *_SCORES) if expected.scores else _OWN
    before = _rows(clean.scored.select(columns), expected.renamed, others - touched)
    after = _rows(_scored(folder).select(columns), str, others - touched)
    missing = sorted(set(before) - set(after))
    _require(not missing, f"accounts are gone: {missing[:3]}", ran)
    for name, row in before.items():
        _require(row == after[name], f"an account has changed:\n{row}\n{after[name]}", ran)
    told = ", ".join(f"{rows:,} {name}" for name, rows in expected.tells.items() if rows)
    return "the rest as it was" + (f"; told: {told}" if told else "")


def _told(findings: list[dict[str, Any]]) -> dict[str, int]:
    told: Counter[str] = Counter()
    for finding in findings:
        if finding["severity"] != "note":
            told[f"{finding['table']}.{finding['rule']}"] += finding["rows"]
    return dict(told)


def _rows(scored: pa.Table, renamed: Any, among: set[str]) -> dict[str, dict[str, Any]]:
    rows = {}
    for row in scored.to_pylist():
        row |= {name: renamed(row[name]) for name in ("account_id", "customer_id")}
        if row["account_id"] in among:
            rows[row["account_id"]] = row
    return rows


def _compare(after: pa.Table, before: pa.Table, ran: Ran) -> None:
    _require(len(after) == len(before), f"{len(after)} rows, not {len(before)}", ran)
    for name in before.column_names:
        if name not in _IDENTITY:
            same = after[name].to_pylist() == before[name].to_pylist()
            _require(same, f"another {name}", ran)


def _list_folder(folder: Folder) -> Path:
    found = sorted(folder.outputs.glob("as_of=*/scored.parquet"))
    if not found:
        raise WrongError("there is no list")
    return found[-1].parent


def _scored(folder: Folder) -> pa.Table:
    return pq.read_table(_list_folder(folder) / "scored.parquet", partitioning=None)


def _manifest(folder: Folder) -> dict[str, Any]:
    return json.loads((_list_folder(folder) / "manifest.json").read_text(encoding="utf-8"))


def _require(holds: bool, wrong: str, ran: Ran) -> None:
    if not holds:
        told = f"exit code {ran.code}\n{ran.out[-800:]}\n{ran.err[-1500:]}"
        raise WrongError(f"{wrong}; {told}")
