"""The training set: features and labels of many as-of dates; the only place they meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from propension.config import Settings
from propension.errors import DataError
from propension.features import catalogue, write_features
from propension.labels import write_labels
from propension.snapshots import choose_as_of, open_streams, training_dates
from propension.sources import Extraction

FEATURES_FOLDER, LABELS_FOLDER = "features", "labels"


@dataclass(frozen=True)
class TrainingSet:
    """Account-snapshots with what they did afterwards.

    Attributes
    ----------
    rows : Table
        as_of, account_id and every feature.
    is_paid : array of shape (n_rows,), 0 or 1
    overdue_amount, collected_amount : arrays of shape (n_rows,)
        Account currency.
    """

    rows: pa.Table
    is_paid: NDArray[np.int8]
    overdue_amount: NDArray[np.float64]
    collected_amount: NDArray[np.float64]

    @property
    def dates(self) -> list[dt.date]:
        """The as-of dates, oldest first."""
        return sorted(pc.unique(self.rows["as_of"]).to_pylist())

    def between(self, dates: Sequence[dt.date]) -> TrainingSet:
        """Return the rows of some as-of dates."""
        mask = pc.is_in(self.rows["as_of"], value_set=pa.array(dates, pa.date32())).to_numpy()
        return TrainingSet(
            self.rows.filter(pa.array(mask)),
            self.is_paid[mask],
            self.overdue_amount[mask],
            self.collected_amount[mask],
        )

    def __len__(self) -> int:
        return int(self.rows.num_rows)


def build_training_data(
    settings: Settings, extraction: Extraction, streams: Path, as_of: dt.date | None, folder: Path
) -> list[dt.date]:
    """Write the features and the labels of every mature as-of date; return the dates.

    Parameters
    ----------
    settings : Settings
    extraction : Extraction
    streams : Path
        What ``prepare_streams`` returned.
    as_of : date or None
        Nothing recorded after it is used; the last day of the data when None.
    folder : Path
        Receives ``features/`` and ``labels/``, one file per date.

    Raises
    ------
    DataError
        If no date has an outcome that can be known.
    """
    known_until = choose_as_of(as_of, extraction)
    dates = training_dates(settings.snapshots, settings.target, extraction, known_until)
    features = catalogue(settings.features)
    floor = settings.target.min_overdue_amount
    for name in (FEATURES_FOLDER, LABELS_FOLDER):
        (folder / name).mkdir(parents=True)
    engine = open_streams(streams, settings.resources)
    try:
        for date in tqdm(dates, desc="building snapshots", disable=None, leave=False):
            file = f"as_of={date}.parquet"
            write_features(engine, date, features, floor, folder / FEATURES_FOLDER / file)
            write_labels(engine, date, settings.target, known_until, folder / LABELS_FOLDER / file)
    finally:
        engine.close()
    return dates


def assemble(folder: Path) -> TrainingSet:
    """Join the features and labels of every date, row by row.

    Parameters
    ----------
    folder : Path
        What ``build_training_data`` filled; both sides are ordered by account_id.

    Raises
    ------
    DataError
        If the two do not hold the same accounts, or there are none.
    """
    files = sorted((folder / FEATURES_FOLDER).glob("as_of=*.parquet"))
    pairs = [
        (pq.read_table(file), pq.read_table(folder / LABELS_FOLDER / file.name)) for file in files
    ]
    parts = [(rows, outcome) for rows, outcome in pairs if rows.num_rows]
    if not parts:
        raise DataError(
            "training: no account had anything overdue on any as-of date. "
            "Check due_on and target.min_overdue_amount."
        )
    for rows, outcome in parts:
        if not rows["account_id"].equals(outcome["account_id"]):
            date = rows["as_of"][0]
            raise DataError(f"training: features and labels of {date} are of different accounts.")
    rows = pa.concat_tables([rows for rows, _ in parts], promote_options="permissive")
    outcome = pa.concat_tables([outcome for _, outcome in parts])
    return TrainingSet(
        rows,
        outcome["is_paid"].cast(pa.int8()).to_numpy(),
        outcome["overdue_amount"].to_numpy(),
        outcome["collected_amount"].to_numpy(),
    )
