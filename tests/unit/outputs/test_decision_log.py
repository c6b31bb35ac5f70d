"""Decisions are recorded with the list or not at all, and whatever is changed after is found."""

import datetime as dt
import hashlib
import json
import shutil
import sys
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from past_lists import write_list

from propension.config import Settings
from propension.errors import OutputError
from propension.outputs import (
    HEAD,
    DecisionLog,
    account_story,
    publish,
    staging_folder,
    verify_decisions,
    write_manifest,
)
from propension.outputs.decision_log import record
from propension.outputs.decision_log.chain import Entry, entry_line, read_chain
from propension.outputs.decision_log.rows import (
    _FNV_OFFSET,
    _digest_rows,
    _fold,
    examine_rows,
    write_segment,
)

JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 31)
NOW = dt.datetime(2026, 7, 1, 6, 0, tzinfo=dt.UTC)
REASON = {"feature": "days_past_due", "value": "45", "effect": -0.8}
REFUSED = [{"treatment": "sms", "rule": "co-hours", "citation": "Ley 2300, art. 3"}]


def accounts(count=4, **more):
    return [
        {
            "account_id": f"A{n}", "customer_name": "Ana Gómez", "priority": n, "run_id": "r1",
            "scheduled_at": dt.datetime(2026, 7, 1, 8, n), "refusals": REFUSED,
            "reasons": [REASON | {"text": f"reason {k}"} for k in range(5)],
            "expected_recovery": Decimal("917.50"),
        } | more
        for n in range(1, count + 1)
    ]  # fmt: skip


def facts_of(as_of, run_id):
    return {
        "as_of": str(as_of), "run_id": run_id, "policy": {"version": "2026-06", "digest": "ab"},
        "models": {"overdue": {"name": "demo", "version": "3", "digest": "cd"}},
    }  # fmt: skip


def staged(outputs, as_of, run_id, rows):
    """A run's folder with its list, not yet published."""
    final = outputs / f"as_of={as_of}"
    staging = staging_folder(final, run_id)
    made = write_list(staging, as_of, rows)
    (made / "scored.parquet").rename(staging / "scored.parquet")
    for path in made.iterdir():
        path.unlink()
    made.rmdir()
    return staging, final


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "outputs"


@pytest.fixture
def run(outputs):
    """Decide, record and publish."""

    def publish_list(as_of=JUNE, run_id="r1", rows=None, now=NOW, keep=None, names=False):
        staging, final = staged(outputs, as_of, run_id, rows or accounts())
        log = DecisionLog(outputs)
        with log.writing():
            log.retire(keep, now)
            head = log.prepare(staging / "scored.parquet", facts_of(as_of, run_id), names, now)
            write_manifest(staging, {"run_id": run_id, HEAD: head})
            publish(staging, final)
        return head

    return publish_list


def segments(outputs):
    return sorted(path for path in (outputs / "decisions").glob("*.parquet"))


def chain(outputs):
    return read_chain(outputs / "decisions")


def faults(outputs, head=None):
    return [(fault.kind, fault.run_id) for fault in verify_decisions(outputs, head).faults]


def alter(path, change):
    table = change(pq.read_table(path))
    pq.write_table(table, path)


def with_value(table, name, row, value):
    values = table[name].to_pylist()
    values[row] = value
    return table.set_column(
        table.schema.names.index(name),
        table.schema.field(name),
        pa.array(values, table[name].type),
    )


# What is recorded


def test_an_untouched_log_verifies_and_tells_its_head(run, outputs) -> None:
    run()
    head = run(JULY, "r2")
    found = verify_decisions(outputs, head)
    assert (found.runs, found.rows, found.retired, found.head) == (2, 8, 0, head)
    assert (found.faults, found.pending) == ((), False)
    assert [entry.previous for entry in chain(outputs)][1] == chain(outputs)[0].hash


def test_every_decision_is_told_with_who_why_and_when(run, outputs) -> None:
    run()
    (told,) = account_story(outputs, "A2")
    assert told["as_of"] == "2026-06-30"
    assert told["models"]["overdue"]["version"] == "3"
    assert told["policy"] == {"version": "2026-06", "digest": "ab"}
    assert told["written_at"] == NOW.isoformat()
    assert (told["treatment"], told["arm"]) == ("soft_call", "treatment")
    assert told["scheduled_at"] == dt.datetime(2026, 7, 1, 8, 2)
    assert told["reasons"] == "reason 0 | reason 1 | reason 2"
    assert told["refusals"] == "sms: co-hours (Ley 2300, art. 3)"
    assert told["in_force"]


def test_an_account_nothing_was_decided_about_has_no_story(run, outputs) -> None:
    run()
    assert account_story(outputs, "B1") == []


@pytest.mark.parametrize(("names", "recorded"), [(False, [None]), (True, ["Ana Gómez"])])
def test_a_name_is_recorded_only_where_asked_for(run, outputs, names, recorded) -> None:
    run(rows=accounts(1), names=names)
    assert pq.read_table(segments(outputs)[0])["customer_name"].to_pylist() == recorded


def test_a_story_shows_the_name_that_the_newest_list_shows(run, outputs) -> None:
    run(names=True)
    run(JULY, "r2", accounts(customer_name="A***"))
    assert {told["customer_name"] for told in account_story(outputs, "A1")} == {"A***"}


def test_the_same_run_again_adds_nothing(run, outputs) -> None:
    head = run()
    before = (outputs / "decisions" / "chain.jsonl").read_bytes()
    assert run(now=NOW + dt.timedelta(days=1)) == head
    assert (outputs / "decisions" / "chain.jsonl").read_bytes() == before
    assert len(segments(outputs)) == 1
    assert faults(outputs, head) == []


def test_another_run_of_the_day_supersedes_and_removes_nothing(run, outputs) -> None:
    run()
    run(run_id="r2", rows=accounts(treatment="letter"))
    assert [entry.facts["supersedes"] for entry in chain(outputs)] == [None, 1]
    told = [(row["treatment"], row["in_force"]) for row in account_story(outputs, "A1")]
    assert told == [("soft_call", False), ("letter", True)]


def test_going_back_to_the_first_run_is_recorded_too(run, outputs) -> None:
    run()
    run(run_id="r2", rows=accounts(treatment="letter"))
    run()
    assert [row["in_force"] for row in account_story(outputs, "A1")] == [False, False, True]


def test_the_same_run_id_with_other_decisions_is_recorded(run, outputs) -> None:
    run()
    run(rows=accounts(treatment="letter"))
    assert len(chain(outputs)) == 2


def test_a_list_without_rows_is_recorded(run, outputs) -> None:
    run(rows=accounts(4))
    log, (staging, _) = DecisionLog(outputs), staged(outputs, JULY, "r2", accounts(1))
    scored = staging / "scored.parquet"
    pq.write_table(pq.read_table(scored).slice(0, 0), scored)
    with log.writing():
        assert log.prepare(scored, facts_of(JULY, "r2"), False, NOW)


# Tampering


def test_a_changed_row_is_found_and_named(run, outputs) -> None:
    run()
    run(JULY, "r2")
    alter(segments(outputs)[0], lambda table: with_value(table, "treatment", 2, "letter"))
    (fault,) = verify_decisions(outputs).faults
    assert (fault.kind, fault.as_of, fault.run_id, fault.accounts) == (
        "changed_row", "2026-06-30", "r1", ("A3",),
    )  # fmt: skip
    assert fault.message == "run r1 of 2026-06-30: 1 row was changed: A3"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("propensity", 0.400001), ("propensity", None), ("amount_at_stake", Decimal("100.01")), ("refusals", ""),
        ("reasons", "reason 0 | reason 1 | reason 9"), ("scheduled_at", None), ("arm", "control"),
        ("days_past_due", 0),
    ],
)  # fmt: skip
def test_no_column_can_be_changed_unseen(run, outputs, column, value) -> None:
    run()
    alter(segments(outputs)[0], lambda table: with_value(table, column, 0, value))
    (fault,) = verify_decisions(outputs).faults
    assert (fault.kind, fault.accounts) == ("changed_row", ("A1",))


def test_text_moved_from_one_column_into_the_next_is_a_change(run, outputs) -> None:
    run(rows=accounts(tone="firm", offer="plan"))
    moved = segments(outputs)[0]
    alter(moved, lambda table: with_value(table, "tone", 0, "firmplan"))
    alter(moved, lambda table: with_value(table, "offer", 0, ""))
    assert verify_decisions(outputs).faults[0].accounts == ("A1",)


def test_a_removed_row_is_found_and_its_place_told(run, outputs) -> None:
    run()
    alter(segments(outputs)[0], lambda table: pa.concat_tables([table.slice(0, 2), table.slice(3)]))
    (fault,) = verify_decisions(outputs).faults
    assert fault.kind == "removed_row"
    assert fault.message.endswith("1 row was removed, of priority 3")


def test_an_added_row_is_found_and_named(run, outputs) -> None:
    run()
    alter(segments(outputs)[0], lambda table: pa.concat_tables([table, table.slice(1, 1)]))
    assert [(f.kind, f.accounts) for f in verify_decisions(outputs).faults] == [
        ("added_row", ("A2",))
    ]


def test_a_row_changed_with_its_check_is_found_though_not_named(run, outputs, tmp_path) -> None:
    run()
    (path,) = segments(outputs)
    staging, _ = staged(tmp_path / "elsewhere", JUNE, "r1", accounts(treatment="letter"))
    write_segment(staging / "scored.parquet", path, False)
    (fault,) = verify_decisions(outputs).faults
    assert fault.kind == "changed_segment"
    assert "which ones cannot be told" in fault.message


def test_a_segment_written_anew_with_the_same_rows_says_so(run, outputs) -> None:
    run()
    alter(segments(outputs)[0], lambda table: table)
    (fault,) = verify_decisions(outputs).faults
    assert fault.kind == "changed_segment"
    assert fault.message.endswith("its rows are the same")


def test_a_damaged_segment_is_a_fault_not_a_crash(run, outputs) -> None:
    run()
    segments(outputs)[0].write_bytes(b"PAR1 no more")
    assert faults(outputs) == [("changed_segment", "r1")]


def test_a_removed_segment_is_found(run, outputs) -> None:
    run()
    run(JULY, "r2")
    segments(outputs)[0].unlink()
    assert faults(outputs) == [("removed_segment", "r1")]


def test_an_added_segment_is_found(run, outputs) -> None:
    run()
    (path,) = segments(outputs)
    path.with_name("000009_as_of=2026-06-30.parquet").write_bytes(path.read_bytes())
    assert faults(outputs) == [("unrecorded_segment", None)]


def lines_of(outputs):
    return (outputs / "decisions" / "chain.jsonl").read_text().splitlines(keepends=True)


def write_lines(outputs, lines):
    (outputs / "decisions" / "chain.jsonl").write_text("".join(lines))


def test_entries_in_another_order_are_found(run, outputs) -> None:
    run()
    run(JULY, "r2")
    write_lines(outputs, reversed(lines_of(outputs)))
    assert set(faults(outputs)) == {("broken_chain", "r1"), ("broken_chain", "r2")}


def test_an_edited_entry_is_found(run, outputs) -> None:
    run()
    run(JULY, "r2")
    first, second = lines_of(outputs)
    write_lines(outputs, [first.replace('"2026-06"', '"2026-05"'), second])
    assert faults(outputs) == [("edited_entry", "r1")]


def test_an_edited_entry_with_a_hash_of_its_own_breaks_the_chain(run, outputs) -> None:
    run()
    run(JULY, "r2")
    first, second = lines_of(outputs)
    said = json.loads(first)
    said["facts"]["policy"]["version"] = "2026-05"
    said["hash"] = Entry(**said).computed_hash()
    write_lines(outputs, [entry_line(Entry(**said)), second])
    assert set(faults(outputs)) == {("broken_chain", "r2"), ("lost_head", "r1")}


def test_a_line_that_is_no_entry_is_a_fault_not_a_crash(run, outputs) -> None:
    run()
    write_lines(outputs, ["{}\n"])
    (fault,) = verify_decisions(outputs).faults
    assert fault.kind == "unreadable_index"
    assert "chain.jsonl, line 1: is no entry" in fault.message


def test_an_index_that_names_a_file_elsewhere_is_refused(run, outputs) -> None:
    run()
    (line,) = lines_of(outputs)
    write_lines(outputs, [line.replace('"segment":"', '"segment":"../')])
    with pytest.raises(OutputError, match=r"line 1: is no entry"):
        DecisionLog(outputs).retire(1, NOW)


def truncated(outputs):
    """The last run as if it had never been, as far as the log's folder goes."""
    write_lines(outputs, lines_of(outputs)[:-1])
    segments(outputs)[-1].unlink()


def test_a_cut_off_end_is_found_by_the_head_that_was_printed(run, outputs) -> None:
    run()
    head = run(JULY, "r2")
    truncated(outputs)
    (outputs / f"as_of={JULY}" / "manifest.json").unlink()
    assert faults(outputs) == []
    assert faults(outputs, head) == [("lost_head", None)]


def test_a_cut_off_end_is_found_by_the_manifest_of_the_list(run, outputs) -> None:
    run()
    run(JULY, "r2")
    truncated(outputs)
    assert faults(outputs) == [("lost_head", "r2")]


def test_a_cut_off_index_leaves_a_segment_that_no_entry_names(run, outputs) -> None:
    run()
    run(JULY, "r2")
    write_lines(outputs, lines_of(outputs)[:-1])
    assert ("unrecorded_segment", None) in faults(outputs)


# Retention


def test_retired_segments_leave_an_entry_and_the_log_verifies(run, outputs) -> None:
    run()
    head = run(JULY, "r2", now=NOW + dt.timedelta(days=31), keep=30)
    found = verify_decisions(outputs, head)
    assert (found.faults, found.runs, found.retired) == ((), 1, 1)
    assert [entry.kind for entry in chain(outputs)] == ["run", "retirement", "run"]
    stub = chain(outputs)[1].facts
    assert (stub["setting"], stub["days"]) == ("outputs.keep_decisions_days", 30)
    assert stub["runs"][0]["sha256"] == chain(outputs)[0].facts["sha256"]
    assert [row["run_id"] for row in account_story(outputs, "A1")] == ["r2"]


def test_segments_are_kept_to_their_last_day(run, outputs) -> None:
    run()
    run(JULY, "r2", now=NOW + dt.timedelta(days=30), keep=30)
    run(JULY, "r3", now=NOW + dt.timedelta(days=3000), keep=None)
    assert len(segments(outputs)) == 3


def test_a_retirement_that_was_killed_is_finished_by_the_next(run, outputs) -> None:
    run()
    held = segments(outputs)[0].read_bytes()
    run(JULY, "r2", now=NOW + dt.timedelta(days=31), keep=30)
    (outputs / "decisions" / chain(outputs)[0].facts["segment"]).write_bytes(held)
    assert faults(outputs) == []
    run(JULY, "r3", now=NOW + dt.timedelta(days=31), keep=30)
    assert [path.name[:6] for path in segments(outputs)] == ["000003", "000004"]


def test_a_retirement_before_its_time_is_found(run, outputs) -> None:
    run()
    DecisionLog(outputs).retire(1, NOW + dt.timedelta(days=2))
    said = json.loads(lines_of(outputs)[1])
    said["facts"]["days"] = 3650
    said["hash"] = Entry(**said).computed_hash()
    write_lines(outputs, [lines_of(outputs)[0], entry_line(Entry(**said))])
    assert faults(outputs) == [("early_retirement", "r1")]


def test_how_long_decisions_are_kept_does_not_make_another_run() -> None:
    given = {"portfolio": {"name": "x"}, "source": {"path": "data"}}
    kept = Settings.model_validate(given | {"outputs": {"keep_decisions_days": 730}})
    assert kept.digest() == Settings.model_validate(given).digest()


# Kills


@pytest.fixture
def kill(outputs, tmp_path, monkeypatch):
    """Keep what a kill right before or after a call would leave on the disk; return its folder."""

    def at(owner, name, before=False):
        left, call = tmp_path / "killed", getattr(owner, name)

        def watched(*given):
            if before and not left.exists():
                shutil.copytree(outputs, left)
            done = call(*given)
            if not left.exists():
                shutil.copytree(outputs, left)
            return done

        monkeypatch.setattr(owner, name, watched)
        return left

    return at


@pytest.mark.parametrize(
    ("owner", "call", "before", "left_behind"),
    [
        (record, "next_entry", True, (False, False)),
        (record, "write_whole", False, (False, True)),
        (DecisionLog, "prepare", False, (False, True)),
        (sys.modules[__name__], "publish", False, (True, True)),
        (record, "append_entry", False, (True, True)),
    ],
    ids=["segment written", "told of", "prepared", "published", "recorded"],
)
def test_wherever_a_run_is_killed_what_is_published_is_recorded_and_nothing_else(
    run, kill, owner, call, before, left_behind
) -> None:
    is_recorded, is_pending = left_behind
    run()
    left = kill(owner, call, before)
    run(JULY, "r2")
    found = verify_decisions(left)
    assert (found.faults, found.pending) == ((), is_pending)
    assert (left / f"as_of={JULY}").exists() == is_recorded
    with DecisionLog(left).writing():
        pass
    assert [entry.facts["run_id"] for entry in chain(left)] == ["r1", "r2"][: 1 + is_recorded]
    found = verify_decisions(left)
    assert (found.faults, found.pending, found.runs) == ((), False, 1 + is_recorded)
    names = {path.name for path in (left / "decisions").iterdir()}
    assert names - {".lock", "chain.jsonl"} == {path.name for path in segments(left)}


def test_a_killed_run_is_settled_when_its_list_is_gone_since(run, kill) -> None:
    left = kill(record, "append_entry")
    run()
    shutil.rmtree(left / f"as_of={JUNE}")
    with DecisionLog(left).writing():
        pass
    assert (faults(left), len(chain(left)), len(segments(left))) == ([], 1, 1)


def test_a_run_that_fails_before_its_list_is_published_is_not_recorded(run, outputs) -> None:
    run()
    staging, _ = staged(outputs, JULY, "r2", accounts())
    log = DecisionLog(outputs)

    def failing():
        with log.writing():
            log.prepare(staging / "scored.parquet", facts_of(JULY, "r2"), False, NOW)
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        failing()
    assert (len(chain(outputs)), faults(outputs)) == (1, [])
    assert len(segments(outputs)) == 1


def test_a_disk_that_refuses_is_told_in_one_sentence(run, outputs, monkeypatch) -> None:
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("propension.outputs.decision_log.record.write_whole", full)
    with pytest.raises(OutputError, match="the list is not published"):
        run()
    assert not (outputs / f"as_of={JUNE}").exists()


def test_two_runs_do_not_write_the_log_at_once(outputs, monkeypatch) -> None:
    monkeypatch.setattr(record, "_WAIT_SECONDS", 0.1)
    other = DecisionLog(outputs).writing()
    with DecisionLog(outputs).writing(), pytest.raises(OutputError, match="another run has been"):
        other.__enter__()


# Hashes of rows


def test_hashes_do_not_depend_on_how_a_file_groups_its_rows(outputs, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("propension.outputs.decision_log.rows._BLOCK", 7)
    scored = staged(outputs, JUNE, "r1", accounts(50))[0] / "scored.parquet"
    whole = write_segment(scored, tmp_path / "a.parquet", True)
    pq.write_table(pq.read_table(scored), scored, row_group_size=3)
    again = write_segment(scored, tmp_path / "b.parquet", True)
    assert whole.rows_sha256 == again.rows_sha256
    pq.write_table(pq.read_table(tmp_path / "a.parquet"), tmp_path / "c.parquet", row_group_size=11)
    found = examine_rows(tmp_path / "c.parquet", 50)
    assert found == (whole.rows_sha256, [], [], [])


def test_hashes_of_rows_stay_what_they_were_in_older_versions(outputs, tmp_path) -> None:
    # Were they not, an old log could no longer say which of its rows were changed.
    scored = staged(outputs, JUNE, "r1", accounts(2))[0] / "scored.parquet"
    found = write_segment(scored, tmp_path / "a.parquet", False)
    table = pq.read_table(tmp_path / "a.parquet")
    assert found.rows_sha256[:16] == "5751b561d2d8fe21"
    # Before there was feedback.
    checks = pa.array([12807360801347585735, 6609438508424334418], pa.uint64())
    place = table.schema.get_field_index("row_check")
    before = table.set_column(place, "row_check", checks).drop_columns("feedback")
    pq.write_table(before, tmp_path / "b.parquet")
    old = examine_rows(tmp_path / "b.parquet", 2)
    assert (old.rows_sha256[:16], old.changed) == ("306163d40693646e", [])


def test_checks_are_fnv_1a() -> None:
    text = np.frombuffer(b"foobar", np.uint8)
    checks = np.full(2, _FNV_OFFSET)
    _fold(checks, np.array([0, 0, 6]), text)
    assert [int(check) for check in checks] == [0xCBF29CE484222325, 0x85944171F73967E8]


def test_slices_hash_as_the_rows_they_are() -> None:
    whole = pa.record_batch(
        {
            "text": pa.array(["a", None, "", "ñandú"] * 3),
            "day": pa.array([dt.datetime(2026, 7, 1), None] * 6),
            "money": pa.array([Decimal("1.10"), None, Decimal("-2.00")] * 4, pa.decimal128(18, 2)),
        }
    )
    part = whole.slice(3, 5)
    copied = pa.record_batch(
        {name: pc.take(part[name], pa.array(range(5))) for name in whole.schema.names}
    )
    digests = hashlib.sha256(), hashlib.sha256()
    checks = _digest_rows(part, digests[0]), _digest_rows(copied, digests[1])
    assert (checks[0] == checks[1]).all()
    assert digests[0].digest() == digests[1].digest()
    assert (checks[0] == _digest_rows(whole, hashlib.sha256())[3:8]).all()
