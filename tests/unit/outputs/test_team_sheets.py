import datetime as dt

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from propension.config.settings import Outputs, Portfolio
from propension.outputs import write_lists
from propension.outputs.team_sheets import sheet_name

PORTFOLIO = Portfolio(name="Cartera Andina")
MORNING = dt.datetime(2026, 7, 1, 8)


def task(minute=0, **changes):
    """Work of a person, so many minutes after eight."""
    start = MORNING + dt.timedelta(minutes=minute)
    return {"team": "callers", "agent": 1, "starts_at": start, "message": "Hola"} | changes


def send(minute=0, **changes):
    return task(minute, **{"team": "sms", "agent": None, "channel": "sms"} | changes)


@pytest.fixture
def book(tmp_path, policy, write_scored):
    """The workbook of a few accounts."""

    def make(*changes, policy=policy, portfolio=PORTFOLIO, **outputs):
        write_lists(write_scored(*changes), tmp_path, policy, portfolio, Outputs(**outputs))
        return openpyxl.load_workbook(tmp_path / "scored.xlsx")

    return make


def rows_of(sheet):
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(header, row, strict=True)) for row in rows]


def texts_of(sheet):
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]


def test_every_team_with_work_has_a_sheet_people_first(book) -> None:
    names = book(send(), task(), {}, task(team="zeal"), send(team="email")).sheetnames
    assert names == [
        "Resumen",
        "Lista",
        "callers",
        "zeal",
        "Correo electrónico",
        "SMS",
        "Diccionario",
    ]


def test_work_is_in_the_order_of_the_agenda(book) -> None:
    made = book(
        task(30, account_id="late"), task(0, account_id="second", agent=2),
        task(0, account_id="third", agent=2), task(0, account_id="first", agent=1),
    )  # fmt: skip
    assert [row["Cuenta"] for row in rows_of(made["callers"])] == [
        "first",
        "second",
        "third",
        "late",
    ]


def test_a_row_says_when_who_why_and_what(book) -> None:
    row = rows_of(book(task(6, offer="3 cuotas", customer_phone="+573001"))["callers"])[0]
    assert row == {
        "Día": dt.datetime(2026, 7, 1), "Hora": dt.time(8, 6), "Agente": 1, "Cuenta": "A1", "Cliente": "Ana Gómez",
        "Teléfono": "+573001", "Gestión": "Llamada amable (es)", "Importe en juego": 1_250_000, "Días de mora": 45,
        "Motivos": "Lleva 45 días de mora\nPagó 2 veces", "Oferta": "3 cuotas", "Mensaje o guion": "Hola",
    }  # fmt: skip


def test_columns_without_anything_are_left_out(book) -> None:
    made = book(send(message=None, customer_name=None), task(customer_phone="+57"))
    assert {"Teléfono", "Agente", "Mensaje o guion", "Cliente"}.isdisjoint(rows_of(made["SMS"])[0])
    assert {"Teléfono", "Agente", "Mensaje o guion", "Cliente"} <= rows_of(made["callers"])[
        0
    ].keys()


def test_a_sheet_is_easy_to_handle(book) -> None:
    sheet = book(task(), task(6))["callers"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("F2", "A1:J3")
    assert sheet.print_title_rows == "$1:$1"


def test_where_not_all_fits_people_come_first_then_priority_and_the_summary_says_so(book) -> None:
    made = book(send(account_id="a"), send(account_id="b"), task(account_id="c"), {}, excel_rows=2)
    shown = {name: [row["Cuenta"] for row in rows_of(made[name])] for name in ("callers", "SMS")}
    assert shown == {"callers": ["c"], "SMS": ["a"]}
    assert any("muestran 2 gestiones de 3" in text for text in texts_of(made["Resumen"]))
    whole = book(send(), send(), task(), {}, excel_rows=3)
    assert not any("gestiones de" in text for text in texts_of(whole["Resumen"]))


def test_the_summary_tells_the_work_of_every_team(book) -> None:
    told = [
        [cell.value for cell in row[1:3]] for row in book(task(), task(), send(), {})["Resumen"]
    ]
    assert ["callers", 2] in told
    assert ["SMS", 1] in told
    assert ["Sin gestión", 1] in told


def test_a_team_bears_the_name_its_policy_gives_it(book, policy) -> None:
    label = {"es": "Resumen", "pt": "Norte/Sul", "en": "North"}
    callers = {"accounts": 9, "treatments": ["sms"], "label": label}
    told = type(policy).model_validate(policy.model_dump() | {"capacities": {"callers": callers}})
    made = book(task(), policy=told)
    assert made.sheetnames == ["Resumen", "Lista", "Resumen (2)", "Diccionario"]
    assert rows_of(made["Lista"])[0]["Equipo"] == "Resumen"
    portuguese = Portfolio(name="P", language="pt")
    assert "Norte Sul" in book(task(), policy=told, portfolio=portuguese).sheetnames


def test_teams_of_one_name_have_sheets_of_their_own(book) -> None:
    names = book(task(team="a/b"), task(team="A:B"), send(team="a?b")).sheetnames
    assert names[2:5] == ["A B", "a b (2)", "a b (3)"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Norte", "Norte"),
        ("a/b\\c[d]e:f*g?h", "a b c d e f g h"),
        ("'quoted'", "quoted"),
        ("it's", "it's"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + "' y", "x" * 30),
        ("\N{GRINNING FACE}" * 20, "\N{GRINNING FACE}" * 15),
        ("\n\x00", "Equipo"),
        ("", "Equipo"),
        ("History", "History (2)"),
        ("LISTA", "LISTA (2)"),
    ],
)
def test_names_of_sheets_are_what_excel_takes(words, name) -> None:
    assert sheet_name(words, "Equipo", {"history", "lista"}) == name


@given(st.lists(st.text(max_size=40), max_size=6))
@example(["a", "A", "a ", "a/", "ﬁ", "fi", "x" * 31, "x" * 32])
def test_names_of_sheets_are_always_valid_and_distinct(words) -> None:
    taken = {"history"}
    for one in words:
        name = sheet_name(one, "Equipo", taken)
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() not in taken
        taken.add(name.casefold())
