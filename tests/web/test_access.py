import pytest
from axe_playwright_python.sync_playwright import Axe
from board_world import PASSWORD, portfolio_with_users, served


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    with served(portfolio_with_users(tmp_path_factory.mktemp("guarded") / "cartera")) as address:
        yield address


def enter(page, name, password=PASSWORD):
    page.get_by_label("Usuario").fill(name)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar").click()


def test_one_logs_in_sees_what_was_asked_for_and_logs_out(guarded, open_page):
    page = open_page(f"{guarded}/accounts?band=A")
    assert "/login?next=" in page.url
    enter(page, "mario")
    page.wait_for_url("**/accounts?band=A")
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/login")
    page.goto(f"{guarded}/accounts")
    assert "/login" in page.url


def test_a_wrong_password_is_told_and_typed_again(guarded, open_page, complaints):
    page = open_page(f"{guarded}/login")
    enter(page, "mario", "no es esta")
    assert page.get_by_role("alert").inner_text() == "El usuario o la contraseña no son correctos."
    assert page.get_by_label("Usuario").input_value() == "mario"
    # The browser's own word for the answer.
    assert [text for text in complaints if "401" not in text] == []
    complaints.clear()
    enter(page, "mario")
    assert page.get_by_role("heading", name="Cartera").is_visible()


def test_a_viewer_sees_masked_names_and_no_users(guarded, open_page, complaints):
    page = open_page(f"{guarded}/accounts")
    enter(page, "vera")
    assert page.get_by_text("A*** G*** 5***").is_visible()
    assert page.get_by_role("link", name="Usuarios").count() == 0
    page.goto(f"{guarded}/users")
    assert "hace falta el rol administración" in page.get_by_role("alert").inner_text()
    complaints.clear()


def test_an_admin_adds_a_user_who_then_logs_in(guarded, open_page):
    page = open_page(f"{guarded}/users")
    enter(page, "ada")
    page.get_by_label("Usuario").fill("nora")
    page.get_by_label("Rol").select_option(label="consulta")
    page.get_by_label("Contraseña nueva").fill("una clave larga")
    page.get_by_role("button", name="Guardar").click()
    assert page.get_by_role("rowheader", name="nora").is_visible()
    other = open_page(f"{guarded}/login")
    enter(other, "nora", "una clave larga")
    assert other.get_by_role("heading", name="Cartera").is_visible()


@pytest.mark.parametrize("place", ["/login", "/users", "/password"])
def test_axe_finds_nothing_serious(guarded, open_page, place):
    page = open_page(guarded + place)
    if place != "/login":
        enter(page, "ada")
        page.wait_for_url(f"**{place}")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_session_that_ended_meanwhile_asks_to_log_in(guarded, open_page, complaints):
    page = open_page(f"{guarded}/accounts")
    enter(page, "mario")
    page.context.clear_cookies(name="propension_session")
    page.get_by_label("Buscar por nombre o número").fill("ana")
    page.wait_for_url("**/login?next=**")
    complaints.clear()
