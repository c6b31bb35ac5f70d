"""What is owed and what is paid."""

from __future__ import annotations

from propension.schema.tables.table import (
    OF_CUSTOMER,
    OF_DEBT,
    RECORDED_AT,
    UNREAD,
    Column,
    Table,
    required,
)

DEBTS = Table(
    name="debts",
    meaning="What is owed: one row for each invoice, instalment or fee, paid ones too, since the model learns from how they were "
    "paid.",
    key=("debt_id",),
    event="issued_on",
    required=True,
    references=OF_CUSTOMER,
    columns=(
        required("debt_id", "The invoice, instalment or fee."),
        required("customer_id", "Who owes it."),
        Column(
            "account_id",
            "What is scored, listed and treated: all debts with the same one are one row of the list. A customer may "
            "have several; one that several share is the customer's who had it first. Empty: the customer's id, so "
            "that all its debts are one account.",
        ),
        Column("contract_id", f"The contract that it comes from. {UNREAD}"),
        required("issued_on", "Day on which it arose.", "date"),
        required(
            "due_on",
            "Last day on which paying is in time, not before `issued_on`; it is overdue from the next day.",
            "date",
        ),
        required(
            "amount",
            "What was owed at first, above zero, in the portfolio's currency. What is left follows from `payments`, "
            "where credit notes belong too.",
            "amount",
        ),
        Column(
            "currency",
            "ISO 4217 (`COP`). All debts are in `portfolio.currency`: another one stops the run. Empty: in that one.",
        ),
        Column(
            "product", f"What was bought. {UNREAD} `product_line` of customers feeds the model."
        ),
        RECORDED_AT,
    ),
)

PAYMENTS = Table(
    name="payments",
    meaning="Money that came in or was taken back: one row for each debt that a receipt pays. All there ever were for these debts: "
    "customers whose payments are missing are pressed for what they have paid.",
    # One receipt may pay several debts.
    key=("payment_id", "debt_id"),
    event="paid_on",
    required=True,
    references=OF_DEBT,
    columns=(
        Column("payment_id", "The receipt. Empty: a payment delivered twice counts twice."),
        required("debt_id", "The debt that it pays."),
        required("paid_on", "Day of the payment, not before the debt's `issued_on`.", "date"),
        required(
            "amount",
            "In the portfolio's currency. Above zero: paid, by money or by a credit note. Below zero: a reversal, "
            "which takes back so much of what was paid. Zero is set aside.",
            "amount",
        ),
        Column("method", f"How it was paid. {UNREAD}"),
        Column(
            "bounced",
            "True: it was tried, and the money never came, as of a returned cheque or debit. It pays nothing, and "
            "tells of ability; a reversal besides would take back what other payments brought. Empty: false.",
            "boolean",
        ),
        RECORDED_AT,
    ),
)
