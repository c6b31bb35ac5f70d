"""Reasons in words: what is the matter, beside what is usual, and which way it points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from babel.dates import get_month_names
from numpy.typing import NDArray

from propension.config import Language
from propension.config.settings import Portfolio
from propension.explain.contributions import Contributions
from propension.explain.writing import MANY_DAYS, Writing
from propension.features import Feature

REASON_TYPE = pa.list_(
    pa.struct(
        [
            ("feature", pa.string()),
            ("value", pa.string()),
            ("effect", pa.float64()),
            ("text", pa.string()),
        ]
    )
)
# The calendar is the same for everybody: it is no reason for one account rather than another.
NO_REASON = "calendar"

DIRECTIONS: dict[Language, tuple[str, str]] = {
    "es": ("a favor", "en contra"),
    "pt": ("a favor", "contra"),
    "en": ("for", "against"),
}
NO_VALUE: dict[Language, str] = {"es": "sin dato", "pt": "sem dado", "en": "no data"}
_USUAL: dict[Language, str] = {
    "es": "la cartera, ", "pt": "a carteira, ", "en": "the portfolio, ",
}  # fmt: skip

# One row per account and reason; written in the engine, so no account is looped over.
_TEXTS = """
WITH written AS (
    SELECT r.row, r.rank, n.name, r.effect, n.unit, r.value, n.usual, n.usual_label,
           coalesce(r.label, {value}) AS shown,
           coalesce(n.usual_label, CASE WHEN {in_years} THEN {usual_in_full} ELSE {usual} END) AS shown_usual,
           r.label IS NULL AND r.value IS NULL AS is_missing,
           coalesce(abs(r.value) < {least}, FALSE) AS is_zero,
           CASE WHEN r.label IS NULL AND r.value IS NULL THEN n.missing
                WHEN abs(r.value) < {least} THEN n.zero
                WHEN r.value < 0 THEN n.below ELSE n.above END AS sentence
    FROM reasons r JOIN names n ON n.position = r.feature
)
SELECT row, list({{'feature': name, 'value': coalesce(CASE WHEN value < 0 THEN '-' || shown ELSE shown END, '{no_value}'),
    'effect': effect,
    'text': replace(sentence, '{{value}}', coalesce(shown, ''))
        || CASE WHEN is_missing OR shown_usual IS NULL OR (is_zero AND abs(usual) < {least})
                     OR usual_label = shown THEN ''
                ELSE '; {beside}' || CASE WHEN usual <= -{least} THEN '-' ELSE '' END || shown_usual END
        || ' (' || CASE WHEN effect >= 0 THEN '{up}' ELSE '{down}' END || ')'}} ORDER BY rank) AS reasons
FROM written GROUP BY row ORDER BY row
"""
# Below these a value is written as zero.
_LEAST = "CASE unit WHEN 'share' THEN 1e-9 WHEN 'amount' THEN 0.5 ELSE 0.05 END"


def reason_families(features: Sequence[Feature]) -> NDArray[np.int64]:
    """Return the family of every feature as a number; -1 for what is no reason."""
    names = sorted({feature.family for feature in features} - {NO_REASON})
    place = {name: at for at, name in enumerate(names)}
    return np.array([place.get(feature.family, -1) for feature in features], dtype=np.int64)


def write_reasons(
    found: Contributions,
    rows: pa.RecordBatch,
    features: Sequence[Feature],
    usual: Mapping[str, float | str],
    portfolio: Portfolio,
) -> pa.Array:
    """Return a list of reasons per row: {feature, value, effect, text}, strongest first.

    The same facts and the same model give the same words, whoever else is scored.

    Parameters
    ----------
    found : Contributions
    rows : RecordBatch
        The rows the contributions are of.
    features : sequence of Feature
        In the order of the model's matrix.
    usual : mapping of str to float or str
        What the portfolio's values usually are (``Bundle.usual``).
    portfolio : Portfolio
        Its language, country and currency decide how things are written.
    """
    if not rows.num_rows:
        return pa.array([], REASON_TYPE)
    language, writing = portfolio.language, Writing.of(portfolio)
    up, down = DIRECTIONS[language]
    sql = _TEXTS.format(
        value=writing.number_sql("abs(r.value)", "n.unit"),
        usual=writing.number_sql("abs(n.usual)", "n.unit", with_unit=False),
        usual_in_full=writing.number_sql("abs(n.usual)", "n.unit"),
        in_years=f"n.unit = 'days' AND greatest(abs(r.value), abs(n.usual)) >= {MANY_DAYS}",
        least=_LEAST,
        no_value=NO_VALUE[language],
        beside=_USUAL[language],
        up=up,
        down=down,
    )
    engine = duckdb.connect(config={"threads": 1})
    try:
        engine.register("reasons", _long_form(found, rows, features, language))
        engine.register("names", _declared(features, usual, language))
        written = engine.sql(sql).to_arrow_table()
    finally:
        engine.close()
    return written["reasons"].combine_chunks().cast(REASON_TYPE)


def _declared(
    features: Sequence[Feature], usual: Mapping[str, float | str], language: Language
) -> pa.Table:
    names = []
    for position, feature in enumerate(features):
        middle = usual.get(feature.name)
        is_name = feature.is_category or feature.unit == "month"
        label = None
        if is_name and middle is not None:
            [label] = _in_words(np.array([middle], dtype=object), feature, language)
        names.append(
            {
                "position": position,
                "name": feature.name,
                "unit": feature.unit,
                "usual": None if is_name else middle,
                "usual_label": label,
                **feature.sentences(language),
            }
        )
    texts = ("name", "unit", "usual_label", "above", "zero", "below", "missing")
    schema = pa.schema(
        [
            ("position", pa.int64()),
            ("usual", pa.float64()),
            *((text, pa.string()) for text in texts),
        ]
    )
    return pa.Table.from_pylist(names, schema)


def _long_form(
    found: Contributions, rows: pa.RecordBatch, features: Sequence[Feature], language: Language
) -> pa.Table:
    n_rows, k = found.features.shape
    chosen, place = found.features.ravel(), np.repeat(np.arange(n_rows), k)
    value = np.full(n_rows * k, np.nan)
    label = np.full(n_rows * k, None, dtype=object)
    for position in np.unique(chosen):
        at = chosen == position
        column = rows.column(features[position].name).to_numpy(zero_copy_only=False)
        feature = features[position]
        if feature.is_category or feature.unit == "month":
            label[at] = _in_words(column[place[at]], feature, language)
        else:
            value[at] = column[place[at]]
    return pa.table(
        {
            "row": place,
            "rank": np.tile(np.arange(k), n_rows),
            "feature": chosen,
            "effect": found.effects.ravel(),
            "value": pa.array(value, from_pandas=True),
            "label": pa.array(label, pa.string(), from_pandas=True),
        }
    )


def _in_words(codes: NDArray[Any], feature: Feature, language: Language) -> NDArray[Any]:
    """Return the words for coded values; a code without words is written as people would."""
    if feature.unit == "month":
        names = get_month_names("wide", locale=language)
        return np.array([names.get(code) for code in codes], dtype=object)
    known = {code: text.in_language(language) for code, text in feature.values}
    words = {
        code: known.get(code, code.replace("_", " ")) for code in set(codes) if code is not None
    }
    return np.array([words.get(code) for code in codes], dtype=object)
