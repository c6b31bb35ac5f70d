"""What it costs to judge a day's proposed contacts against a portfolio's history.

    .venv/bin/python benchmarks/contact.py
    .venv/bin/python benchmarks/contact.py --proposals 100000 --history 500000 --unknown-zones 1
    .venv/bin/python benchmarks/contact.py --proposals 20000 --history 100000 --by-hand

CPU time of one thread and peak memory of the process, the tables included. Prints Markdown for
docs/benchmarks.md. ``--by-hand`` adds what a team writes for itself: the same rules asked contact by contact with datetime,
zoneinfo and holidays (``tests/contact_oracle.py``), whether it is refused and by which, not from when it would be allowed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", ARROW_NUM_THREADS="1")

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import CHANNELS
from propension.schema.tables import OUTCOMES
from propension.treatments.contact import Rulebook, check_contacts, load_rulebook
from propension.treatments.contact.local_time import DAY, country_zones

COUNTRIES = ("CO", "MX", "PE", "CL", "AR", "BR", "EC", "US", "ES")
REGIONS = {"BR": ("SP", "RJ", "AM", "MG"), "US": ("CA", "NY"), "ES": ("MD", "CT"), "CL": ("RM",)}
# 2026-03-02: the clocks of the United States change within the days looked at.
NOW = 20_514 * DAY


def names(prefix: str, codes: np.ndarray) -> pa.Array:
    distinct = pa.array([f"{prefix}{code:08d}" for code in range(int(codes.max()) + 1)])
    return distinct.take(pa.array(codes))


def chosen(rng: np.random.Generator, values: tuple[str, ...], count: int) -> pa.Array:
    return pa.array(values).take(pa.array(rng.integers(0, len(values), count)))


def make_tables(
    count: int, past: int, days: int, unknown_zones: float, seed: int = 1
) -> tuple[pa.Table, pa.Table]:
    """Proposals of one week, one per customer, and the days of contacts before it, with the same customers."""
    rng = np.random.default_rng(seed)
    places = [
        (country, region, zone)
        for country in COUNTRIES
        for region in (None, *REGIONS.get(country, ()))
        for zone in country_zones(country)
    ]
    place = rng.integers(0, len(places), count)
    country, region, zone = (
        pa.array([found[part] for found in places]).take(pa.array(place)) for part in range(3)
    )
    kept = pa.array(rng.random(count) >= unknown_zones)
    customer = np.arange(count)
    proposals = pa.table(
        {
            "customer_id": names("C", customer),
            "debt_id": names("D", customer * 2 + rng.integers(0, 2, count)),
            "channel": chosen(rng, CHANNELS[:5], count),
            "at": pa.array(NOW + rng.integers(0, 7 * DAY, count), pa.timestamp("us", "UTC")),
            "country": country,
            "region": region,
            "timezone": pc.if_else(kept, zone, None),
        }
    )
    whom = rng.integers(0, count, past)
    history = pa.table(
        {
            "customer_id": names("C", whom),
            "debt_id": names("D", whom * 2 + rng.integers(0, 2, past)),
            "channel": chosen(rng, CHANNELS, past),
            "at": pa.array(NOW - rng.integers(0, days * DAY, past), pa.timestamp("us", "UTC")),
            "direction": chosen(rng, ("out", "out", "out", "out", "in"), past),
            "outcome": chosen(rng, OUTCOMES, past),
        }
    )
    return proposals, history


def judge_by_hand(proposals: pa.Table, history: pa.Table, rules: Rulebook) -> list[str | None]:
    """The rule that refuses each proposal, asked one by one."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from contact_oracle import first_refusal

    past = defaultdict(list)
    for event in history.to_pylist():
        past[event["customer_id"]].append(event)
    found = []
    for asked in proposals.to_pylist():
        country = asked["country"]
        zones = [asked["timezone"]] if asked["timezone"] else list(country_zones(country))
        case = asked | {"region": asked["region"] or "", "recipient": "debtor"}
        about = rules.rules(country, case["region"])
        refusal = first_refusal(case, asked["at"], past[asked["customer_id"]], about, zones)
        found.append(refusal and refusal.id)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=5_000_000)
    parser.add_argument("--days", type=int, default=90, help="that the history goes back")
    parser.add_argument("--unknown-zones", type=float, default=0.05, help="share without one")
    parser.add_argument("--reading", choices=("strict", "lenient"), default="strict")
    parser.add_argument("--scope", choices=("own", "third_party"), default="third_party")
    parser.add_argument("--by-hand", action="store_true", help="judge them one by one too")
    asked = parser.parse_args()
    pa.set_cpu_count(1)
    proposals, history = make_tables(
        asked.proposals, asked.history, asked.days, asked.unknown_zones
    )
    rules = load_rulebook(reading=asked.reading, scope=asked.scope)
    tables = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    cpu, wall = time.process_time(), time.perf_counter()
    verdicts = check_contacts(proposals, history, rules)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    allowed = np.mean(verdicts["allowed"].to_numpy())
    print(
        "| proposals | history | days | zones unknown | allowed | CPU s | wall s | peak GB (tables) |"
    )
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {asked.proposals:,} | {asked.history:,} | {asked.days} | {asked.unknown_zones:.0%} | {allowed:.0%} "
        f"| {cpu:.1f} | {wall:.1f} | {peak:.2f} ({tables:.2f}) |"
    )
    if asked.by_hand:
        started = time.process_time()
        by_hand = judge_by_hand(proposals, history, rules)
        spent = time.process_time() - started
        alike = by_hand == verdicts["rule"].to_pylist()
        print(f"One by one: {spent:.1f} CPU s, {spent / cpu:.0f} times; the same answers: {alike}.")


if __name__ == "__main__":
    main()
