"""What would be done about every account: segment, options, the law, and what is worth most within all limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import Policy
from propension.config.settings import Portfolio
from propension.segments import Standing, read_columns, segment_sql
from propension.treatments.choice import (
    Part,
    Plan,
    Slate,
    Terms,
    catalogue_order,
    largest_groups,
    make_plan,
    make_slate,
    read_accounts,
    read_limits,
    read_positions,
)
from propension.treatments.effects import EffectModel, Learning, learn_effects, policy_priors
from propension.treatments.experiment import draw_sql
from propension.treatments.options import (
    MACROS,
    options_sql,
    refuse_taken_names,
    suppressed_sql,
)
from propension.treatments.permits import HISTORY_SCHEMA, write_permits
from propension.treatments.wishes import WISHES_SCHEMA

_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT o.place, o.strategy, o.position, o.treatment, o.is_considered,
       CASE WHEN o.refusal IS NOT NULL THEN o.refusal WHEN o.channel <> 'none' AND NOT p.is_open THEN p.rule END AS rule,
       CASE WHEN o.refusal IS NOT NULL THEN o.citation ELSE p.citation END AS citation
FROM options o LEFT JOIN permits p USING (account_id, channel)
"""


@dataclass(frozen=True)
class Occasion:
    """For whom, when, and after which contacts decisions are made.

    Attributes
    ----------
    portfolio : Portfolio
    as_of : date
    shows_names : bool
        Whether messages may call customers by their names.
    history : pa.Table
        Contacts known by the as-of date, of ``HISTORY_SCHEMA``.
    previous : Path or Table or None
        The list before, whose segments are shown beside today's: its file, or account_id and segment.
    log : pa.Table or None
        What earlier lists assigned and what came of it: see ``learn_effects``; outcomes are the
        columns ``recovered_share_<days>``.
    horizon_days : int
        The window of outcomes where a treatment says no other.
    wishes : pa.Table
        Of ``WISHES_SCHEMA``: what people ask for, of accounts on the list or not.
    """

    portfolio: Portfolio
    as_of: dt.date
    shows_names: bool = False
    history: pa.Table = field(default_factory=HISTORY_SCHEMA.empty_table)
    previous: Path | pa.Table | None = None
    log: pa.Table | None = None
    horizon_days: int = 30
    wishes: pa.Table = field(default_factory=WISHES_SCHEMA.empty_table)


@dataclass(frozen=True, eq=False)
class Decision:
    """What stands behind the table ``decided``.

    Attributes
    ----------
    slate : Slate
    plan : Plan
    effects : mapping of stage to EffectModel
    """

    slate: Slate
    plan: Plan
    effects: Mapping[str, EffectModel]

    def chosen(self) -> pa.Table:
        """Return account_id and treatment of every account."""
        names = pa.array(self.slate.treatments)
        return pa.table(
            {
                "account_id": self.slate.accounts["account_id"],
                "treatment": names.take(pa.array(self.plan.choice)),
            }
        )


@dataclass(frozen=True, eq=False)
class Whole:
    """What a whole portfolio settles for a part of it, which then decides by itself.

    The part holds all accounts of each of its customers, and a column ``worth``: see ``segment_sql``.

    Attributes
    ----------
    standing : Standing
    effects : mapping of stage to EffectModel
        See ``learn_policy_effects``.
    terms : Terms
    largest : mapping of column to groups
        See ``largest_groups``.
    """

    standing: Standing
    effects: Mapping[str, EffectModel]
    terms: Terms = field(default_factory=Terms)
    largest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choose(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    source: str,
    occasion: Occasion,
    whole: Whole | None = None,
) -> Decision:
    """Return what would be done about every account, before it has its time and its words; see ``decide``."""
    part, effects = weigh(engine, policy, source, occasion, whole)
    terms = None if whole is None else whole.terms
    return Decision(part.slate, make_plan(policy, part.slate, part.limits, terms), effects)


def weigh(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    source: str,
    occasion: Occasion,
    whole: Whole | None = None,
) -> tuple[Part, Mapping[str, EffectModel]]:
    """Return what is open for every account and what it is worth, with the effects it is worth by."""
    portfolio, as_of = occasion.portfolio, occasion.as_of
    refuse_taken_names(policy)
    engine.execute(MACROS)
    # What is only shown stays behind: every table from here on is copied a few times.
    read = read_columns() if whole is None else (*read_columns(), "worth")
    given = f"(SELECT {', '.join(read)} FROM {source})"
    segmented = segment_sql(policy, given, None if whole is None else whole.standing)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE segmented AS {segmented}")
    engine.register("wishes", occasion.wishes)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE suppressed AS {suppressed_sql(policy, 'segmented')}"
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE options AS {options_sql(policy, 'suppressed')}")
    write_permits(engine, policy, portfolio, as_of, occasion.history)
    engine.execute(_JUDGED)
    treatments = catalogue_order(policy)
    drawn = draw_sql(policy.experiment, "account_id", "explore", _period(policy, as_of))
    groups = pressed_groups(policy)
    largest = whole.largest if whole else largest_groups(engine, "suppressed", groups)
    accounts = read_accounts(engine, drawn, groups, largest)
    positions = read_positions(engine, treatments, accounts.num_rows)
    effects: Mapping[str, EffectModel]
    if whole is None:
        stages = sorted(pc.unique(accounts["stage"]).to_pylist())
        effects = learn_policy_effects(policy, occasion, stages)
    else:
        effects = whole.effects
    slate = make_slate(policy, accounts, positions, effects)
    limits = read_limits(engine, policy, accounts, treatments, (portfolio, as_of))
    return Part(slate, limits), effects


def pressed_groups(policy: Policy) -> tuple[str, ...]:
    """Return the columns that pressure is limited within."""
    return tuple(sorted({limit.within for limit in policy.pressure.values()}))


def _period(policy: Policy, as_of: dt.date) -> str:
    """What a draw holds for: the run, or the month its first day of work is in."""
    first = as_of + dt.timedelta(days=1)
    return first.strftime("%Y-%m") if policy.experiment.redraw == "month" else first.isoformat()


def learn_policy_effects(
    policy: Policy, occasion: Occasion, stages: Iterable[str]
) -> dict[str, EffectModel]:
    """Return what is known of every treatment's effect at every stage; accounts of two stages teach nothing of one another."""
    windows = {
        name: f"recovered_share_{treatment.window_days}"
        for name, treatment in policy.treatments.items()
        if treatment.window_days is not None
    }
    learning = Learning(
        f"recovered_share_{occasion.horizon_days}",
        windows,
        policy.learning.prior_rows,
        policy.learning.allow_confounded,
    )
    log, priors = occasion.log, policy_priors(policy)
    found = {}
    for stage in stages:
        ours = None if log is None else log.filter(pc.equal(log["stage"], stage))
        found[stage] = learn_effects(ours, catalogue_order(policy), priors, learning)
    return found
