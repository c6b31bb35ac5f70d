"""A seeded portfolio in the canonical tables: something to run the product on."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import ExitStack
from pathlib import Path
from typing import TypedDict, Unpack

from tqdm import tqdm

from propension.config import COUNTRIES
from propension.errors import ConfigurationError
from propension.simulate.faults import FaultPlanter
from propension.simulate.piece import FAULTS, Plan, seeded, simulate_piece, truth_days
from propension.simulate.spoiling import FAULT_KINDS, spoil_table
from propension.simulate.timeline import Shock, draw_up_timeline
from propension.simulate.writing import TableWriter

FAULTS_FILE = "faults.json"


class Extras(TypedDict, total=False):
    """What a portfolio may come with.

    Attributes
    ----------
    truth : Path or None
        Folder for the hidden truth, outside that of the tables.
    truth_months : int
        Month ends before the last day that the truth covers besides it; 3 unless told.
    faults : float
        Share of the rows planted with faults that ``check`` must find.
    fault_kind : str or None
        One fault of a whole table: a key of ``FAULT_KINDS``.
    random_share : float
        Share of the overdue accounts whose treatment is drawn at random; 0.05 unless told.
    shock : Shock or None
        A slump of the economy; until then customers live as they would without one.
    """

    truth: Path | None
    truth_months: int
    faults: float
    fault_kind: str | None
    random_share: float
    shock: Shock | None


def simulate_portfolio(
    out: Path,
    accounts: int,
    months: int,
    seed: int,
    country: str = "CO",
    until: dt.date = dt.date(2026, 6, 30),
    **extras: Unpack[Extras],
) -> dict[str, int]:
    """Write a seeded portfolio of canonical tables as Parquet; return rows per table.

    The same arguments always write the same bytes. Customers pay by a hidden ability and
    willingness; those who pay worse are contacted more, but for a small randomised arm; some
    rows are recorded late. ``docs/simulator.md`` has the formulae.

    Parameters
    ----------
    out : Path
        Folder for ``<table>.parquet``; created, and its tables replaced.
    accounts : int
        Customers, at least 10; each owes under one account.
    months : int
        Months of debts up to that of ``until``, 6 to 120.
    seed : int
        Seed of every draw, 0 or more.
    country : str
        Sets currency, amounts, language and time zone; ISO 3166 code of a known country.
    until : date
        Nothing happens or is recorded after the close (UTC) of this day.
    **extras
        See ``Extras``. What faults were planted is told in ``faults.json``, in the truth's
        folder or else in ``out``.

    Returns
    -------
    dict of str to int
        Rows written, by table.

    Raises
    ------
    ConfigurationError
        If an argument is out of range, or the truth would lie among the tables.
    """
    plan = Plan(accounts, months, seed, country, until, extras.get("random_share", 0.05))
    _check_plan(plan)
    _check_extras(out, extras)
    planter = FaultPlanter(extras.get("faults", 0.0), until)
    rows = _write_pieces(plan, out, planter, extras)
    planted = planter.planted | spoil_table(out, extras.get("fault_kind"))
    file = (extras.get("truth") or out) / FAULTS_FILE
    if planted:
        file.write_text(json.dumps(planted, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    else:
        file.unlink(missing_ok=True)
    return rows


def _write_pieces(plan: Plan, out: Path, planter: FaultPlanter, extras: Extras) -> dict[str, int]:
    timeline = draw_up_timeline(plan.months, plan.until, extras.get("shock"))
    truth = extras.get("truth")
    days = truth_days(timeline, extras.get("truth_months", 3)) if truth else ()
    weeks = plan.pieces * len(timeline.past)
    with ExitStack() as stack:
        tables = stack.enter_context(TableWriter(out))
        secrets = stack.enter_context(TableWriter(truth)) if truth else None
        progress = stack.enter_context(
            tqdm(total=weeks, desc="simulating", unit="week", disable=None, leave=False)
        )
        for piece in range(plan.pieces):
            rows, truths = simulate_piece(plan, timeline, piece, days, progress.update)
            tables.write(planter.plant(rows, seeded(plan.seed, piece, FAULTS)))
            if secrets:
                secrets.write(truths)
    return tables.rows


def _check_plan(plan: Plan) -> None:
    if plan.accounts < 10:
        raise ConfigurationError(
            f"simulate: accounts is {plan.accounts}. Ask for at least 10.", accounts=plan.accounts
        )
    if not 6 <= plan.months <= 120:
        raise ConfigurationError(
            f"simulate: months is {plan.months}. Ask for 6 to 120.", months=plan.months
        )
    if plan.seed < 0:
        raise ConfigurationError(
            f"simulate: seed is {plan.seed}. Choose 0 or more.", seed=plan.seed
        )
    if plan.country not in COUNTRIES:
        known = ", ".join(sorted(COUNTRIES))
        raise ConfigurationError(
            f"simulate: country {plan.country} is unknown. Choose one of {known}.",
            country=plan.country,
        )


def _check_extras(out: Path, extras: Extras) -> None:
    truth, kind = extras.get("truth"), extras.get("fault_kind")
    if truth and (out.resolve() == truth.resolve() or out.resolve() in truth.resolve().parents):
        raise ConfigurationError(
            f"simulate: the truth would lie among the tables, in {truth}. Give it a folder outside "
            f"{out}: nothing but tests may read it.",
            truth=str(truth),
        )
    for name in ("faults", "random_share"):
        share = extras.get(name, 0.0)
        if not 0 <= share <= 1:  # type: ignore[operator]
            raise ConfigurationError(f"simulate: {name} is {share}. Give a share from 0 to 1.")
    if kind and kind not in FAULT_KINDS:
        known = ", ".join(FAULT_KINDS)
        raise ConfigurationError(
            f"simulate: fault kind {kind} is unknown. Choose one of {known}.", fault_kind=kind
        )
