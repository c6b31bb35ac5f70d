"""Money, as the ledger has it: what a debt is paid more on a day than on the day before."""

from __future__ import annotations

# Of reversals the amount is negative; over-payment is in no amount. ``is_first`` says that nothing was
# known of the debt before that day: what is paid with the debt itself.
RECEIPTS = """(
    SELECT n.debt, n.account, n.due_on, n.valid_from AS known_on,
           n.paid - coalesce(b.paid, 0) AS amount, b.debt IS NULL AS is_first
    FROM ledger n LEFT JOIN ledger b ON b.debt = n.debt AND b.valid_to = n.valid_from
)"""
