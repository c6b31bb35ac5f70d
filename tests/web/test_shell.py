from axe_playwright_python.sync_playwright import Axe


def test_the_pages_are_found_by_keyboard_and_in_three_languages(board, open_page):
    page = open_page(board)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("Português").click()
    assert page.locator("html").get_attribute("lang") == "pt"
    assert page.get_by_role("heading", name="Carteira").is_visible()


def test_axe_finds_nothing_serious(board, open_page):
    found = Axe().run(open_page(board)).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
