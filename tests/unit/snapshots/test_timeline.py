"""What happened to an account, as it was known on the day, and nothing that was not."""

import pyarrow.parquet as pq
import pytest
from ledgers import DUE_ON, Ledger, Portfolio, days_after

from propension.snapshots import write_timeline

AS_OF = days_after(DUE_ON, 60)


@pytest.fixture
def timeline(tmp_path):
    """Rows of the timeline of a ledger, and their number checked."""

    def read(ledger, as_of=AS_OF):
        with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
            path = portfolio.scratch / "timeline.parquet"
            count = write_timeline(portfolio.engine, as_of, path)
            rows = pq.read_table(path).to_pylist()
        assert count == len(rows)
        return rows

    return read


def kinds(rows):
    return [(row["kind"], row["outcome"]) for row in rows]


def test_everything_that_is_known_is_there_in_order(timeline):
    ledger = (
        Ledger()
        .debt()
        .payment(days_after(DUE_ON, 3), 40)
        .payment(days_after(DUE_ON, 4), -10)
        .contact(days_after(DUE_ON, 5), "right_party")
        .promise(days_after(DUE_ON, 6), days_after(DUE_ON, 12), amount=60)
        .dispute(days_after(DUE_ON, 20), closed_on=days_after(DUE_ON, 25))
    )
    rows = timeline(ledger)
    assert kinds(rows) == [
        ("debt", "overdue"), ("payment", None), ("reversal", None), ("contact", "right_party"),
        ("promise", "broken"), ("dispute", "closed"),
    ]  # fmt: skip
    assert (rows[0]["amount"], rows[0]["balance"], rows[0]["until"]) == (100, 70, DUE_ON)
    assert (rows[3]["channel"], rows[4]["until"]) == ("call", days_after(DUE_ON, 12))
    assert rows[5]["until"] == days_after(DUE_ON, 25)


@pytest.mark.parametrize("late", ["payment", "contact", "promise", "dispute"])
def test_what_is_recorded_later_is_not_there(timeline, late):
    later = {"recorded_at": days_after(AS_OF, 1)}
    ledger = Ledger().debt()
    {
        "payment": lambda: ledger.payment(DUE_ON, 40, **later),
        "contact": lambda: ledger.contact(DUE_ON, **later),
        "promise": lambda: ledger.promise(DUE_ON, days_after(DUE_ON, 5), **later),
        "dispute": lambda: ledger.dispute(DUE_ON, **later),
    }[late]()
    assert kinds(timeline(ledger)) == [("debt", "overdue")]
    shown = kinds(timeline(ledger, days_after(AS_OF, 1)))
    assert late in {kind for kind, _ in shown}


def test_a_dispute_that_ends_later_is_open(timeline):
    ledger = Ledger().debt().dispute(DUE_ON, closed_on=days_after(AS_OF, 5))
    assert ("dispute", "open") in kinds(timeline(ledger))


def test_who_owes_nothing_is_left_out_and_old_events_with_it(timeline):
    ledger = (
        Ledger()
        .debt()
        .payment(days_after(AS_OF, -400), 10)
        .debt("D2", customer_id="C2")
        .payment(DUE_ON, 100, debt_id="D2")
    )
    rows = timeline(ledger)
    assert {row["account_id"] for row in rows} == {"C1"}
    assert kinds(rows) == [("debt", "overdue")]


def test_contacts_of_a_customer_are_on_every_account_of_theirs(timeline):
    ledger = Ledger().debt(account_id="A1").debt("D2", account_id="A2").contact(DUE_ON)
    rows = [row["account_id"] for row in timeline(ledger) if row["kind"] == "contact"]
    assert rows == ["A1", "A2"]


def test_the_order_of_the_source_plays_no_part(timeline):
    def contacts(*channels):
        ledger = Ledger().debt()
        for channel in channels:
            ledger.contact(DUE_ON, channel=channel)
        return timeline(ledger)

    assert contacts("sms", "call", "email") == contacts("email", "sms", "call")
