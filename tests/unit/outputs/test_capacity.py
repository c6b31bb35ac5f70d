import pytest

from propension.outputs.capacity import limit_told


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
