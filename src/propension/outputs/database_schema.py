"""The tables of a database of lists, made and brought up to date: columns come, none goes."""

from __future__ import annotations

import pyarrow as pa

import propension
from propension.errors import OutputError
from propension.outputs.columns import SCORED_SCHEMA
from propension.outputs.database_store import Store
from propension.sources import quoted

# One entry per version, never edited once released; only additions. The columns of ``scored`` are
# not among them: whatever the contract has and the table lacks is added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE {schema}.runs (
            as_of DATE PRIMARY KEY, run_id TEXT NOT NULL, portfolio TEXT NOT NULL, manifest {json} NOT NULL,
            written_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now())""",
        """CREATE TABLE {schema}.scored (
            as_of DATE NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (as_of, account_id))""",
    ),
)
_VERSIONS = """CREATE TABLE IF NOT EXISTS {schema}.schema_version (
    version INTEGER NOT NULL, added TEXT NOT NULL, software TEXT NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now())"""


def migrate(store: Store, schema: str) -> None:
    """Bring the tables to this version, once whoever migrates at the same time is done.

    Raises
    ------
    OutputError
        If a newer propension made them, or the role may not.
    """
    store.lock()
    if not store.rows("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]):
        store.rows(f"CREATE SCHEMA {schema}")
    store.rows(_VERSIONS.format(schema=schema))
    version = store.rows(f"SELECT coalesce(max(version), 0) FROM {schema}.schema_version")[0][0]
    if version > len(MIGRATIONS):
        raise OutputError(
            f"outputs.database: the tables of schema {schema} are of version {version}; this propension "
            f"knows {len(MIGRATIONS)}. Upgrade propension, or give it a schema of its own."
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            store.rows(statement.format(schema=schema, json=store.json_type))
    added = _add_columns(store, schema)
    if added or version < len(MIGRATIONS):
        store.rows(
            f"INSERT INTO {schema}.schema_version (version, added, software) "
            f"VALUES ({len(MIGRATIONS)}, $1, $2)",
            [", ".join(added), propension.__version__],
        )
    store.commit()


def column_type(kind: pa.DataType, json_type: str) -> str:
    """Return a contract type in the words of both databases; lists are JSON."""
    if pa.types.is_list(kind):
        return json_type
    if pa.types.is_decimal(kind):
        return f"NUMERIC({kind.precision}, {kind.scale})"
    return {
        "string": "TEXT",
        "date32[day]": "DATE",
        "int32": "INTEGER",
        "int64": "BIGINT",
        "double": "DOUBLE PRECISION",
        "bool": "BOOLEAN",
        "timestamp[us]": "TIMESTAMP",
    }[str(kind)]


def _add_columns(store: Store, schema: str) -> list[str]:
    rows = store.rows(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = $1 AND table_name = 'scored'",
        [schema],
    )
    held = {name for (name,) in rows}
    added = [field for field in SCORED_SCHEMA if field.name not in held]
    for field in added:
        kind = column_type(field.type, store.json_type)
        store.rows(f"ALTER TABLE {schema}.scored ADD COLUMN {quoted(field.name)} {kind}")
    return [field.name for field in added]
