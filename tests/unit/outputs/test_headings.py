"""``outputs.column_names`` decides how every file for people heads its columns."""

import csv
import io

import openpyxl
import pyarrow.parquet as pq
import pytest

from propension.config.settings import Outputs, Portfolio
from propension.outputs import SCORED_COLUMNS, SCORED_SCHEMA, write_lists

LABELS = [column.label.pt for column in SCORED_COLUMNS]


@pytest.fixture
def heads(tmp_path, policy, write_scored):
    """Heads of the CSV, the list and a team's sheet."""

    def write(column_names):
        scored = write_scored({"team": "callers", "agent": 1, "starts_at": None, "message": "Oi"})
        outputs = Outputs(column_names=column_names)
        write_lists(scored, tmp_path, policy, Portfolio(name="P", language="pt"), outputs)
        text = (tmp_path / "scored.csv").read_text(encoding="utf-8-sig")
        book = openpyxl.load_workbook(tmp_path / "scored.xlsx")
        listed = [[cell.value for cell in book[name][1]] for name in ("Lista", "callers")]
        assert pq.read_schema(scored).names == SCORED_SCHEMA.names
        return next(csv.reader(io.StringIO(text))), *listed

    return write


def test_without_it_the_csv_has_machine_names_and_the_workbook_words(heads) -> None:
    table, listed, work = heads(None)
    assert table == SCORED_SCHEMA.names
    assert listed[:3] == ["Prioridade", "Conta", "Cliente"]
    assert "Motivo 1" in listed
    assert work[:3] == ["Dia", "Hora", "Agente"]


def test_localised_is_words_everywhere(heads) -> None:
    table, listed, work = heads("localised")
    assert table == LABELS
    assert set(listed) - {"Motivo 1", "Motivo 2"} <= set(LABELS)
    assert set(work) - {"Dia", "Hora", "Motivos"} <= set(LABELS)


def test_machine_is_machine_names_everywhere(heads) -> None:
    table, listed, work = heads("machine")
    assert table == SCORED_SCHEMA.names
    assert set(listed) - {"reasons_1", "reasons_2"} <= set(SCORED_SCHEMA.names)
    assert set(work) - {"day", "time"} <= set(SCORED_SCHEMA.names)
