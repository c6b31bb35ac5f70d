"""One column of the scored list: its type, and the words people read for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from propension.config import Language, Outputs, Texts
from propension.config.settings import Portfolio

Kind = Literal["text", "date", "integer", "share", "amount", "number", "boolean", "list"]

AMOUNT = pa.decimal128(18, 2)
SHARE = pa.float64()
TEXT = pa.string()


@dataclass(frozen=True)
class ScoredColumn:
    """A column of the output contract.

    Attributes
    ----------
    name : str
        Machine name, the same in Parquet, CSV and databases.
    type : pyarrow.DataType
        Type in ``scored.parquet``.
    kind : str
        How people read the values; decides formats and widths.
    label : Texts
        Header in the reader's language.
    help : Texts
        One sentence for the data dictionary.
    in_list : bool
        Whether the Excel list shows it; Parquet and CSV hold every column.
    """

    name: str
    type: pa.DataType
    kind: Kind
    label: Texts
    help: Texts
    in_list: bool = True

    def heading(self, language: Language | None) -> str:
        """Return the header in a language; the machine name without one."""
        return self.label.in_language(language) if language else self.name


def heading_language(
    outputs: Outputs, portfolio: Portfolio, unset: Literal["localised", "machine"]
) -> Language | None:
    """Return the language of a file's headings, None for machine names, by ``outputs.column_names``; ``unset`` without one."""
    return portfolio.language if (outputs.column_names or unset) == "localised" else None
