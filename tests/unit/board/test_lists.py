import datetime as dt
import shutil
import threading

import pyarrow.parquet as pq
import pytest
from board_world import AS_OF, make_portfolio, publish_list

from propension.board import lists as module
from propension.board.lists import Lists
from propension.board.refused import NoListError, RefusedError
from propension.config import load_settings


@pytest.fixture
def config(tmp_path):
    return make_portfolio(tmp_path / "cartera", 12, outputs={"personal_data": "full"})


@pytest.fixture
def lists(config):
    return Lists(load_settings(config))


def runs(open_list):
    return {row["run_id"] for row in open_list.rows(False, "SELECT DISTINCT run_id FROM accounts")}


def test_the_newest_list_is_the_current_one(config, lists):
    assert runs(lists.current()) == {"run-1"}
    publish_list(config, 12, run="run-2")
    assert lists.current().run_id == "run-2"
    assert runs(lists.current()) == {"run-2"}


def test_whoever_reads_a_list_reads_on_while_it_is_replaced(config, lists):
    held = lists.current()
    publish_list(config, 12, run="run-2")
    lists.current()
    assert runs(held) == {"run-1"}


def test_an_unchanged_list_is_opened_once(lists):
    assert lists.current() is lists.current()


def test_a_list_that_makes_room_for_the_next_is_still_the_current_one(config, lists):
    settings = load_settings(config)
    folder = settings.outputs_folder / "as_of=2026-06-30"
    publish_list(config, 12, as_of=dt.date(2026, 5, 31), run="older")
    held = lists.current()
    # Between the two renames of a publication.
    folder.rename(folder.with_name(f".{folder.name}.previous"))
    assert lists.current() is held
    assert runs(Lists(settings).current()) == {"run-1"}


def test_a_folder_that_is_renamed_while_it_is_looked_for_is_found(lists, monkeypatch):
    whole = module._look(lists._outputs)
    # Gone from where it was looked for first, not yet where it was looked for next.
    glances = iter([whole, None, whole, whole])
    monkeypatch.setattr(module, "_look", lambda _: next(glances))
    assert module._newest(lists._outputs) == whole


def test_every_reader_gets_a_whole_list_while_lists_are_published(config, lists):
    mixed, seen, stop = [], {lists.current().run_id}, threading.Event()

    def read():
        while not (stop.is_set() and "run-7" in seen):
            found = lists.current()
            told = runs(found)
            seen.update(told)
            if told != {found.run_id}:
                mixed.append((found.run_id, told))

    readers = [threading.Thread(target=read, daemon=True) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(2, 8):
        publish_list(config, 12, run=f"run-{n}")
    stop.set()
    for reader in readers:
        reader.join(30)
    assert mixed == []
    assert {"run-1", "run-7"} <= seen


def test_copies_of_former_lists_do_not_pile_up(config, lists):
    for n in range(2, 5):
        publish_list(config, 12, run=f"run-{n}")
        lists.current()
    copies = list((load_settings(config).outputs_folder / ".board").iterdir())
    assert len(copies) == 1
    assert copies[0].parent.stat().st_mode & 0o077 == 0


def test_a_portfolio_without_a_list_says_so(config, lists):
    shutil.rmtree(load_settings(config).outputs_folder / "as_of=2026-06-30")
    with pytest.raises(NoListError, match="propension score"):
        lists.current()


def test_viewers_see_names_masked_and_neither_phones_nor_messages_that_hold_names(lists):
    shown = lists.current().rows(
        True, "SELECT customer_name, customer_phone, message FROM accounts"
    )
    assert {row["customer_phone"] for row in shown} == {None}
    assert {row["message"] for row in shown} == {None, "Hola, B*** C***"}
    assert shown[5]["customer_name"] == "A*** G*** 5***"
    # Lists of portfolios that mask names hold them so: they stay as they are.
    assert shown[6]["customer_name"] == "B*** C***"


def test_viewers_see_messages_of_lists_that_name_nobody(tmp_path):
    config = make_portfolio(tmp_path / "masked", 0)
    publish_list(
        config, 12, change=lambda row: row | {"customer_name": "A*** B***", "message": "Hola"}
    )
    shown = Lists(load_settings(config)).current().rows(True, "SELECT message FROM accounts")
    assert {row["message"] for row in shown} == {"Hola"}


def test_a_list_that_is_damaged_is_said_to_be(config, lists):
    (load_settings(config).outputs_folder / "as_of=2026-06-30" / "scored.parquet").write_bytes(
        b"PAR1"
    )
    with pytest.raises(RefusedError, match="being_replaced"):
        lists.current()


def test_a_page_of_a_damaged_list_says_what_to_do(ask, config):
    folder = load_settings(config).outputs_folder / "as_of=2026-06-30"
    (folder / "scored.parquet").write_bytes(b"PAR1")
    answer = ask(config).get("/")
    assert answer.status_code == 503
    assert "hay que calificar de nuevo" in answer.text


def test_a_list_of_before_allocations_were_written_is_shown(config, lists):
    (load_settings(config).outputs_folder / "as_of=2026-06-30" / "allocation.json").unlink()
    assert lists.current().allocation == {"limits": []}


def test_a_new_list_that_cannot_be_read_leaves_the_one_before(config, lists):
    held = lists.current()
    folder = publish_list(config, 12, run="run-2")
    (folder / "scored.parquet").write_bytes(b"PAR1")
    assert lists.current() is held


def test_statements_reach_neither_files_nor_the_list_s_contents(lists):
    open_list = lists.current()
    with pytest.raises(Exception, match="disabled by configuration"):
        open_list.rows(False, "SELECT * FROM read_csv('/etc/passwd')")
    with pytest.raises(Exception, match="read-only"):
        open_list.rows(False, "DELETE FROM main.scored")


def test_a_list_of_an_older_version_has_nothing_in_columns_that_came_since(ask, tmp_path):
    config = make_portfolio(tmp_path / "cartera", 5)
    scored = config.parent / "outputs" / f"as_of={AS_OF}" / "scored.parquet"
    pq.write_table(pq.read_table(scored).drop_columns(["feedback", "starts_at"]), scored)
    for place in ("/accounts", "/accounts/C000001", "/agenda", "/feedback"):
        assert ask(config).get(place).status_code == 200
