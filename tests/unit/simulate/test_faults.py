"""Every fault that is planted is found, rule by rule, and nothing else is."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from propension.config import Settings
from propension.schema import RULES
from propension.simulate import simulate_portfolio
from propension.simulate.spoiling import FAULT_KINDS
from propension.sources import Extraction, extract

UNTIL = dt.date(2026, 6, 30)


def check(source: Path, work: Path) -> Extraction:
    settings = Settings.model_validate(
        {"portfolio": {"name": "faults"}, "source": {"path": str(source)}}
    )
    return extract(settings, work, UNTIL)


def found(extraction: Extraction) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for finding in extraction.findings:
        counts[finding.rule, finding.table] += finding.rows
    return counts


def planted(file: Path) -> Counter[tuple[str, str]]:
    told = json.loads(file.read_text(encoding="utf-8"))
    return Counter({(rule, t): rows for rule, tables in told.items() for t, rows in tables.items()})


@pytest.mark.parametrize(("accounts", "share"), [(150, 0.01), (1_500, 0.02)])
def test_faults_are_found_exactly_as_planted(tmp_path: Path, accounts: int, share: float) -> None:
    simulate_portfolio(tmp_path / "clean", accounts, 10, seed=9)
    before = found(check(tmp_path / "clean", tmp_path / "a"))
    # Over-payment is no fault of the rows: it happens.
    assert {rule for rule, _ in before} <= {"over_payment"}
    simulate_portfolio(tmp_path / "dirty", accounts, 10, seed=9, faults=share)
    faults = planted(tmp_path / "dirty" / "faults.json")
    assert found(check(tmp_path / "dirty", tmp_path / "b")) == faults + before
    assert {rule for rule, _ in faults} == set(RULES)


def test_faults_make_up_about_the_share_asked_for(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path, 3_000, 10, seed=9, faults=0.05)
    faults = planted(tmp_path / "faults.json")
    for name in ("debts", "payments", "contacts"):
        rows = pq.read_metadata(tmp_path / f"{name}.parquet").num_rows
        assert 0.02 < sum(n for (_, table), n in faults.items() if table == name) / rows < 0.15


def test_good_rows_survive_among_faults(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path / "clean", 300, 10, seed=9)
    simulate_portfolio(tmp_path / "dirty", 300, 10, seed=9, faults=0.02)
    clean, dirty = (check(tmp_path / name, tmp_path / f"x-{name}") for name in ("clean", "dirty"))
    for name, count in clean.tables.items():
        before, after = (
            set(pq.read_table(e.folder / f"{name}.parquet", columns=[key])[key].to_pylist())
            for e in (clean, dirty)
            for key in [{"flags": "customer_id", "attributes": "customer_id"}.get(name, f"{name[:-1]}_id")]
        )  # fmt: skip
        assert before <= after
        assert dirty.tables[name].kept >= count.kept


def test_faults_are_told_in_the_truths_folder(tmp_path: Path) -> None:
    data, secret = tmp_path / "data", tmp_path / "truth"
    simulate_portfolio(data, 50, 8, seed=9, faults=0.01, truth=secret)
    assert (secret / "faults.json").exists()
    assert not (data / "faults.json").exists()
    simulate_portfolio(data, 50, 8, seed=9, truth=secret)
    assert not (secret / "faults.json").exists()


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_a_spoilt_table_is_found(tmp_path: Path, kind: str) -> None:
    simulate_portfolio(tmp_path / "data", 300, 8, seed=9, fault_kind=kind)
    [(_, table)] = faults = planted(tmp_path / "data" / "faults.json")
    extraction = check(tmp_path / "data", tmp_path / "x")
    counts = found(extraction)
    assert counts[kind, table] == faults[kind, table]
    severity = {finding.rule: finding.severity for finding in extraction.findings}[kind]
    assert severity == ("refused" if kind == "unreadable_line" else "fatal")
