"""Every rule of the packs at its boundaries, what cannot be judged, and caps of the company's own."""

import datetime as dt
from dataclasses import replace
from functools import cache

import pyarrow as pa
import pytest
from contact_boundaries import BOUNDARIES
from contact_tables import HOME, contact, contacts, instant, proposal, proposals

from propension.errors import DataError, PolicyError
from propension.treatments.contact import CapRule, check_contacts, load_rulebook

NOON = "2026-06-02 12:00"


@cache
def shipped(**choices):
    return load_rulebook(**choices)


def judge(asked, past=(), extra=(), **choices):
    """The verdict on one proposal."""
    rules = replace(shipped(**choices), extra=tuple(extra))
    return check_contacts(proposals(asked), contacts(*past), rules).to_pylist()[0]


@pytest.mark.parametrize("case", BOUNDARIES, ids=lambda case: case.name)
def test_boundary(case):
    verdict = judge(case.asked, case.past, **case.choices)
    assert verdict["rule"] == (case.rule if case.refused else None)
    assert verdict["allowed"] is not case.refused
    assert (verdict["citation"] is None) is not case.refused
    if not case.refused:
        assert verdict["earliest"] == case.asked["at"]
    elif case.earliest == "never":
        assert verdict["earliest"] is None
    elif case.earliest:
        assert verdict["earliest"] == instant(case.earliest, HOME[case.asked["country"]])


def test_every_rule_has_a_boundary_on_both_sides():
    packs = shipped().packs.values()
    rules = {
        (rule.id, found)
        for pack in packs
        for part in (pack, *pack.regions.values())
        for rule in part.rules
        for found in (True, False)
    }
    # No visit is ever allowed in Colombia.
    assert rules - {(case.rule, case.refused) for case in BOUNDARIES} == {("co-no-visits", False)}


def test_a_rule_refuses_to_the_microsecond():
    last = instant("2026-01-13 19:00", HOME["CO"]) + dt.timedelta(microseconds=59_999_999)
    asked = proposal("CO", NOON)
    assert judge({**asked, "at": last})["allowed"]
    assert not judge({**asked, "at": last + dt.timedelta(microseconds=1)})["allowed"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"country": "XX"}, "no-pack"),
        ({"country": None}, "no-pack"),
        ({"country": "co"}, "no-pack"),
        ({"timezone": "America/Bogotá"}, "unknown-time-zone"),
        ({"timezone": "America"}, "unknown-time-zone"),
        ({"timezone": "../America/Bogota"}, "unknown-time-zone"),
        ({"at": None}, "no-instant"),
        ({"at": dt.datetime(1999, 12, 31, tzinfo=dt.UTC)}, "no-instant"),
        ({"at": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}, "no-instant"),
        ({"channel": "fax"}, "unknown-channel"),
        ({"channel": None}, "unknown-channel"),
        ({"recipient": "neighbour"}, "unknown-recipient"),
        ({"recipient": None}, "unknown-recipient"),
        ({"customer_id": None}, "no-customer"),
    ],
)
def test_what_cannot_be_judged_is_refused_and_says_why(changes, rule):
    verdict = judge({**proposal("CO", NOON), **changes})
    assert (verdict["allowed"], verdict["rule"], verdict["earliest"]) == (False, rule, None)
    assert verdict["citation"]


def test_proposals_keep_their_order_and_do_not_see_each_other():
    night, day = proposal("CO", "2026-06-02 23:00"), proposal("EC", NOON)
    verdicts = check_contacts(proposals(day, night, day), contacts(), shipped())
    assert verdicts["rule"].to_pylist() == [None, "co-hours", None]


def test_no_proposals_give_no_verdicts():
    verdicts = check_contacts(proposals(), contacts(), shipped())
    assert verdicts.num_rows == 0
    assert verdicts.schema.field("earliest").type == pa.timestamp("us", "UTC")


def test_everyone_is_the_debtor_where_no_recipient_is_given():
    asked = proposals(proposal("CO", NOON)).drop_columns(["recipient", "region", "debt_id"])
    assert check_contacts(asked, contacts(), shipped())["allowed"].to_pylist() == [True]


@pytest.mark.parametrize("column", ["channel", "outcome", "direction", "debt_id"])
def test_what_is_not_known_of_a_contact_counts_for_the_most(column):
    past = {**contact("US", "2026-06-01 10:00", outcome="right_party"), column: None}
    assert judge(proposal("US", NOON), [past])["rule"] == "us-after-conversation"


def test_the_debtors_own_contact_fills_no_cap():
    past = contact("EC", "2026-06-02 09:00", outcome="right_party", direction="in")
    assert judge(proposal("EC", NOON), [past])["allowed"]


def test_a_planned_contact_counts_before_and_after_it():
    planned = contact("CL", "2026-06-05 10:00", "sms")
    assert (
        judge(proposal("CL", "2026-06-04 10:00", "sms"), [planned])["rule"] == "cl-messages-apart"
    )
    assert judge(proposal("CL", "2026-06-03 10:00", "sms"), [planned])["allowed"]


def company_cap(**changes):
    given = {
        "id": "own-one-a-fortnight", "kind": "cap", "citation": "Policy 7", "confidence": "high",
        "valid_from": dt.date(2020, 1, 1), "at_most": 1, "of": "attempts", "window": 14,
    }  # fmt: skip
    return CapRule.model_validate({**given, **changes})


def test_a_cap_of_the_company_tightens_the_law():
    past = [contact("ES", "2026-06-01 10:00")]
    asked = proposal("ES", NOON)
    assert judge(asked, past)["allowed"]
    verdict = judge(asked, past, extra=[company_cap()])
    assert (verdict["rule"], verdict["citation"]) == ("own-one-a-fortnight", "Policy 7")
    assert verdict["earliest"] == instant("2026-06-15 09:00", HOME["ES"])


def test_the_law_is_named_before_a_cap_of_the_company():
    past = [contact("EC", "2026-06-02 09:00")]
    assert judge(proposal("EC", NOON), past, extra=[company_cap()])["rule"] == "ec-one-a-day"


def test_a_channel_fills_its_own_cap_only():
    past = [contact("ES", "2026-06-01 10:00", "sms")]
    per_channel = [company_cap(per="channel")]
    assert judge(proposal("ES", NOON, "call"), past, extra=per_channel)["allowed"]
    assert not judge(proposal("ES", NOON, "sms"), past, extra=per_channel)["allowed"]


def test_nothing_within_the_look_ahead_gives_no_earliest():
    past = [contact("ES", "2026-06-01 10:00")]
    cap = [company_cap(window=61)]
    assert judge(proposal("ES", "2026-06-01 12:00"), past, extra=cap)["earliest"] is None
    assert judge(proposal("ES", "2026-06-05 12:00"), past, extra=cap)["earliest"] is not None


def test_a_cap_may_not_bear_the_id_of_a_rule():
    with pytest.raises(PolicyError, match="rules are named twice: co-hours"):
        load_rulebook(extra=[company_cap(id="co-hours")])


@pytest.mark.parametrize("choice", [{"reading": "strct"}, {"scope": "both"}])
def test_an_unknown_choice_is_refused_rather_than_leaving_out_rules(choice):
    with pytest.raises(PolicyError, match="is unknown"):
        load_rulebook(**choice)


def test_a_contact_that_cannot_be_counted_is_refused():
    nobody = contacts({**contact("CO", NOON), "customer_id": None})
    with pytest.raises(DataError, match="1 contacts have no customer_id"):
        check_contacts(proposals(proposal("CO", NOON)), nobody, shipped())


def test_a_missing_column_is_named():
    asked = proposals(proposal("CO", NOON)).drop_columns(["country"])
    with pytest.raises(DataError, match="proposals: no column country"):
        check_contacts(asked, contacts(), shipped())


def test_tables_may_come_from_pandas_or_without_a_time_zone():
    asked = proposals(proposal("CO", "2026-06-02 23:00"))
    naive = asked.set_column(
        asked.column_names.index("at"), "at", asked["at"].cast(pa.timestamp("ns"))
    )
    verdict = check_contacts(pa.Table.from_pandas(naive.to_pandas()), contacts(), shipped())
    assert verdict["rule"].to_pylist() == ["co-hours"]
