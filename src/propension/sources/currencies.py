"""One currency in all debts, and the portfolio's: amounts of two cannot be added, nor shown as those of a third."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from propension.schema import TABLES, Finding
from propension.sources.checking import kept_sql
from propension.sources.staging import staged_columns


def currency_findings(engine: duckdb.DuckDBPyConnection, currency: str) -> list[Finding]:
    """Refuse debts in several currencies, or in another than the portfolio's; those that name none are in its own.

    Parameters
    ----------
    engine : DuckDBPyConnection
        Holds ``staged_debts``, checked.
    currency : str
        The portfolio's.
    """
    if "currency" not in staged_columns(engine, TABLES["debts"]):
        return []
    found = engine.execute(count_currencies_sql(f"({kept_sql('debts')})")).fetchall()
    return judge_currencies(found, currency)


def count_currencies_sql(debts: str) -> str:
    """Return a SELECT of every currency that debts name, in capitals, and in how many rows; the most used first."""
    return (
        f"SELECT upper(currency) AS named, count(*) AS held FROM {debts} AS d WHERE currency IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )


def judge_currencies(found: Sequence[tuple[str, int]], currency: str) -> list[Finding]:
    """Return what is wrong with the currencies of ``count_currencies_sql``, beside the portfolio's."""
    rows = sum(count for _, count in found)
    if len(found) > 1:
        names = ", ".join(f"{name[:20]} {count:,}" for name, count in found[:5])
        message = f"debts: the rows are in several currencies ({names}). Convert them to one in the mapping's SQL."
        return [Finding("debts", "mixed_currency", "fatal", "currency", rows, message)]
    if found and found[0][0] != currency:
        message = (
            f"debts: the rows are in {found[0][0][:20]}, and the portfolio in {currency}. Correct "
            "portfolio.currency, or convert them in the mapping's SQL."
        )
        return [Finding("debts", "other_currency", "fatal", "currency", rows, message)]
    return []
