"""What people read: numbers, money and days as they write them, pictures and pages in the house style."""

from propension.writing.formats import (
    DATES,
    format_amount,
    format_date,
    format_number,
    format_share,
    format_short,
    locale_of,
    written_in,
)
from propension.writing.local_text import MAX_DIGITS, LocalText, currency_digits, hundredths_sql
from propension.writing.page import page_template
from propension.writing.reader import NOTHING, Reader
from propension.writing.value_labels import VALUE_LABELS

__all__ = [
    "DATES",
    "MAX_DIGITS",
    "NOTHING",
    "VALUE_LABELS",
    "LocalText",
    "Reader",
    "currency_digits",
    "format_amount",
    "format_date",
    "format_number",
    "format_share",
    "format_short",
    "hundredths_sql",
    "locale_of",
    "page_template",
    "written_in",
]
