"""Words for what the report names: measures, contenders, groups and their values."""

from __future__ import annotations

from propension.config import Texts
from propension.model.report_texts import report_text

METRIC_TEXTS: dict[str, Texts] = {
    "auc": report_text(
        "AUC\N{NO-BREAK SPACE}↑", "AUC\N{NO-BREAK SPACE}↑", "AUC\N{NO-BREAK SPACE}↑"
    ),
    "gini": report_text(
        "Gini\N{NO-BREAK SPACE}↑", "Gini\N{NO-BREAK SPACE}↑", "Gini\N{NO-BREAK SPACE}↑"
    ),
    "ks": report_text("KS\N{NO-BREAK SPACE}↑", "KS\N{NO-BREAK SPACE}↑", "KS\N{NO-BREAK SPACE}↑"),
    "pr_auc": report_text(
        "Precisión media\N{NO-BREAK SPACE}↑",
        "Precisão média\N{NO-BREAK SPACE}↑",
        "Average precision\N{NO-BREAK SPACE}↑",
    ),
    "log_loss": report_text(
        "Pérdida log.\N{NO-BREAK SPACE}↓",
        "Perda log.\N{NO-BREAK SPACE}↓",
        "Log-loss\N{NO-BREAK SPACE}↓",
    ),
    "brier": report_text(
        "Brier\N{NO-BREAK SPACE}↓", "Brier\N{NO-BREAK SPACE}↓", "Brier\N{NO-BREAK SPACE}↓"
    ),
    "calibration_error": report_text(
        "Error de calibración\N{NO-BREAK SPACE}↓",
        "Erro de calibração\N{NO-BREAK SPACE}↓",
        "Calibration error\N{NO-BREAK SPACE}↓",
    ),
}

NAME_TEXTS: dict[str, Texts] = {
    "model": report_text("Este modelo", "Este modelo", "This model"),
    "champion": report_text("Modelo en uso", "Modelo em uso", "Model in use"),
    "days_past_due": report_text("Solo días de mora", "Só dias de atraso", "Days past due alone"),
    "logistic_regression": report_text(
        "Regresión logística", "Regressão logística", "Logistic scorecard"
    ),
    "dpd_bucket": report_text("Días de mora", "Dias de atraso", "Days past due"),
    "unknown": report_text("Sin dato", "Sem dado", "Not known"),
    "value_tier": report_text("Valor de la cuenta", "Valor da conta", "Value of the account"),
    "stage": report_text("Etapa", "Etapa", "Stage"),
    "customer_kind": report_text("Tipo de cliente", "Tipo de cliente", "Kind of customer"),
    "current": report_text("Al día", "Em dia", "Current"),
    "1-30": report_text("1 a 30 días", "1 a 30 dias", "1 to 30 days"),
    "31-60": report_text("31 a 60 días", "31 a 60 dias", "31 to 60 days"),
    "61-90": report_text("61 a 90 días", "61 a 90 dias", "61 to 90 days"),
    "91-120": report_text("91 a 120 días", "91 a 120 dias", "91 to 120 days"),
    "121+": report_text("Más de 120 días", "Mais de 120 dias", "Over 120 days"),
    "high": report_text("Alto", "Alto", "High"),
    "medium": report_text("Medio", "Médio", "Medium"),
    "low": report_text("Bajo", "Baixo", "Low"),
    "overdue": report_text("Vencida", "Em atraso", "Overdue"),
    "upcoming": report_text("Por vencer", "A vencer", "Upcoming"),
    "person": report_text("Persona", "Pessoa física", "Person"),
    "company": report_text("Empresa", "Empresa", "Company"),
    "missing": report_text("Sin dato", "Sem dado", "Not given"),
}
