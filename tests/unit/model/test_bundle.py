import json

import numpy as np
import pyarrow as pa
import pytest
from scoring_builders import TARGET, feature_rows, small_bundle

from propension.errors import ModelError
from propension.features import Feature, catalogue
from propension.model import Bundle, Encoding


@pytest.fixture(scope="module")
def rows():
    return feature_rows(1500)


@pytest.fixture(scope="module")
def bundle(rows):
    return small_bundle(rows)


def test_a_saved_bundle_scores_the_same_bits(bundle, rows, tmp_path):
    loaded = Bundle.load(bundle.save(tmp_path / "bundle"))
    matrix = bundle.encoding.matrix(rows)
    assert np.array_equal(loaded.propensity(matrix), bundle.propensity(matrix))
    assert loaded.encoding == bundle.encoding
    assert (loaded.target, loaded.recovery) == (bundle.target, bundle.recovery)
    assert (loaded.calibration, loaded.curve) == (bundle.calibration, bundle.curve)


def test_a_bundle_holds_only_text(bundle, tmp_path):
    folder = bundle.save(tmp_path / "bundle")
    for file in folder.iterdir():
        assert "\0" not in file.read_text(encoding="utf-8")


def test_the_same_bundle_has_the_same_digest_and_a_changed_one_another(bundle, tmp_path):
    first, second = bundle.save(tmp_path / "a"), bundle.save(tmp_path / "b")
    digest = Bundle.load(first).digest
    assert Bundle.load(second).digest == digest
    content = json.loads((second / "bundle.json").read_text())
    content["calibration"]["low"] = 2.0
    (second / "bundle.json").write_text(json.dumps(content))
    assert Bundle.load(second).digest != digest


@pytest.mark.parametrize(
    ("file", "text"),
    [("bundle.json", "{"), ("bundle.json", "{}"), ("model.txt", "tree"), ("bundle.json", None)],
)
def test_a_damaged_bundle_is_refused(bundle, tmp_path, file, text, capfd):
    folder = bundle.save(tmp_path / "bundle")
    (folder / file).unlink() if text is None else (folder / file).write_text(text)
    with pytest.raises(ModelError, match="Train again"):
        Bundle.load(folder)
    capfd.readouterr()


def test_a_feature_whose_expression_changed_is_named(bundle):
    features = list(catalogue())
    changed = features[3]
    features[3] = Feature(
        changed.name,
        changed.stream,
        "max(1)",
        changed.family,
        changed.unit,
        changed.axis,
        changed.text,
    )
    with pytest.raises(ModelError, match=f"declarations of {changed.name} changed"):
        bundle.require(features, dict(TARGET))


def test_another_target_is_refused(bundle):
    with pytest.raises(ModelError, match="Train again, or restore the target"):
        bundle.require(catalogue(), {**TARGET, "horizon_days": 60})


def test_the_model_it_was_trained_for_is_accepted(bundle):
    bundle.require(catalogue(), dict(TARGET))


def test_a_name_few_accounts_share_is_no_category():
    region = ["north"] * 40 + ["rare"] * 29 + ["south"] * 31
    table = feature_rows(100)
    position = table.column_names.index("customer_region")
    table = table.set_column(position, "customer_region", pa.array(region))
    assert Encoding.learn(catalogue(), table).categories["customer_region"] == ("north", "south")


def test_many_rows_of_few_accounts_make_no_category():
    table = feature_rows(300)
    table = table.set_column(1, "account_id", pa.array([f"A{row % 20}" for row in range(300)]))
    assert Encoding.learn(catalogue(), table).categories["customer_region"] == ()


def test_unseen_and_missing_names_are_missing_values(bundle):
    table = feature_rows(3)
    position = table.column_names.index("customer_region")
    table = table.set_column(position, "customer_region", pa.array(["south", "never seen", None]))
    codes = bundle.encoding.matrix(table)[:, bundle.encoding.names.index("customer_region")]
    assert codes[0] == bundle.encoding.categories["customer_region"].index("south")
    assert np.isnan(codes[1:]).all()
