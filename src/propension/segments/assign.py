"""Bands, tiers, flags and the segment of every account, from the policy."""

from __future__ import annotations

from propension.config import Policy, ValueTiers
from propension.config.policy import RiskBands
from propension.errors import PolicyError
from propension.segments.rules import parse_rule

# What rules may speak of: facts of the account, its score, and what is derived from them.
FACT_COLUMNS = frozenset(
    [
        "stage",
        "days_past_due",
        "dpd_bucket",
        "overdue_amount",
        "open_amount",
        "tenure_days",
        "late_debts_90d",
        "attempts_90d",
        "right_party_90d",
        "contactability",
        "has_phone",
        "has_email",
        "vulnerable",
        "solvency",
        "promise_open",
        "disputed",
        "deceased",
        "insolvent",
        "litigation",
        "hardship",
        "do_not_contact",
    ]
)
SCORE_COLUMNS = frozenset({"propensity", "expected_recovery"})
BAND_COLUMNS = frozenset({"risk_band", "value_tier"})


def segment_sql(policy: Policy, source: str) -> str:
    """Return a SELECT that adds risk_band, value_tier, flags and segment to scored accounts.

    Every flag of the policy is also a boolean column of its own, for the rules after it.

    Parameters
    ----------
    policy : Policy
    source : str
        Relation with FACT_COLUMNS and SCORE_COLUMNS.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    columns = FACT_COLUMNS | SCORE_COLUMNS | BAND_COLUMNS
    taken = sorted(columns & set(policy.flags))
    if taken:
        raise PolicyError(
            f"policy.yaml: flags.{taken[0]} is a column of the list already. Give the flag another name."
        )
    before = set(FACT_COLUMNS | SCORE_COLUMNS | BAND_COLUMNS)
    flags = {
        name: parse_rule(flag.when, before, f"policy.yaml: flags.{name}.when")
        for name, flag in policy.flags.items()
    }
    known = rule_columns(policy)
    cases = " ".join(
        f"WHEN {parse_rule(segment.when, known, f'policy.yaml: segments.{segment.name}.when')} "
        f"THEN '{segment.name}'"
        for segment in policy.segments
    )
    marks = "".join(f", {sql} AS {name}" for name, sql in flags.items())
    shown = ", ".join(f"CASE WHEN {name} THEN '{name}' END" for name in flags)
    listed = f"list_filter([{shown}], lambda flag: flag IS NOT NULL)" if flags else "[]"
    return f"""
SELECT *, {listed}::VARCHAR[] AS flags, CASE {cases} END AS segment
FROM (
    SELECT *{marks}
    FROM (
        SELECT *, {_band_case(policy.risk_bands)} AS risk_band, {_tier_case(policy.value_tiers, source)} AS value_tier
        FROM {source}
    )
)"""


def rule_columns(policy: Policy) -> set[str]:
    """Return the columns that segment and suppression rules may use."""
    return set(FACT_COLUMNS | SCORE_COLUMNS | BAND_COLUMNS) | set(policy.flags)


def _band_case(bands: RiskBands) -> str:
    cases = " ".join(f"WHEN propensity >= {least} THEN '{band}'" for band, least in bands)
    return f"CASE {cases} ELSE 'E' END"


def _tier_case(tiers: ValueTiers, source: str) -> str:
    def above(share: float) -> str:
        return f"open_amount > (SELECT quantile_cont(open_amount::DOUBLE, {share}) FROM {source})"

    return f"CASE WHEN {above(tiers.high)} THEN 'high' WHEN {above(tiers.medium)} THEN 'medium' ELSE 'low' END"
