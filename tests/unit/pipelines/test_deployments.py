"""What is shipped to run the product elsewhere says what the code says."""

import importlib
from pathlib import Path

import pytest
import yaml

from propension.config import load_settings
from propension.treatments import portfolio_clock

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def deployments():
    return yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


def test_every_scheduled_flow_is_deployed_at_its_time_on_the_portfolios_clock(deployments) -> None:
    found = {}
    for deployment in deployments:
        file, name = deployment["entrypoint"].split(":")
        flow = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)
        settings = load_settings(ROOT / deployment["parameters"]["config"])
        (schedule,) = deployment["schedules"]
        assert schedule["timezone"] == portfolio_clock(settings.portfolio)
        found[flow.name] = schedule["cron"]
    assert found == settings.schedules.model_dump()


def test_deployments_run_one_at_a_time(deployments) -> None:
    assert {deployment["concurrency_limit"]["limit"] for deployment in deployments} == {1}


def test_served_flows_have_the_portfolios_times_clock_and_settings() -> None:
    from pipelines.serving import planned_deployments

    config = ROOT / "conf" / "demo" / "propension.yaml"
    served = {one.flow_name: one for one in planned_deployments(config)}
    assert set(served) == {"training", "scoring", "monitoring"}
    for name, deployment in served.items():
        (planned,) = deployment.schedules
        assert planned.schedule.cron == getattr(load_settings(config).schedules, name)
        assert planned.schedule.timezone == "America/Bogota"
        assert deployment.parameters == {"config": str(config)}
        assert deployment.concurrency_limit == 1


def instructions(name):
    """Instructions of a Dockerfile, with their continued lines."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines()]
    return [tuple(line) for line in lines if line and not line[0].startswith("#")]


def test_image_runs_the_command_as_a_user_without_rights() -> None:
    found = instructions("Dockerfile")
    assert found[0][0] == "FROM"
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in found} <= known
    (user,) = (value for name, value in found if name == "USER")
    assert any(
        name == "RUN" and f"useradd --uid 10001 --create-home {user}" in value
        for name, value in found
    )
    assert dict(found)["ENTRYPOINT"] == '["propension"]'


def test_image_is_made_of_files_that_exist_and_are_sent_to_be_built() -> None:
    copied = {
        source
        for name, value in instructions("Dockerfile")
        if name == "COPY"
        for source in value.split()[:-1]
    }
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line.removeprefix("!") for line in sent if line.startswith("!")} == copied
    assert all((ROOT / source).exists() for source in copied)


def test_the_server_that_is_set_is_used() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from pipelines.serving import prefect_server

    set_by_user = "http://prefect.example.org/api"
    with temporary_settings({PREFECT_API_URL: set_by_user}), prefect_server() as address:
        assert address == set_by_user
