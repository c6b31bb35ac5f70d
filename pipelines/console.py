"""What the command prints: tables for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console as RichConsole
from rich.table import Table


class Console:
    """Prints results; notes and progress go to the error stream.

    Parameters
    ----------
    as_json : bool
        Print one JSON object instead of tables.
    """

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        # Ids and messages are shown as they are: [x] is no markup and :x: no emoji.
        self._out = RichConsole(highlight=False, markup=False, emoji=False)
        self._notes = RichConsole(stderr=True, highlight=False, markup=False, emoji=False)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something long is going on."""
        if sys.stderr.isatty():
            with self._notes.status(f"{what}..."):
                yield
        else:
            self._notes.print(f"{what}...", soft_wrap=True)
            yield

    def counts(self, title: str, rows: Mapping[str, int]) -> None:
        """Print row counts by table."""
        if self._json(dict(rows)):
            return
        self._table(
            title, ["table", "rows"], [(name, f"{count:,}") for name, count in rows.items()]
        )

    def files(self, title: str, paths: Sequence[Path]) -> None:
        """Print the files that were written."""
        self._table(
            title, ["file", "bytes"], [(str(path), f"{path.stat().st_size:,}") for path in paths]
        )

    def findings(self, extraction: Any) -> None:
        """Print what the data contract found, and what became of every row."""
        if self._json(
            {
                "tables": {name: vars(count) for name, count in extraction.tables.items()},
                "findings": [finding.as_dict() for finding in extraction.findings],
                "data_from": str(extraction.data_from or ""),
                "data_until": str(extraction.data_until or ""),
            }
        ):
            return
        rows = [
            (name, f"{count.read:,}", f"{count.kept:,}", f"{count.refused:,}")
            for name, count in extraction.tables.items()
        ]
        if rows:
            span = f", {extraction.data_from} to {extraction.data_until}"
            title = f"Tables{span if extraction.data_from else ''}"
            self._table(title, ["table", "read", "kept", "set aside"], rows)
        for finding in extraction.findings:
            style = "yellow" if finding.severity in ("kept", "note") else "red"
            self._out.print(f"{finding.severity}: {finding.table}, {finding.rule}", style=style)
            # The message names the table; it is not broken into lines, so that it can be searched.
            self._out.print(f"  {finding.message}", soft_wrap=True)
        if not extraction.findings:
            self._out.print("Nothing to report: every row was kept.")

    def scoring(self, result: Mapping[str, Any]) -> None:
        """Print the list's totals by segment, and where it is."""
        if self._json({key: value for key, value in result.items() if key != "stages"}):
            return
        rows = [
            (
                group["code"] or "-",
                f"{group['accounts']:,}",
                f"{group['amount_at_stake']:,.0f}",
                f"{group['propensity']:.0%}" if group["propensity"] is not None else "",
                f"{group['expected_recovery']:,.0f}",
            )
            for group in result["groups"]["segment"]
        ]
        title = f"List of {result['as_of']}: {result['totals']['accounts']:,} accounts, {result['currency']}"
        self._table(
            title, ["segment", "accounts", "at stake", "propensity", "expected recovery"], rows
        )
        self._limits(result["allocation"]["limits"])
        self._findings_note(result["findings"])
        if result["is_old"]:
            self._out.print(
                f"Warning: this list is of {result['as_of']}, more than a week ago: people may have "
                "paid since.",
                style="yellow",
            )
        if result["resumed"]:
            self._out.print(f"Resumed, already done: {', '.join(result['resumed'])}.")
        self._out.print(f"Written to {result['folder']}", soft_wrap=True)
        self._out.print(
            f"Decisions recorded; head of the log: {result['decision_head']}", soft_wrap=True
        )

    def allocation(self, found: Mapping[str, Any]) -> None:
        """Print what other capacities would add, and to whom."""
        if self._json(dict(found)):
            return
        rows = [
            (change["name"], f"{change['before']:,.0f}", f"{change['after']:,.0f}")
            for change in found["changes"]
        ]
        self._table(f"On the list of {found['as_of']}", ["limit", "is", "would be"], rows)
        mix = [
            (name, f"{accounts['before']:,}", f"{accounts['after']:,}")
            for name, accounts in found["treatments"].items()
        ]
        self._table("Accounts", ["treatment", "are", "would be"], mix)
        currency = "" if found["is_same"] else f", {found['currency']}"
        self._out.print(f"{found['told']['en']}{currency}")

    def _limits(self, limits: Sequence[Mapping[str, Any]]) -> None:
        """Print what is used of every team and budget, and what one more would be worth."""
        # A group is news where it holds something up.
        for limit in (one for one in limits if one["group"] is None or one["price"] > 0):
            self._out.print(f"  {limit['told']['en']}", highlight=False)

    def account(self, row: Mapping[str, Any]) -> None:
        """Print one account: score, reasons, plan, refusals."""
        if self._json(dict(row)):
            return
        shown = (
            "as_of", "account_id", "customer_name", "stage", "days_past_due", "overdue_amount", "open_amount", "amount_at_stake",
            "propensity", "expected_recovery", "risk_band", "quadrant", "likely_cause", "value_tier", "segment", "flags", "treatment", "offer", "scheduled_at",
            "channel", "tone", "arm", "priority", "model_version", "policy_version",
        )  # fmt: skip
        self._table(
            "Account",
            ["", ""],
            [(name, _plain(row[name])) for name in shown if row[name] is not None],
        )
        reasons = [(reason["text"], f"{reason['effect']:+.3f}") for reason in row["reasons"]]
        self._table("Reasons", ["why", "effect"], reasons)
        if row["message"]:
            self._table("Message or script", ["what to say"], [(row["message"],)])
        refused = [(r["treatment"], r["rule"], r["citation"] or "") for r in row["refusals"] or []]
        if refused:
            self._table("Refused", ["treatment", "rule", "citation"], refused)

    def policy(
        self, faults: Sequence[str], review: Any | None, as_of: Any, with_changes: bool
    ) -> None:
        """Print what a policy does to the accounts of a list, and what changes."""
        if self._json(
            {
                "faults": list(faults),
                "as_of": None if as_of is None else str(as_of),
                "review": None if review is None else asdict(review),
            }
        ):
            return
        for fault in faults:
            self._out.print(fault, style="red")
        if review is None:
            self._out.print(
                "The policy is valid. What its rules do is shown once there is a list: propension score"
            )
            return
        title = f"Rules on the list of {as_of}, {review.accounts:,} accounts"
        rows = [
            (f"{use.kind} {use.name}", f"{use.holds:,}", f"{use.takes:,}", use.note)
            for use in review.rules
        ]
        self._table(title, ["rule", "holds for", "takes", "note"], rows)
        counts = [(name, f"{count:,}") for name, count in review.treatments.items()]
        self._table("Treatments", ["treatment", "accounts"], counts)
        self._limits(review.limits)
        if with_changes:
            for what in ("segment", "treatment"):
                self._changes(what, getattr(review, f"{what}_changes"), as_of)

    def _changes(self, what: str, changes: Sequence[tuple[Any, Any, int]], as_of: Any) -> None:
        if not changes:
            self._out.print(f"No {what} changes against the list of {as_of}.")
            return
        rows = [
            (str(before or "-"), str(now or "-"), f"{count:,}") for before, now, count in changes
        ]
        total = sum(count for *_, count in changes)
        title = f"{total:,} accounts change {what} against the list of {as_of}"
        self._table(title, ["before", "now", "accounts"], rows)

    def _findings_note(self, findings: Sequence[Mapping[str, Any]]) -> None:
        refused = sum(finding["rows"] for finding in findings if finding["severity"] == "refused")
        if refused:
            self._out.print(
                f"{refused:,} rows were set aside; see: propension check", style="yellow"
            )

    def _table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(title=title, title_justify="left", title_style="bold")
        columns = list(zip(header, *rows, strict=True))
        # Numbers are never broken or cut: where there is no room for all, names give way.
        has_room = sum(max(map(len, cells)) + 3 for cells in columns) < self._out.width
        has_room_for_words = sum(longest_word(cells) + 3 for cells in columns) < self._out.width
        for index, (name, *cells) in enumerate(columns):
            codes = has_room_for_words and all(len(cell.split()) < 2 for cell in cells)
            numbers = bool(cells) and all(map(_is_number, cells))
            table.add_column(
                name,
                justify="right" if numbers else "left",
                overflow="fold",
                no_wrap=numbers or codes or (index == 0 and len(header) > 2 and has_room),
            )
        for row in rows:
            table.add_row(*row)
        self._out.print(table)

    def _block(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        """Print what a table has no room for: a title, then a line for each label that has something to say."""
        self._out.print(f"\n{title}", style="bold")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, said in lines:
            if said:
                grid.add_row(f"  {label}:", said)
        self._out.print(grid)

    def _json(self, content: Any) -> bool:
        if self.as_json:
            print(json.dumps(content, indent=2, ensure_ascii=False, default=str))
        return self.as_json


def longest_word(cells: Sequence[str]) -> int:
    """Return how much room the longest word of some cells takes."""
    return max((len(word) for cell in cells for word in cell.split()), default=0)


def _is_number(text: str) -> bool:
    return bool(text) and not text.strip("+-–0123456789.,%\N{NO-BREAK SPACE}")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)
