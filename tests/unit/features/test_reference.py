"""The engine against an independent, slow computation of the same features and labels."""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow.parquet as pq
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after, write_extraction
from random_ledgers import AS_OF, random_rows
from unit.features.reference import Reference

from propension.config import Settings, Target
from propension.features import SHIPPED
from propension.labels import EVIDENCE_COLUMNS
from propension.simulate import simulate_portfolio
from propension.sources import extract

NAMES = [feature.name for feature in SHIPPED]
# The last is nobody's code: its calendar has no holidays.
COUNTRIES = ("CO", "BR", "MX", "ZZ")
SIMULATED_AS_OF = tuple(
    dt.date(2024, *found) for found in ((2, 15), (2, 29), (3, 27), (4, 17), (5, 1), (5, 31))
)
LABELS = ("overdue_amount", "collected_amount", "is_paid")
HORIZON_LABELS = (
    "amount",
    *(f"{name}_{days}d" for days in Target().horizons for name in ("collected_amount", "is_paid")),
)
UPCOMING_LABELS = ("amount", "collected_amount", "is_paid")
ZERO_BEFORE_DUE = ("balance_overdue", "balance_overdue_share", "balance_to_usual")
COLUMNS = {
    "overdue features": NAMES,
    "labels": LABELS,
    "horizon labels": HORIZON_LABELS,
    "evidence": EVIDENCE_COLUMNS,
    "upcoming features": NAMES,
    "upcoming labels": UPCOMING_LABELS,
}
# Nothing is overdue, so these say the same of every account.
NOTHING_OVERDUE = {
    *ZERO_BEFORE_DUE,
    "days_past_due",
    "days_past_due_newest",
    "days_past_due_weighted",
    "overdue_debt_count",
    "balance_overdue_1_30",
    "balance_overdue_31_60",
    "balance_overdue_61_90",
    "balance_overdue_91_up",
    "balance_largest",
    "balance_concentration",
}
# What no simulated account with nothing overdue has: a letter, a call of its own, a part payment.
UNSEEN_BEFORE_DUE = {"letter_count_90d", "inbound_count_90d", "paid_share_of_open"}


@dataclass
class Comparison:
    """How many rows and cells were compared, which differ, and the values each column showed."""

    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cells: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    mismatches: list[str] = field(default_factory=list)
    values: dict[tuple[str, str], set] = field(default_factory=lambda: defaultdict(set))

    def add(self, what, as_of, table, expected) -> None:
        found, where = by_account(table), f"{what} on {as_of}:"
        if list(found) != sorted(expected):
            self.mismatches.append(f"{where} {sorted(set(found) ^ set(expected))} or their order")
        both = set(found) & set(expected)
        self.rows[what] += len(both)
        for account_id in both:
            for column in COLUMNS[what]:
                value, wanted = found[account_id][column], expected[account_id][column]
                self.cells[what] += 1
                self.values[what, column].add(wanted)
                if not same(value, wanted):
                    self.mismatches.append(f"{where} {account_id} {column}: {value} not {wanted}")

    def compare_overdue(self, portfolio, reference, as_of, known_until, **target) -> None:
        terms = Target(**target)
        self.add("overdue features", as_of, portfolio.features(as_of), reference.features(as_of))
        share = Decimal(str(terms.paid_share))
        self.add(
            "labels",
            as_of,
            portfolio.labels(as_of, known_until, **target),
            reference.labels(as_of, known_until, terms.horizon_days, share),
        )
        self.add(
            "horizon labels",
            as_of,
            portfolio.horizon_labels(as_of, known_until, **target),
            reference.horizon_labels(as_of, known_until, terms),
        )
        self.add(
            "evidence",
            as_of,
            portfolio.evidence(as_of, known_until, **target),
            reference.evidence(as_of, known_until, terms),
        )

    def compare_upcoming(self, portfolio, reference, as_of, known_until, **target) -> None:
        terms = Target(**target)
        self.add(
            "upcoming features",
            as_of,
            portfolio.features(as_of, upcoming_days=terms.upcoming_days),
            reference.features(as_of, terms.upcoming_days),
        )
        self.add(
            "upcoming labels",
            as_of,
            portfolio.upcoming_labels(as_of, known_until, **target),
            reference.upcoming_labels(as_of, known_until, terms),
        )

    def require(self, cells, constant=None) -> None:
        """Nothing differs, everything was compared, and but for ``constant`` every column varied."""
        for what, count in self.cells.items():
            print(f"{what}: {self.rows[what]:,} rows, {count:,} cells compared")
        print(f"{len(self.mismatches)} differ")
        assert self.mismatches[:10] == []
        assert self.cells.keys() == cells.keys()
        assert all(self.cells[what] >= least for what, least in cells.items()), self.cells
        # Columns that never vary would agree whatever the engine did.
        varied = {where for where, values in self.values.items() if len(values - {None}) > 1}
        expected = {(what, column) for what in cells for column in COLUMNS[what]}
        same_for_all = {(what, name) for what, names in (constant or {}).items() for name in names}
        assert expected - varied == same_for_all


def same(value, wanted) -> bool:
    if isinstance(wanted, float) and value is not None:
        return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return value == wanted


def test_reference_knows_every_shipped_feature_and_no_other() -> None:
    found = Reference(random_rows(0)).features(AS_OF[-1])
    assert {frozenset(values) for values in found.values()} == {frozenset(NAMES)}


def compared_at_random(folder, compare, terms, **kind):
    """Compare sixteen random portfolios on every as-of date, each date on its own terms."""
    for seed in range(16):
        rows, country = random_rows(seed, **kind), COUNTRIES[seed % len(COUNTRIES)]
        reference = Reference(rows, country)
        with Portfolio(write_extraction(folder / str(seed), rows), country=country) as portfolio:
            for as_of, (known_days, target) in zip(AS_OF, terms, strict=True):
                compare(portfolio, reference, as_of, days_after(as_of, known_days), **target)


def test_overdue_features_and_labels_of_random_portfolios_equal_the_reference(tmp_path) -> None:
    comparison = Comparison()
    # On the last day of 90, of 30 and of 60 days; and a day before 15 are over.
    terms = (
        (90, {"paid_share": 0.8}),
        (14, {"paid_share": 1, "horizon_days": 7}),
        (36, {"paid_share": 0.5, "recording_lag_days": 6}),
        (65, {"paid_share": 0.8, "recording_lag_days": 5}),
    )
    compared_at_random(tmp_path, comparison.compare_overdue, terms)
    comparison.require(
        {"overdue features": 100_000, "labels": 3_500, "horizon labels": 13_000, "evidence": 2_000}
    )
    values = comparison.values
    unknown = [
        days for days in Target().horizons if None in values["horizon labels", f"is_paid_{days}d"]
    ]
    assert unknown == [15, 30, 60, 90]


def test_upcoming_features_and_labels_of_random_portfolios_equal_the_reference(tmp_path) -> None:
    comparison = Comparison()
    terms = (
        (18, {}),
        (40, {"upcoming_days": 30, "grace_days": 10}),
        (12, {"upcoming_days": 7, "grace_days": 0, "recording_lag_days": 5}),
        (60, {"upcoming_days": 45}),
    )
    compared_at_random(tmp_path, comparison.compare_upcoming, terms, punctual_share=0.9)
    comparison.require(
        {"upcoming features": 25_000, "upcoming labels": 800},
        constant={"upcoming features": NOTHING_OVERDUE},
    )


def test_an_account_with_nothing_overdue_owes_zero_overdue(tmp_path) -> None:
    as_of = days_after(DUE_ON, -5)
    ledger = Ledger().debt()
    wanted = Reference(ledger.rows).features(as_of, upcoming_days=15)["C1"]
    assert [wanted[name] for name in ZERO_BEFORE_DUE] == [0, 0, 0]
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(as_of, upcoming_days=15))["C1"]
    assert [found[name] for name in ZERO_BEFORE_DUE] == [0, 0, 0]


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
            comparison.compare_overdue(portfolio, reference, as_of, until)
            comparison.compare_upcoming(portfolio, reference, as_of, until)
    # The simulator takes no payment back.
    comparison.require(
        {
            "overdue features": 6_000,
            "labels": 200,
            "horizon labels": 900,
            "evidence": 150,
            "upcoming features": 15_000,
            "upcoming labels": 500,
        },
        constant={
            "overdue features": {"reversal_count_365d"},
            "upcoming features": {"reversal_count_365d", *NOTHING_OVERDUE, *UNSEEN_BEFORE_DUE},
        },
    )
