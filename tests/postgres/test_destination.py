"""The list in a database is replaced whole or not at all, together with the files, and its tables only grow."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import settings_of
from unit.outputs.conftest import REASONS, scored_table

from propension.errors import ConfigurationError, OutputError
from propension.outputs import (
    SCORED_SCHEMA,
    database_schema,
    prepare_database,
    publish_list,
    staging_folder,
    write_database,
    write_manifest,
)
from propension.outputs import database as database_module
from propension.outputs.database_store import PostgreSQLStore

DAY = dt.date(2026, 6, 30)


class Destination:
    """A database of lists, asked as somebody who may see everything."""

    def __init__(self, folder, kind, company=None) -> None:
        self.folder, self.kind, self.company = folder, kind, company
        place = {"kind": "duckdb", "path": "lists.duckdb"} if kind == "duckdb" else {"kind": kind}
        self.settings = settings_of(folder, outputs={"database": place})

    @property
    def final(self):
        return self.settings.outputs_folder / f"as_of={DAY}"

    def run(self, sql):
        if self.company is not None:
            return self.company.run(sql)
        with duckdb.connect(str(self.folder / "lists.duckdb")) as engine:
            return engine.execute(sql).fetchall()

    def accounts(self, day=DAY):
        rows = self.run(
            f"SELECT account_id FROM propension.scored WHERE as_of = '{day}' ORDER BY 1"
        )
        return [account for (account,) in rows]

    def stage(self, *accounts, run="r1", day=DAY, drop=()):
        """A run's folder, ready to be published."""
        folder = staging_folder(self.settings.outputs_folder / f"as_of={day}", run)
        rows = [{"account_id": name, "run_id": run, "as_of": day} for name in accounts]
        pq.write_table(scored_table(*rows).drop_columns(list(drop)), folder / "scored.parquet")
        write_manifest(folder, {"run_id": run, "as_of": day, "allocation": {"limits": []}})
        return folder

    def publish(self, *accounts, **how):
        folder = self.stage(*accounts, **how)
        publish_list(folder, self.final.parent / f"as_of={how.get('day', DAY)}", self.settings)


@pytest.fixture(params=["postgresql", "duckdb"])
def kept(request, tmp_path):
    """A destination of either kind."""
    company = request.getfixturevalue("company") if request.param == "postgresql" else None
    return Destination(tmp_path, request.param, company)


@pytest.fixture
def postgres(tmp_path, company):
    return Destination(tmp_path, "postgresql", company)


def on_disk(kept):
    return pq.read_table(kept.final / "scored.parquet")["account_id"].to_pylist()


def test_the_table_holds_what_the_file_holds(kept) -> None:
    kept.publish("A1", "A2")
    kinds = kept.run(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'propension' "
        "AND table_name = 'scored'"
    )
    assert {name for name, _ in kinds} == set(SCORED_SCHEMA.names)
    lists = {name for name, kind in kinds if kind.lower() in ("json", "jsonb")}
    assert lists == {"flags", "reasons", "refusals"}
    shown = "overdue_amount::TEXT, propensity, days_past_due, manual, as_of, scheduled_at, offer, reasons::TEXT"
    (row, _) = kept.run(f"SELECT {shown} FROM propension.scored ORDER BY priority")
    assert row[:-1] == (
        "1250000.00", 0.734, 45, True, DAY, dt.datetime(2026, 7, 1, 8, 30), None,
    )  # fmt: skip
    assert json.loads(row[-1]) == REASONS
    assert kept.run("SELECT run_id, portfolio FROM propension.runs") == [("r1", "test")]


def test_the_manifest_is_kept_with_the_list(kept) -> None:
    kept.publish("A1")
    ((manifest,),) = kept.run("SELECT manifest::TEXT FROM propension.runs")
    assert json.loads(manifest) == json.loads((kept.final / "manifest.json").read_text())


def test_a_second_run_of_a_date_leaves_one_list_and_other_dates_alone(kept) -> None:
    earlier = dt.date(2026, 5, 31)
    kept.publish("A1", day=earlier)
    kept.publish("A1", "A2")
    kept.publish("A2", "A3", run="r2")
    assert (kept.accounts(earlier), kept.accounts()) == (["A1"], ["A2", "A3"])
    runs = kept.run("SELECT as_of, run_id FROM propension.runs ORDER BY 1")
    assert runs == [(earlier, "r1"), (DAY, "r2")]
    assert on_disk(kept) == kept.accounts()


def test_a_list_without_accounts_replaces_one_with(kept) -> None:
    kept.publish("A1")
    kept.publish(run="r2")
    assert kept.accounts() == []


def test_without_a_database_only_files_are_published(tmp_path) -> None:
    kept = Destination(tmp_path, "duckdb")
    kept.settings = settings_of(tmp_path / "plain")
    kept.publish("A1")
    assert on_disk(kept) == ["A1"]
    assert prepare_database(kept.settings) == []
    assert not list(tmp_path.rglob("*.duckdb"))


# What fails leaves the previous list


def test_files_that_cannot_be_published_leave_both_lists_as_they_were(kept, monkeypatch) -> None:
    kept.publish("A1")

    def refuse(*_):
        raise OutputError("no room")

    monkeypatch.setattr(database_module, "publish", refuse)
    with pytest.raises(OutputError, match="no room"):
        kept.publish("A2", run="r2")
    assert (kept.accounts(), on_disk(kept)) == (["A1"], ["A1"])


def test_a_connection_killed_while_rows_arrive_leaves_both_lists_as_they_were(
    postgres, monkeypatch
) -> None:
    postgres.publish("A1")
    load = PostgreSQLStore.load

    def load_and_die(self, reader):
        (pid,) = self.rows("SELECT pg_backend_pid()")[0]

        def arriving():
            for batch in reader:
                yield batch
                postgres.run(f"SELECT pg_terminate_backend({pid})")
                yield from [batch] * 200

        load(self, pa.RecordBatchReader.from_batches(reader.schema, arriving()))

    monkeypatch.setattr(PostgreSQLStore, "load", load_and_die)
    message = (
        r"^outputs\.database: the connection to PostgreSQL was lost\. Run again when it is back\.$"
    )
    with pytest.raises(OutputError, match=message) as told:
        postgres.publish("A2", run="r2")
    assert told.value.facts["may_pass"]
    assert (postgres.accounts(), on_disk(postgres)) == (["A1"], ["A1"])
    monkeypatch.undo()
    monkeypatch.setenv("PROPENSION_OUTPUT_URI", postgres.company.uri("propension_writer"))
    postgres.publish("A2", run="r2")
    assert (postgres.accounts(), on_disk(postgres)) == (["A2"], ["A2"])


def test_readers_see_the_previous_list_until_the_new_one_is_whole(postgres) -> None:
    postgres.publish("A1")
    seen = []
    staged = postgres.stage("A2", run="r2")
    write_database(staged, postgres.settings, lambda: seen.append(postgres.accounts()))
    assert (seen, postgres.accounts()) == ([["A1"]], ["A2"])


def test_a_run_killed_between_files_and_commit_is_repaired_by_the_next(kept, monkeypatch) -> None:
    kept.publish("A1")

    class Killed(BaseException):
        pass

    publish = database_module.publish

    def publish_and_die(staging, final):
        publish(staging, final)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(database_module, "publish", publish_and_die)
        with pytest.raises(Killed):
            kept.publish("A2", run="r2")
        with pytest.raises(Killed):
            kept.publish("A7", run="r7", day=dt.date(2026, 7, 31))
    assert (kept.accounts(), on_disk(kept)) == (["A1"], ["A2"])
    assert prepare_database(kept.settings) == ["2026-06-30", "2026-07-31"]
    assert (kept.accounts(), kept.accounts(dt.date(2026, 7, 31))) == (["A2"], ["A7"])
    assert prepare_database(kept.settings) == []


def test_a_commit_that_fails_says_that_the_files_are_published(postgres) -> None:
    postgres.publish("A1")

    def lose():
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'propension_writer'"
        )

    with pytest.raises(OutputError, match=r"was lost.* files of this list are published") as told:
        write_database(postgres.stage("A2", run="r2"), postgres.settings, lose)
    assert not told.value.facts.get("may_pass")
    assert postgres.accounts() == ["A1"]


def test_an_empty_database_gets_the_last_list_only(kept) -> None:
    for day in ("2026-04-30", "2026-05-31"):
        folder = kept.stage("A1", day=dt.date.fromisoformat(day))
        folder.rename(kept.settings.outputs_folder / f"as_of={day}")
    assert prepare_database(kept.settings) == ["2026-05-31"]


def test_two_writers_of_one_date_leave_one_list(postgres) -> None:
    first, second = postgres.stage("A1"), postgres.stage("A2", run="r2")
    done = []

    def another():
        from threading import Thread

        thread = Thread(target=lambda: done.append(write_database(second, postgres.settings)))
        thread.start()
        thread.join(0.5)
        assert not done
        done.append(thread)

    write_database(first, postgres.settings, another)
    done[0].join(20)
    assert done[1] == 1
    assert postgres.accounts() == ["A2"]


# The tables


def test_columns_come_and_none_goes(kept) -> None:
    kept.publish("A1")
    kept.run("ALTER TABLE propension.scored DROP COLUMN strategy")
    kept.run("ALTER TABLE propension.scored DROP COLUMN reasons")
    kept.run("ALTER TABLE propension.scored ADD COLUMN nota TEXT")
    kept.run("UPDATE propension.scored SET nota = 'llamar a Ana'")
    kept.publish("A2", day=dt.date(2026, 7, 31), run="r2")
    rows = kept.run("SELECT account_id, nota, reasons IS NULL FROM propension.scored ORDER BY 1")
    assert rows == [("A1", "llamar a Ana", True), ("A2", None, False)]
    versions = kept.run("SELECT version, added FROM propension.schema_version ORDER BY applied_at")
    assert (len(versions), versions[1]) == (2, (1, "reasons, strategy"))


def test_a_later_version_adds_to_the_tables_of_an_earlier_one(kept, monkeypatch) -> None:
    kept.publish("A1")
    later = ("CREATE TABLE {schema}.outcomes (as_of DATE, paid {json})",)
    with monkeypatch.context() as patch:
        patch.setattr(database_schema, "MIGRATIONS", (*database_schema.MIGRATIONS, later))
        prepare_database(kept.settings)
        assert kept.run("SELECT max(version) FROM propension.schema_version") == [(2,)]
        assert kept.run("SELECT count(*) FROM propension.outcomes") == [(0,)]
    assert kept.accounts() == ["A1"]
    with pytest.raises(OutputError, match=r"are of version 2; this propension knows 1\. Upgrade"):
        prepare_database(kept.settings)


def test_a_list_of_an_older_contract_can_be_written(kept) -> None:
    kept.publish("A1", drop=["strategy"])
    assert kept.run("SELECT account_id, strategy FROM propension.scored") == [("A1", None)]


def test_another_portfolios_schema_is_refused(kept) -> None:
    kept.publish("A1")
    kept.settings = kept.settings.model_copy(
        update={"portfolio": kept.settings.portfolio.model_copy(update={"name": "otra"})}
    )
    with pytest.raises(OutputError, match="holds the lists of portfolio test, not of otra"):
        prepare_database(kept.settings)


# What cannot be written


def test_a_file_that_is_no_database_is_told(tmp_path) -> None:
    kept = Destination(tmp_path, "duckdb")
    (tmp_path / "lists.duckdb").write_text("nothing " * 999)
    with pytest.raises(OutputError, match=r"outputs\.database: lists\.duckdb cannot be written"):
        prepare_database(kept.settings)


def test_a_role_that_may_not_write_is_told_before_the_run(postgres) -> None:
    postgres.run("ALTER SCHEMA propension OWNER TO postgres")
    with pytest.raises(OutputError, match=r"permission denied for schema propension\. Grant it"):
        prepare_database(postgres.settings)


def test_no_destination_without_its_variable(postgres, monkeypatch) -> None:
    monkeypatch.delenv("PROPENSION_OUTPUT_URI")
    with pytest.raises(ConfigurationError, match=r"outputs\.database\.uri_env: the environment"):
        prepare_database(postgres.settings)


def test_amounts_arrive_to_the_cent(postgres) -> None:
    amounts = [Decimal(n * 7919 % 100_003) / 100 for n in range(500)]
    folder = postgres.stage("A1")
    rows = [{"overdue_amount": amount} for amount in amounts]
    pq.write_table(scored_table(*rows), folder / "scored.parquet")
    assert write_database(folder, postgres.settings) == 500
    found = postgres.run(
        "SELECT (overdue_amount * 100)::int FROM propension.scored ORDER BY priority"
    )
    assert [cents for (cents,) in found] == [int(amount * 100) for amount in amounts]
