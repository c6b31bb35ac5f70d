"""What could be done about every account, in order of preference, and what forbids it."""

from __future__ import annotations

from propension.config import NO_TREATMENT, Policy
from propension.segments import parse_rule, rule_columns
from propension.sources import text_literal
from propension.treatments.experiment import arm_sql

# Quadrants, for what is not known of an account, and for accounts with nothing overdue.
_QUADRANTS = ("can_wants", "cannot_wants", "can_wont", "cannot_wont")

# Why a treatment's channel is closed for an account; null where it is open.
_CLOSED_CHANNEL = """CASE
    WHEN list_contains(opt_outs, t.channel) THEN 'channel_opt_out'
    WHEN t.channel IN ('call', 'sms', 'whatsapp') AND NOT has_phone THEN 'no_phone'
    WHEN t.channel = 'email' AND NOT has_email THEN 'no_email' END"""


def suppressed_sql(policy: Policy, source: str) -> str:
    """Return a SELECT that adds arm, suppression, its citation and the treatments it leaves.

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
SELECT *, {arm_sql(policy.experiment, "account_id")} AS arm,
       {case(names, "NULL::VARCHAR")} AS suppression, {case(citations, "''")} AS citation,
       {case(allowed, "[]::VARCHAR[]")} AS allowed
FROM {source}"""


def options_sql(policy: Policy, source: str) -> str:
    """Return a SELECT of every account's options: account_id, position, treatment, channel, refusal, citation.

    First what its segment prefers, then what a suppression leaves, at last doing nothing, which
    nothing forbids. Suppression goes first; then the stage and the treatment's own rule, the
    channel, and the control group, which is left alone but for services it is owed.

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
    preferred = ", ".join(
        f"({text_literal(segment.name)}, [{', '.join(map(text_literal, segment.treatments))}])"
        for segment in policy.segments
    )
    columns = rule_columns(policy) | {"expected_cost"}
    rules = " ".join(
        f"WHEN {text_literal(name)} THEN "
        f"{parse_rule(treatment.when, columns, f'policy.yaml: treatments.{name}.when')}"
        for name, treatment in policy.treatments.items()
        if treatment.when is not None
    )
    eligible = f"CASE t.treatment {rules} ELSE TRUE END" if rules else "TRUE"
    # A segment may be none's, where no rule holds.
    return f"""
SELECT o.account_id, o.position, t.treatment, t.channel, o.citation,
       CASE WHEN t.treatment = '{NO_TREATMENT}' THEN NULL
            WHEN suppression IS NOT NULL AND NOT list_contains(allowed, t.treatment) THEN suppression
            WHEN NOT list_contains(t.stages, o.stage) THEN 'not_for_stage'
            WHEN NOT {eligible} THEN 'not_eligible'
            WHEN {_CLOSED_CHANNEL} IS NOT NULL THEN {_CLOSED_CHANNEL}
            WHEN arm = 'control' AND NOT t.service THEN 'control_group' END AS refusal
FROM (
    SELECT *, unnest(wanted) AS treatment, unnest(range(len(wanted))) AS position
    FROM (
        SELECT a.*, list_distinct_in_order(coalesce(p.treatments, []), a.allowed) AS wanted
        FROM {source} a LEFT JOIN (VALUES {preferred}) AS p(segment, treatments) USING (segment)
    )
) o
JOIN ({catalogue_sql(policy)}) t USING (treatment)"""


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


def effect_sql(policy: Policy) -> str:
    """Return a SELECT of treatment, place and effect: what a treatment is believed to add.

    ``place`` is a quadrant, ``uncertain`` or ``upcoming``. Where nothing is said of uncertain
    accounts, they get the mean of the quadrants.
    """
    rows = []
    for name, treatment in policy.treatments.items():
        by_quadrant = [treatment.effect.get(quadrant, 0.0) for quadrant in _QUADRANTS]  # type: ignore[call-overload]
        effects = dict(zip(_QUADRANTS, by_quadrant, strict=True))
        effects["uncertain"] = treatment.effect.get(
            "uncertain", sum(by_quadrant) / len(by_quadrant)
        )
        effects["upcoming"] = treatment.effect.get("upcoming", 0.0)
        rows += [
            f"({text_literal(name)}, '{place}', {value}::DOUBLE)"
            for place, value in effects.items()
        ]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS v(treatment, place, effect)"
