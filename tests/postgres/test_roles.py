"""The documented roles reach what they need, and nothing else; nothing shown tells who connects."""

from __future__ import annotations

import io
import logging
import traceback
from contextlib import closing

import pytest
from builders import extraction_of, settings_of

from propension.errors import DataError, OutputError, PropensionError
from propension.outputs import prepare_database
from propension.sources import PostgreSQL

SECRETS = (
    "s3creto", "s3cr%65to", "propension_reader", "propension_writer", "maria", "postgresql://",
)  # fmt: skip


def as_role(variable, sql, fault):
    with closing(PostgreSQL(variable, "somewhere", fault)) as link:
        return link.rows(sql, "somewhere")


@pytest.mark.parametrize("table", ["clientes", "facturas", "recibos", "sueldos"])
def test_the_writer_cannot_read_the_companys_tables(company, table) -> None:
    with pytest.raises(OutputError, match="permission denied for schema ventas"):
        as_role("PROPENSION_OUTPUT_URI", f"SELECT * FROM ventas.{table}", OutputError)


def test_the_writer_cannot_write_elsewhere(company) -> None:
    for schema in ("public", "ventas"):
        with pytest.raises(OutputError, match=f"permission denied for schema {schema}"):
            as_role("PROPENSION_OUTPUT_URI", f"CREATE TABLE {schema}.x (a int)", OutputError)
    with pytest.raises(OutputError, match="permission denied for database"):
        as_role("PROPENSION_OUTPUT_URI", "CREATE SCHEMA otro", OutputError)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM sueldos", "permission denied for table sueldos"),
        ("SELECT notas FROM clientes", "permission denied for table clientes"),
        ("DELETE FROM facturas", "read-only transaction|permission denied"),
        ("CREATE TABLE ventas.x (a int)", "read-only transaction|permission denied"),
        ("SELECT * FROM propension.scored", "permission denied for schema propension"),
    ],
)
def test_the_reader_reads_what_is_granted_and_changes_nothing(company, sql, message) -> None:
    assert as_role("PROPENSION_SOURCE_URI", "SELECT nit FROM clientes", DataError) == []
    with pytest.raises(DataError, match=message):
        as_role("PROPENSION_SOURCE_URI", sql, DataError)


def test_analysts_read_every_table_of_the_lists(tmp_path, company) -> None:
    prepare_database(settings_of(tmp_path, outputs={"database": {}}))
    company.run("SET ROLE analysts; SELECT * FROM propension.scored, propension.runs")


@pytest.mark.parametrize(
    "login", ["propension_reader:s3creto-errado", "maria:s3creto", "maria:s3cr%65to"]
)
@pytest.mark.parametrize("place", ["source", "destination"])
def test_a_refused_login_never_shows_who_tried(
    tmp_path, company, monkeypatch, capfd, login, place
) -> None:
    host = company.uri("x").partition("?")[2]
    uri = f"postgresql://{login}@/{company.name}?{host}"
    for name in ("PROPENSION_SOURCE_URI", "PROPENSION_OUTPUT_URI"):
        monkeypatch.setenv(name, uri)
    told = refused(tmp_path, place)
    assert "the user or the password is refused" in str(told)
    assert not told.facts["may_pass"]
    assert_tells_nothing(told, tmp_path, capfd)


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql://maria:s3creto@127.0.0.1:1/x", ("nobody answers there", True)),
        ("postgresql://maria:s3creto@/x?host=/nowhere", ("nobody answers there", True)),
        ("host=/nowhere user=maria password=s3creto", ("nobody answers there", True)),
        ("postgresql://maria:s3creto@nowhere.invalid/x", ("the name of its server is not known", True)),
        ("postgresql://maria:s3creto@db:port/x", ("it is not a connection URI", False)),
        ("maria s3creto", ("it is not a connection URI", False)),
    ],
)  # fmt: skip
def test_a_server_that_does_not_answer_is_told_without_the_login(
    tmp_path, company, monkeypatch, capfd, uri, told
) -> None:
    monkeypatch.setenv("PROPENSION_SOURCE_URI", uri)
    fact, may_pass = told
    error = refused(tmp_path, "source")
    assert fact in str(error)
    assert error.facts["may_pass"] is may_pass
    assert_tells_nothing(error, tmp_path, capfd)


def test_a_database_that_does_not_exist_is_told(tmp_path, company, monkeypatch) -> None:
    uri = company.uri("propension_reader").replace(company.name, "otra")
    monkeypatch.setenv("PROPENSION_SOURCE_URI", uri)
    assert "there is no database of that name" in str(refused(tmp_path, "source"))


def test_what_the_server_says_of_a_role_is_masked(tmp_path, company, monkeypatch, capfd) -> None:
    with pytest.raises(DataError, match=r'relation "\*\*\*" does not exist') as told:
        as_role("PROPENSION_SOURCE_URI", "SELECT current_user::text::regclass", DataError)
    assert_tells_nothing(told.value, tmp_path, capfd)
    with pytest.raises(DataError, match=r'for type integer: "\.\.\."') as told:
        as_role("PROPENSION_SOURCE_URI", "SELECT current_user::text::int", DataError)
    assert_tells_nothing(told.value, tmp_path, capfd)


def refused(folder, place) -> PropensionError:
    reached = {
        "source": lambda: extraction_of(folder, source={"kind": "postgresql", "path": None}),
        "destination": lambda: prepare_database(settings_of(folder, outputs={"database": {}})),
    }
    with pytest.raises(PropensionError) as told:
        reached[place]()
    return told.value


def assert_tells_nothing(error, folder, capfd) -> None:
    """Nothing that people or logs are shown of an error says how the database was reached."""
    log = io.StringIO()
    logger = logging.Logger("shown")
    logger.addHandler(logging.StreamHandler(log))
    logger.error("failed", exc_info=error)
    written = [
        file.read_bytes().decode("utf-8", "replace") for file in folder.rglob("*") if file.is_file()
    ]
    chain = [str(error), repr(error), repr(error.facts), repr(error.__cause__)]
    shown = [
        *chain,
        *traceback.format_exception(error),
        log.getvalue(),
        *capfd.readouterr(),
        *written,
    ]
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]
