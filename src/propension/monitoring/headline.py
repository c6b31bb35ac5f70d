"""What a manager reads first: which figures moved, and what asks to be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any, get_args

from propension.config import Language, Texts
from propension.monitoring.kpis.wording import write_figure
from propension.outputs.capacity import limit_told
from propension.writing import VALUE_LABELS, Reader
from propension.writing.figures import count, fill

# Of these a manager is told by themselves when they move; the others are in the tables.
KEY_KPIS = (
    "overdue_balance", "overdue_share", "collected", "recovery_rate", "cure_rate", "right_party_contact",
    "promises_kept", "collection_effectiveness_index", "days_sales_outstanding", "cost_to_collect",
)  # fmt: skip
# A change is out of the ordinary if it is the largest of at least so many.
MIN_CHANGES = 6

Told = dict[Language, str]

_MOVED = Texts(
    es="{kpi}: {value} en {month}, frente a {before} el mes anterior. Es el mayor cambio de los últimos {count} meses{judged}.",
    pt="{kpi}: {value} em {month}, contra {before} no mês anterior. É a maior mudança dos últimos {count} meses{judged}.",
    en="{kpi}: {value} in {month}, against {before} the month before. It is the largest change of the last {count} months{judged}.",
)
_JUDGED = {
    True: Texts(es=", y para bien", pt=", e para melhor", en=", and for the better"),
    False: Texts(es=", y para mal", pt=", e para pior", en=", and for the worse"),
    None: Texts(es="", pt="", en=""),
}
_IN_ALL = Texts(
    es="De {count} cifras clave, {better} mejoraron y {worse} empeoraron frente al mes anterior.",
    pt="De {count} números-chave, {better} melhoraram e {worse} pioraram em relação ao mês anterior.",
    en="Of {count} key figures, {better} are better and {worse} worse than the month before.",
)
_AS_USUAL = Texts(
    es="Ninguna cifra clave se movió más de lo habitual en los últimos meses.",
    pt="Nenhum número-chave mudou mais do que o habitual nos últimos meses.",
    en="No key figure moved more than usual in the last months.",
)
_MODEL = {
    "recalibrate": Texts(
        es="Recalibrar el modelo ({stage}): propension train --recalibrate. {reason}",
        pt="Recalibrar o modelo ({stage}): propension train --recalibrate. {reason}",
        en="Recalibrate the model ({stage}): propension train --recalibrate. {reason}",
    ),
    "retrain": Texts(
        es="Reentrenar el modelo ({stage}): propension train. {reason}",
        pt="Treinar o modelo de novo ({stage}): propension train. {reason}",
        en="Retrain the model ({stage}): propension train. {reason}",
    ),
}
_NOTHING = Texts(
    es="Nada pide actuar: seguir igual.",
    pt="Nada pede ação: seguir igual.",
    en="Nothing asks for action: go on as you are.",
)


def key_figures(kpis: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """Return every KPI of its last final month beside the month before.

    Parameters
    ----------
    kpis : sequence of mapping or None
        Of ``KpiReport.as_dict()``.

    Returns
    -------
    list of dict
        name, label, unit, month, value, before, largest_of (months of which the change is the largest; 0 where it is
        nothing out of the ordinary), is_better (None where neither way is).
    """
    found = []
    for kpi in kpis or ():
        rows = [row for row in kpi["rows"] if row["dimension"] == "all" and row["is_mature"]]
        rows = [row for row in rows if row["value"] is not None]
        if not rows:
            continue
        values = [row["value"] for row in rows]
        found.append(
            {
                **{name: kpi[name] for name in ("name", "label", "unit")},
                "month": rows[-1]["month"],
                "value": values[-1],
                "before": values[-2] if len(values) > 1 else None,
                "largest_of": _largest_of(values),
                "is_better": _is_better(values, kpi["direction"]),
            }
        )
    return found


def what_changed(figures: Sequence[Mapping[str, Any]], currency: str) -> list[Told]:
    """Return how many key figures are better or worse, and a sentence for each that moved more than usual, the rarest first."""
    key = [one for one in figures if one["name"] in KEY_KPIS]
    if not key:
        return []
    judged = [one["is_better"] for one in key]
    in_all = fill(
        _IN_ALL,
        count=count(len(key)),
        better=count(judged.count(True)),
        worse=count(judged.count(False)),
    )
    moved = sorted((one for one in key if one["largest_of"]), key=lambda one: -one["largest_of"])
    said = [
        {language: _moved(one, currency, language) for language in get_args(Language)}
        for one in moved
    ]
    return [in_all, *(said or [fill(_AS_USUAL)])]


def what_to_do(
    health: Mapping[str, Any] | None,
    impact: Mapping[str, Any] | None,
    limits: Sequence[Mapping[str, Any]],
    names: Mapping[str, Texts] | None = None,
) -> list[Told]:
    """Return what asks to be done: about the models, the data, the experiment and the team, in this order.

    Parameters
    ----------
    health : mapping or None
        ``HealthReport.as_dict()``.
    impact : mapping or None
        ``ExperimentReading.as_dict()``.
    limits : sequence of mapping
        Of the newest list's allocation.
    names : mapping of str to Texts, optional
        What the policy calls them.
    """
    said = [*_of_health(health or {}), *_of_impact(impact), *_of_limits(limits, names or {})]
    return said or [fill(_NOTHING)]


def _largest_of(values: Sequence[float]) -> int:
    changes = [abs(after - before) for before, after in pairwise(values)]
    if not changes or not changes[-1]:
        return 0
    span = 1 + len(list(takewhile(lambda one: one < changes[-1], changes[-2::-1])))
    return span if span >= MIN_CHANGES else 0


def _is_better(values: Sequence[float], direction: str) -> bool | None:
    if len(values) < 2 or direction == "none" or values[-1] == values[-2]:
        return None
    return (values[-1] > values[-2]) == (direction == "up")


def _moved(one: Mapping[str, Any], currency: str, language: Language) -> str:
    value, before = (
        write_figure(one["unit"], one[name], currency, language) for name in ("value", "before")
    )
    return _MOVED.in_language(language).format(
        kpi=one["label"][language],
        value=value,
        before=before,
        month=Reader(language).date(one["month"], "MMMM y"),
        count=one["largest_of"],
        judged=_JUDGED[one["is_better"]].in_language(language),
    )


def _of_health(health: Mapping[str, Any]) -> Iterator[Told]:
    for one in health.get("recommendations", ()):
        if one["action"] in _MODEL:
            stage, reason = VALUE_LABELS["stage"][one["stage"]], Texts(**one["reason"])
            yield fill(_MODEL[one["action"]], stage=stage, reason=reason)
    # Jumps that only a fault of the source makes stand behind the advice to repair it.
    jumps = [
        alert["told"]
        for one in health.get("recommendations", ())
        for alert in (one["because"] if one["rule"] == "source" else ())
    ]
    for alert in health.get("alerts", ()):
        acts = alert["level"] == "act"
        if acts and (alert["kind"] == "data" or alert["told"] in jumps):
            yield alert["told"]


def _of_impact(impact: Mapping[str, Any] | None) -> Iterator[Told]:
    if not impact:
        return
    yield from impact["told"]["alarms"]
    if (
        not impact["told"]["alarms"]
        and impact["verdict"]
        and impact["verdict"]["outcome"] != "goes_on"
    ):
        yield impact["told"]["verdict"]


def _of_limits(limits: Sequence[Mapping[str, Any]], names: Mapping[str, Texts]) -> Iterator[Told]:
    """What would add most: limits that are all used, and have a price."""
    for limit in limits:
        if limit["price"] > 0:
            name = names.get(limit.get("name", "").removesuffix(f": {limit.get('group')}"))
            yield limit_told(limit, _of_group(name, limit["group"])) if name else limit["told"]


def _of_group(name: Texts, group: str | None) -> Texts:
    if group is None:
        return name
    return Texts(es=f"{name.es}: {group}", pt=f"{name.pt}: {group}", en=f"{name.en}: {group}")
