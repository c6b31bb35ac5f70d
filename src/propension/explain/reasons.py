"""Reasons in words: what the feature is, its value as people write it, and which way it points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from babel.dates import get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol
from numpy.typing import NDArray

from propension.config import Language
from propension.explain.contributions import Contributions
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

DIRECTIONS: dict[Language, tuple[str, str]] = {
    "es": ("a favor", "en contra"),
    "pt": ("a favor", "contra"),
    "en": ("for", "against"),
}
NO_VALUE: dict[Language, str] = {"es": "sin dato", "pt": "sem dado", "en": "no data"}

# One row per account and reason; formatted in the engine, so no account is looped over.
_TEXTS = """
WITH written AS (
    SELECT r.row, r.rank, r.effect, n.name, n.text,
           CASE WHEN r.value IS NULL AND r.label IS NULL THEN '{no_value}'
                WHEN r.label IS NOT NULL THEN r.label
                WHEN n.unit = 'share' THEN format('{{:d}} %', round(100 * r.value)::BIGINT)
                WHEN n.unit IN ('amount', 'number') THEN format('{{:t{group}}}', round(r.value)::BIGINT)
                WHEN round(r.value, 1) = round(r.value) THEN format('{{:d}}', round(r.value)::BIGINT)
                ELSE replace(format('{{:.1f}}', r.value), '.', '{decimal}') END AS value
    FROM reasons r JOIN names n ON n.position = r.feature
)
SELECT row, list({{'feature': name, 'value': value, 'effect': effect,
                  'text': text || ': ' || value || ' (' || CASE WHEN effect >= 0 THEN '{up}' ELSE '{down}' END || ')'}}
                 ORDER BY rank) AS reasons
FROM written GROUP BY row ORDER BY row
"""


def write_reasons(
    found: Contributions,
    rows: pa.RecordBatch,
    features: Sequence[Feature],
    language: Language,
    country: str,
) -> pa.Array:
    """Return a list of reasons per row: {feature, value, effect, text}, strongest first.

    Parameters
    ----------
    found : Contributions
    rows : RecordBatch
        The rows the contributions are of.
    features : sequence of Feature
        In the order of the model's matrix.
    language : {"es", "pt", "en"}
    country : str
        ISO 3166 code; decides how numbers are written.
    """
    if not rows.num_rows:
        return pa.array([], REASON_TYPE)
    locale = f"{language}_{country}"
    up, down = DIRECTIONS[language]
    sql = _TEXTS.format(
        no_value=NO_VALUE[language],
        up=up,
        down=down,
        group=_symbol(get_group_symbol, locale, language),
        decimal=_symbol(get_decimal_symbol, locale, language),
    )
    names = pa.table(
        {
            "position": pa.array(range(len(features)), pa.int64()),
            "name": [feature.name for feature in features],
            "text": [feature.text.in_language(language) for feature in features],
            "unit": [feature.unit for feature in features],
        }
    )
    engine = duckdb.connect(config={"threads": 1})
    try:
        engine.register("reasons", _long_form(found, rows, features, language))
        engine.register("names", names)
        written = engine.sql(sql).to_arrow_table()
    finally:
        engine.close()
    return written["reasons"].combine_chunks().cast(REASON_TYPE)


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
    """Return the words for coded values; a code without words stays as it is."""
    if feature.unit == "month":
        names = get_month_names("wide", locale=language)
        return np.array([names.get(code) for code in codes], dtype=object)
    words = {code: text.in_language(language) for code, text in feature.values}
    return np.array([words.get(code, code) for code in codes], dtype=object)


def _symbol(of: object, locale: str, language: Language) -> str:
    from babel import UnknownLocaleError

    try:
        symbol = of(locale)  # type: ignore[operator]
    except UnknownLocaleError:
        symbol = of(language)  # type: ignore[operator]
    # A no-break space cannot be a separator in the engine's formats.
    return "." if not str(symbol).strip() else str(symbol)
