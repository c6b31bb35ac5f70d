"""What was not known on a date never shows on it; order and repetition of rows play no part."""

import datetime as dt
import itertools

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from invariants.portfolios import (
    AS_OF,
    KNOWN_UNTIL,
    known_after,
    known_by,
    portfolios,
    together,
    unclosed,
)
from ledgers import RESOURCES, Portfolio, bits, days_after, typed_table, write_extraction

from propension.config import ExtraFeature, Features, Settings, Texts
from propension.config.settings import Resources
from propension.features import catalogue
from propension.sources import extract

TEXT = Texts(es="dato", pt="dado", en="fact")
FEATURES = catalogue(
    Features(
        extra=(
            ExtraFeature(name="score", text=TEXT),
            ExtraFeature(name="sector", kind="category", text=TEXT),
        )
    )
)
HORIZON = 30


def examples(count):
    return settings(max_examples=count)


@pytest.fixture(scope="module")
def new_folder(tmp_path_factory):
    numbers = itertools.count()
    root = tmp_path_factory.mktemp("point_in_time")
    return lambda: root / str(next(numbers))


def seen(extraction, resources=RESOURCES):
    """Features and facts on the as-of date, bit for bit."""
    with Portfolio(extraction, resources, country="CO") as portfolio:
        features = portfolio.features(AS_OF, FEATURES)
        return bits(features), bits(portfolio.facts(AS_OF, personal_data="full"))


def labelled(extraction):
    with Portfolio(extraction) as portfolio:
        return bits(portfolio.labels(AS_OF, KNOWN_UNTIL, horizon_days=HORIZON, paid_share=0.8))


class Futures(tuple):
    """Two portfolios, shown in few words: examples are the same on every run."""

    def __repr__(self):
        counts = ({name: len(rows) for name, rows in future.items()} for future in self)
        return f"Futures({', '.join(map(str, counts))})"


@st.composite
def two_futures(draw, limit):
    """Two portfolios that are alike up to a day and unlike after it."""
    first = draw(portfolios())
    past = known_by(limit, first)
    second = draw(portfolios("x", owed=past["debts"]))
    one = together(past, known_after(limit, first, past["debts"]))
    other = together(unclosed(limit, past), known_after(limit, second, past["debts"]))
    return Futures((one, other))


@examples(20)
@given(pair=two_futures(AS_OF))
def test_rows_known_later_never_change_features_or_facts(new_folder, pair) -> None:
    one, other = (seen(write_extraction(new_folder(), rows)) for rows in pair)
    assert one == other
    assert len(one[0]) > 1


@examples(12)
@given(pair=two_futures(KNOWN_UNTIL))
def test_rows_known_after_the_outcome_never_change_labels(new_folder, pair) -> None:
    one, other = (labelled(write_extraction(new_folder(), rows)) for rows in pair)
    assert one == other
    assert len(one) > 1


@examples(10)
@given(rows=portfolios())
def test_training_and_scoring_compute_the_same_bits(new_folder, rows) -> None:
    """Scoring sees data cut on the day; training looks back at it from all the data."""
    day_of_scoring = write_extraction(new_folder(), together(known_by(AS_OF, rows)))
    looking_back = write_extraction(new_folder(), together(rows))
    two_threads = Resources(threads=2, memory_gb=1)
    assert seen(day_of_scoring) == seen(looking_back, two_threads)


@examples(7)
@given(
    rows=portfolios(),
    chance=st.randoms(use_true_random=False),
    kind=st.sampled_from(("csv", "parquet")),
)
def test_row_order_and_repeated_delivery_never_change_features(
    new_folder, rows, chance, kind
) -> None:
    tables = {name: typed_table(name, found) for name, found in together(rows).items()}
    again = {name: delivered_again(table, chance) for name, table in tables.items()}
    first = extracted(new_folder(), tables, "parquet")
    second = extracted(new_folder(), again, kind)
    assert bool(first.tables) == bool(second.tables)
    # Without a debt or a payment the whole portfolio is refused, either way.
    assume(first.tables)
    assert seen(first) == seen(second)


def delivered_again(table, chance):
    """The rows in any order, some of them twice or three times."""
    order = list(range(table.num_rows))
    order += [row for row in order for _ in range(chance.randint(0, 2))]
    chance.shuffle(order)
    return table.take(pa.array(order, pa.int64()))


def extracted(folder, tables, kind):
    source = folder / "source"
    source.mkdir(parents=True)
    for name, table in tables.items():
        if kind == "csv":
            pyarrow.csv.write_csv(table, source / f"{name}.csv")
        else:
            pq.write_table(table, source / f"{name}.parquet")
    settings = Settings.model_validate(
        {"portfolio": {"name": "order"}, "source": {"path": str(source)}}
    )
    extraction = extract(settings, folder / "extraction", days_after(AS_OF, 400))
    refused = {finding.rule for finding in extraction.findings if finding.severity == "refused"}
    assert refused <= {"duplicate_key"}
    return extraction


def test_as_of_dates_of_the_examples_are_mature() -> None:
    assert AS_OF + dt.timedelta(days=HORIZON) <= KNOWN_UNTIL
