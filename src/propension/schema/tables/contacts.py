"""What was said: contacts, promises and disputes."""

from __future__ import annotations

from propension.config import CHANNELS
from propension.schema.tables.table import (
    OF_CUSTOMER,
    OF_DEBT,
    ONE_CHANNEL,
    RECORDED_AT,
    UNREAD,
    Column,
    Table,
    required,
)

OUTCOMES = (
    "no_answer",
    "invalid",
    "third_party",
    "delivered",
    "read",
    "right_party",
    "refused",
    "promise",
)

CONTACTS = Table(
    name="contacts",
    meaning="Every call, message, letter and visit, in both directions. Without it nobody knows who can be reached, and the law's "
    "caps on contacts see no past ones.",
    key=("contact_id",),
    event="at",
    references=OF_CUSTOMER,
    columns=(
        Column("contact_id", "The call or message. Empty: one delivered twice counts twice."),
        required("customer_id", "With whom."),
        Column(
            "debt_id",
            f"What it was about. {UNREAD} Caps per debt count every contact with the customer.",
        ),
        required(
            "at",
            "When, in UTC or with its offset (`2026-06-30 15:00:00-05`). A day without an hour is taken for midnight "
            "in UTC.",
            "instant",
        ),
        required("channel", f"By which: {ONE_CHANNEL}.", allowed=CHANNELS),
        required(
            "direction",
            "`out`: you sought the customer, an attempt; `in`: the customer called or wrote.",
            allowed=("out", "in"),
        ),
        required(
            "outcome",
            "The furthest it got. `no_answer`: nobody answered; `invalid`: the number or address is wrong; "
            "`third_party`: somebody else answered; `delivered`: the message arrived; `read`: it was opened; "
            "`right_party`: the customer was spoken with; `refused`: and refused to pay; `promise`: and promised to. "
            "Only the last three are conversations with the customer.",
            allowed=OUTCOMES,
        ),
        Column("minutes", f"How long it took. {UNREAD}", "number"),
        Column(
            "treatment",
            f"The treatment of the policy that it carried out. {UNREAD} Effects are learnt from past lists.",
        ),
        RECORDED_AT,
    ),
)

PROMISES = Table(
    name="promises",
    meaning="What customers promised to pay, and by when. Without it nobody is left alone who has promised, and promises kept and "
    "broken are not known to the model.",
    key=("promise_id",),
    event="made_on",
    references=OF_CUSTOMER,
    columns=(
        Column("promise_id", "The promise. Empty: one delivered twice counts twice."),
        required("customer_id", "Who promised."),
        Column(
            "debt_id",
            f"What it was about. {UNREAD} Any payment of the customer answers a promise.",
        ),
        required("made_on", "Day on which it was given; payments from then on answer it.", "date"),
        required(
            "due_on",
            "Last day of the promise, not before `made_on`; it is open until then.",
            "date",
        ),
        required("amount", "What was promised, above zero, in the portfolio's currency.", "amount"),
        RECORDED_AT,
    ),
)

DISPUTES = Table(
    name="disputes",
    meaning="Debts that customers contest. While one is open the account is disputed, which the shipped policy resolves before it "
    "collects. Without it whoever contests a debt is pressed for it.",
    key=("dispute_id",),
    event="opened_on",
    references=OF_DEBT,
    columns=(
        Column("dispute_id", "The dispute. Empty: one delivered twice counts twice."),
        required("debt_id", "The debt that is contested."),
        required("opened_on", "Day on which it was raised.", "date"),
        Column(
            "closed_on",
            "Day on which it was settled, not before `opened_on`. Empty: it is open still.",
            "date",
        ),
        Column("reason", f"Why, in words of your own. {UNREAD}"),
        RECORDED_AT,
    ),
)
