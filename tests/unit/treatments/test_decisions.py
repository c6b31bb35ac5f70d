import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from propension.config import Policy, load_policy
from propension.errors import PolicyError
from propension.outputs import check_policy
from propension.outputs.assemble import decision_sql
from propension.segments import example_row

TEMPLATE = "src/propension/config/template/policy.yaml"


@pytest.fixture(scope="module")
def policy(pytestconfig):
    return load_policy(pytestconfig.rootpath / TEMPLATE)


@pytest.fixture(scope="module")
def content(pytestconfig):
    return yaml.safe_load((pytestconfig.rootpath / TEMPLATE).read_text(encoding="utf-8"))


def decide(policy, accounts):
    """Decide about accounts given as changes to an ordinary one; by account id."""
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE accounts AS {example_row()}")
        engine.execute("DELETE FROM accounts")
        for index, changes in enumerate(accounts):
            values = {"account_id": f"A{index}", **changes}
            engine.execute(f"INSERT INTO accounts {example_row()}")
            sets = ", ".join(f"{name} = ?" for name in values)
            engine.execute(
                f"UPDATE accounts SET {sets} WHERE account_id = 'A'",
                list(values.values()),
            )
        found = engine.execute(decision_sql(policy, "accounts"))
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["account_id"]: row for row in rows}


def without_control(policy):
    """The same policy with nobody left alone."""
    experiment = policy.experiment.model_copy(update={"control_share": 0.0})
    return policy.model_copy(update={"experiment": experiment})


ORDINARY = {
    "stage": "overdue",
    "has_phone": True,
    "has_email": True,
    "tenure_days": 900,
    "late_debts_90d": 0,
    "propensity": 0.5,
    "days_past_due": 20,
}


@pytest.mark.parametrize(
    ("changes", "segment", "treatment"),
    [
        ({"disputed": True}, "dispute", "resolve_dispute"),
        ({"promise_open": True}, "promised", "do_nothing"),
        ({"propensity": 0.9, "days_past_due": 5}, "pays_alone", "do_nothing"),
        ({"propensity": 0.9, "days_past_due": 40}, "reminder", "friendly_reminder"),
        ({"tenure_days": 10}, "newcomer", "educate"),
        ({"attempts_90d": 5, "contactability": 0.0}, "unreachable", "letter"),
        ({"propensity": 0.4}, "talk", "soft_call"),
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
    (refusal,) = row["refusals"]
    assert refusal["treatment"] == "soft_call"
    assert refusal["rule"] in (flag, "care")


def test_the_gravest_suppression_goes_first(policy):
    row = decide(policy, [{**ORDINARY, "deceased": True, "disputed": True}])["A0"]
    assert row["treatment"] == "do_nothing"
    assert row["refusals"][0]["rule"] == "deceased"


def test_an_allowed_treatment_is_not_refused(policy):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.7, "hardship": True}])["A0"]
    assert (row["treatment"], row["refusals"]) == ("friendly_reminder", [])


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


def test_the_control_group_is_left_alone_with_its_known_probability(policy):
    rows = decide(policy, [dict(ORDINARY) for _ in range(400)])
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


@settings(deadline=None, max_examples=15)
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
    check_policy(policy)


@pytest.mark.parametrize(
    ("place", "rule", "message"),
    [
        ("segments", "propensty > 1", "segments.dispute.when: propensty is not known"),
        ("segments", "value_tier > 3", "cannot be evaluated"),
        ("suppressions", "nobody", "suppressions.deceased.when: nobody is not known"),
    ],
)
def test_a_faulty_rule_is_found_before_anything_runs(content, place, rule, message):
    entries = [dict(entry) for entry in content[place]]
    entries[0]["when"] = rule
    policy = Policy.model_validate({**content, place: entries})
    with pytest.raises(PolicyError, match=message):
        check_policy(policy)


def test_nobody_is_contacted_through_a_channel_they_opted_out_of(policy):
    account = {**ORDINARY, "propensity": 0.7, "opt_outs": ["sms"]}
    row = decide(without_control(policy), [account])["A0"]
    assert (row["treatment"], row["channel"]) == ("do_nothing", "none")
    (refusal,) = row["refusals"]
    assert (refusal["treatment"], refusal["rule"]) == ("friendly_reminder", "channel_opt_out")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"propensity": 0.4, "has_phone": False}, "no_phone"),
        ({"tenure_days": 10, "has_email": False}, "no_email"),
    ],
)
def test_a_channel_without_an_address_is_refused(policy, changes, rule):
    row = decide(without_control(policy), [{**ORDINARY, **changes}])["A0"]
    assert row["treatment"] == "do_nothing"
    assert row["refusals"][0]["rule"] == rule


def test_a_portfolio_that_gives_no_phones_is_not_taken_to_have_none(policy):
    row = decide(without_control(policy), [{**ORDINARY, "propensity": 0.4, "has_phone": None}])[
        "A0"
    ]
    assert row["treatment"] == "soft_call"


def test_a_control_account_in_care_is_left_alone_too(policy):
    everyone = policy.experiment.model_copy(update={"control_share": 0.5})
    policy = policy.model_copy(update={"experiment": everyone})
    rows = decide(policy, [{**ORDINARY, "propensity": 0.4, "hardship": True} for _ in range(30)])
    for row in rows.values():
        expected = "do_nothing" if row["arm"] == "control" else "friendly_reminder"
        assert row["treatment"] == expected
        assert row["assignment_probability"] == 1
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
        check_policy(policy)


def test_texts_with_quotes_stay_texts(content):
    entries = [dict(entry) for entry in content["suppressions"]]
    entries[0]["citation"] = "Art. 1 'literal'; DROP TABLE x"
    policy = Policy.model_validate({**content, "suppressions": entries})
    row = decide(policy, [{**ORDINARY, "propensity": 0.4, "deceased": True}])["A0"]
    assert row["refusals"][0]["citation"] == "Art. 1 'literal'; DROP TABLE x"
