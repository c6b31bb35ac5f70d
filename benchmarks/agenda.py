"""What it costs to plan the work of people and the sends of a run, and to write the agenda's files.

    .venv/bin/python benchmarks/agenda.py
    .venv/bin/python benchmarks/agenda.py --manual 100000 --sends 1000000 --agents 300

CPU time and peak memory of one process, the tables included; ``cold`` is the first call, which loads or
compiles the loops. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import tempfile
import time
from decimal import Decimal
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", ARROW_NUM_THREADS="1")

import numpy as np
import pyarrow as pa

from propension.config import load_policy
from propension.config.limits import Capacity
from propension.config.settings import Outputs, Portfolio
from propension.outputs import write_agenda
from propension.treatments.agenda import place_tasks

POLICY = Path(__file__).parents[1] / "conf" / "demo" / "policy.yaml"
AS_OF = dt.date(2026, 6, 30)
PORTFOLIO = Portfolio(name="Benchmark", country="CO")
WORK = ("soft_call", "soft_call", "soft_call", "firm_call", "instalment_plan", "resolve_dispute")
SENDS = ("friendly_reminder", "reminder_email", "extension", "letter")
PLACES = (
    ("CO", None, "America/Bogota"), ("CO", None, None), ("CO", None, "Europe/Madrid"),
    ("MX", None, "America/Tijuana"), ("CL", "RM", "America/Santiago"), ("US", "NY", "America/New_York"),
    ("US", "CA", "America/Los_Angeles"), ("BR", "SP", "America/Sao_Paulo"),
)  # fmt: skip


def make_tasks(manual: int, sends: int, seed: int = 1) -> pa.Table:
    """Two thirds want an hour of their own; two in ten may not be contacted before the third day."""
    policy, rng = load_policy(POLICY), np.random.default_rng(seed)
    count = manual + sends
    names = [*WORK, *SENDS]
    kind = np.concatenate(
        [rng.integers(len(WORK), size=manual), len(WORK) + rng.integers(len(SENDS), size=sends)]
    )
    place = np.where(rng.random(count) < 0.6, 0, rng.integers(len(PLACES), size=count))
    day = np.where(rng.random(count) < 0.8, 1, rng.integers(3, 6, count))
    midnight = int(dt.datetime.combine(AS_OF, dt.time(5), dt.UTC).timestamp()) * 1_000_000
    channels = pa.array([policy.treatments[name].channel for name in names])
    columns = [pa.array(found, pa.string()) for found in zip(*PLACES, strict=True)]
    return pa.table(
        {
            "account_id": [f"A{number:08d}" for number in range(count)],
            "customer_id": [f"C{number:08d}" for number in range(count)],
            "treatment": pa.array(names).take(kind),
            "channel": channels.take(kind),
            "country": columns[0].take(place),
            "region": columns[1].take(place),
            "timezone": columns[2].take(place),
            "earliest": pa.array(midnight + day * 86_400_000_000, pa.timestamp("us", "UTC")),
            "best_hour": pa.array(rng.integers(7, 20, count), mask=rng.random(count) < 1 / 3),
            "priority": rng.permutation(count) + 1,
        }
    )


def read_rows(tasks: pa.Table, placed: pa.Table) -> pa.Table:
    """What was placed, with what people read."""
    count = len(tasks)
    texts = {"customer_name": "María José Pérez", "offer": "3 cuotas", "message": "Hola. " * 20}
    rows = pa.table(
        {name: placed[name] for name in placed.column_names}
        | {name: tasks[name] for name in ("priority", "account_id")}
        | {"treatment_label": tasks["treatment"], "channel_label": tasks["channel"]}
        | {name: pa.repeat(text, count) for name, text in texts.items()}
        | {
            "amount_at_stake": pa.repeat(
                pa.scalar(Decimal("1250000.00"), pa.decimal128(18, 2)), count
            )
        }
    )
    return rows.filter(placed["starts_at"].is_valid())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manual", type=int, default=20_000)
    parser.add_argument("--sends", type=int, default=300_000)
    parser.add_argument("--agents", type=int, default=100)
    asked = parser.parse_args()
    policy = load_policy(POLICY)
    callers = Capacity(minutes=1, agents=asked.agents, treatments=tuple(sorted(set(WORK))))
    policy = policy.model_copy(update={"capacities": {"callers": callers}})
    tasks = make_tasks(asked.manual, asked.sends)
    tables = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    spent = []
    for part in (tasks.slice(0, 1), tasks):
        cpu = time.process_time()
        placed = place_tasks(part, policy, PORTFOLIO, AS_OF)
        spent.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found = np.asarray(placed["starts_at"].is_valid())
    cpu = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        files = write_agenda(read_rows(tasks, placed), Path(folder), PORTFOLIO, Outputs(), AS_OF)
    spent.append(time.process_time() - cpu)
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        "| manual | placed | sends | placed | agents | place: cold, CPU s | place: CPU s | peak GB (tables) "
        "| files | CPU s | peak GB |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    print(
        f"| {asked.manual:,} | {found[: asked.manual].mean():.0%} | {asked.sends:,} "
        f"| {found[asked.manual :].mean():.0%} | {asked.agents} | {spent[0]:.1f} | {spent[1]:.1f} "
        f"| {peak:.2f} ({tables:.2f}) | {len(files)} | {spent[2]:.1f} | {whole:.2f} |"
    )


if __name__ == "__main__":
    main()
