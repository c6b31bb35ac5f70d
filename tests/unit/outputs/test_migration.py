"""Who moved between segments since the list before."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from unit.outputs.conftest import scored_table

from propension.config.settings import Outputs, Portfolio
from propension.outputs import Besides, Move, find_moves, previous_list, write_lists


def listed(tmp_path, name, **segments):
    """A list with one account per name, in its segment."""
    rows = [
        {"account_id": account, "segment": segment, "overdue_amount": Decimal(10)}
        for account, segment in segments.items()
    ]
    path = tmp_path / name
    pq.write_table(scored_table(*rows), path)
    return path


def test_accounts_come_stay_move_and_leave(tmp_path):
    before = listed(tmp_path, "before.parquet", A="talk", B="talk", C="talk", D="firm")
    now = listed(tmp_path, "now.parquet", A="talk", B="firm", C="firm", E="talk")
    assert set(find_moves(now, before)) == {
        Move("talk", "firm", 2, 20.0),
        Move("talk", "talk", 1, 10.0),
        Move("firm", None, 1, 10.0),
        Move(None, "talk", 1, 10.0),
    }


def test_the_first_list_has_no_moves(tmp_path):
    assert find_moves(listed(tmp_path, "now.parquet", A="talk"), None) == ()


def test_the_list_before_is_the_newest_of_an_earlier_date(tmp_path):
    for day in ("2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"):
        (tmp_path / f"as_of={day}").mkdir()
        pq.write_table(pa.table({"a": [1]}), tmp_path / f"as_of={day}" / "scored.parquet")
    (tmp_path / "as_of=2026-06-15").mkdir()
    found = previous_list(tmp_path, dt.date(2026, 6, 30), "scored.parquet")
    assert found == tmp_path / "as_of=2026-05-31" / "scored.parquet"
    assert previous_list(tmp_path, dt.date(2026, 4, 30), "scored.parquet") is None


def test_the_workbook_shows_the_moves_in_words(tmp_path, policy):
    scored = listed(tmp_path, "scored.parquet", A="reminder_first")
    moves = [Move(None, "reminder_first", 3, 30.0), Move("reminder_first", None, 2, 20.0)]
    write_lists(scored, tmp_path, policy, Portfolio(name="P"), Outputs(), Besides(moves))
    sheet = openpyxl.load_workbook(tmp_path / "scored.xlsx")["Migración"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        ["(nueva en la lista)", "Recordar (es)", 3, 30],
        ["Recordar (es)", "(salió de la lista)", 2, 20],
    ]


def test_teams_stand_in_the_workbook_the_scarcest_first(tmp_path, policy):
    scored = listed(tmp_path, "scored.parquet", A="reminder_first")
    limits = [
        {
            "name": "letters",
            "group": None,
            "unit": "money",
            "used": 100.0,
            "capacity": 1000.0,
            "price": 0.0,
        },
        {
            "name": "=agents",
            "group": None,
            "unit": "minutes",
            "used": 480.0,
            "capacity": 480.0,
            "price": 520.0,
        },
    ]
    write_lists(scored, tmp_path, policy, Portfolio(name="P"), Outputs(), Besides((), limits))
    sheet = openpyxl.load_workbook(tmp_path / "scored.xlsx")["Capacidad"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3)]
    # An hour of a team and a thousand of a budget are what people think in.
    assert rows[0] == ["=agents", "minutos", 480, 480, 1, 31_200]
    assert sheet["A2"].data_type == "s"
    assert rows[1] == ["letters", "dinero", 100, 1000, 0.1, 0]


def test_limits_bear_the_names_their_policy_gives_them(tmp_path, policy):
    words = {
        "letters": {"es": "Cartas", "pt": "Cartas", "en": "Letters"},
        "firm": {"es": "Presión", "pt": "Pressão", "en": "Pressure"},
    }
    listed_under = {"treatments": ["sms"]}
    told = type(policy).model_validate(
        policy.model_dump()
        | {"budgets": {"letters": {"amount": 9, "label": words["letters"], **listed_under}}}
        | {"pressure": {"firm": {"at_most": 1, "label": words["firm"], **listed_under}}}
    )
    figures = {"unit": "accounts", "used": 1.0, "capacity": 10.0, "price": 0.0}
    limits = [
        {"name": "letters", "group": None, **figures},
        {"name": "firm: DC", "group": "DC", **figures},
        {"name": "unnamed: x", "group": "x", **figures},
    ]
    scored = listed(tmp_path, "scored.parquet", A="reminder_first")
    write_lists(scored, tmp_path, told, Portfolio(name="P"), Outputs(), Besides((), limits))
    sheet = openpyxl.load_workbook(tmp_path / "scored.xlsx")["Capacidad"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [
        "Cartas",
        "Presión: DC",
        "unnamed: x",
    ]
