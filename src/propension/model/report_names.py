"""Words for what the report names: measures, contenders, groups and their values."""

from __future__ import annotations

from propension.config import Texts, texts

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
    "model": texts("Este modelo", "Este modelo", "This model"),
    "champion": texts("Modelo en uso", "Modelo em uso", "Model in use"),
    "days_past_due": texts("Solo días de mora", "Só dias de atraso", "Days past due alone"),
    "logistic_regression": texts(
        "Regresión logística", "Regressão logística", "Logistic scorecard"
    ),
    "dpd_bucket": texts("Días de mora", "Dias de atraso", "Days past due"),
    "unknown": texts("Sin dato", "Sem dado", "Not known"),
    "value_tier": texts("Valor de la cuenta", "Valor da conta", "Value of the account"),
    "stage": texts("Etapa", "Etapa", "Stage"),
    "customer_kind": texts("Tipo de cliente", "Tipo de cliente", "Kind of customer"),
    "current": texts("Al día", "Em dia", "Current"),
    "1-30": texts("1 a 30 días", "1 a 30 dias", "1 to 30 days"),
    "31-60": texts("31 a 60 días", "31 a 60 dias", "31 to 60 days"),
    "61-90": texts("61 a 90 días", "61 a 90 dias", "61 to 90 days"),
    "91-120": texts("91 a 120 días", "91 a 120 dias", "91 to 120 days"),
    "121+": texts("Más de 120 días", "Mais de 120 dias", "Over 120 days"),
    "high": texts("Alto", "Alto", "High"),
    "medium": texts("Medio", "Médio", "Medium"),
    "low": texts("Bajo", "Baixo", "Low"),
    "overdue": texts("Vencida", "Em atraso", "Overdue"),
    "upcoming": texts("Por vencer", "A vencer", "Upcoming"),
    "person": texts("Persona", "Pessoa física", "Person"),
    "company": texts("Empresa", "Empresa", "Company"),
    "missing": texts("Sin dato", "Sem dado", "Not given"),
}
