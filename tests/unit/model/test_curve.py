import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.model.calibration import Calibration
from propension.model.curve import Curve

numbers = st.floats(-3, 3, allow_nan=False)
slopes = st.floats(0.1, 3)


def scale(slope, intercept):
    return Calibration("platt", slope, slope, intercept, rows=500)


scales = st.builds(scale, slopes, numbers)


@settings(max_examples=60)
@given(
    main=st.sampled_from((7, 14, 30, 90)),
    others=st.dictionaries(st.sampled_from((7, 15, 30, 60, 90)), scales),
    margins=st.lists(numbers, min_size=1, max_size=8),
    own=scales,
)
def test_the_curve_never_falls_and_goes_through_the_main_propensity(main, others, margins, own):
    margin = np.array(margins)
    propensity = own.apply(margin)
    curve = Curve(main, {days: found for days, found in others.items() if days != main})
    found = curve.probabilities(margin, propensity)
    assert list(found) == sorted({*curve.scales, main})
    assert np.array_equal(found[main], propensity)
    assert (np.diff(np.array(list(found.values())), axis=0) >= 0).all()


def test_a_horizon_has_its_own_slope_and_intercept():
    curve = Curve(30, {7: scale(0.5, -2), 90: scale(2, 1)})
    found = curve.probabilities(np.array([0.0]), np.array([0.5]))
    assert found[7] == pytest.approx(1 / (1 + np.e**2))
    assert found[90] == pytest.approx(1 / (1 + np.e**-1))


def test_a_horizon_that_would_cross_stays_at_its_neighbour():
    curve = Curve(30, {7: scale(1, 3), 60: scale(1, -3), 90: scale(1, -1)})
    found = curve.probabilities(np.array([0.0]), np.array([0.5]))
    assert [float(value[0]) for value in found.values()] == [0.5] * 4
