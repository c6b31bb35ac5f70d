import os
import re
import stat

import pytest
from argon2 import PasswordHasher
from board_world import PASSWORD, form_token, log_in, make_portfolio, portfolio_with_users

from propension.board import Users, create_app
from propension.board.access.attempts import Attempts
from propension.board.access.sessions import Sessions
from propension.board.access.users import UserError
from propension.config import Board, load_settings
from propension.errors import ConfigurationError


@pytest.fixture
def own(tmp_path):
    """A portfolio whose users a test may change."""
    return portfolio_with_users(tmp_path / "cartera")


def users_of(config):
    return Users(load_settings(config).board_folder)


@pytest.mark.parametrize("place", ["/", "/newer", "/password", "/users"])
def test_nobody_sees_a_page_without_logging_in(ask, with_users, place):
    answer = ask(with_users).get(place)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


def test_a_part_of_a_page_asks_to_log_in_too(ask, with_users):
    answer = ask(with_users).get("/newer", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=%2F"


def test_logging_in_leads_to_what_was_asked_for(ask, with_users):
    client = ask(with_users)
    answer = log_in(client, "Mario", next="/?language=pt")
    assert answer.headers["location"] == "/?language=pt"
    assert client.get("/").status_code == 200


def test_logging_in_never_leads_elsewhere(ask, with_users):
    assert log_in(ask(with_users), "mario", next="//b.example").headers["location"] == "/"


def test_the_session_s_cookie_is_kept_from_scripts_and_other_sites(ask, with_users):
    cookie = log_in(ask(with_users), "mario").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_the_session_s_cookie_is_secure_where_people_come_by_https(ask, tmp_path):
    board = {"access": "login", "public_url": "https://cobranza.example"}
    config = portfolio_with_users(tmp_path / "cartera", board=board)
    client = ask(config, base_url="https://cobranza.example")
    assert "Secure" in log_in(client, "mario").headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_are_told_alike(ask, with_users):
    def told(name, password):
        answer = log_in(ask(with_users), name, password)
        return answer.status_code, re.sub(rf'value="{name}"|[0-9a-f]{{64}}', "", answer.text)

    assert told("mario", "no es esta") == told("nadie", PASSWORD)


def test_a_wrong_name_is_compared_like_a_wrong_password(with_users, monkeypatch):
    users, compared = users_of(with_users), []
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda _, known, given: compared.append(known) or False
    )
    users.fits("nadie", "x")
    users.fits("mario", "x")
    nobodys, marios = (known.split("$")[1:4] for known in compared)
    assert nobodys == marios


def test_the_sixth_attempt_in_a_row_is_refused_even_with_the_password(ask, own):
    client = ask(own)
    answers = [log_in(client, "mario", "no es esta").status_code for _ in range(5)]
    assert answers == [401] * 5
    assert log_in(client, "mario").status_code == 429
    # Others are not kept out.
    assert log_in(client, "ada").status_code == 303


def test_guessing_at_many_names_from_one_place_is_refused():
    attempts = Attempts()
    assert all(attempts.count(f"n{n}", "203.0.113.7") for n in range(30))
    assert not attempts.count("n30", "203.0.113.7")
    assert attempts.count("n30", "203.0.113.8")


def test_guessing_at_one_name_from_many_places_is_refused():
    attempts = Attempts()
    assert all(attempts.count("mario", f"203.0.113.{n}") for n in range(100))
    assert not attempts.count("Mario", "198.51.100.1")


def test_a_form_of_another_site_changes_nothing(ask, with_users):
    client = ask(with_users)
    log_in(client, "ada")
    for form in ({}, {"form_token": "x" * 64}, {"form_token": "ñ"}):
        answer = client.post("/users", data=form | {"name": "mala", "role": "admin"})
        assert answer.status_code == 403
        assert "no se cambió nada" in answer.text
    assert users_of(with_users).find("mala") is None


def test_a_token_of_one_reader_is_not_another_s(ask, with_users):
    ada, mario = ask(with_users), ask(with_users)
    log_in(ada, "ada")
    log_in(mario, "mario")
    # A cookie that somebody planted, and the token that belongs to it.
    ada.cookies.set("propension_visit", mario.cookies["propension_visit"])
    token = form_token(mario, "/password")
    answer = ada.post("/users", data={"form_token": token, "name": "mala", "role": "admin"})
    assert answer.status_code == 403


def test_logging_out_ends_the_session_for_every_copy_of_its_cookie(ask, own):
    client, thief = ask(own), ask(own)
    log_in(client, "mario")
    thief.cookies.update(client.cookies)
    thief.app.state.site = client.app.state.site
    assert thief.get("/").status_code == 200
    client.post("/logout", data={"form_token": form_token(client, "/password")})
    assert client.get("/").status_code == 303
    assert thief.get("/").status_code == 303


def test_a_session_is_over_when_time_is_up():
    now = [0.0]
    sessions = Sessions(hours=1, seconds=lambda: now[0])
    token = sessions.begin("mario", "hash")
    now[0] = 3599
    assert sessions.find(token)
    now[0] = 3600
    assert sessions.find(token) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.remove("mario"),
        lambda users: users.put("mario", "viewer", "otra clave 99"),
    ],
    ids=["removed", "new password"],
)
def test_a_session_is_over_when_the_user_is_not_the_same(ask, own, change):
    client = ask(own)
    log_in(client, "mario")
    change(users_of(own))
    assert client.get("/").status_code == 303


def test_another_role_counts_at_once(ask, own):
    client = ask(own)
    log_in(client, "ada")
    assert client.get("/users").status_code == 200
    users_of(own).put("ada", "viewer")
    assert client.get("/users").status_code == 403


@pytest.mark.parametrize("name", ["vera", "mario"])
def test_only_admins_say_who_may_enter(ask, with_users, name):
    client = ask(with_users)
    log_in(client, name)
    assert client.get("/users").status_code == 403
    form = {"form_token": form_token(client, "/password"), "name": name, "role": "admin"}
    assert client.post("/users", data=form).status_code == 403
    assert 'href="/users"' not in client.get("/").text


def test_an_admin_adds_changes_and_removes_users(ask, own):
    client = ask(own)
    log_in(client, "ada")
    form = {"form_token": form_token(client, "/users"), "name": "nora"}
    client.post("/users", data=form | {"role": "viewer", "password": "una clave larga"})
    assert log_in(ask(own), "nora", "una clave larga").status_code == 303
    client.post("/users", data=form | {"role": "manager"})
    assert users_of(own).find("nora").role == "manager"
    client.post("/users/remove", data=form)
    assert users_of(own).find("nora") is None


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "nora", "role": "viewer"}, "entre 10 y 256"),
        ({"name": "nora", "role": "viewer", "password": "corta"}, "entre 10 y 256"),
        ({"name": "nora/../x", "role": "viewer"}, "Ese nombre no sirve"),
        ({"name": "nora", "role": "root", "password": "una clave larga"}, "Ese rol no existe"),
        ({"name": "ada", "role": "viewer"}, "No puede quitarse"),
    ],
    ids=["no password", "short password", "bad name", "bad role", "oneself"],
)
def test_what_cannot_be_saved_is_said(ask, with_users, form, told):
    client = ask(with_users)
    log_in(client, "ada")
    answer = client.post("/users", data={"form_token": form_token(client, "/users")} | form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert told in answer.text
    assert set(users_of(with_users).all()) == {"vera", "mario", "ada"}


def test_one_changes_one_s_password_and_stays(ask, own):
    client, other = ask(own), ask(own)
    other.app.state.site = client.app.state.site
    log_in(client, "mario")
    log_in(other, "mario")
    form = {"form_token": form_token(client, "/password"), "after": "una clave larga"}
    assert client.post("/password", data=form | {"before": "no es esta"}).status_code == 401
    assert client.post("/password", data=form | {"before": PASSWORD}).status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_passwords_are_hashed_in_a_file_that_only_its_owner_reads(with_users):
    path = users_of(with_users).path
    text = path.read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert text.count("$argon2id$") == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name == "nt", reason="rights are of another kind")
def test_a_users_file_that_others_may_read_is_refused(own):
    users_of(own).path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        users_of(own).all()


def test_a_spoilt_users_file_lets_nobody_in(own):
    users_of(own).path.write_text('{"mario": {"role": "admin", "pass": 1}}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not as it was written"):
        users_of(own).all()


def test_a_users_file_that_cannot_be_used_is_an_error_in_words(ask, own):
    client = ask(own)
    log_in(client, "ada")
    users_of(own).path.chmod(0o644)
    answer = client.get("/")
    assert answer.status_code == 500
    assert '<p role="alert">' in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "a\nb"])
def test_a_name_that_could_be_anything_else_is_refused(tmp_path, name):
    with pytest.raises(UserError, match="not a name"):
        Users(tmp_path).put(name, "viewer", "una clave larga")


def test_whoever_sits_at_the_machine_is_a_manager(ask):
    assert ask().get("/").status_code == 200
    assert ask().get("/users").status_code == 403
    assert ask().get("/login").status_code == 404


def header_portfolio(folder):
    board = {"access": "header", "header": "X-User", "trusted_proxies": ["10.0.0.0/8"]}
    return portfolio_with_users(folder, board=board)


def test_a_proxy_s_word_counts_only_from_a_proxy_that_is_trusted(ask, tmp_path):
    config = header_portfolio(tmp_path / "cartera")
    asked = {"headers": {"X-User": "mario"}}
    assert ask(config, client=("10.1.2.3", 5)).get("/", **asked).status_code == 200
    assert ask(config, client=("192.168.0.9", 5)).get("/", **asked).status_code == 401
    forged = asked["headers"] | {"X-Forwarded-For": "10.1.2.3"}
    assert ask(config, client=("192.168.0.9", 5)).get("/", headers=forged).status_code == 401


@pytest.mark.parametrize(
    "headers", [[], [("X-User", "nadie")], [("X-User", "ada"), ("X-User", "vera")]]
)
def test_a_proxy_that_names_nobody_or_two_lets_nobody_in(ask, tmp_path, headers):
    client = ask(header_portfolio(tmp_path / "cartera"), client=("10.1.2.3", 5))
    answer = client.get("/", headers=headers)
    assert answer.status_code == 401
    assert "no dijo quién es usted" in answer.text


def test_attempts_behind_a_proxy_are_counted_by_who_is_before_it(ask, tmp_path):
    board = {"access": "login", "trusted_proxies": ["10.0.0.1"]}
    client = ask(portfolio_with_users(tmp_path / "cartera", board=board), client=("10.0.0.1", 5))
    form = {"form_token": form_token(client), "name": "mario", "password": "no es esta"}

    def status(forwarded):
        return client.post("/login", data=form, headers={"X-Forwarded-For": forwarded}).status_code

    # What the asker says of themselves comes first and does not count.
    assert [status(f"1.1.1.{n}, 203.0.113.7") for n in range(6)] == [401] * 5 + [429]
    assert status("203.0.113.8") == 401


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"host": "192.168.0.5"}, "lets everybody in"),
        ({"host": "0.0.0.0", "public_url": "https://a.example"}, "lets everybody in"),
        ({"access": "header"}, "needs trusted_proxies"),
        ({"host": "0.0.0.0", "access": "login"}, "public_url must say"),
    ],
)
def test_a_board_that_would_be_open_to_others_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        Board.model_validate(given)


def test_a_board_that_nobody_could_enter_is_not_started(tmp_path):
    config = make_portfolio(tmp_path / "cartera", 0, board={"access": "login"})
    with pytest.raises(ConfigurationError, match="propension board users add"):
        create_app(load_settings(config))


def test_a_board_on_an_ipv6_address_is_asked_for_by_it(ask, tmp_path):
    config = make_portfolio(tmp_path / "cartera", 3, board={"host": "::1"})
    assert ask(config, base_url="http://[::1]:8321").get("/").status_code == 200
