"""What happened to one account, and what was decided about it before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from propension.board.speech import Speech
from propension.outputs import TIMELINE_NAME, account_story
from propension.snapshots import TIMELINE_DAYS

_PAID = ("payment", "reversal")
_AFTER_DAYS = 30


@dataclass(frozen=True)
class History:
    """What happened to an account, as a list knew it.

    Attributes
    ----------
    events : list of dict or None
        Rows of ``write_timeline``, oldest first; None where the list was made without them.
    """

    events: list[dict[str, Any]] | None

    @property
    def debts(self) -> list[dict[str, Any]]:
        """What is owed, the oldest due first."""
        owed = [
            event for event in self.events or [] if event["kind"] == "debt" and event["balance"]
        ]
        return sorted(owed, key=lambda event: (event["until"], event["debt_id"]))

    def paid_after(self, day: dt.date, as_of: dt.date) -> Decimal | None:
        """Return what was paid in the 30 days after a day; None where the list does not reach back so far."""
        if self.events is None or day < as_of - dt.timedelta(days=TIMELINE_DAYS):
            return None
        end = day + dt.timedelta(days=_AFTER_DAYS)
        paid = [e for e in self.events if e["kind"] in _PAID and day < e["happened_on"] <= end]
        return sum((event["amount"] for event in paid), Decimal(0))


def read_history(folder: Path, account: str) -> History:
    """Return what happened to an account of a list; it takes no reading of the others.

    Parameters
    ----------
    folder : Path
        Of the list, which may be replaced or removed at any moment.
    account : str
    """
    path = folder / TIMELINE_NAME
    try:
        with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as engine:
            found = engine.execute(
                "SELECT * FROM read_parquet(?) WHERE account_id = ? ORDER BY happened_on, kind",
                [str(path), account],
            )
            names = [column[0] for column in found.description or []]
            return History([dict(zip(names, row, strict=True)) for row in found.fetchall()])
    except duckdb.IOException:
        return History(None)


def event_told(event: Mapping[str, Any], speech: Speech) -> str:
    """Say what there is to an event besides its kind, day and amount."""
    kind, until = event["kind"], event["until"]
    parts = [
        speech.word("channel", event["channel"]) if event["channel"] else "",
        event["debt_id"] or "",
    ]
    if event["outcome"]:
        parts.append(speech.say(f"account.outcome_{event['outcome']}"))
    if until is not None:
        how = "account.until" if kind == "dispute" else "account.due_on"
        parts.append(speech.say(how, date=speech.date(until)))
    return ", ".join(part for part in parts if part) or "–"


def past_decisions(
    outputs: Path, account: str, history: History, as_of: dt.date
) -> Sequence[Mapping[str, Any]]:
    """Return what was decided about an account in every run, the newest first, with what it paid after.

    ``is_over`` says whether the days in which that is counted had passed on the as-of date of the history.
    """
    told = []
    for row in reversed(account_story(outputs, account)):
        day = dt.date.fromisoformat(row["as_of"])
        is_over = day + dt.timedelta(days=_AFTER_DAYS) <= as_of
        told.append({**row, "is_over": is_over, "paid_after": history.paid_after(day, as_of)})
    return told
