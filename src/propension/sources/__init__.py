"""A company's tables, read and checked, as canonical Parquet files."""

from propension.sources.connect import open_engine, quoted, text_literal
from propension.sources.extraction import Extraction, TableCount, extract
from propension.sources.quarantine import keep_quarantine

__all__ = [
    "Extraction",
    "TableCount",
    "extract",
    "keep_quarantine",
    "open_engine",
    "quoted",
    "text_literal",
]
