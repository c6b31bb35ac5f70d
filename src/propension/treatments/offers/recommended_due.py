"""Due dates that match a customer's liquidity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from propension.config import RecommendedDue
from propension.sources import text_literal
from propension.treatments.offers.working_days import (
    ONE_DAY,
    closed_days,
    next_open_day,
    whole_day_sql,
)

# Nothing that falls due later is looked at.
_AHEAD = 366 * ONE_DAY
_MONTH = 31 * ONE_DAY


def recommended_due_sql(
    advice: RecommendedDue, source: str, as_of: dt.date, home: str, countries: Collection[str] = ()
) -> str:
    """Return a SELECT that adds ``recommended_due_on`` to accounts of which nothing is overdue.

    It is the first working day from the customer's liquidity day on or after its next due date;
    null where the day varies too much, rests on too few payments, or the account is overdue.

    Parameters
    ----------
    advice : RecommendedDue
    source : str
        Relation with stage, country, next_due_on, liquidity_day, liquidity_day_spread and
        payment_count_365d.
    as_of : date
    home : str
        Country of accounts of unknown country.
    countries : collection of str
        Other countries whose own holidays count.
    """
    known = sorted({home, *countries})
    moved = ", ".join(
        f"({text_literal(country)}, DATE '{day}', DATE '{next_open_day(day, closed)}')"
        for country in known
        for closed in [closed_days(country, as_of, as_of + _AHEAD + _MONTH)]
        for day in sorted(closed)
    )
    given = ", ".join(map(text_literal, known))

    def in_month(month: str) -> str:
        return f"{month} + (least(wanted_day, day(last_day({month}))) - 1)::INTEGER"

    this_month = "date_trunc('month', next_due_on)::DATE"
    next_month = f"({this_month} + INTERVAL 1 MONTH)::DATE"
    return f"""
SELECT d.* EXCLUDE (wanted_day, liquid_on), coalesce(m.moved_to, d.liquid_on) AS recommended_due_on
FROM (
    SELECT *, CASE WHEN wanted_day IS NULL THEN NULL
                   WHEN {in_month(this_month)} >= next_due_on THEN {in_month(this_month)}
                   ELSE {in_month(next_month)} END AS liquid_on
    FROM (
        SELECT *, CASE WHEN stage = 'upcoming' AND liquidity_day_spread <= {advice.max_spread_days}
                        AND payment_count_365d >= {advice.min_payments}
                        AND next_due_on BETWEEN DATE '{as_of}' AND DATE '{as_of + _AHEAD}'
                       THEN {whole_day_sql("liquidity_day")} END AS wanted_day
        FROM {source}
    )
) d
LEFT JOIN (VALUES {moved}) AS m(country, closed_on, moved_to)
  ON m.closed_on = d.liquid_on
 AND m.country = CASE WHEN d.country IN ({given}) THEN d.country ELSE {text_literal(home)} END"""
