"""Days in three orders, and days that never were."""

from __future__ import annotations

import datetime as dt

from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Dates, times and clocks"
DAYS = {
    "debts": ("issued_on", "due_on"), "payments": ("paid_on",), "promises": ("made_on", "due_on"),
    "disputes": ("opened_on", "closed_on"), "flags": ("from_on", "until_on"),
    "attributes": ("known_on",), "customers": ("since",),
}  # fmt: skip
INSTANTS = dict.fromkeys(
    ("debts", "payments", "contacts", "promises", "disputes", "flags"), ("recorded_at",)
) | {"contacts": ("recorded_at", "at")}


def _all(pattern: str, *declared: str, instants: str = ""):
    def strike(folder: Folder) -> None:
        for columns, form in ((DAYS, pattern), (INSTANTS, instants)):
            for table, names in columns.items() if form else ():
                folder.map(table, lambda row, names=names, form=form: row | {
                    name: row[name] and dt.datetime.fromisoformat(row[name]).strftime(form) for name in names
                })  # fmt: skip
        if declared:
            folder.settings(source={"csv": {"date_formats": list(declared)}})

    return strike


def _cell(table: str, column: str, value: str):
    return lambda folder: folder.cell(table, column, value)


def _each(table: str, column: str, change):
    return lambda folder: folder.map(table, lambda row: row | {column: change(row[column])})


def _clock(when: dt.datetime):
    def strike(folder: Folder) -> None:
        from propension import clock

        before = clock.now_utc, clock.today_utc
        clock.now_utc, clock.today_utc = (lambda: when), when.date
        folder.during.callback(lambda: vars(clock).update(now_utc=before[0], today_utc=before[1]))

    return strike


def _at(*arguments: str) -> tuple[str, ...]:
    return ("score", *arguments)


IMPOSSIBLE = SetAside({"debts.date_out_of_range": 1})
TOO_EARLY = SetAside({"debts.date_out_of_range": 1, "debts.due_before_issued": 1})
UNREADABLE = SetAside({"debts.wrong_type": 1})
DUE = {
    "30 February": ("2026-02-30", UNREADABLE),
    "day first": ("31/01/2026", UNREADABLE),
    "month first": ("01/31/2026", UNREADABLE),
    "a year of two digits": ("26-01-31", TOO_EARLY),
    "a number of Excel's": ("46053", UNREADABLE),
    "seconds since 1970": ("1769817600", UNREADABLE),
    "a month in words": ("31 Jan 2026", UNREADABLE),
    "today": ("today", UNREADABLE),
    "infinity": ("infinity", IMPOSSIBLE),
    "minus infinity": ("-infinity", TOO_EARLY),
    "epoch": ("epoch", SetAside({"debts.due_before_issued": 1})),
    "before Christ": ("2026-01-31 (BC)", TOO_EARLY),
    "the year 0001": ("0001-01-01", TOO_EARLY),
    "the year 1900": ("1900-01-01", TOO_EARLY),
    "the year 9999": ("9999-12-31", IMPOSSIBLE),
    "the year 290000": ("290000-01-01", IMPOSSIBLE),
    "0000-00-00": ("0000-00-00", UNREADABLE),
    "blank": ("", SetAside({"debts.missing_value": 1})),
    "before it was issued": ("2001-01-01", SetAside({"debts.due_before_issued": 1})),
}
ISO, ZONED = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S+00:00"

KNOCKS = [
    *(Knock(f"due on {name}", _cell("debts", "due_on", text), expected) for name, (text, expected) in DUE.items()),
    Knock("day first, declared", _all("%d/%m/%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"), Same()),
    Knock("month first, declared", _all("%m/%d/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S"), Same()),
    Knock("years of two digits, declared", _all("%d.%m.%y", "%d.%m.%y", "%Y-%m-%d %H:%M:%S"), Same()),
    Knock("months in words, declared", _all("%d %b %Y", "%d %b %Y", "%Y-%m-%d %H:%M:%S"), Same()),
    Knock("day first, not declared", _all("%d/%m/%Y"), Refused(3, "debts: not one", "propension check")),
    Knock("month first, not declared", _all("%m/%d/%Y"), Refused(3, "debts: not one", "propension check")),
    Knock("year first with slashes", _all("%Y/%m/%d"), Same()),
    Knock("year first without separators", _all("%Y%m%d"), Refused(3, "debts", "propension check")),
    Knock("day first declared as month first", _all("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S"), Refused(3, "cannot be read, so the others may be read with day and month exchanged", "Correct source.csv.date_formats")),
    Knock("days with a time", _all("%Y-%m-%d 00:00:00"), Same()),
    Knock("days and instants with a zone", _all("%Y-%m-%dT00:00:00Z", instants=ZONED), Same()),
    Knock("instants with another offset", _all(ISO, instants="%Y-%m-%dT%H:%M:%S+00"), Same()),
    Knock("a time of 25:61", _cell("contacts", "at", "2026-06-01 25:61:00"), SetAside({"contacts.wrong_type": 1})),
    Knock("a zone that does not exist", _cell("contacts", "at", "2026-06-01 10:00:00 Mars/Olympus"), SetAside({"contacts.wrong_type": 1})),
    Knock("a payment of tomorrow's tomorrow", _cell("payments", "paid_on", "2026-07-03"), SetAside({"payments.date_out_of_range": 1})),
    Knock("a payment before its debt", _cell("payments", "paid_on", "2001-01-01"), SetAside({"payments.paid_before_issued": 1})),
    Knock("a payment recorded in 2099", _cell("payments", "recorded_at", "2099-01-01 00:00:00"), SetAside({"payments.date_out_of_range": 1})),
    Knock("a debt recorded in 1900", _cell("debts", "recorded_at", "1900-01-01 00:00:00"), IMPOSSIBLE),
    Knock("a flag that lasts until 9999", lambda f: f.map("flags", lambda r: r | {"until_on": r["until_on"] or "9999-12-31"}), SetAside({"flags.date_out_of_range": 14})),
    Knock("customers since 9999", _each("customers", "since", lambda _: "9999-12-31"), SetAside({"customers.date_out_of_range": 300}, scores=False)),
    Knock("issued and due exchanged", lambda f: f.map("debts", lambda r: r | {"issued_on": r["due_on"], "due_on": r["issued_on"]}),
          Refused(3, "debts: not one", "propension check")),
    Knock("payments that stop a year ago", lambda f: f.write("payments", [r for r in f.rows("payments") if r["paid_on"] < "2025-12-01"]),
          Refused(3, "payments: after 2025-12-01", "Load newer payments")),
    Knock("the machine's clock in 1970", _clock(dt.datetime(1970, 1, 2, tzinfo=dt.UTC)), Refused(3, "debts: not one", "propension check")),
    Knock("the machine's clock in 2099", _clock(dt.datetime(2099, 1, 1, tzinfo=dt.UTC)), Same()),
    Knock("as of 1900", lambda f: None, Refused(2, "--as-of 1900-01-01", "Choose a date from"), command=_at("--as-of", "1900-01-01")),
    Knock("as of 9999", lambda f: None, Refused(2, "--as-of 9999-12-31", "leave --as-of out"), command=_at("--as-of", "9999-12-31")),
    Knock("as of 30 February", lambda f: None, Refused(2, "2026-02-30", "YYYY-MM-DD"), command=_at("--as-of", "2026-02-30")),
    Knock("customers in zones that do not exist", _each("customers", "timezone", lambda _: "Mars/Olympus"), SetAside({"customers.unknown_zone": 300}, scores=False)),
    Knock("customers in zones that are paths", _each("customers", "timezone", lambda _: "../../etc/passwd"), SetAside({"customers.unknown_zone": 300}, scores=False)),
    Knock("customers in countries that do not exist", _each("customers", "country", lambda _: "ZZ"), SetAside({})),
    Knock("a portfolio in a zone that does not exist", lambda f: f.settings(portfolio={"timezone": "Mars/Olympus"}),
          Refused(2, "portfolio.timezone", "America/Bogota")),
    Knock("a portfolio in a zone that is a path", lambda f: f.settings(portfolio={"timezone": "../../etc/localtime"}),
          Refused(2, "portfolio.timezone", "America/Bogota")),
    *(Knock(f"the date format {pattern!r}", lambda f, pattern=pattern: f.settings(source={"csv": {"date_formats": [pattern]}}),
            Refused(code, place, remedy))
      for pattern, code, place, remedy in (
          ("dd/mm/yyyy", 2, "source.csv.date_formats", "%d/%m/%Y"),
          ("%Q", 2, "source.csv.date_formats", "%d/%m/%Y"),
          ("%", 2, "source.csv.date_formats", "%d/%m/%Y"),
          ("%H:%M", 3, "debts: not one", "propension check"),
          ("%d'); DROP TABLE faults; --", 3, "debts: not one", "propension check"),
      )),
]  # fmt: skip
