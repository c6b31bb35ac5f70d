"""The experiment as it stands: whether it may be read, and what it says."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import CHAMPION, Experiment, Policy, Target
from propension.monitoring.impact import (
    CONTROL,
    TREATED,
    Impact,
    Reading,
    measure_challengers,
    measure_strategy,
    measure_treatments,
    rows_of_strategies,
)
from propension.monitoring.plain import plain_values
from propension.monitoring.stopping import Look, StopRule, Verdict
from propension.snapshots import is_mature
from propension.sources import text_literal
from propension.treatments.experiment import (
    Balance,
    SampleRatio,
    check_balance,
    check_sample_ratio,
)

# Known before the draw, and so alike in arms that were drawn.
COVARIATES = (
    "propensity", "ability", "willingness", "amount_at_stake", "days_past_due", "disputed", "has_phone", "stage", "value_tier",
)  # fmt: skip
GROUPS = ("segment", "quadrant")
# What decides which treatments an account may get.
_ELIGIBILITY = ("stage", "segment")

_ENTRIES = """
SELECT * FROM read_parquet({outcomes})
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY as_of) = 1 ORDER BY account_id
"""


@dataclass(frozen=True)
class Maturity:
    """Lists by how many of the windows are over: all, some, none."""

    mature: int
    partial: int
    young: int


@dataclass(frozen=True)
class Standing:
    """The strategy as it stood on a day, on the accounts whose outcome was known by then."""

    as_of: dt.date
    accounts: int
    impact: Impact


@dataclass(frozen=True)
class ExperimentReading:
    """What an experiment says so far.

    Attributes
    ----------
    as_of : date
    window : int
        Days after which the strategy is judged; a treatment with a window of its own by that.
    lists : Maturity
    accounts : mapping of arm to accounts
    ratios : tuple of SampleRatio
        Of the arms and, where there are challengers, of the strategies: an alarm in any forbids reading on.
    balance : Balance or None
        Accounts as they were on their first list; None without a control group.
    strategy : tuple of Impact
        Over all, by segment and by quadrant. The interval over all holds at every look of the plan.
    entry : Impact
        The strategy on the first list of every account alone, before anything it did could change who is listed.
    treatments, challengers : tuple of Impact
    verdict : Verdict or None
        Of the plan; None without one, or before its first look.
    lost_rows : int
        Rows whose window is over but whose debts are no longer in the tables.
    course : tuple of Standing
        The strategy over all at the end of every month: its life so far. Each interval holds by itself.
    """

    as_of: dt.date
    window: int
    lists: Maturity
    accounts: dict[str, int]
    ratios: tuple[SampleRatio, ...]
    balance: Balance | None
    strategy: tuple[Impact, ...]
    entry: Impact
    treatments: tuple[Impact, ...]
    challengers: tuple[Impact, ...]
    verdict: Verdict | None
    lost_rows: int
    course: tuple[Standing, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds, with what is said of them; what is not known is None."""
        said = {
            "alarms": [ratio.told() for ratio in self.ratios if ratio.is_alarm],
            "balance": self.balance and self.balance.told(),
            "strategy": self.strategy[0].told(),
            "verdict": self.verdict and self.verdict.told(),
        }
        found: dict[str, Any] = plain_values(asdict(self))
        return {**found, "told": said}


def reading_windows(policy: Policy, window: int) -> tuple[int, ...]:
    """Return every window an experiment is read by: the strategy's, and those of treatments that take longer."""
    own = {treatment.window_days for treatment in policy.treatments.values()} - {None}
    return tuple(sorted({window, *(days for days in own if days is not None)}))


def read_experiment(
    outcomes: Path, policy: Policy, target: Target, as_of: dt.date, window: int
) -> ExperimentReading:
    """Return what the experiment of a policy says by ``as_of``.

    Parameters
    ----------
    outcomes : Path
        From ``write_outcomes``, with the windows of ``reading_windows``.
    policy : Policy
        Its experiment says the shares of the arms; its treatments, their windows.
    target : Target
    as_of : date
    window : int
    """
    files = text_literal(outcomes)
    with duckdb.connect() as engine:
        entries = engine.sql(_ENTRIES.format(outcomes=files)).to_arrow_table()
        rows = engine.sql(f"SELECT * FROM read_parquet({files})").to_arrow_table()
    reading = Reading(f"paid_{window}", f"recovered_amount_{window}")
    course = tuple(_course(rows, reading, target, window, as_of))
    verdict = _verdict(course, policy.experiment.planned_accounts)
    planned = replace(reading, critical=verdict.critical) if verdict else reading
    days = pc.unique(rows["as_of"]).to_pylist()
    return ExperimentReading(
        as_of=as_of,
        window=window,
        lists=_maturity(days, reading_windows(policy, window), target, as_of),
        accounts=_counts(entries, "arm"),
        ratios=tuple(_ratios(entries, policy.experiment)),
        balance=check_balance(entries, COVARIATES) if _has_control(entries) else None,
        strategy=(
            measure_strategy(rows, reading=planned)[0],
            *measure_strategy(rows, GROUPS, reading)[1:],
        ),
        entry=replace(measure_strategy(entries, reading=reading)[0], group="first list"),
        treatments=tuple(_treatments(rows, policy, window)),
        challengers=tuple(measure_challengers(rows, reading)),
        verdict=verdict,
        lost_rows=_mature_by(as_of, rows, window, target)[reading.paid].null_count,
        course=course,
    )


def _course(
    rows: pa.Table, reading: Reading, target: Target, window: int, as_of: dt.date
) -> Iterator[Standing]:
    """The strategy over all on every month end on which more was known than before."""
    before = 0
    for end in _month_ends(pc.min(rows["as_of"]).as_py(), as_of):
        seen = _mature_by(end, rows, window, target)
        impact = measure_strategy(seen, reading=reading)[0]
        if seen.num_rows > before and np.isfinite(impact.rate.z):
            before = seen.num_rows
            yield Standing(end, pc.count_distinct(seen["account_id"]).as_py(), impact)


def _verdict(course: Sequence[Standing], planned_accounts: int | None) -> Verdict | None:
    """What the plan says at its last look, or at the look that ended it; only new accounts make a look."""
    if planned_accounts is None:
        return None
    rule, looks, verdict = StopRule(planned_accounts), list[Look](), None
    for standing in course:
        if looks and standing.accounts <= looks[-1].accounts:
            continue
        looks.append(Look(standing.accounts, standing.impact.rate.z))
        verdict = rule.judge(looks)
        if verdict.outcome != "goes_on":
            break
    return verdict


def _mature_by(day: dt.date, rows: pa.Table, window: int, target: Target) -> pa.Table:
    """Rows of the lists whose window is over by a day."""
    lists = pc.unique(rows["as_of"]).to_pylist()
    over = [listed for listed in lists if is_mature(listed, window, target, day)]
    return rows.filter(pc.is_in(rows["as_of"], pa.array(over, pa.date32())))


def _month_ends(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, number = month // 12, month % 12 + 1
        end = dt.date(year, number, calendar.monthrange(year, number)[1])
        if end <= last:
            yield end


def _maturity(
    days: Sequence[dt.date], windows: Sequence[int], target: Target, as_of: dt.date
) -> Maturity:
    over = [sum(is_mature(day, window, target, as_of) for window in windows) for day in days]
    young, mature = over.count(0), over.count(len(windows))
    return Maturity(mature, len(over) - young - mature, young)


def _ratios(entries: pa.Table, experiment: Experiment) -> Iterator[SampleRatio]:
    # Lists from before there were strategies were drawn without exploration.
    explores = entries["strategy"].null_count < entries.num_rows
    control, explore = experiment.control_share, experiment.explore_share if explores else 0.0
    shares = {CONTROL: control, "explore": explore, TREATED: 1 - control - explore}
    yield check_sample_ratio(_counts(entries, "arm"), shares)
    if experiment.challengers:
        tried = {name: one.share for name, one in experiment.challengers.items()}
        shares = {CHAMPION: 1 - sum(tried.values())} | tried
        counts = _counts(rows_of_strategies(entries), "strategy")
        # Those that were tried before have had their time.
        yield check_sample_ratio({n: counts[n] for n in shares if n in counts}, shares)


def _treatments(rows: pa.Table, policy: Policy, window: int) -> Iterator[Impact]:
    """Every treatment by its own window."""
    windows = {
        f"treatment={name}": treatment.window_days or window
        for name, treatment in policy.treatments.items()
    }
    for days in reading_windows(policy, window):
        reading = Reading(f"paid_{days}", f"recovered_amount_{days}")
        for impact in measure_treatments(rows, reading, _ELIGIBILITY):
            if windows.get(impact.group, window) == days:
                yield impact


def _counts(table: pa.Table, column: str) -> dict[str, int]:
    counted = pc.value_counts(table[column].combine_chunks()).to_pylist()
    return {
        entry["values"]: entry["counts"] for entry in sorted(counted, key=lambda e: e["values"])
    }


def _has_control(entries: pa.Table) -> bool:
    return bool(pc.any(pc.equal(entries["arm"], CONTROL)).as_py())
