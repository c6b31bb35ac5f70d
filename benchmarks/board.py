"""The board over a list repeated to so many rows: milliseconds of ten typical filters through HTTP, and memory.

python benchmarks/board.py PORTFOLIO/propension.yaml PORTFOLIO/outputs/as_of=... [--rows 1000000] [--exports]

The list is repeated with accounts and names of their own, so that nothing is found in a dictionary.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import duckdb
import numpy as np
import psutil
import yaml

from propension.outputs import write_manifest

NAMES = "['Ana', 'José', 'María', 'Luis', 'Sofía', 'Carlos', 'Lucía', 'Andrés', 'Inés', 'Óscar']"
SURNAMES = "['Gómez', 'Rodríguez', 'Pérez', 'Núñez', 'Castaño', 'López', 'Díaz', 'Suárez', 'Ríos', 'Mejía']"
REPEATED = f"""
COPY (
    SELECT * REPLACE (
        row_number() OVER (ORDER BY priority, n) AS priority, account_id || '-' || n AS account_id,
        {NAMES}[1 + (hash(account_id, n) % 10)::INT] || ' ' || {SURNAMES}[1 + (hash(n, account_id) % 10)::INT] || ' '
        || {SURNAMES}[1 + (hash(account_id, n, 7) % 10)::INT] AS customer_name
    )
    FROM read_parquet('{{source}}'), range(1 + {{rows}} // (SELECT count(*) FROM read_parquet('{{source}}'))) copies(n)
    ORDER BY priority LIMIT {{rows}}
) TO '{{target}}' (ROW_GROUP_SIZE 100000)
"""
FILTERS = {
    "first page, no filter": "",
    "a segment": "segment={segment}",
    "two bands and a bucket": "band=A&band=B&bucket=31-60",
    "stage and amount": "stage=overdue&amount_from=500000",
    "propensity between": "propensity_from=20&propensity_to=40",
    "a flag": "flag={flag}",
    "a treatment, by amount": "treatment={treatment}&sort=-amount_at_stake",
    "a name": "q=gomez+ana",
    "an account": "q={account}",
    "page 5,000, by recovery": "sort=-expected_recovery&page=5000",
}
PART = {"HX-Request": "true"}


def main() -> None:
    """Serve the list, ask for every filter, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--port", type=int, default=8977)
    parser.add_argument("--exports", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        config = prepare(asked, Path(name))
        server = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("propension")),
                "board",
                "-c",
                str(config),
                "--port",
                str(asked.port),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            measure(
                asked, psutil.Process(server.pid), f"http://127.0.0.1:{asked.port}", codes(config)
            )
        finally:
            server.terminate()
            server.wait()


def prepare(asked, folder: Path) -> Path:
    """Write the portfolio with the repeated list."""
    settings = yaml.safe_load(asked.config.read_text(encoding="utf-8"))
    policy = asked.config.parent / settings.get("policy", "policy.yaml")
    settings |= {
        "policy": str(policy.resolve()),
        "outputs": {"path": "outputs", "personal_data": "full"},
    }
    config = folder / "propension.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    target = folder / "outputs" / asked.folder.name
    target.mkdir(parents=True)
    source = asked.folder / "scored.parquet"
    duckdb.sql(REPEATED.format(source=source, rows=asked.rows, target=target / "scored.parquet"))
    (target / "allocation.json").write_bytes((asked.folder / "allocation.json").read_bytes())
    write_manifest(target, {"run_id": "benchmark"})
    return config


def codes(config: Path) -> dict[str, str]:
    """Values that the list holds often."""
    [scored] = config.parent.glob("outputs/*/scored.parquet")
    columns = {"segment": "segment", "treatment": "treatment", "flag": "unnest(flags)"}
    found = {
        name: duckdb.sql(f"SELECT mode(v) FROM (SELECT {sql} AS v FROM '{scored}')").fetchall()[0][
            0
        ]
        for name, sql in columns.items()
    }
    account = duckdb.sql(
        f"SELECT any_value(account_id) FROM '{scored}' WHERE priority = 500"
    ).fetchall()[0]
    return found | {"account": account[0]}


def measure(asked, process, address: str, values: dict[str, str]) -> None:
    """Ask again and again, and print."""
    wait_for(address)
    started = time.perf_counter()
    get(f"{address}/accounts")
    print(f"first page after a new list: {time.perf_counter() - started:.1f} s; {memory(process)}")
    for name, query in FILTERS.items():
        report(name, f"{address}/accounts?{query.format(**values)}", asked.times, PART)
    report("first page, whole", f"{address}/accounts", asked.times, {})
    report("portfolio", f"{address}/", asked.times, {})
    report("plane, kept", f"{address}/pictures/plane.svg", asked.times, {})
    print(f"after all of it: {memory(process)}")
    if asked.exports:
        for kind in ("csv", "excel"):
            started = time.perf_counter()
            size = len(get(f"{address}/export/{kind}"))
            print(
                f"{kind} of all: {time.perf_counter() - started:.0f} s, {size / 1e6:.0f} MB; {memory(process)}"
            )


def report(name: str, url: str, times: int, headers: dict[str, str]) -> None:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        text = get(url, headers).decode()
        taken.append(1000 * (time.perf_counter() - started))
    found = re.search(r"<dd>([\d.,]+)</dd>", text)
    median, p95 = np.quantile(taken, [0.5, 0.95])
    print(f"| {name} | {found[1] if found else ''} | {median:.0f} | {p95:.0f} |", flush=True)


def get(url: str, headers: dict[str, str] | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
        return answer.read()


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            get(f"{address}/static/icon.svg")
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer")


def memory(process) -> str:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    return f"{process.memory_info().rss / 2**20:.0f} MB now, {int(peak[1]) / 2**10:.0f} MB at most"


if __name__ == "__main__":
    main()
