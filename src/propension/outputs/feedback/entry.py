"""One thing that somebody said about an account, and whether a policy lets people say it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from propension.config import Policy
from propension.errors import PolicyError, sample_text

FeedbackKind = Literal["override", "postpone", "wrong_reason", "withdraw"]
_LONGEST_NOTE, _LONGEST_NAME = 500, 80


@dataclass(frozen=True)
class Feedback:
    """What somebody said about an account of a list.

    Attributes
    ----------
    kind : {"override", "postpone", "wrong_reason", "withdraw"}
        Another treatment, no contact for a while, a reason of the score that is wrong, or something said
        before taken back.
    account_id : str
    as_of : date
        Of the list that was read; what is asked for holds from it on.
    run_id : str
        Of that list.
    author : str
    treatment : str or None
        Of an override.
    until : date or None
        First day on which contact may be again, of what is put off; last as-of date on which an override
        holds, which the policy says.
    feature : str or None
        Of the reason that is wrong.
    withdraws : int or None
        Number of what is taken back.
    reason : str
        One of ``feedback.reasons``, of an override and of what is put off.
    note : str
    number : int
        1 is the first; 0 where it is not kept yet.
    written_at : str
        UTC, ISO 8601.
    """

    kind: FeedbackKind
    account_id: str
    as_of: dt.date
    run_id: str
    author: str
    treatment: str | None = None
    until: dt.date | None = None
    feature: str | None = None
    withdraws: int | None = None
    reason: str = ""
    note: str = ""
    number: int = 0
    written_at: str = ""

    @property
    def asks(self) -> bool:
        """Whether a run can follow it."""
        return self.kind in ("override", "postpone")


def check_feedback(said: Feedback, policy: Policy) -> None:
    """Make sure that the policy lets people say it.

    Raises
    ------
    PolicyError
        With what it lets them say.
    """
    if not 0 < len(said.author.strip()) <= _LONGEST_NAME:
        raise PolicyError(f"feedback: say who says it, in at most {_LONGEST_NAME} characters.")
    if len(said.note) > _LONGEST_NOTE:
        raise PolicyError(
            f"feedback: the note has {len(said.note):,} characters; write at most {_LONGEST_NOTE}."
        )
    if said.asks and said.reason not in policy.feedback.reasons:
        known = sample_text(policy.feedback.reasons, 20)
        raise PolicyError(
            f"feedback: {said.reason or 'no reason'} is none of the policy's reasons. Give one of: {known}."
        )
    if said.kind == "override":
        _check_override(said, policy)
    elif said.kind == "postpone":
        _check_postponement(said, policy)
    elif said.kind == "wrong_reason" and not said.feature:
        raise PolicyError("feedback: say which reason is wrong, by its feature.")


def _check_override(said: Feedback, policy: Policy) -> None:
    offered = policy.feedback.treatments
    if said.treatment not in offered:
        among = f"Choose one of: {sample_text(offered, 20)}." if offered else "It leaves none."
        raise PolicyError(
            f"feedback: the policy does not leave {said.treatment or 'no treatment'} to people. {among}",
            treatment=said.treatment,
        )


def _check_postponement(said: Feedback, policy: Policy) -> None:
    days = policy.feedback.postpone_days
    if not days:
        raise PolicyError("feedback: the policy does not let people put contact off.")
    first, last = (said.as_of + dt.timedelta(days=ahead) for ahead in (2, days + 1))
    if said.until is None or not first <= said.until <= last:
        raise PolicyError(
            f"feedback: contact may be put off to a day from {first} to {last}, not to {said.until}.",
            until=said.until,
        )
