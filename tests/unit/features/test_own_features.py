"""Features of a portfolio's own: expressions in the settings, and plugins."""

import importlib
import importlib.metadata

import pytest
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after
from pydantic import ValidationError

from propension.config import ExtraFeature, Features, Texts
from propension.errors import ConfigurationError
from propension.features import Feature, catalogue

AS_OF = days_after(DUE_ON, 10)
WORDS = Texts(es="a", pt="b", en="c")


def extra(name="big_debts", stream="debts", sql="count(*) FILTER (WHERE amount >= 100)"):
    return ExtraFeature(name=name, stream=stream, sql=sql, text=WORDS)


def test_an_expression_over_a_stream_is_a_feature(tmp_path):
    features = catalogue(Features(extra=(extra(),)))
    ledger = Ledger().debt("D1", amount=100).debt("D2", amount=99)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        row = by_account(portfolio.features(AS_OF, features))["C1"]
    assert row["big_debts"] == 1


def test_an_expression_over_other_features_is_a_feature(tmp_path):
    features = catalogue(
        Features(extra=(extra("double_balance", "derived", "balance_overdue * 2"),))
    )
    with Portfolio(Ledger().debt().write(tmp_path)) as portfolio:
        row = by_account(portfolio.features(AS_OF, features))["C1"]
    assert row["double_balance"] == 200


@pytest.mark.parametrize(
    ("stream", "sql", "message"),
    [
        ("debts", "max(amout)", r"amout is not known here \(did you mean amount\?\)"),
        ("debts", "max((SELECT 1))", "uses SUBQUERY|uses SELECT"),
        ("debts", "max(read_text('x'))", "is not allowed here"),
        ("debts", "amount >", "is not an expression"),
        ("derived", "max(balance_overdue)", "uses MAX"),
        ("profile", "phone", "phone is not known here"),
        ("profile", "monthly_income", "monthly_income is not known here"),
        ("contacts", "max(known_on)", "known_on is not known here"),
    ],
)
def test_an_expression_uses_only_what_its_stream_offers(stream, sql, message):
    settings = Features(extra=(extra(stream=stream, sql=sql),))
    with pytest.raises(ConfigurationError, match=message):
        catalogue(settings)


def test_a_protected_attribute_is_refused_as_an_expression_too():
    settings = Features(extra=(extra("customer_sex", "profile", "kind"),))
    with pytest.raises(ConfigurationError, match="names a protected attribute"):
        catalogue(settings)


@pytest.mark.parametrize(("stream", "sql"), [("debts", None), ("attributes", "max(score)")])
def test_stream_and_expression_go_together(stream, sql):
    with pytest.raises(ValidationError, match="give stream and sql together"):
        ExtraFeature(name="x", stream=stream, sql=sql, text=WORDS)


class Plugin:
    """An installed entry point that offers one feature."""

    names = ("acme",)

    def __init__(self, *features):
        self.features = features

    def load(self):
        return lambda: self.features


@pytest.fixture
def installed(monkeypatch):
    """Make a plugin look installed under the name acme."""

    def install(*features):
        def entry_points(group, name=None):
            assert group == "propension.features"
            found = [Plugin(*features)] if name in (None, "acme") else []
            return found if name else type("Found", (list,), {"names": {"acme"}})(found)

        module = importlib.import_module("propension.features.catalogue")
        monkeypatch.setattr(module, "entry_points", entry_points)

    return install


ACME = Feature("acme_score", "debts", "max(age_days)", "extra", "number", "profile", WORDS)


def test_a_plugin_named_in_the_settings_adds_its_features(installed):
    installed(ACME)
    assert catalogue(Features(plugins=("acme",)))[-1].name == "acme_score"


def test_a_plugin_that_is_not_named_adds_nothing(installed):
    installed(ACME)
    assert "acme_score" not in {feature.name for feature in catalogue(Features())}


def test_a_plugin_that_is_not_installed_is_told_with_those_that_are(installed):
    installed(ACME)
    with pytest.raises(ConfigurationError, match=r"nobody is not installed \(installed: acme\)"):
        catalogue(Features(plugins=("nobody",)))


def test_a_plugin_may_not_score_by_a_protected_attribute(installed):
    installed(Feature("religion", "debts", "max(age_days)", "extra", "number", "none", WORDS))
    with pytest.raises(ConfigurationError, match=r"features\.plugins: acme: religion names"):
        catalogue(Features(plugins=("acme",)))


def test_the_group_of_entry_points_is_read_from_what_is_installed():
    assert importlib.metadata.entry_points(group="propension.features").names == set()
