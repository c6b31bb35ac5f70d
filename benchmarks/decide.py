"""What deciding about every account costs: segments, options, contact rules, offers, messages.

    .venv/bin/python benchmarks/decide.py --accounts 100000 1000000

CPU time and peak memory of a process of its own for every size; prints Markdown.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from propension.config import load_policy
from propension.config.settings import Portfolio
from propension.segments import example_row
from propension.treatments import HISTORY_SCHEMA, Occasion, decide

POLICY = Path(__file__).parents[1] / "conf" / "demo" / "policy.yaml"
AS_OF = dt.date(2026, 1, 31)
CONTACTS_A_CUSTOMER = 3
# Accounts as a simulated portfolio's are: a third upcoming, the others overdue for up to a year.
ACCOUNTS = """
SELECT * REPLACE (
    printf('A%08d', n) AS account_id, printf('C%08d', n) AS customer_id,
    CASE WHEN random() < 0.33 THEN 'upcoming' ELSE 'overdue' END AS stage,
    (random() * random() * 365)::BIGINT AS days_past_due, (1e5 * exp(2 * random()))::DECIMAL(18,2) AS overdue_amount,
    (1e5 * exp(2 * random()))::DECIMAL(18,2) AS due_amount, (1e5 * exp(3 * random()))::DECIMAL(18,2) AS open_amount,
    (5e4 * random())::DECIMAL(18,2) AS expected_recovery, (random() * 15)::BIGINT AS days_to_due,
    random() AS propensity, random() - 0.5 AS ability, random() - 0.5 AS willingness,
    (random() * 3000)::BIGINT AS tenure_days, random() < 0.05 AS disputed, random() < 0.9 AS has_phone,
    random() < 0.8 AS has_email, 1e5 * random() AS payment_amount_mean, 1 + 30 * random() AS liquidity_day,
    random() * 10 AS liquidity_day_spread, []::VARCHAR[] AS opt_outs
)
FROM ({example}), range({accounts}) r(n)
"""


def measure(accounts: int) -> None:
    rng = np.random.default_rng(1)
    count = CONTACTS_A_CUSTOMER * accounts
    customers = np.sort(rng.integers(0, accounts, count))
    start = np.datetime64(AS_OF) - np.timedelta64(60, "D")
    history = pa.table(
        {
            "customer_id": pa.array([f"C{customer:08d}" for customer in customers]),
            "channel": pa.array(rng.choice(["call", "sms", "email"], count)),
            "at": pa.array(
                start + rng.integers(0, 60 * 86400, count).astype("timedelta64[s]")
            ).cast(pa.timestamp("us")),
            "direction": pa.array(["out"] * count),
            "outcome": pa.array(rng.choice(["no_answer", "delivered", "right_party"], count)),
        },
        HISTORY_SCHEMA,
    )
    engine = duckdb.connect(config={"threads": 1, "memory_limit": "4GB"})
    engine.execute("SELECT setseed(0.5)")
    engine.execute(
        f"CREATE TABLE accounts AS {ACCOUNTS.format(example=example_row(), accounts=accounts)}"
    )
    policy = load_policy(POLICY)
    occasion = Occasion(Portfolio(name="Cartera"), AS_OF, history=history)
    begin, wall = time.process_time(), time.perf_counter()
    decide(engine, policy, "accounts", occasion)
    cpu, wall = time.process_time() - begin, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    said = engine.execute(
        "SELECT count(*) FILTER (WHERE treatment <> 'do_nothing'), count(message), count(offer) FROM decided"
    ).fetchall()[0]
    print(
        f"| {accounts:,} | {cpu:.1f} | {wall:.1f} | {peak:.2f} | {said[0]:,} | {said[1]:,} | {said[2]:,} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure(chosen.accounts[0])
        return
    print(
        "| accounts | CPU s | wall s | peak GB | treated | messages | offers |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    for accounts in chosen.accounts:
        command = [sys.executable, __file__, "--one", "--accounts", str(accounts)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
