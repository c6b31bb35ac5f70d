"""A new portfolio starts in the money, language and law of its country."""

import re

import pytest

from propension.config import COUNTRIES, HOME, load_policy, load_settings, starting_files
from propension.errors import ConfigurationError


def written(folder, country):
    for name, content in starting_files('Cartera: "uno"', country).items():
        (folder / name).write_text(content, encoding="utf-8")
    return load_settings(folder / "propension.yaml"), load_policy(folder / "policy.yaml")


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_files_of_every_country_are_read(tmp_path, country):
    settings, policy = written(tmp_path, country)
    portfolio, found = settings.portfolio, COUNTRIES[country]
    assert (portfolio.name, portfolio.country) == ('Cartera: "uno"', country)
    assert (portfolio.currency, portfolio.language) == (found.currency, found.language)
    # A number that nobody answers reaches no customer.
    assert policy.messages.contact_phone is None
    assert f'#   contact_phone: "{found.dialling} ' in (tmp_path / "policy.yaml").read_text("utf-8")
    assert f"# timezone: {found.timezone} " in (tmp_path / "propension.yaml").read_text("utf-8")


def test_money_has_the_size_of_the_countrys_debts(tmp_path):
    _, home = written(tmp_path, HOME)
    _, mexican = written(tmp_path, "mx")
    scale = COUNTRIES["MX"].debt / COUNTRIES[HOME].debt
    for name, treatment in home.treatments.items():
        assert mexican.treatments[name].cost == pytest.approx(treatment.cost * scale, rel=0.05)
        assert mexican.treatments[name].minutes == treatment.minutes
    for name, budget in home.budgets.items():
        assert mexican.budgets[name].amount == pytest.approx(budget.amount * scale, rel=0.05)
    assert mexican.capacities == home.capacities
    assert mexican.offers["plan_in_parts"].min_amount == 120


def test_the_home_countrys_files_are_the_shipped_ones():
    settings, policy = starting_files("demo", HOME).values()
    assert re.search(r"^  currency: COP$", settings, re.MULTILINE)
    assert re.search(r"^    cost: 2500$", policy, re.MULTILINE)


def test_a_name_may_look_like_a_setting(tmp_path):
    text, _ = starting_files("a  country: CO", "MX").values()
    (tmp_path / "propension.yaml").write_text(text, encoding="utf-8")
    portfolio = load_settings(tmp_path / "propension.yaml").portfolio
    assert (portfolio.name, portfolio.country) == ("a  country: CO", "MX")


def test_an_unknown_country_is_refused_with_those_that_are_known():
    with pytest.raises(ConfigurationError, match="country XX: not known here"):
        starting_files("demo", "XX")


@pytest.mark.parametrize(
    ("place", "country"), [("b2b_brazil", "BR"), ("ibm_ar", "US"), ("demo", HOME)]
)
def test_the_examples_have_the_policy_of_their_country(pytestconfig, place, country):
    shipped = pytestconfig.rootpath / "conf" / place / "policy.yaml"
    assert shipped.read_text(encoding="utf-8") == starting_files(place, country)["policy.yaml"]
