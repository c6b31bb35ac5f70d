import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scoring_builders import feature_rows

from propension.config import Settings
from propension.errors import DataError
from propension.features import catalogue
from propension.model.dataset import TrainingSet
from propension.model.split import split_in_time
from propension.model.tuning import SEARCHED, STUDIES_FILE, tune_model

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def settings_in(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "portfolio": {"name": "tuning"},
            "source": {"path": str(folder)},
            "registry": {"path": str(folder / "models")},
            "model": {"max_trees": 20, "early_stopping_rounds": 5, "min_rows_per_leaf": 10},
            "resources": {"threads": 1},
        }
    )


def months(count):
    """Rows of several month ends, whose outcome follows from the days past due."""
    rng, rows, paid = np.random.default_rng(1), [], []
    for month in range(count):
        table = feature_rows(300)
        day = dt.date(2024 + month // 12, month % 12 + 1, 28)
        rows.append(table.set_column(0, "as_of", pa.array([day] * 300, pa.date32())))
        days = np.nan_to_num(np.asarray(table["days_past_due"].to_numpy(), dtype=float))
        paid.append(rng.random(300) < 1 / (1 + np.exp(days / 15 - 1)))
    outcomes = pa.table({"is_paid": np.concatenate(paid)})
    return TrainingSet(pa.concat_tables(rows), outcomes)


def cut(settings, count=14):
    rows = months(count)
    return rows, split_in_time(rows.dates, 30, settings.model)


def test_a_search_starts_from_the_configured_settings_and_goes_on_where_it_stopped(tmp_path):
    settings = settings_in(tmp_path)
    given = cut(settings)
    first = tune_model(settings, catalogue(), given, minutes=0.03)
    assert (tmp_path / "models" / STUDIES_FILE).exists()
    assert first.trials >= 1
    assert first.log_loss <= first.default_log_loss
    second = tune_model(settings, catalogue(), given, minutes=0.03)
    assert second.trials > first.trials
    assert second.log_loss <= first.log_loss
    assert second.default_log_loss == first.default_log_loss
    assert set(second.settings) == set(SEARCHED)


def test_what_is_found_is_within_what_the_configuration_allows(tmp_path):
    settings = settings_in(tmp_path)
    found = tune_model(settings, catalogue(), cut(settings), minutes=0.03)
    model = settings.model.model_dump() | found.settings
    Settings.model_validate(settings.model_dump() | {"model": model})


def test_calibration_and_test_are_not_looked_at(tmp_path):
    settings = settings_in(tmp_path)
    rows, windows = cut(settings)
    later = {*windows.calibration, *windows.test}
    is_later = np.isin(rows.as_of.astype("datetime64[D]"), np.array(sorted(later), "datetime64[D]"))
    turned = np.where(is_later, 1 - rows.is_paid, rows.is_paid).astype(bool)
    other = TrainingSet(rows.rows, pa.table({"is_paid": turned}))
    one = tune_model(settings, catalogue(), (rows, windows), minutes=0.001)
    two = tune_model(settings, catalogue(), (other, windows), minutes=0.001)
    # Had they been, the second search would be another study, with another first trial.
    assert two.default_log_loss == one.default_log_loss
    assert two.trials > one.trials


def test_too_little_history_is_refused(tmp_path):
    settings = settings_in(tmp_path)
    rows, windows = cut(settings)
    same = TrainingSet(rows.rows, pa.table({"is_paid": np.ones(len(rows), bool)}))
    with pytest.raises(DataError, match="too few to roll through"):
        tune_model(settings, catalogue(), (same, windows), minutes=0.01)
