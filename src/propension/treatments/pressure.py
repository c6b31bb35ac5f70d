"""Whom the decisions press: an audit of a scored list over groups that never score anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from propension.config import NO_TREATMENT
from propension.config.settings import Resources
from propension.sources import open_engine, quoted, text_literal

PRESSING_TONES = ("firm", "legal")
# Fewer accounts say nothing of a group, and a row would tell of a person.
MIN_ACCOUNTS = 50
# Companies have no age: they are shown, and compared with nobody.
UNKNOWN = "unknown"

_PRESSURE = """
SELECT coalesce({column}, '{unknown}') AS "group", count(*) AS accounts,
       avg((treatment <> '{no_treatment}')::INTEGER) AS treated_share,
       avg(manual::INTEGER) AS manual_share,
       avg(coalesce(tone IN ({tones}), FALSE)::INTEGER) AS pressed_share,
       avg(days_past_due) AS days_past_due, avg(propensity) AS mean_propensity
FROM read_parquet({scored}) JOIN read_parquet({audit}) USING (account_id)
GROUP BY 1 HAVING count(*) >= {min_accounts} ORDER BY 1
"""


def audit_pressure(scored: Path, audit: Path, resources: Resources) -> dict[str, Any]:
    """Return, for every audited column, how often its groups are treated, called and pressed.

    Parameters
    ----------
    scored : Path
        A scored list.
    audit : Path
        account_id and the audited columns.
    resources : Resources

    Returns
    -------
    dict of str to dict
        ``groups``: accounts, treated_share, manual_share, pressed_share (a firm or legal tone),
        days_past_due and mean_propensity, which may explain a difference. ``pressed_gap``: between
        the groups furthest apart.
    """
    columns = [name for name in pq.read_schema(audit).names if name != "account_id"]
    found = {}
    engine = open_engine(resources, scored.parent)
    try:
        for column in columns:
            rows = engine.execute(
                _PRESSURE.format(
                    column=quoted(column),
                    no_treatment=NO_TREATMENT,
                    unknown=UNKNOWN,
                    tones=", ".join(map(text_literal, PRESSING_TONES)),
                    scored=text_literal(scored),
                    audit=text_literal(audit),
                    min_accounts=MIN_ACCOUNTS,
                )
            )
            names = [name for name, *_ in rows.description or []]
            groups = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
            if groups:
                known = [g["pressed_share"] for g in groups if g["group"] != UNKNOWN]
                gap = max(known) - min(known) if known else 0.0
                found[column] = {"groups": groups, "pressed_gap": gap}
    finally:
        engine.close()
    return found
