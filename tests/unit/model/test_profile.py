"""Distributions in a few bins: what is counted, what is kept, and how far apart two are."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_builders import feature_rows, small_bundle

from propension.model import Bundle, Marginal, Profile
from propension.model.profile import psi_of_counts

DATES = np.array(["2026-01-31", "2026-02-28", "2026-03-31"], "datetime64[D]")
COUNTS = st.lists(st.integers(1, 10_000), min_size=6, max_size=6).map(np.array)


def one_date(values):
    return np.repeat(DATES[:1], len(values))


def learn(values, kind=None):
    return Marginal.learn(pa.chunked_array([pa.array(values, kind)]), one_date(values))


@given(COUNTS)
def test_the_index_of_a_sample_with_itself_is_zero(counts):
    assert psi_of_counts(counts, 3 * counts) == 0


@given(COUNTS, COUNTS)
def test_the_index_is_symmetric_and_never_negative(was, now):
    assert psi_of_counts(was, now) == pytest.approx(psi_of_counts(now, was))
    assert psi_of_counts(was, now) >= 0


@given(COUNTS, COUNTS, st.floats(0, 1), st.floats(0, 1))
def test_the_index_grows_with_the_shift(was, now, one, other):
    start, end = was / was.sum(), now / now.sum()
    near, far = sorted((one, other))
    moved = [psi_of_counts(start, start + part * (end - start)) for part in (near, far)]
    assert moved[0] <= moved[1] + 1e-9


def test_what_is_missing_and_names_never_seen_have_bins_of_their_own():
    marginal = learn(["n", "s", "s", None], pa.string())
    assert (marginal.cuts, marginal.counts) == (("s", "n"), (2, 1, 0, 1))
    assert marginal.count(pa.array(["n", "west", None, None])).tolist() == [0, 1, 1, 2]


def test_names_that_may_not_be_told_are_counted_with_the_others():
    table = pa.table({"a": ["n", "n", "secret"], "b": ["x", "y", "y"]})
    profile = Profile.learn(table, one_date(table["a"]), {"a": ["n"]})
    assert (profile.columns["a"].cuts, profile.columns["a"].counts) == (("n",), (2, 1, 0))
    assert profile.columns["b"].cuts == ("y", "x")
    assert "secret" not in str(profile.as_dict())


@pytest.mark.parametrize("kind", [pa.bool_(), pa.int32(), pa.decimal128(18, 2), pa.float64()])
def test_numbers_of_any_type_are_counted(kind):
    values = [0, 1, 1, None] if kind != pa.bool_() else [False, True, True, None]
    marginal = learn(values, kind)
    assert sum(marginal.counts) == 4
    assert marginal.counts[-1] == 1
    assert learn([None, None], kind).counts == (0, 2)


def test_how_unlike_a_date_can_be_is_that_of_the_least_like_one():
    values = np.concatenate([np.arange(100.0), np.arange(100.0), np.arange(50, 150.0)])
    marginal = Marginal.learn(pa.chunked_array([values]), np.repeat(DATES, 100))
    each = [
        psi_of_counts(np.array(marginal.counts), marginal.count(pa.array(part)))
        for part in np.split(values, 3)
    ]
    assert marginal.dates == 3
    assert marginal.usual == max(each) == each[2]
    assert Marginal.learn(pa.chunked_array([values[:200]]), np.repeat(DATES[:2], 100)).usual == 0


def test_batches_add_up_and_columns_nobody_knows_are_passed_over():
    table = pa.table({"a": np.arange(1000.0), "b": ["x", "y"] * 500})
    profile = Profile.learn(table, np.repeat(DATES[:1], 1000))
    counts = profile.count(table.append_column("c", table["a"]).to_batches(max_chunksize=70))
    assert {name: tuple(found) for name, found in counts.items()} == {
        name: marginal.counts for name, marginal in profile.columns.items()
    }


def test_a_bundle_keeps_its_profile_and_an_older_one_has_none(tmp_path):
    rows = feature_rows(400)
    bundle = small_bundle(rows, trees=3)
    assert Bundle.load(bundle.save(tmp_path / "bundle")).profile is None
    content = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    del content["profile"]
    as_of = rows["as_of"].to_numpy().astype("datetime64[D]")
    profile = Profile.learn(rows.drop_columns(["as_of", "account_id"]), as_of)
    (tmp_path / "bundle" / "bundle.json").write_text(json.dumps(content))
    assert Bundle.load(tmp_path / "bundle").profile is None
    content["profile"] = profile.as_dict()
    (tmp_path / "bundle" / "bundle.json").write_text(json.dumps(content))
    assert Bundle.load(tmp_path / "bundle").profile == profile
