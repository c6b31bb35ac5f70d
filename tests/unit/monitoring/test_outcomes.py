"""What came of past lists: known late, taken back, paid twice, not over yet."""

from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from ledgers import DUE_ON, Ledger, Portfolio, as_day, day, days_after, known_on
from past_lists import write_list
from random_ledgers import AS_OF as DATES
from random_ledgers import random_rows

from propension.config import Target
from propension.errors import DataError
from propension.monitoring import lists_to_read, write_outcomes
from propension.outputs import INPUTS_NAME, SCORED_NAME

LISTED_ON = days_after(DUE_ON, 10)
LATE = days_after(LISTED_ON, 200)


def after(days):
    return days_after(LISTED_ON, days)


def read_outcomes(portfolio, lists, as_of, windows, **target):
    path = portfolio.scratch / "outcomes.parquet"
    count = write_outcomes(portfolio.engine, lists, as_of, windows, Target(**target), path)
    rows = pq.read_table(path).to_pylist()
    assert count == len(rows)
    return rows


@pytest.fixture
def outcome(tmp_path):
    """The row of the one account C1 listed ten days after its debt fell due."""

    def read(ledger, as_of=LATE, windows=(30,), listed=None, **target):
        rows = [{"account_id": "C1"} | (listed or {})]
        folder = write_list(tmp_path / "outputs", (listed or {}).get("as_of", LISTED_ON), rows)
        with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
            [row] = read_outcomes(portfolio, [folder], as_of, windows, **target)
        return row

    return read


def test_a_row_says_what_the_list_said(outcome):
    listed = {"strategy": "by_value", "disputed": True, "has_phone": False, "risk_band": "B"}
    row = outcome(Ledger().debt(), listed=listed)
    assert (row["as_of"], row["account_id"]) == (LISTED_ON, "C1")
    assert (row["treatment"], row["assignment_probability"]) == ("soft_call", 0.9)
    assert {name: row[name] for name in listed} == listed


def test_lists_from_before_there_were_strategies_have_none(outcome):
    assert outcome(Ledger().debt())["strategy"] is None


@pytest.mark.parametrize(("amount", "paid"), [("79.99", 0), ("80", 1)])
def test_paid_is_at_least_the_share_of_what_was_at_stake(outcome, amount, paid):
    row = outcome(Ledger().debt().payment(after(3), amount))
    assert row["recovered_amount_30"] == float(amount)
    assert row["recovered_share_30"] == pytest.approx(float(amount) / 100)
    assert row["paid_30"] == paid


def test_each_window_has_its_own_outcome_once_it_is_over(outcome):
    ledger = Ledger().debt().payment(after(5), 40).payment(after(12), 60)
    row = outcome(ledger, after(30), windows=(7, 30, 31))
    assert [row[f"recovered_amount_{days}"] for days in (7, 30, 31)] == [40, 100, None]
    assert [row[f"recovered_share_{days}"] for days in (7, 30, 31)] == [0.4, 1, None]
    assert [row[f"paid_{days}"] for days in (7, 30, 31)] == [0, 1, None]


def test_days_of_recording_lag_keep_a_window_closed(outcome):
    row = outcome(Ledger().debt(), after(32), windows=(30,), recording_lag_days=3)
    assert row["paid_30"] is None


def test_a_payment_recorded_after_the_day_is_invisible(outcome):
    ledger = Ledger().debt().payment(after(3), 100, recorded_at=after(41))
    assert outcome(ledger, after(40))["recovered_amount_30"] == 0


def test_a_payment_from_before_the_list_counts_where_it_was_recorded_after_it(outcome):
    ledger = Ledger().debt().payment(after(-2), 100, recorded_at=after(1))
    assert outcome(ledger)["recovered_amount_30"] == 100


def test_what_is_taken_back_or_bounces_did_not_come(outcome):
    ledger = Ledger().debt().payment(after(3), 100).payment(after(9), -70)
    ledger.payment(after(4), 50, bounced=True)
    row = outcome(ledger, windows=(7, 30))
    assert (row["recovered_amount_7"], row["recovered_amount_30"]) == (100, 30)


def test_taking_back_what_was_paid_before_the_list_is_no_recovery_below_nothing(outcome):
    ledger = Ledger().debt().payment(after(-5), 40).payment(after(3), -40)
    row = outcome(ledger)
    assert (row["recovered_amount_30"], row["recovered_share_30"], row["paid_30"]) == (0, 0, 0)


def test_money_beyond_a_debt_pays_no_other(outcome):
    ledger = Ledger().debt("D1").debt("D2").payment(after(3), 250, "D1")
    row = outcome(ledger)
    assert (row["recovered_amount_30"], row["recovered_share_30"], row["paid_30"]) == (100, 0.5, 0)


def test_debts_of_the_customers_other_accounts_do_not_count(outcome):
    ledger = Ledger().debt("D1").debt("D2", account_id="B1").payment(after(3), 100, "D2")
    row = outcome(ledger)
    assert (row["recovered_amount_30"], row["paid_30"]) == (0, 0)


def test_what_falls_due_later_was_not_at_stake_for_an_overdue_account(outcome):
    ledger = Ledger().debt("D1").debt("D2", due_on=after(5)).payment(after(6), 100, "D2")
    assert outcome(ledger)["recovered_share_30"] == 0


def test_upcoming_is_judged_by_what_falls_due_within_its_days(outcome):
    listed = {"stage": "upcoming", "as_of": days_after(DUE_ON, -5)}
    ledger = Ledger().debt("D1").debt("D2", due_on=days_after(DUE_ON, 40))
    ledger.payment(DUE_ON, 100, "D1").payment(DUE_ON, 30, "D2")
    row = outcome(ledger, listed=listed)
    assert (row["recovered_amount_30"], row["recovered_share_30"], row["paid_30"]) == (100, 1, 1)


def test_an_account_that_left_the_tables_has_no_outcome(outcome):
    row = outcome(Ledger().debt(), listed={"account_id": "gone"})
    assert (row["recovered_amount_30"], row["paid_30"], row["segment"]) == (None, None, "talk")


def test_no_list_is_refused(tmp_path):
    with pytest.raises(DataError, match="no list from before"):
        write_outcomes(None, [], LATE, [30], Target(), tmp_path / "outcomes.parquet")


@pytest.mark.parametrize("seed", range(4))
def test_the_main_horizon_agrees_with_the_labels(tmp_path, seed):
    known_until = days_after(DATES[1], 75)
    with Portfolio(Ledger(random_rows(seed)).write(tmp_path / "tables")) as portfolio:
        labels = portfolio.labels(DATES[1], known_until).to_pylist()
        accounts = [{"account_id": row["account_id"]} for row in labels]
        folder = write_list(tmp_path / "outputs", DATES[1], accounts)
        found = read_outcomes(portfolio, [folder], known_until, [30])
    assert len(labels) > 5
    assert [(row["account_id"], row["recovered_amount_30"], row["paid_30"]) for row in found] == [
        (row["account_id"], row["collected_amount"], int(row["is_paid"])) for row in labels
    ]


@pytest.mark.parametrize("seed", range(4))
def test_random_ledgers_agree_with_a_slow_reading_of_their_rows(tmp_path, seed):
    rows, known_until = random_rows(seed, punctual_share=0.4), days_after(DATES[-1], 20)
    listed = {date: at_stake_by_hand(rows, date) for date in DATES}
    folders = [
        write_list(
            tmp_path / "outputs",
            date,
            [{"account_id": name, "stage": stage} for name, (stage, _) in listed[date].items()],
        )
        for date in DATES
    ]
    with Portfolio(Ledger(rows).write(tmp_path / "tables")) as portfolio:
        found = read_outcomes(portfolio, folders, known_until, [7, 30])
    assert len(found) > 20
    assert {row["stage"] for row in found} == {"overdue", "upcoming"}
    for row in found:
        _, debts = listed[row["as_of"]][row["account_id"]]
        for window in (7, 30):
            expected = recovered_by_hand(rows, debts, row["as_of"], window, known_until)
            assert row[f"recovered_amount_{window}"] == expected


def at_stake_by_hand(rows, date):
    """Stage of every account, and the balance on the date of each debt that was at stake."""
    accounts = {}
    for debt in rows["debts"]:
        if known_on(debt, "issued_on") > date:
            continue
        paid = sum((amount for _, _, amount in known_payments(rows, debt, date)), Decimal(0))
        balance = debt["amount"] - min(max(paid, Decimal(0)), debt["amount"])
        if balance > 0:
            name = debt.get("account_id") or debt["customer_id"]
            accounts.setdefault(name, []).append((debt, balance))
    found = {}
    for name, owed in accounts.items():
        overdue = [one for one in owed if one[0]["due_on"] < date]
        soon = [one for one in owed if (one[0]["due_on"] - date).days <= 15]
        if overdue:
            found[name] = ("overdue", overdue)
        elif soon:
            found[name] = ("upcoming", soon)
    return found


def recovered_by_hand(rows, debts, date, window, known_until):
    if days_after(date, window) > known_until:
        return None
    total = Decimal(0)
    for debt, balance in debts:
        came = sum(
            (
                amount
                for known, paid_on, amount in known_payments(rows, debt, known_until)
                if known > date and (paid_on - date).days <= window
            ),
            Decimal(0),
        )
        total += min(max(came, Decimal(0)), balance)
    return float(total)


def known_payments(rows, debt, until):
    """Day known, day paid and amount of what did not bounce; known no sooner than its debt."""
    found = []
    for payment in rows["payments"]:
        known = max(known_on(payment, "paid_on"), known_on(debt, "issued_on"))
        if payment["debt_id"] == debt["debt_id"] and not payment.get("bounced") and known <= until:
            found.append((known, as_day(payment["paid_on"]), payment["amount"]))
    return found


def names_of(folders):
    return [folder.name.removeprefix("as_of=") for folder in folders]


@pytest.fixture
def outputs(tmp_path):
    """Lists of two weeks of January and of the first days of February and March."""
    for date in ("2026-01-05", "2026-01-12", "2026-02-02", "2026-03-02"):
        write_list(tmp_path, day(date), [{"account_id": "A"}])
    return tmp_path


def test_draws_of_a_month_are_read_once(outputs):
    folders, findings = lists_to_read(outputs, day("2026-03-15"), "month")
    assert names_of(folders) == ["2026-01-05", "2026-02-02", "2026-03-02"]
    assert findings == []


def test_draws_of_every_run_are_all_read(outputs):
    folders, _ = lists_to_read(outputs, day("2026-03-15"), "run")
    assert names_of(folders) == ["2026-01-05", "2026-01-12", "2026-02-02", "2026-03-02"]


def test_a_list_of_the_day_or_later_is_not_past(outputs):
    folders, _ = lists_to_read(outputs, day("2026-02-02"), "run")
    assert names_of(folders) == ["2026-01-05", "2026-01-12"]


@pytest.mark.parametrize("spoil", ["missing", "unreadable", "other"])
def test_a_list_that_cannot_be_followed_up_is_passed_over_and_told(outputs, spoil):
    broken = outputs / "as_of=2026-01-05"
    if spoil == "missing":
        (broken / INPUTS_NAME).unlink()
    elif spoil == "unreadable":
        (broken / SCORED_NAME).write_bytes(b"half a file")
    else:
        table = pq.read_table(broken / SCORED_NAME)
        pq.write_table(table.drop_columns(["amount_at_stake"]), broken / SCORED_NAME)
    folders, [finding] = lists_to_read(outputs, day("2026-03-15"), "month")
    assert names_of(folders) == ["2026-01-12", "2026-02-02", "2026-03-02"]
    assert "as_of=2026-01-05" in finding.message
    assert (finding.rows, finding.severity) == (1, "note")


def test_nothing_recorded_after_the_day_changes_an_outcome(tmp_path):
    rows, until = random_rows(9), days_after(DATES[-1], 10)
    names = [{"account_id": name} for name in at_stake_by_hand(rows, DATES[1])]
    folder = write_list(tmp_path / "outputs", DATES[1], names)
    fewer = {
        name: [row for row in table if name != "payments" or known_on(row, "paid_on") <= until]
        for name, table in rows.items()
    }
    assert len(fewer["payments"]) < len(rows["payments"])
    found = []
    for place, each in (("all", rows), ("known", fewer)):
        with Portfolio(Ledger(each).write(tmp_path / place)) as portfolio:
            found.append(read_outcomes(portfolio, [folder], until, [7, 30]))
    assert found[0] == found[1]
