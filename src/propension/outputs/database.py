"""The list in a database: replaced whole, in one transaction, together with the files.

The files are what counts. The database is written first but committed last: everything that can
fail has been done before a file is renamed, and between the rename and the commit lies a moment.
Whoever is killed in it leaves new files beside the previous list of the database, and the next run
of the portfolio writes that list again (``prepare_database``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Database, Settings
from propension.errors import OutputError
from propension.outputs.assemble import SCORED_NAME
from propension.outputs.columns import SCORED_SCHEMA
from propension.outputs.database_schema import column_type, migrate
from propension.outputs.database_store import INCOMING, Store, open_store
from propension.outputs.dated import dated_folders, list_date
from propension.outputs.manifest import MANIFEST_NAME, read_manifest
from propension.outputs.publish import publish
from propension.sources import quoted, text_literal


def prepare_database(settings: Settings) -> list[str]:
    """Make sure the database can be written, before anything long is started.

    Its tables are made or brought up to date, and it holds again every published list that it
    should: those it has from another run, and those after its last (of an empty one, the last).

    Returns
    -------
    list of str
        As-of dates of the lists that were written again.

    Raises
    ------
    OutputError, ConfigurationError
        If it cannot be reached, or this role may not write; ``facts["may_pass"]`` says whether
        trying again may help.
    """
    database = settings.outputs.database
    if database is None:
        return []
    with open_store(settings, database) as store:
        migrate(store, database.schema_name)
        _refuse_others(store, settings, database.schema_name)
        behind = _behind(store, settings, database.schema_name)
    for folder in behind:
        write_database(folder, settings)
    return [list_date(folder).isoformat() for folder in behind]


def publish_list(staging: Path, final: Path, settings: Settings) -> None:
    """Replace the list of an as-of date, in the files and in the database, or in neither.

    Raises
    ------
    OutputError
        If either refuses. The previous list is then in place in both, unless the message says
        that only the last commit failed.
    """
    write_database(staging, settings, before_commit=lambda: publish(staging, final))


def write_database(
    folder: Path, settings: Settings, before_commit: Callable[[], None] = lambda: None
) -> int:
    """Replace the list of a folder's as-of date in the database, whole; return its rows.

    Parameters
    ----------
    folder : Path
        Holds ``scored.parquet`` and ``manifest.json``.
    settings : Settings
        Without ``outputs.database`` only ``before_commit`` is called.
    before_commit : callable
        Called when everything is written and nobody can see it yet; what it raises undoes it.

    Raises
    ------
    OutputError
        If the folder or the database cannot be used; the previous list stays as it was.
    """
    database = settings.outputs.database
    if database is None:
        before_commit()
        return 0
    with open_store(settings, database) as store:
        migrate(store, database.schema_name)
        _refuse_others(store, settings, database.schema_name)
        rows = _replace(store, folder, settings, database)
        before_commit()
        try:
            store.commit()
        except OutputError as error:
            raise OutputError(
                f"{error} The files of this list are published; the next run writes it to the "
                "database, which until then may hold the previous one."
            ) from None
    return rows


def _replace(store: Store, folder: Path, settings: Settings, database: Database) -> int:
    schema, scored = database.schema_name, folder / SCORED_NAME
    manifest = read_manifest(folder)
    day = dt.date.fromisoformat(manifest["as_of"])
    names = _contract_columns(scored)
    store.lock()
    _load(store, scored, names, settings)
    shown = ", ".join(quoted(name) for name in names)
    values = ", ".join(
        f"CAST({quoted(name)} AS {column_type(SCORED_SCHEMA.field(name).type, store.json_type)})"
        for name in names
    )
    store.rows(f"DELETE FROM {schema}.scored WHERE as_of = DATE '{day}'")
    store.rows(f"DELETE FROM {schema}.runs WHERE as_of = DATE '{day}'")
    store.rows(f"INSERT INTO {schema}.scored ({shown}) SELECT {values} FROM {INCOMING}")
    store.rows(
        f"INSERT INTO {schema}.runs (as_of, run_id, portfolio, manifest) "
        f"VALUES (DATE '{day}', $1, $2, CAST(CAST($3 AS TEXT) AS {store.json_type}))",
        [manifest["run_id"], settings.portfolio.name, json.dumps(manifest, ensure_ascii=False)],
    )
    return int(store.rows(f"SELECT count(*) FROM {INCOMING}")[0][0])


def _load(store: Store, scored: Path, names: list[str], settings: Settings) -> None:
    """Bring the rows of a list into the database's ``incoming``, lists as JSON text."""
    shown = ", ".join(
        f"to_json({quoted(name)})::VARCHAR AS {quoted(name)}"
        if pa.types.is_list(SCORED_SCHEMA.field(name).type)
        else quoted(name)
        for name in names
    )
    resources = settings.resources
    with duckdb.connect(config={"threads": resources.threads}) as engine:
        engine.execute(f"SET memory_limit = '{resources.memory_gb}GB'")
        rows = engine.sql(f"SELECT {shown} FROM read_parquet({text_literal(scored)})")
        store.load(rows.to_arrow_reader(resources.batch_rows))


def _contract_columns(scored: Path) -> list[str]:
    """Name the columns of a list that the contract knows; an older list has fewer."""
    try:
        held = pq.read_schema(scored).names
    except (OSError, pa.ArrowException) as error:
        raise OutputError(
            f"{scored}: cannot be read ({error}). Run the scoring again to replace it."
        ) from None
    return [name for name in SCORED_SCHEMA.names if name in held]


def _behind(store: Store, settings: Settings, schema: str) -> list[Path]:
    """Find the published lists that the database lacks or has from another run."""
    held = dict(store.rows(f"SELECT as_of, run_id FROM {schema}.runs"))
    published = {
        list_date(folder): folder
        for folder in dated_folders(settings.outputs_folder, SCORED_NAME)
        if (folder / MANIFEST_NAME).exists()
    }
    if not held:
        return [published[max(published)]] if published else []
    return [
        folder
        for day, folder in published.items()
        if (day in held or day > max(held)) and read_manifest(folder)["run_id"] != held.get(day)
    ]


def _refuse_others(store: Store, settings: Settings, schema: str) -> None:
    """Refuse to replace another portfolio's lists: an as-of date has one list in a schema."""
    name = settings.portfolio.name
    found = store.rows(f"SELECT portfolio FROM {schema}.runs WHERE portfolio <> $1 LIMIT 1", [name])
    if found:
        raise OutputError(
            f"outputs.database: schema {schema} holds the lists of portfolio {found[0][0]}, not of {name}. "
            "Give every portfolio a schema of its own (outputs.database.schema)."
        )
