"""``allocation.json``: what teams and budgets were asked for, what one more of each would be worth, who was drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from propension.config import CHAMPION, NO_TREATMENT, Language, Texts
from propension.treatments import Decision
from propension.treatments.allocation import WhatIf, parse_capacity_changes
from propension.treatments.choice import Limit, Pool, Settled
from propension.treatments.effects import EffectModel
from propension.writing.figures import amount, count, fill, share

ALLOCATION_NAME = "allocation.json"
# What a price is told of: nobody thinks in minutes or in single units of money.
TOLD_UNITS = {"minutes": 60.0, "accounts": 1.0, "money": 1000.0}
_USED = {
    "minutes": Texts(
        es="{name}: {used} de {capacity} minutos ({share})",
        pt="{name}: {used} de {capacity} minutos ({share})",
        en="{name}: {used} of {capacity} minutes ({share})",
    ),
    "accounts": Texts(
        es="{name}: {used} de {capacity} cuentas ({share})",
        pt="{name}: {used} de {capacity} contas ({share})",
        en="{name}: {used} of {capacity} accounts ({share})",
    ),
    "money": Texts(
        es="{name}: {used} de {capacity} del presupuesto ({share})",
        pt="{name}: {used} de {capacity} do orçamento ({share})",
        en="{name}: {used} of {capacity} of the budget ({share})",
    ),
}
_PRICED = {
    "minutes": Texts(
        es="una hora más valdría {price}",
        pt="uma hora a mais valeria {price}",
        en="one more hour would be worth {price}",
    ),
    "accounts": Texts(
        es="una cuenta más valdría {price}",
        pt="uma conta a mais valeria {price}",
        en="one more account would be worth {price}",
    ),
    "money": Texts(
        es="1.000 más valdrían {price}",
        pt="1.000 a mais valeriam {price}",
        en="1,000 more would be worth {price}",
    ),
}
_DIFFERENCE = Texts(
    es="valor esperado: {difference} (entre {at_least} y {at_most})",
    pt="valor esperado: {difference} (entre {at_least} e {at_most})",
    en="expected value: {difference} (between {at_least} and {at_most})",
)
_NO_DIFFERENCE = Texts(
    es="valor esperado: {difference}; no se distingue de cero (entre {at_least} y {at_most})",
    pt="valor esperado: {difference}; não se distingue de zero (entre {at_least} e {at_most})",
    en="expected value: {difference}; not distinguishable from zero (between {at_least} and {at_most})",
)
_SAME = Texts(
    es="nada cambiaría: cada cuenta tendría la misma gestión",
    pt="nada mudaria: cada conta teria a mesma ação",
    en="nothing would change: every account would get the same treatment",
)
# Less of money than this is shown as none.
_LEAST_AMOUNT = 0.005
_SPARE = Texts(es="sobra capacidad", pt="sobra capacidade", en="some is left over")
_ENOUGH = Texts(
    es="más no añadiría nada", pt="mais não acrescentaria nada", en="more would add nothing"
)
# From here on a share is shown as 100%: nobody is told that some of it is left over.
_FULL_SHARE = 0.9995


def allocation_facts(decision: Decision) -> dict[str, Any]:
    """Return what stands behind the choices, in JSON's own types.

    Parameters
    ----------
    decision : Decision

    Returns
    -------
    dict
        ``limits`` (name, group, unit, capacity, used, price of one more unit, told), ``pools`` (strategy,
        accounts, value, bound, gap), ``arms`` (accounts by arm), ``expected_value`` of all choices, and ``effects`` (by
        stage: rows of evidence by treatment, warnings).
    """
    plan, slate = decision.plan, decision.slate
    champion = next((pool for pool in plan.pools if pool.strategy == CHAMPION), None)
    columns = np.arange(len(plan.choice))
    return {
        "limits": _limits_facts(
            plan.limits, plan.used.tolist(), champion.allocation.prices if champion else {}
        ),
        "pools": [
            {
                "strategy": pool.strategy,
                "accounts": int(pool.values.shape[1]),
                "value": pool.allocation.value,
                "bound": pool.allocation.bound,
                "gap": pool.allocation.gap,
            }
            for pool in plan.pools
        ],
        "arms": dict(Counter(slate.accounts["arm"].to_pylist())),
        "expected_value": float(slate.values[plan.choice, columns].sum(dtype=np.float64)),
        "effects": _effects_facts(decision.effects),
    }


def settled_facts(
    settled: Settled, expected_value: float, effects: Mapping[str, EffectModel]
) -> dict[str, Any]:
    """Return the same of a portfolio that was decided in parts."""
    used = [settled.used[limit.resource.name] for limit in settled.limits]
    return {
        "limits": _limits_facts(settled.limits, used, settled.terms.prices.get(CHAMPION, {})),
        "pools": [vars(share) | {"gap": share.gap} for share in settled.shares],
        "arms": settled.arms,
        "expected_value": expected_value,
        "effects": _effects_facts(effects),
    }


def _limits_facts(
    limits: Sequence[Limit], used: Sequence[float], prices: Mapping[str, float]
) -> list[dict[str, Any]]:
    return [
        _limit_facts(limit, use, prices.get(limit.resource.name, 0.0))
        for limit, use in zip(limits, used, strict=True)
    ]


def _effects_facts(effects: Mapping[str, EffectModel]) -> dict[str, Any]:
    return {
        stage: {
            "rows": {
                name: rows for name, rows in model.rows().items() if rows and name != NO_TREATMENT
            },
            "warnings": [dict(warning) for warning in model.warnings],
        }
        for stage, model in effects.items()
    }


def _limit_facts(limit: Limit, used: float, price: float) -> dict[str, Any]:
    resource = limit.resource
    facts = {
        "name": resource.name,
        "group": limit.group,
        "unit": limit.unit,
        "capacity": float(resource.capacity),
        "used": used,
        "price": price,
    }
    return facts | {"told": limit_told(facts, resource.name)}


def limit_told(limit: Mapping[str, Any], name: Texts | str) -> dict[Language, str]:
    """Say what is used of a team, a budget or a limit, and what one more would be worth.

    Parameters
    ----------
    limit : mapping
        See ``allocation_facts``.
    name : Texts or str
        What it is called.
    """
    figures = {"used": count(limit["used"]), "capacity": count(limit["capacity"])}
    used = fill(_USED[limit["unit"]], name=name, share=share(limit_share(limit)), **figures)
    value = limit_worth(limit)
    return {language: f"{told}; {value[language]}" for language, told in used.items()}


def limit_worth(limit: Mapping[str, Any]) -> dict[Language, str]:
    """Say what one more of a team, a budget or a limit would be worth, at the price of one unit."""
    if limit["price"] <= 0:
        return fill(_ENOUGH if limit_share(limit) >= _FULL_SHARE else _SPARE)
    return fill(_PRICED[limit["unit"]], price=amount(TOLD_UNITS[limit["unit"]] * limit["price"]))


def limit_share(limit: Mapping[str, Any]) -> float:
    """Return how much of it is used (0..1)."""
    return float(limit["used"] / limit["capacity"]) if limit["capacity"] else 0.0


def try_capacities(decision: Decision, changes: Sequence[str]) -> dict[str, Any]:
    """Return what other capacities would add to a decision; what is drawn stays as it is.

    Parameters
    ----------
    decision : Decision
    changes : sequence of str
        ``calls=+20%``, ``letters=-50`` or ``visits=12``: see ``parse_capacity_changes``.

    Returns
    -------
    dict
        ``changes`` (name, before, after), ``difference`` in expected value, between ``at_least`` and ``at_most`` for the
        best choices there are, ``treatments`` (name to accounts before and after), ``prices`` (of one more unit of
        every limit, before and after, to the champion), ``is_same`` (nothing would change) and ``told``.

    Raises
    ------
    ConfigurationError
        If a change cannot be read or names no capacity or budget.
    """
    plan, names = decision.plan, decision.slate.treatments
    before = {one.resource.name: float(one.resource.capacity) for one in plan.limits}
    after = parse_capacity_changes(changes, before)
    found = plan.what_if(after)
    counts = np.bincount(plan.choice, minlength=len(names))
    moved = counts.copy()
    for pool, result in zip(plan.pools, found, strict=True):
        for choice, sign in ((pool.allocation.choice, -1), (result.allocation.choice, 1)):
            moved += sign * np.bincount(choice, minlength=len(names))
    totals = {
        name: sum(getattr(result, name) for result in found)
        for name in ("difference", "at_least", "at_most")
    }
    is_same = _is_same(plan.pools, found, totals)
    return {
        "changes": [
            {"name": name, "before": before[name], "after": value} for name, value in after.items()
        ],
        **totals,
        "treatments": {
            name: {"before": int(old), "after": int(new)}
            for name, old, new in zip(names, counts, moved, strict=True)
            if old or new
        },
        "prices": _prices(plan.pools, found),
        "is_same": is_same,
        "told": fill(_SAME) if is_same else _told_difference(totals),
    }


def _prices(pools: Sequence[Pool], found: Sequence[WhatIf]) -> dict[str, dict[str, float]]:
    """What one more of every limit is worth to the champion, before and after."""
    for pool, result in zip(pools, found, strict=True):
        if pool.strategy == CHAMPION:
            after = result.allocation.prices
            return {
                name: {"before": float(price), "after": float(after[name])}
                for name, price in pool.allocation.prices.items()
            }
    return {}


def _is_same(pools: Sequence[Pool], found: Sequence[WhatIf], totals: Mapping[str, float]) -> bool:
    """Whether no account is treated otherwise, and it is proven that nothing better is missed."""
    kept = all(
        np.array_equal(pool.allocation.choice, result.allocation.choice)
        for pool, result in zip(pools, found, strict=True)
    )
    return kept and all(abs(total) < _LEAST_AMOUNT for total in totals.values())


def _told_difference(totals: Mapping[str, float]) -> dict[Language, str]:
    figures = {name: amount(value) for name, value in totals.items()}
    is_clear = totals["at_least"] > 0 or totals["at_most"] < 0
    return fill(_DIFFERENCE if is_clear else _NO_DIFFERENCE, **figures)


def write_allocation(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write the facts beside the list; return the file."""
    path = folder / ALLOCATION_NAME
    text = json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def read_allocation(folder: Path) -> dict[str, Any]:
    """Return what ``write_allocation`` wrote."""
    found: dict[str, Any] = json.loads((folder / ALLOCATION_NAME).read_text(encoding="utf-8"))
    return found
