"""Nobody on a list is contacted against the law, a suppression or an opt-out: checked on the output,
from the company's own tables, by code that shares nothing with the decisions but the rule packs."""

import csv
import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from contact_oracle import earliest, first_refusal

from propension.config import load_policy
from propension.outputs import labels_of_values
from propension.treatments import rulebook_of

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
AS_OF = dt.date(2026, 6, 30)
ZONE = "America/Bogota"
# A slow judge: every so many contacts.
EVERY = 7


@pytest.fixture(scope="module")
def listed(scored):
    return pq.read_table(scored / "outputs" / f"as_of={AS_OF}" / "scored.parquet").to_pylist()


@pytest.fixture(scope="module")
def rows_of(scored):
    def read(table):
        return pq.read_table(scored / "data" / f"{table}.parquet").to_pylist()

    return read


def known(row, event):
    recorded = row.get("recorded_at")
    days = [value for value in (row[event], recorded) if value is not None]
    return max(day.date() if isinstance(day, dt.datetime) else day for day in days) <= AS_OF


def test_every_planned_contact_is_lawful_when_it_is_planned(scored, listed, rows_of):
    rules = rulebook_of(load_policy(scored / "policy.yaml")).rules("CO")
    since = dt.datetime.combine(AS_OF, dt.time(), dt.UTC) - dt.timedelta(days=60)
    history = {}
    for row in rows_of("contacts"):
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=dt.UTC)
        if known(row, "at") and at > since:
            event = {**row, "at": at, "debt_id": None}
            history.setdefault(row["customer_id"], []).append(event)
    planned = [row for row in listed if row["channel"] != "none"]
    assert len(planned) > 100
    late = 0
    for row in planned[::EVERY]:
        at = row["scheduled_at"].replace(tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)
        asked = {
            "customer_id": row["customer_id"], "debt_id": None, "channel": row["channel"],
            "country": "CO", "region": None, "recipient": "debtor",
        }  # fmt: skip
        contacts = history.get(row["customer_id"], [])
        assert first_refusal(asked, at, contacts, rules, [ZONE]) is None
        first = dt.datetime.combine(AS_OF + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE))
        asked["at"] = first.astimezone(dt.UTC)
        lawful = earliest(asked, contacts, rules, [ZONE])
        assert lawful <= at
        late += lawful.date() > AS_OF + dt.timedelta(days=1)
    # Some were contacted too often lately: the history plays its part.
    assert late


def test_nobody_is_pressed_against_a_suppression_or_an_opt_out(listed, rows_of):
    by_id = {row["customer_id"]: row for row in listed}
    flagged = {}
    for row in rows_of("flags"):
        if known(row, "from_on") and not (row.get("until_on") and row["until_on"] <= AS_OF):
            flagged.setdefault(row["customer_id"], set()).add(row["flag"])
    silent = {"deceased", "insolvent", "litigation", "do_not_contact"}
    suppressed = [
        by_id[name] for name, flags in flagged.items() if name in by_id and flags & silent
    ]
    assert suppressed
    assert {row["treatment"] for row in suppressed} == {"do_nothing"}
    debts = {row["debt_id"]: row["customer_id"] for row in rows_of("debts")}
    disputing = {
        debts[row["debt_id"]]
        for row in rows_of("disputes")
        if known(row, "opened_on") and not (row["closed_on"] and row["closed_on"] <= AS_OF)
    }
    in_dispute = [by_id[name] for name in disputing if name in by_id]
    assert in_dispute
    assert {row["treatment"] for row in in_dispute} <= {"resolve_dispute", "do_nothing"}
    opted_out = {
        (row["customer_id"], channel)
        for row in rows_of("customers")
        for channel in (row["opt_out_channels"] or "").replace(",", " ").split()
    }
    assert opted_out
    assert not {(row["customer_id"], row["channel"]) for row in listed} & opted_out


def test_the_control_group_gets_services_alone(listed):
    control = [row for row in listed if row["arm"] == "control"]
    assert control
    assert {row["treatment"] for row in control} <= {"do_nothing", "resolve_dispute"}


def test_what_was_refused_stands_with_its_rule(listed):
    refused = [refusal for row in listed for refusal in row["refusals"]]
    assert refused
    assert all(refusal["rule"] for refusal in refused)
    left_alone = [row for row in listed if row["treatment"] == "do_nothing"]
    # Who drew nothing drew it.
    unexplained = [row for row in left_alone if not row["refusals"] and row["arm"] != "explore"]
    # Segments whose first wish is to do nothing.
    assert {row["segment"] for row in unexplained} <= {"pays_alone", "promised", "quiet_upcoming"}


def test_the_agenda_holds_what_the_list_plans(scored, listed):
    folder = scored / "outputs" / f"as_of={AS_OF}"
    with (folder / "agenda.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    planned = {row["account_id"]: row for row in listed if row["treatment"] != "do_nothing"}
    assert {row["Cuenta"] for row in rows} == set(planned)
    teams = labels_of_values(load_policy(scored / "policy.yaml"), "es")["team"]
    for row in rows:
        ours = planned[row["Cuenta"]]
        assert dt.datetime.fromisoformat(row["Empieza"]) == ours["scheduled_at"]
        assert (row["Equipo"], row["Agente"]) == (teams[ours["team"]], str(ours["agent"] or ""))
    agents = {(row["team"], row["agent"]) for row in planned.values() if row["manual"]}
    assert agents
    calendars = {path.name for path in (folder / "agenda").glob("*.ics")}
    assert calendars == {f"{team}-{agent}.ics" for team, agent in agents}
