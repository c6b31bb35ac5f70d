"""Reasons in words: what is the matter, beside what is usual, and which way it points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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

# One row per fact, which many accounts share; written in the engine, so none is looped over.
_TEXTS = """
WITH written AS (
    SELECT f.fact, f.value, n.usual, n.usual_label, coalesce(f.label, {value}) AS shown,
           coalesce(n.usual_label, CASE WHEN {in_years} THEN {usual_in_full} ELSE {usual} END) AS shown_usual,
           f.label IS NULL AND f.value IS NULL AS is_missing,
           coalesce(abs(f.value) < {least}, FALSE) AS is_zero, {least} AS least,
           CASE WHEN f.label IS NULL AND f.value IS NULL THEN n.missing
                WHEN abs(f.value) < {least} THEN n.zero
                WHEN f.value < 0 THEN n.below ELSE n.above END AS sentence
    FROM facts f JOIN names n ON n.position = f.feature
)
SELECT coalesce(CASE WHEN value < 0 THEN '-' || shown ELSE shown END, '{no_value}') AS value,
       replace(sentence, '{{value}}', coalesce(shown, '{no_value}'))
       || CASE WHEN is_missing OR shown_usual IS NULL OR (is_zero AND abs(usual) < least)
                    OR usual_label = shown THEN ''
               ELSE '; {beside}' || CASE WHEN usual <= -least THEN '-' ELSE '' END || shown_usual END
       || ' (' AS text
FROM written ORDER BY fact
"""
# Below these a value is written as zero.
_LEAST = "CASE n.unit WHEN 'share' THEN 1e-9 WHEN 'amount' THEN 0.5 ELSE 0.05 END"


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
    sql = _TEXTS.format(
        value=writing.number_sql("abs(f.value)", "n.unit"),
        usual=writing.number_sql("abs(n.usual)", "n.unit", with_unit=False),
        usual_in_full=writing.number_sql("abs(n.usual)", "n.unit"),
        in_years=f"n.unit = 'days' AND greatest(abs(f.value), abs(n.usual)) >= {MANY_DAYS}",
        least=_LEAST,
        no_value=NO_VALUE[language],
        beside=_USUAL[language],
    )
    facts, of = _distinct_facts(found, rows, features, language)
    engine = duckdb.connect(config={"threads": 1})
    try:
        engine.register("facts", facts)
        engine.register("names", _declared(features, usual, language))
        written = engine.sql(sql).to_arrow_table().take(of)
    finally:
        engine.close()
    effects = found.effects.ravel()
    points = pa.array([f"{word})" for word in DIRECTIONS[language]])
    names = pa.array([feature.name for feature in features], pa.string())
    text = pc.binary_join_element_wise(
        written["text"].combine_chunks(), points.take(pa.array((effects < 0).astype(np.int8))), ""
    )
    values = written["value"].combine_chunks()
    columns = [names.take(pa.array(found.features.ravel())), values, pa.array(effects), text]
    reasons = pa.StructArray.from_arrays(columns, fields=list(REASON_TYPE.value_type))
    n_rows, k = found.features.shape
    return pa.ListArray.from_arrays(pa.array(np.arange(n_rows + 1) * k, pa.int32()), reasons)


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


def _distinct_facts(
    found: Contributions, rows: pa.RecordBatch, features: Sequence[Feature], language: Language
) -> tuple[pa.Table, pa.Array]:
    """Return every different value that is a reason for somebody, and which of them each reason tells."""
    n_rows, k = found.features.shape
    chosen, place = found.features.ravel(), np.repeat(np.arange(n_rows), k)
    of, told, count = np.empty(n_rows * k, np.int64), [], 0
    for position in np.unique(chosen):
        at, feature = np.flatnonzero(chosen == position), features[position]
        values = rows.column(feature.name).take(pa.array(place[at]))
        coded = values.dictionary_encode(null_encoding="encode")
        of[at] = coded.indices.to_numpy() + count
        count += len(coded.dictionary)
        told.append(_described(feature, int(position), coded.dictionary, language))
    facts = pa.concat_tables(told)
    return facts.append_column("fact", pa.array(np.arange(count))), pa.array(of)


def _described(feature: Feature, position: int, values: pa.Array, language: Language) -> pa.Table:
    """What a feature's values are: words or numbers."""
    numbers, labels = values, pa.nulls(len(values), pa.string())
    if feature.is_category or feature.unit == "month":
        codes = values.to_numpy(zero_copy_only=False)
        numbers = pa.nulls(len(values), pa.float64())
        labels = pa.array(_in_words(codes, feature, language), pa.string(), from_pandas=True)
    return pa.table(
        {
            "feature": pa.repeat(position, len(values)),
            "value": numbers.cast(pa.float64()),
            "label": labels,
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
