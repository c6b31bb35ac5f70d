"""An account, what people say of it, the agenda and what-if, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from board_work import add_inputs, add_work
from board_world import AS_OF, make_portfolio, served

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
PAGES = ("/accounts/C000001", "/feedback", "/agenda", "/what-if")


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """The address of a board whose list has work, times and events."""
    config = make_portfolio(tmp_path_factory.mktemp("web") / "cartera", 30)
    folder = config.parent / "outputs" / f"as_of={AS_OF}"
    add_work(folder)
    add_inputs(folder)
    with served(config) as address:
        yield address


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("options", [{}, PHONE], ids=["light", "dark phone"])
def test_axe_finds_nothing_serious(worked, open_page, place, options):
    page = open_page(worked + place, **options)
    page.wait_for_load_state("networkidle")
    for summary in page.locator("main summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_pictures_of_an_account_are_seen_and_named(worked, open_page):
    page = open_page(f"{worked}/accounts/C000001")
    page.wait_for_load_state("networkidle")
    for picture in page.locator("figure img").all():
        assert picture.evaluate("image => image.naturalWidth") > 100
        assert picture.get_attribute("alt")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_treatment_is_chosen_and_taken_back(worked, open_page, scripts):
    page = open_page(f"{worked}/accounts/C000002", java_script_enabled=scripts)
    form = page.locator("form", has=page.get_by_role("heading", name="Elegir otra gestión"))
    form.get_by_label("Gestión", exact=True).select_option("soft_call")
    form.get_by_label("Por qué").select_option("knows_customer")
    form.get_by_label("Nota (opcional)").fill("<b>Lo conozco</b>")
    form.get_by_role("button", name="Guardar").click()
    assert page.get_by_role("status").filter(has_text="Quedó anotado").is_visible()
    assert page.get_by_text("<b>Lo conozco</b>").first.is_visible()
    page.get_by_role("link", name="Correcciones").click()
    row = page.get_by_role("row").filter(has_text="Espera la próxima lista").first
    row.get_by_role("button", name="Retirar").click()
    assert page.get_by_text("Retirado").first.is_visible()


def test_the_agenda_follows_its_filters(worked, open_page):
    page = open_page(f"{worked}/agenda?day=2026-07-01")
    page.get_by_label("Agente", exact=True).select_option("1")
    page.wait_for_url("**agent=1**")
    heading = page.get_by_role("heading", name="1 de julio de 2026 · Agente 1")
    heading.wait_for()
    with page.expect_download() as begun:
        page.get_by_label("Equipo", exact=True).select_option("agents")
        page.get_by_role(
            "link", name="Descargar el calendario de Gestores, agente 1 (.ics)"
        ).click()
    assert begun.value.suggested_filename == "agents-1.ics"


def test_other_capacities_are_tried_while_the_reader_waits(worked, open_page):
    page = open_page(f"{worked}/what-if")
    page.get_by_label("Gestores").fill("60")
    page.get_by_role("button", name="Calcular").click()
    assert page.get_by_role("status").filter(has_text="Calculando").is_visible()
    page.get_by_text("Cuentas por gestión").wait_for(timeout=90_000)
    assert page.get_by_text("Nada cambiaría").is_visible()
