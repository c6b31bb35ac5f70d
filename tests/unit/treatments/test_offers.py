import datetime as dt
from decimal import ROUND_FLOOR, Decimal

import duckdb
import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from propension.config import Charges, Extension, InstalmentPlan, Offer, Settlement
from propension.config.base import Model
from propension.config.loading import load_model
from propension.config.settings import Portfolio
from propension.errors import ConfigurationError
from propension.treatments.offers import REFUSALS, offer_sql
from propension.writing import currency_digits

AS_OF = dt.date(2026, 5, 29)
CENT = Decimal("0.01")
UNITS = {"COP": Decimal(1), "CLP": Decimal(1), "BRL": CENT, "MXN": CENT, "USD": CENT}
ACCOUNT = {
    "account_id": "A1",
    "treatment": "offer",
    "country": "CO",
    "overdue_amount": Decimal("360000"),
    "open_amount": Decimal("360000"),
    "days_past_due": 200,
    "propensity": 0.2,
    "ability": None,
    "payment_amount_mean": None,
    "liquidity_day": 5.0,
}
TYPES = {
    "account_id": "VARCHAR", "treatment": "VARCHAR", "country": "VARCHAR",
    "overdue_amount": "DECIMAL(18,2)", "open_amount": "DECIMAL(18,2)", "days_past_due": "BIGINT",
    "propensity": "DOUBLE", "ability": "DOUBLE", "payment_amount_mean": "DOUBLE",
    "liquidity_day": "DOUBLE",
}  # fmt: skip
SETTLEMENT = {
    "kind": "settlement", "max_discount": "0.4", "floor_share": "0.5", "max_propensity": 0.4,
    "steps": [{"from_days": 90, "discount": "0.1"}, {"from_days": 180, "discount": "0.3"}],
}  # fmt: skip


def portfolio(currency="COP", language="es", country="CO"):
    return Portfolio(name="Andina", country=country, currency=currency, language=language)


def offered(offer, *changes, market=None, as_of=AS_OF, countries=()):
    """The offers made to accounts given as changes to an ordinary one, in their order."""
    accounts = [{**ACCOUNT, "account_id": f"A{i:03}", **change} for i, change in enumerate(changes)]
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(
            f"CREATE TABLE accounts ({', '.join(' '.join(item) for item in TYPES.items())})"
        )
        engine.executemany(
            f"INSERT INTO accounts VALUES ({', '.join('?' * len(TYPES))})",
            [[account[name] for name in TYPES] for account in accounts],
        )
        sql = offer_sql(
            {"offer": offer} if offer else {}, "accounts", as_of, market or portfolio(), countries
        )
        found = engine.execute(f"SELECT * FROM ({sql}) ORDER BY account_id")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def plan(**settings):
    return InstalmentPlan(kind="instalment_plan", **settings)


def floor_to(value, unit):
    return (value / unit).to_integral_value(ROUND_FLOOR) * unit


def reference_plan(offer, amount, mean, unit, n_dates):
    """Payments of a plan by exhaustive search in plain decimals; None where there is none."""
    down = -floor_to(-amount * offer.down_payment_share, unit)
    ceiling = Decimal("Infinity")
    if mean and offer.ability_multiple:
        ceiling = floor_to(mean * offer.ability_multiple, CENT)
    if amount <= 0 or down > ceiling:
        return None
    initial = [down] if offer.down_payment_share else []
    for count in range(offer.min_instalments, offer.max_instalments + 1):
        rest = amount - down
        each = floor_to(rest / count, unit)
        last = rest - (count - 1) * each
        within = max(offer.min_amount, unit) <= each and last <= ceiling
        if within and count + len(initial) <= n_dates:
            return [*initial, *[each] * (count - 1), last]
    return None


@st.composite
def plans(draw):
    low, high = sorted(draw(st.lists(st.integers(2, 15), min_size=2, max_size=2)))
    return plan(
        min_instalments=low,
        max_instalments=high,
        min_amount=draw(st.decimals(0, 50_000, places=2)),
        down_payment_share=draw(st.sampled_from(["0", "0.1", "0.333333"])),
        every=draw(st.sampled_from(["week", "fortnight", "month"])),
        notice_days=draw(st.integers(1, 10)),
        max_days=draw(st.integers(10, 500)),
        ability_multiple=draw(st.sampled_from([None, "0.5", "1.5", "3.141593"])),
    )


money = st.decimals(0, 5_000_000, places=2)
accounts = st.fixed_dictionaries(
    {
        "overdue_amount": money | st.decimals(0, 3, places=2),
        "payment_amount_mean": st.none() | money.map(float),
        "liquidity_day": st.none() | st.floats(1, 31),
    }
)


@settings(max_examples=60)
@given(plans(), st.lists(accounts, min_size=1, max_size=8), st.sampled_from(sorted(UNITS)))
def test_a_plan_keeps_every_bound_and_adds_up_to_the_cent(offer, changes, currency):
    unit = UNITS[currency]
    closed = holidays.country_holidays("CO", years=range(2026, 2030))
    for row in offered(offer, *changes, market=portfolio(currency)):
        payments = row["offer_instalments"]
        if payments is None:
            assert row["offer_refused"] in REFUSALS
            assert (row["offer"], row["offer_amount"], row["offer_discount"]) == (None, None, None)
            continue
        amounts = [payment["amount"] for payment in payments]
        assert sum(amounts) == row["offer_amount"] == row["overdue_amount"]
        assert row["offer_discount"] == 0
        instalments = amounts[1:] if offer.down_payment_share else amounts
        assert offer.min_instalments <= len(instalments) <= offer.max_instalments
        assert min(instalments) >= max(offer.min_amount, unit)
        assert 0 <= instalments[-1] - instalments[0] < unit * len(instalments)
        assert len(set(instalments[:-1])) == 1
        if row["payment_amount_mean"] and offer.ability_multiple:
            mean = Decimal(str(row["payment_amount_mean"]))
            assert max(amounts) <= mean * offer.ability_multiple
        dates = [payment["due_on"] for payment in payments]
        assert dates == sorted(set(dates))
        assert AS_OF + dt.timedelta(offer.notice_days) <= dates[0]
        assert dates[-1] <= AS_OF + dt.timedelta(offer.max_days)
        assert not any(date.weekday() == 6 or date in closed for date in dates)


@settings(max_examples=60)
@given(plans(), st.lists(accounts, min_size=1, max_size=8), st.sampled_from(sorted(UNITS)))
# Of two cents two payments keep under the ability, and of three the last takes both.
@example(
    plan(min_instalments=2, max_instalments=3, min_amount=0, ability_multiple="1.5"),
    [{"overdue_amount": Decimal("0.02"), "payment_amount_mean": 0.01}],
    "BRL",
)
def test_a_plan_is_the_shortest_that_an_exhaustive_search_finds(offer, changes, currency):
    # As many dates as there can be instalments: the calendar has a test of its own.
    offer = offer.model_copy(update={"max_days": 1825, "every": "fortnight"})
    for row in offered(offer, *changes, market=portfolio(currency)):
        mean = row["payment_amount_mean"]
        expected = reference_plan(
            offer, row["overdue_amount"], Decimal(str(mean)) if mean else None, UNITS[currency], 99
        )
        payments = row["offer_instalments"]
        assert (payments and [payment["amount"] for payment in payments]) == expected


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)), min_size=1, max_size=4),
    st.lists(
        st.fixed_dictionaries(
            {
                "overdue_amount": money,
                "propensity": st.none() | st.floats(0, 1),
                "days_past_due": st.none() | st.integers(0, 500),
            }
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(sorted(UNITS)),
)
def test_a_settlement_keeps_its_bounds(steps, changes, currency):
    rising = sorted(dict(steps).items())
    offer = Settlement(
        kind="settlement",
        steps=[{"from_days": days, "discount": f"0.{part:02}"} for days, part in rising],
        max_discount="0.4",
        floor_share="0.6",
        max_propensity=0.5,
    )
    unit = UNITS[currency]
    for row in offered(offer, *changes, market=portfolio(currency)):
        owed, days = row["overdue_amount"], row["days_past_due"]
        reached = [part for from_days, part in rising if days is not None and days >= from_days]
        share = Decimal(reached[-1]) / 100 if reached else Decimal(0)
        discount = floor_to(owed * share, unit)
        likely = row["propensity"] is None or row["propensity"] >= offer.max_propensity
        if likely or not discount:
            assert row["offer_refused"] in REFUSALS
            assert row["offer_instalments"] is None
        else:
            assert row["offer_discount"] == discount <= owed * offer.max_discount
            assert row["offer_amount"] == owed - discount >= owed * offer.floor_share
            (payment,) = row["offer_instalments"]
            assert payment == {"due_on": dt.date(2026, 6, 9), "amount": row["offer_amount"]}


@settings(max_examples=60)
@given(
    st.decimals(0, 3, places=6),
    st.decimals("0.01", 1, places=4),
    st.booleans(),
    st.booleans(),
    st.lists(
        st.fixed_dictionaries(
            {"overdue_amount": money, "days_past_due": st.none() | st.integers(-5, 2000)}
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_charges_are_those_of_plain_decimals_under_the_cap(rate, waived, shared, strict, changes):
    fee = {"late_fee_share": "0.02"} if shared else {"late_fee": "10000.00"}
    offer = Charges(
        kind="charges", annual_rate=rate, max_annual_rate=rate + Decimal("0.1"),
        fee_under_cap=strict, waived_share=waived, **fee,
    )  # fmt: skip

    def grown(amount, yearly, days):
        return floor_to(amount * yearly * days / 365, CENT)

    for row in offered(offer, *changes, market=portfolio("BRL")):
        owed, days = row["overdue_amount"], max(row["days_past_due"] or 0, 0)
        charged = grown(owed, rate, days)
        charged += floor_to(owed * offer.late_fee_share, CENT) if shared else offer.late_fee
        cap = grown(owed, offer.max_annual_rate, days)
        charged = min(charged, cap) if strict else charged
        discount = floor_to(charged * waived, CENT)
        if owed and discount:
            assert row["offer_discount"] == discount
            assert row["offer_amount"] == owed + charged - discount
        else:
            assert row["offer_refused"] in ("nothing_overdue", "nothing_to_waive")


@pytest.mark.parametrize(
    ("offer", "changes", "code"),
    [
        (plan(), {"overdue_amount": Decimal(0)}, "nothing_overdue"),
        (plan(), {"overdue_amount": None}, "nothing_overdue"),
        (plan(min_amount=200_000), {}, "amount_too_small"),
        (plan(), {"payment_amount_mean": 10_000.0}, "needs_more_instalments"),
        (plan(max_days=20), {}, "too_few_due_dates"),
        (
            plan(down_payment_share="0.5"),
            {"payment_amount_mean": 100_000.0},
            "down_payment_above_ability",
        ),
        (
            plan(min_amount=100_000),
            {"payment_amount_mean": 60_000.0},
            "ability_below_least",
        ),
        # However many there were, none could be so small.
        (
            plan(min_amount=100_000, max_instalments=2),
            {"payment_amount_mean": 60_000.0},
            "ability_below_least",
        ),
        # Six would do, but the days hold three.
        (plan(max_days=90), {"payment_amount_mean": 60_000.0}, "too_few_due_dates"),
        (Extension(kind="extension", notice_days=2, max_days=2), {}, "no_working_day"),
        (Settlement(**SETTLEMENT), {"propensity": 0.4}, "propensity_too_high"),
        (Settlement(**SETTLEMENT), {"propensity": None}, "propensity_unknown"),
        (Settlement(**SETTLEMENT), {"days_past_due": 89}, "too_few_days_past_due"),
        (Settlement(**SETTLEMENT), {"overdue_amount": CENT}, "amount_too_small"),
        (
            Charges(kind="charges", annual_rate="0.2", max_annual_rate="0.2"),
            {"days_past_due": 0},
            "nothing_to_waive",
        ),
    ],
)
def test_a_refused_offer_says_why(offer, changes, code):
    (row,) = offered(offer, changes)
    assert row["offer_refused"] == code
    assert row["offer"] is row["offer_instalments"] is row["offer_amount"] is None


def test_no_offer_where_the_treatment_makes_none():
    made, none = offered(plan(), {}, {"treatment": "letter"})
    assert made["offer"]
    assert [none[name] for name in none if name.startswith("offer")] == [None] * 5


def test_without_offers_the_columns_are_there_and_empty():
    (row,) = offered(None, {})
    assert [row[name] for name in row if name.startswith("offer")] == [None] * 5


def test_large_amounts_stay_exact():
    largest = Decimal("9999999999999999.99")
    (row,) = offered(plan(min_instalments=3), {"overdue_amount": largest})
    assert sum(payment["amount"] for payment in row["offer_instalments"]) == largest


def test_a_liquidity_day_past_the_end_of_february_is_its_last():
    (row,) = offered(
        plan(max_instalments=3, min_instalments=3),
        {"liquidity_day": 31.0},
        as_of=dt.date(2025, 12, 20),
    )
    dates = [payment["due_on"] for payment in row["offer_instalments"]]
    assert dates == [dt.date(2025, 12, 31), dt.date(2026, 1, 31), dt.date(2026, 2, 28)]


def test_holidays_are_those_of_the_account_s_country():
    # 9 and 10 July 2026 are holidays in Argentina, and ordinary days in Colombia.
    extension = Extension(kind="extension", max_days=15)
    rows = offered(
        extension,
        {"liquidity_day": 9.0},
        {"liquidity_day": 9.0, "country": "AR"},
        {"liquidity_day": 9.0, "country": None},
        as_of=dt.date(2026, 7, 1),
        countries=["AR"],
    )
    days = [row["offer_instalments"][0]["due_on"].day for row in rows]
    assert days == [9, 11, 9]


def test_an_extension_ends_on_the_liquidity_day_or_the_last_working_day_within():
    extension = Extension(kind="extension", max_days=16)
    rows = offered(extension, {"liquidity_day": 10.0}, {"liquidity_day": 27.0})
    # 14 June 2026 is a Sunday.
    assert [row["offer_instalments"][0]["due_on"].day for row in rows] == [10, 13]


def test_without_a_liquidity_day_payments_start_after_the_notice():
    unknown = {"liquidity_day": None}
    (row,) = offered(plan(min_instalments=3, notice_days=6), unknown)
    dates = [payment["due_on"] for payment in row["offer_instalments"]]
    assert dates == [dt.date(2026, 6, 4), dt.date(2026, 7, 4), dt.date(2026, 8, 4)]
    (row,) = offered(Extension(kind="extension", max_days=6), unknown)
    assert row["offer_instalments"][0]["due_on"] == dt.date(2026, 6, 4)


@pytest.mark.parametrize(
    ("currency", "digits"), [("COP", 0), ("CLP", 0), ("PYG", 0), ("BRL", 2), ("USD", 2), ("KWD", 2)]
)
def test_payments_are_in_the_units_people_pay_in(currency, digits):
    assert currency_digits(currency) == digits


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("es", "CO", "3 cuotas de $120.000, la primera el 05/06/2026"),
        ("pt", "BR", "3 parcelas de COP\xa0120.000, a primeira em 05/06/2026"),
        ("en", "US", "3 instalments of COP\xa0120,000, the first on Jun 5, 2026"),
    ],
)
def test_an_offer_in_words(language, country, text):
    market = portfolio(language=language, country=country)
    (row,) = offered(plan(min_instalments=3), {"country": "ZZ"}, market=market)
    assert row["offer"] == text


def test_words_tell_a_down_payment_and_an_uneven_end():
    (row,) = offered(
        plan(min_instalments=3, down_payment_share="0.1"), {"overdue_amount": Decimal("100001.50")}
    )
    assert row["offer"] == (
        "cuota inicial de $10.001 el 05/06/2026 y 3 cuotas de $30.000 "
        "(la última de $30.000,50), la primera el 06/07/2026"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "instalment_plan", "min_instalments": 9}, "must not be above max_instalments"),
        ({"kind": "extension", "notice_days": 20}, "must not be above max_days"),
        ({**SETTLEMENT, "max_discount": "0.2"}, "must be from 0 to 0.2"),
        ({**SETTLEMENT, "floor_share": "0.8"}, "must be from 0 to 0.2"),
        ({**SETTLEMENT, "steps": SETTLEMENT["steps"][::-1]}, "must rise in from_days"),
        (
            {"kind": "charges", "annual_rate": "0.3", "max_annual_rate": "0.2"},
            "annual_rate must not be above max_annual_rate",
        ),
        (
            {"kind": "charges", "late_fee": 1, "late_fee_share": "0.1", "max_annual_rate": 1},
            "not both",
        ),
        ({"kind": "gift"}, "does not match any of the expected tags"),
        ({"kind": "extension", "max_dayz": 3}, "Extra inputs"),
    ],
)
def test_offers_out_of_bounds_are_refused_when_read(settings, message):
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Offer).validate_python(settings)


def test_a_misspelt_setting_of_an_offer_is_told_its_own_kind_s_names(tmp_path):
    class Held(Model):
        offers: dict[str, Offer]

    path = tmp_path / "policy.yaml"
    path.write_text("offers: {half: {kind: settlement, max_discont: 0.3}}")
    with pytest.raises(ConfigurationError, match=r"max_discont .*did you mean max_discount\?"):
        load_model(path, Held)
