from decimal import Decimal

import pytest
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after

from propension.schema import FLAGS

AS_OF = days_after(DUE_ON, 40)


def before(days):
    return days_after(AS_OF, -days)


def facts(portfolio, as_of=AS_OF, **options):
    return by_account(portfolio.facts(as_of, **options))


@pytest.fixture
def fact(look):
    """Facts of the one account of a ledger, C1 with a debt overdue for 40 days."""

    def read(ledger: Ledger, as_of=AS_OF, **options):
        return facts(look(ledger.debt()), as_of, **options)["C1"]

    return read


def test_only_accounts_with_something_overdue_are_listed(look) -> None:
    ledger = Ledger().debt("late", customer_id="C1").debt("due", due_on=AS_OF, customer_id="C2")
    ledger.debt("paid", customer_id="C3").payment(before(1), 100, "paid")
    listed = facts(look(ledger))
    assert list(listed) == ["C1"]
    assert listed["C1"]["stage"] == "overdue"
    assert listed["C1"]["as_of"] == AS_OF


def test_accounts_that_owe_less_than_the_floor_are_left_out(look) -> None:
    ledger = Ledger()
    for customer, amount in (("C1", "99.99"), ("C2", "100"), ("C3", "100.01")):
        ledger.debt(f"D{customer}", amount=amount, customer_id=customer)
    portfolio = look(ledger)
    assert list(facts(portfolio, floor=100)) == ["C2", "C3"]
    assert list(facts(portfolio, floor=0)) == ["C1", "C2", "C3"]


def test_amounts_are_what_is_left_overdue_and_open(look) -> None:
    ledger = Ledger().debt("D1").payment(before(3), "30.50", "D1")
    ledger.debt("D2", due_on=days_after(AS_OF, 5), amount=20)
    found = facts(look(ledger))["C1"]
    assert (found["overdue_amount"], found["open_amount"]) == (Decimal("69.50"), Decimal("89.50"))


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91-120"),
        (120, "91-120"),
        (121, "121+"),
        (3650, "121+"),
    ],
)
def test_dpd_bucket_edges(dpd_portfolio, days, bucket) -> None:
    found = facts(dpd_portfolio, days_after(DUE_ON, days))["C1"]
    assert (found["days_past_due"], found["dpd_bucket"]) == (days, bucket)


@pytest.fixture(scope="module")
def dpd_portfolio(tmp_path_factory):
    with Portfolio(Ledger().debt().write(tmp_path_factory.mktemp("dpd"))) as portfolio:
        yield portfolio


def test_promise_is_open_until_its_due_date(fact) -> None:
    assert fact(Ledger().promise(before(9), due_on=AS_OF))["promise_open"]
    assert not fact(Ledger().promise(before(9), due_on=before(1)))["promise_open"]


def test_promise_not_known_yet_is_not_open(fact) -> None:
    late = Ledger().promise(before(2), days_after(AS_OF, 9), recorded_at=days_after(AS_OF, 1))
    assert not fact(late)["promise_open"]
    assert not fact(Ledger().with_table("promises"))["promise_open"]


def test_any_open_promise_counts(fact) -> None:
    ledger = Ledger().promise(before(30), due_on=before(20)).promise(before(5), due_on=AS_OF)
    assert fact(ledger)["promise_open"]


@pytest.mark.parametrize(
    ("closed_in_days", "disputed"), [(None, True), (1, True), (0, False), (-1, False)]
)
def test_dispute_closed_in_the_future_is_still_open(fact, closed_in_days, disputed) -> None:
    closed = None if closed_in_days is None else days_after(AS_OF, closed_in_days)
    assert fact(Ledger().dispute(before(20), closed_on=closed))["disputed"] is disputed


def test_dispute_not_known_yet_is_not_open(fact) -> None:
    assert not fact(Ledger().dispute(before(2), recorded_at=days_after(AS_OF, 1)))["disputed"]


def test_dispute_is_known_together_with_its_debt(fact) -> None:
    ledger = Ledger().debt("D2", recorded_at=days_after(AS_OF, 1)).dispute(before(9), "D2")
    assert not fact(ledger)["disputed"]


def test_dispute_of_another_account_does_not_count(look) -> None:
    ledger = Ledger().debt("D1").debt("D2", customer_id="C2").dispute(before(2), "D2")
    assert {key: row["disputed"] for key, row in facts(look(ledger)).items()} == {
        "C1": False,
        "C2": True,
    }


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_is_a_fact_of_its_own(fact, flag) -> None:
    found = fact(Ledger().flag(flag, from_on=AS_OF))
    assert {name for name in FLAGS if found[name]} == {flag}


@pytest.mark.parametrize(
    ("until_in_days", "raised"), [(None, True), (1, True), (0, False), (-1, False)]
)
def test_flag_is_lowered_on_the_day_it_ends(fact, until_in_days, raised) -> None:
    until = None if until_in_days is None else days_after(AS_OF, until_in_days)
    assert fact(Ledger().flag("hardship", before(30), until_on=until))["hardship"] is raised


def test_flag_not_known_yet_is_not_raised(fact) -> None:
    assert not fact(Ledger().flag("insolvent", days_after(AS_OF, 1)))["insolvent"]
    late = Ledger().flag("insolvent", before(9), recorded_at=days_after(AS_OF, 1))
    assert not fact(late)["insolvent"]


@pytest.mark.parametrize(
    ("personal_data", "shown"),
    [("none", None), ("masked", "Á*** N***"), ("full", "Ángela Núñez-Peña")],
)
def test_names_are_shown_as_the_settings_allow(fact, personal_data, shown) -> None:
    ledger = Ledger().customer("C1", name="Ángela Núñez-Peña")
    assert fact(ledger, personal_data=personal_data)["customer_name"] == shown


@pytest.mark.parametrize(
    ("personal_data", "phone_valid", "shown"),
    [
        ("none", None, None), ("masked", None, None), ("full", None, "+573001112233"),
        ("full", True, "+573001112233"), ("full", False, None),
    ],
)  # fmt: skip
def test_phones_are_shown_in_full_or_not_at_all_and_never_when_wrong(
    fact, personal_data, phone_valid, shown
) -> None:
    ledger = Ledger().customer("C1", phone="+573001112233", phone_valid=phone_valid)
    assert fact(ledger, personal_data=personal_data)["customer_phone"] == shown


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Ana Ruiz", "A*** R***"),
        ("José Ibáñez", "J*** I***"),
        ("O'Brien e Filhos S.A.", "O*** e*** F*** S***"),
        ("Öztürk", "Ö***"),
        ("Juan 1020304050", "J*** 1***"),
        (None, None),
    ],
)
def test_masked_name_keeps_only_the_first_letter_of_every_word(fact, name, masked) -> None:
    assert fact(Ledger().customer("C1", name=name))["customer_name"] == masked


def test_contactability_is_right_party_contacts_per_attempt_in_90_days(fact) -> None:
    ledger = Ledger().contact(AS_OF, "promise").contact(before(89), "no_answer")
    ledger.contact(before(90), "right_party").contact(days_after(AS_OF, 1), "right_party")
    ledger.contact(before(5), "no_answer").contact(before(6), "third_party")
    found = fact(ledger)
    assert (found["attempts_90d"], found["right_party_90d"]) == (4, 1)
    assert found["contactability"] == 0.25


def test_contact_not_known_yet_does_not_count(fact) -> None:
    ledger = Ledger().contact(before(3), "right_party", recorded_at=days_after(AS_OF, 1))
    found = fact(ledger.contact(before(3), recorded_at=AS_OF))
    assert (found["attempts_90d"], found["right_party_90d"]) == (1, 0)


def test_contactability_is_unknown_without_attempts(fact) -> None:
    inbound = fact(Ledger().contact(before(1), "right_party", direction="in"))
    assert (inbound["attempts_90d"], inbound["contactability"]) == (0, None)
    without_table = fact(Ledger())
    assert (without_table["attempts_90d"], without_table["contactability"]) == (None, None)


def test_late_debts_are_settled_late_lately_or_over_30_days_overdue(look) -> None:
    ledger = Ledger().debt("over_30")
    ledger.debt("30_days", due_on=before(30))
    ledger.debt("late_lately", due_on=before(100)).payment(before(89), 100, "late_lately")
    ledger.debt("late_before", due_on=before(150)).payment(before(90), 100, "late_before")
    ledger.debt("punctual", due_on=before(60)).payment(before(60), 100, "punctual")
    assert facts(look(ledger))["C1"]["late_debts_90d"] == 2


def test_tenure_is_since_the_customer_joined_or_its_first_debt(fact) -> None:
    assert fact(Ledger().customer("C1", since=before(1000)))["tenure_days"] == 1000
    assert fact(Ledger())["tenure_days"] == 70


@pytest.mark.parametrize(
    ("values", "has_phone"),
    [
        ({"phone": "300"}, True),
        ({"phone": "300", "phone_valid": True}, True),
        ({"phone": "300", "phone_valid": False}, False),
        ({"phone_valid": True}, False),
    ],
)
def test_phone_counts_unless_it_is_known_to_be_wrong(fact, values, has_phone) -> None:
    assert fact(Ledger().customer("C1", **values))["has_phone"] is has_phone


def test_phone_is_unknown_only_where_nobody_has_one(look) -> None:
    alone = look(Ledger().debt())
    assert facts(alone)["C1"]["has_phone"] is None
    ledger = Ledger().debt().customer("C2", phone="300").debt("D2", customer_id="C2")
    found = facts(look(ledger))
    assert {key: row["has_phone"] for key, row in found.items()} == {"C1": False, "C2": True}


def test_email_solvency_and_vulnerability_are_of_the_customer(fact) -> None:
    ledger = Ledger().customer("C1", email="a@b.co", solvency="none", vulnerable=True)
    found = fact(ledger)
    assert (found["has_email"], found["solvency"], found["vulnerable"]) == (True, "none", True)
    unknown = fact(Ledger())
    assert (unknown["has_email"], unknown["solvency"], unknown["vulnerable"]) == (
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [(None, []), ("SMS; E-mail", ["sms", "email"]), ("whatsapp,call", ["whatsapp", "call"])],
)
def test_opt_outs_are_read_as_people_write_them(fact, written, read) -> None:
    ledger = Ledger().customer(opt_out_channels=written)
    assert fact(ledger)["opt_outs"] == read
