"""The workbook's first page: what the list adds up to, in tables with two charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from propension.outputs.sheet_styles import DATA_BAR, Styles
from propension.outputs.summary import ListSummary, Totals
from propension.outputs.summary_charts import ChartPlace, add_amounts_chart, add_bands_chart
from propension.outputs.wording import Wording
from propension.writing import format_number

_TABLES = ("segment", "risk_band", "treatment", "team")
_NAME, _ACCOUNTS, _OVERDUE, _PROPENSITY, _RECOVERY, _CHARTS = 1, 2, 3, 4, 5, 7
# Columns of the usual width that a chart covers.
_CHART_COLUMNS = 10
_KINDS = ("text", "integer", "amount", "share", "amount")


class SummarySheet:
    """Writes one summary from top to bottom, as constant memory asks.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        Receives the sheet and its charts.
    styles : Styles
        Formats of that workbook.
    wording : Wording
        Every word of the page.
    """

    def __init__(self, workbook: Any, styles: Styles, wording: Wording) -> None:
        self._workbook = workbook
        self._styles = styles
        self._wording = wording
        self._name = self._wording.text("summary")
        self._sheet = workbook.add_worksheet(self._name)
        self._row = 1
        self._tables: dict[str, int] = {}

    def write(self, summary: ListSummary, portfolio: str, most: int) -> None:
        """Write the page; ``most`` is how many rows the list may hold, and the sheets of teams together."""
        self._prepare()
        self._write_facts(summary, portfolio)
        self._write_header(self._wording.text("summary"))
        self._write_totals(self._wording.text("whole"), summary.totals, self._styles.total)
        self._row += 1
        if not summary.totals.accounts:
            self._write_notice(self._wording.text("empty"))
            return
        self._write_cut("cut", summary.totals.accounts, most)
        self._write_cut("cut_teams", summary.filled["team"], most)
        for column in _TABLES:
            self._write_table(column, summary.groups[column])
        self._insert_charts(summary)

    def _prepare(self) -> None:
        sheet = self._sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.set_footer(f"&R{self._wording.text('page')}")
        sheet.set_column(0, 0, 2)
        sheet.set_column(_NAME, _NAME, 36)
        sheet.set_column(_ACCOUNTS, _ACCOUNTS, 14)
        sheet.set_column(_OVERDUE, _OVERDUE, 24)
        sheet.set_column(_PROPENSITY, _PROPENSITY, 14)
        sheet.set_column(_RECOVERY, _RECOVERY, 24)
        sheet.set_column(_RECOVERY + 1, _RECOVERY + 1, 3)

    def _write_facts(self, summary: ListSummary, portfolio: str) -> None:
        self._sheet.set_row(self._row, 30)
        self._sheet.write_string(self._row, _NAME, self._wording.text("title"), self._styles.title)
        self._row += 1
        self._write_fact(self._wording.text("portfolio"), portfolio)
        if summary.as_of is not None:
            style = self._styles
            self._sheet.write_string(self._row, _NAME, self._wording.label("as_of"), style.label)
            self._sheet.write_datetime(self._row, _ACCOUNTS, summary.as_of, style.fact["date"])
            self._row += 1
        self._write_fact(self._wording.label("currency"), summary.currency)
        self._row += 1

    def _write_fact(self, label: str, value: str) -> None:
        if value:
            self._sheet.write_string(self._row, _NAME, label, self._styles.label)
            self._sheet.write_string(self._row, _ACCOUNTS, value, self._styles.fact["text"])
            self._row += 1

    def _write_cut(self, text: str, total: int, most: int) -> None:
        if total > most:
            numbers = {"shown": most, "total": total}
            told = {k: format_number(v, self._wording.language) for k, v in numbers.items()}
            self._write_notice(self._wording.text(text).format(**told))

    def _write_notice(self, text: str) -> None:
        self._sheet.write_string(self._row, _NAME, text, self._styles.notice)
        for column in range(_NAME + 1, _RECOVERY + 1):
            self._sheet.write_blank(self._row, column, None, self._styles.notice)
        self._row += 2

    def _write_table(self, column: str, groups: tuple[Totals, ...]) -> None:
        self._sheet.write_string(self._row, _NAME, self._wording.text(column), self._styles.heading)
        self._row += 1
        self._write_header(self._wording.label(column))
        first = self._row
        self._tables[column] = first
        for group in groups:
            self._write_totals(self._wording.value(column, group.code), group, self._styles.cell)
        self._sheet.conditional_format(first, _RECOVERY, self._row - 1, _RECOVERY, DATA_BAR)
        self._row += 1

    def _write_header(self, first: str) -> None:
        style = self._styles
        self._sheet.set_row(self._row, 32)
        self._sheet.write_string(self._row, _NAME, first, style.header)
        measures = (
            self._wording.text("accounts"),
            self._wording.label("amount_at_stake"),
            self._wording.text("mean_propensity"),
            self._wording.label("expected_recovery"),
        )
        for column, text in enumerate(measures, start=_ACCOUNTS):
            self._sheet.write_string(self._row, column, text, style.header_number)
        self._row += 1

    def _write_totals(self, name: str, totals: Totals, formats: Mapping[str, Any]) -> None:
        if formats is self._styles.total:
            self._sheet.set_row(self._row, 26)
        values = (totals.accounts, totals.amount_at_stake, totals.propensity)
        self._sheet.write_string(self._row, _NAME, name, formats["text"])
        for offset, value in enumerate((*values, totals.expected_recovery)):
            style = formats[_KINDS[offset + 1]]
            if value is None:
                self._sheet.write_blank(self._row, _ACCOUNTS + offset, None, style)
            else:
                self._sheet.write_number(self._row, _ACCOUNTS + offset, value, style)
        self._row += 1

    def _insert_charts(self, summary: ListSummary) -> None:
        below = 0
        for column, add_chart in (("segment", add_amounts_chart), ("risk_band", add_bands_chart)):
            groups = summary.groups[column]
            names = [self._wording.value(column, group.code) for group in groups]
            place = ChartPlace(self._name, self._tables[column], _NAME, self._wording)
            chart = add_chart(self._workbook, place, names, groups)
            self._sheet.insert_chart(1, _CHARTS, chart, {"y_offset": below})
            below += chart.height + 20
        # Else what is printed ends with the cells, in the middle of a chart.
        self._sheet.print_area(0, 0, self._row, _CHARTS + _CHART_COLUMNS)
