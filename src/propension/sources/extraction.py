"""Read a company's tables, check them, and write the canonical ones as Parquet."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
from tqdm import tqdm

from propension.config import Settings
from propension.errors import ConfigurationError, DataError, nearest
from propension.schema import SEVERITIES, TABLES, Finding, Table
from propension.sources.checking import check_tables, kept_sql, rows_read
from propension.sources.connect import open_engine, write_query
from propension.sources.currencies import currency_findings
from propension.sources.mapping import MappedTable, plan_mapping
from propension.sources.quarantine import QUARANTINE_FOLDER, write_quarantine
from propension.sources.reading import read_source
from propension.sources.sql_text import first_line, quoted, text_literal
from propension.sources.staging import stage_table, staged_columns
from propension.sources.unread import note_unread_debts

EXTRACTION_FILE = "extraction.json"


@dataclass(frozen=True)
class TableCount:
    """How many rows of a table were read, kept and set aside, and a hash of the kept ones."""

    read: int
    kept: int
    refused: int
    content_hash: str


@dataclass(frozen=True)
class Extraction:
    """What an extraction left in its folder.

    Attributes
    ----------
    folder : Path
        Holds ``<table>.parquet``, ``extraction.json`` and ``quarantine/``.
    tables : dict of str to TableCount
    findings : tuple of Finding
    data_from, data_until : date or None
        First and last day on which the source recorded anything.
    """

    folder: Path
    tables: dict[str, TableCount]
    findings: tuple[Finding, ...]
    data_from: dt.date | None
    data_until: dt.date | None

    def has(self, table: str) -> bool:
        """Say whether the source holds a canonical table."""
        return table in self.tables

    def content_digest(self) -> str:
        """Return a hash of the rows kept, in whatever order, and of the days they span."""
        hashes = {name: count.content_hash for name, count in self.tables.items()}
        said = json.dumps([hashes, str(self.data_from), str(self.data_until)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def save(self) -> Path:
        """Write ``extraction.json`` beside the tables."""
        facts = {
            "tables": {name: vars(count) for name, count in self.tables.items()},
            "findings": [finding.as_dict() for finding in self.findings],
            "data_from": self.data_from and self.data_from.isoformat(),
            "data_until": self.data_until and self.data_until.isoformat(),
        }
        path = self.folder / EXTRACTION_FILE
        path.write_text(json.dumps(facts, indent=2, ensure_ascii=False), encoding="utf-8")
        return path

    @classmethod
    def load(cls, folder: Path) -> Extraction:
        """Read what ``save`` wrote."""
        facts = json.loads((folder / EXTRACTION_FILE).read_text(encoding="utf-8"))
        dates = {
            key: facts[key] and dt.date.fromisoformat(facts[key])
            for key in ("data_from", "data_until")
        }
        return cls(
            folder=folder,
            tables={name: TableCount(**count) for name, count in facts["tables"].items()},
            findings=tuple(map(Finding.from_dict, facts["findings"])),
            **dates,
        )


def extract(settings: Settings, folder: Path, today: dt.date) -> Extraction:
    """Read, check and write the canonical tables; rows at fault go to ``folder/quarantine``.

    Every row read is either kept or set aside with its reason. Fatal findings are returned,
    not raised: see ``refuse_if_fatal``.

    Parameters
    ----------
    settings : Settings
    folder : Path
        Emptied first.
    today : date
        Nothing can have happened after it.

    Raises
    ------
    DataError, ConfigurationError
        If the source cannot be opened, or a mapping's SQL fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = open_engine(settings.resources, folder / "work")
    try:
        findings = _stage(engine, settings, folder)
        staged = _staged_tables(engine)
        if not any(finding.severity == "fatal" for finding in findings):
            findings += check_tables(engine, staged, today)
            findings += currency_findings(engine, settings.portfolio.currency)
        fatal = any(finding.severity == "fatal" for finding in findings)
        counts = (
            {} if fatal else {table.name: _write_table(engine, table, folder) for table in staged}
        )
        first, last = (None, None) if fatal else _span(engine, staged)
        write_quarantine(
            engine, staged, folder / QUARANTINE_FOLDER, settings.outputs.personal_data == "full"
        )
        findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
        extraction = Extraction(folder, counts, tuple(findings), first, last)
        extraction.save()
        return extraction
    finally:
        engine.close()
        shutil.rmtree(folder / "work", ignore_errors=True)


def _stage(engine: duckdb.DuckDBPyConnection, settings: Settings, folder: Path) -> list[Finding]:
    source = settings.source
    unknown = sorted(set(source.tables) - set(TABLES))
    if unknown:
        hint = nearest(unknown[0], list(TABLES)) or f". Tables: {', '.join(TABLES)}"
        raise ConfigurationError(f"source.tables.{unknown[0]} is not a canonical table{hint}.")
    is_local = source.path is not None
    plans = {
        name: plan_mapping(t, source.tables.get(name), settings._folder, not is_local)
        for name, t in TABLES.items()
    }
    used, findings = read_source(engine, settings, plans, folder)
    note_unread_debts(engine, used.get("payments"))
    for name, plan in tqdm(used.items(), desc="reading tables", disable=None, leave=False):
        findings += _stage_one(engine, plan, TABLES[name], settings)
    return findings


def _stage_one(
    engine: duckdb.DuckDBPyConnection, plan: MappedTable, table: Table, settings: Settings
) -> list[Finding]:
    try:
        return stage_table(engine, plan, table, settings.source.csv)
    except duckdb.IOException as error:
        raise DataError(
            f"{table.name}: the source cannot be read any more ({first_line(error)}). "
            "Check that it is still there and whole; then run again.",
            table=table.name,
            may_pass=True,
        ) from None
    except duckdb.Error as error:
        told = f"source.tables.{table.name}: the query fails: {first_line(error)}. Correct the mapping."
        if not plan.sql:
            told = f"{table.name}: cannot be read ({first_line(error)}). Write the table anew."
        raise DataError(told) from None


def _staged_tables(engine: duckdb.DuckDBPyConnection) -> list[Table]:
    names = {
        name for (name,) in engine.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }
    return [table for table in TABLES.values() if f"staged_{table.name}" in names]


def _write_table(engine: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> TableCount:
    staged = staged_columns(engine, table)
    # By name, so that the content hash does not depend on the order of the source's columns.
    further = sorted(
        name for name in staged if not name.startswith("_") and name not in table.column_names
    )
    columns = [
        quoted(column.name)
        if column.name in staged
        else f"NULL::{column.sql_type} AS {quoted(column.name)}"
        for column in table.columns
    ] + [quoted(name) for name in further]
    sql = f"SELECT {', '.join(columns)} FROM ({kept_sql(table.name)})"
    file = folder / f"{table.name}.parquet"
    kept = write_query(engine, sql, file)
    # A sum of row hashes: the same rows in any order have the same content hash.
    digest = engine.execute(
        f"SELECT coalesce(sum(hash(kept)::HUGEINT), 0) FROM read_parquet({text_literal(file)}) kept"
    ).fetchone() or (0,)
    read = rows_read(engine, table.name)
    return TableCount(read, kept, read - kept, f"{digest[0] % 2**64:016x}")


def _span(
    engine: duckdb.DuckDBPyConnection, tables: list[Table]
) -> tuple[dt.date | None, dt.date | None]:
    parts = []
    for table in tables:
        if not table.event or table.name in ("flags", "attributes"):
            continue
        event = quoted(table.event)
        recorded = ", recorded_at::DATE" if "recorded_at" in staged_columns(engine, table) else ""
        parts.append(
            f"SELECT min({event})::DATE AS first, max(greatest({event}::DATE{recorded})) AS last "
            f"FROM ({kept_sql(table.name)})"
        )
    found = engine.execute(
        f"SELECT min(first), max(last) FROM ({' UNION ALL '.join(parts)})"
    ).fetchone()
    return found if found else (None, None)
