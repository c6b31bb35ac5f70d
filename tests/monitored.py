"""What monitoring told of a small portfolio, written by hand: the shape of ``measure_portfolio``."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from propension.config import load_policy
from propension.features import SHIPPED
from propension.monitoring import KPIS
from propension.monitoring.headline import key_figures, what_changed, what_to_do
from propension.writing import VALUE_LABELS

POLICY = Path(str(files("propension.config") / "template" / "policy.yaml"))
AS_OF = dt.date(2026, 6, 30)
MONTHS = [dt.date(2025 + (m + 5) // 12, (m + 5) % 12 + 1, 28).isoformat() for m in range(13)]


def both(text: str) -> dict[str, str]:
    return {language: f"{text} {language}" for language in ("es", "pt", "en")}


def kpi_rows(values: list[float | None], dimension: str = "all", group: str = "all") -> list[Any]:
    """Rows of the last months; the newest can still change."""
    months = MONTHS[-len(values) :]
    return [
        {"month": month, "dimension": dimension, "group": group, "numerator": value, "denominator": 1.0,
         "value": value, "is_mature": month != MONTHS[-1]}
        for month, value in zip(months, values, strict=True)
    ]  # fmt: skip


def kpis(**values: list[float | None]) -> list[dict[str, Any]]:
    """Every KPI, those that are named with the values given."""
    usual = [0.4, 0.42, 0.41, 0.43, 0.4, 0.41, 0.42, 0.4, 0.43, 0.42, 0.41, 0.42, 0.41]
    found = []
    for kpi in KPIS:
        rows = kpi_rows(values.get(kpi.name, usual))
        if kpi.name == "vintage":
            rows = [
                {**rows[0], "month": month, "dimension": "age_months", "group": str(age), "value": 0.2 / (age + 1)}
                for month in MONTHS[-3:]
                for age in range(3)
            ]  # fmt: skip
        elif kpi.name in ("balance", "overdue_balance", "recovery_rate"):
            rows += [
                row
                for bucket in ("current", "1-30", "121+")
                for row in kpi_rows(usual, "dpd_bucket", bucket)
            ]
        absent = dict.fromkeys(("es", "pt", "en"), "no hay <contactos>")
        is_absent = kpi.name == "self_cure_rate"
        found.append(
            kpi.as_dict()
            | {"rows": [] if is_absent else rows, "absent": absent if is_absent else None}
        )
    return found


def forecast() -> dict[str, Any]:
    parts = {"overdue": 5e6, "not_due": 2e6, "not_billed": 1e6}
    expected = {"value": 8e6, "low": 7e6, "high": 9e6, "past": 20, "error": 0.05}
    days = [AS_OF + dt.timedelta(days=7 * week) for week in range(14)]
    return {
        "as_of": AS_OF.isoformat(),
        "level": 0.8,
        "uses_list": False,
        "came": [8e6] * 13,
        "total": expected | {"parts": parts},
        "weeks": [
            {"week": n + 1, "first_day": (day + dt.timedelta(days=1)).isoformat(), "last_day": after.isoformat(),
             **expected, "parts": parts}
            for n, (day, after) in enumerate(pairwise(days))
        ],
        "absent": None,
    }  # fmt: skip


def estimate(value: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    return {"value": value, "standard_error": 0.01, "low": low, "high": high, "treated_accounts": 900, "control_accounts": 100}  # fmt: skip


def impact(group: str, value: float = 0.05, low: float | None = 0.01) -> dict[str, Any]:
    rate = estimate(value, low, None if low is None else 2 * value - low)
    return {"group": group, "rate": rate, "amount": rate, "self_cure_rate": 0.3, "self_cure_amount": 1.0,
            "treated_rows": 900, "beside": "control"}  # fmt: skip


def experiment(**changes: Any) -> dict[str, Any]:
    course = [
        {"as_of": month, "accounts": 500, "impact": impact("strategy")} for month in MONTHS[-3:]
    ]
    return {
        "as_of": AS_OF.isoformat(), "window": 30, "lists": {"mature": 3, "partial": 1, "young": 1},
        "accounts": {"control": 100, "treatment": 900}, "ratios": [], "balance": None,
        "strategy": [impact("strategy"), impact("segment=forgot", -0.05, -0.09), impact("quadrant=can_wont", 0.0, None)],
        "entry": impact("first list"), "treatments": [impact("treatment=soft_call")],
        "challengers": [impact("challenger=by_order")], "verdict": None, "lost_rows": 0, "course": course,
        "told": {"alarms": [], "balance": both("balanced"), "strategy": both("better"), "verdict": None},
    } | changes  # fmt: skip


def alert(signal: str, kind: str = "data", level: str = "act", **more: Any) -> dict[str, Any]:
    return {"signal": signal, "kind": kind, "stage": "overdue", "subject": "late_share", "level": level, "value": 1.0,
            "as_of": AS_OF.isoformat(), "since": AS_OF.isoformat(), "is_sudden": True, "told": both(f"repair {signal}")} | more  # fmt: skip


def health(**changes: Any) -> dict[str, Any]:
    figure = {"value": 0.8, "low": 0.75, "high": 0.85}
    judged = {"auc": figure, "ks": figure, "log_loss": figure, "bias": figure, "slope": figure}

    def quality(as_of: str, stage: str = "overdue", elapsed: float = 1.0) -> dict[str, Any]:
        over = elapsed == 1
        return {"as_of": as_of, "stage": stage, "days": 30, "is_own": True, "known_on": "2026-07-30", "elapsed_share": elapsed,
                "model_version": "1", "rows": 600, "lost_rows": 0, "paid_share": 0.4 if over else None,
                "mean_propensity": 0.41 if over else None, "figures": judged if over else None,
                "test": {"auc": figure} if over else None}  # fmt: skip

    def drift(signal: str, subject: str, value: float) -> dict[str, Any]:
        return {"signal": signal, "stage": "overdue", "subject": subject, "as_of": AS_OF.isoformat(), "value": value,
                "usual": 0.05, "p_value": 0.5, "weighs": True, "facts": {}}  # fmt: skip

    return {
        "as_of": AS_OF.isoformat(), "lists": ["2026-05-31", AS_OF.isoformat()],
        "quality": [quality("2026-05-31"), quality("2026-05-31", "upcoming"), quality(AS_OF.isoformat(), elapsed=0.2)],
        "measured": [drift("feature_shift", "late_share", 0.3), drift("score_shift", "propensity", 0.1)],
        "alerts": [], "levels": {"bias": "ok", "feature_shift": "watch"}, "findings": [],
        "recommendations": [{"stage": "overdue", "action": "keep", "rule": "quiet", "reason": both("quiet"), "because": []}],
    } | changes  # fmt: skip


def monitored(**parts: Any) -> dict[str, Any]:
    """Everything, or without the parts that are None."""
    told: dict[str, Any] = {
        "as_of": AS_OF.isoformat(),
        "portfolio": {"name": "Cartera <b>uno</b>", "currency": "COP"},
        "kpis": kpis(),
        "forecast": forecast(),
        "health": health(),
        "impact": experiment(),
        "feedback": {"by_kind": {}, "followed": 0, "not_followed": 0, "accounts": 0},
        "findings": [],
        "bounds": {"watch": 0.1, "act": 0.25, "at_once": 1},
    } | parts
    policy = load_policy(POLICY)
    words = {
        kind: _plain(VALUE_LABELS[kind]) for kind in ("stage", "dpd_bucket", "quadrant", "arm")
    }
    words["segment"] = {one.name: one.label.model_dump() for one in policy.segments}
    words["treatment"] = {name: one.label.model_dump() for name, one in policy.treatments.items()}
    words["feature"] = {one.name: one.text.model_dump() for one in SHIPPED}
    words["column"] = {}
    figures = key_figures(told["kpis"])
    return told | {
        "missing": {part: f"no {part} & why" for part in ("kpis", "forecast", "health", "impact") if told[part] is None},
        "words": words,
        "figures": figures,
        "changed": what_changed(figures, "COP"),
        "to_do": what_to_do(told["health"], told["impact"], []),
    }  # fmt: skip


def _plain(labels: Any) -> dict[str, Any]:
    return {code: text.model_dump() for code, text in labels.items()}
