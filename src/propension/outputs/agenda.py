"""The agenda as files people open: ``agenda.csv`` whole, and calendars of the work of people."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from propension.config import Language, Outputs, texts
from propension.config.settings import Portfolio
from propension.errors import OutputError
from propension.outputs.agenda_calendars import write_calendars
from propension.outputs.column import heading_language
from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.lists import BOM, guard_formulas
from propension.treatments import portfolio_clock

AGENDA_CSV_NAME = "agenda.csv"

_COLUMNS = (
    "starts_at", "ends_at", "team_label", "agent", "priority", "account_id", "customer_name", "treatment_label", "channel_label",
    "amount_at_stake", "offer", "message",
)  # fmt: skip
_LABELS = {column.name: column.label for column in SCORED_COLUMNS}
_LABELS["ends_at"] = texts("Termina", "Termina", "Ends")
_ORDER = ("starts_at", "team", "agent", "priority", "account_id")


def write_agenda(
    rows: pa.Table, folder: Path, portfolio: Portfolio, outputs: Outputs, as_of: dt.date
) -> dict[str, int]:
    """Write ``agenda.csv``, and calendars of what each agent and everybody does; the same rows give the same bytes.

    Times are those of the team's clock. Calendars are written only where somebody has something to do.

    Parameters
    ----------
    rows : pa.Table
        What was placed: team, team_label, agent (null of automatic sends), starts_at and ends_at
        (UTC), priority, account_id, customer_name, treatment_label, channel_label, amount_at_stake,
        offer, message.
    folder : Path
        Existing folder that receives ``agenda.csv``, ``agenda.ics`` and ``agenda/<team>-<agent>.ics``.
    portfolio : Portfolio
        Its clock is the teams', its language that of headings and calendars.
    outputs : Outputs
        How the columns of ``agenda.csv`` are headed.
    as_of : date
        When the calendars say they were made.

    Returns
    -------
    dict of str to int
        Rows written, by file name.

    Raises
    ------
    OutputError
        If a file cannot be written, or a team's name cannot be in that of a file.
    """
    ordered = rows.sort_by([(name, "ascending") for name in _ORDER])
    language = heading_language(outputs, portfolio, "localised")
    try:
        _write_csv(
            ordered.select(_COLUMNS), folder / AGENDA_CSV_NAME, portfolio_clock(portfolio), language
        )
        calendars = write_calendars(ordered, folder, portfolio, as_of)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        raise OutputError(
            f"{folder}: the agenda cannot be written ({error}). "
            "Check that the folder exists and the disk has room.",
            folder=folder,
        ) from error
    return {AGENDA_CSV_NAME: len(ordered), **calendars}


def _write_csv(rows: pa.Table, path: Path, clock: str, language: Language | None) -> None:
    headings = [_heading(name, language) for name in _COLUMNS]
    columns = [_csv_values(column.combine_chunks(), clock) for column in rows.columns]
    with path.open("wb") as file:
        file.write(BOM)
        pa_csv.write_csv(pa.table(columns, names=headings), file)


def _heading(column: str, language: Language | None) -> str:
    name = column.removesuffix("_label")
    return _LABELS[name].in_language(language) if language else name


def _csv_values(values: pa.Array, clock: str) -> pa.Array:
    if pa.types.is_timestamp(values.type):
        local = pc.local_timestamp(values.cast(pa.timestamp("s", clock), safe=False))
        return pc.strftime(local, "%Y-%m-%dT%H:%M:%S")
    return guard_formulas(values) if pa.types.is_string(values.type) else values
