"""Everybody can read the pages: screen readers, phones, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = (
    "/",
    "/accounts",
    "/accounts?band=A&q=ana&sort=-propensity",
    "/accounts?q=nadie",
    "/nowhere",
)
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PAGES)
def test_axe_finds_nothing_serious(board, open_page, complaints, place, scheme):
    page = open_page(board + place, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], node["html"])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ] == []
    # Nothing but the browser's own word for a page that is not there.
    assert [text for text in complaints if "404" not in text] == []
    complaints.clear()


@pytest.mark.parametrize("place", PAGES[:3])
def test_pages_fit_a_phone(board, open_page, place):
    page = open_page(board + place, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 1024])
def test_no_table_of_the_portfolio_is_cut(board, open_page, width):
    page = open_page(board, viewport={"width": width, "height": 800})
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
    assert page.locator(".scroll").evaluate_all(cut) == []


def test_the_pages_are_found_by_keyboard_and_in_three_languages(board, open_page):
    page = open_page(board)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("Português").click()
    assert page.locator("html").get_attribute("lang") == "pt"
    assert page.get_by_role("heading", name="Carteira").is_visible()


def test_pictures_are_seen(board, open_page):
    page = open_page(board)
    assert page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth > 0)") == [
        True
    ]
