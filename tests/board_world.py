"""Small portfolios with a list that was made up, for tests of the board; nothing is trained or scored."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import uvicorn
import yaml
from argon2 import PasswordHasher

from pipelines.portfolio import create_portfolio
from propension.board import Users, create_app
from propension.config import Settings, load_policy, load_settings
from propension.outputs import SCORED_SCHEMA, publish, write_manifest
from propension.outputs.capacity import write_allocation

# Names that would do harm where a page, a statement or a spreadsheet took them for its own.
HARMFUL_NAMES = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror=alert(1)>',
    "Robert'); DROP TABLE accounts;--",
    "=cmd|'/c calc'!A1",
    "{{ 7 * 7 }} Ñandú & Compañía",
)
NAMES = (*HARMFUL_NAMES, "Ana Gómez 5", "B*** C***")
AS_OF = dt.date(2026, 6, 30)
PASSWORD = "correcto caballo"


def make_portfolio(folder: Path, accounts: int = 120, **settings: Any) -> Path:
    """Write a portfolio with one list; return its settings' file."""
    create_portfolio(folder)
    config = folder / "propension.yaml"
    found = yaml.safe_load(config.read_text(encoding="utf-8"))
    config.write_text(yaml.safe_dump(found | settings), encoding="utf-8")
    if accounts:
        publish_list(config, accounts)
    return config


def portfolio_with_users(folder: Path, **settings: Any) -> Path:
    """Write a portfolio that one logs in to as vera (viewer), mario (manager) or ada (admin)."""
    asked = {"board": {"access": "login"}, "outputs": {"personal_data": "full"}} | settings
    config = make_portfolio(folder, 12, **asked)
    users = Users(load_settings(config).board_folder)
    users.put("mario", "manager")
    roles = {"vera": "viewer", "mario": "manager", "ada": "admin"}
    entries = {name: {"role": role, "password": _hashed()} for name, role in roles.items()}
    users.path.write_text(json.dumps(entries), encoding="utf-8")
    return config


@cache
def _hashed() -> str:
    return PasswordHasher().hash(PASSWORD)


def form_token(client: Any, place: str = "/login") -> str:
    """The token of a page's forms."""
    found = re.search(r'name="form_token" value="(\w+)"', client.get(place).text)
    assert found
    return found[1]


def log_in(client: Any, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Log a client in; return the answer."""
    form = {"form_token": form_token(client), "name": name, "password": password}
    return client.post("/login", data=form | more)


def publish_list(
    config: Path,
    accounts: int = 120,
    as_of: dt.date = AS_OF,
    run: str = "run-1",
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row,
) -> Path:
    """Publish a list as a run does, over the one of the same day; return its folder."""
    settings = load_settings(config)
    final = settings.outputs_folder / f"as_of={as_of}"
    staging = settings.outputs_folder / f".{final.name}.{run}.tmp"
    staging.mkdir(parents=True)
    rows = [change(row) for row in made_up_rows(settings, accounts, as_of, run)]
    pq.write_table(pa.Table.from_pylist(rows, SCORED_SCHEMA), staging / "scored.parquet")
    write_allocation(staging, _ALLOCATION)
    write_manifest(staging, {"run_id": run, "as_of": as_of})
    publish(staging, final)
    return final


def made_up_rows(settings: Settings, count: int, as_of: dt.date, run: str) -> list[dict[str, Any]]:
    """Rows of a list, the same for the same run; the first have the harmful names."""
    dice = random.Random(run)
    policy = load_policy(settings.resolve(settings.policy))
    segments = [segment.name for segment in policy.segments]
    blank: dict[str, Any] = dict.fromkeys(SCORED_SCHEMA.names)
    rows = []
    for n in range(count):
        propensity = round(dice.random(), 6)
        name = NAMES[n] if n < len(NAMES) else f"Ana Gómez {n}"
        treatment = dice.choice(list(policy.treatments))
        overdue = dice.random() < 0.8
        amount = Decimal(dice.randrange(10_000, 9_000_000))
        rows.append(
            blank
            | {
                "as_of": as_of, "account_id": f"C{n:06d}", "customer_id": f"C{n:06d}", "customer_name": name,
                "stage": "overdue" if overdue else "upcoming",
                "days_past_due": dice.randrange(1, 200) if overdue else 0,
                "dpd_bucket": dice.choice(["1-30", "31-60", "61-90", "121+"]) if overdue else "current",
                "overdue_amount": amount if overdue else Decimal(0), "amount_at_stake": amount,
                "open_amount": amount * 2, "currency": "COP", "propensity": propensity, "margin": 0.1,
                "propensity_30d": propensity, "expected_recovery": round(amount * Decimal(propensity), 2),
                "risk_band": "ABCDE"[int(5 * (1 - propensity))], "ability": dice.uniform(-1, 1),
                "willingness": dice.uniform(-1, 1), "quadrant": dice.choice(["can_wants", "can_wont", "uncertain"]),
                "contactability": dice.random(), "value_tier": dice.choice(["high", "low"]),
                "likely_cause": "forgetful", "segment": dice.choice(segments),
                "previous_segment": dice.choice([*segments, None]),
                "flags": dice.sample(list(policy.flags), 2),
                "reasons": [{"feature": "days_past_due", "value": "45", "effect": -0.8, "text": "Lleva 45 días de mora"}],
                "treatment": treatment, "channel": policy.treatments[treatment].channel, "tone": "neutral",
                "message": f"Hola, {name}", "manual": False, "priority": n + 1,
                "scheduled_at": dt.datetime.combine(as_of, dt.time(9)), "team": dice.choice(["agents", "sms", None]),
                "expected_uplift": amount / 10, "expected_cost": Decimal(100),
                "arm": dice.choice(["treatment", "treatment", "control"]), "assignment_probability": 0.9,
                "refusals": [], "model_name": "m", "model_version": "1", "policy_version": policy.version,
                "run_id": run,
            }
        )  # fmt: skip
    return rows


_ALLOCATION: dict[str, Any] = {
    "limits": [
        {
            "name": "agents", "group": None, "unit": "minutes", "capacity": 4800.0, "used": 4800.0, "price": 150.0,
            "told": dict.fromkeys(("es", "pt", "en"), "agents"),
        },
        {
            "name": "visits", "group": None, "unit": "accounts", "capacity": 20.0, "used": 5.0, "price": 0.0,
            "told": dict.fromkeys(("es", "pt", "en"), "visits"),
        },
    ],
    "pools": [], "arms": {}, "expected_value": 1e6, "effects": {},
}  # fmt: skip


@contextmanager
def served(config: Path) -> Iterator[str]:
    """Serve the board of a portfolio from a thread; give its address."""
    settings = load_settings(config)
    asked = uvicorn.Config(
        create_app(settings), host="127.0.0.1", port=0, log_level="warning", proxy_headers=False
    )
    server = uvicorn.Server(asked)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
