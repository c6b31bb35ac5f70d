import numpy as np
import pyarrow as pa
import pytest
from scoring_builders import feature_rows, small_bundle

from propension.config.training import Alarms
from propension.model.alarms import leak_alarms
from propension.model.dataset import TrainingSet

QUIET = Alarms(auc=1.0, gain_share=1.0, stale_auc_loss=1.0)


@pytest.fixture(scope="module")
def trained():
    """A bundle, its test rows with outcomes, and the propensities it gives them."""
    rows = feature_rows(1500)
    bundle = small_bundle(rows)
    propensity = bundle.propensity(bundle.encoding.matrix(rows))
    paid = np.random.default_rng(2).random(len(propensity)) < propensity
    outcomes = pa.table({"is_paid": paid, "amount": np.ones(len(paid))})
    return bundle, TrainingSet(rows, outcomes), propensity


def with_column(rows, name, values):
    position = rows.column_names.index(name)
    return rows.set_column(position, name, pa.array(values, rows.schema.field(name).type))


def names(found):
    return [alarm.name for alarm in found]


def test_an_honest_model_raises_no_alarm(trained):
    bundle, test, propensity = trained
    assert leak_alarms(bundle, test, propensity, test.rows, bounded()) == []


def bounded(**bounds):
    return QUIET.model_copy(update=bounds)


def test_a_test_too_good_to_be_true_names_what_carries_it(trained):
    bundle, test, _ = trained
    told = np.where(test.is_paid == 1, 0.9, 0.1)
    (alarm,) = leak_alarms(bundle, test, told, test.rows, bounded(auc=0.95))
    assert alarm.name == "too_good"
    assert "days_past_due" in alarm.texts["en"]


def test_one_feature_that_carries_nearly_all_is_named(trained):
    bundle, test, propensity = trained
    found = leak_alarms(bundle, test, propensity, test.rows, bounded(gain_share=0.3))
    assert names(found) == ["one_feature"]
    assert found[0].texts["en"].startswith("days_past_due carries")


def test_a_feature_worth_nothing_a_day_earlier_is_named_and_no_other(trained):
    bundle, test, propensity = trained
    unknown = with_column(test.rows, "days_past_due", [None] * test.rows.num_rows)
    found = leak_alarms(bundle, test, propensity, unknown, bounded(stale_auc_loss=0.05))
    assert names(found) == ["known_too_early"]
    assert found[0].texts["en"].startswith("days_past_due: as it was known a day earlier")


def test_a_feature_that_ages_by_a_day_raises_nothing(trained):
    bundle, test, propensity = trained
    days = np.asarray(test.rows["days_past_due"].to_numpy(), dtype=float)
    earlier = with_column(test.rows, "days_past_due", np.maximum(days - 1, 0))
    bounds = bounded(stale_auc_loss=0.05)
    assert leak_alarms(bundle, test, propensity, earlier, bounds) == []


def test_rows_are_matched_by_account_whatever_their_order(trained):
    bundle, test, propensity = trained
    order = np.random.default_rng(4).permutation(test.rows.num_rows)[: test.rows.num_rows // 2]
    bounds = bounded(stale_auc_loss=0.001)
    assert leak_alarms(bundle, test, propensity, test.rows.take(pa.array(order)), bounds) == []


def test_the_model_is_not_changed_by_looking(trained):
    bundle, test, propensity = trained
    leak_alarms(bundle, test, propensity, test.rows, Alarms())
    again = bundle.propensity(bundle.encoding.matrix(test.rows))
    assert np.array_equal(again, propensity)
