"""What tells of ability and willingness: how people paid, and what they answered."""

import pytest
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after

AS_OF = days_after(DUE_ON, 10)
KNOWN_UNTIL = days_after(AS_OF, 60)


def evidence_of(ledger, tmp_path, **target):
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        return by_account(portfolio.evidence(AS_OF, KNOWN_UNTIL, **target))["C1"]


@pytest.mark.parametrize(
    ("days", "amount", "options", "short"),
    [
        (5, 100, {}, False),
        (5, 40, {}, True),
        (5, -10, {}, True),
        (5, 100, {"bounced": True}, True),
        (31, 40, {}, None),
        (-2, 40, {}, None),
        (5, 40, {"recorded_at": days_after(KNOWN_UNTIL, 1)}, None),
        (-2, 40, {"recorded_at": days_after(AS_OF, 1)}, True),
    ],
)
def test_who_pays_in_part_or_bounces_pays_short(tmp_path, days, amount, options, short):
    ledger = Ledger().debt().payment(days_after(AS_OF, days), amount, **options)
    assert evidence_of(ledger, tmp_path)["paid_short"] is short


@pytest.mark.parametrize(
    ("days", "outcomes", "refused"),
    [
        (5, ["promise"], False),
        (5, ["refused"], True),
        (5, ["right_party", "refused", "promise"], True),
        (5, ["no_answer", "delivered", "third_party"], None),
        (31, ["refused"], None),
        (0, ["refused"], None),
    ],
)
def test_who_is_reached_either_refuses_or_does_not(tmp_path, days, outcomes, refused):
    ledger = Ledger().debt()
    for outcome in outcomes:
        ledger.contact(days_after(AS_OF, days), outcome)
    assert evidence_of(ledger, tmp_path)["refused"] is refused


def test_without_contacts_nobody_was_heard(tmp_path):
    ledger = Ledger().debt().payment(days_after(AS_OF, 5), 40)
    assert evidence_of(ledger, tmp_path)["refused"] is None
