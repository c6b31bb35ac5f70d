"""What a manager reads first: what moved more than usual, and what asks to be done."""

import pytest
from monitored import alert, both, experiment, health, kpis

from propension.config import Texts
from propension.monitoring import KPIS, write_figure
from propension.monitoring.headline import KEY_KPIS, key_figures, what_changed, what_to_do

FLAT = [0.40, 0.41, 0.40, 0.41, 0.40, 0.41, 0.40, 0.41, 0.40, 0.41, 0.40, 0.41]


def figures_of(**values):
    return {one["name"]: one for one in key_figures(kpis(**values))}


def test_what_can_still_change_is_not_a_figure():
    found = figures_of(recovery_rate=[*FLAT, 0.9])["recovery_rate"]
    assert (found["value"], found["before"]) == (0.41, 0.40)


def test_an_absent_kpi_has_no_figure():
    assert "self_cure_rate" not in figures_of()


def test_a_change_counts_back_to_one_as_large():
    values = [0.1, 0.5, *FLAT[:8], 0.46, 0.42]
    found = figures_of(recovery_rate=[*values, 0.0])["recovery_rate"]
    assert found["largest_of"] == 0  # the month before moved as much
    found = figures_of(recovery_rate=[*values[:-1], 0.30, 0.0])["recovery_rate"]
    assert found["largest_of"] == 10  # up to the jump from .1 to .5


def test_few_months_make_nothing_unusual():
    assert figures_of(recovery_rate=[0.4, 0.4, 0.9, 0.0])["recovery_rate"]["largest_of"] == 0


@pytest.mark.parametrize(
    ("name", "rises", "is_better"),
    [
        ("recovery_rate", True, True),
        ("overdue_balance", True, False),
        ("overdue_balance", False, True),
        ("penetration", True, None),
    ],
)
def test_better_is_as_the_kpi_says(name, rises, is_better):
    values = [0.4, 0.5, 0.0] if rises else [0.5, 0.4, 0.0]
    assert figures_of(**{name: values})[name]["is_better"] is is_better


def test_what_moved_is_said_the_rarest_first_with_its_month():
    jump = [*FLAT[:-1], 0.6, 0.0]
    lesser = [0.1, 0.6, *FLAT[:-3], 0.55, 0.0]
    figures = key_figures(kpis(recovery_rate=lesser, cure_rate=jump))
    in_all, first, second = what_changed(figures, "COP")
    assert f"Of {sum(f['name'] in KEY_KPIS for f in figures)} key figures" in in_all["en"]
    assert first["es"].startswith("Tasa de cura: 60,0% en mayo 2026, frente a 40,0%")
    assert "los últimos 11 meses, y para bien" in first["es"]
    assert second["en"].startswith("Recovery rate: 55.0% in May 2026")


def test_nothing_unusual_is_said_too():
    assert what_changed(key_figures(kpis()), "COP")[1]["pt"].startswith("Nenhum número-chave")
    assert what_changed([], "COP") == []


def test_key_kpis_exist():
    assert set(KEY_KPIS) <= {kpi.name for kpi in KPIS}


def test_nothing_to_do_is_said():
    assert [said["en"] for said in what_to_do(health(), experiment(), [])] == [
        "Nothing asks for action: go on as you are."
    ]
    assert what_to_do(None, None, [])[0]["es"].startswith("Nada pide actuar")


def test_what_to_do_is_about_models_then_data_then_the_experiment_then_the_team():
    advice = [
        {
            "stage": "overdue",
            "action": "retrain",
            "rule": "drift",
            "reason": both("old"),
            "because": [],
        }
    ]
    alerts = [
        alert("row_growth"),
        alert("feature_shift", "drift"),
        alert("late_days", level="watch"),
    ]
    ended = experiment(verdict={"outcome": "effect"})
    ended["told"]["verdict"] = both("it works")
    limits = [
        {"price": 0.0, "told": both("spare")},
        {"price": 2.0, "told": both("one more hour")},
    ]
    said = what_to_do(health(recommendations=advice, alerts=alerts), ended, limits)
    assert [one["en"] for one in said] == [
        "Retrain the model (Overdue): propension train. old en",
        "repair row_growth en",
        "it works en",
        "one more hour en",
    ]


def test_a_scarce_team_is_called_as_the_policy_calls_it():
    facts = {"unit": "accounts", "capacity": 20.0, "used": 20.0, "price": 3.0, "told": both("code")}
    limits = [
        facts | {"name": "visits", "group": None},
        facts | {"name": "firmness: Ñuble", "group": "Ñuble"},
        facts | {"name": "lawsuits", "group": None},
    ]
    names = {
        "visits": Texts(es="Visitas", pt="Visitas", en="Visits"),
        "firmness": Texts(es="Presión", pt="Pressão", en="Pressure"),
    }
    said = [one["pt"] for one in what_to_do(None, None, limits, names)]
    assert said == [
        "Visitas: 20 de 20 contas (100%); uma conta a mais valeria +3,00",
        "Pressão: Ñuble: 20 de 20 contas (100%); uma conta a mais valeria +3,00",
        "code pt",
    ]


def test_jumps_that_only_a_faulty_source_makes_are_to_be_repaired():
    jump = alert("feature_shift", "drift")
    advice = [
        {
            "stage": "overdue",
            "action": "keep",
            "rule": "source",
            "reason": both("repair"),
            "because": [jump],
        }
    ]
    said = what_to_do(
        health(recommendations=advice, alerts=[jump, alert("score_shift", "drift")]), None, []
    )
    assert [one["en"] for one in said] == ["repair feature_shift en"]


def test_an_experiment_with_arms_of_the_wrong_size_is_not_read():
    wrong = experiment(verdict={"outcome": "effect"})
    wrong["told"] |= {"alarms": [both("do not read")], "verdict": both("it works")}
    assert [one["es"] for one in what_to_do(None, wrong, [])] == ["do not read es"]


@pytest.mark.parametrize(
    ("unit", "value", "currency", "written"),
    [
        ("share", 0.4, "", "40,0%"),
        ("share", 0.00279, "", "0,28%"),
        ("share", 0.0, "", "0,0%"),
        ("share", None, "", "–"),
        ("amount", 1234567.4, "COP", "$1.234.567"),
        ("amount", 1234567.4, "", "1.234.567"),
        ("amount", None, "COP", "–"),
        ("days", 30.591, "", "30,6"),
        ("ratio", 3.0512, "", "3,05"),
        ("count", 94.0, "", "94"),
    ],
)
def test_figures_are_written_as_their_unit_is_read(unit, value, currency, written):
    assert write_figure(unit, value, currency, "es") == written
