import csv
import io
import re
import threading

import openpyxl
import pyarrow.parquet as pq
import pytest
from board_world import (
    HARMFUL_NAMES,
    form_token,
    log_in,
    make_portfolio,
    portfolio_with_users,
    publish_list,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from propension.board import exports
from propension.board.filters import FILTERS, Selection, plain
from propension.board.lists import Lists
from propension.board.refused import RefusedError
from propension.config import load_settings


@pytest.fixture(scope="module")
def rows(portfolio):
    """The list as it was published."""
    folder = load_settings(portfolio).outputs_folder / "as_of=2026-06-30"
    return pq.read_table(folder / "scored.parquet").to_pylist()


@pytest.fixture(scope="module")
def open_list(portfolio):
    return Lists(load_settings(portfolio)).current()


def found(open_list, address):
    """The accounts of an address, in its order."""
    selection = Selection.read(QueryParams(address))
    order = f"{selection.sorted_column} {selection.direction}, place"
    sql = f"SELECT account_id FROM accounts WHERE {selection.where} ORDER BY {order}"
    return [row["account_id"] for row in open_list.rows(False, sql, selection.values)]


def ids(rows, meets):
    return {row["account_id"] for row in rows if meets(row)}


MEETS = {
    "stage=upcoming": lambda row: row["stage"] == "upcoming",
    "segment=forgot&segment=talk": lambda row: row["segment"] in ("forgot", "talk"),
    "bucket=121%2B": lambda row: row["dpd_bucket"] == "121+",
    "band=A": lambda row: row["risk_band"] == "A",
    "quadrant=can_wont": lambda row: row["quadrant"] == "can_wont",
    "treatment=letter&treatment=legal": lambda row: row["treatment"] in ("letter", "legal"),
    "team=~": lambda row: row["team"] is None,
    "team=~&team=sms": lambda row: row["team"] in (None, "sms"),
    "flag=in_dispute&flag=new_customer": lambda row: (
        {"in_dispute", "new_customer"} & {*row["flags"]}
    ),
    "arm=control": lambda row: row["arm"] == "control",
    "amount_from=1000000": lambda row: row["amount_at_stake"] >= 1_000_000,
    "amount_from=1000000&amount_to=2e6": None,
    "propensity_from=25.5&propensity_to=50": lambda row: 0.255 <= row["propensity"] <= 0.5,
    "q=gomez+ANA": lambda row: "Ana Gómez" in row["customer_name"],
    "q=C00001": lambda row: row["account_id"].startswith("C00001"),
    "q=%25": lambda row: "%" in row["customer_name"],
    "band=B&arm=control&q=ana": lambda row: (
        (row["risk_band"], row["arm"]) == ("B", "control") and "Ana" in row["customer_name"]
    ),
}


@pytest.mark.parametrize("address", [address for address in MEETS if MEETS[address]])
def test_a_filter_finds_the_accounts_that_meet_it_and_no_others(open_list, rows, address):
    expected = ids(rows, MEETS[address])
    assert expected or "%25" in address
    assert set(found(open_list, address)) == expected


def test_every_filter_is_tried_above():
    tried = {pair.split("=")[0] for address in MEETS for pair in address.split("&")}
    assert tried == {key for one in FILTERS for key in one.keys}


@pytest.mark.parametrize(
    "address",
    [
        "amount_from=1e6", "amount_from=-1", "amount_to=nan", "propensity_from=%27", "sort=name", "sort=1", "page=0",
        "page=x", "segmnt=a", "segment=" + "x" * 101, "sort=priority;DROP", "&".join(["band=A"] * 65),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_refused(ask, address):
    answer = ask().get(f"/accounts?{address}")
    assert answer.status_code == 400
    assert '<p role="alert">' in answer.text


@settings(max_examples=150)
@given(st.sampled_from([key for one in FILTERS for key in one.keys]), st.text(max_size=60))
def test_whatever_is_written_is_a_value_and_never_a_statement(open_list, key, text):
    try:
        selection = Selection.read(QueryParams({key: text}))
    except RefusedError:
        return
    if len(text.strip()) > 12:
        assert text.strip() not in selection.where
    before = open_list.rows(False, "SELECT count(*) AS n FROM accounts")
    open_list.rows(
        False, f"SELECT count(*) FROM accounts WHERE {selection.where}", selection.values
    )
    assert open_list.rows(False, "SELECT count(*) AS n FROM accounts") == before


@pytest.mark.parametrize("column", ["propensity", "customer_name", "amount_at_stake"])
def test_lists_are_sorted_both_ways_with_unknown_values_last(open_list, rows, column):
    value = {row["account_id"]: row[column] for row in rows}
    rising = [value[account] for account in found(open_list, f"sort={column}")]
    falling = [value[account] for account in found(open_list, f"sort=-{column}")]
    assert rising == sorted(rising)
    assert falling == rising[::-1]


def test_pages_together_are_the_list_and_no_account_comes_twice(ask, portfolio, rows):
    shown = []
    for page in (1, 2, 3):
        text = ask().get(f"/accounts?sort=segment&page={page}").text
        shown += re.findall(r'href="/accounts/(C\d+)"', text)
    assert len(shown) == len(rows)
    assert set(shown) == {row["account_id"] for row in rows}


def test_a_page_beyond_the_last_is_the_last(ask, rows):
    text = ask().get("/accounts?page=999").text
    assert "Cuentas 101 a 120 de 120" in text


def test_an_address_is_what_it_was_read_from():
    address = "segment=a+b&segment=%26&q=x%25&sort=-propensity&page=3"
    assert Selection.read(QueryParams(address)).query() == address


def test_leaving_one_value_out_keeps_the_others():
    selection = Selection.read(QueryParams("band=A&band=B&q=x"))
    assert selection.query(without=("band", "A")) == "band=B&q=x"


def test_words_are_compared_as_the_engine_has_them(open_list):
    for text in ("Ñandú", "ÁÉÍ ÇÃO", "Straße", "Gómez"):
        [row] = open_list.rows(False, "SELECT strip_accents(lower(?)) AS text", [text])
        assert plain(text) == row["text"]


def test_names_that_would_do_harm_are_shown_as_they_are(ask):
    text = ask().get("/accounts").text
    assert "<script>document" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;document.title" in text
    assert "{{ 7 * 7 }} Ñandú &amp; Compañía" in text


def test_a_search_that_would_do_harm_comes_back_as_text(ask):
    text = ask().get("/accounts", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text


def test_nothing_found_says_how_to_find_more(ask):
    text = ask().get("/accounts?q=nadie").text
    assert "Ninguna cuenta cumple todos los filtros" in text
    assert "Quitar todos los filtros" in text


def test_a_part_of_the_page_has_an_address_of_its_own(ask):
    answer = ask().get("/accounts?q=&band=A&amount_from=", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert answer.headers["hx-push-url"] == "/accounts?band=A"


def test_a_page_of_a_list_that_was_replaced_says_so(ask):
    assert "Se publicó otra lista" in ask().get("/accounts?run=older").text
    part = ask().get("/accounts", headers={"HX-Request": "true", "X-Run": "older"}).text
    assert "Se publicó otra lista" in part
    assert "Se publicó otra lista" not in ask().get("/accounts").text


def csv_rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_csv_holds_exactly_what_is_filtered_in_its_order(ask, open_list):
    address = "band=A&band=B&sort=-propensity"
    answer = ask().get(f"/export/csv?{address}&run=run-1")
    assert 'filename="2026-06-30-run-1-accounts.csv"' in answer.headers["content-disposition"]
    assert [row["account_id"] for row in csv_rows(answer)] == found(open_list, address)


def test_an_excel_file_holds_exactly_what_is_filtered_in_the_reader_s_language(ask, open_list):
    client = ask(cookies={"propension_language": "pt"})
    answer = client.get("/export/excel?band=A&sort=-propensity")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Lista"]
    heads = [cell.value for cell in sheet[1]]
    assert "Recuperação esperada" in heads
    column = heads.index("Conta") + 1
    shown = [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)]
    assert shown == found(open_list, "band=A&sort=-propensity")


def test_nothing_runs_in_a_file_that_was_taken_along(ask):
    names = [row["customer_name"] for row in csv_rows(ask().get("/export/csv?q=cmd"))]
    assert names == [f"'{HARMFUL_NAMES[3]}"]


def test_a_file_of_another_list_is_not_handed_out(ask):
    answer = ask().get("/export/csv?run=older")
    assert answer.status_code == 409
    assert "no es lo que ve" in answer.text


def test_what_excel_cannot_hold_is_said(ask, monkeypatch):
    monkeypatch.setattr(exports, "EXCEL_MOST_ROWS", 100)
    answer = ask().get("/export/excel")
    assert answer.status_code == 413
    assert "no admite más de 100 filas y lo filtrado tiene 120" in answer.text


def test_too_many_files_at_once_wait_for_another_minute(ask, monkeypatch):
    monkeypatch.setattr(exports, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(exports, "_WAIT_SECONDS", 0.01)
    with exports.room_to_write():
        assert ask().get("/export/csv").status_code == 503


def test_nothing_is_left_of_a_file_that_was_handed_out(ask, portfolio):
    ask().get("/export/csv")
    ask().get("/export/excel?q=x&page=1")
    left = load_settings(portfolio).outputs_folder / ".board" / "exports"
    assert list(left.iterdir()) == []


@pytest.fixture(scope="module")
def with_names(tmp_path_factory):
    return portfolio_with_users(tmp_path_factory.mktemp("names") / "cartera")


def test_a_viewer_takes_along_what_they_may_see(ask, with_names):
    client = ask(with_names)
    log_in(client, "vera")
    shown = csv_rows(client.get("/export/csv"))
    assert all("***" in row["customer_name"] for row in shown)
    assert {row["message"] for row in shown} == {"", "Hola, B*** C***"}
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/export/excel").content))["Lista"]
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "Gómez" not in text
    manager = ask(with_names)
    log_in(manager, "mario")
    assert "Ana Gómez 5" in {row["customer_name"] for row in csv_rows(manager.get("/export/csv"))}


def test_a_viewer_s_search_tells_nothing_of_what_they_may_not_see(ask, with_names):
    client = ask(with_names)
    log_in(client, "vera")
    assert "Ninguna cuenta" in client.get("/accounts?q=gomez").text
    assert "G***" in client.get("/accounts?q=C000005").text


def test_a_view_is_kept_for_whoever_saved_it(ask, with_names):
    ada, mario = ask(with_names), ask(with_names)
    log_in(ada, "ada")
    log_in(mario, "mario")
    form = {
        "form_token": form_token(ada, "/accounts"),
        "name": "Mis <b>altas",
        "query": "band=A&page=4",
    }
    answer = ada.post("/views", data=form)
    assert answer.headers["location"] == "/accounts?band=A"
    assert '<a href="/accounts?band=A">Mis &lt;b&gt;altas</a>' in ada.get("/accounts").text
    assert "Mis &lt;" not in mario.get("/accounts").text
    ada.post("/views/remove", data=form)
    assert "Mis &lt;" not in ada.get("/accounts").text


@pytest.mark.parametrize(
    "form", [{"name": ""}, {"name": "x" * 61}, {"name": "x", "query": "evil=1"}]
)
def test_a_view_that_cannot_be_kept_is_refused(ask, with_names, form):
    client = ask(with_names)
    log_in(client, "ada")
    assert (
        client.post(
            "/views", data={"form_token": form_token(client, "/accounts")} | form
        ).status_code
        == 400
    )


def test_an_empty_list_says_so(ask, tmp_path):
    config = make_portfolio(tmp_path / "cartera", 0)
    assert "Todavía no hay lista" in ask(config).get("/accounts").text
    publish_list(config, 0)
    assert "La lista no tiene cuentas" in ask(config).get("/accounts").text
