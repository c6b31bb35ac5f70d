import datetime as dt

import duckdb
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from propension.config import Policy, load_policy
from propension.config.settings import Portfolio
from propension.errors import PolicyError
from propension.outputs import check_policy
from propension.segments import example_row
from propension.segments.columns import columns_from
from propension.treatments import HISTORY_SCHEMA, Occasion, treatments_without_words
from propension.treatments import decide as decide_accounts
from propension.treatments.options import refuse_taken_names

PORTFOLIO = Portfolio(name="P")
NO_HISTORY = HISTORY_SCHEMA.empty_table()
AS_OF = dt.date(2026, 1, 31)
TEMPLATE = "src/propension/config/template/policy.yaml"


@pytest.fixture(scope="module")
def policy(pytestconfig):
    return load_policy(pytestconfig.rootpath / TEMPLATE)


@pytest.fixture(scope="module")
def content(pytestconfig):
    return yaml.safe_load((pytestconfig.rootpath / TEMPLATE).read_text(encoding="utf-8"))


def decide(policy, accounts, history=NO_HISTORY, **portfolio):
    """Decide about accounts given as changes to an ordinary one; by account id."""
    asked = PORTFOLIO.model_copy(update=portfolio)
    with duckdb.connect() as engine:
        ordinary = engine.sql(example_row()).to_arrow_table()
        rows = [
            ordinary.to_pylist()[0]
            | {"account_id": f"A{index}", "customer_id": f"C{index}"}
            | changes
            for index, changes in enumerate(accounts)
        ]
        engine.register("given", pa.Table.from_pylist(rows, ordinary.schema))
        engine.execute("CREATE TABLE accounts AS SELECT * FROM given")
        decide_accounts(engine, policy, "accounts", Occasion(asked, AS_OF, history=history))
        found = engine.execute("SELECT * FROM decided")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["account_id"]: row for row in rows}


def contacts(*rows):
    """Contacts of C0: days before the as-of date, channel and outcome."""
    return pa.Table.from_pylist(
        [
            {
                "customer_id": "C0",
                "channel": channel,
                "at": dt.datetime.combine(AS_OF, dt.time(15)) - dt.timedelta(days=days),
                "direction": "out",
                "outcome": outcome,
            }
            for days, channel, outcome in rows
        ],
        HISTORY_SCHEMA,
    )


def in_order(policy, control_share):
    """The same policy with nobody drawn, each segment's treatments tried in order."""
    shares = {"control_share": control_share, "explore_share": 0.0}
    experiment = policy.experiment.model_copy(update=shares)
    strategy = policy.strategy.model_copy(update={"choose": "order"})
    return policy.model_copy(update={"experiment": experiment, "strategy": strategy})


def without_control(policy):
    """The same with nobody left alone either."""
    return in_order(policy, 0.0)


ORDINARY = {
    "stage": "overdue",
    "has_phone": True,
    "has_email": True,
    "tenure_days": 900,
    "late_debts_90d": 0,
    "propensity": 0.5,
    "days_past_due": 20,
    "settled_debt_count": 5,
    "late_share": 0.5,
    "promise_broken_count_365d": 0,
    "expected_recovery": 100_000,
    "overdue_amount": 200_000,
    "days_to_due": None,
}
UPCOMING = {
    **ORDINARY,
    "stage": "upcoming",
    "days_past_due": 0,
    "overdue_amount": 0,
    "days_to_due": 5,
}


@pytest.mark.parametrize(
    ("changes", "segment", "treatment"),
    [
        ({"disputed": True}, "dispute", "resolve_dispute"),
        ({"promise_open": True}, "promised", "do_nothing"),
        ({"propensity": 0.9, "days_past_due": 5}, "pays_alone", "do_nothing"),
        ({"propensity": 0.9, "days_past_due": 40}, "forgot", "friendly_reminder"),
        ({"tenure_days": 10}, "newcomer", "educate"),
        ({"attempts_90d": 5, "contactability": 0.0}, "unreachable", "letter"),
        ({"propensity": 0.4}, "talk", "soft_call"),
        ({"propensity": 0.1, "days_past_due": 130}, "old_debt", "settlement"),
        ({"propensity": 0.01, "days_past_due": 300}, "hopeless", "settlement"),
        ({"propensity": 0.2, "days_past_due": 60}, "low_yield", "friendly_reminder"),
        ({**UPCOMING, "propensity": 0.9, "late_share": 0.0}, "punctual", "reward"),
        ({**UPCOMING, "tenure_days": 10}, "newcomer_upcoming", "educate"),
        ({**UPCOMING, "propensity": 0.5}, "at_risk_upcoming", "pre_due_reminder"),
        ({**UPCOMING, "propensity": 0.9}, "quiet_upcoming", "do_nothing"),
    ],
)
def test_the_first_segment_whose_rule_holds_decides(policy, changes, segment, treatment):
    row = decide(without_control(policy), [{**ORDINARY, **changes}])["A0"]
    assert (row["segment"], row["treatment"]) == (segment, treatment)


@pytest.mark.parametrize(
    ("flag", "treatment"),
    [
        ("deceased", "do_nothing"),
        ("insolvent", "do_nothing"),
        ("litigation", "do_nothing"),
        ("do_not_contact", "do_nothing"),
        ("hardship", "friendly_reminder"),
        ("vulnerable", "friendly_reminder"),
    ],
)
def test_suppression_replaces_the_treatment_and_says_why(policy, flag, treatment):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.4, flag: True}])["A0"]
    assert row["treatment"] == treatment
    refusal = row["refusals"][0]
    assert refusal["treatment"] == "soft_call"
    assert refusal["rule"] in (flag, "care")


def test_the_gravest_suppression_goes_first(policy):
    row = decide(policy, [{**ORDINARY, "deceased": True, "disputed": True}])["A0"]
    assert row["treatment"] == "do_nothing"
    assert row["refusals"][0]["rule"] == "deceased"


def test_an_allowed_treatment_is_not_refused(policy):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.7, "hardship": True}])["A0"]
    assert row["treatment"] == "friendly_reminder"
    # What else its segment considers is refused by the care it needs.
    assert {(r["treatment"], r["rule"]) for r in row["refusals"]} == {("reminder_email", "care")}


@pytest.mark.parametrize(
    ("propensity", "band"),
    [
        (1.0, "A"),
        (0.8, "A"),
        (0.79, "B"),
        (0.6, "B"),
        (0.4, "C"),
        (0.2, "D"),
        (0.19, "E"),
        (0.0, "E"),
    ],
)
def test_bands_begin_at_their_least_propensity(policy, propensity, band):
    assert decide(policy, [{**ORDINARY, "propensity": propensity}])["A0"]["risk_band"] == band


def test_the_largest_tenth_is_of_high_value(policy):
    rows = decide(policy, [{**ORDINARY, "open_amount": 10 * (1 + index)} for index in range(20)])
    tiers = [rows[f"A{index}"]["value_tier"] for index in range(20)]
    assert tiers == ["low"] * 10 + ["medium"] * 8 + ["high"] * 2


def test_those_left_alone_come_last_and_priorities_are_unique(policy):
    rows = decide(policy, [{**ORDINARY, "disputed": index % 2 == 0} for index in range(30)])
    ordered = sorted(rows.values(), key=lambda row: row["priority"])
    assert [row["priority"] for row in ordered] == list(range(1, 31))
    idle = [row["treatment"] == "do_nothing" for row in ordered]
    assert idle == sorted(idle)


@pytest.mark.parametrize(
    ("larger", "treatment", "rules"),
    [
        ({"propensity": 0.4}, "do_nothing", {"other_account_of_customer"}),
        # Nobody would be contacted about it.
        ({"propensity": 0.9, "days_past_due": 5}, "soft_call", set()),
        # Whoever disputes something is not pressed for the rest.
        ({"disputed": True, "overdue_amount": 1}, "do_nothing", {"other_account_of_customer"}),
    ],
)
def test_a_customer_is_contacted_about_one_account(policy, larger, treatment, rules):
    first = {**ORDINARY, "customer_id": "C", "overdue_amount": 900_000, **larger}
    second = {**ORDINARY, "customer_id": "C", "propensity": 0.4}
    row = decide(without_control(policy), [first, second])["A1"]
    assert row["treatment"] == treatment
    assert {refusal["rule"] for refusal in row["refusals"]} == rules


def test_the_control_group_is_left_alone_with_its_known_probability(policy):
    rows = decide(in_order(policy, 0.05), [dict(ORDINARY) for _ in range(400)])
    control = [row for row in rows.values() if row["arm"] == "control"]
    assert 5 <= len(control) <= 40
    for row in rows.values():
        expected = 0.05 if row["arm"] == "control" else 0.95
        assert row["assignment_probability"] == pytest.approx(expected)
    assert {row["treatment"] for row in control} == {"do_nothing"}


def test_a_disputed_control_account_still_gets_its_service(policy):
    everyone = policy.experiment.model_copy(update={"control_share": 0.5})
    policy = policy.model_copy(update={"experiment": everyone})
    rows = decide(policy, [{**ORDINARY, "disputed": True} for _ in range(20)])
    assert {row["treatment"] for row in rows.values()} == {"resolve_dispute"}


@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms())
def test_an_arm_depends_on_the_account_and_the_salt_alone(policy, scores, random):
    accounts = [
        {**ORDINARY, "propensity": score, "account_id": f"X{i}"} for i, score in enumerate(scores)
    ]
    arms = {name: row["arm"] for name, row in decide(policy, accounts).items()}
    random.shuffle(accounts)
    changed = [{**account, "propensity": 0.1, "disputed": True} for account in accounts]
    assert {name: row["arm"] for name, row in decide(policy, changed).items()} == arms


def test_another_salt_draws_another_control_group(policy):
    accounts = [dict(ORDINARY) for _ in range(200)]
    other = policy.model_copy(
        update={"experiment": policy.experiment.model_copy(update={"salt": "control-2"})}
    )
    first, second = decide(policy, accounts), decide(other, accounts)
    assert {n for n, r in first.items() if r["arm"] == "control"} != {
        n for n, r in second.items() if r["arm"] == "control"
    }


def test_the_shipped_policy_is_accepted(policy):
    check_policy(policy, PORTFOLIO)


@pytest.mark.parametrize(
    ("place", "rule", "message"),
    [
        ("segments", "propensty > 1", "segments.dispute.when: propensty is not known"),
        ("segments", "value_tier > 3", "segments.dispute: the rule cannot be evaluated"),
        ("suppressions", "nobody", "suppressions.deceased.when: nobody is not known"),
    ],
)
def test_a_faulty_rule_is_found_before_anything_runs(content, place, rule, message):
    entries = [dict(entry) for entry in content[place]]
    entries[0]["when"] = rule
    policy = Policy.model_validate({**content, place: entries})
    with pytest.raises(PolicyError, match=message):
        check_policy(policy, PORTFOLIO)


def test_nobody_is_contacted_through_a_channel_they_opted_out_of(policy):
    account = {**ORDINARY, "propensity": 0.7, "opt_outs": ["sms"]}
    row = decide(without_control(policy), [account])["A0"]
    assert (row["treatment"], row["channel"]) == ("reminder_email", "email")
    (refusal,) = row["refusals"]
    assert (refusal["treatment"], refusal["rule"]) == ("friendly_reminder", "channel_opt_out")


def test_who_has_no_known_zone_is_shown_on_the_portfolios_clock(policy):
    brazilian = {**ORDINARY, "propensity": 0.4, "country": "BR", "timezone": None}
    row = decide(without_control(policy), [brazilian], country="BR", timezone="America/Sao_Paulo")[
        "A0"
    ]
    # Nine in the morning in the last of Brazil's time zones.
    assert row["scheduled_at"] == dt.datetime(2026, 2, 2, 11)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"propensity": 0.4, "has_phone": False}, "no_phone"),
        ({"tenure_days": 10, "has_email": False}, "no_email"),
    ],
)
def test_a_channel_without_an_address_is_refused(policy, changes, rule):
    row = decide(without_control(policy), [{**ORDINARY, **changes}])["A0"]
    assert row["refusals"][0]["rule"] == rule
    closed = {"sms", "call", "whatsapp"} if rule == "no_phone" else {"email"}
    assert row["channel"] not in closed


def test_a_portfolio_that_gives_no_phones_is_not_taken_to_have_none(policy):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.4, "has_phone": None}])[
        "A0"
    ]
    assert row["treatment"] == "soft_call"


def test_a_control_account_in_care_is_left_alone_too(policy):
    account = {**ORDINARY, "propensity": 0.4, "hardship": True}
    rows = decide(in_order(policy, 0.4), [account for _ in range(30)])
    for row in rows.values():
        expected = ("do_nothing", 0.4) if row["arm"] == "control" else ("friendly_reminder", 0.6)
        assert (row["treatment"], row["assignment_probability"]) == expected
    assert {row["arm"] for row in rows.values()} == {"control", "treatment"}


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        ("suppressions", {"only": []}, "at least 1 item"),
        ("segments", {"name": "promised"}, "segments are named twice: promised"),
    ],
)
def test_a_policy_that_would_lose_accounts_is_refused(content, place, change, message):
    entries = [dict(entry) for entry in content[place]]
    entries[0] |= change
    with pytest.raises(ValidationError, match=message):
        Policy.model_validate({**content, place: entries})


def test_a_flag_may_not_hide_a_column(content):
    flags = {**content["flags"], "propensity": content["flags"]["in_dispute"]}
    policy = Policy.model_validate({**content, "flags": flags})
    with pytest.raises(PolicyError, match=r"flags\.propensity is a column of the list already"):
        check_policy(policy, PORTFOLIO)


def test_no_column_of_a_decision_may_be_a_flag(policy, content):
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE accounts AS {example_row()}")
        decide_accounts(engine, policy, "accounts", Occasion(PORTFOLIO, AS_OF))
        columns = {*engine.table("suppressed").columns, *engine.table("decided").columns}
    for name in columns - set(policy.flags) - columns_from("derived"):
        flags = {**content["flags"], name: content["flags"]["in_dispute"]}
        asked = Policy.model_validate({**content, "flags": flags})
        with pytest.raises(PolicyError, match=rf"flags\.{name} is a column of the list already"):
            refuse_taken_names(asked)


@pytest.mark.parametrize("name", ["strategy", "manual", "account_id"])
def test_a_flag_that_would_be_taken_for_another_column_is_refused_beforehand(content, name):
    flags = {**content["flags"], name: content["flags"]["in_dispute"]}
    with pytest.raises(PolicyError, match=rf"flags\.{name} is a column of the list already"):
        check_policy(Policy.model_validate({**content, "flags": flags}), PORTFOLIO)


def test_texts_with_quotes_stay_texts(content):
    entries = [dict(entry) for entry in content["suppressions"]]
    entries[0]["citation"] = "Art. 1 'literal'; DROP TABLE x"
    policy = Policy.model_validate({**content, "suppressions": entries})
    row = decide(policy, [{**ORDINARY, "propensity": 0.4, "deceased": True}])["A0"]
    assert row["refusals"][0]["citation"] == "Art. 1 'literal'; DROP TABLE x"


# The as-of date is a Saturday: Colombia's week begins on Monday, at seven; people come at eight.
NEXT_MORNING = dt.datetime(2026, 2, 2, 7)


def test_a_contact_is_planned_for_the_first_lawful_hour_somebody_works(policy):
    sent, called = (
        decide(without_control(policy), [{**ORDINARY, "propensity": propensity}])["A0"]
        for propensity in (0.7, 0.4)
    )
    assert (sent["treatment"], sent["scheduled_at"]) == ("friendly_reminder", NEXT_MORNING)
    assert (called["treatment"], called["team"], called["agent"]) == ("soft_call", "agents", 1)
    assert called["scheduled_at"] == NEXT_MORNING + dt.timedelta(hours=1)


def test_the_customers_own_clock_counts(policy):
    mexican = {**ORDINARY, "propensity": 0.4, "country": "MX", "timezone": "America/Tijuana"}
    row = decide(without_control(policy), [mexican])["A0"]
    assert row["scheduled_at"].time() == dt.time(7)


def test_who_was_called_enough_this_week_is_contacted_later(policy):
    history = contacts(*[(days, "sms", "delivered") for days in (1, 2, 3)])
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.7}], history)["A0"]
    assert row["treatment"] == "friendly_reminder"
    assert row["scheduled_at"] > NEXT_MORNING


def test_a_contact_that_is_lawful_too_late_is_refused_by_the_rule_that_holds_it_up(policy):
    policy = without_control(policy)
    contact = policy.contact.model_copy(update={"within_days": 2})
    history = contacts(*[(0, "sms", "no_answer")] * 3)
    hurried = policy.model_copy(update={"contact": contact})
    row = decide(hurried, [{**ORDINARY, "propensity": 0.7}], history)["A0"]
    assert (row["treatment"], row["scheduled_at"]) == ("do_nothing", None)
    assert {refusal["rule"] for refusal in row["refusals"]} == {"company-weekly"}
    assert {refusal["citation"] for refusal in row["refusals"]} == {"Company policy"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"country": "ZZ"}, "no-pack"), ({"timezone": "Mars/One"}, "unknown-time-zone")],
)
def test_where_the_law_is_not_known_nobody_is_contacted(policy, changes, rule):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.7, **changes}])["A0"]
    assert row["treatment"] == "do_nothing"
    assert {refusal["rule"] for refusal in row["refusals"]} == {rule}


def test_a_visit_at_home_is_refused_in_colombia_with_its_citation(policy):
    hopeless = {
        **ORDINARY,
        "days_past_due": 200,
        "propensity": 0.05,
        "opt_outs": [],
        "expected_recovery": 200_000,
    }
    accounts = [{**hopeless, "open_amount": 10_000_000}] + [
        {"account_id": f"X{n}"} for n in range(20)
    ]
    refusals = decide(without_control(policy), accounts)["A0"]["refusals"]
    found = {refusal["treatment"]: refusal for refusal in refusals}
    assert found["legal"]["rule"] == "not_eligible"
    assert found["field_visit"]["rule"] == "co-no-visits"
    assert "2300" in found["field_visit"]["citation"]


@pytest.mark.parametrize(
    ("solvency", "expected_recovery", "treatment"),
    [
        ("known", 900_000, "legal"),
        ("unknown", 900_000, "settlement"),
        ("known", 200_000, "settlement"),
    ],
)
def test_suing_needs_known_solvency_and_more_to_win_than_it_costs(
    policy, solvency, expected_recovery, treatment
):
    account = {
        **ORDINARY, "days_past_due": 200, "propensity": 0.05, "open_amount": 10_000_000,
        "solvency": solvency, "expected_recovery": expected_recovery,
    }  # fmt: skip
    accounts = [account] + [{"account_id": f"X{n}"} for n in range(20)]
    assert decide(without_control(policy), accounts)["A0"]["treatment"] == treatment


def short_of_cash(**changes):
    """One account that wants to pay and cannot, among others."""
    ranks = [{"account_id": f"X{n}", "ability": n / 9, "willingness": n / 9} for n in range(10)]
    return [{**ORDINARY, "propensity": 0.4, "ability": 0.1, "willingness": 0.9, **changes}, *ranks]


def test_who_wants_and_cannot_is_offered_a_plan_within_its_means(policy):
    row = decide(without_control(policy), short_of_cash(payment_amount_mean=50_000))["A0"]
    assert (row["segment"], row["treatment"]) == ("short_of_cash", "instalment_plan")
    assert sum(part["amount"] for part in row["offer_instalments"]) == row["overdue_amount"]
    assert max(part["amount"] for part in row["offer_instalments"]) <= 75_000
    assert row["offer"].startswith("3 cuotas de")
    assert row["offer"] in row["message"]


def test_an_offer_nobody_could_keep_is_not_made_and_says_why(policy):
    row = decide(without_control(policy), short_of_cash(payment_amount_mean=1000))["A0"]
    assert row["offer"] is None
    assert row["refusals"][-1]["rule"].startswith("offer:")


def test_messages_call_nobody_by_a_masked_name(policy):
    accounts = [{**ORDINARY, "propensity": 0.7, "customer_name": "A*** G***"}]
    message = decide(without_control(policy), accounts)["A0"]["message"]
    assert "***" not in message.replace("***0", "")
    assert message.startswith("P:")


def test_customers_are_written_to_in_their_own_language_where_the_policy_has_it(policy):
    accounts = [
        {**ORDINARY, "propensity": 0.7, "language": language} for language in ("es", "pt", "en")
    ]
    spoken = without_control(policy).model_copy(update={"languages": ("pt",)})
    rows = decide(spoken, accounts)
    assert "saldo vencido" in rows["A0"]["message"]
    assert "atraso" in rows["A1"]["message"] or "vencido" in rows["A1"]["message"]
    assert rows["A1"]["message"] != rows["A0"]["message"]
    assert rows["A2"]["message"] == rows["A0"]["message"]


def test_what_a_treatment_adds_is_the_policys_belief_for_the_quadrant(policy):
    row = decide(without_control(policy), short_of_cash(payment_amount_mean=50_000))["A0"]
    assert row["quadrant"] == "cannot_wants"
    assert float(row["expected_uplift"]) == pytest.approx(0.15 * 200_000)


def test_a_due_date_is_suggested_to_who_pays_on_a_day_of_its_own(policy):
    steady = {
        **UPCOMING, "propensity": 0.5, "liquidity_day": 15.0, "liquidity_day_spread": 1.0,
        "payment_count_365d": 6,
    }  # fmt: skip
    row = decide(without_control(policy), [steady])["A0"]
    assert row["offer"] == "Fecha de pago sugerida: 16/02/2026"


def test_a_treatment_of_which_no_template_speaks_is_named(policy):
    assert treatments_without_words(policy) == []
    call = policy.treatments["soft_call"]
    own = {
        "vip_call": call,
        "vip_text": call.model_copy(update={"channel": "sms", "says": "friendly_reminder"}),
        "vip_note": call.model_copy(update={"channel": "none"}),
    }
    changed = policy.model_copy(update={"treatments": {**policy.treatments, **own}})
    assert treatments_without_words(changed) == ["vip_call"]
