import datetime as dt
import json
import os
import socket
import subprocess
import time

import psutil
import pytest
from processes import forking, hold_lock

from propension import clock
from propension.errors import OutputError
from propension.outputs import list_lock


@pytest.fixture
def final(tmp_path):
    return tmp_path / "outputs" / "as_of=2026-06-30"


@pytest.fixture(scope="module")
def processes():
    return forking("propension.outputs")


@pytest.fixture
def start_holders(processes, final):
    """Start processes that all want the lock at once; return them, and what they say."""
    started = []

    def start(count):
        go, answers = processes.Event(), processes.Queue()
        holders = [
            processes.Process(target=hold_lock, args=(final, go, answers)) for _ in range(count)
        ]
        for holder in holders:
            holder.start()
        started.extend(holders)
        go.set()
        return holders, sorted(answers.get(timeout=120) for _ in holders)

    yield start
    for process in started:
        process.kill()
        process.join()


@pytest.fixture
def holding(start_holders):
    """A process that holds the lock."""
    (process,), answers = start_holders(1)
    assert answers == ["free"]
    return process


def lock_of(final):
    return final.parent / ".as_of=2026-06-30.lock"


def write_lock(final, **facts):
    holder = {
        "host": "elsewhere",
        "pid": 1,
        "process_started": 0.0,
        "since": clock.now_utc().isoformat(),
        "run": "",
    }
    final.parent.mkdir(exist_ok=True)
    lock_of(final).write_text(json.dumps(holder | facts))


def hours_ago(hours):
    return (clock.now_utc() - dt.timedelta(hours=hours)).isoformat()


def test_second_process_is_refused_and_told_who_writes(final, holding) -> None:
    before = lock_of(final).read_bytes()
    with (
        pytest.raises(OutputError, match=rf"process {holding.pid} on .*, is writing this list"),
        list_lock(final, 6),
    ):
        pass
    assert lock_of(final).read_bytes() == before


def test_list_of_another_day_is_not_locked(final, holding) -> None:
    with list_lock(final.with_name("as_of=2026-06-29"), 6) as dead:
        assert dead is None


def test_lock_of_a_killed_process_is_taken_over(final, holding) -> None:
    holding.kill()
    holding.join()
    assert lock_of(final).exists()
    with list_lock(final, 6) as dead:
        assert (dead.pid, dead.run) == (holding.pid, "run 1")
    assert not lock_of(final).exists()


def test_lock_of_a_killed_process_that_nobody_waited_for_is_taken_over(final) -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        start = psutil.Process(process.pid).create_time()
        write_lock(final, host=socket.gethostname(), pid=process.pid, process_started=start)
        process.kill()
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        with list_lock(final, 6) as dead:
            assert dead.pid == process.pid


def test_lock_whose_process_number_is_another_process_now_is_taken_over(final, holding) -> None:
    facts = json.loads(lock_of(final).read_text())
    lock_of(final).write_text(json.dumps(facts | {"process_started": facts["process_started"] - 9}))
    with list_lock(final, 6) as dead:
        assert dead.pid == holding.pid


def test_old_lock_of_a_running_process_still_counts(final, holding) -> None:
    facts = json.loads(lock_of(final).read_text())
    lock_of(final).write_text(json.dumps(facts | {"since": hours_ago(48)}))
    with pytest.raises(OutputError, match="48 hours"), list_lock(final, 6):
        pass


def test_lock_of_another_host_counts_for_its_hours(final) -> None:
    write_lock(final, since=hours_ago(5))
    with (
        pytest.raises(OutputError, match=r"process 1 on elsewhere, .* \(5 hours\).* delete /"),
        list_lock(final, 6),
    ):
        pass
    with list_lock(final, 4) as dead:
        assert dead.host == "elsewhere"
    assert not lock_of(final).exists()


def test_lock_that_says_nothing_counts_for_its_hours(final) -> None:
    final.parent.mkdir()
    lock_of(final).write_text("")
    with pytest.raises(OutputError, match="an unknown host"), list_lock(final, 6):
        pass
    seven_hours_ago = time.time() - 7 * 3600
    os.utime(lock_of(final), (seven_hours_ago, seven_hours_ago))
    with list_lock(final, 6) as dead:
        assert dead.host == "an unknown host"


def test_lock_is_released_when_the_run_fails(final) -> None:
    with pytest.raises(KeyboardInterrupt), list_lock(final, 6):
        raise KeyboardInterrupt
    assert not lock_of(final).exists()


def test_run_that_lost_its_lock_leaves_the_new_one(final) -> None:
    with list_lock(final, 6):
        write_lock(final)
    assert json.loads(lock_of(final).read_text())["host"] == "elsewhere"


def test_folder_that_cannot_be_written_is_explained(tmp_path) -> None:
    (tmp_path / "outputs").write_text("a file")
    with (
        pytest.raises(OutputError, match=r"cannot be taken .*this user may write in"),
        list_lock(tmp_path / "outputs" / "as_of=2026-06-30", 6),
    ):
        pass


def test_of_many_that_find_a_dead_lock_one_takes_it_over(final, start_holders) -> None:
    write_lock(final, since=hours_ago(9))
    _, answers = start_holders(6)
    assert answers.count("taken over") == 1
    assert sum("is writing this list" in answer for answer in answers) == 5


def test_of_many_that_find_no_lock_one_takes_it(start_holders) -> None:
    _, answers = start_holders(6)
    assert answers.count("free") == 1
    assert sum("is writing this list" in answer for answer in answers) == 5
