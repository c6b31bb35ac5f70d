"""A company's tables, read and checked, as canonical Parquet files."""

from propension.sources.checking import silent_payments
from propension.sources.connect import open_engine, write_query
from propension.sources.currencies import count_currencies_sql, judge_currencies
from propension.sources.extraction import Extraction, TableCount, extract
from propension.sources.fingerprint import source_digest
from propension.sources.mapping import cast_sql, plan_mapping
from propension.sources.postgresql import PostgreSQL
from propension.sources.quarantine import keep_quarantine
from propension.sources.sql_text import first_line, opt_outs_sql, quoted, text_literal

__all__ = [
    "Extraction",
    "PostgreSQL",
    "TableCount",
    "cast_sql",
    "count_currencies_sql",
    "extract",
    "first_line",
    "judge_currencies",
    "keep_quarantine",
    "open_engine",
    "opt_outs_sql",
    "plan_mapping",
    "quoted",
    "silent_payments",
    "source_digest",
    "text_literal",
    "write_query",
]
