import os

import pytest

from propension.errors import OutputError
from propension.outputs import publish, recover, staging_folder


class Killed(BaseException):
    """Stands for a process that ends at once."""


@pytest.fixture
def final(tmp_path):
    return tmp_path / "outputs" / "as_of=2026-06-30"


@pytest.fixture
def staged(final):
    """Make a staging folder that holds one file of the given text."""

    def stage(text, run_id="r1"):
        folder = staging_folder(final, run_id)
        (folder / "scored.csv").write_text(text)
        return folder

    return stage


def fail_rename(monkeypatch, call, error):
    """Let the ``call``-th rename from now on raise ``error``."""
    rename, calls = os.rename, []

    def counted(source, target):
        calls.append(target)
        if len(calls) == call:
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "rename", counted)


def names_beside(final):
    return sorted(path.name for path in final.parent.iterdir())


def test_staging_folder_is_hidden_fresh_and_beside_the_list(final) -> None:
    folder = staging_folder(final, "r1")
    assert folder == final.parent / ".as_of=2026-06-30.r1.tmp"
    (folder / "half.csv").write_text("x")
    assert list(staging_folder(final, "r1").iterdir()) == []


def test_first_list_is_published(final, staged) -> None:
    publish(staged("one"), final)
    assert (final / "scored.csv").read_text() == "one"
    assert names_beside(final) == [final.name]


def test_folder_is_replaced_whole(final, staged) -> None:
    publish(staged("one"), final)
    (final / "notes of a manager.txt").write_text("call Ana")
    publish(staged("two"), final)
    assert [path.name for path in final.iterdir()] == ["scored.csv"]
    assert (final / "scored.csv").read_text() == "two"
    assert names_beside(final) == [final.name]


def test_kill_between_renames_is_recovered(final, staged, monkeypatch) -> None:
    publish(staged("one"), final)
    second = staged("two")
    fail_rename(monkeypatch, 2, Killed())
    with pytest.raises(Killed):
        publish(second, final)
    assert not final.exists()
    monkeypatch.undo()
    assert recover(final)
    assert (final / "scored.csv").read_text() == "one"
    assert names_beside(final) == [final.name]


def test_next_publish_after_a_kill_replaces_the_list(final, staged, monkeypatch) -> None:
    publish(staged("one"), final)
    second = staged("two")
    fail_rename(monkeypatch, 2, Killed())
    with pytest.raises(Killed):
        publish(second, final)
    monkeypatch.undo()
    publish(staged("three"), final)
    assert (final / "scored.csv").read_text() == "three"
    assert names_beside(final) == [final.name]


def test_kill_after_both_renames_keeps_the_new_list(final, staged, monkeypatch) -> None:
    publish(staged("one"), final)

    def killed(_):
        raise Killed

    second = staged("two")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", killed)
        with pytest.raises(Killed):
            publish(second, final)
    assert not recover(final)
    assert (final / "scored.csv").read_text() == "two"
    assert names_beside(final) == [final.name]


def test_leftovers_of_this_list_only_are_cleaned(final, staged) -> None:
    publish(staged("one"), final)
    staged("half", run_id="r2")
    staging_folder(final.parent / "as_of=2026-05-31", "r3")
    assert not recover(final)
    assert names_beside(final) == [".as_of=2026-05-31.r3.tmp", final.name]


def test_nothing_to_recover_is_no_error(tmp_path) -> None:
    assert not recover(tmp_path / "absent" / "as_of=2026-06-30")


def test_failed_rename_puts_the_previous_list_back(final, staged, monkeypatch) -> None:
    publish(staged("one"), final)
    second = staged("two")
    fail_rename(monkeypatch, 2, PermissionError("open in another program"))
    message = r"as_of=2026-06-30: the new list cannot be put in place \(open in.*Check that"
    with pytest.raises(OutputError, match=message):
        publish(second, final)
    assert (final / "scored.csv").read_text() == "one"


def test_files_reach_the_disk_before_the_first_rename(final, staged, monkeypatch) -> None:
    publish(staged("one"), final)
    second = staged("two")
    events, rename, fsync = [], os.rename, os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(os, "rename", lambda a, b: (events.append("rename"), rename(a, b))[1])
    publish(second, final)
    assert events == ["fsync", "fsync", "rename", "rename", "fsync"]


def test_place_that_cannot_be_written_is_told(tmp_path) -> None:
    blocker = tmp_path / "outputs"
    blocker.write_text("a file, not a folder")
    message = r"\.as_of=x\.r1\.tmp: the folder to write in cannot be made .*run again\."
    with pytest.raises(OutputError, match=message):
        staging_folder(blocker / "as_of=x", "r1")
