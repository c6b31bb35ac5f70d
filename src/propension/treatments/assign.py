"""Who gets which treatment: the segment proposes, suppression and the control group dispose."""

from __future__ import annotations

from propension.config import NO_TREATMENT, Policy
from propension.segments import parse_rule, rule_columns
from propension.treatments.experiment import arm_sql, probability_sql

# Why a treatment's channel is closed for an account; null where it is open.
_CLOSED_CHANNEL = """CASE
    WHEN list_contains(opt_outs, t.channel) THEN 'channel_opt_out'
    WHEN t.channel IN ('call', 'sms', 'whatsapp') AND NOT has_phone THEN 'no_phone'
    WHEN t.channel = 'email' AND NOT has_email THEN 'no_email' END"""


def treatment_sql(policy: Policy, source: str) -> str:
    """Return a SELECT that adds treatment, refusals, arm, cost and priority to segmented accounts.

    Suppression goes first: where its rule holds, only the treatments it names remain. Nobody is
    contacted through a channel they opted out of, or one there is no address for. An account of
    the control group is left alone, but for services it is owed.

    Parameters
    ----------
    policy : Policy
    source : str
        Relation that holds what ``segment_sql`` returns.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    refusal = "{'treatment': %s, 'rule': %s, 'citation': %s}"
    return f"""
SELECT *, row_number() OVER (
    ORDER BY treatment = '{NO_TREATMENT}', expected_recovery DESC, account_id) AS priority
FROM (
    SELECT d.*, t.channel, t.tone, t.manual, t.expected_cost,
           CASE WHEN suppression IS NOT NULL THEN 1 ELSE {probability_sql(policy.experiment, "arm")} END
               AS assignment_probability
    FROM (
        SELECT *, CASE WHEN closed IS NOT NULL OR (arm = 'control' AND NOT service)
                       THEN '{NO_TREATMENT}' ELSE chosen END AS treatment,
               list_filter([
                   CASE WHEN refused THEN {refusal % ("proposed", "suppression", "citation")} END,
                   CASE WHEN closed IS NOT NULL THEN {refusal % ("chosen", "closed", "''")} END
               ], lambda found: found IS NOT NULL) AS refusals
        FROM (
            SELECT c.*, t.service, {_CLOSED_CHANNEL} AS closed
            FROM ({_suppressed(policy, source)}) c JOIN ({_catalogue(policy)}) t ON t.name = c.chosen
        )
    ) d JOIN ({_catalogue(policy)}) t ON t.name = d.treatment
)
ORDER BY priority"""


def _suppressed(policy: Policy, source: str) -> str:
    columns = rule_columns(policy)
    rules = [
        (rule, parse_rule(rule.when, columns, f"policy.yaml: suppressions.{rule.name}.when"))
        for rule in policy.suppressions
    ]
    proposed = " ".join(f"WHEN '{s.name}' THEN '{s.treatment}'" for s in policy.segments)

    def case(value: str, otherwise: str, values: list[str]) -> str:
        whens = " ".join(
            f"WHEN {sql} THEN {given}" for (_, sql), given in zip(rules, values, strict=True)
        )
        return (
            f"CASE {whens} ELSE {otherwise} END AS {value}" if rules else f"{otherwise} AS {value}"
        )

    allowed = [f"[{', '.join(_text(name) for name in rule.only)}]" for rule, _ in rules]
    return f"""
SELECT *, CASE WHEN refused THEN allowed[1] ELSE proposed END AS chosen
FROM (
SELECT *, suppression IS NOT NULL AND NOT list_contains(allowed, proposed) AS refused
FROM (
    SELECT *, coalesce(CASE segment {proposed} END, '{NO_TREATMENT}') AS proposed,
           {arm_sql(policy.experiment, "account_id")} AS arm,
           {case("suppression", "NULL::VARCHAR", [_text(rule.name) for rule, _ in rules])},
           {case("citation", "NULL::VARCHAR", [_text(rule.citation) for rule, _ in rules])},
           {case("allowed", "[]::VARCHAR[]", allowed)}
    FROM {source}
))"""


def _catalogue(policy: Policy) -> str:
    rows = ", ".join(
        f"({_text(name)}, {_text(t.channel)}, {_text(t.tone)}, {t.manual}, {t.cost}::DECIMAL(18,2), {t.service})"
        for name, t in policy.treatments.items()
    )
    return (
        f"SELECT * FROM (VALUES {rows}) AS v(name, channel, tone, manual, expected_cost, service)"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
