"""How the simulated portfolio compares with real ones, how predictable it is, and what it costs.

    .venv/bin/python benchmarks/simulate.py                      # marginals and predictability
    .venv/bin/python benchmarks/simulate.py --time 100000 --time 1000000

Prints Markdown for docs/simulator.md. The real sets are looked for in ../shared/data beside the
repository; columns whose set is absent are left out, with a note.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import duckdb
import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from propension.simulate import simulate_portfolio

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90, 0.99)
UNTIL = "DATE '2026-06-30'"
IN_PERSON = "outcome IN ('right_party', 'refused', 'promise')"
Figures = dict[str, str]

SETTLED = """CREATE TABLE settled AS
SELECT d.debt_id, d.customer_id, d.due_on, d.amount, min(r.paid_on) FILTER (r.paid >= d.amount) AS settled_on
FROM debts AS d LEFT JOIN (
    SELECT debt_id, paid_on, sum(amount) OVER (PARTITION BY debt_id ORDER BY paid_on, payment_id) AS paid
    FROM payments WHERE NOT bounced
) AS r USING (debt_id) GROUP BY ALL"""

# What was known of every overdue account at month ends, on the clock of events.
SNAPSHOTS = f"""
CREATE TABLE days AS SELECT unnest(generate_series({UNTIL} - INTERVAL 13 MONTH, {UNTIL}, INTERVAL 1 MONTH)) AS day;
UPDATE days SET day = last_day(day);
CREATE TABLE paid AS
SELECT day, debt_id, max(paid_on) FILTER (paid_on <= day) AS last_on,
       coalesce(sum(amount) FILTER (paid_on <= day), 0) AS before,
       coalesce(sum(amount) FILTER (paid_on > day AND paid_on <= day + INTERVAL 30 DAY), 0) AS later
FROM payments CROSS JOIN days WHERE NOT bounced GROUP BY ALL;
CREATE TABLE states AS
SELECT day, d.*, d.amount - coalesce(before, 0) AS balance, coalesce(later, 0) AS later, last_on,
       due_on < day AND d.amount > coalesce(before, 0) AS overdue, date_diff('day', due_on, day) AS past_due,
       CASE WHEN d.amount <= coalesce(before, 0) THEN greatest(date_diff('day', due_on, last_on), -30) END AS delay
FROM debts AS d JOIN days ON issued_on <= day LEFT JOIN paid USING (day, debt_id);
CREATE TABLE accounts AS
SELECT day, customer_id, max(past_due) FILTER (overdue) AS days_past_due, min(past_due) FILTER (overdue) AS newest,
       count(*) FILTER (overdue) AS debts_overdue, count(*) AS debts, sum(balance) FILTER (overdue)::DOUBLE AS overdue_amount,
       avg(amount)::DOUBLE AS usual, avg(delay) AS delay_mean, max(delay) AS delay_max,
       avg((delay > 0)::INT) AS late_share, avg(delay) FILTER (last_on > day - INTERVAL 180 DAY) AS delay_recent,
       min(date_diff('day', last_on, day)) AS since_payment,
       sum(least(balance, greatest(later, 0))) FILTER (overdue) >= 0.8 * sum(balance) FILTER (overdue) AS pays
FROM states GROUP BY ALL HAVING bool_or(overdue);
CREATE TABLE spoken AS
SELECT day, customer_id, count(*) FILTER ("at" > day - INTERVAL 30 DAY) AS attempts_30,
       count(*) FILTER ("at" > day - INTERVAL 90 DAY) AS attempts_90, avg(({IN_PERSON})::INT) AS contact_rate,
       count(*) FILTER (outcome = 'refused') AS refusals, count(*) FILTER (outcome = 'promise') AS promises
FROM contacts JOIN days ON "at" < day + INTERVAL 1 DAY GROUP BY ALL;
CREATE TABLE disputed AS
SELECT day, customer_id, count(*) FILTER (closed_on IS NULL OR closed_on > day) AS open_disputes, count(*) AS disputes
FROM disputes JOIN debts USING (debt_id) JOIN days ON opened_on <= day GROUP BY ALL;
CREATE TABLE bounces AS
SELECT day, customer_id, count(*) AS bounces
FROM payments JOIN debts USING (debt_id) JOIN days ON paid_on <= day WHERE bounced GROUP BY ALL;
CREATE TABLE learnt AS
SELECT day, customer_id, max_by(bureau_score, known_on) AS bureau_score
FROM attributes JOIN days ON known_on <= day GROUP BY ALL"""
FEATURES = """SELECT a.*, overdue_amount / usual AS overdue_to_usual, month(day) AS month, kind = 'company' AS company,
       s.* EXCLUDE (day, customer_id), p.* EXCLUDE (day, customer_id), b.bounces, bureau_score
FROM accounts AS a JOIN customers USING (customer_id) LEFT JOIN spoken AS s USING (day, customer_id)
LEFT JOIN disputed AS p USING (day, customer_id) LEFT JOIN bounces AS b USING (day, customer_id)
LEFT JOIN learnt USING (day, customer_id) ORDER BY day, customer_id"""


def share(value: float) -> str:
    return f"{value:.1%}"


def spread(values: pd.Series) -> str:
    return " / ".join(f"{value:.0f}" for value in values.quantile(QUANTILES))


def gini(amounts: pd.Series) -> float:
    ordered = np.sort(amounts.to_numpy(dtype=np.float64))
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def billing_figures(customer: pd.Series, delay: pd.Series, amount: pd.Series) -> Figures:
    """Figures of settled and unsettled debts; the delay of an unpaid one is missing."""
    late = (delay > 0) | delay.isna()
    habit = late.groupby(customer).agg(["mean", "size"]).query("size >= 8")["mean"]
    positive = amount[amount > 0]
    return {
        "debts": f"{len(delay):,}",
        "paid late, or not at all": share(late.mean()),
        "not paid 30 days after the due date": share(((delay > 30) | delay.isna()).mean()),
        "not paid 90 days after": share(((delay > 90) | delay.isna()).mean()),
        "delay of paid debts, days": spread(delay.dropna()),
        "delay of those paid late, days": spread(delay[delay > 0]),
        "customers' own late share, 8 debts or more": " / ".join(
            f"{value:.2f}" for value in habit.quantile((0.1, 0.25, 0.5, 0.75, 0.9))
        ),
        "amount: sd of its logarithm": f"{np.log(positive).std():.2f}",
        "amount: Gini": f"{gini(positive):.2f}",
    }


def simulated_figures(engine: duckdb.DuckDBPyConnection) -> Figures:
    mature = engine.execute(
        f"SELECT customer_id, date_diff('day', due_on, settled_on) AS delay, amount::DOUBLE AS amount FROM settled "
        f"WHERE due_on < {UNTIL} - INTERVAL 90 DAY"
    ).df()
    figures = billing_figures(mature.customer_id, mature.delay, mature.amount)
    (calls, reached, promised), (everything,) = (
        engine.execute(sql).fetchone()
        for sql in (
            f"SELECT count(*), avg(({IN_PERSON})::INT), avg((outcome = 'promise')::INT) FROM contacts "
            "WHERE channel = 'call' AND direction = 'out'",
            f"SELECT avg(({IN_PERSON})::INT) FROM contacts WHERE direction = 'out'",
        )
    )
    figures |= {
        "calls": f"{calls:,}",
        "right-party contact, of calls": share(reached),
        "promise, of calls": share(promised),
        "right-party contact, of attempts on every channel": share(everything),
    }
    return figures


def real_figures() -> dict[str, Figures]:
    """Figures of the real sets that are there."""
    found: dict[str, Figures] = {}
    if (file := REAL / "b2b_brazil" / "base_pagamentos.csv").exists():
        rows = pd.read_csv(file, sep=";", dtype={"ID_CLIENTE": str}).drop_duplicates()
        due, paid = (
            pd.to_datetime(rows[name], errors="coerce")
            for name in ("DATA_VENCIMENTO", "DATA_PAGAMENTO")
        )
        mature = due < pd.Timestamp("2020-10-03")
        found["b2b_brazil"] = billing_figures(
            rows.ID_CLIENTE[mature], (paid - due).dt.days[mature], rows.VALOR_A_PAGAR[mature]
        )
    if (file := REAL / "ibm_ar" / "accounts_receivable.csv").exists():
        rows = pd.read_csv(file)
        delay = (pd.to_datetime(rows.SettledDate) - pd.to_datetime(rows.DueDate)).dt.days
        found["ibm_ar"] = billing_figures(rows.customerID, delay, rows.InvoiceAmount)
    if (file := REAL / "cobranza" / "contacto_cobranza.csv").exists():
        rows = pd.read_csv(file, sep=";", encoding="latin-1")
        found["cobranza"] = {
            "calls": f"{len(rows):,}",
            "right-party contact, of calls": share((rows.TIPOCONTACTO == "COEF").mean()),
            "promise, of calls": share((rows.ESTADO_PDP == 1).mean()),
            "amount: sd of its logarithm": f"{np.log(rows.DEUDA_TOTAL[rows.DEUDA_TOTAL > 0]).std():.2f}",
            "amount: Gini": f"{gini(rows.DEUDA_TOTAL[rows.DEUDA_TOTAL > 0]):.2f}",
        }
    if (file := REAL / "uci_default" / "credit_card_default.csv").exists():
        rows = pd.read_csv(file)
        months = rows[["PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"]]
        found["uci_default"] = {
            "debts": f"{months.size:,} months",
            "paid late, or not at all": share((months > 0).to_numpy().mean()),
            # Status 2 and more: two months behind.
            "not paid 30 days after the due date": share((months > 1).to_numpy().mean()),
        }
    return found


def print_marginals(engine: duckdb.DuckDBPyConnection) -> None:
    columns = {"simulated": simulated_figures(engine)} | real_figures()
    for name in ("b2b_brazil", "ibm_ar", "cobranza", "uci_default"):
        if name not in columns:
            print(f"({name} is not in {REAL}: left out.)\n")
    print("| | " + " | ".join(columns) + " |\n|---" * 1 + "|---" * len(columns) + "|")
    for row in columns["simulated"]:
        print(f"| {row} | " + " | ".join(values.get(row, "") for values in columns.values()) + " |")


def print_portfolio(engine: duckdb.DuckDBPyConnection) -> None:
    """Stock, base rate and age of the arrears, month end by month end."""
    rows = engine.execute(
        """SELECT day, count(*) AS accounts, count(*) / (SELECT count(*) FROM customers WHERE since <= day) AS stock,
                  avg(pays::INT) AS pays, median(days_past_due) AS age, avg((days_past_due > 90)::INT) AS old
           FROM accounts GROUP BY day ORDER BY day"""
    ).fetchall()
    print(
        "\n| month end | accounts overdue | of customers so far | pays in 30 days | median days past due | over 90 |"
    )
    print("|---|---|---|---|---|---|")
    for day, accounts, stock, pays, age, old in rows:
        mature = share(pays) if day < rows[-1][0] else ""
        print(
            f"| {day:%Y-%m} | {accounts:,} | {share(stock)} | {mature} | {age:.0f} | {share(old)} |"
        )


def print_predictability(engine: duckdb.DuckDBPyConnection) -> None:
    """AUC of a quick LightGBM on a later quarter, beside days past due alone."""
    rows = engine.execute(FEATURES).df()
    rows = rows[rows.day < rows.day.max()]
    later = rows.day >= sorted(rows.day.unique())[-4]
    inputs = rows.drop(columns=["day", "customer_id", "pays"]).astype(float)
    pays = rows.pays.astype(int)
    model = lightgbm.LGBMClassifier(
        n_estimators=200,
        learning_rate=0.04,
        num_leaves=15,
        min_child_samples=60,
        colsample_bytree=0.6,
        random_state=7,
        n_jobs=1,
        verbose=-1,
    ).fit(inputs[~later], pays[~later])
    auc = roc_auc_score(pays[later], model.predict_proba(inputs[later])[:, 1])
    alone = roc_auc_score(pays[later], -inputs.days_past_due[later])
    print(
        f"\n{len(rows):,} account-months, {share(pays.mean())} pay within 30 days; {inputs.shape[1]} features. AUC on "
        f"the last four months: LightGBM {auc:.3f}, days past due alone {alone:.3f}."
    )


def time_run(accounts: int, months: int, truth: bool) -> None:
    """One run in a process of its own: seconds, peak memory, rows and bytes."""
    with tempfile.TemporaryDirectory() as folder:
        extras = f", truth=Path({folder!r}) / 'truth'" if truth else ""
        code = (
            "import time; from pathlib import Path; from propension.simulate import simulate_portfolio; "
            f"print(simulate_portfolio(Path({folder!r}) / 'tables', {accounts}, {months}, 7{extras}))"
        )
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        seconds = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = used.ru_maxrss / 1024**2
        size = sum(file.stat().st_size for file in Path(folder, "tables").iterdir()) / 1024**2
    what = f"{accounts:,} customers x {months} months{', with truth' if truth else ''}"
    print(
        f"{what}: {seconds:.0f} s ({used.ru_utime + used.ru_stime:.0f} of CPU), {peak:.2f} GB at most, {size:,.0f} MB written; {done.stdout.decode().strip()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--time", type=int, action="append", default=[], metavar="ACCOUNTS")
    parser.add_argument("--time-months", type=int, default=18)
    parser.add_argument("--truth", action="store_true", help="time with the truth")
    asked = parser.parse_args()
    for accounts in asked.time:
        time_run(accounts, asked.time_months, asked.truth)
    if asked.time:
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = simulate_portfolio(Path(folder), asked.accounts, asked.months, 7)
        print(f"{asked.accounts:,} customers x {asked.months} months, seed 7: {rows}\n")
        engine = duckdb.connect(config={"threads": 1})
        for name in rows:
            engine.execute(f"CREATE VIEW {name} AS FROM '{folder}/{name}.parquet'")
        engine.execute(SETTLED)
        print_marginals(engine)
        engine.execute(SNAPSHOTS)
        print_portfolio(engine)
        print_predictability(engine)
        engine.close()


if __name__ == "__main__":
    main()
