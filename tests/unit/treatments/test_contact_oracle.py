"""The engine against a slow judge that shares only the packs, and its properties."""

import datetime as dt
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pytest
from contact_oracle import earliest, first_refusal
from contact_tables import contacts, proposals

from propension.treatments import contact
from propension.treatments.contact import CapRule, check, check_contacts, load_rulebook

CHANNELS = ["call", "sms", "whatsapp", "email", "letter", "visit"]
OUTCOMES = [
    "no_answer", "invalid", "third_party", "delivered", "read", "right_party", "refused", "promise",
]  # fmt: skip
# Clocks change, holidays move, years turn, laws begin.
AROUND = [
    dt.datetime(*day, tzinfo=dt.UTC)
    for day in [
        (2026, 1, 12), (2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 7, 9), (2026, 9, 6),
        (2026, 11, 1), (2026, 12, 28), (2021, 4, 19), (2021, 11, 29), (2022, 1, 1), (2023, 10, 9),
    ]
]  # fmt: skip
EXTRA = (
    CapRule(
        id="own-three-a-week", kind="cap", citation="own", valid_from=dt.date(2026, 3, 9),
        confidence="high", at_most=3, of="attempts", per="channel", window=5,
    ),
)  # fmt: skip


def zones_of(country):
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[2] for line in lines if line.startswith(country)]


def pick(rng, values):
    return values[rng.integers(len(values))]


def near(rng, day, days):
    """Any microsecond, or often a whole quarter of an hour, within some days of a day."""
    at = day + dt.timedelta(microseconds=int(rng.integers(-days * 86_400e6, days * 86_400e6)))
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return quarter if rng.random() < 0.5 else at


def random_case(rng, country, customer):
    day = pick(rng, AROUND)
    regions = {"BR": ["SP", "BR-SP", "AM", "nowhere"], "ES": ["MD"], "US": ["NY"]}.get(country, [])
    asked = {
        "customer_id": customer,
        "debt_id": pick(rng, [f"{customer}-1", f"{customer}-2", None]),
        "channel": pick(rng, CHANNELS[:-1] * 3 + CHANNELS[-1:]),
        "at": near(rng, day, 3),
        "country": country,
        "region": pick(rng, [None, *regions]),
        "timezone": pick(rng, [*zones_of(country), None, "Asia/Kolkata"]),
        "recipient": pick(rng, ["debtor"] * 8 + ["guarantor", "third_party"]),
    }
    past = [
        {
            "customer_id": customer,
            "debt_id": pick(rng, [f"{customer}-1", f"{customer}-2", "other", None]),
            "channel": pick(rng, CHANNELS[:3] + [asked["channel"]] * 3 + ["fax"]),
            "at": near(rng, day, 9),
            "direction": pick(rng, ["out"] * 5 + ["in", None]),
            "outcome": pick(rng, [*OUTCOMES, "no_answer", "no_answer", "lost", None]),
        }
        for _ in range(pick(rng, [0, 1, 2, 3, 6, 12]))
    ]
    return asked, past


def random_tables(country, count, seed):
    rng = np.random.default_rng([seed, *country.encode()])
    cases = [random_case(rng, country, f"C{number}") for number in range(count)]
    history = [event for _, past in cases for event in past]
    rng.shuffle(history)
    return cases, proposals(*(asked for asked, _ in cases)), contacts(*history)


COUNTRIES = sorted(load_rulebook().packs)


@pytest.mark.parametrize("scope", ["own", "third_party"])
@pytest.mark.parametrize("reading", ["strict", "lenient"])
@pytest.mark.parametrize("country", COUNTRIES)
def test_engine_agrees_with_the_slow_judge(country, reading, scope):
    rulebook = load_rulebook(reading=reading, scope=scope, extra=EXTRA)
    cases, asked_table, history = random_tables(country, 60, seed=len(reading + scope))
    verdicts = check_contacts(asked_table, history, rulebook).to_pylist()
    refused = 0
    for (asked, past), verdict in zip(cases, verdicts, strict=True):
        region = (asked["region"] or "").removeprefix(f"{country}-")
        zones = [asked["timezone"]] if asked["timezone"] else zones_of(country)
        rules = rulebook.rules(country, region)
        case = {**asked, "region": region}
        refusal = first_refusal(case, case["at"], past, rules, zones)
        expected = (
            refusal is None,
            refusal and refusal.id,
            refusal and refusal.citation,
            earliest(case, past, rules, zones),
        )
        assert tuple(verdict.values()) == expected, (case, past)
        refused += refusal is not None
    assert 0 < refused < len(cases)


@pytest.mark.parametrize("country", COUNTRIES)
def test_earliest_is_allowed_when_checked(country):
    _, asked, history = random_tables(country, 2000, seed=1)
    rulebook = load_rulebook()
    first = check_contacts(asked, history, rulebook)
    movable = first["earliest"].is_valid()
    moved = asked.set_column(asked.column_names.index("at"), "at", first["earliest"])
    again = check_contacts(moved.filter(movable), history, rulebook)
    assert again["allowed"].to_pylist() == [True] * again.num_rows
    assert again["earliest"] == first["earliest"].filter(movable)
    assert again.num_rows > 1000


def test_order_of_history_and_size_of_batch_play_no_part(monkeypatch):
    cases = [random_tables(country, 50, seed=2)[1:] for country in COUNTRIES]
    asked = pa.concat_tables([found for found, _ in cases])
    history = pa.concat_tables([past for _, past in cases])
    rulebook = contact.load_rulebook(scope="third_party")
    expected = check_contacts(asked, history, rulebook)
    monkeypatch.setattr(check, "_BATCH", 7)
    backwards = history.take(list(range(history.num_rows))[::-1])
    assert check_contacts(asked, backwards, rulebook).equals(expected)
