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

from propension.config import Settings, Stage, Target
from propension.errors import DataError
from propension.features import catalogue, write_features
from propension.labels import EVIDENCE_COLUMNS, write_evidence, write_labels
from propension.model.fairness import write_audit
from propension.snapshots import choose_as_of, open_streams, training_dates
from propension.sources import Extraction

FEATURES_FOLDER, LABELS_FOLDER, STALE_FOLDER = "features", "labels", "features_a_day_earlier"
EVIDENCE_FOLDER = "evidence"
_AT_STAKE = {"overdue": "overdue", "upcoming": "falling due"}
_TO_CHECK = {
    "overdue": "Check due_on and target.min_overdue_amount.",
    "upcoming": "Check due_on. Where what is billed at a month's end falls due later than "
    "target.upcoming_days, raise it; where nothing is billed by then, set snapshots.every: week; or leave upcoming "
    "out of target.stages.",
}
# As-of dates, the last ones, whose features are also looked at as they were known a day earlier.
STALE_DATES = 3


@dataclass(frozen=True)
class TrainingSet:
    """Account-snapshots with what they did afterwards.

    Attributes
    ----------
    rows : Table
        as_of, account_id and every feature.
    outcomes : Table
        Row for row: amount (owed), collected_amount and is_paid, over the target's own days, and for
        overdue accounts ``is_paid_<h>d`` for every horizon, null where it is not over, and the
        evidence of the axes (paid_short, refused), null where there is none.
    """

    rows: pa.Table
    outcomes: pa.Table

    @property
    def is_paid(self) -> NDArray[np.int8]:
        """1 where the target was met, shape (n_rows,)."""
        return np.asarray(self.outcomes["is_paid"].cast(pa.int8()).to_numpy())

    @property
    def amount(self) -> NDArray[np.float64]:
        """What was owed, account currency, shape (n_rows,)."""
        return np.asarray(self.outcomes["amount"].to_numpy())

    @property
    def collected_amount(self) -> NDArray[np.float64]:
        """What of it came in, account currency, shape (n_rows,)."""
        return np.asarray(self.outcomes["collected_amount"].to_numpy())

    @property
    def accounts(self) -> NDArray[np.object_]:
        """account_id of every row, shape (n_rows,)."""
        return np.asarray(self.rows["account_id"].to_numpy())

    @property
    def as_of(self) -> NDArray[np.datetime64]:
        """As-of date of every row, shape (n_rows,)."""
        return np.asarray(self.rows["as_of"].to_numpy())

    @property
    def dates(self) -> list[dt.date]:
        """The as-of dates, oldest first."""
        return sorted(pc.unique(self.rows["as_of"]).to_pylist())

    def between(self, dates: Sequence[dt.date]) -> TrainingSet:
        """Return the rows of some as-of dates."""
        return self.where(pc.is_in(self.rows["as_of"], value_set=pa.array(dates, pa.date32())))

    def over_by(self, horizon: int, day: dt.date) -> TrainingSet:
        """Return the rows whose outcome over a horizon is known, and was over by a day."""
        last = pa.scalar(day - dt.timedelta(days=horizon), pa.date32())
        known = self.outcomes[f"is_paid_{horizon}d"].is_valid()
        return self.where(pc.and_(known, pc.less_equal(self.rows["as_of"], last)))

    def paid_within(self, horizon: int) -> NDArray[np.int8]:
        """1 where the account paid by the end of a horizon; only for rows where it is known."""
        return np.asarray(self.outcomes[f"is_paid_{horizon}d"].cast(pa.int8()).to_numpy())

    def where(self, mask: pa.ChunkedArray) -> TrainingSet:
        """Return the rows where the mask is true."""
        return TrainingSet(self.rows.filter(mask), self.outcomes.filter(mask))

    def __len__(self) -> int:
        return int(self.rows.num_rows)


def build_training_data(
    settings: Settings,
    extraction: Extraction,
    streams: Path,
    as_of: dt.date | None,
    folder: Path,
    stage: Stage = "overdue",
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
        Receives ``features/``, ``labels/`` and ``evidence/``, one file per date, and for the last dates
        ``features_a_day_earlier/``: the same features as they were known the day before.
    stage : Stage

    Raises
    ------
    DataError
        If no date has an outcome that can be known.
    """
    known_until = choose_as_of(as_of, extraction)
    target = settings.target
    dates = training_dates(settings.snapshots, target, extraction, known_until, stage)
    features = catalogue(settings.features)
    floor, days = target.population(stage)
    for name in (FEATURES_FOLDER, LABELS_FOLDER, STALE_FOLDER, EVIDENCE_FOLDER):
        (folder / name).mkdir(parents=True)
    engine = open_streams(streams, settings.resources)
    try:
        for date in tqdm(dates, desc="building snapshots", disable=None, leave=False):
            file = f"as_of={date}.parquet"
            write_features(engine, date, features, floor, folder / FEATURES_FOLDER / file, days)
            write_labels(engine, date, target, known_until, folder / LABELS_FOLDER / file, stage)
            if stage == "overdue":
                write_evidence(engine, date, target, known_until, folder / EVIDENCE_FOLDER / file)
        for date in dates[-STALE_DATES:]:
            earlier, file = date - dt.timedelta(days=1), f"as_of={date}.parquet"
            write_features(engine, earlier, features, floor, folder / STALE_FOLDER / file, days)
        write_audit(engine, extraction, folder)
    finally:
        engine.close()
    return dates


def assemble(folder: Path, target: Target, stage: Stage = "overdue") -> TrainingSet:
    """Join the features and labels of every date, row by row.

    Parameters
    ----------
    folder : Path
        What ``build_training_data`` filled; both sides are ordered by account_id.
    target : Target
    stage : Stage

    Raises
    ------
    DataError
        If the two do not hold the same accounts, or there are none.
    """
    files = sorted((folder / FEATURES_FOLDER).glob("as_of=*.parquet"))
    pairs = [(pq.read_table(file), _outcomes(folder, file.name)) for file in files]
    parts = [(rows, outcome) for rows, outcome in pairs if rows.num_rows]
    if not parts:
        raise DataError(
            f"training: no account had anything {_AT_STAKE[stage]} on any as-of date. {_TO_CHECK[stage]}",
            stage=stage,
        )
    for rows, outcome in parts:
        if not rows["account_id"].equals(outcome["account_id"]):
            date = rows["as_of"][0]
            raise DataError(f"training: features and labels of {date} are of different accounts.")
    rows = pa.concat_tables([rows for rows, _ in parts], promote_options="permissive")
    outcomes = pa.concat_tables([outcome for _, outcome in parts])
    if stage == "overdue":
        own = target.horizon_days
        for name in ("collected_amount", "is_paid"):
            outcomes = outcomes.append_column(name, outcomes[f"{name}_{own}d"])
    return TrainingSet(rows, outcomes)


def _outcomes(folder: Path, name: str) -> pa.Table:
    outcomes = pq.read_table(folder / LABELS_FOLDER / name)
    file = folder / EVIDENCE_FOLDER / name
    if file.exists():
        evidence = pq.read_table(file)
        for column in EVIDENCE_COLUMNS:
            outcomes = outcomes.append_column(column, evidence[column])
    return outcomes


def read_stale_features(folder: Path) -> pa.Table:
    """Return the features of the last dates as they were known a day earlier.

    ``as_of`` is the date they would have been used on, so that rows match the training set's.
    """
    files = sorted((folder / STALE_FOLDER).glob("as_of=*.parquet"))
    tables = []
    for file in files:
        table = pq.read_table(file)
        used_on = pa.array([dt.date.fromisoformat(file.stem.removeprefix("as_of="))], pa.date32())
        used_on = used_on.take(pa.array(np.zeros(table.num_rows, np.int64)))
        tables.append(table.set_column(0, "as_of", used_on))
    return pa.concat_tables(tables, promote_options="permissive")
