"""The agenda as files people open: ``agenda.csv`` whole, and calendars of the work of people."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from propension.config import Texts
from propension.config.settings import Portfolio
from propension.errors import OutputError
from propension.outputs.agenda_calendars import write_calendars
from propension.outputs.column import texts
from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.lists import BOM, guard_formulas
from propension.treatments import portfolio_clock

AGENDA_CSV_NAME = "agenda.csv"

_LABELS = {column.name: column.label for column in SCORED_COLUMNS}
_HEADINGS: dict[str, Texts] = {
    "starts_at": texts("Empieza", "Começa", "Starts"),
    "ends_at": texts("Termina", "Termina", "Ends"),
    "team": _LABELS["team"],
    "agent": _LABELS["agent"],
    "priority": _LABELS["priority"],
    "account_id": _LABELS["account_id"],
    "customer_name": _LABELS["customer_name"],
    "treatment_label": _LABELS["treatment"],
    "channel_label": _LABELS["channel"],
    "amount_at_stake": _LABELS["amount_at_stake"],
    "offer": _LABELS["offer"],
    "message": _LABELS["message"],
}
_ORDER = ("starts_at", "team", "agent", "priority", "account_id")


def write_agenda(
    rows: pa.Table, folder: Path, portfolio: Portfolio, as_of: dt.date
) -> dict[str, int]:
    """Write ``agenda.csv``, and calendars of what each agent and everybody does; the same rows give the same bytes.

    Times are those of the team's clock. Calendars are written only where somebody has something to do.

    Parameters
    ----------
    rows : pa.Table
        What was placed: team, agent (null of automatic sends), starts_at and ends_at (UTC),
        priority, account_id, customer_name, treatment_label, channel_label, amount_at_stake, offer,
        message.
    folder : Path
        Existing folder that receives ``agenda.csv``, ``agenda.ics`` and ``agenda/<team>-<agent>.ics``.
    portfolio : Portfolio
        Its clock is the teams', its language that of headings and calendars.
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
    ordered = rows.select(list(_HEADINGS)).sort_by([(name, "ascending") for name in _ORDER])
    try:
        _write_csv(ordered, folder / AGENDA_CSV_NAME, portfolio)
        calendars = write_calendars(ordered, folder, portfolio, as_of)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        raise OutputError(
            f"{folder}: the agenda cannot be written ({error}). "
            "Check that the folder exists and the disk has room.",
            folder=folder,
        ) from error
    return {AGENDA_CSV_NAME: len(ordered), **calendars}


def _write_csv(rows: pa.Table, path: Path, portfolio: Portfolio) -> None:
    clock = portfolio_clock(portfolio)
    headings = [heading.in_language(portfolio.language) for heading in _HEADINGS.values()]
    columns = [_csv_values(column.combine_chunks(), clock) for column in rows.columns]
    with path.open("wb") as file:
        file.write(BOM)
        pa_csv.write_csv(pa.table(columns, names=headings), file)


def _csv_values(values: pa.Array, clock: str) -> pa.Array:
    if pa.types.is_timestamp(values.type):
        local = pc.local_timestamp(values.cast(pa.timestamp("s", clock), safe=False))
        return pc.strftime(local, "%Y-%m-%dT%H:%M:%S")
    return guard_formulas(values) if pa.types.is_string(values.type) else values
