import csv
import io
import re

from board_world import HARMFUL_NAMES, make_portfolio, publish_list, served


def count(page):
    """How many accounts the page says are filtered."""
    return int(page.locator("dl.figures dd").first.inner_text().replace(".", ""))


def filtered(page, address):
    """Wait until the address is the one of the filters, and return how many accounts there are."""
    page.wait_for_url(address)
    return count(page)


def test_filters_answer_without_loading_the_page_and_are_kept_in_the_address(board, open_page):
    page = open_page(f"{board}/accounts")
    page.evaluate("window.wasNotLoadedAgain = true")
    everyone = count(page)
    page.get_by_label("Buscar por nombre o número").fill("gomez")
    found = filtered(page, "**/accounts?q=gomez")
    assert 0 < found < everyone
    page.get_by_text("Banda de riesgo").first.click()
    page.get_by_role("checkbox", name="A", exact=True).check()
    assert 0 < filtered(page, "**/accounts?q=gomez&band=A") < found
    page.get_by_role("link", name="Propensión de pago").click()
    page.wait_for_url("**/accounts?q=gomez&band=A&sort=-propensity")
    # Whoever listens is told how many there are, and whoever uses the keys stays where they were.
    assert page.locator("#told").inner_text() == f"Cuentas: {count(page)}"
    assert page.evaluate("document.activeElement.innerText").startswith("Propensión")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Propensión")
    # Another filter keeps the order.
    page.get_by_label("Importe en juego, desde").fill("1")
    page.get_by_label("Importe en juego, desde").press("Tab")
    page.wait_for_url("**/accounts?q=gomez&band=A&amount_from=1&sort=-propensity")
    assert page.evaluate("window.wasNotLoadedAgain")
    page.reload()
    assert page.get_by_label("Buscar por nombre o número").input_value() == "gomez"
    page.get_by_role("link", name="Quitar todos los filtros").click()
    assert filtered(page, "**/accounts") == everyone


def test_an_open_choice_is_closed_by_escape_or_by_looking_elsewhere(board, open_page):
    page = open_page(f"{board}/accounts")
    choice = page.get_by_text("Banda de riesgo").first
    choice.click()
    page.keyboard.press("Escape")
    assert page.locator("details.choice[open]").count() == 0
    choice.click()
    page.get_by_role("heading", name="Lista").click()
    assert page.locator("details.choice[open]").count() == 0


def test_filters_and_pages_work_without_scripts(board, open_page):
    page = open_page(f"{board}/accounts", java_script_enabled=False)
    everyone = count(page)
    page.get_by_label("Propensión de pago, en %, desde").fill("50")
    page.get_by_role("button", name="Filtrar").click()
    assert count(page) < everyone
    page.get_by_role("link", name="Siguiente").click()
    assert "Página 2 de" in page.inner_text("main")


def test_going_back_shows_the_whole_page_as_it_was(board, open_page):
    page = open_page(f"{board}/accounts")
    everyone = count(page)
    page.get_by_label("Buscar por nombre o número").fill("nadie")
    page.wait_for_url("**/accounts?q=nadie")
    assert page.get_by_text("Ninguna cuenta cumple todos los filtros").is_visible()
    page.go_back()
    page.wait_for_url("**/accounts")
    page.get_by_role("navigation", name="Páginas", exact=True).wait_for()
    assert count(page) == everyone


def test_names_that_hold_html_are_names(board, open_page):
    page = open_page(f"{board}/accounts")
    for name in HARMFUL_NAMES:
        assert page.get_by_text(name, exact=True).is_visible()
    assert page.title().startswith("Lista")


def test_what_is_filtered_is_what_is_taken_along(board, open_page):
    page = open_page(f"{board}/accounts?band=A")
    shown = count(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == shown
    assert {row["risk_band"] for row in rows} == {"A"}
    assert re.fullmatch(r"2026-06-30-run-1-accounts\.csv", download.value.suggested_filename)


def test_a_view_with_a_name_is_found_again(board, open_page):
    page = open_page(f"{board}/accounts?band=B&sort=-propensity")
    page.get_by_text("Vistas guardadas").click()
    page.get_by_label("Nombre de esta vista").fill("Banda B")
    page.get_by_role("button", name="Guardar esta vista").click()
    page.get_by_role("link", name="Quitar todos los filtros").click()
    page.get_by_text("Vistas guardadas (1)").click()
    page.get_by_role("link", name="Banda B").click()
    page.wait_for_url("**/accounts?band=B&sort=-propensity")
    page.get_by_text("Vistas guardadas (1)").click()
    page.get_by_role("button", name="Quitar la vista Banda B").click()
    assert page.get_by_text("Vistas guardadas (1)").count() == 0


def test_a_page_whose_list_was_replaced_says_so_and_leads_to_the_new_one(tmp_path, open_page):
    config = make_portfolio(tmp_path / "cartera", 60)
    with served(config) as address:
        page = open_page(f"{address}/accounts")
        publish_list(config, 80, run="run-2")
        told = page.get_by_text("Se publicó otra lista después de que abrió esta página")
        # Whoever asks is told once the new list is copied.
        for words in ("C0000", "C000") * 20:
            page.get_by_label("Buscar por nombre o número").fill(words)
            page.wait_for_url(f"**/accounts?q={words}")
            if told.count():
                break
            page.wait_for_timeout(500)
        told.wait_for()
        page.get_by_role("link", name="Ver la lista nueva").click()
        page.get_by_text("Corrida run-2").wait_for()
        assert count(page) == 80
        assert told.count() == 0
