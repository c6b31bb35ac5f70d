"""Amounts as people write them, and as no one should."""

from __future__ import annotations

from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Amounts and numbers"
UNREADABLE = SetAside({"debts.wrong_type": 1})
NOT_POSITIVE = SetAside({"debts.amount_not_positive": 1})


def _amount(written: object, table: str = "debts"):
    return lambda folder: folder.cell(table, "amount", written)


def _column(folder: Folder, table: str, column: str, change) -> None:
    folder.map(table, lambda row: row | {column: row[column] and change(row[column])})


def _decimal_commas(grouped: bool = False):
    def change(text: str) -> str:
        whole, _, cents = text.partition(".")
        return (
            f"{int(whole):,}".replace(",", ".") + f",{cents or '00'}"
            if grouped
            else f"{whole},{cents or '00'}"
        )

    def strike(folder: Folder) -> None:
        folder.settings(source={"csv": {"decimal": ","}})
        for table, columns in {
            "debts": ["amount"], "payments": ["amount"], "promises": ["amount"],
            "contacts": ["minutes"], "customers": ["monthly_income", "credit_limit"],
        }.items():  # fmt: skip
            for column in columns:
                _column(folder, table, column, change)

    return strike


SINGLE = {
    "thousands separators": ("1,491,000.00", UNREADABLE),
    "a decimal comma among points": ("1491000,00", UNREADABLE),
    "points between thousands": ("1.491.000", UNREADABLE),
    "a currency sign": ("$ 1491000", UNREADABLE),
    "a currency code": ("COP 1491000", UNREADABLE),
    "brackets for minus": ("(1491000.00)", UNREADABLE),
    "a minus behind": ("1491000-", UNREADABLE),
    "a typographic minus": ("−1491000", UNREADABLE),
    "a percent sign": ("100%", UNREADABLE),
    "an apostrophe before": ("'1491000", UNREADABLE),
    "NaN": ("NaN", UNREADABLE),
    "infinity": ("inf", UNREADABLE),
    "minus infinity": ("-Infinity", UNREADABLE),
    "1e300": ("1e300", UNREADABLE),
    "thirty digits": ("9" * 30, UNREADABLE),
    "a million digits": ("9" * 1_000_000, UNREADABLE),
    "hexadecimal": ("0x1F", UNREADABLE),
    "a formula": ("=1+1", UNREADABLE),
    "Arabic digits": ("١٤٩١٠٠٠", UNREADABLE),
    "two numbers": ("1491000 1491000", UNREADABLE),
    "NULL": ("NULL", UNREADABLE),
    "N/A": ("#N/A", UNREADABLE),
    "blank": ("", SetAside({"debts.missing_value": 1})),
    "zero": ("0", NOT_POSITIVE),
    "minus zero": ("-0.00", NOT_POSITIVE),
    "negative": ("-1491000.00", NOT_POSITIVE),
    "less than a cent": ("0.001", NOT_POSITIVE),
    "the largest that the type holds": ("9999999999999999.99", UNREADABLE),
    "ten trillion": ("10000000000000.00", SetAside()),
}

KNOCKS = [
    *(Knock(f"a debt of {name}", _amount(text), expected) for name, (text, expected) in SINGLE.items()),
    Knock("exponents", lambda f: _column(f, "debts", "amount", lambda text: f"{float(text) / 1e3:.6f}e3"), Same()),
    Knock("plus signs and spaces", lambda f: _column(f, "debts", "amount", lambda text: f" +{text} "), Same()),
    Knock("leading zeros", lambda f: _column(f, "debts", "amount", lambda text: f"000{text}"), Same()),
    Knock("twelve decimals", lambda f: _column(f, "debts", "amount", lambda text: f"{text}0000000000"), Same()),
    Knock("decimal commas, declared", _decimal_commas(), Same()),
    Knock("decimal commas and points between thousands, declared", _decimal_commas(grouped=True), Same()),
    Knock("decimal commas, not declared",
          lambda f: _column(f, "debts", "amount", lambda text: text.replace(".", ",")),
          Refused(3, "debts: not one", "propension check")),
    Knock("decimal points where commas are declared", lambda f: f.settings(source={"csv": {"decimal": ","}}),
          Refused(3, "debts: not one", "propension check")),
    Knock("thousands separators everywhere", lambda f: _column(f, "debts", "amount", lambda text: f"{float(text):,.2f}"),
          Refused(3, "debts", "propension check")),
    Knock("a payment of zero", _amount("0", "payments"), SetAside({"payments.amount_zero": 1})),
    Knock("a payment of NaN", _amount("nan", "payments"), SetAside({"payments.wrong_type": 1})),
    Knock("a reversal", _amount(lambda text: f"-{text}", "payments"), SetAside()),
    Knock("a promise of zero", _amount("0", "promises"), SetAside({"promises.amount_not_positive": 1})),
    Knock("an income of infinity", lambda f: f.cell("customers", "monthly_income", "inf"), SetAside({"customers.wrong_type": 1})),
    Knock("a payday of 1e300", lambda f: f.cell("customers", "income_day", "1e300"), SetAside({"customers.wrong_type": 1})),
    Knock("a payday of -5", lambda f: f.cell("customers", "income_day", "-5"), SetAside({})),
    Knock("minutes of 1e308 on every call", lambda f: _column(f, "contacts", "minutes", lambda _: "1e308"), SetAside({})),
    Knock("attributes of 1e308 and -1e308",
          lambda f: f.map("attributes", lambda r: r | {"bureau_score": "1e308" if r["customer_id"] > "C000150" else "-1e308"}), SetAside({})),
    Knock("attributes that are NaN and text", lambda f: f.cell("attributes", "bureau_score", "NaN"), SetAside({})),
]  # fmt: skip
