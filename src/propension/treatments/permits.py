"""Which channels the law leaves open for every account, and from when."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa

from propension.config import Policy
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.treatments.contact import Rulebook, check_contacts, country_zones, load_rulebook

# The first moment of the day after the as-of date on the customer's own clock; the zone that is
# not in the database stays as it is, for the rules to refuse.
_PROPOSALS = """
CREATE OR REPLACE TEMP TABLE proposals AS
SELECT o.account_id, o.channel, a.customer_id, coalesce(a.country, {home}) AS country, a.region, a.timezone,
       coalesce(z.name, {zone}) AS clock, greatest({first}, a.not_before) AS first
FROM (SELECT DISTINCT account_id, channel FROM options WHERE refusal IS NULL AND channel <> 'none') o
JOIN suppressed a USING (account_id)
LEFT JOIN (SELECT DISTINCT name FROM pg_timezone_names()) z ON z.name = a.timezone
ORDER BY o.account_id, o.channel
"""
_INSTANT = "timezone(clock, {moment})"
_ASKED = """
SELECT account_id, customer_id, channel, country, region, timezone, {at} AS at FROM {source}
ORDER BY account_id, channel
"""
# What is allowed too late is refused, by the rule that still holds on the last day.
_PERMITS = """
CREATE OR REPLACE TEMP TABLE permits AS
SELECT p.account_id, p.channel, p.clock, f.earliest,
       f.earliest IS NOT NULL AND f.earliest < {limit} AS is_open,
       CASE WHEN p.first > {last} THEN '{postponed}' ELSE f.rule END AS rule,
       CASE WHEN p.first <= {last} THEN f.citation END AS citation
FROM proposals p JOIN found f USING (account_id, channel)
"""

POSTPONED = "postponed"
HISTORY_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("channel", pa.string()),
        ("at", pa.timestamp("us")),
        ("direction", pa.string()),
        ("outcome", pa.string()),
    ]
)


def rulebook_of(policy: Policy) -> Rulebook:
    """Return the packs that come with propension, as a policy reads them.

    Raises
    ------
    PolicyError
        If a cap of the policy bears the id of another rule.
    """
    contact = policy.contact
    return load_rulebook(reading=contact.reading, scope=contact.scope, extra=contact.caps)


def portfolio_clock(portfolio: Portfolio) -> str:
    """Return the time zone of the portfolio's teams, and of customers of unknown zone."""
    return portfolio.timezone or (country_zones(portfolio.country) or ("UTC",))[0]


def write_permits(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    portfolio: Portfolio,
    as_of: dt.date,
    history: pa.Table,
) -> None:
    """Judge every contact that the options propose; leave the table ``permits``.

    Columns: account_id, channel, clock (the customer's), earliest (the first lawful moment after the as-of
    date, and after what people put off, UTC), is_open, and the rule and citation that refuse it where it is not open.

    Parameters
    ----------
    engine : connection
        With the tables ``options`` and ``suppressed``.
    policy : Policy
    portfolio : Portfolio
        Its country is that of customers of unknown country, and its clock that of unknown zones.
    as_of : date
    history : pa.Table
        Of ``HISTORY_SCHEMA``: contacts known by the as-of date.
    """
    rules = rulebook_of(policy)
    home, zone = text_literal(portfolio.country), text_literal(portfolio_clock(portfolio))
    first, last = (
        f"DATE '{as_of + dt.timedelta(days=ahead)}'" for ahead in (1, policy.contact.within_days)
    )
    engine.execute(_PROPOSALS.format(home=home, zone=zone, first=first))

    def judged(source: str, moment: str) -> pa.Table:
        asked = engine.sql(
            _ASKED.format(source=source, at=f"timezone('UTC', {_INSTANT.format(moment=moment)})")
        ).to_arrow_table()
        found = check_contacts(asked, history, rules)
        return pa.table(
            {"account_id": asked["account_id"], "channel": asked["channel"]}
            | {name: found[name] for name in found.column_names}
        )

    engine.register("found", judged("proposals", "first::TIMESTAMP"))
    limit = _INSTANT.format(moment=f"({last} + 1)::TIMESTAMP")
    engine.execute(_PERMITS.format(limit=limit, last=last, postponed=POSTPONED))
    engine.unregister("found")
    late = "(SELECT p.* FROM proposals p JOIN permits m USING (account_id, channel) WHERE NOT m.is_open "
    late += f"AND p.first <= {last})"
    engine.register("still_refused", judged(late, f"{last} + INTERVAL 12 HOUR"))
    engine.execute(
        "UPDATE permits SET rule = s.rule, citation = s.citation FROM still_refused s "
        "WHERE permits.account_id = s.account_id AND permits.channel = s.channel AND s.rule IS NOT NULL"
    )
    engine.unregister("still_refused")
