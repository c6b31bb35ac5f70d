"""Pieces know nothing of one another, and nothing asked for besides moves the tables."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from propension.errors import ConfigurationError
from propension.simulate import piece, simulate_portfolio
from propension.simulate.log import Log
from propension.simulate.state import SETTLED
from propension.simulate.timeline import Shock, day_number, draw_up_timeline

UNTIL = dt.date(2026, 6, 17)


def table_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piece, "_CUSTOMER_MONTHS", 8 * 100)


@pytest.mark.usefixtures("small_pieces")
def test_a_piece_is_the_same_whatever_pieces_there_are(tmp_path: Path) -> None:
    for accounts in (200, 350):
        simulate_portfolio(tmp_path / str(accounts), accounts, 8, seed=5)
    for name in table_bytes(tmp_path / "200"):
        with (
            pq.ParquetFile(tmp_path / "200" / name) as few,
            pq.ParquetFile(tmp_path / "350" / name) as many,
        ):
            assert (few.num_row_groups, many.num_row_groups) == (2, 4)
            for group in (0, 1):
                assert few.read_row_group(group) == many.read_row_group(group)


@pytest.mark.usefixtures("small_pieces")
def test_pieces_can_be_made_in_any_order() -> None:
    plan = piece.Plan(300, 8, 5, "CO", UNTIL)
    timeline = draw_up_timeline(8, UNTIL)
    forward = [piece.simulate_piece(plan, timeline, number)[0] for number in range(3)]
    backward = [piece.simulate_piece(plan, timeline, number)[0] for number in (2, 1, 0)]
    assert forward == backward[::-1]
    assert forward[0]["debts"] != forward[1]["debts"]


@pytest.mark.usefixtures("small_pieces")
def test_ids_are_unique_across_pieces(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path, 350, 8, seed=5)
    for name, key in (
        ("customers", "customer_id"),
        ("debts", "debt_id"),
        ("payments", "payment_id"),
        ("contacts", "contact_id"),
    ):
        ids = pq.read_table(tmp_path / f"{name}.parquet")[key]
        assert len(ids.unique()) == len(ids)
        assert len(set(pa.compute.utf8_length(ids).to_pylist())) == 1


def test_asking_for_the_truth_does_not_move_the_tables(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path / "plain", 200, 8, seed=5, until=UNTIL)
    simulate_portfolio(tmp_path / "told", 200, 8, seed=5, until=UNTIL, truth=tmp_path / "truth")
    assert table_bytes(tmp_path / "plain") == table_bytes(tmp_path / "told")


def test_the_truth_has_a_folder_of_its_own(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path / "data", 200, 8, seed=5)
    assert {path.suffix for path in (tmp_path / "data").iterdir()} == {".parquet"}
    assert not (tmp_path / "data" / "propensity.parquet").exists()
    for inside in ("data", "data/truth"):
        with pytest.raises(ConfigurationError, match="truth would lie among the tables"):
            simulate_portfolio(tmp_path / "data", 200, 8, seed=5, truth=tmp_path / inside)


def test_a_failure_leaves_the_earlier_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate_portfolio(tmp_path, 200, 8, seed=5)
    before = table_bytes(tmp_path)
    monkeypatch.setattr(piece, "_CUSTOMER_MONTHS", 8 * 100)
    made = piece.simulate_piece

    def fail_later(plan, timeline, number, *rest):
        if number == 1:
            raise KeyboardInterrupt
        return made(plan, timeline, number, *rest)

    monkeypatch.setattr("propension.simulate.portfolio.simulate_piece", fail_later)
    with pytest.raises(KeyboardInterrupt):
        simulate_portfolio(tmp_path, 200, 8, seed=6)
    assert table_bytes(tmp_path) == before
    assert {path.suffix for path in tmp_path.iterdir()} == {".parquet"}


@pytest.mark.parametrize("until", [dt.date(2024, 2, 29), dt.date(2026, 6, 17)])
def test_weeks_follow_one_another_and_end_with_every_month_and_the_last_day(until: dt.date) -> None:
    timeline = draw_up_timeline(6, until)
    steps = timeline.steps
    assert all(a.end + 1 == b.start for a, b in pairwise(steps))
    assert timeline.past[-1].end == day_number(until)
    ends = {step.end for step in steps}
    assert ends >= set((timeline.month_starts[1:] - 1).tolist())
    assert sum(step.starts_month for step in timeline.past) == 6
    assert max(step.days for step in steps) == 8


def test_a_shock_changes_nothing_before_it_and_has_fewer_pay_after_it() -> None:
    plan, starts = piece.Plan(1_000, 12, 7, "CO", UNTIL), dt.date(2026, 3, 1)
    settled = {}
    for shock in (None, Shock(starts, 1.0)):
        book = piece.open_book(plan, draw_up_timeline(12, UNTIL, shock), 0)
        settled[shock] = {
            day: state.status == SETTLED for day, state in piece.live(plan, 0, book, Log())
        }
    calm, shocked = settled.values()
    for day in calm:
        if day < day_number(starts):
            assert (shocked[day] == calm[day]).all()
    before = calm[day_number(starts) - 1].sum()
    last = day_number(UNTIL)
    assert shocked[last].sum() - before < 0.9 * (calm[last].sum() - before)
