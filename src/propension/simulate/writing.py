"""Tables written piece by piece, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq


class TableWriter:
    """Writes ``<table>.parquet`` into a folder, a row group a piece.

    Files take their names when the block ends well; until then, and after a failure, the
    folder holds what it held before.

    Parameters
    ----------
    folder : Path
        Created when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> TableWriter:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Add rows to tables."""
        for name, table in tables.items():
            if name not in self._writers:
                self._writers[name] = pq.ParquetWriter(self._part(name), table.schema)
                self.rows[name] = 0
            self._writers[name].write_table(table)
            self.rows[name] += table.num_rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, writer in self._writers.items():
            writer.close()
            if error is None:
                self._part(name).replace(self._folder / f"{name}.parquet")
            else:
                self._part(name).unlink()

    def _part(self, name: str) -> Path:
        return self._folder / f".{name}.parquet.part"
