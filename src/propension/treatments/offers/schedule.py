"""The dates on which offers fall due: one short list per offer, country and liquidity day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from propension.config import Charges, Extension, InstalmentPlan, Offer, Settlement
from propension.sources import text_literal
from propension.treatments.offers.working_days import (
    ONE_DAY,
    closed_days,
    monthly_dates,
    next_open_day,
)

# The liquidity day of accounts that have none.
NO_DAY = 0
_STEP_DAYS = {"week": 7, "fortnight": 15}


def schedule_sql(offers: Mapping[str, Offer], as_of: dt.date, countries: Iterable[str]) -> str:
    """Return VALUES of treatment, country, liquidity day and due dates, in rising order."""
    last = as_of + max(_longest_days(offer) for offer in offers.values()) * ONE_DAY
    rows = []
    for country in countries:
        closed = closed_days(country, as_of, last)
        for treatment, offer in offers.items():
            for day in range(NO_DAY, 32):
                dates = due_dates(offer, as_of, day, closed)
                listed = ", ".join(text_literal(date) for date in dates)
                rows.append(
                    f"({text_literal(treatment)}, {text_literal(country)}, {day}, [{listed}]::DATE[])"
                )
    return f"(VALUES {', '.join(rows)}) AS s(treatment, country, day, dates)"


def due_dates(
    offer: Offer, as_of: dt.date, day: int, closed: AbstractSet[dt.date]
) -> list[dt.date]:
    """Return the working days on which an offer's payments may fall due, strictly rising.

    Parameters
    ----------
    offer : Offer
    as_of : date
    day : int
        The customer's liquidity day, 1 to 31; ``NO_DAY`` where there is none.
    closed : set of date
        Days moved to the next working day.

    Returns
    -------
    list of date
        Within the offer's ``max_days``, which may hold none; after its ``due_days``, one.
    """
    last = as_of + _longest_days(offer) * ONE_DAY
    match offer:
        case InstalmentPlan():
            first = as_of + offer.notice_days * ONE_DAY
            moved = {next_open_day(date, closed) for date in _plan_days(offer, first, last, day)}
            count = offer.max_instalments + (offer.down_payment_share > 0)
            return sorted(date for date in moved if date <= last)[:count]
        case Extension():
            first = as_of + offer.notice_days * ONE_DAY
            liquid = [next_open_day(date, closed) for date in monthly_dates(first, last, day)]
            within = [date for date in liquid if date <= last]
            return within[:1] or _last_open_day(first, last, closed)
        case Settlement() | Charges():
            return [next_open_day(last, closed)]


def _longest_days(offer: Offer) -> int:
    return offer.due_days if isinstance(offer, Settlement | Charges) else offer.max_days


def _plan_days(offer: InstalmentPlan, first: dt.date, last: dt.date, day: int) -> Iterable[dt.date]:
    if offer.every == "month":
        return monthly_dates(first, last, day or first.day)
    step = _STEP_DAYS[offer.every]
    return [first + days * ONE_DAY for days in range(0, (last - first).days + 1, step)]


def _last_open_day(first: dt.date, last: dt.date, closed: AbstractSet[dt.date]) -> list[dt.date]:
    day = last
    while day in closed:
        day -= ONE_DAY
    return [day] if day >= first else []
