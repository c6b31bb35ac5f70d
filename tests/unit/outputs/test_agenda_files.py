import csv
import datetime as dt
import io
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from propension.config.settings import Outputs, Portfolio
from propension.errors import OutputError
from propension.outputs import write_agenda

AS_OF = dt.date(2026, 6, 30)
PORTFOLIO = Portfolio(name="Cartera Ñ", country="CO")
INSTANT = pa.timestamp("us", "UTC")
ROW = pa.schema(
    [
        ("team", pa.string()), ("team_label", pa.string()), ("agent", pa.int32()), ("starts_at", INSTANT), ("ends_at", INSTANT),
        ("priority", pa.int64()), ("account_id", pa.string()), ("customer_name", pa.string()),
        ("treatment_label", pa.string()), ("channel_label", pa.string()),
        ("amount_at_stake", pa.decimal128(18, 2)), ("offer", pa.string()), ("message", pa.string()),
    ]
)  # fmt: skip
NASTY = 'Pérez; Gómez, "Ñandú" \\ Cía\r\nde 東京\x00\u2028\u0131\u200d'


def at(local, minutes=0):
    """A time of Bogotá, five hours behind UTC."""
    return dt.datetime.fromisoformat(local).replace(tzinfo=dt.UTC) + dt.timedelta(
        hours=5, minutes=minutes
    )


def task(start, minutes=6, **changes):
    row = {
        "team": "calls", "team_label": "Llamadas", "agent": 1, "starts_at": at(start), "ends_at": at(start, minutes),
        "account_id": "A1", "customer_name": "Ana", "treatment_label": "Llamada amable",
        "channel_label": "Llamada", "amount_at_stake": Decimal("1250000"), "offer": None,
        "message": None,
    }  # fmt: skip
    return row | changes


def send(start, **changes):
    blank = {"team": "sms", "team_label": "SMS", "agent": None, "treatment_label": "Recordatorio"}
    return task(start, 0, **(blank | changes))


@pytest.fixture
def write(tmp_path):
    def write_rows(*rows, portfolio=PORTFOLIO, name="out", outputs=None):
        folder = tmp_path / name
        folder.mkdir()
        numbered = [{"priority": n} | row for n, row in enumerate(rows, 1)]
        table = pa.Table.from_pylist(numbered, schema=ROW)
        return folder, write_agenda(table, folder, portfolio, outputs or Outputs(), AS_OF)

    return write_rows


def read_csv(folder):
    content = (folder / "agenda.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def read_events(path):
    calendar = Calendar.from_ical(path.read_bytes())
    return [
        {
            "uid": str(event["uid"]), "start": event.decoded("dtstart"),
            "end": event.decoded("dtend"), "stamp": event.decoded("dtstamp"),
            "summary": str(event["summary"]), "lines": str(event["description"]).split("\n"),
        }
        for event in calendar.walk("VEVENT")
    ]  # fmt: skip


def test_csv_holds_everything_by_time_team_agent_and_priority_on_the_teams_clock(write):
    folder, rows = write(
        task("2026-07-01T08:06", account_id="late"),
        task("2026-07-01T08:00", agent=2, account_id="second", priority=1),
        task("2026-07-01T08:00", agent=1, account_id="first", priority=9),
        send("2026-07-01T08:00", account_id="send2", priority=8),
        send("2026-07-01T08:00", account_id="send1", priority=7),
    )
    read = read_csv(folder)
    assert [row["Cuenta"] for row in read] == ["first", "second", "send1", "send2", "late"]
    assert read[0] == {
        "Empieza": "2026-07-01T08:00:00", "Termina": "2026-07-01T08:06:00", "Equipo": "Llamadas",
        "Agente": "1", "Prioridad": "9", "Cuenta": "first", "Cliente": "Ana",
        "Gestión": "Llamada amable", "Canal": "Llamada", "Importe en juego": "1250000.00",
        "Oferta": "", "Mensaje o guion": "",
    }  # fmt: skip
    assert read[2]["Agente"] == ""
    assert rows["agenda.csv"] == 5


@pytest.mark.parametrize(
    ("language", "heading", "summary"),
    [
        ("es", "Empieza", "Llamadas 1: 2 tareas"),
        ("pt", "Começa", "Llamadas 1: 2 tarefas"),
        ("en", "Starts", "Llamadas 1: 2 tasks"),
    ],
)
def test_headings_and_calendars_speak_the_portfolios_language(write, language, heading, summary):
    portfolio = Portfolio(name="P", language=language)
    folder, _ = write(task("2026-07-01T08:00"), task("2026-07-01T08:06"), portfolio=portfolio)
    assert next(iter(read_csv(folder)[0])) == heading
    assert read_events(folder / "agenda.ics")[0]["summary"] == summary


def test_headings_are_machine_names_where_asked_for(write):
    folder, _ = write(task("2026-07-01T08:00"), outputs=Outputs(column_names="machine"))
    assert list(read_csv(folder)[0]) == [
        "starts_at", "ends_at", "team", "agent", "priority", "account_id", "customer_name", "treatment", "channel",
        "amount_at_stake", "offer", "message",
    ]  # fmt: skip


def test_no_text_opens_a_formula(write):
    folder, _ = write(task("2026-07-01T08:00", customer_name="=cmd()", message="a;@SUM(1)"))
    row = read_csv(folder)[0]
    assert (row["Cliente"], row["Mensaje o guion"]) == ("'=cmd()", "a;'@SUM(1)")


def test_an_event_holds_an_agents_tasks_of_an_hour_in_order(write):
    folder, rows = write(
        task("2026-07-01T08:54", 12, account_id="A3", amount_at_stake=None),
        task("2026-07-01T08:00", 6, account_id="A1", customer_name=None),
        task("2026-07-01T08:06", 6, account_id="A2"),
        task("2026-07-01T09:06", 90, account_id="A4", treatment_label="Demanda"),
        task("2026-07-01T08:00", agent=2),
        send("2026-07-01T08:00"),
    )
    amount = "$1.250.000"
    assert read_events(folder / "agenda" / "calls-1.ics") == [
        {
            "uid": "2026-06-30-calls-1-20260701T08@propension",
            "start": at("2026-07-01T08:00"), "end": at("2026-07-01T09:06"),
            "stamp": dt.datetime(2026, 6, 30, tzinfo=dt.UTC),
            "summary": "Llamadas 1: 3 tareas",
            "lines": [
                f"08:00 · Llamada amable · A1 · {amount}",
                f"08:06 · Llamada amable · A2 · Ana · {amount}",
                "08:54 · Llamada amable · A3 · Ana",
            ],
        },
        {
            "uid": "2026-06-30-calls-1-20260701T09@propension",
            "start": at("2026-07-01T09:06"), "end": at("2026-07-01T10:36"),
            "stamp": dt.datetime(2026, 6, 30, tzinfo=dt.UTC),
            "summary": "Llamadas 1: 1 tarea",
            "lines": [f"09:06 · Demanda · A4 · Ana · {amount}"],
        },
    ]  # fmt: skip
    assert len(read_events(folder / "agenda.ics")) == 3
    assert rows == {
        "agenda.csv": 6, "agenda.ics": 5, "agenda/calls-1.ics": 4, "agenda/calls-2.ics": 1,
    }  # fmt: skip


def test_names_with_signs_line_breaks_and_other_scripts_come_back_as_one_line(write):
    folder, _ = write(task("2026-07-01T08:00", customer_name=NASTY))
    (event,) = read_events(folder / "agenda.ics")
    (line,) = event["lines"]
    assert 'Pérez; Gómez, "Ñandú" \\ Cía de 東京 \u0131\u200d' in line
    raw = (folder / "agenda.ics").read_bytes()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


@given(name=st.text(max_size=60), other=st.text(max_size=60))
@settings(max_examples=60)
def test_no_text_adds_or_loses_a_line(tmp_path_factory, name, other):
    rows = [
        {"priority": 1} | task("2026-07-01T08:00", customer_name=name),
        {"priority": 2} | task("2026-07-01T08:06", customer_name=other, treatment_label=name),
    ]
    folder = tmp_path_factory.mktemp("texts")
    write_agenda(pa.Table.from_pylist(rows, schema=ROW), folder, PORTFOLIO, Outputs(), AS_OF)
    (event,) = read_events(folder / "agenda.ics")
    assert [line[:5] for line in event["lines"]] == ["08:00", "08:06"]


def test_an_hour_is_that_of_the_teams_clock_where_zones_are_half_hours_apart(write):
    portfolio = Portfolio(name="P", country="CO", timezone="Asia/Kolkata")
    morning = dt.datetime(2026, 7, 1, 2, 30, tzinfo=dt.UTC)
    rows = [
        task("2026-07-01T08:00", starts_at=start, ends_at=start + dt.timedelta(minutes=6))
        for start in (morning, morning + dt.timedelta(minutes=54))
    ]
    folder, _ = write(*rows, portfolio=portfolio)
    (event,) = read_events(folder / "agenda.ics")
    assert [line[:5] for line in event["lines"]] == ["08:00", "08:54"]


def test_a_task_of_no_length_is_an_event_that_has_one(write):
    folder, _ = write(task("2026-07-01T08:00", 0))
    (event,) = read_events(folder / "agenda.ics")
    assert event["end"] > event["start"]


def test_sends_alone_make_no_calendar(write):
    folder, rows = write(send("2026-07-01T08:00"))
    assert rows == {"agenda.csv": 1}
    assert sorted(path.name for path in folder.iterdir()) == ["agenda.csv"]


def test_an_empty_agenda_is_a_csv_with_headings(write):
    folder, rows = write()
    assert rows == {"agenda.csv": 0}
    assert read_csv(folder) == []


def test_same_rows_in_any_order_give_the_same_bytes(write):
    rows = [
        task(f"2026-07-0{day}T{hour:02}:00", agent=agent, account_id=f"A{agent}", priority=1)
        for day in (1, 2) for hour in (8, 9, 10) for agent in (1, 2, 3)
    ]  # fmt: skip
    one, _ = write(*rows, name="one")
    two, _ = write(*reversed(rows), name="two")
    files = sorted(path.relative_to(one) for path in one.rglob("*.*"))
    assert len(files) == 5
    assert all((one / file).read_bytes() == (two / file).read_bytes() for file in files)


def test_a_team_whose_name_leaves_the_folder_is_refused(write):
    with pytest.raises(OutputError, match=r"team '\.\./x' cannot name a file"):
        write(task("2026-07-01T08:00", team="../x"))


def test_a_folder_that_does_not_exist_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match="the agenda cannot be written"):
        write_agenda(ROW.empty_table(), tmp_path / "none", PORTFOLIO, Outputs(), AS_OF)
