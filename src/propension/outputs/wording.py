"""Every word of the workbook in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from propension.config import Language, Policy, Texts
from propension.outputs.column import texts
from propension.outputs.columns import SCORED_COLUMNS, labels_of_values

SHEET_TEXTS: dict[str, Texts] = {
    "summary": texts("Resumen", "Resumo", "Summary"),
    "list": texts("Lista", "Lista", "List"),
    "dictionary": texts("Diccionario", "Dicionário", "Dictionary"),
    "title": texts(
        "Lista priorizada de cobranza",
        "Lista priorizada de cobrança",
        "Prioritised collections list",
    ),
    "portfolio": texts("Cartera", "Carteira", "Portfolio"),
    "whole": texts("Total de la cartera", "Total da carteira", "Whole portfolio"),
    "accounts": texts("Cuentas", "Contas", "Accounts"),
    "mean_propensity": texts("Propensión media", "Propensão média", "Mean propensity"),
    "segment": texts("Por segmento", "Por segmento", "By segment"),
    "risk_band": texts("Por banda de riesgo", "Por faixa de risco", "By risk band"),
    "treatment": texts("Por gestión", "Por ação", "By treatment"),
    "none": texts("Sin dato", "Sem dado", "Not given"),
    "cut": texts(
        "La hoja Lista muestra las {shown} cuentas más prioritarias de {total}. "
        "El archivo scored.csv las contiene todas.",
        "A aba Lista mostra as {shown} contas mais prioritárias de {total}. "
        "O arquivo scored.csv contém todas.",
        "The List sheet shows the top {shown} accounts by priority, out of {total}. "
        "The file scored.csv holds them all.",
    ),
    "empty": texts(
        "La lista no tiene cuentas.", "A lista não tem contas.", "The list has no accounts."
    ),
    "chart_amounts": texts(
        "Importe en juego y recuperación esperada por segmento",
        "Valor em jogo e recuperação esperada por segmento",
        "Amount at stake and expected recovery by segment",
    ),
    "chart_bands": texts(
        "Cuentas por banda de riesgo", "Contas por faixa de risco", "Accounts by risk band"
    ),
    "millions": texts("Millones", "Milhões", "Millions"),
    "thousands": texts("Miles", "Milhares", "Thousands"),
    "column": texts("Columna", "Coluna", "Column"),
    "machine_name": texts("Nombre en los archivos", "Nome nos arquivos", "Name in the files"),
    "meaning": texts("Qué significa", "O que significa", "What it means"),
    "code": texts("Código en los archivos", "Código nos arquivos", "Code in the files"),
    "coded_values": texts("Valores codificados", "Valores codificados", "Coded values"),
    "migration": texts("Migración", "Migração", "Migration"),
    "segment_before": texts("Segmento anterior", "Segmento anterior", "Segment before"),
    "segment_now": texts("Segmento actual", "Segmento atual", "Segment now"),
    "entered": texts("(nueva en la lista)", "(nova na lista)", "(new on the list)"),
    "left": texts("(salió de la lista)", "(saiu da lista)", "(left the list)"),
    "capacity": texts("Capacidad", "Capacidade", "Capacity"),
    "limit": texts(
        "Equipo, presupuesto o límite", "Equipe, orçamento ou limite", "Team, budget or limit"
    ),
    "unit": texts("Se mide en", "Medido em", "Measured in"),
    "unit_minutes": texts("minutos", "minutos", "minutes"),
    "unit_accounts": texts("cuentas", "contas", "accounts"),
    "unit_money": texts("dinero", "dinheiro", "money"),
    "used": texts("Usado", "Usado", "Used"),
    "available": texts("Disponible", "Disponível", "Available"),
    "used_share": texts("Uso", "Uso", "Share"),
    "one_more": texts(
        "Valor de una unidad más", "Valor de uma unidade a mais", "Worth of one more"
    ),
    "one_more_note": texts(
        "Una unidad más: una hora de trabajo, una cuenta o 1.000 de presupuesto. Cero donde sobra.",
        "Uma unidade a mais: uma hora de trabalho, uma conta ou 1.000 de orçamento. Zero onde sobra.",
        "One more: an hour of work, an account, or 1,000 of a budget. Nought where some is left over.",
    ),
    "page": texts("Página &P de &N", "Página &P de &N", "Page &P of &N"),
}


_COLUMNS = {column.name: column for column in SCORED_COLUMNS}


@dataclass(frozen=True)
class Wording:
    """The words for columns, coded values and fixed texts in one language."""

    language: Language
    values: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, policy: Policy, language: Language) -> Wording:
        """Return the words with the policy's names for segments, flags and treatments."""
        return cls(language, labels_of_values(policy, language))

    def text(self, key: str) -> str:
        """Return a fixed text of ``SHEET_TEXTS``."""
        return SHEET_TEXTS[key].in_language(self.language)

    def label(self, column: str) -> str:
        """Return the header of a column of the contract."""
        return _COLUMNS[column].label.in_language(self.language)

    def value(self, column: str, code: str | None) -> str:
        """Return the words for a coded value; a code without words stays as it is."""
        if code is None:
            return self.text("none")
        return self.values.get(column, {}).get(code, code)
