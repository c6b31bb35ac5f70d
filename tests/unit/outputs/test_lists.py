import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from propension.config.settings import Outputs, Portfolio
from propension.errors import OutputError
from propension.outputs import SCORED_SCHEMA, write_lists
from propension.outputs.lists import guard_formulas

PORTFOLIO = Portfolio(name="P")
PAYLOADS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1")


@pytest.fixture
def write(tmp_path, policy, write_scored):
    """Write the lists of a few accounts into an empty folder."""

    def write_both(*changes, language="es", **outputs):
        folder = tmp_path / "lists"
        folder.mkdir(exist_ok=True)
        scored = write_scored(*changes)
        portfolio = Portfolio(name="Cartera Andina", language=language)
        rows = write_lists(scored, folder, policy, portfolio, Outputs(**outputs))
        return folder, rows

    return write_both


def read_csv(folder):
    content = (folder / "scored.csv").read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_sheet(folder, name):
    """Cells of a sheet as rows of ``openpyxl`` cells."""
    return list(openpyxl.load_workbook(folder / "scored.xlsx")[name].iter_rows())


def read_list(folder, name="Lista"):
    """Cells of the list sheet by header, one mapping per account."""
    header, *rows = read_sheet(folder, name)
    return [dict(zip([cell.value for cell in header], row, strict=True)) for row in rows]


def texts_of(folder, name="Resumen"):
    return [c.value for row in read_sheet(folder, name) for c in row if isinstance(c.value, str)]


def with_reason(text):
    return [{"feature": "f", "value": "1", "effect": 1.0, "text": text}]


def test_csv_starts_with_a_byte_order_mark_and_machine_names(write) -> None:
    folder, rows = write({}, {})
    content = (folder / "scored.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(read_csv(folder)[0]) == SCORED_SCHEMA.names
    assert rows == {"scored.csv": 2, "scored.xlsx": 2}


def test_csv_keeps_codes_iso_dates_and_dot_decimals(write) -> None:
    folder, _ = write({"ability": -0.25})
    row = read_csv(folder)[0]
    assert row["as_of"] == "2026-06-30"
    assert row["scheduled_at"] == "2026-07-01T08:30:00"
    assert row["overdue_amount"] == "1250000.00"
    assert row["propensity"] == "0.734"
    assert row["ability"] == "-0.25"
    assert row["segment"] == "reminder_first"
    assert row["manual"] == "true"
    assert row["flags"] == "new_customer|hard_to_contact"
    assert row["reasons"] == "Lleva 45 días de mora | Pagó 2 veces"
    assert row["refusals"] == "sms: opt_out (Ley 2300, art. 4)"
    assert row["offer"] == ""


def test_lists_may_be_empty_or_null_and_their_texts_too(write) -> None:
    folder, _ = write(
        {"flags": None, "reasons": None, "refusals": []},
        {"flags": [], "reasons": with_reason(None)},
        {},
    )
    flags = [row["flags"] for row in read_csv(folder)]
    reasons = [row["reasons"] for row in read_csv(folder)]
    assert flags == ["", "", "new_customer|hard_to_contact"]
    assert reasons == ["", "", "Lleva 45 días de mora | Pagó 2 veces"]
    shown = [row["Motivo 1"].value for row in read_list(folder)]
    assert shown == [None, None, "Lleva 45 días de mora"]


def test_reasons_are_an_accounts_own(write) -> None:
    folder, _ = write({"reasons": with_reason("one")}, {}, {"reasons": with_reason("last")})
    rows = [(row["Motivo 1"].value, row["Motivo 2"].value) for row in read_list(folder)]
    assert rows == [("one", None), ("Lleva 45 días de mora", "Pagó 2 veces"), ("last", None)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formula_stays_text_in_csv(write, payload) -> None:
    folder, _ = write({"customer_name": payload, "reasons": with_reason(payload)})
    row = read_csv(folder)[0]
    assert row["customer_name"] == "'" + payload
    assert row["reasons"] == "'" + payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formula_stays_text_in_excel(write, payload) -> None:
    folder, _ = write({"customer_name": payload, "reasons": with_reason(payload)})
    row = read_list(folder)[0]
    for header in ("Cliente", "Motivo 1"):
        assert row[header].data_type == "s"
        assert row[header].value == payload


def test_no_cell_of_the_workbook_is_a_formula(write) -> None:
    folder, _ = write(*({"customer_name": p, "account_id": p, "segment": p} for p in PAYLOADS))
    book = openpyxl.load_workbook(folder / "scored.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("Ana =1", "Ana =1"),
        ("3-4", "3-4"),
        ("  =1", "'  =1"),
        ("\r=1", "'\r'=1"),
        ("\u00a0+1", "'\u00a0+1"),
        ("\u200b@A1", "'\u200b@A1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("Ana;=1", "Ana;'=1"),
        ("Ana\n -1", "Ana\n '-1"),
        ('Ana;"=1', "Ana;\"'=1"),
        ('"=1', "'\"=1"),
        (' "\uff0b1', "' \"\uff0b1"),
        ('"Ana"', '"Ana"'),
        ("Ana; 3", "Ana; 3"),
        ("", ""),
        (None, None),
    ],
)
def test_guard_covers_hidden_signs_and_semicolon_locales(text, guarded) -> None:
    assert guard_formulas(pa.array([text], pa.string())).to_pylist() == [guarded]


def test_same_rows_give_the_same_bytes(write) -> None:
    folder, _ = write({}, {"propensity": 0.1}, {"propensity": 0.2})
    first = {name: (folder / name).read_bytes() for name in ("scored.csv", "scored.xlsx")}
    write({}, {"propensity": 0.1}, {"propensity": 0.2})
    assert {name: (folder / name).read_bytes() for name in first} == first
    assert sorted(path.name for path in folder.iterdir()) == ["scored.csv", "scored.xlsx"]


def test_excel_values_are_typed(write) -> None:
    folder, _ = write({"account_id": "00123"})
    row = read_list(folder)[0]
    assert (row["Cuenta"].value, row["Cuenta"].data_type) == ("00123", "s")
    assert row["Saldo vencido"].value == 1_250_000
    assert row["Saldo vencido"].number_format == "#,##0"
    assert row["Propensión de pago"].value == 0.734
    assert row["Propensión de pago"].number_format == "0.0%"
    assert row["Días de mora"].value == 45
    assert row["Fecha programada"].value == dt.datetime(2026, 7, 1, 8, 30)
    assert row["Fecha programada"].number_format == "dd/mm/yyyy hh:mm"


def test_cents_are_shown_where_balances_have_them(write) -> None:
    folder, _ = write({"overdue_amount": Decimal("12.34")})
    assert read_list(folder)[0]["Saldo vencido"].number_format == "#,##0.00"


def test_excel_speaks_the_readers_language(write) -> None:
    folder, _ = write({}, language="pt")
    row = read_list(folder)[0]
    assert row["Etapa"].value == "Em atraso"
    assert row["Segmento"].value == "Recordar (pt)"
    assert row["Marcadores"].value == "Nuevo (pt), Difícil de ubicar (pt)"
    assert row["Canal"].value == "Ligação"
    assert row["Exige operador"].value == "Sim"
    assert openpyxl.load_workbook(folder / "scored.xlsx").sheetnames == [
        "Resumo",
        "Lista",
        "Dicionário",
    ]


def test_code_without_words_is_shown_as_it_is(write) -> None:
    folder, _ = write({"segment": "brand_new", "channel": "fax"})
    row = read_list(folder)[0]
    assert (row["Segmento"].value, row["Canal"].value) == ("brand_new", "fax")


def test_empty_and_technical_columns_are_left_out(write) -> None:
    folder, _ = write({"customer_name": None, "flags": []})
    headers = list(read_list(folder)[0])
    assert headers[:3] == ["Prioridad", "Cuenta", "N.º de cliente"]
    absent = {"Cliente", "Marcas", "Oferta", "Corrida", "Motivo 3"}
    assert absent.isdisjoint(headers)
    assert {"Motivo 1", "Motivo 2"} <= set(headers)


def test_customer_number_that_repeats_the_account_is_left_out(write) -> None:
    folder, _ = write({"customer_id": "A1"}, {"customer_id": "A2"})
    assert "N.º de cliente" not in read_list(folder)[0]


def test_list_is_easy_to_handle(write) -> None:
    folder, _ = write({}, {})
    sheet = openpyxl.load_workbook(folder / "scored.xlsx")["Lista"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.auto_filter.ref.endswith("3")
    scale = next(iter(sheet.conditional_formatting))
    assert scale.rules[0].type == "colorScale"


def test_cut_list_says_so(write) -> None:
    folder, rows = write({}, {}, {}, excel_rows=2)
    assert rows == {"scored.csv": 3, "scored.xlsx": 2}
    assert [row["Cuenta"].value for row in read_list(folder)] == ["A1", "A2"]
    assert any("las 2 cuentas más prioritarias de 3" in text for text in texts_of(folder))


def test_whole_list_has_no_notice(write) -> None:
    folder, _ = write({}, {}, excel_rows=2)
    assert not any("scored.csv" in text for text in texts_of(folder))


def test_summary_adds_up(write) -> None:
    folder, _ = write(
        {"propensity": 0.2, "risk_band": "D"},
        {"propensity": 0.4, "segment": "rest", "treatment": "sms"},
        {"propensity": None, "segment": None, "treatment": None},
    )
    rows = {}
    for row in read_sheet(folder, "Resumen"):
        name, *figures = [cell.value for cell in row[1:6]]
        rows.setdefault(name, figures)
    assert rows["Cartera"][0] == "Cartera Andina"
    assert rows["Fecha de corte"][0] == dt.datetime(2026, 6, 30)
    assert rows["Moneda"][0] == "COP"
    assert rows["Total de la cartera"] == [3, 3_750_000, pytest.approx(0.3), 2_752_500]
    assert rows["Recordar (es)"] == [1, 1_250_000, 0.2, 917_500]
    assert rows["Resto (es)"] == [1, 1_250_000, 0.4, 917_500]
    assert rows["Sin dato"] == [1, 1_250_000, None, 917_500]
    assert rows["D"][0] == 1
    assert rows["Mensaje (es)"][0] == 1
    assert len(openpyxl.load_workbook(folder / "scored.xlsx")["Resumen"]._charts) == 2


def test_dictionary_explains_every_column_and_code(write) -> None:
    folder, _ = write({})
    rows = [tuple(cell.value for cell in row) for row in read_sheet(folder, "Diccionario")]
    assert [row[1] for row in rows[1 : 1 + len(SCORED_SCHEMA)]] == SCORED_SCHEMA.names
    assert ("Segmento", "rest", "Resto (es)") in rows
    assert ("Canal", "call", "Llamada") in rows


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_list_without_rows_is_still_valid(write, language) -> None:
    folder, rows = write(language=language)
    assert rows == {"scored.csv": 0, "scored.xlsx": 0}
    assert read_csv(folder) == []
    sheets = openpyxl.load_workbook(folder / "scored.xlsx").worksheets
    assert sheets[1].max_row == 1
    assert sheets[1]["A1"].value in ("Prioridad", "Prioridade", "Priority")


def test_list_longer_than_a_batch_is_whole(write, monkeypatch) -> None:
    monkeypatch.setattr("propension.outputs.scored_table.BATCH_ROWS", 3)
    folder, rows = write(*({} for _ in range(8)), excel_rows=7)
    assert rows == {"scored.csv": 8, "scored.xlsx": 7}
    assert [row["account_id"] for row in read_csv(folder)] == [f"A{n}" for n in range(1, 9)]
    assert [row["Prioridad"].value for row in read_list(folder)] == list(range(1, 8))


def test_numbers_that_are_not_finite_are_left_empty_in_excel(write) -> None:
    folder, _ = write({"propensity": float("nan"), "contactability": float("inf")}, {})
    row = read_list(folder)[0]
    assert (row["Propensión de pago"].value, row["Contactabilidad"].value) == (None, None)


def test_file_outside_the_contract_is_refused(tmp_path, policy, write_scored) -> None:
    scored = write_scored({})
    table = pq.read_table(scored).drop_columns(["tone"])
    priority = table.schema.get_field_index("priority")
    narrow = table["priority"].cast(pa.int32())
    pq.write_table(table.set_column(priority, "priority", narrow), scored)
    message = r"2 columns outside .*: tone is missing; priority is int32, not int64\. Write it"
    with pytest.raises(OutputError, match=message):
        write_lists(scored, tmp_path, policy, PORTFOLIO, Outputs())


def test_missing_folder_is_told(tmp_path, policy, write_scored) -> None:
    scored = write_scored({})
    with pytest.raises(
        OutputError, match=r"absent: the lists of scored\.parquet cannot be written"
    ):
        write_lists(scored, tmp_path / "absent", policy, PORTFOLIO, Outputs())
