"""The monthly routine shows what its prose claims."""

import re

from executed_notebooks import check_run, texts_of


def test_it_runs_without_warnings_and_leaves_nothing_behind(executed):
    check_run(*executed)


def test_the_data_are_checked_and_some_rows_set_aside(cells):
    assert "customers" in texts_of(cells["extract"])
    assert "debts: " in texts_of(cells["findings"])


def test_the_champion_knew_one_month_less(cells):
    known = re.findall(r"known by (\S+): (\d+) snapshots", texts_of(cells["build"]))
    assert [day for day, _ in known] == ["2026-04-30", "2026-05-31"]
    assert int(known[1][1]) == int(known[0][1]) + 1
    spans = texts_of(cells["challenger"])
    assert spans.index("champion") < spans.index("2026-03-31") < spans.index("2026-04-30")


def test_the_catalogue_speaks(cells):
    shown = texts_of(cells["catalogue"])
    assert re.search(r"\d+ features", shown)
    assert "Days past due of the oldest debt" in shown


def test_contenders_stand_beside_each_other_with_intervals(cells):
    shown = texts_of(cells["metrics"])
    for contender in ("model", "champion", "logistic_regression", "days_past_due"):
        assert re.search(rf"<th>{contender}</th>\s*<td>0\.\d+ \(0\.\d+ to 0\.\d+\)", shown)
    assert "champion" in texts_of(cells["differences"])


def test_groups_and_audited_groups_are_read(cells):
    for name in ("value_tier", "dpd_bucket", "customer_kind"):
        assert name in texts_of(cells["groups"])
    for column in ("audit_sex", "audit_age_group"):
        assert f"{column}: calibration gap" in texts_of(cells["fairness"])
    assert "0 alarms are open" in texts_of(cells["alarms"])


def test_the_gate_prints_its_checks_and_the_registry_follows_its_verdict(cells):
    shown = texts_of(cells["gate"])
    checks = re.findall(r"^(passed|FAILED)  (.+)$", shown, re.MULTILINE)
    said = " ".join(text for _, text in checks)
    for word in ("log-loss", "AUC", "calibration slope", "audit_sex", "no alarm is open"):
        assert word in said
    verdict = re.search(r"Verdict: (\w+)", shown)[1]
    assert (verdict == "better") == all(result == "passed" for result, _ in checks)
    alias = "champion" if verdict == "better" else "challenger"
    assert newest_aliases(cells["register"]) == alias


def test_a_promoted_version_can_be_rolled_back(cells):
    assert newest_aliases(cells["promote-now"]) == "champion"
    assert "Version 1 is the champion again" in texts_of(cells["rollback"])
    assert newest_aliases(cells["rollback"]) == "previous"


def newest_aliases(cell):
    return re.search(r"<th>2</th>\s*<td>(\w+)</td>", texts_of(cell))[1]


def test_a_search_of_settings_starts_from_todays(cells):
    shown = texts_of(cells["tune"])
    today, best = (float(loss) for loss in re.findall(r"0\.\d{4}", shown)[:2])
    assert best <= today
    assert "learning_rate" in shown


def test_an_account_has_its_reasons(cells):
    shown = texts_of(cells["reasons"])
    assert re.search(r"Account C\d+: \d+% likely to pay within 30 days", shown)
    assert len(re.findall(r"^[+-]\d\.\d\d  .+ \((?:for|against)\)$", shown, re.MULTILINE)) == 5
    assert "# Propensity to pay: Sample portfolio" in texts_of(cells["card"])


def test_pictures_show_what_moves_the_score(cells):
    drawn = {
        name: [o for o in cells[name].outputs if "image/svg+xml" in o.get("data", {})]
        for name in ("effects", "overview")
    }
    assert {name: len(found) for name, found in drawn.items()} == {"effects": 1, "overview": 3}
