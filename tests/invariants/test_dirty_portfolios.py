"""Whatever a company sends, every row is kept or told, and nothing but a clear error stops a run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from builders import DEFAULTS, extraction_of, write_csv, write_portfolio
from hypothesis import event, given, settings
from hypothesis import strategies as st

from propension.errors import PropensionError
from propension.sources import Extraction

IDS = st.sampled_from(["1", "2", "3", "01", "", " 1 ", "😀", "=1+1", '"', "a,b"])
DATES = st.sampled_from(
    ["2026-01-01", "2026-01-31", "2026-02-10", "2026-02-10 08:30", "31/01/2026", "2026-02-30", "",
     "0001-01-01", "9999-12-31", "2030-01-01", "infinity", "today", "-1", "NaN", "\n"]
)  # fmt: skip
AMOUNTS = st.sampled_from(
    [
        "100",
        "40",
        "60.00",
        "0",
        "-40",
        "",
        "NaN",
        "inf",
        "1e3",
        "1,5",
        "1.234,50",
        "9" * 30,
        "x",
        "0x1F",
    ]
)
WORDS = st.sampled_from(
    [
        "call",
        "sms",
        "out",
        "in",
        "promise",
        "hardship",
        "deceased",
        "person",
        "pigeon",
        "",
        "Ñ😀",
        "a\nb",
        "'; --",
    ]
)
KINDS = {"date": DATES, "instant": DATES, "amount": AMOUNTS, "number": AMOUNTS, "integer": AMOUNTS}
COLUMNS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "customers": {"customer_id": IDS, "kind": WORDS, "since": DATES, "income_day": AMOUNTS},
    "debts": {
        "debt_id": IDS, "customer_id": IDS, "account_id": IDS, "issued_on": DATES, "due_on": DATES,
        "amount": AMOUNTS, "recorded_at": DATES,
    },
    "payments": {
        "payment_id": IDS, "debt_id": IDS, "paid_on": DATES, "amount": AMOUNTS, "bounced": WORDS,
        "recorded_at": DATES,
    },
    "contacts": {
        "contact_id": IDS, "customer_id": IDS, "at": DATES, "channel": WORDS, "direction": WORDS,
        "outcome": WORDS, "minutes": AMOUNTS,
    },
    "promises": {
        "promise_id": IDS, "customer_id": IDS, "made_on": DATES, "due_on": DATES, "amount": AMOUNTS,
    },
    "disputes": {"dispute_id": IDS, "debt_id": IDS, "opened_on": DATES, "closed_on": DATES},
    "flags": {"customer_id": IDS, "flag": WORDS, "from_on": DATES, "until_on": DATES},
    "attributes": {"customer_id": IDS, "known_on": DATES, "score": AMOUNTS},
}  # fmt: skip
# Lines that are no rows: too few values, too many, a quote out of place.
BROKEN = st.sampled_from(["x", "x" + ",y" * 30, '1,"2"3' + ",y" * 30])

Cells = dict[str, str]


def rows_of(table: str, least: int = 0) -> st.SearchStrategy[list[Cells]]:
    """Rows that are good but for some cells, so that faults meet rows worth keeping."""
    good = {name: str(DEFAULTS[table].get(name, "")) for name in COLUMNS[table]}
    good |= {name: "1" for name in good if name.endswith("_id")}
    faults = st.dictionaries(st.sampled_from(sorted(good)), st.none(), max_size=2)
    row = faults.flatmap(
        lambda chosen: st.fixed_dictionaries({name: COLUMNS[table][name] for name in chosen})
    ).map(lambda changed: good | changed)
    return st.lists(row, min_size=least, max_size=6).map(
        lambda rows: [
            {name: str(n) if value == "1" and name == next(iter(good)) else value for name, value in r.items()}
            for n, r in enumerate(rows, 1)
        ]
    )  # fmt: skip


PORTFOLIOS = st.fixed_dictionaries(
    {"customers": rows_of("customers", 1), "debts": rows_of("debts", 2), "payments": rows_of("payments")},
    optional={name: rows_of(name) for name in COLUMNS if name not in ("customers", "debts", "payments")},
)  # fmt: skip
LIGHT = settings(max_examples=25)


def write(folder: Path, tables: dict[str, list[Cells]], broken: dict[str, list[str]]) -> None:
    data = write_portfolio(folder, "csv")
    for name, rows in tables.items():
        file = data / f"{name}.csv"
        write_csv(file, rows, list(COLUMNS[name]))
        with file.open("a", encoding="utf-8", newline="") as stream:
            stream.writelines(f"{line}\r\n" for line in broken.get(name, []))


def lines_told(extraction: Extraction, table: str) -> int:
    return sum(
        finding.rows
        for finding in extraction.findings
        if finding.rule == "unreadable_line" and finding.table == table
    )


@LIGHT
@given(
    tables=PORTFOLIOS,
    broken=st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.lists(BROKEN, max_size=3), max_size=2),
)  # fmt: skip
def test_every_row_is_kept_or_told_and_only_clear_errors_are_raised(
    tables: dict[str, list[Cells]], broken: dict[str, list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), tables, broken)
        try:
            extraction = extraction_of(Path(folder))
        except PropensionError as error:
            event(f"refused: {type(error).__name__}")
            return
        event("read" if extraction.tables else "fatal finding")
        fatal = [finding for finding in extraction.findings if finding.severity == "fatal"]
        assert bool(fatal) == (extraction.tables == {})
        for name, count in extraction.tables.items():
            assert count.read == count.kept + count.refused == len(tables[name])
            assert lines_told(extraction, name) == len(broken.get(name, []))
            refused = [
                f for f in extraction.findings if f.table == name and f.severity == "refused"
            ]
            refused = [finding for finding in refused if finding.rule != "unreadable_line"]
            assert max((f.rows for f in refused), default=0) <= count.refused
            assert count.refused <= sum(finding.rows for finding in refused)


@settings(LIGHT, max_examples=6)
@given(tables=PORTFOLIOS, random=st.randoms(use_true_random=False))
def test_order_of_rows_changes_neither_content_nor_findings(
    tables: dict[str, list[Cells]], random: Any
) -> None:
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in tables.items()}
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for number, portfolio in enumerate((tables, shuffled)):
            write(Path(folder) / str(number), portfolio, {})
            extraction = extraction_of(Path(folder) / str(number))
            told = {(f.table, f.rule, f.column, f.severity, f.rows) for f in extraction.findings}
            found.append((extraction.tables, extraction.data_from, extraction.data_until, told))
        assert found[0] == found[1]
