"""The documentation is built as it is read: no broken link, and nothing declared in code is missing."""

import html
import re
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from propension.config import Policy, Settings
from propension.features import SHIPPED
from propension.outputs import SCORED_COLUMNS
from propension.schema.tables import TABLES

ROOT = Path(__file__).parents[2]
# Of libraries of the site's generator.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; a broken link or a page outside the menu is an error."""
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


def words(site, page):
    return (site / "reference" / f"{page}.html").read_text(encoding="utf-8")


def test_every_column_of_the_contract_is_documented(site):
    page = words(site, "data-contract")
    for table in TABLES.values():
        assert f'id="{table.name}"' in page
        for column in table.columns:
            assert f"<code>{column.name}</code>" in page, (table.name, column.name)


def test_what_every_table_and_column_of_the_contract_means_is_told(site):
    shown = html.unescape(re.sub(r"<[^>]+>", "", words(site, "data-contract")))
    for table in TABLES.values():
        for declared in (table, *table.columns):
            assert declared.meaning.replace("`", "") in shown, (table.name, declared.name)


def test_every_feature_and_every_column_of_the_list_is_documented(site):
    features, columns = words(site, "features"), words(site, "list")
    assert all(f"<code>{one.name}</code>" in features for one in SHIPPED)
    assert all(f"<code>{one.name}</code>" in columns for one in SCORED_COLUMNS)


@pytest.mark.parametrize(("model", "page"), [(Settings, "settings"), (Policy, "policy")])
def test_every_setting_is_documented(site, model, page):
    page = words(site, page)
    schema = model.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        for name in part.get("properties", ()):
            assert f"<code>{name}</code>" in page, name


def test_every_contact_rule_is_cited(site):
    page = words(site, "contact-rules")
    assert page.count("Version 20") >= 9
    assert "Ley 2300 de 2023" in page
    assert "Regulation F" in page


def test_the_api_holds_what_packages_export(site):
    page = words(site, "api")
    for name in ("measure_portfolio", "forecast_cash", "Settings", "simulate_portfolio", "decide"):
        assert f">{name}" in page or f"{name}</span>" in page, name
