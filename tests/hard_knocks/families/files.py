"""Files and folders: linked, locked, cut off, not there, and full disks."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sqlite3
from pathlib import Path

import duckdb
from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same

TITLE = "Files, folders and disks"


def _link(target):
    def strike(folder: Folder) -> None:
        file = folder.csv("debts")
        moved = folder.root / "elsewhere.csv"
        file.rename(moved)
        file.symlink_to(target(folder) if callable(target) else target)

    return strike


def _instead(make, table: str = "debts"):
    def strike(folder: Folder) -> None:
        folder.csv(table).unlink()
        make(folder.csv(table))

    return strike


def _cut(share: float):
    def strike(folder: Folder) -> None:
        file = folder.data / "debts.parquet"
        held = file.read_bytes()
        file.write_bytes(held[: int(len(held) * share)])

    return strike


def _content(held: bytes, name: str = "debts.parquet"):
    return lambda f: (f.data / name).write_bytes(held) and None


class _ObeyModes:
    """Root is refused what others are refused: its capabilities of ignoring modes are put down."""

    HEADER = (ctypes.c_uint32 * 2)(0x20080522, 0)
    IGNORING = 0b110

    def __enter__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._held = (ctypes.c_uint32 * 6)()
        self._libc.capget(self.HEADER, self._held)
        less = (ctypes.c_uint32 * 6)(*self._held)
        less[0] &= ~self.IGNORING
        self._libc.capset(self.HEADER, less)

    def __exit__(self, *_: object) -> None:
        self._libc.capset(self.HEADER, self._held)


def _mode(path, mode: int):
    def strike(folder: Folder) -> None:
        place = path(folder)
        place.chmod(mode)
        folder.during.callback(place.chmod, 0o700)
        folder.during.enter_context(_ObeyModes())

    return strike


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _full_disk(folder: Folder) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    folder.during.callback(resource.setrlimit, resource.RLIMIT_FSIZE, limits)


def _as_duckdb(folder: Folder) -> Path:
    file = folder.root / "source.duckdb"
    with duckdb.connect(str(file)) as engine:
        for parquet in folder.data.glob("*.parquet"):
            engine.execute(f"CREATE TABLE {parquet.stem} AS FROM '{parquet}'")
    folder.settings(source={"kind": "duckdb", "path": "source.duckdb"})
    return file


def _held_by_another(folder: Folder) -> None:
    """Another process writes the database."""
    import subprocess
    import sys

    file = _as_duckdb(folder)
    code = f"import duckdb, time; c = duckdb.connect({str(file)!r}); print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    folder.during.callback(lambda: (other.kill(), other.wait(), other.stdout.close()))
    other.stdout.readline()


def _sqlite(folder: Folder) -> None:
    sqlite3.connect(folder.root / "source.duckdb").execute(
        "CREATE TABLE debts (x)"
    ).connection.close()
    folder.settings(source={"kind": "duckdb", "path": "source.duckdb"})


def _source(value: str):
    return lambda f: f.settings(source={"path": value})


def _registry(make):
    def strike(folder: Folder) -> None:
        import yaml

        models = Path(yaml.safe_load(folder.config.read_text())["registry"]["path"])
        shutil.copytree(models, folder.root / "models")
        make(folder.root / "models")
        folder.settings(registry={"path": "models"})

    return strike


def _garble(pattern: str):
    def make(models: Path) -> None:
        for file in models.rglob(pattern):
            file.write_bytes(b"not what it was")

    return make


def _past_list(spoil):
    """A list of before, spoiled."""

    def strike(folder: Folder) -> None:
        from hard_knocks.judging import run

        run("score", "-c", str(folder.config), "--as-of", "2026-06-15")
        spoil(folder.outputs / "as_of=2026-06-15")

    return strike


OUTPUTS = "outputs"
NOT_FOUND = Refused(3, "does not exist", "Correct it")

KNOCKS = [
    Knock("a table behind a symbolic link", _link("../elsewhere.csv"), Same()),
    Knock("a table behind a link out of the folder", _link(lambda f: shutil.copy(f.root / "elsewhere.csv", f.root.parent / "outside.csv")), Same()),
    Knock("a link to itself", _link("debts.csv"), Refused(3, "debts", "regular file")),
    Knock("a link to nothing", _link("nowhere.csv"), Refused(3, "debts", "regular file")),
    Knock("the data folder behind a link", lambda f: (f.data.rename(f.root / "there"), f.data.symlink_to("there"))[1], Same()),
    Knock("the data folder a link to itself", lambda f: (f.data.rename(f.root / "there"), f.data.symlink_to("data"))[1], Refused(3, "source.path", "Correct it")),
    Knock("a table that is /dev/null", _link("/dev/null"), Refused(3, "debts", "regular file")),
    Knock("a table that is /dev/zero", _link("/dev/zero"), Refused(3, "debts", "regular file")),
    Knock("a table that is a pipe nobody writes", _instead(os.mkfifo), Refused(3, "debts", "regular file")),
    Knock("a table that is a folder", _instead(Path.mkdir), Refused(3, "debts", "regular file")),
    Knock("a Parquet table that is a folder", lambda f: ((f.data / "debts.parquet").unlink(), (f.data / "debts.parquet").mkdir())[1], Refused(3, "debts", "regular file"), "parquet"),
    Knock("names of files in capitals", lambda f: f.csv("debts").rename(f.data / "DEBTS.CSV") and None, Refused(3, "debts: the table is missing", "Add debts")),
    Knock("other files beside the tables", lambda f: [(f.data / n).write_bytes(b"x") for n in ("notes.txt", "~$debts.xlsx", ".DS_Store", "debts (1).csv", "a'b;--.csv")] and None, Same()),
    Knock("Parquet and CSV of one table", lambda f: (f.data / "debts.csv").write_text("junk\n1\n") and None, Same(), "parquet"),
    Knock("Parquet cut off at half", _cut(0.5), Refused(3, "debts.parquet", "Write it anew"), "parquet"),
    Knock("Parquet cut off before its last byte", _cut(0.9999), Refused(3, "debts.parquet", "Write it anew"), "parquet"),
    Knock("Parquet of no bytes", _content(b""), Refused(3, "debts.parquet", "Write it anew"), "parquet"),
    Knock("CSV under the name of Parquet", _content(b"debt_id,amount\nD1,1\n"), Refused(3, "debts.parquet", "Write it anew"), "parquet"),
    Knock("Parquet with its middle overwritten", lambda f: (f.data / "debts.parquet").write_bytes(
        (b := (f.data / "debts.parquet").read_bytes())[:2000] + b"\xff" * 4000 + b[6000:]) and None, Refused(3, "debts: cannot be read", "Write the table anew"), "parquet"),
    Knock("a DuckDB file", lambda f: _as_duckdb(f) and None, Same(), "parquet"),
    Knock("a DuckDB file that another process writes", _held_by_another, Refused(3, "source.path", "no other program writes it"), "parquet"),
    Knock("a DuckDB file cut off", lambda f: (file := _as_duckdb(f)).write_bytes(file.read_bytes()[:9000]) and None, Refused(3, "source.path", "Check that it is whole"), "parquet"),
    Knock("a DuckDB file of text", lambda f: (_as_duckdb(f).write_text("not a database"), None)[1], Refused(3, "source.path", "DuckDB file"), "parquet"),
    Knock("a DuckDB file of no bytes", lambda f: (_as_duckdb(f).write_text(""), None)[1], Refused(3, "source.path", "Check that it is whole"), "parquet"),
    Knock("SQLite under the name of DuckDB", _sqlite, Refused(3, "source.path", "DuckDB file")),
    Knock("a folder where a DuckDB file should be", lambda f: f.settings(source={"kind": "duckdb"}), Refused(3, "source.path", "kind: files")),
    Knock("a file where the data folder should be", _source("policy.yaml"), Refused(3, "is not a folder", "set kind: duckdb")),
    Knock("a data folder that is not there", _source("dta"), NOT_FOUND),
    Knock("a path of a NUL byte", _source("da\0ta"), Refused(2, "propension.yaml", "Take it out")),
    Knock("a path of five thousand characters", _source("x" * 5000), Refused(3, "source.path", "Correct it")),
    Knock("a path with a quote and a semicolon", lambda f: (f.data.rename(f.root / "a'b;--"), _source("a'b;--")(f))[1], Same()),
    Knock("a path with wildcards", lambda f: (f.data.rename(f.root / "a[1]*?"), _source("a[1]*?")(f))[1], Same()),
    Knock("a path with accents and emoji", lambda f: (f.data.rename(f.root / "cartera ñ 😀"), _source("cartera ñ 😀")(f))[1], Same()),
    Knock("a connection where a path should be", _source("postgresql://me:secret@host/db"), Refused(2, "source.path", "uri_env")),
    Knock("a read-only data folder", _mode(lambda f: f.data, 0o500), Same()),
    Knock("a data folder that nobody may read", _mode(lambda f: f.data, 0o000), Refused(3, "source.path", "who may read it")),
    Knock("a table that nobody may read", _mode(lambda f: f.csv("debts"), 0o000), Refused(3, "debts.csv", "who may read it")),
    Knock("a read-only outputs folder", _mode(lambda f: _made(f.outputs), 0o500), Refused(1, OUTPUTS, "this user may write in")),
    Knock("a read-only portfolio folder", _mode(lambda f: f.root, 0o500), Refused(1, OUTPUTS, "this user may write in")),
    Knock("settings that nobody may read", _mode(lambda f: f.config, 0o000), Refused(2, "propension.yaml", "cannot be read")),
    Knock("a file where the outputs folder should be", lambda f: f.outputs.write_text("x") and None, Refused(1, OUTPUTS, "Check")),
    Knock("outputs behind a link to nothing", lambda f: f.outputs.symlink_to("/dev/null/nowhere"), Refused(1, "nowhere", "Check")),
    Knock("outputs in /dev/full", lambda f: f.settings(outputs={"path": "/dev/full"}), Refused(1, "/dev/full", "Check")),
    Knock("a full disk", _full_disk, Refused(1, OUTPUTS, "Check the room on the disk")),
    Knock("a folder where a list should be", lambda f: (f.outputs / "as_of=2026-06-30").mkdir(parents=True), Same()),
    Knock("a file where a list should be", lambda f: (f.outputs.mkdir(), (f.outputs / "as_of=2026-06-30").write_text("x"))[0], Same()),
    Knock("a list of no date", lambda f: (f.outputs / "as_of=yesterday").mkdir(parents=True), Same()),
    Knock("a list before, cut off", _past_list(lambda p: (p / "scored.parquet").write_bytes(b"PAR1")), Refused(1, "as_of=2026-06-15", "move its folder away")),
    Knock("a list before, without a manifest", _past_list(lambda p: (p / "manifest.json").unlink()), Refused(1, "as_of=2026-06-15/manifest.json", "Give the folder of a finished run")),
    Knock("a list before, with a manifest of nonsense", _past_list(lambda p: (p / "manifest.json").write_text("{")), Refused(1, "as_of=2026-06-15/manifest.json", "Run the scoring again")),
    Knock("no models", lambda f: f.settings(registry={"path": "models"}), Refused(4, "has no champion yet", "propension train")),
    Knock("a file where the models folder should be", lambda f: f.settings(registry={"path": "policy.yaml"}), Refused(4, "policy.yaml", "registry.path")),
    Knock("a registry of nonsense", _registry(_garble("*.db")), Refused(4, "mlflow.db is no registry of models", "Put back the folder")),
    Knock("no settings", lambda f: f.config.unlink(), Refused(2, "propension.yaml: file not found", "propension init")),
    Knock("a folder where the settings should be", lambda f: (f.config.unlink(), f.config.mkdir())[1], Refused(2, "propension.yaml", "is a directory")),
    Knock("settings behind a link to themselves", lambda f: (f.config.unlink(), f.config.symlink_to("propension.yaml"))[1], Refused(2, "propension.yaml", "cannot be read")),
    Knock("no policy", lambda f: f.policy.unlink(), Refused(2, "policy.yaml: file not found", "propension init")),
    Knock("a policy that is a picture", lambda f: f.policy.write_bytes(b"\x89PNG\r\n\x1a\n\xff") and None, Refused(2, "policy.yaml", "UTF-8")),
]  # fmt: skip
