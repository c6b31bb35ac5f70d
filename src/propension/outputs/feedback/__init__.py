"""What people say about the decisions: appended to beside the lists, read by the runs that follow."""

from propension.outputs.feedback.entry import Feedback, FeedbackKind
from propension.outputs.feedback.log import FeedbackLog, withdrawn
from propension.outputs.feedback.standing import (
    NOT_LEFT_TO_PEOPLE,
    WISHES_NAME,
    keep_wishes,
    read_wishes,
    wishes_digest,
    wishes_of,
)

__all__ = [
    "NOT_LEFT_TO_PEOPLE",
    "WISHES_NAME",
    "Feedback",
    "FeedbackKind",
    "FeedbackLog",
    "keep_wishes",
    "read_wishes",
    "wishes_digest",
    "wishes_of",
    "withdrawn",
]
