"""Every hard knock, and the table of the documentation: ``PYTHONPATH=tests python -m hard_knocks --write FILE``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from hard_knocks.families import FAMILIES
from hard_knocks.judging import WrongError, judge
from hard_knocks.knock import Knock, Refused, Same
from hard_knocks.portfolio import Clean, build_clean, plain_process

HEAD = """# Hard knocks

What happens when a portfolio is spoiled. Every case below starts from the same small portfolio (300 simulated customers,
a trained champion and its list), does one thing to its tables, settings, policy or disk, and runs the command. It may end in

- **the same list** as the clean portfolio's, row by row and column by column;
- **the rest as it was**: the run goes on, findings tell the rows at fault, and nobody else's row has changed;
- **refused**: an exit code (2 settings, 3 data, 4 model, 1 the disk) and a message that names the place and the remedy.

None may end in a traceback, a hang or a wrong list. The declarations are in `tests/hard_knocks/families/`; this page is
written from them by `make hard-knocks`, which runs all; `make test` runs a fixed part of every family.
"""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--family", default="", help="only families whose title holds this")
    asked.add_argument("--case", default="", help="only cases whose name holds this")
    asked.add_argument("--write", type=Path, help="write the page here, where none is wrong")
    given = asked.parse_args()
    # Of the libraries under the flows; the tests turn them into errors.
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, plain_process():
        clean = build_clean(Path(folder))
        verdicts = {
            (title, knock.name): _verdict(knock, clean, Path(folder) / f"{len(title)}-{number}")
            for title, knocks in FAMILIES.items()
            for number, knock in enumerate(knocks)
            if given.family in title and given.case in knock.name
        }
    wrong = sum(verdict.startswith("WRONG") for verdict in verdicts.values())
    if given.write and not wrong:
        given.write.write_text(page(), encoding="utf-8")
    print(f"{len(verdicts)} cases, {wrong} wrong")
    return 1 if wrong else 0


def _verdict(knock: Knock, clean: Clean, root: Path) -> str:
    try:
        verdict = judge(knock, clean, root)
    except WrongError as error:
        verdict = f"WRONG: {error}"
    shutil.rmtree(root, ignore_errors=True)
    print(f"{knock.name}: {verdict}", flush=True)
    return verdict


def page() -> str:
    """Return the page of the documentation."""
    parts = [
        HEAD,
        "| family | cases | same list | the rest as it was | refused |\n|---|---|---|---|---|",
    ]
    total: Counter[str] = Counter()
    for title, knocks in FAMILIES.items():
        counts = Counter(kind(knock) for knock in knocks)
        total += counts
        parts[-1] += "\n" + _row(title, counts)
    parts[-1] += "\n" + _row("**all**", total)
    for title, knocks in FAMILIES.items():
        lines = [f"## {title}", "", "| case | what happens |", "|---|---|"]
        lines += [f"| {knock.name} | {ending(knock)} |".replace("\n", " ") for knock in knocks]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def kind(knock: Knock) -> str:
    """Return in which of the three ways a knock must end."""
    if isinstance(knock.expected, Refused):
        return "refused"
    return "the same list" if isinstance(knock.expected, Same) else "the rest as it was"


def ending(knock: Knock) -> str:
    """Return how a knock must end, in words."""
    expected = knock.expected
    if isinstance(expected, Refused):
        told = f"{expected.place} … {expected.remedy}".replace("|", "\\|")
        return f"refused ({expected.code}): {told}"
    if isinstance(expected, Same) or not expected.tells:
        return kind(knock)
    told = ", ".join(f"{name} {rows:,}" for name, rows in expected.tells.items())
    return f"{kind(knock)}; told: {told}"


def _row(title: str, counts: Counter[str]) -> str:
    kinds = ("the same list", "the rest as it was", "refused")
    cells = (title, sum(counts.values()), *(counts[name] for name in kinds))
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    sys.exit(main())
