"""Portfolios of an odd kind: currencies, nobody who pays, nobody who owes."""

from __future__ import annotations

import datetime as dt

from hard_knocks.folder import Folder, Row
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Odd portfolios and currencies"


def _currency(change):
    return lambda f: f.map("debts", lambda r: r | {"currency": change(r)})


def _pay(folder: Folder, debts, on) -> None:
    """Pay every one of some debts at once, and nothing else."""
    rows = [
        {"payment_id": f"P{n}", "debt_id": r["debt_id"], "paid_on": on(r), "amount": r["amount"]}
        for n, r in enumerate(debts)
    ]
    folder.write("payments", rows)


def _one_customer(folder: Folder) -> list[str]:
    rows = {table: folder.rows(table) for table in ("customers", "debts", "payments")}
    kept = {table: folder.victims(table, held) for table, held in rows.items()}
    for table in ("contacts", "promises", "disputes", "flags", "attributes"):
        folder.csv(table).unlink()
    for table, held in kept.items():
        folder.write(table, held)
    # The data end on another day too, so not even the one that is left stays as it was.
    return [row["customer_id"] for row in rows["customers"]]


def _everybody(folder: Folder) -> list[str]:
    return [row["customer_id"] for row in folder.rows("customers")]


def _one_row(folder: Folder) -> None:
    _one_customer(folder)
    debt = folder.rows("debts")[-1]
    folder.write("debts", [debt])
    _pay(folder, [debt | {"amount": "1"}], lambda row: row["issued_on"])


def _rates(folder: Folder) -> None:
    _currency(lambda r: "USD" if r["customer_id"] > "C000150" else "COP")(folder)
    folder.map(
        "debts",
        lambda r: (
            r
            | {"amount": str(float(r["amount"]) / 4000) if r["currency"] == "USD" else r["amount"]}
        ),
    )
    folder.write("rates", [{"currency": "USD", "rate": "4000"}, {"currency": "COP", "rate": "1"}])
    columns = (
        "debt_id, customer_id, account_id, contract_id, issued_on, due_on, product, recorded_at"
    )
    sql = f"SELECT {columns}, 'COP' AS currency, round(amount::DOUBLE * rate::DOUBLE) AS amount FROM debts JOIN rates USING (currency)"
    folder.settings(source={"tables": {"debts": {"sql": sql}}})


def _twelve_days_late(row: Row) -> str:
    return str(dt.date.fromisoformat(row["due_on"]) + dt.timedelta(days=12))


TRAIN = ("train",)
NOBODY = Refused(3, "not one account has anything overdue", "Check due_on, payments")
NEVER_OVERDUE = Refused(3, "training: no account had anything overdue", "Check due_on")

KNOCKS = [
    Knock("two currencies, no rates", _currency(lambda r: "USD" if r["customer_id"] > "C000150" else "COP"),
          Refused(3, "debts: the rows are in several currencies", "Convert them to one in the mapping's SQL")),
    Knock("two currencies, rates in the mapping's SQL", _rates, Same()),
    Knock("a currency in small letters and spaces", _currency(lambda r: " cop"), Same()),
    Knock("currencies in both cases", _currency(lambda r: "cop" if r["customer_id"] > "C000150" else "COP"), Same()),
    Knock("all debts in another currency than the portfolio's", _currency(lambda r: "USD"), Refused(3, "debts", "portfolio.currency")),
    Knock("a currency for every row", _currency(lambda r: r["debt_id"][-3:]), Refused(3, "debts: the rows are in several currencies", "Convert")),
    Knock("no currency", _currency(lambda r: ""), Same()),
    Knock("debts of one customer", _one_customer, SetAside({}, scores=False)),
    Knock("one debt, one payment", _one_row, NOBODY),
    Knock("no payments", lambda f: f.text("payments", lambda h: h.split("\n", 1)[0] + "\n"),
          Refused(3, "payments: the table has no rows", "Check the source")),
    Knock("everything paid at once", lambda f: _pay(f, f.rows("debts"), lambda r: r["issued_on"]), NOBODY),
    Knock("nothing is due yet", lambda f: f.map("debts", lambda r: r | {"due_on": "2027-01-01"}), NOBODY),
    Knock("everything overdue since 1950", lambda f: f.map("debts", lambda r: r | {"issued_on": "1950-01-01", "due_on": "1950-01-02"}) or _everybody(f), SetAside({})),
    Knock("everybody is deceased", lambda f: f.write("flags", [{"customer_id": r["customer_id"], "flag": "deceased", "from_on": "2026-01-01", "recorded_at": ""} for r in f.rows("customers")]), SetAside({})),
    Knock("everybody in one group", lambda f: f.map("customers", lambda r: r | {"group_id": "G"}), SetAside({})),
    Knock("a group for everybody", lambda f: f.map("customers", lambda r: r | {"group_id": r["customer_id"]}), SetAside({})),
    Knock("train: everything paid at once", lambda f: _pay(f, f.rows("debts"), lambda r: r["issued_on"]), NEVER_OVERDUE, command=TRAIN),
    Knock("train: nobody ever pays", lambda f: _pay(f, f.rows("debts")[:1], lambda r: r["issued_on"]), Refused(3, "model: nobody paid in the train window", "Check payments and debts"), command=TRAIN),
    Knock("train: everybody pays twelve days late", lambda f: _pay(f, [r for r in f.rows("debts") if r["due_on"] < "2026-06-10"], _twelve_days_late),
          Refused(3, "model: everybody paid in the train window", "Check payments and debts"), command=TRAIN),
    Knock("train: one customer", _one_customer, Refused(3, "are too few for train, validation, calibration and test windows", "Load more history"), command=TRAIN),
    Knock("train: one month of history", lambda f: (f.write("debts", [r for r in f.rows("debts") if r["issued_on"] > "2026-05-20"]), f.settings())[1], NEVER_OVERDUE, command=TRAIN),
]  # fmt: skip
