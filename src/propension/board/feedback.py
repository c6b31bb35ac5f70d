"""What people say, from a form and for a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from propension.board.visit import Visit
from propension.features import catalogue
from propension.outputs import Feedback, FeedbackKind
from propension.outputs.feedback import wishes_of, withdrawn

_LISTED = "SELECT account_id, feedback FROM accounts WHERE account_id IN (SELECT unnest(?))"


@dataclass(frozen=True)
class Told:
    """Something that was said, and what became of it.

    Attributes
    ----------
    said : Feedback
    state : str
        withdrawn, replaced, over, waiting, followed, not_followed, postponed or counted.
    is_listed : bool
        Whether its account is on the list that is shown.
    reason : str
        What a reason that was called wrong is about, in words.
    """

    said: Feedback
    state: str
    is_listed: bool
    reason: str = ""

    @property
    def day(self) -> dt.date:
        """When it was said."""
        return dt.date.fromisoformat(self.said.written_at[:10])

    @property
    def stands(self) -> bool:
        """Whether it can still be taken back."""
        return self.said.asks and self.state not in ("withdrawn", "replaced", "over")


def as_said(form: Mapping[str, str], row: Mapping[str, Any], author: str) -> Feedback:
    """Return what a form says of an account of a list.

    Raises
    ------
    ValueError
        If it says nothing that can be understood.
    """
    kind = form.get("kind", "")
    features = {reason["feature"] for reason in row["reasons"] or []}
    if kind not in get_args(FeedbackKind) or (
        kind == "wrong_reason" and form.get("feature") not in features
    ):
        raise ValueError(f"{kind}: unknown")
    until, number = form.get("until", ""), form.get("number", "")
    return Feedback(
        kind=cast(FeedbackKind, kind),
        account_id=row["account_id"],
        as_of=row["as_of"],
        run_id=row["run_id"],
        author=author,
        treatment=form.get("treatment") if kind == "override" else None,
        until=dt.date.fromisoformat(until) if kind == "postpone" else None,
        feature=form.get("feature") if kind == "wrong_reason" else None,
        withdraws=int(number) if kind == "withdraw" else None,
        reason=form.get("reason", "") if kind in ("override", "postpone") else "",
        note=form.get("note", "").strip(),
    )


def told(log: Sequence[Feedback], visit: Visit) -> list[Told]:
    """Return everything that was said, the newest first, with what became of it so far.

    Parameters
    ----------
    log : sequence of Feedback
        In order; all that was said of its accounts.
    visit : Visit
    """
    fate, names = _Fate.on(log, visit), feature_names(visit)

    def about(feature: str) -> str:
        return names.get(feature, feature)

    return [
        Told(said, fate.of(said), said.account_id in fate.listed, about(said.feature or ""))
        for said in reversed(log)
    ]


@dataclass(frozen=True)
class _Fate:
    """What a list makes of what was said.

    Attributes
    ----------
    withdrawn : set of int
    last : mapping of (account, kind) to number
        What counts of an account, for it was said last.
    standing, listed : mapping of account
        What stands on the list's as-of date, and what its run made of that.
    started : str
        When its run began to read what people said.
    """

    withdrawn: set[int]
    last: Mapping[tuple[str, str], int]
    standing: Mapping[str, Mapping[str, Any]]
    listed: Mapping[str, str | None]
    started: str

    @classmethod
    def on(cls, log: Sequence[Feedback], visit: Visit) -> _Fate:
        """Return what the newest list makes of it."""
        opened, back = visit.open_list, withdrawn(log)
        accounts = sorted({said.account_id for said in log})
        found = visit.rows(_LISTED, [accounts])
        standing = wishes_of(log, opened.policy, opened.as_of).to_pylist()
        started = opened.manifest.get("started", "")
        return cls(
            back,
            {(one.account_id, one.kind): one.number for one in log if one.number not in back},
            {row["account_id"]: row for row in standing},
            {row["account_id"]: row["feedback"] for row in found},
            started.isoformat() if isinstance(started, dt.datetime) else str(started),
        )

    def of(self, said: Feedback) -> str:
        """Return the state of something that was said: see ``Told``."""
        if not said.asks:
            return "counted"
        if said.number in self.withdrawn:
            return "withdrawn"
        if self.last[said.account_id, said.kind] != said.number:
            return "replaced"
        column = "treatment" if said.kind == "override" else "not_before"
        if self.standing.get(said.account_id, {}).get(column) is None:
            return "over"
        made_of_it = self.listed.get(said.account_id)
        if said.written_at > self.started or made_of_it is None:
            return "waiting"
        return "postponed" if said.kind == "postpone" else made_of_it


def feature_names(visit: Visit) -> dict[str, str]:
    """Return what every feature is about, in the reader's words."""
    found = catalogue(visit.site.settings.features)
    return {feature.name: feature.text.in_language(visit.language) for feature in found}
