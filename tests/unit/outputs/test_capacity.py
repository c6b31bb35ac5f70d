from types import SimpleNamespace

import numpy as np
import pytest

from propension.outputs import try_capacities
from propension.outputs.capacity import limit_told
from propension.treatments.allocation import Resource, allocate
from propension.treatments.choice import Limit, Plan, Pool


@pytest.mark.parametrize(
    ("used", "told"),
    [
        (20.0, "visits: 20 of 20 accounts (100%); more would add nothing"),
        (19.0, "visits: 19 of 20 accounts (95%); some is left over"),
        (0.0, "visits: 0 of 20 accounts (0%); some is left over"),
    ],
)
def test_what_is_all_used_is_not_said_to_be_left_over(used, told):
    limit = {"name": "visits", "unit": "accounts", "capacity": 20.0, "used": used, "price": 0.0}
    assert limit_told(limit, "visits")["en"] == told


def decided(visits):
    """Three accounts that a visit is worth 2, 3 and 4 to, and so many visits."""
    values = np.array([[0, 0, 0], [2, 3, 4]], np.float32)
    resource = Resource("visits", visits, [0.0, 1.0])
    pool = Pool("champion", 1.0, values, [resource], allocate(values, [resource]))
    limits = [Limit("visits", None, "accounts", resource)]
    choice = pool.allocation.choice
    plan = Plan(choice, np.ones(3), choice, choice, ("",), limits, np.zeros(1), [pool])
    return SimpleNamespace(plan=plan, slate=SimpleNamespace(treatments=("do_nothing", "visit")))


def test_more_of_what_is_left_over_is_said_to_change_nothing():
    found = try_capacities(decided(5.0), ["visits=+2"])
    assert found["is_same"]
    assert found["told"] == {
        "es": "nada cambiaría: cada cuenta tendría la misma gestión",
        "pt": "nada mudaria: cada conta teria a mesma ação",
        "en": "nothing would change: every account would get the same treatment",
    }


def test_more_of_what_is_scarce_is_told_in_money():
    found = try_capacities(decided(2.0), ["visits=+1"])
    assert not found["is_same"]
    assert found["told"]["en"] == "expected value: +2.00 (between +2.00 and +2.00)"
