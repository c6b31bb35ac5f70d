import datetime as dt
import json
import re

import pyarrow.parquet as pq
import pytest
import yaml
from board_world import make_portfolio, publish_list

from propension.board.drawings import plane_picture
from propension.config import load_settings
from propension.writing import format_amount, format_number


@pytest.fixture(scope="module")
def two_lists(tmp_path_factory):
    config = make_portfolio(tmp_path_factory.mktemp("two") / "cartera", 0)
    publish_list(config, 90, as_of=dt.date(2026, 5, 31), run="before")
    publish_list(config, 120, run="now")
    return config


def scored(config, day):
    folder = load_settings(config).outputs_folder / f"as_of={day}"
    return pq.read_table(folder / "scored.parquet").to_pylist()


def plain_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.replace("\xa0", " ")))


def amount(rows, column, language="es"):
    return format_amount(round(sum(row[column] for row in rows)), "COP", language).replace(
        "\xa0", " "
    )


def test_the_figures_are_those_of_the_list(ask, two_lists):
    rows, text = scored(two_lists, "2026-06-30"), plain_text(ask(two_lists).get("/"))
    for column in ("overdue_amount", "amount_at_stake", "expected_recovery"):
        assert amount(rows, column) in text
    for segment in {row["segment"] for row in rows}:
        its = [row for row in rows if row["segment"] == segment]
        assert f"{format_number(len(its), 'es')} {amount(its, 'amount_at_stake')}" in text


def test_what_changed_is_told_against_the_list_before(ask, two_lists):
    text = plain_text(ask(two_lists).get("/"))
    assert "+33,3% desde el 31 de mayo de 2026" in text
    now = {row["account_id"]: row["segment"] for row in scored(two_lists, "2026-06-30")}
    before = {row["account_id"]: row["segment"] for row in scored(two_lists, "2026-05-31")}
    came = [now[account] for account in now if account not in before]
    largest = max(came.count(segment) for segment in set(came))
    assert re.search(rf"\(nueva en la lista\) [^0-9]+ {largest} ", text)


def test_what_hardly_changed_has_no_sign(ask, tmp_path):
    config = make_portfolio(tmp_path / "cartera", 0)
    publish_list(
        config, 90, as_of=dt.date(2026, 5, 31), change=lambda row: row | {"propensity": 0.5}
    )
    publish_list(config, 90, change=lambda row: row | {"propensity": 0.4999})
    text = plain_text(ask(config).get("/"))
    assert " 0 puntos desde el 31 de mayo de 2026" in text


def test_the_first_list_has_nothing_to_be_compared_with(ask):
    text = plain_text(ask().get("/"))
    assert "Esta es la primera lista" in text
    assert "desde el" not in text


def test_what_more_capacity_would_be_worth_is_said_in_words(ask):
    text = plain_text(ask().get("/"))
    assert "Gestores 100% 4.800 de 4.800 minutos una hora más valdría +9.000" in text
    assert "5 de 20 cuentas sobra capacidad" in text


def test_the_plane_is_drawn_once_and_described_in_words(ask, monkeypatch):
    drawn = []

    def draw(found, speech):
        drawn.append(speech.language)
        return plane_picture(found, speech)

    monkeypatch.setattr("propension.board.pages.portfolio.plane_picture", draw)
    client = ask()
    found = re.search(r'<img src="(/pictures/plane[^"]+)"[^>]* alt="([^"]+)"', client.get("/").text)
    assert "Puede y quiere: $" in found[2].replace("\xa0", " ")
    for _ in range(2):
        picture = client.get(found[1].replace("&amp;", "&"))
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "Puede y quiere" in picture.text
    client.get("/language/pt")
    assert "Pode e quer" in client.get("/pictures/plane.svg").text
    assert drawn == ["es", "pt"]


WEEK = {
    "week": 1, "first_day": "2026-07-01", "last_day": "2026-07-07", "value": 1_000_000.0, "low": 900_000.0,
    "high": 1_100_000.0,
}  # fmt: skip


@pytest.mark.parametrize("low", [900_000.0, None])
def test_the_forecast_is_told_drawn_and_listed(ask, tmp_path, low):
    config = make_portfolio(tmp_path / "cartera", 20)
    folder = load_settings(config).outputs_folder / "monitoring" / "as_of=2026-06-30"
    folder.mkdir(parents=True)
    week = WEEK | {"low": low, "high": low and WEEK["high"]}
    found = {"as_of": "2026-06-30", "level": 0.8, "weeks": [week], "total": week}
    (folder / "monitoring.json").write_text(json.dumps({"forecast": found}), encoding="utf-8")
    text = plain_text(ask(config).get("/"))
    assert "se esperan $1.000.000" in text
    assert ("en 80% de los casos, entre $900.000 y $1.100.000" in text) == (low is not None)
    assert ask(config).get("/pictures/forecast.svg").status_code == 200


def test_without_a_forecast_it_says_how_to_make_one(ask):
    assert "propension monitor" in ask().get("/").text
    assert ask().get("/pictures/forecast.svg").status_code == 404


@pytest.mark.parametrize("count", [0, 1, 3])
def test_very_small_lists_have_a_page_too(ask, tmp_path, count):
    config = make_portfolio(tmp_path / "cartera", 0)
    publish_list(config, count)
    client = ask(config)
    page = client.get("/")
    assert page.status_code == 200
    shown = "/pictures/plane.svg" in page.text
    assert client.get("/pictures/plane.svg").status_code == (200 if shown else 404)


def test_figures_are_written_as_in_the_portfolios_country(ask, portfolio):
    settings = yaml.safe_load(portfolio.read_text(encoding="utf-8"))
    settings["portfolio"]["country"] = "MX"
    mexico = portfolio.with_name("mexico.yaml")
    mexico.write_text(yaml.safe_dump(settings), encoding="utf-8")
    here, there = (plain_text(ask(config).get("/")) for config in (portfolio, mexico))
    thousands = re.findall(r"\d{1,3}\.\d{3}(?!\d)", here)
    assert thousands
    assert all(number.replace(".", ",") in there for number in thousands)
