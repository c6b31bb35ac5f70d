"""Bands, tiers, quadrant, cause, flags and the segment of every account, from the policy."""

from __future__ import annotations

from propension.config import Policy
from propension.errors import PolicyError
from propension.segments.bands import band_sql, cause_sql, quadrant_sql, tier_sql
from propension.segments.columns import columns_from, read_columns
from propension.segments.rules import parse_rule
from propension.segments.standing import Standing
from propension.sources import quoted

# What is added to an account besides derived columns, or is known of it where the portfolio is in parts.
_MADE_HERE = ("flags", "segment", "worth")


def segment_sql(policy: Policy, source: str, standing: Standing | None = None) -> str:
    """Return a SELECT that adds risk_band, value_tier, quadrant, likely_cause, flags and segment.

    Every flag of the policy is also a boolean column of its own, for the rules after it.

    Parameters
    ----------
    policy : Policy
    source : str
        Relation with account_id, unique, and every column of ``RULE_COLUMNS`` that is not derived; read
        several times, so a table or a view.
    standing : Standing, optional
        Of the portfolio that the source is a part of; its column ``worth`` is the rank there.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    given = columns_from("fact", "feature", "score")
    derived = given | columns_from("derived")
    _refuse_taken_names(policy)
    flags = {
        name: parse_rule(flag.when, set(derived), f"policy.yaml: flags.{name}.when")
        for name, flag in policy.flags.items()
    }
    known = rule_columns(policy)
    cases = " ".join(
        f"WHEN {parse_rule(segment.when, known, f'policy.yaml: segments.{segment.name}.when')} "
        f"THEN '{segment.name}'"
        for segment in policy.segments
    )
    marks = "".join(f", {sql} AS {quoted(name)}" for name, sql in flags.items())
    shown = ", ".join(f"CASE WHEN {quoted(name)} THEN '{name}' END" for name in flags)
    listed = f"list_filter([{shown}], lambda flag: flag IS NOT NULL)" if flags else "[]"
    own = "s.*" if standing is None else "s.* EXCLUDE (worth)"
    cause = cause_sql(policy, set(given | {"risk_band", "value_tier", "quadrant"}))
    return f"""
SELECT *, {listed}::VARCHAR[] AS flags, CASE {cases} END AS segment
FROM (
    SELECT *{marks}
    FROM (
        SELECT *, {cause} AS likely_cause
        FROM (
            SELECT {own}, {band_sql(policy.risk_bands)} AS risk_band, t.value_tier,
                   {quadrant_sql(policy.quadrants, source, standing)} AS quadrant
            FROM {source} s JOIN ({tier_sql(policy.value_tiers, source, standing)}) t USING (account_id)
        )
    )
)"""


def _refuse_taken_names(policy: Policy) -> None:
    # SQL does not tell upper from lower case.
    taken = {name.lower() for name in (*read_columns(), *columns_from("derived"), *_MADE_HERE)}
    for name in policy.flags:
        if name.lower() in taken:
            raise PolicyError(
                f"policy.yaml: flags.{name} is a column of the list already. Give the flag another name."
            )
        taken.add(name.lower())


# A cause is its rule.
_PART = {"cause": ""}


def named_rules(policy: Policy) -> list[tuple[str, str, str]]:
    """Return kind, name and SQL of every rule that segments, flags, causes and suppressions have.

    All of them can be evaluated over what ``segment_sql`` returns.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    written = [("segment", segment.name, segment.when) for segment in policy.segments]
    written += [("suppression", rule.name, rule.when) for rule in policy.suppressions]
    written += [("cause", name, rule) for name, rule in policy.causes.items()]
    written += [("flag", name, flag.when) for name, flag in policy.flags.items()]
    columns = rule_columns(policy)
    return [
        (
            kind,
            name,
            parse_rule(rule, columns, f"policy.yaml: {kind}s.{name}{_PART.get(kind, '.when')}"),
        )
        for kind, name, rule in written
    ]


def rule_columns(policy: Policy) -> set[str]:
    """Return the columns that segment and suppression rules may use."""
    return set(columns_from("fact", "feature", "score", "derived")) | set(policy.flags)
