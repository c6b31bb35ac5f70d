"""Three leaks planted on purpose, each beside the naive computation that falls for it."""

import csv
import datetime as dt
from decimal import Decimal
from itertools import pairwise

import duckdb
import pytest
from builders import extraction_of, write_portfolio
from ledgers import Ledger, Portfolio, bits, by_account, day, days_after
from scoring_builders import feature_rows, small_bundle

from propension.config import ModelSettings
from propension.errors import DataError
from propension.model.split import split_in_time

AS_OF = day("2024-03-31")


def after(days):
    return days_after(AS_OF, days)


# 1. A payment with an early date that was recorded late.


@pytest.fixture(scope="module")
def bundle():
    return small_bundle(feature_rows(600))


def two_late_debts(**payment):
    """C1 owes D1 since 60 days and D2 since 5; D1 was paid in full three days ago."""
    ledger = Ledger().debt("D1", due_on=after(-60)).debt("D2", due_on=after(-5))
    return ledger.payment(after(-3), 100, "D1", **payment) if payment else ledger


def features_and_score(folder, bundle, ledger):
    """Features and propensity of the account on the as-of date, bit for bit."""
    with Portfolio(ledger.write(folder)) as portfolio:
        features = portfolio.features(AS_OF)
    return bits(features), bundle.propensity(bundle.encoding.matrix(features))[0].hex()


def days_past_due_on_one_clock(folder):
    """Return the oldest unpaid debt's days past due, by when payments happened alone."""
    ((days,),) = duckdb.execute(
        f"""SELECT max(DATE '{AS_OF}' - due_on) FROM '{folder}/debts.parquet' WHERE debt_id NOT IN
        (SELECT debt_id FROM '{folder}/payments.parquet' WHERE paid_on <= DATE '{AS_OF}')"""
    ).fetchall()
    return days


def test_a_payment_recorded_late_does_not_move_a_bit_where_one_clock_sees_it(tmp_path, bundle):
    none, late, known = tmp_path / "none", tmp_path / "late", tmp_path / "known"
    unpaid = features_and_score(none, bundle, two_late_debts())
    planted = features_and_score(late, bundle, two_late_debts(recorded_at=after(2)))
    in_time = features_and_score(known, bundle, two_late_debts(recorded_at=after(0)))
    assert planted == unpaid
    # The same payment moves both once it is known, so the equality above says something.
    assert in_time[0] != unpaid[0]
    assert in_time[1] != unpaid[1]
    assert dict(zip(*unpaid[0], strict=True))["days_past_due"] == (60.0).hex()
    assert dict(zip(*in_time[0], strict=True))["days_past_due"] == (5.0).hex()
    assert [days_past_due_on_one_clock(folder) for folder in (none, late)] == [60, 5]


# 2. A dispute without a date.


def dispute_features(extraction, as_of):
    with Portfolio(extraction) as portfolio:
        found = by_account(portfolio.features(as_of))["C1"]
        (facts,) = portfolio.facts(as_of).to_pylist()
    return found["dispute_count_365d"], found["dispute_open_count"], facts["disputed"]


def test_a_dispute_without_a_date_is_refused_and_reaches_no_feature(tmp_path):
    as_of = day("2026-02-28")
    data = write_portfolio(tmp_path / "undated", disputes=[{"opened_on": None}])
    extraction = extraction_of(tmp_path / "undated")
    (finding,) = extraction.findings
    assert (finding.table, finding.rule, finding.column) == (
        "disputes",
        "missing_value",
        "opened_on",
    )
    assert (finding.severity, finding.rows, finding.sample) == ("refused", 1, ("Q1",))
    count = extraction.tables["disputes"]
    assert (count.read, count.kept, count.refused) == (1, 0, 1)
    with (extraction.folder / "quarantine" / "disputes.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["dispute_id"], row["rule"], row["column"]) == ("Q1", "missing_value", "opened_on")
    assert dispute_features(extraction, as_of) == (0, 0, False)
    # A join on the debt alone sees it on every date, also before the debt was in dispute.
    ((joined,),) = duckdb.execute(
        f"SELECT count(*) FROM '{data}/disputes.parquet' JOIN '{data}/debts.parquet' USING (debt_id)"
    ).fetchall()
    assert joined == 1
    # With its date it is seen, from that day on.
    write_portfolio(tmp_path / "dated", disputes=[{"opened_on": as_of}])
    dated = extraction_of(tmp_path / "dated")
    assert dispute_features(dated, as_of) == (1, 1, True)
    assert dispute_features(dated, days_after(as_of, -1)) == (0, 0, False)


# 3. A label window that overlaps the features.

HORIZON, KNOWN_UNTIL = 30, after(40)
# Days from the as-of date on which a payment happened and was recorded. Each payment is of
# another power of two, so that a sum says which payments it is made of.
HAPPENED_AND_RECORDED = (
    (-20, -20), (-3, 0), (0, 0), (-3, 1), (0, 2), (-3, 35), (1, 1), (5, -2), (30, 30), (30, 40),
    (31, 31), (29, 41),
)  # fmt: skip
EARLIER, LATER = {0, 1, 2}, {3, 4, 5, 6, 7, 8, 9}
TOO_LATE = {10, 11}


def marked_payments(due_on):
    """One debt, and payments on both sides of the as-of date."""
    ledger = Ledger().debt(due_on=due_on, issued_on=after(-50), amount=10_000)
    for number, (happened, recorded) in enumerate(HAPPENED_AND_RECORDED):
        ledger.payment(after(happened), 2**number, recorded_at=after(recorded))
    return ledger


def payments_in(amount):
    """Return the numbers of the payments that a sum is made of."""
    assert Decimal(str(amount)) % 1 == 0
    return {number for number in range(len(HAPPENED_AND_RECORDED)) if int(amount) >> number & 1}


def test_features_and_labels_share_no_payment_where_one_clock_shares_some(tmp_path):
    with Portfolio(marked_payments(after(-1)).write(tmp_path)) as portfolio:
        features = by_account(portfolio.features(AS_OF))["C1"]
        label = by_account(portfolio.labels(AS_OF, KNOWN_UNTIL, horizon_days=HORIZON))["C1"]
        horizons = by_account(portfolio.horizon_labels(AS_OF, KNOWN_UNTIL))["C1"]
    in_features = payments_in(features["paid_amount_90d"])
    assert in_features == payments_in(10_000 - features["balance_overdue"]) == EARLIER
    in_labels = payments_in(label["collected_amount"])
    assert in_labels == payments_in(horizons["collected_amount_30d"]) == LATER
    assert in_features.isdisjoint(in_labels)
    assert in_features | in_labels | TOO_LATE == set(range(len(HAPPENED_AND_RECORDED)))
    # On the day they happened for features, on the day they were recorded for labels.
    by_event = {n for n, (happened, _) in enumerate(HAPPENED_AND_RECORDED) if happened <= 0}
    by_record = {n for n, (_, recorded) in enumerate(HAPPENED_AND_RECORDED) if 0 < recorded <= 40}
    assert by_event & by_record == {3, 4, 5}


def test_upcoming_features_and_labels_share_no_payment_either(tmp_path):
    with Portfolio(marked_payments(after(10)).write(tmp_path)) as portfolio:
        features = by_account(portfolio.features(AS_OF, upcoming_days=15))["C1"]
        label = by_account(portfolio.upcoming_labels(AS_OF, KNOWN_UNTIL, grace_days=20))["C1"]
    assert payments_in(10_000 - features["balance_open"]) == EARLIER
    assert payments_in(features["paid_amount_90d"]) == EARLIER
    assert payments_in(label["collected_amount"]) == LATER


def test_a_window_that_is_not_over_is_refused_where_a_count_calls_the_payer_a_debtor(tmp_path):
    ledger = Ledger().debt(due_on=after(-1)).payment(after(20), 100)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        for known in (15, HORIZON - 1):
            with pytest.raises(DataError, match=f"the {HORIZON} days after {AS_OF} are not over"):
                portfolio.labels(AS_OF, after(known), horizon_days=HORIZON)
        label = by_account(portfolio.labels(AS_OF, after(HORIZON), horizon_days=HORIZON))["C1"]
    assert label["is_paid"] is True
    ((paid,),) = duckdb.execute(
        f"SELECT coalesce(sum(amount), 0) >= 80 FROM '{tmp_path}/payments.parquet' "
        f"WHERE paid_on > DATE '{AS_OF}' AND paid_on <= DATE '{after(15)}'"
    ).fetchall()
    assert paid is False


MONTH_ENDS = [
    dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    for month in range(2021 * 12 + 1, 2024 * 12 + 1)
]


def reaching_into_a_later_window(windows, horizon_days):
    """Return the dates whose outcome is not over when a later window begins."""
    return [
        date
        for earlier, later in pairwise(windows)
        for date in earlier
        if days_after(date, horizon_days) > later[0]
    ]


def test_a_snapshot_whose_outcome_reaches_into_the_next_window_is_left_out():
    windows = split_in_time(MONTH_ENDS, 60, ModelSettings())
    kept = (windows.train, windows.validation, windows.calibration, windows.test)
    assert reaching_into_a_later_window(kept, 60) == []
    # The same windows without gaps: what lies between two of them goes to the earlier one.
    starts = [window[0] for window in kept[1:]] + [dt.date.max]
    naive, left = [], list(MONTH_ENDS)
    for start in starts:
        naive.append([date for date in left if date < start])
        left = [date for date in left if date >= start]
    reaching = reaching_into_a_later_window(naive, 60)
    assert reaching == [day("2022-07-31"), day("2022-12-31"), day("2023-05-31")]
    assert reaching == list(windows.dropped)
