"""What people say is kept as it was said, whoever else writes, and asks only for what the policy leaves to people."""

import datetime as dt
import json
import multiprocessing
import time
from dataclasses import replace

import pytest

from propension.config import FeedbackPolicy
from propension.errors import ConfigurationError, OutputError, PolicyError
from propension.outputs import Feedback, FeedbackLog, wishes_digest, wishes_of
from propension.outputs.feedback import log as log_module

DAY = dt.date(2026, 6, 30)
NOW = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def lenient(policy):
    """A policy that leaves a call and nothing to people, for a week, and lets them put contact off for ten days."""
    left = FeedbackPolicy(
        treatments=("friendly_call", "do_nothing"), valid_days=7, postpone_days=10
    )
    return policy.model_copy(update={"feedback": left})


def override(account="A1", treatment="friendly_call", **changes):
    said = Feedback(
        "override", account, DAY, "run", "ana", treatment=treatment, reason="knows_customer"
    )
    return replace(said, **changes)


def put_off(account="A1", days=5, **changes):
    until = DAY + dt.timedelta(days=days)
    said = Feedback("postpone", account, DAY, "run", "ana", until=until, reason="agreed")
    return replace(said, **changes)


def take_back(number, account="A1"):
    return Feedback("withdraw", account, DAY, "run", "ana", withdraws=number)


def asked(log, policy, days=0):
    """What stands so many days after the list that was read."""
    rows = wishes_of(log, policy, DAY + dt.timedelta(days=days)).to_pylist()
    return {row.pop("account_id"): row for row in rows}


def numbered(*said):
    return [replace(one, number=number) for number, one in enumerate(said, 1)]


def test_what_is_said_is_read_as_it_was_said(tmp_path, lenient):
    log = FeedbackLog(tmp_path)
    kept = log.add(override(note="Habló con ñandú | él"), lenient, NOW)
    assert (kept.number, kept.written_at) == (1, "2026-07-01T09:00:00+00:00")
    assert kept.until == DAY + dt.timedelta(days=7)
    other = log.add(put_off("A2"), lenient, NOW)
    assert log.read() == [kept, other]
    assert log.read("A2") == [other]


def _say(outputs, policy, author, ready):
    """Say something ten times, slowly: between reading what is there and adding to it others have time."""
    chained = log_module.next_entry

    def slowly(*arguments):
        time.sleep(0.02)
        return chained(*arguments)

    log_module.next_entry = slowly
    ready.wait()
    for _ in range(10):
        FeedbackLog(outputs).add(override(author=author), policy, NOW)


def test_writers_at_the_same_time_lose_nothing(tmp_path, lenient):
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(2)
    writers = [
        context.Process(target=_say, args=(tmp_path, lenient, name, ready))
        for name in ("ana", "luz")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    said = FeedbackLog(tmp_path).read()
    assert [one.number for one in said] == list(range(1, 21))
    assert sorted(one.author for one in said) == ["ana"] * 10 + ["luz"] * 10


def test_half_a_line_of_a_killed_writer_is_nothing_said(tmp_path, lenient):
    log = FeedbackLog(tmp_path)
    first = log.add(override(), lenient, NOW)
    file = tmp_path / "feedback/feedback.jsonl"
    with file.open("a") as half:
        half.write('{"facts": {"account_id": "A2')
    assert log.read() == [first]
    second = log.add(put_off(), lenient, NOW)
    assert log.read() == [first, second]


def _edit(lines):
    lines[1] = lines[1].replace('"ana"', '"eva"')


def _forge(lines):
    entry = json.loads(lines[1])
    lines[1] = json.dumps(entry | {"facts": entry["facts"] | {"author": "eva"}})


def _take_out(lines):
    del lines[1]


def _swap(lines):
    lines[0], lines[1] = lines[1], lines[0]


def _empty(lines):
    lines[1] = ""


@pytest.mark.parametrize("change", [_edit, _forge, _take_out, _swap, _empty])
def test_a_changed_file_is_found_by_who_reads_it(tmp_path, lenient, change):
    log = FeedbackLog(tmp_path)
    for account in ("A1", "A2", "A3"):
        log.add(override(account), lenient, NOW)
    file = tmp_path / "feedback/feedback.jsonl"
    lines = file.read_text().splitlines()
    change(lines)
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(OutputError, match=r"line [12]: is not as it was written"):
        log.read()
    with pytest.raises(OutputError, match="is not as it was written"):
        log.add(override(), lenient, NOW)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (override(treatment="sms"), "does not leave sms to people. Choose one of: friendly_call"),
        (override(treatment=None), "does not leave no treatment"),
        (override(reason="mood"), "mood is none of the policy's reasons"),
        (override(author=" "), "say who says it"),
        (override(note="x" * 501), "501 characters"),
        (
            put_off(days=1),
            "may be put off to a day from 2026-07-02 to 2026-07-11, not to 2026-07-01",
        ),
        (put_off(days=12), "not to 2026-07-12"),
        (put_off(until=None), "not to None"),
        (Feedback("wrong_reason", "A1", DAY, "run", "ana"), "say which reason"),
    ],
)
def test_what_the_policy_does_not_leave_to_people_is_refused(tmp_path, lenient, said, message):
    log = FeedbackLog(tmp_path)
    with pytest.raises(PolicyError, match=message):
        log.add(said, lenient, NOW)
    assert log.read() == []


@pytest.mark.parametrize("said", [override(), put_off()])
def test_a_policy_that_says_nothing_leaves_nothing_to_people(tmp_path, policy, said):
    with pytest.raises(PolicyError, match="does not"):
        FeedbackLog(tmp_path).add(said, policy, NOW)


def test_a_wrong_reason_may_always_be_said_and_asks_for_nothing(tmp_path, policy):
    said = Feedback("wrong_reason", "A1", DAY, "run", "ana", feature="payment_count_90d")
    log = FeedbackLog(tmp_path)
    log.add(said, policy, NOW)
    assert log.read()[0].feature == "payment_count_90d"
    assert asked(log.read(), policy) == {}


def test_what_is_taken_back_stands_no_more(tmp_path, lenient):
    log = FeedbackLog(tmp_path)
    first = log.add(override(), lenient, NOW)
    log.add(take_back(first.number), lenient, NOW)
    assert asked(log.read(), lenient) == {}
    assert len(log.read()) == 2


@pytest.mark.parametrize(("number", "account"), [(1, "A2"), (2, "A1"), (3, "A1"), (9, "A1")])
def test_only_what_stands_of_the_account_is_taken_back(tmp_path, lenient, number, account):
    log = FeedbackLog(tmp_path)
    log.add(override(), lenient, NOW)
    log.add(put_off(), lenient, NOW)
    log.add(take_back(2), lenient, NOW)
    with pytest.raises(ConfigurationError, match="nothing with the number"):
        log.add(take_back(number, account), lenient, NOW)


@pytest.mark.parametrize(("days", "stands"), [(-1, False), (0, True), (7, True), (8, False)])
def test_an_override_holds_for_the_days_of_the_policy_and_for_no_earlier_list(
    lenient, days, stands
):
    assert ("A1" in asked(numbered(override()), lenient, days)) is stands


@pytest.mark.parametrize(("days", "stands"), [(-1, False), (0, True), (3, True), (4, False)])
def test_contact_is_put_off_until_its_day(lenient, days, stands):
    # The list of the fourth day plans from the fifth, on which contact may be again.
    assert ("A1" in asked(numbered(put_off(days=5)), lenient, days)) is stands


def test_a_policy_that_became_stricter_decides_about_what_was_said_before(lenient):
    log = numbered(override(), put_off("A2", days=9))
    left = FeedbackPolicy(treatments=(), postpone_days=3)
    stricter = lenient.model_copy(update={"feedback": left})
    found = asked(log, stricter)
    assert found["A1"]["refusal"] == "not_left_to_people"
    assert found["A2"]["not_before"] == DAY + dt.timedelta(days=4)


def test_the_last_word_of_each_kind_counts(lenient):
    log = numbered(override(), put_off(days=9), override(treatment="do_nothing"), put_off(days=3))
    assert asked(log, lenient) == {
        "A1": {
            "treatment": "do_nothing",
            "refusal": None,
            "not_before": DAY + dt.timedelta(days=3),
        }
    }


def test_the_digest_is_of_what_is_asked_and_not_of_who_spoke_first(lenient):
    log = numbered(*(override(account) for account in ("A2", "A1")))
    found = wishes_of(log, lenient, DAY)
    assert found["account_id"].to_pylist() == ["A1", "A2"]
    assert wishes_digest(found) == wishes_digest(wishes_of(log[::-1], lenient, DAY))
    assert wishes_digest(found) != wishes_digest(found.slice(1))
    assert wishes_digest(found.slice(2)) == ""
