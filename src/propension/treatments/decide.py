"""Decide about every account: segment, options, the law, what is worth most, when, what to say and offer."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import CHAMPION, NO_TREATMENT, Language, Policy
from propension.config.settings import Portfolio
from propension.segments import read_columns
from propension.sources import text_literal
from propension.treatments.agenda import place_tasks
from propension.treatments.choose import Decision, Occasion, Whole, choose
from propension.treatments.messages import (
    MessageFinding,
    check_messages,
    load_templates,
    messages_sql,
)
from propension.treatments.offers import offer_sql, recommended_due_sql
from propension.treatments.options import catalogue_sql, considered
from propension.treatments.permits import rulebook_of
from propension.writing import LocalText

_TASKS = """
CREATE OR REPLACE TEMP TABLE tasks AS
SELECT s.place, s.account_id, s.customer_id, p.treatment, t.channel, coalesce(s.country, {home}) AS country, s.region,
       s.timezone, m.clock, m.earliest, s.best_contact_hour AS best_hour,
       row_number() OVER (ORDER BY p.value DESC, s.account_id) AS priority
FROM planned p JOIN suppressed s USING (place) JOIN ({catalogue}) t USING (treatment)
LEFT JOIN permits m ON m.account_id = s.account_id AND m.channel = t.channel
WHERE p.treatment <> '{nothing}' AND {has_agenda}
ORDER BY priority
"""

# What finds no room in the agenda is not done, and says so; nothing is learnt from it.
_SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT p.place, p.strategy, w.team, w.agent, w.starts_at, w.ends_at, t.clock,
       CASE WHEN is_left_out THEN '{nothing}' ELSE p.treatment END AS treatment,
       CASE WHEN is_left_out THEN 1 ELSE p.probability END AS assignment_probability,
       CASE WHEN is_left_out THEN 0 ELSE p.added END::DECIMAL(18,2) AS expected_uplift,
       CASE WHEN is_left_out THEN 0 ELSE p.value END AS expected_value,
       coalesce(r.refusals, [])
       || CASE WHEN s.asked_refusal IS NOT NULL
               THEN [{{'treatment': s.asked, 'rule': s.asked_refusal, 'citation': ''}}] ELSE [] END
       || CASE WHEN p.reason <> '' THEN [{{'treatment': p.missed, 'rule': p.reason, 'citation': ''}}] ELSE [] END
       || CASE WHEN is_left_out THEN [{{'treatment': p.treatment, 'rule': 'agenda', 'citation': ''}}] ELSE [] END
           AS refusals,
       CASE WHEN s.asked IS NOT NULL
            THEN CASE WHEN s.wish = p.treatment AND NOT is_left_out THEN 'followed' ELSE 'not_followed' END
            WHEN s.not_before IS NOT NULL THEN 'postponed' END AS feedback
FROM (
    SELECT p.*, t.place IS NOT NULL AND w.starts_at IS NULL AS is_left_out
    FROM planned p LEFT JOIN tasks t USING (place) LEFT JOIN placed w USING (place)
) p
JOIN suppressed s USING (place)
LEFT JOIN tasks t USING (place) LEFT JOIN placed w USING (place)
LEFT JOIN (
    SELECT j.place, list({{'treatment': j.treatment, 'rule': j.rule, 'citation': coalesce(j.citation, '')}}
                         ORDER BY j.position) AS refusals
    FROM judged j JOIN planned l ON l.place = j.place AND l.listed = j.strategy
    WHERE j.rule IS NOT NULL GROUP BY j.place
) r USING (place)
"""

# What offers and messages are made from.
_TREATED = """
CREATE OR REPLACE TEMP TABLE treated AS
SELECT s.place, s.account_id, s.customer_name, s.stage, s.country, s.language, s.propensity, s.days_past_due,
       s.overdue_amount, s.amount_at_stake, s.payment_amount_mean, s.payment_count_365d, s.liquidity_day,
       s.liquidity_day_spread, s.kind = 'company' AS is_company, s.as_of + s.days_to_due::INTEGER AS next_due_on,
       d.treatment, t.channel, t.tone, t.says
FROM suppressed s JOIN settled d USING (place) JOIN ({catalogue}) t USING (treatment)
"""

_SUGGESTED: dict[Language, str] = {
    "es": "Fecha de pago sugerida: ", "pt": "Data de pagamento sugerida: ", "en": "Suggested due date: ",
}  # fmt: skip

_DECISIONS = """
CREATE OR REPLACE TEMP TABLE decisions AS
SELECT s.account_id, s.* EXCLUDE ({given}, strategy, place), d.* EXCLUDE (place, clock, refusals),
       timezone(d.clock, d.starts_at) AS scheduled_at, t.* EXCLUDE (treatment, service, stages),
       list_concat(d.refusals,
           CASE WHEN o.offer_refused IS NOT NULL
                THEN [{{'treatment': d.treatment, 'rule': 'offer:' || o.offer_refused, 'citation': ''}}] ELSE [] END,
           CASE WHEN m.message_refused IS NOT NULL
                THEN [{{'treatment': d.treatment, 'rule': 'message:' || m.message_refused, 'citation': ''}}] ELSE [] END
       ) AS refusals,
       coalesce(o.offer, '{suggested}' || {due_on}) AS offer, o.offer_amount, o.offer_discount, o.offer_instalments,
       o.recommended_due_on, m.message, b.segment AS previous_segment, w.priority
FROM suppressed s JOIN settled d USING (place) JOIN ({catalogue}) t USING (treatment) JOIN offered o USING (place)
JOIN (
    SELECT place, row_number() OVER (
        ORDER BY treatment = '{nothing}', expected_value DESC, expected_recovery DESC, account_id
    ) AS priority
    FROM settled JOIN suppressed USING (place)
) w USING (place)
LEFT JOIN messages m USING (place) LEFT JOIN ({previous}) b ON b.account_id = s.account_id
"""

_DECIDED = """
CREATE OR REPLACE TEMP VIEW decided AS
SELECT s.*, d.* EXCLUDE (account_id) FROM {source} s JOIN decisions d USING (account_id)
"""


def decide(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    source: str,
    occasion: Occasion,
    whole: Whole | None = None,
) -> Decision:
    """Leave the view ``decided``: every account of ``source`` with what is done about it, and when.

    Of what its segment considers and nothing forbids - no suppression, no closed channel, no rule of
    contact - an account gets what its strategy chooses within all limits. Whatever was refused is kept
    with its rule.

    Parameters
    ----------
    engine : connection
    policy : Policy
    source : str
        Table with every column rules may use that is not derived, and account_id, customer_id,
        customer_name, opt_outs, language, kind, timezone and best_contact_hour.
    occasion : Occasion
    whole : Whole, optional
        What was settled for a portfolio of which the source is a part. Nobody is given a time then:
        teams work for the whole.

    Raises
    ------
    PolicyError
        If a rule, a template, a cap or a limit of the policy is refused.
    DataError
        If the log has no assignment probabilities and that is not allowed.
    """
    decision = choose(engine, policy, source, occasion, whole)
    _settle(engine, policy, decision, occasion, has_agenda=whole is None)
    _offer_and_write(engine, policy, occasion)
    portfolio = occasion.portfolio
    engine.execute(
        _DECISIONS.format(
            given=", ".join(read_columns()),
            catalogue=catalogue_sql(policy),
            suggested=_SUGGESTED[portfolio.language],
            due_on=LocalText.of(portfolio).date_sql("o.recommended_due_on"),
            nothing=NO_TREATMENT,
            previous=_previous(engine, occasion.previous),
        )
    )
    engine.execute(_DECIDED.format(source=source))
    return decision


def _settle(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    decision: Decision,
    occasion: Occasion,
    has_agenda: bool,
) -> None:
    """Leave the table ``treated``: every account with its treatment, and the time of those that have one."""
    engine.register("planned", _planned(policy, decision))
    catalogue = catalogue_sql(policy)
    home = text_literal(occasion.portfolio.country)
    engine.execute(
        _TASKS.format(
            catalogue=catalogue, home=home, nothing=NO_TREATMENT, has_agenda=str(has_agenda).upper()
        )
    )
    tasks = engine.sql("SELECT * FROM tasks ORDER BY priority").to_arrow_table()
    placed = place_tasks(tasks, policy, occasion.portfolio, occasion.as_of)
    engine.register("placed", placed.append_column("place", tasks["place"]))
    engine.execute(_SETTLED.format(nothing=NO_TREATMENT))
    engine.execute(_TREATED.format(catalogue=catalogue))
    engine.unregister("planned")
    engine.unregister("placed")


def _planned(policy: Policy, decision: Decision) -> pa.Table:
    """The plan as a table, by place."""
    slate, plan = decision.slate, decision.plan
    names, columns = pa.array(slate.treatments), np.arange(len(plan.choice))
    arm, strategy = slate.accounts["arm"], slate.accounts["strategy"]
    treated = pc.equal(arm, "treatment")
    own = pc.and_(treated, pc.is_in(strategy, pa.array(list(considered(policy)))))
    return pa.table(
        {
            "place": columns,
            "treatment": names.take(pa.array(plan.choice)),
            "missed": names.take(pa.array(plan.missed)),
            "reason": pa.array(plan.reasons).take(pa.array(plan.reason)),
            "strategy": pc.if_else(treated, strategy, pa.scalar(None, pa.string())),
            "listed": pc.if_else(own, strategy, CHAMPION),
            "probability": plan.probability,
            "added": slate.added[plan.choice, columns].astype(np.float64),
            "value": slate.values[plan.choice, columns].astype(np.float64),
        }
    )


def message_findings(policy: Policy, portfolio: Portfolio) -> list[MessageFinding]:
    """Return what is wrong with any template: the creditor unnamed, a phrase the country forbids, its length."""
    pack = rulebook_of(policy).packs.get(portfolio.country)
    phrases = pack.messages.forbidden_phrases if pack else {}
    forbidden = [phrase for listed in phrases.values() for phrase in listed]
    return check_messages(policy.messages, portfolio, forbidden)


def treatments_without_words(policy: Policy) -> list[str]:
    """Return the treatments that reach a customer, but of which no template says anything in their channel."""
    written = {(one.treatment, one.channel) for one in load_templates(policy.messages).values()}
    return [
        name
        for name, treatment in policy.treatments.items()
        if treatment.channel != "none"
        and (treatment.says or name, treatment.channel) not in written
    ]


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
            f"CREATE OR REPLACE TEMP TABLE addressed_{language} AS SELECT place, account_id, says AS treatment, "
            f"channel, tone, {name}, is_company, amount_at_stake AS amount, days_past_due, next_due_on AS due_on, "
            f"offer FROM {own}"
        )
        written = messages_sql(policy.messages, f"addressed_{language}", reader)
        parts.append(f"SELECT place, message, message_refused FROM ({written})")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE messages AS {' UNION ALL '.join(parts)}")


def _spoken(portfolio: Portfolio, policy: Policy) -> str:
    """SQL of the language an account is written to."""
    if not policy.languages:
        return f"'{portfolio.language}'"
    listed = ", ".join(f"'{language}'" for language in policy.languages)
    return f"CASE WHEN language IN ({listed}) THEN language ELSE '{portfolio.language}' END"


def _previous(engine: duckdb.DuckDBPyConnection, scored: Path | pa.Table | None) -> str:
    if scored is None:
        return "SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS segment WHERE FALSE"
    if isinstance(scored, pa.Table):
        engine.register("previous_list", scored)
        return "SELECT account_id, segment FROM previous_list"
    return f"SELECT account_id, segment FROM read_parquet({text_literal(scored)})"


def _countries(engine: duckdb.DuckDBPyConnection) -> list[str]:
    rows = engine.execute(
        "SELECT DISTINCT country FROM treated WHERE country IS NOT NULL ORDER BY 1"
    ).fetchall()
    return [country for (country,) in rows]
