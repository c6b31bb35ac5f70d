"""The model card: what a model is for, what it saw, how it did."""

from __future__ import annotations

from typing import Any

from propension.config import Settings
from propension.model.bundle import Bundle
from propension.model.judging import Evaluation


def model_card(bundle: Bundle, evaluation: Evaluation, settings: Settings) -> str:
    """Return the card as Markdown."""
    checks = "\n".join(
        f"- {'passed' if check['passed'] else 'failed'}: {check['texts']['en']}"
        for check in evaluation.checks
    )
    return f"""# Propensity to pay: {settings.portfolio.name}

**Says** {_meaning(bundle.target)}. **Not for** granting credit, nor for deciding who may be contacted:
contact rules and suppressions do that.

LightGBM, {bundle.facts["trees"]} trees; calibration: {bundle.calibration.in_words()}.
{len(bundle.encoding.names)} features, none of them a protected attribute.

## Windows

| window | first as-of | last as-of | dates | account-snapshots |
|---|---|---|---|---|
{_windows(evaluation)}

## Test, on time after everything it learnt from

| | AUC | KS | log-loss | Brier | calibration error |
|---|---|---|---|---|---|
{_contenders(evaluation)}

Money in the test window: {evaluation.money["expected"]:,.0f} expected, {evaluation.money["collected"]:,.0f}
collected, of {evaluation.money["owed"]:,.0f} owed.

Verdict: {evaluation.verdict}.

{checks}

## Limits

Learnt from what was collected under past strategies: it says who pays, not what a call adds.
The same account appears on several dates, so figures are less certain than the row counts suggest.
"""


def _meaning(target: dict[str, Any]) -> str:
    if target["stage"] == "upcoming":
        return (
            "how likely an account with nothing overdue is to pay everything that falls due within "
            f"{target['upcoming_days']} days, each item no later than {target['grace_days']} days after its date"
        )
    return (
        f"how likely an overdue account is to pay at least {target['paid_share']:.0%} of its overdue balance "
        f"within {target['horizon_days']} days"
    )


def _windows(evaluation: Evaluation) -> str:
    return "\n".join(
        f"| {name} | {window.get('first', '')} | {window.get('last', '')} | {window['dates']} | "
        f"{evaluation.rows.get(name, 0):,} |"
        for name, window in evaluation.windows.items()
    )


def _contenders(evaluation: Evaluation) -> str:
    columns = ("auc", "ks", "log_loss", "brier", "calibration_error")
    return "\n".join(
        f"| {name} | " + " | ".join(_shown(metrics.get(column)) for column in columns) + " |"
        for name, metrics in evaluation.metrics.items()
    )


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
