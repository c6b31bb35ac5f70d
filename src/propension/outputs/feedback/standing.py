"""What people ask for and a policy follows, on the as-of date of a run."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Policy
from propension.outputs.feedback.entry import Feedback
from propension.outputs.feedback.log import withdrawn
from propension.treatments import WISHES_SCHEMA

NOT_LEFT_TO_PEOPLE = "not_left_to_people"
WISHES_NAME = "wishes.parquet"


def wishes_of(log: Sequence[Feedback], policy: Policy, as_of: dt.date) -> pa.Table:
    """Return what stands on an as-of date, one row per account, by account.

    Of what was said of an account, the last word of each kind counts, from the as-of date of the list it was said of:
    an override for ``feedback.valid_days``, what is put off until its day. No list sees what was said of a later one.

    Parameters
    ----------
    log : sequence of Feedback
        In order.
    policy : Policy
        Of the run, whatever it was when it was said.
    as_of : date

    Returns
    -------
    pa.Table
        Of ``WISHES_SCHEMA``.
    """
    taken_back = withdrawn(log)
    last = {
        (said.account_id, said.kind): said
        for said in log
        if said.asks and said.as_of <= as_of and said.number not in taken_back
    }
    rows: dict[str, dict[str, object]] = {}
    for (account, kind), said in sorted(last.items()):
        row = rows.setdefault(account, dict.fromkeys(WISHES_SCHEMA.names) | {"account_id": account})
        row |= (
            _override(said, policy, as_of) if kind == "override" else _put_off(said, policy, as_of)
        )
    asked = [row for row in rows.values() if row["treatment"] or row["not_before"]]
    return pa.Table.from_pylist(asked, WISHES_SCHEMA)


def keep_wishes(wishes: pa.Table, folder: Path) -> None:
    """Write what people ask for beside the list that is decided by it; nothing where they ask for nothing."""
    if wishes.num_rows:
        pq.write_table(wishes, folder / WISHES_NAME)


def read_wishes(folder: Path) -> pa.Table:
    """Return what ``keep_wishes`` wrote."""
    path = folder / WISHES_NAME
    return pq.read_table(path) if path.exists() else WISHES_SCHEMA.empty_table()


def wishes_digest(wishes: pa.Table) -> str:
    """Return a hash of what people ask for; empty where they ask for nothing."""
    if not wishes.num_rows:
        return ""
    said = json.dumps(wishes.to_pylist(), sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _override(said: Feedback, policy: Policy, as_of: dt.date) -> dict[str, object]:
    if as_of > said.as_of + dt.timedelta(days=policy.feedback.valid_days):
        return {}
    is_left = said.treatment in policy.feedback.treatments
    return {"treatment": said.treatment, "refusal": None if is_left else NOT_LEFT_TO_PEOPLE}


def _put_off(said: Feedback, policy: Policy, as_of: dt.date) -> dict[str, object]:
    latest = said.as_of + dt.timedelta(days=policy.feedback.postpone_days + 1)
    until = min(said.until or latest, latest)
    # The day after the as-of date is the first that is planned.
    return {"not_before": until} if until > as_of + dt.timedelta(days=1) else {}
