"""What people say, from a form and for a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from propension.board.visit import Visit
from propension.features import catalogue
from propension.outputs import Feedback, FeedbackKind
from propension.outputs.feedback import wishes_of, withdrawn

_KINDS = ("override", "postpone", "wrong_reason", "withdraw")


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
    if kind not in _KINDS or (kind == "wrong_reason" and form.get("feature") not in features):
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
    """Return everything that was said, the newest first, with what became of it so far."""
    opened = visit.open_list
    back = withdrawn(log)
    last = {(said.account_id, said.kind): said.number for said in log if said.number not in back}
    standing = {
        row["account_id"]: row for row in wishes_of(log, opened.policy, opened.as_of).to_pylist()
    }
    named = sorted({said.account_id for said in log})
    found = visit.rows(
        "SELECT account_id, feedback FROM accounts WHERE account_id IN (SELECT unnest(?))", [named]
    )
    listed = {row["account_id"]: row["feedback"] for row in found}
    seen = _known_by(opened.manifest)

    def came_of(said: Feedback) -> str:
        if said.written_at > seen:
            return "waiting"
        return "postponed" if said.kind == "postpone" else listed.get(said.account_id) or "waiting"

    def state(said: Feedback) -> str:
        if not said.asks:
            return "counted"
        if said.number in back:
            return "withdrawn"
        if last[said.account_id, said.kind] != said.number:
            return "replaced"
        column = "treatment" if said.kind == "override" else "not_before"
        stands = standing.get(said.account_id, {}).get(column) is not None
        return came_of(said) if stands else "over"

    names = feature_names(visit)
    return [
        Told(
            said,
            state(said),
            said.account_id in listed,
            names.get(said.feature or "", said.feature or ""),
        )
        for said in reversed(log)
    ]


def feature_names(visit: Visit) -> dict[str, str]:
    """Return what every feature is about, in the reader's words."""
    found = catalogue(visit.site.settings.features)
    return {feature.name: feature.text.in_language(visit.language) for feature in found}


def _known_by(manifest: Mapping[str, Any]) -> str:
    """When the run of a list began to read what people said."""
    started = manifest.get("started", "")
    return started.isoformat() if isinstance(started, dt.datetime) else str(started)
