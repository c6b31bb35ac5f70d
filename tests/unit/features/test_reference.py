"""The engine against an independent, slow computation of the same features and labels."""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow.parquet as pq
from ledgers import Portfolio, by_account, write_extraction
from random_ledgers import AS_OF, random_rows
from unit.features.reference import Reference

from propension.config import Settings
from propension.features import SHIPPED
from propension.simulate import simulate_portfolio
from propension.sources import extract

NAMES = [feature.name for feature in SHIPPED]
# The last is nobody's code: its calendar has no holidays.
COUNTRIES = ("CO", "BR", "MX", "ZZ")
SIMULATED_AS_OF = tuple(
    dt.date(2024, *found) for found in ((2, 15), (2, 29), (3, 27), (4, 17), (5, 1), (5, 31))
)
LABELS = ("overdue_amount", "collected_amount", "is_paid")


@dataclass
class Comparison:
    """How many cells were compared, which differ, and the values each column showed."""

    cells: int = 0
    mismatches: list[str] = field(default_factory=list)
    values: dict[str, set] = field(default_factory=lambda: defaultdict(set))

    def add(self, where, found, expected, columns) -> None:
        if list(found) != sorted(expected):
            self.mismatches.append(f"{where}: {sorted(set(found) ^ set(expected))} or their order")
        for account_id in set(found) & set(expected):
            for column in columns:
                value, wanted = found[account_id][column], expected[account_id][column]
                self.cells += 1
                self.values[column].add(wanted)
                if not same(value, wanted):
                    self.mismatches.append(f"{where} {account_id} {column}: {value} not {wanted}")

    def compare(self, portfolio, reference, as_of, known_until, **target) -> None:
        features = by_account(portfolio.features(as_of))
        self.add(as_of, features, reference.features(as_of), NAMES)
        labels = by_account(portfolio.labels(as_of, known_until, **target))
        share = Decimal(str(target["paid_share"]))
        expected = reference.labels(as_of, known_until, target["horizon_days"], share)
        self.add(as_of, labels, expected, LABELS)

    def require(self, cells, constant=frozenset()) -> None:
        """Nothing differs, everything was compared, and but for ``constant`` every column varied."""
        print(f"{self.cells:,} cells compared, {len(self.mismatches)} differ")
        assert self.mismatches[:10] == []
        assert self.cells >= cells
        assert set(self.values) == {*NAMES, *LABELS}
        # Columns that never vary would agree whatever the engine did.
        varied = {name for name, values in self.values.items() if len(values - {None}) > 1}
        assert {*NAMES, *LABELS} - varied == set(constant)


def same(value, wanted) -> bool:
    if isinstance(wanted, float) and value is not None:
        return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return value == wanted


def test_reference_knows_every_shipped_feature_and_no_other() -> None:
    found = Reference(random_rows(0)).features(AS_OF[-1])
    assert {frozenset(values) for values in found.values()} == {frozenset(NAMES)}


def test_features_and_labels_of_random_portfolios_equal_the_reference(tmp_path) -> None:
    comparison = Comparison()
    terms = list(zip(AS_OF, (60, 30, 31, 45), (0.8, 1, 0.5, 0.8), strict=True))
    for seed in range(16):
        rows, country = random_rows(seed), COUNTRIES[seed % len(COUNTRIES)]
        reference = Reference(rows, country)
        extraction = write_extraction(tmp_path / str(seed), rows)
        with Portfolio(extraction, country=country) as portfolio:
            for as_of, known_days, share in terms:
                known_until = as_of + dt.timedelta(days=known_days)
                comparison.compare(
                    portfolio, reference, as_of, known_until, horizon_days=30, paid_share=share
                )
    comparison.require(cells=100_000)


def test_features_and_labels_of_a_simulated_portfolio_equal_the_reference(tmp_path) -> None:
    source, until = tmp_path / "data", dt.date(2024, 6, 30)
    tables = simulate_portfolio(source, accounts=200, months=8, seed=11, until=until)
    settings = Settings.model_validate(
        {"portfolio": {"name": "reference"}, "source": {"path": str(source)}}
    )
    extraction = extract(settings, tmp_path / "extraction", until)
    reference = Reference(
        {name: pq.read_table(source / f"{name}.parquet").to_pylist() for name in tables}, "CO"
    )
    comparison = Comparison()
    with Portfolio(extraction, country="CO") as portfolio:
        for as_of in SIMULATED_AS_OF:
            comparison.compare(portfolio, reference, as_of, until, horizon_days=30, paid_share=0.8)
    # The simulator takes no payment back.
    comparison.require(cells=6_000, constant={"reversal_count_365d"})
