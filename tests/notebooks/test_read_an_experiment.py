"""The reading of an experiment shows what its prose claims."""

import re

import pytest
from executed_notebooks import check_run, figures_of, table_of, texts_of


def test_it_runs_without_warnings_and_leaves_nothing_behind(executed):
    check_run(*executed)


def test_the_list_of_today_has_no_outcome_yet(cells):
    lists = table_of(cells["outcomes"])
    accounts, known, paid = lists["2026-06-30"]
    assert (int(accounts) > 0, known, paid) == (True, "0", "not over yet")
    assert all(row[0] == row[1] for day, row in lists.items() if "2025-11" <= day < "2026-06")


def test_the_drawn_arms_may_be_read_and_the_filtered_may_not(cells):
    assert "have their planned sizes" in texts_of(cells["ratio"])
    assert "do not have their planned sizes" in texts_of(cells["ratio-broken"])
    assert "the arms were alike" in texts_of(cells["balance"])


def test_the_log_has_the_wrong_sign_where_the_draw_has_the_right_one(cells):
    log, drawn, low, high = figures_of(cells["naive"])["instalment_plan"]
    assert log < 0 < low < drawn < high
    assert "instalment_plan" in texts_of(cells["wrong-sign"]).splitlines()[0]
    assert "not yet distinguishable from zero" in texts_of(cells["wrong-sign"])


def test_many_looks_find_what_is_not_there(cells):
    alarms = {name: share for name, [share] in figures_of(cells["looks"]).items()}
    assert alarms["one look"] <= 10
    assert 30 <= alarms["any segment"] <= 50
    assert 12 <= alarms["any month"] <= 25


def test_the_score_narrows_the_interval_of_the_same_answer(cells):
    plain, adjusted = figures_of(cells["cuped"]).values()
    assert adjusted[3] < 0.9 * plain[3]
    assert plain[1] < adjusted[0] < plain[2]


def test_learnt_effects_are_judged_by_accounts_that_did_not_teach_them(cells):
    assert set(figures_of(cells["learn"])) >= {"can_wants", "cannot_wants", "can_wont"}
    qini = re.findall(r"Qini ([+-]\S+) \(([+-]\S+) to ([+-]\S+)\)", texts_of(cells["qini"]))
    assert len(qini) == 2
    assert all(float(low) <= float(value) <= float(high) for value, low, high in qini)


def test_a_candidate_is_valued_where_the_log_covers_it(cells):
    shown = texts_of(cells["candidate"])
    assert float(re.search(r"mean weight (\S+),", shown)[1]) == pytest.approx(1, abs=0.1)
    found = figures_of(cells["candidate"])
    gain, low, high = found["gain"]
    assert low < gain < high
    assert gain == pytest.approx(found["doubly_robust"][0] - found["logged"][0], abs=0.11)


def test_the_plan_asks_more_of_early_looks_and_ends(cells):
    looks = list(table_of(cells["stop"]).values())[2:]
    bounds = [float(look[2]) for look in looks]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > 4
    assert [look[3] for look in looks[:-1]] == ["goes_on"] * (len(looks) - 1)
    assert looks[-1][3] in ("effect", "no_effect_shown")
    assert "does not prove there is none" in texts_of(cells["stop"]) or looks[-1][3] == "effect"
