"""Thresholds of a whole portfolio, given to a part of it, draw the bands that the whole would."""

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import Policy
from propension.segments import find_standing
from propension.segments.bands import quadrant_sql, tier_sql

LABEL = {"es": "x", "pt": "x", "en": "x"}
PLAIN = {
    "version": "1",
    "segments": [{"name": "all", "when": "TRUE", "label": LABEL, "treatments": ["do_nothing"]}],
    "treatments": {
        "do_nothing": {"channel": "none", "tone": "none", "manual": False, "label": LABEL}
    },
}


class Columns:
    """Columns of numbers in order; missing values left out."""

    def __init__(self, columns):
        self._columns = {
            name: sorted(value for value in values if value is not None)
            for name, values in columns.items()
        }

    def count(self, column):
        return len(self._columns[column])

    def at(self, column, positions):
        return [self._columns[column][place] for place in positions]


# Few distinct values: ties at thresholds are where it goes wrong.
values = st.one_of(st.sampled_from([-1.5, 0.0, 0.1, 0.25, 1.0]), st.floats(-5, 5, width=32))
rows = st.lists(
    st.tuples(values, st.one_of(st.none(), values), st.one_of(st.none(), values)),
    min_size=1,
    max_size=30,
)


@settings(max_examples=150)
@given(rows, st.floats(0, 0.9), st.floats(0.01, 0.1), st.floats(0, 1), st.floats(0, 0.4))
def test_bands_by_threshold_are_bands_by_rank(rows, medium, above, axis, zone):
    told = {
        "value_tiers": {"medium": medium, "high": medium + above},
        "quadrants": {"ability": axis, "willingness": 0.5, "dead_zone": zone},
    }
    policy = Policy.model_validate(PLAIN | told)
    worth, ability, willingness = (list(column) for column in zip(*rows, strict=True))
    columns = {"worth": worth, "ability": ability, "willingness": willingness}
    standing = find_standing(policy, Columns(columns))
    with duckdb.connect() as engine:
        # Worth is by rank of what is owed, so that what is owed ranks like it.
        engine.execute(
            "CREATE TABLE t (account_id INT, open_amount DOUBLE, ability DOUBLE, willingness DOUBLE, "
            "worth DOUBLE AS (open_amount))"
        )
        engine.executemany(
            "INSERT INTO t VALUES (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows)]
        )

        def bands(given):
            tier = tier_sql(policy.value_tiers, "t", given)
            quadrant = quadrant_sql(policy.quadrants, "t", given)
            return engine.execute(
                f"SELECT value_tier, {quadrant} FROM t JOIN ({tier}) USING (account_id) ORDER BY account_id"
            ).fetchall()

        assert bands(standing) == bands(None)


def test_nobody_is_above_others_where_there_is_one_account():
    standing = find_standing(
        Policy.model_validate(PLAIN), Columns({"worth": [0.3], "ability": [], "willingness": [1.0]})
    )
    assert np.isinf(standing.tiers).all()
    assert not standing.bounds
