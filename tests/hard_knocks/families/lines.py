"""Delimiters, quotes and line ends."""

from __future__ import annotations

import csv

from hard_knocks.folder import VICTIM, Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Delimiters, quotes and lines"


def _all(folder: Folder, **dialect: object) -> None:
    for file in folder.data.iterdir():
        folder.map(file.stem, dict, **dialect)


def _declared(delimiter: str):
    return lambda folder: folder.settings(source={"csv": {"delimiter": delimiter}})


def _ends(end: bytes):
    return lambda folder: folder.bytes("debts", lambda held: held.replace(b"\n", end))


def _append(table: str, text: str):
    return lambda folder: folder.text(table, lambda held: held + text)


def _mixed_ends(folder: Folder) -> None:
    def mixed(held: bytes) -> bytes:
        lines = held.split(b"\n")
        return b"\n".join(lines[:50]) + b"\r\n" + b"\r\n".join(lines[50:])

    folder.bytes("debts", mixed)


def _named(value: str):
    def strike(folder: Folder) -> None:
        folder.cell("customers", "name", value)

    return strike


KNOCKS = [
    Knock("semicolons", lambda f: _all(f, delimiter=";"), Same()),
    Knock("tabs", lambda f: _all(f, delimiter="\t"), Same()),
    Knock("pipes", lambda f: _all(f, delimiter="|"), Same()),
    Knock("a delimiter of each file's own", lambda f: f.map("debts", dict, delimiter=";"), Same()),
    Knock("carets, declared", lambda f: (_all(f, delimiter="^"), _declared("^")(f))[1], Same()),
    Knock("semicolons where commas are declared", lambda f: (_all(f, delimiter=";"), _declared(",")(f))[1],
          Refused(3, "column debt_id is missing", "Map it")),
    Knock("two delimiters", _declared(";;"), Refused(2, "source.csv.delimiter", "at most 1 character")),
    Knock("a quote as the delimiter", _declared('"'), Refused(2, "source.csv.delimiter", "write")),
    Knock("a line break as the delimiter", _declared("\n"), Refused(2, "source.csv.delimiter", "write")),
    Knock("a NUL as the delimiter", _declared("\0"), Refused(2, "propension.yaml", "Take it out")),
    Knock("everything quoted", lambda f: _all(f, quoting=csv.QUOTE_ALL), Same()),
    Knock("lines that end as on Windows", _ends(b"\r\n"), Same()),
    Knock("lines that end as on old Macs", _ends(b"\r"), Same()),
    Knock("line ends of both kinds", _mixed_ends, Refused(3, "debts.csv: cannot be read", "all lines end alike")),
    Knock("blank lines at the end", _append("debts", "\n\n\n"), Same()),
    Knock("a blank first line", lambda f: f.text("debts", lambda h: "\n" + h), Refused(3, "debts.csv", "Begin the file")),
    Knock("Excel's sep= line", lambda f: f.text("debts", lambda h: "sep=,\n" + h), Refused(3, "debts.csv: the first line is 'sep=,'", "Take it out")),
    Knock("a remark above the header", lambda f: f.text("debts", lambda h: "# exported\n" + h),
          Refused(3, "debts: column debt_id is missing", "Map it")),
    Knock("a total below the rows", _append("debts", "Total,,,,,,999999999,,,\n"),
          SetAside({"debts.missing_value": 3})),
    Knock("a line that is too short", _append("debts", "D9,C000026\n"), SetAside({"debts.unreadable_line": 1})),
    Knock("a line that is too long", _append("debts", "D9,C000026" + ",x" * 30 + "\n"),
          SetAside({"debts.unreadable_line": 1})),
    Knock("a delimiter at the end of every line", lambda f: f.text("debts", lambda h: h.replace("\n", ",\n")), Same()),
    Knock("a delimiter at the end of every row, not of the header",
          lambda f: f.text("debts", lambda h: h.replace("\n", ",\n").replace(",\n", "\n", 1)), Same()),
    Knock("a quote that is not closed in the last line", _append("debts", 'D9,"C000026,x,x\n'), SetAside({"debts.unreadable_line": 1})),
    Knock("a quote that is not closed in the middle", lambda f: f.text("debts", lambda h: h.replace("\nD000026", '\n"D000026', 1)),
          Refused(3, "opens a quote that is not closed", "Close it")),
    Knock("a quote in the middle of a value", lambda f: (f.text("customers", lambda h: h.replace("Gómez 25,", 'Gó"mez" 25,')), [VICTIM])[1], SetAside()),
    Knock("delimiter, quote and line break inside quotes", _named('Ana, "la"\nde Cali'), SetAside()),
    Knock("single quotes around values", lambda f: f.map("debts", lambda r: {k: f"'{v}'" for k, v in r.items()}),
          Refused(3, "debts", "source.csv")),
    Knock("spaces after every delimiter", lambda f: f.text("debts", lambda h: h.replace(",", ", ")), Same()),
    Knock("the header repeated among the rows", lambda f: f.text("debts", lambda h: h + h.splitlines()[0] + "\n"),
          SetAside({"debts.wrong_type": 4})),
    Knock("the whole file twice", lambda f: f.text("payments", lambda h: h + h.split("\n", 1)[1]),
          SetAside({"payments.duplicate_key": 1800})),
]  # fmt: skip
