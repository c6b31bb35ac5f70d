"""What could be done about every account, in order of preference, and what forbids it."""

from __future__ import annotations

from propension.config import CHAMPION, NO_TREATMENT, Policy
from propension.errors import PolicyError
from propension.segments import parse_rule, read_columns, rule_columns
from propension.sources import text_literal
from propension.treatments.experiment import arm_sql, strategy_sql

# What is at stake: what is overdue, or about to fall due.
AT_STAKE = "CASE stage WHEN 'upcoming' THEN due_amount ELSE overdue_amount END"

# Why a treatment's channel is closed for an account; null where it is open.
_CLOSED_CHANNEL = """CASE
    WHEN list_contains(opt_outs, t.channel) THEN 'channel_opt_out'
    WHEN t.channel IN ('call', 'sms', 'whatsapp') AND NOT has_phone THEN 'no_phone'
    WHEN t.channel = 'email' AND NOT has_email THEN 'no_email' END"""

# A customer whose first account nobody would be contacted about is contacted about the next.
_ONE_CONTACT = """
WITH told AS MATERIALIZED ({told}), leads AS (
    SELECT customer_id, min(turn) AS turn FROM told
    WHERE customer_id IN (SELECT customer_id FROM {source} WHERE turn > 1)
      AND (disputed OR refusal IS NULL AND channel <> 'none')
    GROUP BY customer_id
)
SELECT o.account_id, o.place, o.strategy, o.position, o.treatment, o.channel, o.citation, o.is_considered,
       CASE WHEN o.refusal IS NULL AND o.channel <> 'none' AND o.turn <> l.turn THEN 'other_account_of_customer'
            ELSE o.refusal END AS refusal
FROM told o LEFT JOIN leads l USING (customer_id)"""

# What decisions say of an account besides the columns they read: a flag of such a name would be taken for it.
_SAID = {
    "agent", "allowed", "amount_at_stake", "arm", "asked", "asked_refusal", "assignment_probability", "channel",
    "citation", "ends_at", "expected_cost", "expected_uplift", "expected_value", "feedback", "flags", "manual",
    "message", "not_before", "offer", "offer_amount", "offer_discount", "offer_instalments", "option_of", "place",
    "position", "preferred", "previous_segment", "priority", "recommended_due_on", "refusals", "says", "scheduled_at",
    "segment", "service", "stages", "starts_at", "strategy", "suppression", "team", "tone", "treatment", "turn",
    "wanted", "wish", "worth",
}  # fmt: skip


def refuse_taken_names(policy: Policy) -> None:
    """Refuse flags, which are columns by their names, that would stand for other columns.

    Raises
    ------
    PolicyError
    """
    taken = sorted(policy.flags.keys() & (_SAID | set(read_columns())))
    if taken:
        raise PolicyError(
            f"policy.yaml: flags.{taken[0]} is a column of the list already. Give the flag another name."
        )


def suppressed_sql(policy: Policy, source: str) -> str:
    """Return a SELECT that adds place, amount_at_stake, arm, strategy, and what suppresses an account.

    ``place`` counts the accounts from 0, by id; ``turn`` those of each customer from 1, in the order in which they
    come for the one contact that a customer may have in this run. Suppression, its citation and the treatments
    it leaves are ``suppression``, ``citation`` and ``allowed``. Of the table ``wishes``: what was asked for
    (``asked``), why the policy does not let people choose it (``asked_refusal``), the ``wish`` that it does, and
    before when the customer is not to be contacted (``not_before``), whichever account that was said of.

    Parameters
    ----------
    policy : Policy
    source : str
        Table or view that holds what ``segment_sql`` returns.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    columns = rule_columns(policy)
    rules = [
        (rule, parse_rule(rule.when, columns, f"policy.yaml: suppressions.{rule.name}.when"))
        for rule in policy.suppressions
    ]

    def case(values: list[str], otherwise: str) -> str:
        whens = " ".join(
            f"WHEN {sql} THEN {value}" for (_, sql), value in zip(rules, values, strict=True)
        )
        return f"CASE {whens} ELSE {otherwise} END" if rules else otherwise

    names = [text_literal(rule.name) for rule, _ in rules]
    citations = [text_literal(rule.citation) for rule, _ in rules]
    allowed = [f"[{', '.join(map(text_literal, rule.only))}]" for rule, _ in rules]
    return f"""
SELECT s.*, n.place, {AT_STAKE} AS amount_at_stake, n.turn,
       {arm_sql(policy.experiment, "account_id")} AS arm,
       {strategy_sql(policy.experiment, "account_id")} AS strategy,
       {case(names, "NULL::VARCHAR")} AS suppression, {case(citations, "''")} AS citation,
       {case(allowed, "[]::VARCHAR[]")} AS allowed,
       asked, asked_refusal, CASE WHEN asked_refusal IS NULL THEN asked END AS wish, not_before
FROM {source} s
LEFT JOIN (SELECT account_id, treatment AS asked, refusal AS asked_refusal FROM wishes) w USING (account_id)
LEFT JOIN (
    SELECT customer_id, max(not_before) AS not_before FROM {source} JOIN wishes USING (account_id) GROUP BY 1
) p USING (customer_id)
JOIN (
    SELECT account_id, row_number() OVER (ORDER BY account_id) - 1 AS place,
           row_number() OVER (
               PARTITION BY customer_id ORDER BY disputed DESC, stage = 'overdue' DESC, {AT_STAKE} DESC, account_id
           ) AS turn
    FROM {source}
) n USING (account_id)"""


def considered(policy: Policy) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the treatments considered in every segment, by strategy.

    Only strategies of which some segment considers something else than the champion's have an entry
    besides it.
    """
    ours = {segment.name: segment.treatments for segment in policy.segments}
    challengers = policy.experiment.challengers.items()
    theirs = {name: ours | dict(found.treatments) for name, found in challengers}
    return {CHAMPION: ours} | {name: lists for name, lists in theirs.items() if lists != ours}


def options_sql(policy: Policy, source: str) -> str:
    """Return a SELECT of what could be done about every account under every strategy.

    Columns: account_id, place, strategy (those of ``considered``), position, treatment, is_considered (or
    people's wish alone), channel, refusal, citation. First what its segment considers, then what a suppression leaves and what people wish for, at
    last doing nothing, which nothing forbids. Suppression goes first; then the stage and the treatment's own rule,
    the channel, and that the customer is contacted about another account: the first about which that is possible,
    or that is disputed.

    Parameters
    ----------
    policy : Policy
    source : str
        Relation that holds what ``suppressed_sql`` returns.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    lists = considered(policy)
    rows = ", ".join(
        f"({text_literal(strategy)}, {text_literal(segment)}, [{', '.join(map(text_literal, names))}])"
        for strategy, segments in lists.items()
        for segment, names in segments.items()
    )
    strategies = ", ".join(f"({text_literal(strategy)})" for strategy in lists)
    columns = rule_columns(policy) | {"expected_cost"}
    rules = " ".join(
        f"WHEN {text_literal(name)} THEN "
        f"{parse_rule(treatment.when, columns, f'policy.yaml: treatments.{name}.when')}"
        for name, treatment in policy.treatments.items()
        if treatment.when is not None
    )
    eligible = f"CASE t.treatment {rules} ELSE TRUE END" if rules else "TRUE"
    # A segment may be none's, where no rule holds.
    told = f"""
SELECT o.account_id, o.place, o.option_of AS strategy, o.position, t.treatment, t.channel, o.citation,
       o.customer_id, o.turn, o.disputed,
       t.treatment = '{NO_TREATMENT}' OR list_contains(o.preferred, t.treatment) OR list_contains(o.allowed, t.treatment)
           AS is_considered,
       CASE WHEN t.treatment = '{NO_TREATMENT}' THEN NULL
            WHEN suppression IS NOT NULL AND NOT list_contains(allowed, t.treatment) THEN suppression
            WHEN NOT list_contains(t.stages, o.stage) THEN 'not_for_stage'
            WHEN NOT {eligible} THEN 'not_eligible'
            WHEN {_CLOSED_CHANNEL} IS NOT NULL THEN {_CLOSED_CHANNEL} END AS refusal
FROM (
    SELECT *, unnest(wanted) AS treatment, unnest(range(len(wanted))) AS position
    FROM (
        SELECT a.*, s.option_of, coalesce(p.treatments, []) AS preferred,
               list_distinct_in_order(preferred, list_distinct_in_order(a.allowed, [a.wish])) AS wanted
        FROM {source} a CROSS JOIN (VALUES {strategies}) AS s(option_of)
        LEFT JOIN (VALUES {rows}) AS p(option_of, segment, treatments)
          ON p.segment = a.segment AND p.option_of = s.option_of
    )
) o
JOIN ({catalogue_sql(policy)}) t USING (treatment)
WHERE list_contains(t.stages, o.stage) OR list_contains(o.preferred, t.treatment) OR t.treatment = o.wish"""
    return _ONE_CONTACT.format(told=told, source=source)


# Not a function of DuckDB's own: what comes first stays, and doing nothing closes every list.
MACROS = f"""
CREATE OR REPLACE TEMP MACRO list_distinct_in_order(preferred, further) AS
    list_concat(
        list_filter(preferred, lambda name: name <> '{NO_TREATMENT}'),
        list_filter(further, lambda name: NOT list_contains(preferred, name) AND name <> '{NO_TREATMENT}'),
        ['{NO_TREATMENT}']
    )
"""


def catalogue_sql(policy: Policy) -> str:
    """Return a SELECT of the treatments: treatment, channel, tone, manual, expected_cost, service, stages, says."""
    rows = ", ".join(
        f"({text_literal(name)}, {text_literal(t.channel)}, {text_literal(t.tone)}, {t.manual}, "
        f"{t.cost}::DECIMAL(18,2), {t.service}, [{', '.join(map(text_literal, t.stages))}], "
        f"{text_literal(t.says or name)})"
        for name, t in policy.treatments.items()
    )
    names = "treatment, channel, tone, manual, expected_cost, service, stages, says"
    return f"SELECT * FROM (VALUES {rows}) AS v({names})"
