"""Offers of a whole list of accounts in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from propension.config import InstalmentPlan, Offer
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.treatments.offers.schedule import NO_DAY, schedule_sql
from propension.treatments.offers.terms import terms_sql
from propension.treatments.offers.words import offer_text_sql
from propension.treatments.offers.working_days import whole_day_sql
from propension.writing import (
    MAX_DIGITS,
    LocalText,
    currency_digits,
    hundredths_sql,
)

_OFFERED = """
SELECT a.account_id, a.treatment, a.days_past_due, a.propensity, s.dates,
       coalesce({cents}, 0) AS cents,
       CASE WHEN a.payment_amount_mean > 0 THEN {mean_paid} END AS mean_paid
FROM {source} a
JOIN {schedule} ON s.treatment = a.treatment
 AND s.country = CASE WHEN a.country IN ({countries}) THEN a.country ELSE {home} END
 AND s.day = coalesce({day}, {no_day})
"""

_NONE = """
SELECT *, NULL::VARCHAR AS offer, NULL::DECIMAL(18,2) AS offer_amount,
       NULL::DECIMAL(18,2) AS offer_discount,
       NULL::STRUCT(due_on DATE, amount DECIMAL(18,2))[] AS offer_instalments,
       NULL::VARCHAR AS offer_refused
FROM {source}"""

_ADDED = """
WITH offered AS ({offered}), terms AS ({terms})
SELECT a.*, CASE WHEN t.payments IS NOT NULL THEN {text} END AS offer,
       {amount} AS offer_amount, {discount} AS offer_discount,
       list_transform(t.payments, lambda cents, i:
           struct_pack(due_on := t.dates[i], amount := {cents})) AS offer_instalments,
       t.refused AS offer_refused
FROM {source} a LEFT JOIN terms t ON t.account_id = a.account_id"""


def offer_sql(
    offers: Mapping[str, Offer],
    source: str,
    as_of: dt.date,
    portfolio: Portfolio,
    countries: Collection[str] = (),
) -> str:
    """Return a SELECT that adds what may be offered to every account, exact to the cent.

    Added: ``offer`` (words), ``offer_amount`` (all that is paid), ``offer_discount`` (what is
    forgone), ``offer_instalments`` (list of due_on and amount) and ``offer_refused`` (a code of
    ``REFUSALS``). All are null where the treatment makes no offer.

    Parameters
    ----------
    offers : mapping of str to Offer
        By the treatment that makes the offer.
    source : str
        Relation with unique account_id, treatment, country, overdue_amount, days_past_due,
        propensity, payment_amount_mean and liquidity_day; it is read twice.
    as_of : date
    portfolio : Portfolio
        Its country's holidays are those of accounts of unknown country.
    countries : collection of str
        Other countries whose own holidays count.
    """
    if not offers:
        return _NONE.format(source=source)
    step = 10 ** (MAX_DIGITS - currency_digits(portfolio.currency))
    known = sorted({portfolio.country, *countries})
    down = [
        text_literal(treatment)
        for treatment, offer in offers.items()
        if isinstance(offer, InstalmentPlan) and offer.down_payment_share
    ]
    initial = f"(a.treatment IN ({', '.join(down)}))::INTEGER" if down else "0"
    return _ADDED.format(
        source=source,
        offered=_OFFERED.format(
            source=source,
            cents=hundredths_sql("a.overdue_amount"),
            mean_paid=hundredths_sql("least(a.payment_amount_mean, 1e15)"),
            schedule=schedule_sql(offers, as_of, known),
            countries=", ".join(map(text_literal, known)),
            home=text_literal(portfolio.country),
            day=whole_day_sql("a.liquidity_day"),
            no_day=NO_DAY,
        ),
        terms=" UNION ALL ".join(terms_sql(name, offer, step) for name, offer in offers.items()),
        text=offer_text_sql(portfolio.language, LocalText.of(portfolio), initial),
        amount=_decimal("list_sum(t.payments)::BIGINT"),
        discount=_decimal("t.discount"),
        cents=_decimal("cents"),
    )


def _decimal(cents: str) -> str:
    # A division would leave the decimals.
    return f"({cents} * 0.01::DECIMAL(3,2))::DECIMAL(18,2)"
