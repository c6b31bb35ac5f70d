"""The page of an account, what people say on it, the agenda and what-if: what is shown, refused and never done."""

import datetime as dt
import json
import re
import time
from decimal import Decimal
from html import unescape
from urllib.parse import quote

import pytest
from board_work import ODD_ACCOUNT, add_inputs, add_work
from board_world import (
    AS_OF,
    form_token,
    log_in,
    make_portfolio,
    portfolio_with_users,
    publish_list,
)

from propension.board.history import History, past_decisions
from propension.board.speech import Speech
from propension.config import load_settings
from propension.outputs import FeedbackLog, account_story

OUTPUTS = "outputs"


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """The settings of a portfolio whose list has work, for tests that only look."""
    config = make_portfolio(tmp_path_factory.mktemp("work") / "cartera", 30)
    add_work(config.parent / OUTPUTS / f"as_of={AS_OF}")
    return config


@pytest.fixture
def own(tmp_path):
    """The same, for a test that says something."""
    config = make_portfolio(tmp_path / "cartera", 30)
    add_work(config.parent / OUTPUTS / f"as_of={AS_OF}")
    return config


@pytest.fixture(scope="module")
def with_roles(tmp_path_factory):
    """The same, in full, for those who log in."""
    config = portfolio_with_users(tmp_path_factory.mktemp("roles") / "cartera")
    add_work(config.parent / OUTPUTS / f"as_of={AS_OF}")
    return config


def said(config):
    return FeedbackLog(load_settings(config).outputs_folder).read()


def post(client, place, form, of="/accounts/C000001"):
    return client.post(place, data={"form_token": form_token(client, of)} | form)


def about(account="C000001", **form):
    return {"account": account, "run": "run-1"} | form


CHOICE = {"kind": "override", "treatment": "soft_call", "reason": "knows_customer"}


def test_an_account_is_shown_with_plan_reasons_events_and_refusals(ask, worked):
    page = ask(worked).get("/accounts/C000001").text
    for text in (
        "Recordatorio amable", "Lleva 45 días de mora", "Ley 2300 de 2023, art. 3", "No alcanza: Visitas",
        "Regla co-hours", "Promesa de pago", "se habló con el titular", "90 días",
    ):  # fmt: skip
        assert text in page


def test_what_comes_from_the_data_is_text_and_never_markup(ask, worked):
    page = ask(worked).get("/accounts/C000001").text
    assert "&lt;b&gt;D1&lt;/b&gt;" in page
    assert "<b>D1" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "account", ["C999999", "' OR 1=1 --", "../../etc/passwd", "%2e%2e%2fscored.parquet", "x" * 5000]
)
def test_what_is_no_account_is_said_in_words(ask, worked, account):
    answer = ask(worked).get(f"/accounts/{account}")
    assert answer.status_code == 404
    assert '<p role="alert">' in answer.text


@pytest.mark.parametrize("what", ["score", "curve", "timeline"])
def test_the_pictures_are_drawings_without_scripts(ask, worked, what):
    answer = ask(worked).get(f"/account-pictures/{what}.svg", params={"account": "C000001"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<script" not in answer.text
    assert "xmlns=" in answer.text


@pytest.mark.parametrize(
    "place",
    ["passwd.svg?account=C000001", "score.svg?account=no", "timeline.svg?account=C000002"],
)
def test_no_other_picture_is_drawn(ask, worked, place):
    assert ask(worked).get(f"/account-pictures/{place}").status_code == 404


def test_an_account_may_have_any_number(ask, own):
    client = ask(own)
    page = client.get(f"/accounts/{quote(ODD_ACCOUNT)}")
    assert page.status_code == 200
    assert "A/1 ?&amp;ñ%#&lt;i&gt;" in page.text
    for place in re.findall(r'src="(/account-pictures/[^"]+)"', page.text):
        assert client.get(unescape(place)).status_code == 200
    answer = post(client, "/feedback", about(ODD_ACCOUNT, **CHOICE))
    assert client.get(answer.headers["location"]).status_code == 200
    assert said(own)[0].account_id == ODD_ACCOUNT
    [link] = set(re.findall(r'href="(/accounts/[^"]+)"', client.get("/feedback").text))
    assert client.get(unescape(link)).status_code == 200


def test_a_list_without_events_says_so(ask, portfolio):
    assert "se hizo sin el historial" in ask(portfolio).get("/accounts/C000001").text


def test_what_was_paid_after_a_decision_is_told_as_far_as_the_list_reaches_back(
    monkeypatch, tmp_path
):
    days = [AS_OF - dt.timedelta(days=ago) for ago in (366, 365, 30, 29)]
    story = [{"as_of": day.isoformat()} for day in days]
    monkeypatch.setattr("propension.board.history.account_story", lambda *_: story)
    paid = {"kind": "payment", "happened_on": AS_OF - dt.timedelta(days=360), "amount": Decimal(7)}
    found = past_decisions(tmp_path, "A", History([paid]), AS_OF)
    told = {row["as_of"]: (row["is_over"], row["paid_after"]) for row in found}
    assert [told[day.isoformat()] for day in days] == [
        (True, None),
        (True, 7),
        (True, 0),
        (False, 0),
    ]


def test_why_there_is_no_offer_is_said_in_words():
    told = Speech("es", "COP").rule("offer:nothing_overdue")
    assert told == "No se le puede hacer una oferta: no hay saldo vencido"


def test_what_a_manager_says_is_kept_and_shown(ask, own):
    client = ask(own)
    until = AS_OF + dt.timedelta(days=9)
    for form in (
        about(**CHOICE, note="<i>Lo conozco</i>"),
        about(kind="postpone", until=until.isoformat(), reason="agreed"),
        about(kind="wrong_reason", feature="days_past_due"),
    ):
        answer = post(client, "/feedback", form)
        assert answer.status_code == 303
    assert [(one.kind, one.author, one.as_of, one.run_id) for one in said(own)] == [
        (kind, "local", AS_OF, "run-1") for kind in ("override", "postpone", "wrong_reason")
    ]
    for place in (answer.headers["location"], "/feedback"):
        page = client.get(place).text
        assert "&lt;i&gt;Lo conozco&lt;/i&gt;" in page
        assert "Espera la próxima lista" in page
        assert "9 de julio de 2026" in page
    assert "Marcado como incorrecto" in client.get("/accounts/C000001").text


def test_what_was_said_is_taken_back_once(ask, own):
    client = ask(own)
    post(client, "/feedback", about(**CHOICE))
    assert post(client, "/feedback", about(kind="withdraw", number="1")).status_code == 303
    assert "Retirado" in client.get("/feedback").text
    assert post(client, "/feedback", about(kind="withdraw", number="1")).status_code == 400
    assert len(said(own)) == 2


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (about(**CHOICE | {"treatment": "legal"}), 400),
        (about(**CHOICE | {"reason": "no such"}), 400),
        (about(**CHOICE, note="x" * 501), 400),
        (about(kind="postpone", until="2031-01-01", reason="agreed"), 400),
        (about(kind="postpone", until="soon", reason="agreed"), 400),
        (about(kind="wrong_reason", feature="no_such_feature"), 400),
        (about(kind="withdraw", number="7"), 400),
        (about(kind="drop table"), 400),
        (about("C999999", **CHOICE), 404),
        (about(**CHOICE) | {"run": "run-0"}, 409),
        (about(**CHOICE) | {"form_token": "0" * 64}, 403),
    ],
)
def test_what_cannot_be_said_changes_nothing_and_is_told(ask, own, form, status):
    answer = post(ask(own), "/feedback", form)
    assert answer.status_code == status
    assert '<p role="alert">' in answer.text
    assert said(own) == []


def test_a_list_replaced_while_somebody_reads_is_not_decided_about(ask, own):
    client = ask(own)
    token = form_token(client, "/accounts/C000001")
    publish_list(own, 30, run="run-2")
    answer = client.post("/feedback", data={"form_token": token} | about(**CHOICE))
    assert answer.status_code == 409
    assert "se publicó otra lista" in answer.text
    assert said(own) == []


def test_a_control_account_says_that_it_stays_alone(ask, worked):
    client = ask(worked)
    assert "grupo de control: lo que se elija" in client.get("/accounts/C000003").text
    assert "grupo de control: lo que se elija" not in client.get("/accounts/C000001").text


def test_a_policy_that_leaves_nothing_to_people_offers_no_form(ask, tmp_path):
    config = make_portfolio(tmp_path / "cartera", 3)
    policy = config.parent / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text[: text.index("feedback:")], encoding="utf-8")
    page = ask(config).get("/accounts/C000001").text
    assert "La política no deja" in page
    assert 'name="treatment"' not in page


def test_a_viewer_sees_neither_messages_nor_notes_nor_forms(ask, with_roles):
    manager, viewer = ask(with_roles), ask(with_roles)
    log_in(manager, "mario")
    log_in(viewer, "vera")
    post(manager, "/feedback", about(**CHOICE, note="Vive con su hermana"), "/accounts/C000001")
    for place in ("/accounts/C000001", "/feedback"):
        assert "Vive con su hermana" in manager.get(place).text
        page = viewer.get(place).text
        assert "Vive con su hermana" not in page
        assert 'action="/feedback"' not in page.replace('method="get" action="/feedback"', "")
    assert "Hola, " in manager.get("/accounts/C000001").text
    assert "Hola, " not in viewer.get("/accounts/C000001").text
    refused = viewer.post(
        "/feedback", data={"form_token": form_token(viewer, "/")} | about(**CHOICE)
    )
    assert refused.status_code == 403
    assert viewer.get("/what-if").status_code == 403
    assert len(said(with_roles)) == 1


def test_calendars_that_name_customers_in_full_are_the_managers(ask, with_roles):
    manager, viewer = ask(with_roles), ask(with_roles)
    log_in(manager, "mario")
    log_in(viewer, "vera")
    place = "/agenda/calendar?team=agents&agent=1"
    assert manager.get(place).status_code == 200
    assert viewer.get(place).status_code == 403
    assert 'href="/agenda/calendar' not in viewer.get("/agenda").text


def test_the_agenda_shows_a_day_a_team_and_an_agent(ask, worked):
    client = ask(worked)
    page = client.get("/agenda?day=2026-07-01").text
    assert "1 de julio de 2026" in page
    assert "/accounts/C000000" in page
    one = client.get("/agenda?day=2026-07-01&team=agents&agent=1").text
    assert "/accounts/C000000" in one
    assert "Envíos automáticos" not in one
    assert "No hay nada con este filtro" in client.get("/agenda?day=2030-01-01").text


@pytest.mark.parametrize("query", ["day=tomorrow", "agent=-1", "agent=x", "start=-5"])
def test_a_filter_that_makes_no_sense_is_said_in_words(ask, worked, query):
    answer = ask(worked).get(f"/agenda?{query}")
    assert answer.status_code == 400
    assert '<p role="alert">' in answer.text


def test_a_calendar_is_downloaded_whole(ask, worked):
    answer = ask(worked).get("/agenda/calendar?team=agents&agent=2")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["content-disposition"] == 'attachment; filename="agents-2.ics"'
    assert "agents-2.ics" in answer.text
    assert "X-NAME:agenda.ics" in ask(worked).get("/agenda/calendar").text


@pytest.mark.parametrize(
    "query",
    [
        "team=../scored&agent=1", "team=agents&agent=9", "team=%2e%2e%2fagenda&agent=1", "team=*&agent=1",
        "team=agents-1.ics%00&agent=1", "team=/etc/passwd%23&agent=1",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_calendars(ask, worked, query):
    assert ask(worked).get(f"/agenda/calendar?{query}").status_code == 404


def test_other_capacities_are_tried_and_the_list_stays_as_it_is(ask, own):
    folder = own.parent / OUTPUTS / f"as_of={AS_OF}"
    add_inputs(folder)
    client = ask(own)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    form = {"run": "run-1", "limit.agents": "60", "limit.visits": "20"}
    assert post(client, "/what-if", form, "/what-if").status_code == 303
    again = post(client, "/what-if", form, "/what-if")
    assert again.status_code == 409
    assert "Ya hay un cálculo en curso" in again.text
    until = time.monotonic() + 90
    while "Calculando" in (page := client.get("/what-if/result").text):
        assert time.monotonic() < until
        time.sleep(0.3)
    assert "Cuentas por gestión" in page
    assert "Nada cambiaría: cada cuenta tendría la misma gestión." in page
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert account_story(folder.parent, "C000001") == []


def test_a_capacity_that_nobody_touched_is_not_changed(ask, own):
    path = own.parent / OUTPUTS / f"as_of={AS_OF}" / "allocation.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["limits"][0]["capacity"] = 1_234_567.89
    path.write_text(json.dumps(facts), encoding="utf-8")
    client = ask(own)
    fields = re.findall(r'name="(limit\.\w+)"[^>]* value="([^"]+)"', client.get("/what-if").text)
    answer = post(client, "/what-if", {"run": "run-1"} | dict(fields), "/what-if")
    assert "No cambió ningún número" in answer.text


def test_a_trial_is_stopped_and_another_may_begin(ask, own):
    add_inputs(own.parent / OUTPUTS / f"as_of={AS_OF}")
    client = ask(own)
    form = {"run": "run-1", "limit.agents": "60"}
    post(client, "/what-if", form, "/what-if")
    assert post(client, "/what-if/stop", {}, "/what-if").status_code == 303
    assert "El cálculo se detuvo" in client.get("/what-if").text
    assert post(client, "/what-if", form, "/what-if").status_code == 303
    post(client, "/what-if/stop", {}, "/what-if")


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"limit.agents": "-5"}, 400, "no es un número"),
        ({"limit.agents": "many"}, 400, "no es un número"),
        ({"limit.agents": "inf"}, 400, "no es un número"),
        ({"limit.agents": "4800"}, 400, "No cambió ningún número"),
        ({"limit.agents": "60", "run": "run-0"}, 409, "se publicó otra lista"),
        ({"limit.agents": "60"}, 404, "no guarda con qué se decidió"),
    ],
)
def test_what_cannot_be_tried_is_told(ask, worked, form, status, message):
    answer = post(ask(worked), "/what-if", {"run": "run-1"} | form, "/what-if")
    assert (answer.status_code, message in answer.text) == (status, True)
