"""Decide about every account: segment, options, the law, then what to say and offer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from propension.config import NO_TREATMENT, Language, Policy
from propension.config.settings import Portfolio
from propension.segments import segment_sql
from propension.sources import text_literal
from propension.treatments.experiment import probability_sql
from propension.treatments.local_text import LocalText
from propension.treatments.messages import MessageFinding, check_messages, messages_sql
from propension.treatments.offers import offer_sql, recommended_due_sql
from propension.treatments.options import (
    MACROS,
    catalogue_sql,
    effect_sql,
    options_sql,
    suppressed_sql,
)
from propension.treatments.permits import HISTORY_SCHEMA, rulebook_of, write_permits

_CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
WITH judged AS (
    SELECT o.account_id, o.position, o.treatment, p.scheduled_at,
           CASE WHEN o.refusal IS NOT NULL THEN o.refusal WHEN o.channel <> 'none' AND NOT p.is_open THEN p.rule END
               AS rule,
           CASE WHEN o.refusal IS NOT NULL THEN o.citation ELSE p.citation END AS citation
    FROM options o LEFT JOIN permits p USING (account_id, channel)
),
first AS (
    SELECT account_id, min(position) AS position FROM judged WHERE rule IS NULL GROUP BY account_id
)
SELECT j.account_id, any_value(j.treatment) FILTER (WHERE j.position = f.position) AS treatment,
       any_value(j.scheduled_at) FILTER (WHERE j.position = f.position) AS scheduled_at,
       coalesce(list({{'treatment': j.treatment, 'rule': j.rule, 'citation': coalesce(j.citation, '')}}
                ORDER BY j.position) FILTER (WHERE j.position < f.position), []) AS refusals
FROM judged j JOIN first f USING (account_id)
GROUP BY j.account_id
"""

_TREATED = """
CREATE OR REPLACE TEMP TABLE treated AS
SELECT s.*, c.treatment, c.scheduled_at, c.refusals, t.channel, t.tone, t.manual, t.expected_cost, t.says,
       CASE WHEN suppression IS NOT NULL THEN 1 ELSE {probability} END AS assignment_probability,
       (e.effect::DECIMAL(9,6) * {at_stake})::DECIMAL(18,2) AS expected_uplift,
       {at_stake} AS amount_at_stake, s.as_of + s.days_to_due::INTEGER AS due_on,
       s.as_of + s.days_to_due::INTEGER AS next_due_on, s.kind = 'company' AS is_company
FROM suppressed s JOIN chosen c USING (account_id) JOIN ({catalogue}) t USING (treatment)
JOIN ({effects}) e ON e.treatment = c.treatment
 AND e.place = CASE s.stage WHEN 'upcoming' THEN 'upcoming' ELSE coalesce(s.quadrant, 'uncertain') END
"""
# What is at stake: what is overdue, or about to fall due.
_AT_STAKE = "CASE s.stage WHEN 'upcoming' THEN s.due_amount ELSE s.overdue_amount END"

_SUGGESTED: dict[Language, str] = {
    "es": "Fecha de pago sugerida: ", "pt": "Data de pagamento sugerida: ", "en": "Suggested due date: ",
}  # fmt: skip

_DECIDED = """
CREATE OR REPLACE TABLE decided AS
SELECT * REPLACE (
           list_concat(refusals,
               CASE WHEN offer_refused IS NOT NULL
                    THEN [{{'treatment': treatment, 'rule': 'offer:' || offer_refused, 'citation': ''}}] ELSE [] END,
               CASE WHEN message_refused IS NOT NULL
                    THEN [{{'treatment': treatment, 'rule': 'message:' || message_refused, 'citation': ''}}] ELSE [] END
           ) AS refusals,
           coalesce(offer, '{suggested}' || {due_on}) AS offer),
       row_number() OVER (
           ORDER BY treatment = '{nothing}', expected_uplift - expected_cost DESC, expected_recovery DESC, account_id
       ) AS priority
FROM (
    SELECT o.*, m.message, m.message_refused, b.segment AS previous_segment
    FROM offered o LEFT JOIN messages m USING (account_id) LEFT JOIN ({previous}) b USING (account_id)
)
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
    previous : Path or None
        The list before, whose segments are shown beside today's.
    """

    portfolio: Portfolio
    as_of: dt.date
    shows_names: bool = False
    history: pa.Table = field(default_factory=HISTORY_SCHEMA.empty_table)
    previous: Path | None = None


def decide(
    engine: duckdb.DuckDBPyConnection, policy: Policy, source: str, occasion: Occasion
) -> None:
    """Leave the table ``decided``: every account of ``source`` with what is done about it.

    An account gets the first treatment its segment prefers that nothing forbids: no suppression,
    no closed channel, no rule of contact. What was refused on the way is kept with its rule.

    Parameters
    ----------
    engine : connection
    policy : Policy
    source : str
        Table with every column rules may use that is not derived, and account_id, customer_id,
        customer_name, opt_outs, language, kind and timezone.
    occasion : Occasion

    Raises
    ------
    PolicyError
        If a rule, a template or a cap of the policy is refused.
    """
    portfolio = occasion.portfolio
    engine.execute(MACROS)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE segmented AS {segment_sql(policy, source)}")
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE suppressed AS {suppressed_sql(policy, 'segmented')}"
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE options AS {options_sql(policy, 'suppressed')}")
    write_permits(engine, policy, portfolio, occasion.as_of, occasion.history)
    engine.execute(_CHOSEN.format())
    engine.execute(
        _TREATED.format(
            probability=probability_sql(policy.experiment, "arm"), at_stake=_AT_STAKE,
            catalogue=catalogue_sql(policy), effects=effect_sql(policy),
        )
    )  # fmt: skip
    _offer_and_write(engine, policy, occasion)
    engine.execute(
        _DECIDED.format(
            suggested=_SUGGESTED[portfolio.language],
            due_on=LocalText.of(portfolio).date_sql("recommended_due_on"),
            nothing=NO_TREATMENT,
            previous=_previous(occasion.previous),
        )
    )


def message_findings(policy: Policy, portfolio: Portfolio) -> list[MessageFinding]:
    """Return what is wrong with any template: the creditor unnamed, a phrase the country forbids, its length."""
    pack = rulebook_of(policy).packs.get(portfolio.country)
    phrases = pack.messages.forbidden_phrases if pack else {}
    forbidden = [phrase for listed in phrases.values() for phrase in listed]
    return check_messages(policy.messages, portfolio, forbidden)


def _offer_and_write(engine: duckdb.DuckDBPyConnection, policy: Policy, occasion: Occasion) -> None:
    portfolio, as_of = occasion.portfolio, occasion.as_of
    offers = {
        name: policy.offers[treatment.offer]
        for name, treatment in policy.treatments.items()
        if treatment.offer is not None
    }
    countries = _countries(engine)
    advised = recommended_due_sql(
        policy.recommended_due, "treated", as_of, portfolio.country, countries
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE advised AS {advised}")
    offered = offer_sql(offers, "advised", as_of, portfolio, countries)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE offered AS {offered}")
    name = "customer_name" if occasion.shows_names else "NULL::VARCHAR AS customer_name"
    parts = []
    for language in dict.fromkeys((portfolio.language, *policy.languages)):
        reader = portfolio.model_copy(update={"language": language})
        accounts = f"(SELECT * FROM advised WHERE {_spoken(portfolio, policy)} = '{language}')"
        own = f"({offer_sql(offers, accounts, as_of, reader, countries)})"
        if language == portfolio.language:
            own = f"(SELECT * FROM offered WHERE {_spoken(portfolio, policy)} = '{language}')"
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE addressed_{language} AS SELECT account_id, says AS treatment, "
            f"channel, tone, {name}, is_company, amount_at_stake AS amount, days_past_due, due_on, offer FROM {own}"
        )
        written = messages_sql(policy.messages, f"addressed_{language}", reader)
        parts.append(f"SELECT account_id, message, message_refused FROM ({written})")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE messages AS {' UNION ALL '.join(parts)}")


def _spoken(portfolio: Portfolio, policy: Policy) -> str:
    """SQL of the language an account is written to."""
    if not policy.languages:
        return f"'{portfolio.language}'"
    listed = ", ".join(f"'{language}'" for language in policy.languages)
    return f"CASE WHEN language IN ({listed}) THEN language ELSE '{portfolio.language}' END"


def _previous(scored: Path | None) -> str:
    if scored is None:
        return "SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS segment WHERE FALSE"
    return f"SELECT account_id, segment FROM read_parquet({text_literal(scored)})"


def _countries(engine: duckdb.DuckDBPyConnection) -> list[str]:
    rows = engine.execute(
        "SELECT DISTINCT country FROM treated WHERE country IS NOT NULL ORDER BY 1"
    ).fetchall()
    return [country for (country,) in rows]
