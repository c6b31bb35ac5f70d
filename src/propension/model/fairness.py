"""What a score does to groups of people: an audit, never an input.

Audited columns (``audit_*`` of customers) reach no feature; they are joined to the test rows
only here, after everything was fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.config import Texts
from propension.errors import ConfigurationError
from propension.sources import Extraction, quoted, text_literal, write_query

AUDIT_FILE = "audit.parquet"
AUDIT_PREFIX = "audit_"
# Fewer rows say nothing of a group, and a row would tell of a person.
MIN_ROWS = 50
LIKELY = 0.5
# Companies have no age: they are shown, and compared with nobody.
UNKNOWN = "unknown"


def write_audit(engine: duckdb.DuckDBPyConnection, extraction: Extraction, folder: Path) -> None:
    """Write account_id and the audited columns of its customer, where the source has any.

    Parameters
    ----------
    engine : connection to prepared streams
    extraction : Extraction
    folder : Path
    """
    customers = extraction.folder / "customers.parquet"
    columns = [name for name in pq.read_schema(customers).names if name.startswith(AUDIT_PREFIX)]
    if columns:
        named = ", ".join(f"c.{quoted(name)}::VARCHAR AS {quoted(name)}" for name in columns)
        source = f"read_parquet({text_literal(customers)})"
        write_query(
            engine,
            f"SELECT a.account_id, {named} FROM accounts a JOIN {source} c USING (customer_id)",
            folder / AUDIT_FILE,
        )


def audit_groups(folder: Path, accounts: NDArray[np.object_]) -> dict[str, NDArray[np.object_]]:
    """Return the audited columns of some accounts, row for row; empty where there are none.

    Parameters
    ----------
    folder : Path
        Where ``write_audit`` wrote.
    accounts : array of shape (n_rows,)
    """
    path = folder / AUDIT_FILE
    if not path.exists():
        return {}
    table = pq.read_table(path)
    rows = pa.table({"account_id": accounts, "row": np.arange(len(accounts))})
    joined = rows.join(table, "account_id", join_type="left outer").sort_by("row")
    names = [name for name in table.column_names if name != "account_id"]
    return {
        name: np.asarray(joined[name].fill_null(UNKNOWN).to_pylist(), dtype=object)
        for name in names
    }


def audit_score(
    is_paid: NDArray[np.int8], propensity: Floats, groups: dict[str, NDArray[np.object_]]
) -> dict[str, Any]:
    """Return, for every audited column, how the score treats its groups.

    Parameters
    ----------
    is_paid : array of shape (n_rows,), 0 or 1
    propensity : array of shape (n_rows,), in [0, 1]
    groups : dict of str to array of shape (n_rows,)

    Returns
    -------
    dict of str to dict
        ``groups``: rows, paid_share, mean_propensity, calibration_gap (mean propensity minus share
        that paid), likely_share (propensity of one half or more), false_positive_rate,
        false_negative_rate. ``calibration_gap`` and ``likely_gap``: differences between the known
        groups furthest apart. Groups of fewer than 50 rows are counted in ``too_small`` only.

    Raises
    ------
    ConfigurationError
        If there are groups to audit and fairlearn is not installed.
    """
    if not groups:
        return {}
    try:
        from fairlearn.metrics import (
            MetricFrame,
            count,
            false_negative_rate,
            false_positive_rate,
            selection_rate,
        )
    except ImportError:
        raise ConfigurationError(
            f"customers: {', '.join(groups)} ask for a fairness audit, which needs fairlearn. "
            "Install it (pip install 'propension[audit]'), or leave the columns out of the mapping."
        ) from None
    metrics = {
        "rows": count,
        "likely_share": selection_rate,
        "false_positive_rate": false_positive_rate,
        "false_negative_rate": false_negative_rate,
    }
    likely = (propensity >= LIKELY).astype(np.int8)
    found: dict[str, Any] = {}
    for column, names in groups.items():
        shown = _large_enough(names)
        if shown.any():
            of = {"y_true": is_paid[shown], "y_pred": likely[shown]}
            frame = MetricFrame(metrics=metrics, **of, sensitive_features=names[shown]).by_group
            parts = [
                _part(str(name), values, is_paid[names == name], propensity[names == name])
                for name, values in frame.to_dict(orient="index").items()
            ]
            found[column] = _audited(parts, int(len(shown) - shown.sum()))
    return found


def _audited(parts: list[dict[str, Any]], too_small: int) -> dict[str, Any]:
    return {
        "groups": parts,
        "calibration_gap": _spread(parts, "calibration_gap"),
        "likely_gap": _spread(parts, "likely_share"),
        "too_small": too_small,
    }


def fairness_tables(score: Mapping[str, Any], pressure: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the audits as tables of the report: of the score, then of the decisions.

    Parameters
    ----------
    score : mapping
        What ``audit_score`` found.
    pressure : mapping
        What the same groups meet in a list made with the score.
    """
    return [
        _table(column, of_what, found["groups"], columns)
        for audit, of_what, columns in (
            (score, Texts(es="el puntaje", pt="o escore", en="the score"), _SCORED),
            (pressure, Texts(es="las decisiones", pt="as decisões", en="the decisions"), _PRESSED),
        )
        for column, found in audit.items()
    ]


def _table(
    column: str,
    of_what: Texts,
    groups: list[dict[str, Any]],
    columns: Sequence[tuple[str, str, Texts]],
) -> dict[str, Any]:
    name = column.removeprefix(AUDIT_PREFIX).replace("_", " ")
    return {
        "title": {language: f"{name}: {text}" for language, text in of_what.model_dump().items()},
        "columns": [
            {"key": key, "kind": kind, "label": label.model_dump()} for key, kind, label in columns
        ],
        "rows": groups,
    }


_SCORED = (
    ("group", "text", Texts(es="Grupo", pt="Grupo", en="Group")),
    ("rows", "count", Texts(es="Filas", pt="Linhas", en="Rows")),
    ("paid_share", "share", Texts(es="Pagó", pt="Pagou", en="Paid")),
    (
        "mean_propensity",
        "share",
        Texts(es="Propensión media", pt="Propensão média", en="Mean propensity"),
    ),
    (
        "likely_share",
        "share",
        Texts(
            es="Vistos como probables pagadores",
            pt="Vistos como prováveis pagadores",
            en="Seen as likely payers",
        ),
    ),
    (
        "false_positive_rate",
        "share",
        Texts(
            es="Sin pagar, vistos como probables",
            pt="Sem pagar, vistos como prováveis",
            en="Unpaid, seen as likely",
        ),
    ),
    (
        "false_negative_rate",
        "share",
        Texts(
            es="Pagaron, vistos como improbables",
            pt="Pagaram, vistos como improváveis",
            en="Paid, seen as unlikely",
        ),
    ),
)


_PRESSED = (
    ("group", "text", Texts(es="Grupo", pt="Grupo", en="Group")),
    ("accounts", "count", Texts(es="Cuentas", pt="Contas", en="Accounts")),
    ("treated_share", "share", Texts(es="Con gestión", pt="Com ação", en="Treated")),
    ("manual_share", "share", Texts(es="Gestión manual", pt="Ação manual", en="By a person")),
    (
        "pressed_share",
        "share",
        Texts(
            es="Con tono firme o legal",
            pt="Com tom firme ou jurídico",
            en="In a firm or legal tone",
        ),
    ),
    (
        "days_past_due",
        "count",
        Texts(es="Días de mora", pt="Dias de atraso", en="Days past due"),
    ),
    (
        "mean_propensity",
        "share",
        Texts(es="Propensión media", pt="Propensão média", en="Mean propensity"),
    ),
)


def _large_enough(names: NDArray[np.object_]) -> NDArray[np.bool_]:
    kept, position, counts = np.unique(names.astype(str), return_inverse=True, return_counts=True)
    return np.asarray(counts[position] >= MIN_ROWS) if len(kept) else np.zeros(0, bool)


def _part(
    name: str, values: dict[str, float], is_paid: NDArray[np.int8], propensity: Floats
) -> dict[str, Any]:
    paid, expected = float(is_paid.mean()), float(propensity.mean())
    return {
        "group": name,
        **{measure: float(value) for measure, value in values.items()},
        "paid_share": paid,
        "mean_propensity": expected,
        "calibration_gap": expected - paid,
    }


def _spread(parts: list[dict[str, Any]], measure: str) -> float:
    values = [part[measure] for part in parts if part["group"] != UNKNOWN]
    return float(max(values) - min(values)) if values else 0.0
