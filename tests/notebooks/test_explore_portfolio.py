"""The first look at a portfolio shows what its prose claims."""

import re

from executed_notebooks import check_run, figures_of, table_of, texts_of


def printed(cell):
    """What the cell printed, without tables and pictures."""
    return "\n".join(o.text for o in cell.outputs if o.output_type == "stream")


def printed_shares(cell):
    """Percentages that the cell printed, in their order."""
    return [float(share) for share in re.findall(r"(\d+(?:\.\d+)?)%", printed(cell))]


def test_it_runs_without_warnings_and_leaves_nothing_behind(executed):
    check_run(*executed)


def test_rows_go_aside_with_their_reason_and_with_their_parents(cells):
    refused = {rule: row[1] for rule, row in figures_of(cells["reasons"]).items()}
    assert refused["balance_unknown"] > 0 < refused["parent_refused"]
    read, kept, set_aside = figures_of(cells["extract"])["debts"]
    assert read - kept == set_aside > refused["balance_unknown"]
    assert re.search(r"<td>refused</td>\s*<td>P\d+", texts_of(cells["quarantine"]))


def test_debts_come_evenly_and_work_grows_from_nothing(cells):
    growth = {name: last / first for name, (first, last) in figures_of(cells["rows"]).items()}
    assert growth["debts"] < 1.3
    assert min(growth["contacts"], growth["promises"]) > 2


def test_a_part_of_the_last_week_is_not_known_at_any_close(cells):
    unknown = [row[2] for row in figures_of(cells["clocks"]).values()]
    assert len(unknown) == 5
    assert all(1 < share < 6 for share in unknown)


def test_the_ledger_of_a_debt_has_no_gaps_and_adds_up(cells):
    plain = re.sub(r"<style.*?</style>", "", texts_of(cells["debt"]), flags=re.DOTALL)
    values = re.findall(r"<td[^>]*>(.*?)</td>", plain)
    rows = [values[at : at + 6] for at in range(0, len(values), 6)]
    assert len(rows) > 3
    assert [row[3] for row in rows[:-1]] == [row[2] for row in rows[1:]]
    for row in rows:
        amount, paid, balance = (int(row[at].replace(",", "")) for at in (1, 4, 5))
        assert abs(amount - paid - balance) <= 1
    assert balance > 0


def test_the_pack_says_what_is_not_final_and_what_is_absent(cells):
    pack = table_of(cells["pack"])
    assert [value.endswith("*") for value in pack["Recovery rate in 90 days"]] == [
        False,
        True,
        True,
    ]
    assert not any(value.endswith("*") for value in pack["Recovery rate"])
    assert "cost_to_collect is absent: there are no past lists" in texts_of(cells["pack"])


def test_the_oldest_bucket_grows(cells):
    oldest = [row[-1] for row in figures_of(cells["balance"]).values()]
    assert oldest == sorted(oldest)
    assert oldest[-1] > 10 > oldest[0]


def test_few_accounts_owe_most_of_the_money(cells):
    shown = texts_of(cells["owes"])
    tenth, half = re.findall(r"owe (\d+)% of it", shown)
    assert int(tenth) > 35
    assert int(half) > 80
    mean, median = (
        int(value.replace(",", "")) for value in re.findall(r"(?:Mean|median) ([\d,]+)", shown)
    )
    assert mean > 1.5 * median


def test_most_money_comes_by_the_due_date_and_cohorts_end_alike(cells):
    curve = table_of(cells["curve"])
    due, month, quarter = (
        [float(value.strip("%")) for value in curve[age] if value != "not over yet"]
        for age in ("0", "30", "90")
    )
    assert all(65 < share < 75 for share in due)
    assert all(18 < later - first < 24 for first, later in zip(due, month, strict=False))
    assert max(due[4:]) < min(due[:4])
    assert max(quarter) - min(quarter) < 1.5
    assert curve["30"][-1] == "not over yet"


def test_later_buckets_roll_on_and_jump(cells):
    rolls = figures_of(cells["rolls"])
    assert 25 < rolls["current"][0] < 35
    assert 45 < rolls["1-30"][0] < 55
    for bucket in ("31-60", "61-90"):
        mean, low, high = rolls[bucket]
        assert 60 < mean < 75
        assert high - low > 40
    low, high, mean = printed_shares(cells["rolls"])
    assert 0.5 < low <= mean <= high < 2.5


def test_the_cure_rate_falls_by_mix(cells):
    before, since, as_before = printed_shares(cells["cure"])
    assert before - since > 5
    assert as_before - since > 0.8 * (before - since)
    oldest = figures_of(cells["cure"])["121+"]
    assert oldest[3] > 2 * oldest[2]
    assert max(oldest[:2]) < 15


def test_only_calls_and_whatsapp_reach_in_person(cells):
    reached = {channel: row[1] for channel, row in figures_of(cells["contact"]).items()}
    assert {channel for channel, share in reached.items() if share > 0} == {"call", "whatsapp"}
    best = re.search(r"Best at (\d+):00", texts_of(cells["hours"]))[1]
    assert 10 <= int(best) <= 12


def test_half_of_the_promises_are_kept_and_fewer_of_late(cells):
    first, last = printed_shares(cells["promises"])
    assert 60 > first > last > 40


def test_the_payday_stands_out_and_the_comb_is_not_the_customers(cells):
    payday, other, *teeth = printed_shares(cells["paydays"])
    assert payday > 2 * other
    for paid_then, paid, after in (teeth[:3], teeth[3:]):
        assert paid_then < 3
        assert paid > 3 * after


def test_december_is_the_best_month_of_people_and_january_is_lower(cells):
    best, after = re.findall(r"with (\d+) million.\n.* paid (\d+)\.", texts_of(cells["season"]))[0]
    assert "December 2025" in texts_of(cells["season"])
    assert int(after) < 0.9 * int(best)


def test_disputed_debts_are_seldom_paid_and_most_open_disputes_are_forgotten(cells):
    found = figures_of(cells["disputes"])
    assert found["disputed"][1] < 0.5 * found["never disputed"][1]
    still, forgotten = re.search(
        r"(\d+) are open, (\d+) of them", texts_of(cells["disputes"])
    ).groups()
    assert int(forgotten) > int(still) / 2


def test_the_model_was_trained_before_the_lists_it_scores(cells):
    assert "to 2026-02-28" in texts_of(cells["train"])
    auc, low, high = (float(value) for value in re.findall(r"0\.\d+", texts_of(cells["train"])))
    assert 0.7 < low < auc < high


def test_quadrants_and_segments_share_out_todays_list(cells):
    listed = int(re.search(r"(\d+) accounts are on", texts_of(cells["lists"]))[1])
    for cell in ("quadrants", "segments"):
        assert sum(row[0] for row in figures_of(cells[cell]).values()) == listed
    assert figures_of(cells["quadrants"])["uncertain"][0] > 0
    assert 1 / 6 < figures_of(cells["segments"])["dispute"][0] / listed < 1 / 5


def test_ability_comes_in_two_clouds_and_the_policy_cuts_the_right_one(cells):
    left, between = printed_shares(cells["quadrants"])
    assert 25 < left < 50
    assert between < 5
    assert "an ability of +" in printed(cells["quadrants"])


def test_who_is_worked_more_pays_less_and_most_of_it_was_known(cells):
    _, expected, paid = zip(*figures_of(cells["trap"]).values(), strict=True)
    assert list(paid) == sorted(paid, reverse=True)
    assert list(expected) == sorted(expected, reverse=True)
    raw, alike = re.search(
        r"pay (\d+) points more, and (-?\d+) points", texts_of(cells["bands"])
    ).groups()
    assert int(raw) > 15
    assert abs(int(alike)) < int(raw) / 2


def test_most_work_goes_to_those_who_seldom_pay(cells):
    effort = figures_of(cells["effort"])
    accounts, paid, attempts = effort["to 20%"]
    assert 35 < accounts < 45
    assert paid < 20
    assert attempts > 50
    assert effort["from 60%"][1] > 60
    assert effort["from 60%"][2] < 10


def test_most_of_the_cash_to_expect_is_not_billed_yet(cells):
    shown = printed(cells["forecast"])
    total, low, high = (
        int(value.replace(",", ""))
        for value in re.findall(r"[\d,]+(?= million| to| in eight)", shown)[:3]
    )
    assert low < total < high
    overdue, not_due, not_billed = printed_shares(cells["forecast"])[-3:]
    assert overdue < not_due < 50 < not_billed
