"""Run the contract's checks over staged tables and say which rows are set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

import duckdb

from propension.config import CHANNELS
from propension.schema import (
    RULES,
    TABLES,
    UNSETTLING_RULES,
    Finding,
    RowCheck,
    Severity,
    Table,
    row_checks,
)
from propension.sources.misread import misread_dates
from propension.sources.sql_text import opt_outs_sql, quoted, text_literal
from propension.sources.staging import staged_columns
from propension.sources.unread import UNREAD_DEBTS

FAULTS = """CREATE TABLE IF NOT EXISTS faults (
    table_name VARCHAR, _row BIGINT, rule VARCHAR, column_name VARCHAR, action VARCHAR)"""


# Without a row of these there is nobody to score, or everybody who paid would be pressed.
INDISPENSABLE = ("customers", "debts", "payments")
# Fewer days with payments say nothing about what is usual.
MIN_PAYMENT_DAYS = 20
LONGEST_SILENCE_DAYS = 30
IGNORED_VALUES = ("wrong_type", "not_allowed", "date_out_of_range", "unknown_zone")


def check_tables(
    engine: duckdb.DuckDBPyConnection, tables: Iterable[Table], today: dt.date
) -> list[Finding]:
    """Fill ``faults`` and return what was found, parents before children.

    Afterwards ``kept(<table>)`` (see ``kept_sql``) reads the rows that stay.
    """
    engine.execute(FAULTS)
    present = {table.name: table for table in tables}
    findings = [finding for table in present.values() for finding in _empty(engine, table)]
    for table in present.values():
        _check_rows(engine, table, today)
        _check_duplicates(engine, table)
        _check_orphans(engine, table, present)
    if {"debts", "payments"} <= set(present):
        _check_payments_against_debts(engine)
        if _refuse_unsettled_debts(engine):
            for table in present.values():
                _check_orphans(engine, table, present)
        _note_over_payments(engine)
    if "customers" in present:
        _note_unknown_channels(engine, staged_columns(engine, TABLES["customers"]))
    if "debts" in present:
        _note_shared_accounts(engine, staged_columns(engine, TABLES["debts"]))
    findings += [finding for table in present.values() for finding in _nothing_kept(engine, table)]
    findings += _silent_payments(engine, present)
    findings += misread_dates(
        engine, list(present.values()), {name: rows_read(engine, name) for name in present}
    )
    return findings + _row_findings(engine, present)


def kept_sql(table_name: str) -> str:
    """Return a SELECT of the staged rows that no check has set aside."""
    return (
        f"SELECT * FROM staged_{table_name} WHERE _row NOT IN (SELECT _row FROM faults "
        f"WHERE table_name = '{table_name}' AND action = 'refused')"
    )


def _add_faults(
    engine: duckdb.DuckDBPyConnection, table: str, check: RowCheck, rows_sql: str
) -> int:
    added = engine.execute(
        f"INSERT INTO faults SELECT '{table}', _row, '{check.rule}', {text_literal(check.column)}, "
        f"'{check.action}' FROM ({rows_sql})"
    ).fetchone()
    return int(added[0]) if added else 0


def _check_rows(engine: duckdb.DuckDBPyConnection, table: Table, today: dt.date) -> None:
    columns = set(staged_columns(engine, table))
    checks = row_checks(table, columns, today)
    counts = ", ".join(f"count(*) FILTER (WHERE {check.condition})" for check in checks)
    found = engine.execute(f"SELECT {counts} FROM staged_{table.name}").fetchone() or ()
    for check, count in zip(checks, found, strict=True):
        if count:
            sql = f"SELECT _row FROM staged_{table.name} WHERE {check.condition}"
            _add_faults(engine, table.name, check, sql)
            if check.action == "kept":
                engine.execute(
                    f"UPDATE staged_{table.name} SET {quoted(check.column)} = NULL "
                    f"WHERE {check.condition}"
                )


def _check_duplicates(engine: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = staged_columns(engine, table)
    if not table.key or not set(table.key) <= set(columns):
        return
    key = ", ".join(quoted(name) for name in table.key)
    has_key = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in table.key)
    repeated = engine.execute(
        f"SELECT 1 FROM ({kept_sql(table.name)}) WHERE {has_key} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if repeated:
        # Ordered by content, so that the kept row does not depend on the order of the source.
        content = [name for name in table.column_names if name in columns]
        content += [name for name in columns if not name.startswith("_") and name not in content]
        order = ", ".join(quoted(name) for name in content)
        # Delivered twice is the same event, whenever it was recorded; else two rows claim one key.
        event = ", ".join(quoted(name) for name in content if name != "recorded_at")
        for rule, partition in (("duplicate_key", event), ("conflicting_key", key)):
            sql = (
                f"SELECT _row FROM ({kept_sql(table.name)}) WHERE {has_key} QUALIFY row_number() OVER "
                f"(PARTITION BY {partition} ORDER BY {order}, _row) > 1"
            )
            _add_faults(
                engine, table.name, RowCheck(rule, ", ".join(table.key), "", "refused"), sql
            )


def _check_orphans(
    engine: duckdb.DuckDBPyConnection, table: Table, present: dict[str, Table]
) -> None:
    for column, parent in table.references:
        if parent not in present or column not in staged_columns(engine, table):
            continue
        key = quoted(column)
        for rule, kept in (
            ("orphan_key", f"staged_{parent}"),
            ("parent_refused", f"({kept_sql(parent)})"),
        ):
            sql = (
                f"SELECT _row FROM ({kept_sql(table.name)}) WHERE {key} NOT IN "
                f"(SELECT {key} FROM {kept} WHERE {key} IS NOT NULL)"
            )
            _add_faults(engine, table.name, RowCheck(rule, column, "", "refused"), sql)


def _check_payments_against_debts(engine: duckdb.DuckDBPyConnection) -> None:
    sql = (
        f"SELECT p._row FROM ({kept_sql('payments')}) p JOIN ({kept_sql('debts')}) d USING (debt_id) "
        "WHERE p.paid_on < d.issued_on"
    )
    _add_faults(engine, "payments", RowCheck("paid_before_issued", "paid_on", "", "refused"), sql)


def _refuse_unsettled_debts(engine: duckdb.DuckDBPyConnection) -> int:
    rules = ", ".join(f"'{rule}'" for rule in UNSETTLING_RULES)
    sql = (
        f"SELECT _row FROM ({kept_sql('debts')}) WHERE debt_id IN (SELECT debt_id FROM staged_payments "
        "WHERE _row IN (SELECT _row FROM faults WHERE table_name = 'payments' AND action = 'refused' "
        f"AND rule IN ({rules})) AND debt_id IS NOT NULL "
        f"UNION ALL SELECT word FROM {UNREAD_DEBTS} WHERE word IS NOT NULL)"
    )
    return _add_faults(engine, "debts", RowCheck("balance_unknown", "debt_id", "", "refused"), sql)


def _note_over_payments(engine: duckdb.DuckDBPyConnection) -> None:
    good = "amount"
    if "bounced" in staged_columns(engine, TABLES["payments"]):
        good = "CASE WHEN NOT coalesce(bounced, FALSE) THEN amount END"
    sql = (
        f"SELECT d._row FROM ({kept_sql('debts')}) d JOIN (SELECT debt_id, sum({good}) AS paid "
        f"FROM ({kept_sql('payments')}) GROUP BY debt_id) p USING (debt_id) WHERE p.paid > d.amount"
    )
    _add_faults(engine, "debts", RowCheck("over_payment", "amount", "", "kept"), sql)


def _note_unknown_channels(engine: duckdb.DuckDBPyConnection, columns: dict[str, str]) -> None:
    if "opt_out_channels" not in columns:
        return
    known = ", ".join(map(text_literal, CHANNELS))
    sql = (
        f"SELECT _row FROM ({kept_sql('customers')}) "
        f"WHERE NOT list_has_all([{known}], {opt_outs_sql('opt_out_channels')})"
    )
    check = RowCheck("unknown_channel", "opt_out_channels", "", "kept")
    _add_faults(engine, "customers", check, sql)


def _note_shared_accounts(engine: duckdb.DuckDBPyConnection, columns: dict[str, str]) -> None:
    if "account_id" not in columns:
        return
    account = "coalesce(account_id, customer_id)"
    sql = (
        f"SELECT _row FROM ({kept_sql('debts')}) WHERE {account} IN (SELECT {account} FROM "
        f"({kept_sql('debts')}) GROUP BY ALL HAVING count(DISTINCT customer_id) > 1)"
    )
    _add_faults(engine, "debts", RowCheck("shared_account", "account_id", "", "kept"), sql)


def _empty(engine: duckdb.DuckDBPyConnection, table: Table) -> list[Finding]:
    if rows_read(engine, table.name):
        return []
    severity: Severity = "fatal" if table.name in INDISPENSABLE else "note"
    message = f"{table.name}: the table has no rows. Check the source and its mapping."
    return [Finding(table.name, "empty_table", severity, "", 0, message)]


def _nothing_kept(engine: duckdb.DuckDBPyConnection, table: Table) -> list[Finding]:
    if table.name not in INDISPENSABLE:
        return []
    read = rows_read(engine, table.name)
    if not read or engine.execute(f"{kept_sql(table.name)} LIMIT 1").fetchone():
        return []
    message = f"{table.name}: not one of {read:,} rows can be used. See the other findings of `propension check`."
    return [Finding(table.name, "nothing_kept", "fatal", "", read, message)]


def _silent_payments(engine: duckdb.DuckDBPyConnection, present: dict[str, Table]) -> list[Finding]:
    if not {"debts", "payments"} <= set(present):
        return []
    known_on = "paid_on::DATE"
    if "recorded_at" in staged_columns(engine, present["payments"]):
        known_on = "greatest(paid_on, recorded_at::DATE)"
    end = engine.execute(f"SELECT max(issued_on) FROM ({kept_sql('debts')})").fetchone()
    rows = engine.execute(
        f"SELECT DISTINCT {known_on} FROM ({kept_sql('payments')}) ORDER BY 1"
    ).fetchall()
    return silent_payments([day for (day,) in rows], end[0] if end else None)


def silent_payments(days: list[dt.date], end: dt.date | None) -> list[Finding]:
    """Refuse data whose payments stop, or pause, long before its end.

    A stray date moves the end of the data, and an older payments file leaves it behind: either
    way everybody seems to have stopped paying.

    Parameters
    ----------
    days : list of date
        On which payments became known, in order.
    end : date or None
        The last day on which a debt was issued.
    """
    if len(days) < MIN_PAYMENT_DAYS or end is None:
        return []
    gaps = [(later - earlier).days for earlier, later in pairwise([*days, max(end, days[-1])])]
    usual = sorted(gaps[:-2])[len(gaps[:-2]) // 2]
    longest = max(gaps[-2:])
    if longest <= max(LONGEST_SILENCE_DAYS, 10 * usual):
        return []
    last = days[-1] if gaps[-1] == longest else days[-2]
    message = (
        f"payments: after {last} nothing was paid for {longest} days, where {usual} is usual, and then the "
        f"data goes on. Load newer payments, or correct the dates after {last}."
    )
    return [Finding("payments", "silent_payments", "fatal", "paid_on", 0, message)]


def _row_findings(engine: duckdb.DuckDBPyConnection, present: dict[str, Table]) -> list[Finding]:
    grouped = engine.execute(
        "SELECT table_name, rule, column_name, action, count(*) FROM faults GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    findings = []
    for name, rule, column, action, count in grouped:
        sample = _sample(engine, present[name], rule, column)
        found, remedy = RULES[rule]
        what = found.format(column=column, a="an" if column[:1] in tuple("aeiou") else "a")
        ignored = action == "kept" and rule in IGNORED_VALUES
        text = (
            f"{name}: {count:,} of {rows_read(engine, name):,} rows {what} "
            f"({', '.join(sample)}){'; the value is ignored' if ignored else ''}. {remedy}"
        )
        findings.append(Finding(name, rule, action, column, count, text, tuple(sample)))
    return findings


def rows_read(engine: duckdb.DuckDBPyConnection, table_name: str) -> int:
    """Return how many rows of a canonical table the source holds."""
    counted = engine.execute(f"SELECT count(*) FROM staged_{table_name}").fetchone()
    return int(counted[0]) if counted else 0


def _sample(engine: duckdb.DuckDBPyConnection, table: Table, rule: str, column: str) -> list[str]:
    columns = staged_columns(engine, table)
    key = next((name for name in table.key if name in columns), "")
    shown = f"coalesce({quoted(key)}::VARCHAR, 'row ' || _row)" if key else "'row ' || _row"
    personal = {declared.name for declared in table.columns if declared.personal}
    if f"_raw_{column}" in columns and column not in personal:
        shown += f" || coalesce(': ' || nullif(trim({quoted('_raw_' + column)}), ''), '')"
    rows = engine.execute(
        f"SELECT {shown} FROM staged_{table.name} WHERE _row IN (SELECT _row FROM faults WHERE table_name = ? "
        "AND rule = ? AND column_name = ?) ORDER BY _row LIMIT 3",
        [table.name, rule, column],
    ).fetchall()
    return [str(value)[:80] for (value,) in rows]
