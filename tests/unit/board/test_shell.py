import re

import pytest
from board_world import log_in
from fastapi.routing import APIRoute

from propension.board.texts import TEXTS
from propension.board.visit import Needs

ANYONES = {"/language/{language}", "/login"}


def routes(app):
    """Every route of the pages, however deep a router holds it."""
    found = []
    pending = list(app.routes)
    while pending:
        route = pending.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            pending += getattr(getattr(route, "original_router", None), "routes", [])
    return found


def needed(route):
    return [d.call.role for d in route.dependant.dependencies if isinstance(d.call, Needs)]


def test_every_route_says_who_may_use_it(ask):
    found = routes(ask().app)
    assert len(found) >= 3
    assert [route.path for route in found if len(needed(route)) != 1] == []
    assert {route.path for route in found if needed(route) == [None]} == ANYONES


def test_every_form_asks_for_its_token(ask, with_users):
    client = ask(with_users)
    log_in(client, "ada")
    changing = [route for route in routes(client.app) if route.methods - {"GET", "HEAD"}]
    assert len(changing) >= 6
    for route in changing:
        answer = client.post(route.path, data={"name": "x", "form_token": "0" * 64})
        assert (answer.status_code, "venció" in answer.text) == (403, True), route.path


def test_every_page_but_those_for_anyone_asks_who_is_there(ask, with_users):
    client = ask(with_users)
    for route in routes(client.app):
        if "GET" in route.methods and route.path not in ANYONES:
            place = re.sub(r"{\w+(:\w+)?}", "csv", route.path)
            assert client.get(place).headers.get("location", "").startswith("/login"), place


def test_every_answer_carries_the_headers_that_keep_others_out(ask, monkeypatch):
    def fail(visit):
        raise ValueError("a secret")

    monkeypatch.setattr("propension.board.pages.portfolio.figures", fail)
    places = {"/": 500, "/accounts": 200, "/static/board.css": 200, "/nowhere": 404}
    for place, status in places.items():
        answer = ask().get(place)
        assert answer.status_code == status
        headers = answer.headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_stay_in_nobody_s_cache(ask):
    client = ask()
    assert client.get("/").headers["cache-control"] == "no-store"
    asset = client.get("/static/board.css").headers
    assert asset["cache-control"] == "no-cache"
    again = client.get("/static/board.css", headers={"If-None-Match": asset["etag"]})
    assert again.status_code == 304


def test_what_failed_is_in_the_log_and_its_code_on_the_page(ask, monkeypatch, caplog):
    def fail(visit):
        raise ValueError("a secret")

    monkeypatch.setattr("propension.board.pages.portfolio.figures", fail)
    answer = ask().get("/?q=somebody")
    [code] = re.findall(r"registro: (\w{8})", answer.text)
    assert f"{code}: GET /" in caplog.text
    assert "a secret" not in answer.text
    # What people look for is not told.
    assert "somebody" not in caplog.text


@pytest.mark.parametrize("size", ["70000", "-1", "x"])
def test_a_form_that_is_too_large_to_be_one_is_refused(ask, size):
    answer = ask().post("/views", content=b"x", headers={"content-length": size})
    assert answer.status_code == 413
    assert "content-security-policy" in answer.headers


def test_a_form_that_cannot_be_read_is_not_an_address_that_does_not_exist(ask):
    answer = ask().post("/views", content=b"x", headers={"content-type": "multipart/form-data"})
    assert answer.status_code == 400
    assert "El formulario venció o no es de este tablero" in answer.text


def test_nothing_of_the_list_is_told_to_whom_nobody_knows(ask, with_users):
    for place in ("/login", "/nowhere"):
        assert "run-1" not in ask(with_users).get(place).text


@pytest.mark.parametrize(
    ("place", "status"), [("/nowhere", 404), ("/language/xx", 400), ("/static/../app.py", 404)]
)
def test_what_cannot_be_shown_is_said_in_words(ask, place, status):
    answer = ask().get(place)
    assert answer.status_code == status
    assert '<p role="alert">' in answer.text


def test_another_host_name_is_refused(ask):
    assert ask().get("/", headers={"host": "attacker.example"}).status_code == 400


@pytest.mark.parametrize(
    "place", ["https://a.example", "//a.example", "/\\a.example", "/\t/a.example"]
)
def test_the_language_switch_leads_back_to_this_board_only(ask, place):
    answer = ask().get("/language/pt", params={"back": place})
    assert answer.headers["location"] == "/"


def test_texts_have_no_empty_language():
    assert [key for key, text in TEXTS.items() if not (text.es and text.pt and text.en)] == []
