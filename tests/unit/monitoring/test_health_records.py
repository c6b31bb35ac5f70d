"""Rows that stop coming, come late, or come at fault ring; runs as they always were do not."""

import datetime as dt

import numpy as np
import pytest
from health_world import month_ends, write_run
from ledgers import Ledger, Portfolio, days_after
from scipy.stats import binom, ttest_ind

from propension.config import Monitoring
from propension.monitoring.health import grade, measure_records
from propension.schema import Finding

SETTINGS = Monitoring()
DAYS = month_ends(8)
QUIET = (9000, 27000)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Portfolio(Ledger().debt().write(tmp_path_factory.mktemp("tables"))) as portfolio:
        yield portfolio.engine


def runs(outputs, counts, findings=None):
    """Lists whose manifests tell so many rows read and refused of every table."""
    folders = []
    for place, day in enumerate(DAYS[: len(counts)]):
        folder = outputs / f"as_of={day}"
        folder.mkdir(parents=True)
        told = [finding.as_dict() for finding in (findings or {}).get(place, ())]
        write_run(folder, counts[place], told)
        folders.append(folder)
    return folders


def growing(months=8, seed=0, contacts=QUIET[1], refused=0):
    """Rows read so far, of two tables that grow as evenly as chance lets them."""
    rng = np.random.default_rng(seed)
    total, found = {"payments": 100_000, "contacts": 400_000}, []
    lost = dict.fromkeys(total, 0)
    for _ in range(months):
        total = {
            "payments": total["payments"] + int(rng.normal(QUIET[0], 400)),
            "contacts": total["contacts"] + int(rng.normal(contacts, 1200)),
        }
        lost = {name: lost[name] + int(rng.binomial(9000, 0.001)) for name in total}
        found.append({name: (total[name], lost[name] + refused) for name in total})
    return found


def changed(counts, **tables):
    """The last run with other counts of some tables."""
    return [*counts[:-1], counts[-1] | tables]


def rung(engine, folders):
    alerts = grade(measure_records(engine, folders, SETTINGS), SETTINGS)
    return {(alert.signal.name, alert.subject): alert.level for alert in alerts}


@pytest.mark.parametrize("seed", range(5))
def test_quiet_runs_ring_nothing(engine, tmp_path, seed):
    folders = runs(tmp_path, growing(seed=seed))
    measured = measure_records(engine, folders, SETTINGS)
    assert {one.signal for one in measured} == {
        "row_growth",
        "row_loss",
        "refused_share",
        "orphan_share",
        "new_finding",
    }
    for day in DAYS:
        assert grade([one for one in measured if one.as_of <= day], SETTINGS) == []


@pytest.mark.parametrize(
    ("new", "signal", "level"),
    [
        (0, "row_loss", "act"),
        (-5000, "row_loss", "act"),
        (9000 * 4 // 10, "row_loss", "act"),
        (9000 * 6 // 10, "row_loss", "watch"),
        (7500, "row_loss", None),
        (9000 * 5 // 4, "row_growth", None),
        (9000 * 3, "row_growth", "watch"),
        (9000 * 5, "row_growth", "act"),
    ],
)
def test_a_table_that_stops_or_comes_twice_rings(engine, tmp_path, new, signal, level):
    counts = growing()
    read, refused = counts[-2]["payments"]
    folders = runs(tmp_path, changed(counts, payments=(read + new, refused)))
    assert rung(engine, folders) == ({(signal, "payments"): level} if level else {})


def test_a_few_rows_more_or_fewer_of_a_small_table_are_chance(engine, tmp_path):
    counts = [
        {"disputes": (50 + 2 * n + (n == 7) * 4, 0), "payments": (1000 * n, 0)} for n in range(8)
    ]
    folders = runs(tmp_path, counts)
    # Six where there are two otherwise: three times as many.
    [last] = [
        one
        for one in measure_records(engine, folders, SETTINGS)
        if (one.signal, one.subject, one.as_of) == ("row_growth", "disputes", DAYS[-1])
    ]
    assert last.value == pytest.approx(3, rel=0.1)
    assert rung(engine, folders) == {}


def test_past_dates_that_are_scored_again_tell_nothing_of_growth(engine, tmp_path):
    folders = runs(tmp_path, growing(months=1) * 8)
    assert {one.signal for one in measure_records(engine, folders, SETTINGS)} == {"new_finding"}


def test_the_share_refused_is_that_of_new_rows(engine, tmp_path):
    counts = growing()
    (read, refused), new = (
        counts[-1]["payments"],
        counts[-1]["payments"][0] - counts[-2]["payments"][0],
    )
    folders = runs(tmp_path, changed(counts, payments=(read, refused + 600)))
    measured = measure_records(engine, folders, SETTINGS)
    [last] = [
        one
        for one in measured
        if (one.signal, one.subject, one.as_of) == ("refused_share", "payments", DAYS[-1])
    ]
    share = (refused + 600 - counts[-2]["payments"][1]) / new
    before = [counts[n]["payments"] for n in (0, 6)]
    usual = (before[1][1] - before[0][1]) / (before[1][0] - before[0][0])
    assert last.value == pytest.approx(share - usual)
    chance = binom.sf(last.facts["rows"] - 1, new, usual)
    assert last.p_value == pytest.approx(chance)
    assert rung(engine, folders) == {("refused_share", "payments"): "watch"}


def test_orphans_and_faults_not_seen_before_ring(engine, tmp_path):
    def found(rule, rows):
        return Finding("payments", rule, "refused", "debt_id", rows, "")

    findings = {n: [found("orphan_key", 90 * n)] for n in range(7)}
    findings[7] = [
        found("orphan_key", 3000),
        found("wrong_type", 3000),
        Finding("a", "past_list", "note", "", 9, ""),
    ]
    folders = runs(tmp_path, growing(), findings)
    assert rung(engine, folders) == {
        ("orphan_share", "payments"): "act",
        ("new_finding", "payments: wrong_type debt_id"): "watch",
    }
    # What was there before the first list is no news.
    assert rung(engine, folders[:1]) == {}
    assert rung(engine, folders[:7]) == {}


def late_ledger(late_from, days, seed=0):
    """Forty payments a month, recorded on the next day and, from a month on, ``days`` later still."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    start = DAYS[0] - dt.timedelta(days=30)
    for number in range(330):
        paid_on = days_after(start, int(rng.integers(0, 240)))
        ledger.debt(f"D{number}", start)
        wait = int(rng.integers(0, 3)) + (days if paid_on > DAYS[late_from] else 0)
        recorded = dt.datetime.combine(days_after(paid_on, wait), dt.time(9))
        ledger.payment(paid_on, 50, f"D{number}", recorded_at=recorded)
    return ledger


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    def measure(days, count):
        folder = tmp_path_factory.mktemp("late")
        with Portfolio(late_ledger(4, days).write(folder)) as portfolio:
            folders = [folder / f"as_of={day}" for day in DAYS[:count]]
            return measure_records(portfolio.engine, folders, SETTINGS)

    return measure


def test_recording_as_late_as_ever_rings_nothing(late):
    measured = late(0, 8)
    assert {one.subject for one in measured} == {"payments"}
    assert grade(measured, SETTINGS) == []


@pytest.mark.parametrize(
    ("days", "count", "level"), [(4, 6, "watch"), (4, 7, "act"), (15, 6, "act")]
)
def test_late_recording_that_grows_rings(late, days, count, level):
    alerts = grade(late(days, count), SETTINGS)
    assert [(one.signal.name, one.subject, one.level) for one in alerts] == [
        ("late_days", "payments", level)
    ]
    assert alerts[0].since == DAYS[5]


def test_lateness_is_that_of_what_became_known_between_two_lists(late):
    [last] = [one for one in late(4, 6) if one.subject == "payments" and one.as_of == DAYS[5]]
    lags = {number: [] for number in range(6)}
    for row in late_ledger(4, 4).rows["payments"]:
        known = row["recorded_at"].date()
        window = [
            n
            for n in range(6)
            if (DAYS[n - 1] if n else DAYS[0] - dt.timedelta(days=30)) < known <= DAYS[n]
        ]
        if window:
            lags[window[0]].append((known - row["paid_on"]).days)
    before = [lag for number in range(5) for lag in lags[number]]
    assert last.facts["days"] == pytest.approx(np.mean(lags[5]))
    assert last.value == pytest.approx(np.mean(lags[5]) - np.mean(before))
    test = ttest_ind(lags[5], before, equal_var=False, alternative="greater")
    assert last.p_value == pytest.approx(test.pvalue, rel=0.1)
