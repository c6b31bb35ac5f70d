"""The monitoring flow tells the same KPIs and forecast as the library, and keeps them beside the lists."""

import datetime as dt
import json
from pathlib import Path

import pytest

from pipelines import cli
from propension.config import load_settings
from propension.model import Registry
from propension.monitoring import KPIS, flat_figures, render_monitoring

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
DAY = "as_of=2026-06-30"


@pytest.fixture(scope="module")
def monitored(scored):
    from pipelines.monitoring import monitoring

    told = monitoring(scored / "propension.yaml")
    return scored / "outputs" / "monitoring" / DAY, told


def test_what_is_told_is_kept_and_nothing_else_is(monitored) -> None:
    folder, told = monitored
    assert {file.name for file in folder.iterdir()} == {"monitoring.json", "report.html"}
    kept = json.loads((folder / "monitoring.json").read_text(encoding="utf-8"))
    assert kept | {"folder": str(folder)} == told
    assert [
        path.name for path in (folder.parents[1] / ".work").iterdir() if "monit" in path.name
    ] == []


def test_every_kpi_is_told_or_said_to_be_absent(monitored) -> None:
    _, told = monitored
    assert [kpi["name"] for kpi in told["kpis"]] == [kpi.name for kpi in KPIS]
    for kpi in told["kpis"]:
        assert bool(kpi["rows"]) != bool(kpi["absent"]), kpi["name"]


def test_figures_are_those_of_the_last_month_that_is_over(monitored) -> None:
    _, told = monitored
    assert {one["month"] for one in told["figures"] if one["name"] == "balance"} == {"2026-06-30"}
    assert len(told["figures"]) > 10


def test_the_forecast_follows_the_list_of_the_very_day(monitored) -> None:
    _, told = monitored
    assert told["forecast"]["uses_list"]
    assert len(told["forecast"]["weeks"]) == 13
    assert told["forecast"]["weeks"][0]["first_day"] == "2026-07-01"


def test_what_history_cannot_tell_is_said(portfolio) -> None:
    from pipelines.monitoring import monitoring

    told = monitoring(portfolio / "propension.yaml", dt.date(2024, 12, 31), "en")
    assert told["forecast"] is told["health"] is told["impact"] is None
    assert "days of history are needed" in told["missing"]["forecast"]
    assert "propension score" in told["missing"]["health"]
    page = (Path(told["folder"]) / "report.html").read_text(encoding="utf-8")
    assert "What to do" in page
    assert "days of history are needed" in page


def test_a_report_in_the_portfolios_language_and_what_was_drawn(monitored) -> None:
    folder, told = monitored
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page == render_monitoring(told, "es")
    assert page.count("<svg") >= 4
    assert "Qué hacer" in page


def test_figures_are_kept_once_for_a_date(scored, monitored) -> None:
    from pipelines.monitoring import monitoring

    _, told = monitored
    config = scored / "propension.yaml"
    monitoring(config)
    settings = load_settings(config)
    client = Registry(settings).client
    experiment = client.get_experiment_by_name(settings.portfolio.name)
    same = "tags.kind = 'monitoring' and tags.as_of = '2026-06-30'"
    [run] = client.search_runs([experiment.experiment_id], same)
    assert run.data.metrics == pytest.approx(flat_figures(told))
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["report.html"]


def test_the_command_prints_the_same_as_json(scored, monitored, monkeypatch, capsys) -> None:
    _, told = monitored
    arguments = ["propension", "monitor", "-c", str(scored / "propension.yaml"), "--json"]
    monkeypatch.setattr("sys.argv", arguments)
    cli.main()
    assert json.loads(capsys.readouterr().out) == told
