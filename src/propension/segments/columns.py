"""The columns rules may speak of: declared once, with their type and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["fact", "feature", "score", "derived"]
Kind = Literal["BIGINT", "DOUBLE", "DECIMAL(18,2)", "BOOLEAN", "VARCHAR"]
# A value of every kind: a rule that cannot be evaluated on it fails on any list.
_EXAMPLES: dict[Kind, str] = {
    "BIGINT": "12", "DOUBLE": "0.5", "DECIMAL(18,2)": "10", "BOOLEAN": "FALSE", "VARCHAR": "'1-30'",
}  # fmt: skip
_ORDINARY = {
    "stage": "'overdue'", "country": "'CO'", "region": "'CO-ANT'", "kind": "'person'",
    "has_phone": "TRUE", "has_email": "TRUE",
}  # fmt: skip
# What decisions read besides the columns of rules.
_BESIDES = {
    "as_of": "DATE '2026-01-31'", "account_id": "'A'", "customer_id": "'C'", "customer_name": "'Ana'",
    "opt_outs": "['visit']", "best_contact_hour": "NULL::BIGINT", "language": "'es'", "timezone": "'America/Bogota'",
}  # fmt: skip


@dataclass(frozen=True)
class RuleColumn:
    """One column of the list, as rules see it.

    Attributes
    ----------
    name : str
    kind : str
        Its type in DuckDB.
    origin : {"fact", "feature", "score", "derived"}
        A fact of the account, a feature by its own name, the model's word, or what the policy
        makes of them: flags may use all but themselves, segments everything.
    """

    name: str
    kind: Kind
    origin: Origin

    @property
    def example(self) -> str:
        """SQL of a value."""
        value = _ORDINARY.get(self.name, _EXAMPLES[self.kind])
        return f"{value}::{self.kind} AS {self.name}"


def _declared(origin: Origin, kind: Kind, names: str) -> tuple[RuleColumn, ...]:
    return tuple(RuleColumn(name, kind, origin) for name in names.split())


RULE_COLUMNS: tuple[RuleColumn, ...] = (
    *_declared("fact", "VARCHAR", "stage dpd_bucket solvency kind country region product_line"),
    *_declared("fact", "BIGINT", "days_past_due days_to_due tenure_days late_debts_90d"),
    *_declared("fact", "BIGINT", "attempts_90d right_party_90d"),
    *_declared("fact", "DECIMAL(18,2)", "overdue_amount open_amount due_amount"),
    *_declared("fact", "DOUBLE", "contactability"),
    *_declared("fact", "BOOLEAN", "has_phone has_email vulnerable promise_open disputed"),
    *_declared("fact", "BOOLEAN", "deceased insolvent litigation hardship do_not_contact"),
    *_declared("feature", "BIGINT", "on_time_streak settled_debt_count payment_count_365d"),
    *_declared("feature", "BIGINT", "bounced_count_180d refusal_count_180d"),
    *_declared("feature", "BIGINT", "promise_broken_count_365d group_account_count"),
    *_declared("feature", "DOUBLE", "late_share delay_mean_12 partial_payment_share"),
    *_declared("feature", "DOUBLE", "billed_amount_365d billed_growth group_balance_overdue"),
    *_declared("feature", "DOUBLE", "payment_amount_mean liquidity_day liquidity_day_spread"),
    *_declared("score", "DOUBLE", "propensity ability willingness"),
    *_declared("score", "DECIMAL(18,2)", "expected_recovery"),
    *_declared("derived", "VARCHAR", "risk_band value_tier quadrant likely_cause"),
)


def columns_from(*origins: Origin) -> frozenset[str]:
    """Return the names of the columns of some origins."""
    return frozenset(column.name for column in RULE_COLUMNS if column.origin in origins)


def read_columns() -> tuple[str, ...]:
    """Return the names of the columns that decisions read."""
    return (*_BESIDES, *(column.name for column in RULE_COLUMNS if column.origin != "derived"))


def example_row(derived: bool = False) -> str:
    """Return a SELECT of one account with a value in every column of ``read_columns``.

    Parameters
    ----------
    derived : bool
        Also in the columns the policy itself makes.
    """
    known = [column.example for column in RULE_COLUMNS if derived or column.origin != "derived"]
    besides = [f"{value} AS {name}" for name, value in _BESIDES.items()]
    return f"SELECT {', '.join((*besides, *known))}"
