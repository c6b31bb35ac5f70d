"""Every word of the workbook in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from propension.config import Language, Policy, Texts, texts
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
    "team": texts("Por equipo", "Por equipe", "By team"),
    "none": texts("Sin dato", "Sem dado", "Not given"),
    "cut": texts(
        "La hoja Lista muestra las {shown} cuentas más prioritarias de {total}. "
        "El archivo scored.csv las contiene todas.",
        "A aba Lista mostra as {shown} contas mais prioritárias de {total}. "
        "O arquivo scored.csv contém todas.",
        "The List sheet shows the top {shown} accounts by priority, out of {total}. "
        "The file scored.csv holds them all.",
    ),
    "cut_teams": texts(
        "Las hojas de los equipos muestran {shown} gestiones de {total}, primero las de personas. "
        "El archivo agenda.csv las contiene todas.",
        "As abas das equipes mostram {shown} ações de {total}, primeiro as de pessoas. "
        "O arquivo agenda.csv contém todas.",
        "The sheets of teams show {shown} treatments out of {total}, those of people first. "
        "The file agenda.csv holds them all.",
    ),
    "no_work": texts("Sin gestión", "Sem ação", "No work"),
    "day": texts("Día", "Dia", "Day"),
    "time": texts("Hora", "Hora", "Time"),
    "reasons": texts("Motivos", "Motivos", "Reasons"),
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
    "machine_name": texts("Nombre técnico", "Nome técnico", "Machine name"),
    "names_note": texts(
        "Parquet y las bases de datos llevan siempre el nombre técnico; los encabezados de este libro y de los CSV "
        "los decide outputs.column_names.",
        "Parquet e os bancos de dados levam sempre o nome técnico; os cabeçalhos deste livro e dos CSV são decididos "
        "por outputs.column_names.",
        "Parquet and databases always have the machine name; the headings of this workbook and of CSV files are as "
        "outputs.column_names says.",
    ),
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
    """The words for columns, coded values and fixed texts in one language.

    Attributes
    ----------
    language : str
    values : mapping
        Words for coded values, by column and code.
    headings : str or None
        Language of the heads of lists; machine names without one.
    """

    language: Language
    values: Mapping[str, Mapping[str, str]]
    headings: Language | None

    @classmethod
    def of(cls, policy: Policy, language: Language, headings: Language | None) -> Wording:
        """Return the words with the policy's names for segments, flags, treatments and limits."""
        return cls(language, labels_of_values(policy, language), headings)

    def text(self, key: str) -> str:
        """Return a fixed text of ``SHEET_TEXTS``."""
        return SHEET_TEXTS[key].in_language(self.language)

    def label(self, column: str) -> str:
        """Return the words for a column of the contract."""
        return _COLUMNS[column].label.in_language(self.language)

    def heading(self, column: str, nth: int | None = None) -> str:
        """Return the head of a column of the contract in lists, or of the n-th of its kind."""
        name = _COLUMNS[column].heading(self.headings)
        if nth is None:
            return name
        return f"{name} {nth}" if self.headings else f"{name}_{nth}"

    def value(self, column: str, code: str | None) -> str:
        """Return the words for a coded value; a code without words stays as it is."""
        if code is None:
            return self.text("no_work" if column == "team" else "none")
        return self.values.get(column, {}).get(code, code)
