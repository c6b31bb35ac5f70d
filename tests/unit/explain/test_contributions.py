"""The explainer against LightGBM's own TreeSHAP and shap's, on models of every kind it takes."""

import ast
import logging
import re
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import feature_rows, small_bundle

from propension.errors import ModelError
from propension.explain import Explainer, contributions, explainer_of, margin_of

QUICK = settings(max_examples=40)
TOLERANCE = 5e-6
CATEGORIES = [5, 6]


def some_rows(rng, n_rows):
    """Seven columns: three continuous, one of many zeros, a constant and two of categories."""
    rows = rng.normal(size=(n_rows, 7))
    rows[:, 2] = np.round(rows[:, 2], 1)
    rows[:, 3] *= rng.random(n_rows) < 0.5
    rows[:, 4] = 1.0
    rows[:, 5] = rng.integers(0, 4, n_rows)
    rows[:, 6] = rng.integers(0, 40, n_rows)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return rows


def strange_rows(rng, n_rows):
    """Rows with what training never showed: unseen and negative categories, infinities, tiny numbers."""
    rows = some_rows(rng, n_rows)
    odd = rng.choice([-1.0, -0.5, 3.7, 41.0, 1e6, np.inf, -np.inf, 1e-36, -1e-35, 0.0], rows.shape)
    return np.where(rng.random(rows.shape) < 0.15, odd, rows)


def some_model(seed=0, n_trees=8, weights=None, **parameters):
    """A booster on rows whose outcome every kind of column moves."""
    rng = np.random.default_rng(seed)
    rows = some_rows(rng, 500)
    known = np.nan_to_num(rows)
    margin = known[:, 0] - known[:, 1] * known[:, 2] + known[:, 3] + (known[:, 6] % 3 == 1)
    margin += 0.3 * known[:, 5] + rng.normal(size=len(rows))
    outcome = 1000 + 50 * margin if parameters.get("objective") == "regression" else margin > 0.5
    options = {
        "objective": "binary", "num_leaves": 15, "max_depth": 6, "min_data_in_leaf": 5,
        "min_data_per_group": 5, "cat_smooth": 1, "verbosity": -1, "num_threads": 1,
        "seed": seed, "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    data = lgb.Dataset(rows, outcome, weight=weights, categorical_feature=CATEGORIES)
    return lgb.train({**options, **parameters}, data, num_boost_round=n_trees)


def check_against_lightgbm(booster, seed=1):
    rows = strange_rows(np.random.default_rng(seed), 200)
    expected = booster.predict(rows, pred_contrib=True, num_threads=1)
    explainer = Explainer(booster)
    assert explainer.method == "tables"
    scale = max(1.0, np.abs(expected).max())
    effects = explainer.matrix(rows)
    np.testing.assert_allclose(effects / scale, expected[:, :-1] / scale, atol=TOLERANCE)
    assert explainer.base == pytest.approx(expected[0, -1], rel=1e-9, abs=1e-9)
    margin = booster.predict(rows, raw_score=True, num_threads=1)
    top = explainer.top(rows, 3)
    np.testing.assert_allclose(top.margin / scale, margin / scale, atol=TOLERANCE)
    np.testing.assert_allclose(top.margin, explainer.base + effects.sum(axis=1), rtol=1e-12)


@QUICK
@given(
    seed=st.integers(0, 10**6),
    parameters=st.fixed_dictionaries(
        {
            "objective": st.sampled_from(["binary", "regression"]),
            "num_leaves": st.sampled_from([2, 3, 15, 31]),
            "max_depth": st.sampled_from([-1, 1, 2, 6]),
            "min_data_in_leaf": st.sampled_from([1, 5, 50]),
            "max_bin": st.sampled_from([4, 255, 1000]),
            "zero_as_missing": st.booleans(),
            "use_missing": st.booleans(),
            "boost_from_average": st.booleans(),
            "max_cat_to_onehot": st.sampled_from([1, 4, 64]),
            "boosting": st.sampled_from(["gbdt", "dart"]),
            "bagging_fraction": st.sampled_from([0.5, 1.0]),
            "bagging_freq": st.just(1),
        }
    ),
)
def test_effects_are_those_of_lightgbm(seed, parameters):
    check_against_lightgbm(some_model(seed, **parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        {"monotone_constraints": [1, -1, 0, 1, 0, 0, 0]},
        {"num_leaves": 31, "max_depth": -1, "min_data_in_leaf": 1, "n_trees": 40},
        {"zero_as_missing": True, "max_bin": 8},
        {"objective": "regression", "boost_from_average": False, "learning_rate": 1.0},
        {"extra_trees": True, "path_smooth": 10},
        {"weights": np.linspace(0.1, 9.0, 500)},
    ],
    ids=["monotone", "deep", "zeros", "regression", "extra", "weights"],
)
def test_other_ways_of_growing_are_explained_alike(parameters):
    check_against_lightgbm(some_model(**parameters))


@pytest.mark.parametrize(
    "parameters",
    [{}, {"zero_as_missing": True}, {"use_missing": False}],
    ids=["nan", "zeros", "nothing"],
)
def test_values_equal_to_a_threshold_go_where_lightgbm_sends_them(parameters):
    def rounded(found):
        return "threshold=" + " ".join(str(round(float(t))) for t in found[1].split())

    text = some_model(max_cat_to_onehot=1, **parameters).model_to_string()
    # The sizes of the trees in the text no longer hold; LightGBM reads on without them.
    text = re.sub(r"^tree_sizes=.*\n", "", text, flags=re.MULTILINE)
    booster = lgb.Booster(model_str=re.sub(r"^threshold=(.*)", rounded, text, flags=re.MULTILINE))
    rng = np.random.default_rng(0)
    tiny = float(np.float32(1e-35))
    choices = [-2, -1, -0.9, -0.5, 0, 0.9, 1, 2, tiny, -tiny, 2 * tiny, -2 * tiny, np.nan]
    rows = rng.choice(choices, (2000, 7))
    expected = booster.predict(rows, pred_contrib=True, num_threads=1)
    np.testing.assert_allclose(Explainer(booster).matrix(rows), expected[:, :-1], atol=TOLERANCE)


def test_a_continued_model_with_other_missing_types_is_explained():
    first = some_model(zero_as_missing=True)
    rng = np.random.default_rng(3)
    rows = np.nan_to_num(some_rows(rng, 400))
    data = lgb.Dataset(rows, rows[:, 0] > rows[:, 3], categorical_feature=CATEGORIES)
    options = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5}
    check_against_lightgbm(lgb.train(options, data, num_boost_round=5, init_model=first))


def test_trees_without_a_split_only_move_the_base():
    booster = some_model(min_data_in_leaf=400)
    rows = some_rows(np.random.default_rng(1), 10)
    explainer = Explainer(booster)
    assert not explainer.matrix(rows).any()
    np.testing.assert_array_equal(explainer.top(rows, 2).margin, explainer.base)
    np.testing.assert_array_equal(explainer.top(rows, 2).features, np.tile([0, 1], (10, 1)))
    assert explainer.base == pytest.approx(booster.predict(rows, raw_score=True)[0], abs=1e-12)


def test_only_the_best_iteration_is_explained():
    booster = some_model(n_trees=12)
    booster.best_iteration = 5
    check_against_lightgbm(booster)


@pytest.mark.parametrize("seed", range(3))
def test_effects_are_those_of_shap(seed):
    booster = some_model(seed, num_leaves=31, max_depth=-1)
    rows = some_rows(np.random.default_rng(seed), 100)
    judge = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    with pytest.warns(UserWarning, match="output has changed to a list"):
        expected = judge.shap_values(rows)
    np.testing.assert_allclose(Explainer(booster).matrix(rows), expected, atol=TOLERANCE)


def brute_force(booster, row):
    """The Shapley values of one row from their definition, over every set of known features."""
    from math import factorial

    trees = booster.dump_model()["tree_info"]
    names = sorted({0, 1, 2, 3})
    n = len(names)

    def value(node, known):
        if "leaf_value" in node:
            return node["leaf_value"]
        if node["split_feature"] in known:
            side = (
                "left_child" if row[node["split_feature"]] <= node["threshold"] else "right_child"
            )
            return value(node[side], known)
        counts = [
            node[side].get("internal_count", node[side].get("leaf_count"))
            for side in ("left_child", "right_child")
        ]
        parts = [value(node[side], known) for side in ("left_child", "right_child")]
        return np.dot(counts, parts) / sum(counts)

    def game(known):
        return sum(value(tree["tree_structure"], known) for tree in trees)

    effects = np.zeros(n)
    for mask in range(1 << n):
        known = {name for bit, name in enumerate(names) if mask >> bit & 1}
        weight = (
            factorial(len(known)) * factorial(n - 1 - len(known)) / factorial(n)
            if len(known) < n
            else 0
        )
        for name in set(names) - known:
            effects[name] += weight * (game(known | {name}) - game(known))
    return effects


def test_effects_are_the_shapley_values_by_definition():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 4))
    outcome = rows[:, 0] * rows[:, 1] + rows[:, 2] > rows[:, 3]
    options = {"objective": "binary", "verbosity": -1, "num_threads": 1, "num_leaves": 12}
    booster = lgb.train(options, lgb.Dataset(rows, outcome), num_boost_round=4)
    found = Explainer(booster).matrix(rows[:5])
    np.testing.assert_allclose(
        found, [brute_force(booster, row) for row in rows[:5]], atol=TOLERANCE
    )


@pytest.fixture(scope="module")
def booster():
    return some_model(n_trees=30)


@pytest.fixture(scope="module")
def rows():
    return strange_rows(np.random.default_rng(9), 3000)


def test_bits_do_not_depend_on_order_blocks_or_layout(booster, rows, monkeypatch):
    explainer = Explainer(booster)
    ids = np.array([0, 0, 1, 1, 2, 2, -1])
    families = np.array([0, 1, 1, 2, 3, 3, 0])
    top = explainer.top(rows, 3, families, ids)
    order = np.random.default_rng(0).permutation(len(rows))
    for block_rows, layout in ((7, "C"), (1000, "F"), (5000, "C")):
        monkeypatch.setattr(contributions, "_BLOCK_ROWS", block_rows)
        again = explainer.top(np.asarray(rows[order], order=layout), 3, families, ids)
        for name in ("margin", "features", "effects", "groups"):
            np.testing.assert_array_equal(getattr(again, name), getattr(top, name)[order])


@pytest.mark.parametrize("k", [1, 5, 7, 20])
@pytest.mark.parametrize("method", ["tables", "pred_contrib"])
def test_the_largest_are_those_of_the_whole_matrix_in_order(booster, rows, method, k):
    explainer = Explainer(booster, 2**30 if method == "tables" else 0)
    effects = explainer.matrix(rows)
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :k]
    found = explainer.top(rows, k)
    np.testing.assert_array_equal(found.features, order)
    np.testing.assert_array_equal(found.effects, np.take_along_axis(effects, order, axis=1))


def test_equal_effects_come_in_the_order_of_the_features():
    rng = np.random.default_rng(0)
    left, right = rng.random(400) < 0.5, rng.random(400) < 0.5
    rows = np.column_stack([left, right, left, right]).astype(float)
    # Each of two trees splits one of two twins; both effects are equal by symmetry.
    booster = lgb.train(
        {"objective": "regression", "num_leaves": 2, "verbosity": -1, "num_threads": 1},
        lgb.Dataset(rows, left * 1.0),
        num_boost_round=1,
    )
    found = Explainer(booster).top(np.zeros((3, 4)), 4)
    np.testing.assert_array_equal(found.features, np.tile([0, 1, 2, 3], (3, 1)))
    assert found.effects[0, 0] != 0
    assert not found.effects[:, 1:].any()


@pytest.mark.parametrize("max_bytes", [2**30, 0], ids=["tables", "pred_contrib"])
def test_group_sums_are_sums_of_the_matrix(booster, rows, max_bytes):
    explainer = Explainer(booster, max_bytes)
    ids = np.array([2, 0, 0, -1, 2, 2, 0])
    effects = explainer.matrix(rows)
    expected = np.stack([effects[:, ids == group].sum(axis=1) for group in range(3)], axis=1)
    np.testing.assert_allclose(explainer.top(rows, 0, groups=ids).groups, expected, atol=1e-12)


def test_margin_effects_and_groups_agree_without_rows(booster):
    found = Explainer(booster).top(np.empty((0, 7)), 3, groups=np.zeros(7, np.int64))
    assert found.features.shape == (0, 3)
    assert found.groups.shape == (0, 1)


@pytest.mark.parametrize("max_bytes", [2**30, 0], ids=["tables", "pred_contrib"])
def test_families_compete_by_their_sums_and_their_leader_speaks(booster, rows, max_bytes):
    explainer = Explainer(booster, max_bytes)
    families = np.array([2, 0, 0, -1, 1, 2, 0])
    effects = explainer.matrix(rows)
    sums = np.stack([effects[:, families == family].sum(axis=1) for family in range(3)], axis=1)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :2]
    found = explainer.top(rows, 2, families)
    expected = np.take_along_axis(sums, order, axis=1)
    np.testing.assert_allclose(found.effects, expected, atol=1e-12)
    for row in range(len(rows)):
        for place, family in enumerate(order[row]):
            members = np.flatnonzero(families == family)
            sign = 1 if expected[row, place] >= 0 else -1
            assert found.features[row, place] == members[np.argmax(sign * effects[row, members])]


def test_no_more_is_returned_than_there_are_families(booster, rows):
    found = Explainer(booster).top(rows, 5, np.array([0, 0, 1, 1, 1, -1, -1]))
    assert found.features.shape == (len(rows), 2)
    assert not np.isin(found.features, [5, 6]).any()


def test_a_margin_is_the_boosters_own(booster, rows):
    raw = booster.predict(rows, raw_score=True, num_threads=1)
    np.testing.assert_allclose(margin_of(booster, rows), raw, atol=TOLERANCE)


def check_fallback(booster, caplog, because, **limits):
    with caplog.at_level(logging.WARNING):
        explainer = Explainer(booster, **limits)
    assert explainer.method == "pred_contrib"
    assert because in caplog.text
    n_features = booster.num_feature()
    rows = np.random.default_rng(0).normal(size=(20, n_features))
    expected = booster.predict(rows, pred_contrib=True, num_threads=1)
    np.testing.assert_array_equal(explainer.matrix(rows), expected[:, :-1])
    assert explainer.base == expected[0, -1]
    np.testing.assert_allclose(explainer.top(rows, 2).margin, expected.sum(axis=1), rtol=1e-12)


def test_a_deep_tree_is_explained_by_lightgbm_and_says_so(caplog):
    rng = np.random.default_rng(0)
    rows = rng.random((3000, 20))
    # One row in two leaves the path at every level: a chain of sixteen features.
    outcome = np.cumprod(rows[:, :16] > 0.3, axis=1).sum(axis=1) * 1.0
    options = {
        "objective": "regression", "num_leaves": 40, "min_data_in_leaf": 1, "verbosity": -1,
        "num_threads": 1,
    }  # fmt: skip
    booster = lgb.train(options, lgb.Dataset(rows, outcome), num_boost_round=2)
    check_fallback(booster, caplog, "features, over 14")


def test_tables_are_made_smaller_before_they_are_given_up(booster, rows, caplog):
    largest = Explainer(booster)
    smaller = Explainer(booster, largest.table_bytes - 1)
    assert smaller.method == "tables"
    assert 0 < smaller.table_bytes < largest.table_bytes
    np.testing.assert_allclose(smaller.matrix(rows), largest.matrix(rows), atol=TOLERANCE)
    assert not caplog.records


def test_tables_over_the_limit_are_not_built_and_it_says_so(booster, caplog):
    check_fallback(booster, caplog, "MiB of tables, over", max_table_bytes=1000)


def test_an_explainer_stays_as_the_booster_was(rows):
    booster = some_model()
    explainer = Explainer(booster)
    before = explainer.matrix(rows)
    booster.rollback_one_iter()
    np.testing.assert_array_equal(explainer.matrix(rows), before)


@pytest.mark.parametrize(
    ("parameters", "because"),
    [
        ({"objective": "multiclass", "num_class": 2}, "2 outputs"),
        ({"linear_tree": True}, "linear leaves"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "random forest"),
    ],
)
def test_models_it_cannot_explain_are_refused(parameters, because):
    booster = some_model(**parameters)
    with pytest.raises(ModelError, match=because):
        Explainer(booster)


def test_rows_of_another_width_are_refused(booster):
    explainer = Explainer(booster)
    with pytest.raises(ModelError, match="6 columns, it was trained on 7"):
        explainer.matrix(np.zeros((2, 6)))


def test_a_bundle_is_prepared_once():
    bundle = small_bundle(feature_rows(500), trees=3)
    prepared = explainer_of(bundle.booster)
    assert explainer_of(bundle.booster) is prepared
    matrix = bundle.encoding.matrix(feature_rows(50, seed=2))
    expected = Explainer(bundle.booster).top(matrix, 5).effects
    np.testing.assert_array_equal(prepared.top(matrix, 5).effects, expected)


def test_compiled_loops_call_only_their_own_module():
    """Numba keeps compiled code until its own file changes, so it would miss changes elsewhere."""

    def loops_of(tree):
        return [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and any(
                isinstance(mark, ast.Name) and mark.id == "compiled" for mark in node.decorator_list
            )
        ]

    files = sorted(Path(contributions.__file__).parent.glob("*.py"))
    loops = {file: loops_of(ast.parse(file.read_text(encoding="utf-8"))) for file in files}
    homes = {loop.name: file for file, found in loops.items() for loop in found}
    assert len(homes) == sum(map(len, loops.values())) > 10
    calls = {
        (file.name, loop.name, node.id)
        for file, found in loops.items()
        for loop in found
        for node in ast.walk(loop)
        if isinstance(node, ast.Name) and homes.get(node.id, file) != file
    }
    assert not calls
