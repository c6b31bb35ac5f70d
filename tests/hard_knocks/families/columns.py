"""Columns that are missing, many, twice or of another type."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Columns, headers and types"


def _header(table: str, change):
    def strike(folder: Folder) -> None:
        folder.text(
            table, lambda held: change(held.split("\n", 1)[0]) + "\n" + held.split("\n", 1)[1]
        )

    return strike


def _without(table: str, column: str):
    return lambda f: f.map(table, lambda row: {k: v for k, v in row.items() if k != column})


def _more(table: str, **columns: str):
    return lambda f: f.map(table, lambda row: row | columns)


def _cast(table: str, column: str, kind: pa.DataType):
    def change(held: pa.Table) -> pa.Table:
        at = held.schema.get_field_index(column)
        return held.set_column(at, column, held[column].cast(kind))

    return lambda f: f.parquet(table, change)


def _ids_as(kind: pa.DataType):
    """Write the ids of customers as numbers, wherever they are."""

    def change(held: pa.Table) -> pa.Table:
        for name in ("customer_id", "account_id"):
            if name in held.column_names:
                numbers = pc.cast(pc.utf8_slice_codeunits(held[name], 1), pa.int64()).cast(kind)
                held = held.set_column(held.schema.get_field_index(name), name, numbers)
        return held

    def strike(folder: Folder) -> None:
        for table in ("customers", "debts", "contacts", "promises", "flags", "attributes"):
            folder.parquet(table, change)

    return strike


def _set(table: str, column: str, values):
    def change(held: pa.Table) -> pa.Table:
        at = held.schema.get_field_index(column)
        return held.set_column(at, column, values(len(held)))

    return lambda f: f.parquet(table, change)


def _number(account: str) -> str:
    return str(int(account.removeprefix("C")))


HINT = Refused(3, "debts: column amount is missing", "Map it under source.tables.debts.columns")

KNOCKS = [
    Knock("a needed column is missing", _without("debts", "amount"), HINT),
    Knock("every optional column of customers is missing",
          lambda f: f.map("customers", lambda r: {"customer_id": r["customer_id"]}), SetAside({}, scores=False)),
    Knock("recorded_at is missing everywhere", lambda f: [_without(t, "recorded_at")(f) for t in ("debts", "payments", "contacts", "promises", "disputes", "flags")] and None, SetAside({})),
    Knock("payments without ids", _without("payments", "payment_id"), Same()),
    Knock("a renamed column", _header("debts", lambda h: h.replace("amount", "valor")), HINT),
    Knock("a misspelt column", _header("debts", lambda h: h.replace("amount", "amuont")), Refused(3, "column amount is missing", "did you mean amuont?")),
    Knock("a renamed column, mapped", lambda f: (_header("debts", lambda h: h.replace("amount", "valor $"))(f),
          f.settings(source={"tables": {"debts": {"table": "debts", "columns": {"amount": "valor $"}}}}))[0], Same()),
    Knock("a mapped column that is not there", lambda f: f.settings(source={"tables": {"debts": {"table": "debts", "columns": {"amount": "valor"}}}}),
          Refused(3, "source.tables.debts.columns", "It holds")),
    Knock("a mapping of a column that does not exist", lambda f: f.settings(source={"tables": {"debts": {"table": "debts", "columns": {"amuont": "amount"}}}}),
          Refused(2, "source.tables.debts.columns", "did you mean amount?")),
    Knock("a mapped table that is not there", lambda f: f.settings(source={"tables": {"debts": {"table": "dets"}}}),
          Refused(2, "source.tables.debts", "did you mean debts?")),
    Knock("a table nobody knows is mapped", lambda f: f.settings(source={"tables": {"debtz": {"table": "debts"}}}),
          Refused(2, "source.tables.debtz", "did you mean debts?")),
    Knock("a column twice, the second empty", lambda f: f.text("debts", lambda h: "\n".join(
        line + (",amount" if n == 0 else ",") if line else line for n, line in enumerate(h.split("\n")))), Same()),
    Knock("a column twice, in capitals", lambda f: f.text("debts", lambda h: "\n".join(
        line + (",AMOUNT" if n == 0 else ",7") if line else line for n, line in enumerate(h.split("\n")))), Same()),
    Knock("headers in capitals", _header("debts", str.upper), Same()),
    Knock("headers with spaces around", _header("debts", lambda h: h.replace(",", " , ")), Same()),
    Knock("headers in quotes", _header("debts", lambda h: ",".join(f'"{name}"' for name in h.split(","))), Same()),
    Knock("a header of SQL", _more("debts", **{'x"; DROP TABLE faults; --': "1"}), Same()),
    Knock("a header of emoji", _more("debts", **{"😀": "1"}), Same()),
    Knock("a header of a NUL", _more("debts", **{"a\0": "1"}), Refused(3, "debts.csv: is not utf-8 text", "source.csv.encoding")),
    Knock("a nameless column", _more("debts", **{"": "1"}), Same()),
    Knock("columns named as the engine's own", _more("debts", _row="1", _bad_amount="true", _raw_amount="x"), Same()),
    Knock("customers' columns named as the engine's own", _more("customers", _row="1", _bad_since="true", _raw_since="x"), Same()),
    Knock("customers' columns named as another table's", _more("customers", debt_id="D1", amount="x", paid_on="y"), Same()),
    Knock("a thousand more columns of customers", _more("customers", **{f"extra_{n}": "x" for n in range(1000)}), Same()),
    Knock("a column without a value", _more("debts", product=""), SetAside({})),
    Knock("a needed column without a value", _more("debts", amount=""), Refused(3, "debts: not one", "propension check")),
    Knock("the header alone", lambda f: f.text("debts", lambda h: h.split("\n", 1)[0] + "\n"), Refused(3, "debts: the table has no rows", "Check the source")),
    Knock("the header alone, without a line end", lambda f: f.text("debts", lambda h: h.split("\n", 1)[0]), Refused(3, "debts: the table has no rows", "Check the source")),
    Knock("no header", lambda f: f.text("debts", lambda h: h.split("\n", 1)[1]), Refused(3, "debts: column debt_id is missing", "Map it")),
    Knock("an empty file", lambda f: f.text("debts", lambda h: ""), Refused(3, "debts.csv", "Begin the file")),
    Knock("contacts without rows", lambda f: f.text("contacts", lambda h: h.split("\n", 1)[0] + "\n"), SetAside({}, scores=False)),
    Knock("only customers, debts and payments", lambda f: [f.csv(t).unlink() for t in ("contacts", "promises", "disputes", "flags", "attributes")] and None, SetAside({}, scores=False)),
    Knock("no payments table", lambda f: f.csv("payments").unlink(), Refused(3, "payments: the table is missing", "Add payments")),
    Knock("no table at all", lambda f: [file.unlink() for file in f.data.iterdir()] and None, Refused(3, "customers: the table is missing", "Add customers")),
    # Parquet carries types of its own.
    Knock("ids as whole numbers", _ids_as(pa.int64()), SetAside({}, renamed=_number), "parquet"),
    Knock("ids as floating-point numbers", _ids_as(pa.float64()), Refused(3, "customer_id is stored as a floating-point number", "Export it as text"), "parquet"),
    Knock("amounts as floating-point numbers", _cast("debts", "amount", pa.float64()), Same(), "parquet"),
    Knock("amounts of 38 digits", _cast("debts", "amount", pa.decimal128(38, 10)), Same(), "parquet"),
    Knock("amounts as text", _cast("debts", "amount", pa.string()), Same(), "parquet"),
    Knock("amounts that are NaN", _set("debts", "amount", lambda n: pa.array([float("nan")] * n)), Refused(3, "debts: not one", "propension check"), "parquet"),
    Knock("amounts that are infinite", _set("debts", "amount", lambda n: pa.array([float("inf")] * n)), Refused(3, "debts: not one", "propension check"), "parquet"),
    Knock("amounts of 1e300", _set("debts", "amount", lambda n: pa.array([1e300] * n)), Refused(3, "debts: not one", "propension check"), "parquet"),
    Knock("amounts that are nothing", _set("debts", "amount", pa.nulls), Refused(3, "debts: not one", "propension check"), "parquet"),
    Knock("amounts that are lists", _set("debts", "amount", lambda n: pa.array([[1.0]] * n)), Refused(3, "debts", "propension check"), "parquet"),
    Knock("amounts that are structures", _set("debts", "amount", lambda n: pa.array([{"value": 1.0}] * n)), Refused(3, "debts", "propension check"), "parquet"),
    Knock("amounts that are true", _set("debts", "amount", lambda n: pa.array([True] * n)), Refused(3, "debts", "propension check"), "parquet"),
    Knock("ids that are bytes", _cast("debts", "debt_id", pa.binary()), SetAside({}), "parquet"),
    Knock("ids that are lists", _set("debts", "debt_id", lambda n: pa.array([[str(k)] for k in range(n)])), Refused(3, "payments: not one", "propension check"), "parquet"),
    Knock("a dictionary of texts", lambda f: f.parquet("debts", lambda t: t.set_column(t.schema.get_field_index("product"), "product", t["product"].combine_chunks().dictionary_encode())), Same(), "parquet"),
    Knock("large texts", _cast("debts", "debt_id", pa.large_string()), Same(), "parquet"),
    Knock("days as instants", _cast("debts", "due_on", pa.timestamp("ns")), Same(), "parquet"),
    Knock("days as instants in UTC", _cast("debts", "due_on", pa.timestamp("us", "UTC")), Same(), "parquet"),
    Knock("days as text", _cast("debts", "due_on", pa.string()), Same(), "parquet"),
    Knock("days as whole numbers", _cast("debts", "due_on", pa.int32()), Refused(3, "debts", "propension check"), "parquet"),
    Knock("recorded_at in another zone", _cast("debts", "recorded_at", pa.timestamp("us", "America/Bogota")), Same(), "parquet"),
    Knock("a column twice in Parquet", lambda f: f.parquet("debts", lambda t: t.append_column("amount", t["amount"])), Same(), "parquet"),
    Knock("names that differ by case in Parquet", lambda f: f.parquet("debts", lambda t: t.append_column("AMOUNT", pc.multiply(t["amount"], 2))), Same(), "parquet"),
    Knock("Parquet without columns", lambda f: f.parquet("debts", lambda t: t.select([])), Refused(3, "debts.parquet", "Write it anew"), "parquet"),
    Knock("Parquet without rows", lambda f: f.parquet("debts", lambda t: t.slice(0, 0)), Refused(3, "debts: the table has no rows", "Check the source"), "parquet"),
]  # fmt: skip
