"""Ids and texts: long, strange, and hostile."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from hard_knocks.folder import VICTIM, Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Ids and texts"
REFERRING = ("customers", "debts", "contacts", "promises", "flags", "attributes")


def _rename(change: Callable[[str], str]):
    """Write the ids of customers and accounts otherwise, wherever they are."""

    def strike(folder: Folder) -> None:
        for table in REFERRING:
            folder.map(table, lambda row: row | {
                name: change(row[name]) for name in ("customer_id", "account_id") if name in row
            })  # fmt: skip

    return strike


def _renamed(
    name: str, change: Callable[[str], str], becomes: Callable[[str], str] | None = None
) -> Knock:
    return Knock(f"ids {name}", _rename(change), SetAside({}, renamed=becomes or change))


def _victims(
    table: str, column: str, value: str, tells: dict[str, int] | None = None, name: str = ""
) -> Knock:
    return Knock(name, lambda folder: folder.cell(table, column, value), SetAside(tells or {}))


def _only_debts(change: Callable[[str], str]):
    return lambda f: f.map("debts", lambda r: r | {"customer_id": change(r["customer_id"])})


def _double_victim(folder: Folder) -> list[str]:
    rows = folder.rows("customers")
    rows += [row | {"region": "elsewhere"} for row in folder.victims("customers", rows)]
    folder.write("customers", rows)
    return [VICTIM]


HUGE = "x" * 10_000_000

KNOCKS = [
    _renamed("with leading zeros", lambda text: f"00{text[1:]}"),
    _renamed("of nineteen digits", lambda text: f"9{int(text[1:]):018d}"),
    _renamed("that look like floats", lambda text: f"{int(text[1:])}.0"),
    _renamed("that look like exponents", lambda text: f"{int(text[1:])}e5"),
    _renamed("with spaces around", lambda text: f"  {text} ", str),
    _renamed("with spaces inside", lambda text: f"{text[0]} {text[1:]}"),
    _renamed("of emoji", lambda text: f"😀{text}👩‍👩‍👧"),
    _renamed("that are formulas", lambda text: f"=cmd|' /C calc'!A{text}"),
    _renamed("that begin with @, + and -", lambda text: f"{'@+-'[int(text[1:]) % 3]}{text}"),
    _renamed("with quotes", lambda text: f"\"{text}'"),
    _renamed("with delimiters", lambda text: f"{text},;|"),
    _renamed("with line breaks", lambda text: f"{text[:3]}\n{text[3:]}"),
    _renamed("of SQL", lambda text: f"{text}'; DROP TABLE debts; --"),
    _renamed("that are paths", lambda text: f"../../etc/{text}"),
    _renamed("of HTML", lambda text: f"<script>alert({text!r})</script>"),
    _renamed("of template code", lambda text: "{{ ''.__class__ }}" + text),
    _renamed("of private characters", lambda text: f"\ue000{text}\ue001"),
    _renamed("written right to left", lambda text: f"\u202e{text}"),
    _renamed("of zero-width characters", lambda text: f"\u200b{text}\ufeff"),
    _renamed("of a thousand characters", lambda text: text + "x" * 1000),
    _renamed("that are names of nothing", lambda text: text if text != "C000001" else "NULL"),
    Knock("ids composed in one table and not in the other",
          lambda f: (_rename(lambda t: t + "é")(f), _only_debts(lambda t: unicodedata.normalize("NFD", t))(f))[1],
          Refused(3, "debts: not one", "propension check")),
    Knock("ids in capitals in one table alone", _only_debts(str.lower), Refused(3, "debts: not one", "propension check")),
    Knock("ids without their zeros in one table alone", _only_debts(lambda t: t[0] + t[1:].lstrip("0")), Refused(3, "debts: not one", "propension check")),
    Knock("a customer twice, with other words", _double_victim, SetAside({"customers.conflicting_key": 1})),
    _victims("customers", "customer_id", "", {"customers.missing_value": 1}, "a customer without an id"),
    _victims("debts", "customer_id", "", {"debts.missing_value": 1}, "a debt of nobody"),
    _victims("debts", "customer_id", "C999999", {"debts.orphan_key": 1}, "a debt of a stranger"),
    Knock("a payment of no debt", lambda f: f.cell("payments", "debt_id", "D0"), SetAside({"payments.orphan_key": 1})),
    Knock("a name of ten megabytes", lambda f: f.cell("customers", "name", HUGE), SetAside({"customers.unreadable_line": 1})),
    Knock("a region of a megabyte", lambda f: f.cell("customers", "region", HUGE[:1_000_000]), SetAside({})),
    Knock("a product of ten megabytes in Parquet", lambda f: f.parquet("customers", lambda t: t.set_column(
        t.schema.get_field_index("industry"), "industry", [[HUGE] + ["x"] * (len(t) - 1)])), SetAside({}), "parquet"),
    Knock("a header of ten megabytes", lambda f: f.text("debts", lambda h: HUGE + "," + h), Refused(3, "debts.csv", "source.csv")),
    Knock("regions that are formulas", lambda f: f.map("customers", lambda r: r | {"region": "=1+1"}), SetAside({})),
    Knock("a region for every customer", lambda f: f.map("customers", lambda r: r | {"region": r["customer_id"]}), SetAside({})),
    Knock("regions of NUL and control characters", lambda f: f.map("customers", lambda r: r | {"region": "\x00\x01\x1b[2J"}), SetAside({})),
    Knock("every optional text of NUL", lambda f: f.map("debts", lambda r: r | {"product": "\0", "contract_id": "\0"}), SetAside({})),
    Knock("names of NUL and control characters", lambda f: (f.settings(outputs={"personal_data": "full"}), f.map("customers", lambda r: r | {"name": "A\x00\x01\x1b\uffff"}))[1], SetAside({})),
    Knock("languages that nobody speaks", lambda f: f.map("customers", lambda r: r | {"language": "tlh'; --"}), SetAside({})),
    Knock("phones and addresses of anything", lambda f: (f.settings(outputs={"personal_data": "full"}), f.map("customers", lambda r: r | {"phone": "=HYPERLINK(\"http://x\")", "email": "@@\n@"}))[1], SetAside({})),
    Knock("channels nobody has", lambda f: f.map("contacts", lambda r: r | {"channel": "pigeon"}), SetAside({"contacts.not_allowed": 2284}, scores=False)),
    Knock("opt-outs of anything", lambda f: f.map("customers", lambda r: r | {"opt_out_channels": "sms;;pigeon|*"}), SetAside({"customers.unknown_channel": 300})),
    Knock("yes and no in words", lambda f: f.map("payments", lambda r: r | {"bounced": {"true": "Sí", "false": "NÃO"}[r["bounced"]]}), Same()),
    Knock("perhaps instead of yes or no", lambda f: f.cell("payments", "bounced", "perhaps"), SetAside({"payments.wrong_type": 1})),
    Knock("one account of several customers", lambda f: f.map("debts", lambda r: r | {"account_id": "A1"} if r["customer_id"] in ("C000297", "C000298") else r) or ["C000297", "C000298"], SetAside({"debts.shared_account": 9})),
]  # fmt: skip
