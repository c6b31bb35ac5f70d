"""Random portfolios and policies decided about, and a checker of the result that shares nothing with the
decisions but the rule packs: plain Python over the rows that come out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import holidays
import numpy as np
import pyarrow as pa
from contact_oracle import first_refusal

from propension.config import Policy
from propension.config.settings import Portfolio
from propension.segments import example_row
from propension.treatments import HISTORY_SCHEMA, WISHES_SCHEMA, Occasion, decide, rulebook_of

PLACES = [
    ("CO", "CO-ANT", "America/Bogota"), ("CO", None, None), ("MX", "MX-BCN", "America/Tijuana"), ("MX", None, None),
    ("PE", None, "America/Lima"), ("CL", None, "America/Santiago"), ("AR", None, None), ("BR", "BR-SP", "America/Sao_Paulo"),
    ("BR", None, None), ("EC", None, "America/Guayaquil"), ("US", "US-CA", "America/Los_Angeles"), ("US", None, None),
    ("ES", None, "Europe/Madrid"), (None, None, None), ("ZZ", None, None), ("CO", None, "Mars/One"),
]  # fmt: skip
QUADRANTS = ("can_wants", "cannot_wants", "can_wont", "cannot_wont", "uncertain")


class Run:
    """One random portfolio, policy and as-of date; ``rows`` are what is decided."""

    def __init__(self, seed: int, content: dict, accounts: int = 600) -> None:
        self.rng = np.random.default_rng(seed)
        self.policy = random_policy(self.rng, content)
        self.portfolio = Portfolio(name="Cartera", country="CO")
        self.as_of = dt.date(2026, 1, 1) + dt.timedelta(days=int(self.rng.integers(0, 330)))
        self.inputs = random_accounts(self.rng, accounts, self.as_of)
        self.history = random_history(self.rng, self.inputs, self.as_of)
        self.log = random_log(self.rng, self.policy) if seed % 2 else None
        self.wishes = random_wishes(self.rng, self.inputs, self.policy, self.as_of)
        self.rows = self._decided()

    def _decided(self) -> list[dict]:
        with duckdb.connect(config={"threads": 1}) as engine:
            example = engine.sql(example_row()).to_arrow_table()
            ordinary = example.to_pylist()[0]
            whole = [ordinary | row for row in self.inputs]
            engine.register("given", pa.Table.from_pylist(whole, example.schema))
            engine.execute("CREATE TABLE accounts AS SELECT * FROM given")
            history = pa.Table.from_pylist(self.history, HISTORY_SCHEMA)
            wishes = pa.Table.from_pylist(list(self.wishes.values()), WISHES_SCHEMA)
            occasion = Occasion(
                self.portfolio, self.as_of, history=history, log=self.log, wishes=wishes
            )
            self.decision = decide(engine, self.policy, "accounts", occasion)
            return (
                engine.sql("SELECT * FROM decided ORDER BY priority").to_arrow_table().to_pylist()
            )


def random_policy(rng: np.random.Generator, content: dict) -> Policy:
    """The shipped policy with other capacities, budgets, limits, arms, strategies, hours and costs."""
    changed = dict(content)
    treatments = {name: dict(entry) for name, entry in content["treatments"].items()}
    for name, entry in treatments.items():
        entry["cost"] = float(rng.choice([0, 30, 2500, 40_000])) if name != "do_nothing" else 0
        if entry["manual"]:
            entry["minutes"] = float(rng.choice([3, 6, 12, 45, 90]))
    changed["treatments"] = treatments
    calls = content["capacities"]["agents"]["treatments"]
    changed["capacities"] = {
        "agents": {"minutes": float(rng.integers(0, 1500)), "agents": int(rng.integers(1, 5)), "treatments": calls},
        "visits": {"accounts": int(rng.integers(0, 4)), "agents": 2, "treatments": ["field_visit"]},
        "lawsuits": {"accounts": int(rng.integers(0, 3)), "treatments": ["legal"]},
    }  # fmt: skip
    changed["budgets"] = {
        "messages": {"amount": float(rng.integers(0, 30_000)), "treatments": content["budgets"]["messages"]["treatments"]},
        "letters": {"amount": float(rng.integers(0, 400_000)), "treatments": ["letter"]},
        "discounts": {"of": "discount", "amount": float(rng.integers(0, 3_000_000)), "treatments": ["settlement"]},
    }  # fmt: skip
    within = rng.choice(["region", "dpd_bucket", "value_tier", "stage", "segment"])
    changed["pressure"] = {
        "firmness": {"treatments": ["firm_call", "letter", "legal"], "at_most": float(rng.choice([0.0, 0.1, 0.4])), "within": str(within)}
    }  # fmt: skip
    challengers = {}
    if rng.random() < 0.5:
        other = {"talk": ["friendly_reminder", "letter"], "forgot": ["soft_call"]}
        challengers = {
            "other": {
                "share": 0.3,
                "choose": str(rng.choice(["value", "order"])),
                "treatments": other,
            }
        }
    changed["experiment"] = {
        "salt": f"s{rng.integers(1000)}", "control_share": float(rng.choice([0, 0.05, 0.2])),
        "explore_share": float(rng.choice([0, 0.05, 0.3])), "redraw": str(rng.choice(["run", "month"])), "challengers": challengers,
    }  # fmt: skip
    changed["strategy"] = {"choose": str(rng.choice(["value", "order"]))}
    changed["contact"] = dict(content["contact"]) | {
        "within_days": int(rng.integers(1, 10)), "reading": str(rng.choice(["strict", "lenient"])),
        "scope": str(rng.choice(["own", "third_party"])),
    }  # fmt: skip
    changed["agenda"] = {
        "weekdays": sorted({int(day) for day in rng.integers(1, 8, 5)}),
        "shifts": [{"start": "08:00", "end": "11:00"}, {"start": "14:00", "end": "19:00"}],
        "sends_per_hour": int(rng.choice([3, 50, 5000])),
    }
    return Policy.model_validate(changed)


def random_accounts(rng: np.random.Generator, count: int, as_of: dt.date) -> list[dict]:
    rows = []
    for n in range(count):
        upcoming = rng.random() < 0.3
        place = PLACES[
            int(rng.choice(len(PLACES), p=[0.3] + [0.7 / (len(PLACES) - 1)] * (len(PLACES) - 1)))
        ]
        owed = Decimal(int(rng.gamma(1.5, 200_000)) + 1000)
        days = 0 if upcoming else int(rng.integers(1, 330))
        row = {
            "as_of": as_of, "account_id": f"A{n:05d}",
            # One in ten shares its customer with the one before.
            "customer_id": f"C{n - (n % 10 == 9):05d}",
            "stage": "upcoming" if upcoming else "overdue", "days_past_due": days,
            "dpd_bucket": "current" if upcoming else "1-30" if days <= 30 else "121+" if days > 120 else "31-60",
            "days_to_due": int(rng.integers(0, 15)) if upcoming else None,
            "overdue_amount": Decimal(0) if upcoming else owed, "due_amount": owed if upcoming else Decimal(0),
            "open_amount": owed, "expected_recovery": owed // 3, "propensity": float(rng.random()),
            "ability": None if upcoming else float(rng.normal()), "willingness": None if upcoming else float(rng.normal()),
            "country": place[0], "region": place[1], "timezone": place[2],
            "opt_outs": [c for c in ("call", "sms", "email") if rng.random() < 0.05],
            "has_phone": bool(rng.random() < 0.9), "has_email": bool(rng.random() < 0.8),
            "tenure_days": int(rng.integers(0, 2000)), "solvency": str(rng.choice(["known", "unknown"])),
            "contactability": float(rng.random() * 0.5), "attempts_90d": int(rng.integers(0, 9)),
            "late_share": float(rng.random()), "settled_debt_count": int(rng.integers(0, 9)),
            "payment_amount_mean": float(rng.gamma(2, 50_000)), "best_contact_hour": int(rng.integers(6, 22)) if rng.random() < 0.5 else None,
        }  # fmt: skip
        for flag in (
            "deceased",
            "insolvent",
            "litigation",
            "do_not_contact",
            "hardship",
            "vulnerable",
            "disputed",
            "promise_open",
        ):
            row[flag] = bool(rng.random() < 0.04)
        rows.append(row)
    return rows


def random_history(rng: np.random.Generator, accounts: list[dict], as_of: dt.date) -> list[dict]:
    end = dt.datetime.combine(as_of, dt.time(23, 0))
    return [
        {
            "customer_id": accounts[int(rng.integers(len(accounts)))]["customer_id"],
            "channel": str(rng.choice(["call", "sms", "email", "whatsapp", "letter"])),
            "at": end - dt.timedelta(minutes=int(rng.integers(0, 12 * 24 * 60))),
            "direction": str(rng.choice(["out", "out", "out", "in"])),
            "outcome": str(rng.choice(["no_answer", "delivered", "right_party", "promise", "third_party"])),
        }
        for _ in range(2 * len(accounts))
    ]  # fmt: skip


def random_wishes(
    rng: np.random.Generator, accounts: list[dict], policy: Policy, as_of: dt.date
) -> dict[str, dict]:
    """What people ask for of a third of the accounts, whatever it is."""
    names, wishes = list(policy.treatments), {}
    for row in accounts:
        if rng.random() < 0.3:
            until = as_of + dt.timedelta(days=int(rng.integers(2, 12)))
            asks, puts_off = rng.random() < 0.8, rng.random() < 0.4
            wishes[row["account_id"]] = {
                "account_id": row["account_id"],
                "treatment": str(rng.choice(names)) if asks else None,
                "refusal": "not_left_to_people" if asks and rng.random() < 0.1 else None,
                "not_before": until if puts_off or not asks else None,
            }
    return wishes


def random_log(rng: np.random.Generator, policy: Policy) -> pa.Table:
    """Past assignments with outcomes that know nothing: what is learnt is noise, and must obey all the same."""
    n, names = 4000, list(policy.treatments)
    stage = rng.choice(["overdue", "upcoming"], n)
    share = rng.random(n)
    return pa.table(
        {
            "account_id": [f"A{i:05d}" for i in rng.integers(0, 600, n)],
            "stage": stage.tolist(), "quadrant": rng.choice(QUADRANTS, n).tolist(),
            "treatment": rng.choice(names, n).tolist(), "assignment_probability": rng.uniform(0.05, 1, n),
            "propensity": rng.random(n), "ability": rng.normal(size=n), "willingness": rng.normal(size=n),
            "disputed": rng.random(n) < 0.1, "amount_at_stake": rng.gamma(1.5, 2e5, n),
            "days_past_due": rng.integers(0, 300, n), "has_phone": rng.random(n) < 0.9,
            "recovered_share_30": share, "recovered_share_90": share, "recovered_share_180": share,
        }
    )  # fmt: skip


def violations(run: Run) -> list[str]:
    """Everything that is wrong with what was decided, in words; empty where nothing is."""
    return [
        *_limits(run), *_eligibility(run), *_arms(run), *_contacts(run), *_agenda(run), *_refusals(run), *_wishes(run),
    ]  # fmt: skip


def _treated(run: Run) -> list[dict]:
    return [row for row in run.rows if row["treatment"] != "do_nothing"]


def _limits(run: Run) -> list[str]:
    found, policy = [], run.policy
    for name, capacity in policy.capacities.items():
        mine = [row for row in run.rows if row["treatment"] in capacity.treatments]
        if capacity.minutes is not None:
            used = sum(policy.treatments[row["treatment"]].minutes for row in mine)
            most = capacity.minutes
        else:
            used, most = len(mine), capacity.accounts
        if used > most + 1e-6:
            found.append(f"capacity {name}: {used} of {most}")
    for name, budget in policy.budgets.items():
        mine = [row for row in run.rows if row["treatment"] in budget.treatments]
        if budget.of == "cost":
            used = sum(policy.treatments[row["treatment"]].cost for row in mine)
        else:
            used = sum(float(row["offer_discount"] or 0) for row in mine)
        if used > budget.amount + 1e-6 * max(budget.amount, 1):
            found.append(f"budget {name}: {used} of {budget.amount}")
    for name, limit in policy.pressure.items():
        groups, pressed = Counter(), Counter()
        for row in run.rows:
            groups[row[limit.within]] += 1
            pressed[row[limit.within]] += row["treatment"] in limit.treatments
        found += [
            f"pressure {name} {group}: {count} of {groups[group]}"
            for group, count in pressed.items()
            if count > limit.at_most * groups[group] + 1e-6
        ]
    return found


def _eligibility(run: Run) -> list[str]:
    policy, found = run.policy, []
    segments = {segment.name: segment.treatments for segment in policy.segments}
    suppressions = {
        "deceased": "deceased", "insolvent": "insolvent", "litigation": "litigation", "do_not_contact": "do_not_contact",
        "disputed": "open_dispute", "promise_open": "promise_not_due", "hardship": "care", "vulnerable": "care",
    }  # fmt: skip
    only = {rule.name: rule.only for rule in policy.suppressions}
    inputs = {row["account_id"]: row for row in run.inputs}
    for row in _treated(run):
        given, name = inputs[row["account_id"]], row["treatment"]
        treatment = policy.treatments[name]
        considered = list(segments.get(row["segment"], ()))
        challenger = policy.experiment.challengers.get(row["strategy"] or "")
        if challenger and row["segment"] in challenger.treatments:
            considered = list(challenger.treatments[row["segment"]])
        rule = next((rule for flag, rule in suppressions.items() if given[flag]), None)
        allowed = only[rule] if rule else ()
        if _wish(run, row) == name:
            considered.append(name)
        faults = {
            "not considered": name not in considered and name not in allowed,
            f"suppressed by {rule}": rule is not None and name not in allowed,
            "of another stage": row["stage"] not in treatment.stages,
            "opted out": treatment.channel in given["opt_outs"],
            "no phone": treatment.channel in ("call", "sms", "whatsapp") and not given["has_phone"],
            "no e-mail": treatment.channel == "email" and not given["has_email"],
            "legal, solvency unknown": name == "legal" and given["solvency"] != "known",
            "legal, costs more": name == "legal" and not given["expected_recovery"] > treatment.cost,
            "visit, costs more": name == "field_visit" and not given["expected_recovery"] > 3 * treatment.cost,
        }  # fmt: skip
        found += [
            f"{row['account_id']} {name}: {fault}" for fault, wrong in faults.items() if wrong
        ]
    return found


def _arms(run: Run) -> list[str]:
    experiment, found = run.policy.experiment, []
    for row in run.rows:
        text = f"{experiment.salt}|{row['account_id']}"
        number = int(hashlib.md5(text.encode()).hexdigest()[:12], 16) / 16**12
        control, explore = experiment.control_share, experiment.explore_share
        arm = (
            "control"
            if number < control
            else "explore"
            if number < control + explore
            else "treatment"
        )
        treatment = run.policy.treatments[row["treatment"]]
        if row["arm"] != arm:
            found.append(f"{row['account_id']}: arm {row['arm']}, not {arm}")
        if arm == "control" and row["treatment"] != "do_nothing" and not treatment.service:
            found.append(f"{row['account_id']}: control gets {row['treatment']}")
        if arm == "explore" and not treatment.explored and row["treatment"] != _wish(run, row):
            found.append(f"{row['account_id']}: drew {row['treatment']}")
        if not 0 < row["assignment_probability"] <= 1:
            found.append(f"{row['account_id']}: probability {row['assignment_probability']}")
    return found


def _contacts(run: Run) -> list[str]:
    """The law, at the very minute, after all that was known; and one contact a customer."""
    rules, found = rulebook_of(run.policy), []
    past = defaultdict(list)
    for event in run.history:
        past[event["customer_id"]].append(
            event | {"at": event["at"].replace(tzinfo=dt.UTC), "debt_id": None}
        )
    contacted = Counter(row["customer_id"] for row in run.rows if row["channel"] != "none")
    found += [f"{name}: {count} contacts" for name, count in contacted.items() if count > 1]
    known = available_timezones()
    for row in run.rows:
        if row["channel"] == "none":
            continue
        country = row["country"] or "CO"
        if country not in rules.packs or (row["timezone"] and row["timezone"] not in known):
            found.append(f"{row['account_id']}: contacted where no law is known")
            continue
        asked = {
            "customer_id": row["customer_id"], "debt_id": None, "channel": row["channel"],
            "country": country, "region": (row["region"] or "").removeprefix(f"{country}-"), "recipient": "debtor",
        }  # fmt: skip
        zones = [row["timezone"]] if row["timezone"] else run_zones(country)
        start, end = (row[name].astimezone(dt.UTC) for name in ("starts_at", "ends_at"))
        law = rules.rules(country, asked["region"])
        last = max(start, end - dt.timedelta(minutes=1)) if row["manual"] else start
        for at in {start, last}:
            refusal = first_refusal(asked, at, past[row["customer_id"]], law, zones)
            if refusal:
                found.append(f"{row['account_id']}: {row['channel']} at {at} against {refusal.id}")
        if not run.as_of < start.astimezone(ZoneInfo("America/Bogota")).date() + dt.timedelta(
            days=1
        ):
            found.append(f"{row['account_id']}: planned before the list")
    return found


def run_zones(country: str) -> list[str]:
    import pytz

    return list(pytz.country_timezones[country])


def _agenda(run: Run) -> list[str]:
    """Everything has its time; people work in their hours, one task at once; no batch is too large."""
    timed = [row for row in _treated(run) if row["starts_at"] is not None]
    found = [
        f"{row['account_id']}: {row['treatment']} without a time"
        for row in _treated(run)
        if row["starts_at"] is None
    ]
    sends = Counter((row["channel"], row["starts_at"]) for row in timed if not row["manual"])
    most = run.policy.agenda.sends_per_hour
    found += [f"{c} at {at}: {n} sends" for (c, at), n in sends.items() if n > most]
    by_agent = defaultdict(list)
    for row in (row for row in timed if row["manual"]):
        found += _working_hours(run, row)
        by_agent[row["team"], row["agent"]].append(
            (row["starts_at"], row["ends_at"], row["account_id"])
        )
    for (team, agent), tasks in by_agent.items():
        capacity = run.policy.capacities.get(team)
        if agent is None or not 1 <= agent <= (capacity.agents if capacity else 1):
            found.append(f"{team}: agent {agent}")
        found += [
            f"{team} {agent}: {one} and {other} at once"
            for (_, before, one), (after, _, other) in pairwise(sorted(tasks))
            if after < before
        ]
    return found


def _working_hours(run: Run, row: dict) -> list[str]:
    agenda, closed = run.policy.agenda, holidays.country_holidays("CO")
    start, end = (
        row[name].astimezone(ZoneInfo("America/Bogota")) for name in ("starts_at", "ends_at")
    )
    last = run.as_of + dt.timedelta(days=run.policy.contact.within_days)
    in_shift = any(
        shift.start <= start.time() and end.time() <= shift.end for shift in agenda.shifts
    )
    minutes = run.policy.treatments[row["treatment"]].minutes
    faults = {
        f"{end - start} for {minutes} minutes": (end - start).total_seconds() < 60 * minutes,
        "outside of a shift": not in_shift or start.date() != end.date(),
        "on a day off": start.isoweekday() not in agenda.weekdays or start.date() in closed,
        "outside of the days planned": not run.as_of < start.date() <= last,
    }
    return [f"{row['account_id']}: {fault}, {start}" for fault, wrong in faults.items() if wrong]


def _refusals(run: Run) -> list[str]:
    """Who is left alone though something was considered is told why."""
    segments = {segment.name: segment.treatments for segment in run.policy.segments}
    found = []
    for row in run.rows:
        considered = [name for name in segments.get(row["segment"], ()) if name != "do_nothing"]
        drawn = row["arm"] == "explore" or row["feedback"] == "followed"
        if row["treatment"] == "do_nothing" and considered and not row["refusals"] and not drawn:
            found.append(f"{row['account_id']}: left alone without a reason")
        found += [f"{row['account_id']}: {r}" for r in row["refusals"] if not r["rule"]]
    return found


def _wish(run: Run, row: dict) -> str | None:
    """What people chose and the policy leaves to them."""
    wish = run.wishes.get(row["account_id"])
    return wish["treatment"] if wish and wish["refusal"] is None else None


def _wishes(run: Run) -> list[str]:
    """Nobody is contacted before the day people named; what they chose is done, or it is said why not."""
    found, not_before = [], {}
    customers = {row["account_id"]: row["customer_id"] for row in run.inputs}
    for wish in run.wishes.values():
        if wish["not_before"]:
            customer = customers[wish["account_id"]]
            not_before[customer] = max(wish["not_before"], not_before.get(customer, dt.date.min))
    for row in run.rows:
        first = not_before.get(row["customer_id"])
        if first and row["channel"] != "none" and row["scheduled_at"].date() < first:
            found.append(f"{row['account_id']}: contacted before {first}")
        asked = run.wishes.get(row["account_id"], {}).get("treatment")
        if asked is None:
            if row["feedback"] not in (None, "postponed"):
                found.append(f"{row['account_id']}: {row['feedback']}, and nothing was asked")
            continue
        is_done = row["treatment"] == _wish(run, row)
        if (row["feedback"] == "followed") is not is_done:
            found.append(f"{row['account_id']}: {row['feedback']}, {row['treatment']}")
        if not is_done and asked not in {refusal["treatment"] for refusal in row["refusals"]}:
            found.append(f"{row['account_id']}: {asked} is not done, and nobody is told why")
    return found
