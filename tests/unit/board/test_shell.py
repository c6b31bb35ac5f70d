import pytest
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


def test_every_answer_carries_the_headers_that_keep_others_out(ask):
    for place in ("/", "/static/board.css", "/nowhere"):
        headers = ask().get(place).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_stay_in_nobody_s_cache(ask):
    assert ask().get("/").headers["cache-control"] == "no-store"


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
