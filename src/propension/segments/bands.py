"""Where an account stands in the portfolio: risk band, value tier, quadrant, likely cause."""

from __future__ import annotations

from collections.abc import Mapping

from propension.config import Policy
from propension.config.policy import Quadrants, RiskBands, ValueTiers
from propension.segments.rules import parse_rule
from propension.segments.standing import Standing


def band_sql(bands: RiskBands) -> str:
    """Return SQL of the risk band."""
    cases = " ".join(f"WHEN propensity >= {least} THEN '{band}'" for band, least in bands)
    return f"CASE {cases} ELSE 'E' END"


def worth_sql(tiers: ValueTiers, ranks: Mapping[str, str] | None = None) -> str:
    """Return SQL of what an account is worth, 0 to 1: the weighted mean of its ranks in the portfolio.

    Accounts alike rank alike; a measure that is missing ranks last.

    Parameters
    ----------
    tiers : ValueTiers
    ranks : mapping of str to str, optional
        SQL of an account's rank by each measure, where it is known.
    """
    total = sum(tiers.by.values())
    known = ranks or {
        name: f"percent_rank() OVER (ORDER BY {name} NULLS FIRST)" for name in tiers.by
    }
    summed = " + ".join(f"{weight} * {known[name]}" for name, weight in tiers.by.items())
    return f"({summed}) / {total}"


def tier_sql(tiers: ValueTiers, source: str, standing: Standing | None = None) -> str:
    """Return a SELECT of account_id and value_tier, from the rank of what an account is worth."""
    if standing is not None:
        medium, high = map(_double, standing.tiers)
        tier = f"CASE WHEN worth > {high} THEN 'high' WHEN worth > {medium} THEN 'medium' ELSE 'low' END"
        return f"SELECT account_id, {tier} AS value_tier FROM {source}"
    # By themselves: what is sorted takes all its columns along.
    return f"""
SELECT account_id, CASE WHEN share >= {tiers.high} THEN 'high' WHEN share >= {tiers.medium} THEN 'medium'
                        ELSE 'low' END AS value_tier
FROM (
    SELECT account_id, percent_rank() OVER (ORDER BY worth) AS share
    FROM (SELECT account_id, {worth_sql(tiers)} AS worth FROM {source})
)"""


def quadrant_sql(quadrants: Quadrants, source: str, standing: Standing | None = None) -> str:
    """Return SQL of the quadrant; null where an axis is not known, or is the same for everybody.

    Accounts within the dead zone of a threshold, in shares of the portfolio, are ``uncertain``.
    """

    def bound(axis: str, share: float) -> str:
        within = min(max(share, 0.0), 1.0)
        return f"(SELECT quantile_cont({axis}, {within}) FROM {source})"

    def side(axis: str, threshold: float) -> tuple[str, str, str]:
        if standing is not None:
            low, high = map(_double, standing.bounds.get(axis, (0.0, 0.0)))
            return f"{axis} >= {high}", f"{axis} < {low}", str(axis in standing.bounds).upper()
        low, high = (
            bound(axis, threshold + zone) for zone in (-quadrants.dead_zone, quadrants.dead_zone)
        )
        known = f"(SELECT min({axis}) < max({axis}) FROM {source})"
        return f"{axis} >= {high}", f"{axis} < {low}", known

    can, cannot, ability_known = side("ability", quadrants.ability)
    wants, wont, willingness_known = side("willingness", quadrants.willingness)
    return (
        f"CASE WHEN ability IS NULL OR willingness IS NULL OR NOT {ability_known} OR NOT {willingness_known} "
        f"THEN NULL WHEN {can} AND {wants} THEN 'can_wants' WHEN {cannot} AND {wants} THEN 'cannot_wants' "
        f"WHEN {can} AND {wont} THEN 'can_wont' WHEN {cannot} AND {wont} THEN 'cannot_wont' "
        "ELSE 'uncertain' END"
    )


def _double(number: float) -> str:
    # As text, which is read to the last digit.
    return f"'{number!r}'::DOUBLE"


def cause_sql(policy: Policy, columns: set[str]) -> str:
    """Return SQL of the likely cause of a delay: the first whose rule holds; null without a delay or rules.

    It is inferred for the team, and neither asked of the customer nor told to it.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    if not policy.causes:
        return "NULL::VARCHAR"
    cases = " ".join(
        f"WHEN {parse_rule(rule, columns, f'policy.yaml: causes.{cause}')} THEN '{cause}'"
        for cause, rule in policy.causes.items()
    )
    return f"CASE WHEN stage <> 'overdue' THEN NULL {cases} ELSE 'unknown' END"
