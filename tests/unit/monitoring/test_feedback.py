"""What people said is counted; what came of it is told beside the same mix of accounts, and of enough of them."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledgers import DUE_ON, Ledger, Portfolio, days_after
from past_lists import write_list

from propension.config import FeedbackPolicy, Target, load_policy
from propension.monitoring import measure_feedback
from propension.outputs import Feedback, FeedbackLog, keep_wishes
from propension.treatments import WISHES_SCHEMA

LISTED_ON = days_after(DUE_ON, 10)
NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
ACCOUNTS = 100


def paid(number):
    """Of those chosen in the segment talk four in five paid, of the others there half, elsewhere nobody."""
    if number < 25:
        return number % 5 > 0
    return number < 75 and number % 2 == 0


@pytest.fixture
def world(tmp_path):
    """Debts and a list: 25 accounts got what people chose, 5 did not, 50 are beside them, 20 in another segment."""
    ledger = Ledger()
    rows = []
    for number in range(ACCOUNTS):
        name = f"C{number:03d}"
        ledger = ledger.customer(name).debt(debt_id=f"D{number}", customer_id=name)
        if paid(number):
            ledger = ledger.payment(days_after(LISTED_ON, 5), 100, debt_id=f"D{number}")
        asked = "followed" if number < 25 else "not_followed" if number >= 95 else None
        segment = "talk" if number < 75 else "forgot"
        rows.append({"account_id": name, "feedback": asked, "segment": segment})
    folder = write_list(tmp_path / "outputs", LISTED_ON, rows)
    wish = dict.fromkeys(WISHES_SCHEMA.names) | {"account_id": "C000", "treatment": "soft_call"}
    keep_wishes(pa.Table.from_pylist([wish], WISHES_SCHEMA), folder)
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        yield tmp_path / "outputs", portfolio


@pytest.fixture
def policy(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    left = FeedbackPolicy(treatments=("soft_call",), postpone_days=10)
    return load_policy(path).model_copy(update={"feedback": left})


def measured(world, days=60):
    outputs, portfolio = world
    as_of = days_after(LISTED_ON, days)
    return measure_feedback(portfolio.engine, outputs, as_of, Target(), portfolio.scratch)


def test_what_was_said_is_counted_by_what_who_and_why(world, policy):
    log = FeedbackLog(world[0])

    def say(kind, author, **said):
        log.add(Feedback(kind, "C000", LISTED_ON, "run", author, **said), policy, NOW)

    say("override", "ana", treatment="soft_call", reason="agreed")
    say("override", "luz", treatment="soft_call", reason="other")
    say("postpone", "ana", until=days_after(LISTED_ON, 4), reason="agreed")
    say("wrong_reason", "ana", feature="payment_count_90d")
    found = measured(world)
    assert found.by_kind == {"override": 2, "postpone": 1, "wrong_reason": 1}
    assert found.by_author == {"ana": 3, "luz": 1}
    assert found.by_reason == {"agreed": 2, "other": 1}
    assert found.by_treatment == {"soft_call": 2}
    assert found.by_feature == {"payment_count_90d": 1}


def test_outcomes_are_beside_those_of_the_same_segment(world):
    found = measured(world)
    assert (found.followed, found.not_followed) == (25, 5)
    assert found.accounts == 25
    assert found.paid_share == pytest.approx(20 / 25)
    assert found.paid_share_beside == pytest.approx(0.5)


def test_outcomes_that_are_not_over_are_not_told(world):
    found = measured(world, days=20)
    assert (found.followed, found.accounts, found.paid_share) == (25, 0, None)


def test_too_few_accounts_are_not_told(world):
    scored = world[0] / f"as_of={LISTED_ON}" / "scored.parquet"
    table = pq.read_table(scored)
    few = [text if n < 19 else None for n, text in enumerate(table["feedback"].to_pylist())]
    place = table.schema.get_field_index("feedback")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(few)), scored)
    found = measured(world)
    assert (found.followed, found.accounts, found.paid_share) == (19, 0, None)
