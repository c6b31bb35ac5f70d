import numpy as np
import pyarrow as pa
import pytest

from propension.model import stability
from propension.model.stability import feature_stability, read_psi, score_stability

RNG = np.random.default_rng(2)
BEFORE = RNG.normal(size=20_000)


def psi(before, after):
    return stability.psi(pa.chunked_array([pa.array(before)]), pa.chunked_array([pa.array(after)]))


def test_the_same_population_is_stable():
    assert psi(BEFORE, RNG.normal(size=20_000)) < 0.01


def test_the_index_is_the_textbook_sum():
    before, after = np.array(["a"] * 60 + ["b"] * 40), np.array(["a"] * 50 + ["b"] * 50)
    expected = (0.5 - 0.6) * np.log(0.5 / 0.6) + (0.5 - 0.4) * np.log(0.5 / 0.4)
    assert psi(before, after) == pytest.approx(expected)


def test_a_shift_of_one_deviation_is_read_as_changed():
    # Between two normals one deviation apart the index is 1, were the bins endless.
    assert psi(BEFORE, RNG.normal(loc=1, size=20_000)) == pytest.approx(0.93, abs=0.06)


def test_the_bins_are_the_tenths_of_what_was_learnt():
    after = RNG.normal(loc=0.3, scale=2, size=20_000)
    ends = [-np.inf, *np.quantile(BEFORE, np.linspace(0.1, 0.9, 9)), np.inf]
    was, now = (np.histogram(part, ends)[0] / 20_000 for part in (BEFORE, after))
    assert psi(BEFORE, after) == pytest.approx(((now - was) * np.log(now / was)).sum())


def test_what_goes_missing_moves_the_index():
    after = BEFORE.copy()
    after[:6000] = np.nan
    assert psi(BEFORE, after) > 0.25
    assert psi(after, after) == 0


def test_a_category_never_seen_before_moves_the_index():
    before = np.array(["a", "b"] * 50, dtype=object)
    after = np.array(["a", "c"] * 50, dtype=object)
    assert psi(before, after) > 0.25


def test_values_that_repeat_share_a_bin():
    counts = np.array([0.0] * 90 + [1.0] * 10)
    assert psi(counts, counts[::-1]) == 0
    assert psi(counts, 1 - counts) > 1


@pytest.mark.parametrize(
    ("value", "reading"),
    [(0.0, "stable"), (0.1, "watch"), (0.25, "watch"), (0.26, "changed"), (np.nan, None)],
)
def test_readings_are_the_usual_ones(value, reading):
    assert read_psi(value) == reading


def test_features_come_most_changed_first_with_what_was_missing():
    before = pa.table(
        {
            "days": pa.array([1, 2, 3, 4] * 50, pa.int32()),
            "region": ["n", "s"] * 100,
            "open": [True, False] * 100,
            "amount": pa.array([1.5, None] * 100),
        }
    )
    after = before.set_column(1, "region", pa.array([None, "s"] * 100))
    rows = feature_stability(before, after, before.column_names)
    assert [row["name"] for row in rows] == ["region", "amount", "days", "open"]
    assert rows[0]["reading"] == "changed"
    assert (rows[0]["missing_before"], rows[0]["missing_after"]) == (0, 0.5)
    assert all(row["psi"] == pytest.approx(0) for row in rows[1:])


def test_a_feature_that_was_never_known_is_stable_while_it_stays_so():
    empty = pa.table({"a": pa.array([None] * 30, pa.float64())})
    assert feature_stability(empty, empty, ["a"])[0]["psi"] == 0


def test_a_score_without_rows_has_no_reading():
    assert score_stability(BEFORE, np.empty(0)) == {"psi": None, "reading": None}
