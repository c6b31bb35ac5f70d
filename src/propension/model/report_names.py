"""Words for what the report names: measures, contenders, groups and their values."""

from __future__ import annotations

from propension.config import Texts, texts
from propension.writing import VALUE_LABELS

METRIC_TEXTS: dict[str, Texts] = {
    "auc": texts("AUC\N{NO-BREAK SPACE}↑", "AUC\N{NO-BREAK SPACE}↑", "AUC\N{NO-BREAK SPACE}↑"),
    "gini": texts("Gini\N{NO-BREAK SPACE}↑", "Gini\N{NO-BREAK SPACE}↑", "Gini\N{NO-BREAK SPACE}↑"),
    "ks": texts("KS\N{NO-BREAK SPACE}↑", "KS\N{NO-BREAK SPACE}↑", "KS\N{NO-BREAK SPACE}↑"),
    "pr_auc": texts(
        "Precisión media\N{NO-BREAK SPACE}↑",
        "Precisão média\N{NO-BREAK SPACE}↑",
        "Average precision\N{NO-BREAK SPACE}↑",
    ),
    "log_loss": texts(
        "Pérdida log.\N{NO-BREAK SPACE}↓",
        "Perda log.\N{NO-BREAK SPACE}↓",
        "Log-loss\N{NO-BREAK SPACE}↓",
    ),
    "brier": texts(
        "Brier\N{NO-BREAK SPACE}↓", "Brier\N{NO-BREAK SPACE}↓", "Brier\N{NO-BREAK SPACE}↓"
    ),
    "calibration_error": texts(
        "Error de calibración\N{NO-BREAK SPACE}↓",
        "Erro de calibração\N{NO-BREAK SPACE}↓",
        "Calibration error\N{NO-BREAK SPACE}↓",
    ),
}

NAME_TEXTS: dict[str, Texts] = {
    **VALUE_LABELS["stage"],
    **VALUE_LABELS["dpd_bucket"],
    **VALUE_LABELS["value_tier"],
    "model": texts("Este modelo", "Este modelo", "This model"),
    "champion": texts("Modelo en uso", "Modelo em uso", "Model in use"),
    "days_past_due": texts("Solo días de mora", "Só dias de atraso", "Days past due alone"),
    "logistic_regression": texts(
        "Regresión logística", "Regressão logística", "Logistic scorecard"
    ),
    "dpd_bucket": texts("Días de mora", "Dias de atraso", "Days past due"),
    "value_tier": texts("Valor de la cuenta", "Valor da conta", "Value of the account"),
    "stage": texts("Etapa", "Etapa", "Stage"),
    "customer_kind": texts("Tipo de cliente", "Tipo de cliente", "Kind of customer"),
    "person": texts("Persona", "Pessoa física", "Person"),
    "company": texts("Empresa", "Empresa", "Company"),
    "unknown": texts("Sin dato", "Sem dado", "Not known"),
    "missing": texts("Sin dato", "Sem dado", "Not given"),
}
