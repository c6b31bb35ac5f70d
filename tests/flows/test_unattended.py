"""Runs that are killed, locked out or refused by the machine leave the list as it was, and say why."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from processes import forking, score

from propension.errors import DataError, ModelError

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LIST = "as_of=2026-06-30"
STAGES = [
    "extract",
    "streams",
    "overdue: features",
    "overdue: facts",
    "overdue: score and explain",
    "upcoming: features",
    "upcoming: facts",
    "upcoming: score and explain",
    "follow up",
]


@pytest.fixture(scope="module")
def processes(prefect_server):
    return forking("pipelines.scoring")


@pytest.fixture
def start(portfolio, processes):
    """Start a scoring run; return its process and what it answers."""
    from prefect.settings import PREFECT_API_URL

    started = []

    def run(stage="", file_bytes=None, event=None):
        answers, pause = processes.Queue(), (stage, event or processes.Event())
        arguments = (
            portfolio / "propension.yaml",
            PREFECT_API_URL.value(),
            answers,
            pause,
            file_bytes,
        )
        process = processes.Process(target=score, args=arguments)
        process.start()
        # What it waits for must live as long as it does.
        started.append((process, answers, pause))
        return process, answers

    yield run
    for process, *_ in started:
        process.kill()
        process.join()


@pytest.fixture
def before(portfolio):
    """The list of an earlier run."""
    folder = portfolio / "outputs" / LIST
    folder.mkdir(parents=True)
    (folder / "scored.csv").write_text("the list before")
    return folder


def is_as_it_was(folder):
    return [file.name for file in folder.iterdir()] == ["scored.csv"] and (
        folder / "scored.csv"
    ).read_text() == "the list before"


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def ends(process):
    process.join(timeout=120)
    return process.exitcode


def state_of(flow_run_id):
    from prefect import get_client

    with get_client(sync_client=True) as client:
        return client.read_flow_run(flow_run_id).state


def test_a_run_killed_at_every_stage_goes_on_from_there(portfolio, before, start, scored):
    outputs = portfolio / "outputs"
    shutil.rmtree(portfolio / "data")
    shutil.copytree(scored / "data", portfolio / "data")
    killed = []
    for stage in [*STAGES, "decide and write"]:
        process, answers = start(stage)
        assert answers.get(timeout=120) == stage
        killed.append(json.loads((outputs / ".as_of=newest.lock").read_text())["run"])
        process.kill()
        assert ends(process) == -9
        assert is_as_it_was(before)
    process, answers = start()
    assert answers.get(timeout=120) == STAGES
    assert ends(process) == 0
    assert files_of(before) == files_of(scored / "outputs" / LIST)
    assert json.loads((before / "manifest.json").read_text())["resumed"] == STAGES
    assert {state_of(run).name for run in killed} == {"Crashed"}
    assert [path.name for path in outputs.glob(".*")] == [".work"]
    assert list((outputs / ".work" / "stages").iterdir()) == []


def test_stages_of_other_data_are_not_resumed(portfolio, start):
    process, answers = start("streams")
    assert answers.get(timeout=120) == "streams"
    process.kill()
    ends(process)
    disputes = portfolio / "data" / "disputes.parquet"
    disputes.unlink()
    process, answers = start()
    assert answers.get(timeout=120) == []
    assert ends(process) == 0


def test_a_second_run_of_the_same_day_ends_and_the_first_goes_on(portfolio, start, processes):
    go = processes.Event()
    first, told = start("streams", event=go)
    assert told.get(timeout=120) == "streams"
    second, refused = start()
    assert "is writing this list" in refused.get(timeout=120)
    assert ends(second) == 1
    go.set()
    assert told.get(timeout=120) == []
    assert ends(first) == 0
    assert (portfolio / "outputs" / LIST / "scored.parquet").exists()


def test_a_run_that_is_asked_to_end_releases_its_lock(portfolio, before, start):
    process, answers = start("overdue: features")
    assert answers.get(timeout=120) == "overdue: features"
    run = json.loads((portfolio / "outputs" / ".as_of=newest.lock").read_text())["run"]
    process.terminate()
    assert ends(process) != 0
    assert [path.name for path in (portfolio / "outputs").glob(".*")] == [".work"]
    assert is_as_it_was(before)
    assert state_of(run).name == "Crashed"


@pytest.mark.parametrize("file_bytes", [20_000, 1_000_000])
def test_a_full_disk_while_reading_is_told_and_leaves_the_list(before, start, file_bytes):
    process, answers = start(file_bytes=file_bytes)
    assert "File too large" in answers.get(timeout=120)
    assert ends(process) == 1
    assert is_as_it_was(before)


def test_a_full_disk_while_writing_the_list_leaves_the_one_before(before, start):
    process, answers = start("decide and write")
    assert answers.get(timeout=120) == "decide and write"
    process.kill()
    ends(process)
    process, answers = start(file_bytes=60_000)
    told = answers.get(timeout=120)
    assert told.startswith("OutputError")
    assert "The list before is as it was" in told
    assert ends(process) == 1
    assert is_as_it_was(before)
    # What was resumed could have been the cause.
    process, answers = start()
    assert answers.get(timeout=120) == []
    assert ends(process) == 0


def spoil_payments(portfolio):
    (portfolio / "data" / "payments.parquet").write_bytes(b"PAR1 and no more")


def spoil_payments_inside(portfolio):
    file = portfolio / "data" / "payments.parquet"
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:500] + bytes(middle - 500) + content[middle:])


def change_settings(old, new):
    def change(portfolio):
        config = portfolio / "propension.yaml"
        text = config.read_text(encoding="utf-8")
        assert old in text
        config.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("spoil", "error", "reason"),
    [
        (spoil_payments, DataError, "payments.parquet: cannot be read"),
        (spoil_payments_inside, DataError, "payments: "),
        (
            change_settings("registry:\n", "registry:\n  name: nobody\n"),
            ModelError,
            "nobody has no champion yet. Run: propension train",
        ),
        (
            change_settings("horizon_days: 30", "horizon_days: 45"),
            ModelError,
            "Train again, or restore the target",
        ),
    ],
)
def test_what_cannot_be_used_fails_the_run_with_the_reason(portfolio, before, spoil, error, reason):
    from pipelines.scoring import scoring

    spoil(portfolio)
    state = scoring(portfolio / "propension.yaml", return_state=True)
    assert state.name == "Failed"
    assert f"{error.__name__}: " in state.message
    assert reason in state.message
    assert isinstance(state.result(raise_on_failure=False), error)
    assert is_as_it_was(before)
    assert list((portfolio / "outputs").glob(".*.lock")) == []


def test_a_source_lost_in_the_middle_is_tried_again_and_told(portfolio, before, monkeypatch):
    from pipelines import scoring as flow
    from pipelines import tasks
    from propension.sources import reading

    payments = portfolio / "data" / "payments.parquet"
    find, load, tries = reading.available_tables, reading.load_raw_tables, []

    def return_and_find(*arguments):
        if tries:
            payments.with_suffix(".lost").rename(payments)
        return find(*arguments)

    def load_and_lose(*arguments):
        tries.append(load(*arguments))
        payments.rename(payments.with_suffix(".lost"))
        return tries[-1]

    monkeypatch.setattr(reading, "available_tables", return_and_find)
    monkeypatch.setattr(reading, "load_raw_tables", load_and_lose)
    patient = tasks.extract_tables.with_options(retry_delay_seconds=0)
    monkeypatch.setattr(tasks, "extract_tables", patient)
    state = flow.scoring(portfolio / "propension.yaml", return_state=True)
    assert len(tries) == 3, state.message
    assert "DataError: payments: the source cannot be read any more" in state.message
    assert "then run again" in state.message
    assert is_as_it_was(before)
    payments.with_suffix(".lost").rename(payments)
    monkeypatch.undo()
    flow.scoring(portfolio / "propension.yaml")
    assert not is_as_it_was(before)


def test_serving_ends_cleanly_when_it_is_asked_to(tmp_path, prefect_server):
    from prefect.settings import PREFECT_API_URL

    from pipelines.portfolio import create_portfolio

    create_portfolio(tmp_path / "cartera")
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "serve", "-c"]
    process = subprocess.Popen(
        [*command, tmp_path / "cartera" / "propension.yaml"],
        env=os.environ
        | {"PREFECT_API_URL": PREFECT_API_URL.value(), "PYTHONPATH": os.pathsep.join(sys.path)}
        | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for line in process.stdout:
            if line.startswith("Serving "):
                break
        # Its runner begins a moment after.
        time.sleep(3)
        process.terminate()
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Warning" not in printed
    assert "Traceback" not in printed
