"""Bytes that are not what they seem."""

from __future__ import annotations

import gzip
import zipfile

from hard_knocks.folder import VICTIM, Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Encodings and compression"


def _recode(encoding: str, declared: str | None = None, errors: str = "strict"):
    def strike(folder: Folder) -> None:
        for file in folder.data.iterdir():
            file.write_bytes(file.read_text(encoding="utf-8").encode(encoding, errors))
        if declared:
            folder.settings(source={"csv": {"encoding": declared}})

    return strike


def _break_a_name(folder: Folder) -> list[str]:
    folder.cell("customers", "name", "BROKEN")
    folder.bytes("customers", lambda held: held.replace(b"BROKEN", b"\xff\xfe\xfa"))
    return [VICTIM]


def _mark(mark: bytes):
    return lambda folder: folder.bytes("debts", lambda held: mark + held)


def _gzipped(name: str):
    def strike(folder: Folder) -> None:
        held = folder.csv("debts").read_bytes()
        folder.csv("debts").unlink()
        (folder.data / name).write_bytes(gzip.compress(held))

    return strike


def _zipped(folder: Folder) -> None:
    held = folder.csv("debts").read_bytes()
    with zipfile.ZipFile(folder.csv("debts"), "w") as archive:
        archive.writestr("debts.csv", held)


def _whole(content: bytes):
    return lambda folder: folder.csv("debts").write_bytes(content) and None


NO_TEXT = Refused(3, "debts.csv: is not utf-8 text", "Save it as UTF-8")

KNOCKS = [
    Knock("UTF-8 with a byte order mark", _mark(b"\xef\xbb\xbf"), Same()),
    Knock("Latin-1, declared", _recode("latin-1", "latin-1"), Same()),
    Knock(
        "Latin-1, not declared",
        _recode("latin-1"),
        Refused(3, "customers", "quarantine/unreadable_customers.csv"),
    ),
    Knock("UTF-16 little-endian, declared", _recode("utf-16", "utf-16"), Same()),
    Knock("UTF-16 without a mark, declared", _recode("utf-16-le", "utf-16"), Same()),
    Knock("UTF-16 not declared", _recode("utf-16"), Refused(3, ".csv: is not utf-8 text", "source.csv.encoding")),
    Knock("UTF-16 big-endian", lambda f: (_recode("utf-16-be", "utf-16")(f), [
        file.write_bytes(b"\xfe\xff" + file.read_bytes()) for file in f.data.iterdir()])[0],
        Same()),
    Knock("UTF-32", _recode("utf-32"), Refused(3, ".csv: is not utf-8 text", "Save it as UTF-8")),
    Knock("UTF-8 declared as UTF-16", lambda f: f.settings(source={"csv": {"encoding": "utf-16"}}),
          Refused(3, ".csv: is not utf-16 text", "source.csv.encoding")),
    Knock("Windows-1252 quotes declared as Latin-1",
          lambda f: (f.map("customers", lambda row: row | {"name": "“Ana”"}),
                     f.bytes("customers", lambda held: held.decode().encode("cp1252")),
                     f.settings(source={"csv": {"encoding": "latin-1"}}))[0],
          SetAside({})),
    Knock("one line of broken bytes", _break_a_name, SetAside({"customers.unreadable_line": 1})),
    Knock("broken bytes in the header", lambda f: f.bytes("debts", lambda h: b"\xff\xfa" + h),
          Refused(3, "debts", "debt_id")),
    Knock("NUL bytes in a name", lambda f: f.cell("customers", "name", "A\0\0"), SetAside({})),
    Knock("a file of NUL bytes", _whole(b"\x00" * 5000), NO_TEXT),
    Knock("random bytes", _whole(bytes(range(256)) * 40), NO_TEXT),
    Knock("gzip under the name of a CSV file", _gzipped("debts.csv"), NO_TEXT),
    Knock("debts.csv.gz beside the others", _gzipped("debts.csv.gz"), Refused(3, "debts: the table is missing", "Add debts")),
    Knock("a ZIP archive under the name of a CSV file", _zipped, NO_TEXT),
    Knock("a workbook under the name of a CSV file", _whole(b"PK\x03\x04\x14\x00\x06\x00" + b"\xd0\x9b" * 900), NO_TEXT),
    Knock("an HTML error page under the name of a CSV file", _whole(b"<!DOCTYPE html>\n<html><body>403</body></html>\n"),
          Refused(3, "debts: column debt_id is missing", "Map it")),
]  # fmt: skip
