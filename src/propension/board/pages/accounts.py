"""The list: which accounts, in what order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from propension.board.filters import (
    CHOICES,
    NONE_CODE,
    PAGE_ROWS,
    RANGES,
    SORTS,
    Choice,
    Selection,
)
from propension.board.views import views_of
from propension.board.visit import ViewersVisit, Visit

router = APIRouter()
# The list is filtered once, for the sums and for the page; only the page's own rows are read whole.
_PAGE = """
WITH found AS MATERIALIZED (
    SELECT place, {column} AS sorted, amount_at_stake, expected_recovery, propensity FROM accounts WHERE {where}
), totals AS (
    SELECT count(*) AS accounts, coalesce(sum(amount_at_stake), 0) AS amount_at_stake,
           coalesce(sum(expected_recovery), 0) AS expected_recovery, avg(propensity) AS propensity
    FROM found
), page AS (
    SELECT place, sorted FROM found ORDER BY sorted {direction}, place LIMIT ? OFFSET ?
), shown AS (
    SELECT sorted, account_id, customer_name, segment, risk_band, propensity, amount_at_stake, expected_recovery,
           days_past_due, treatment, team, scheduled_at, currency, place
    FROM accounts JOIN page USING (place) WHERE place IN (SELECT place FROM page)
)
SELECT totals, CASE WHEN shown.place IS NOT NULL THEN shown END AS row
FROM totals LEFT JOIN shown ON TRUE ORDER BY sorted {direction}, place
"""


@router.get("/accounts")
def accounts(visit: ViewersVisit) -> Response:
    """Show the accounts that the address asks for."""
    selection = Selection.read(visit.request.query_params)
    totals, found = _page(visit, selection, selection.page)
    pages = max(1, -(-totals["accounts"] // PAGE_ROWS))
    page = min(selection.page, pages)
    if page != selection.page:
        totals, found = _page(visit, selection, page)
    facts = {
        "selection": selection,
        "totals": totals,
        "rows": found,
        "first": (page - 1) * PAGE_ROWS + 1,
        "page": page,
        "pages": pages,
        "sorts": SORTS,
        "chips": list(_chips(visit, selection)),
        "views": views_of(visit),
    }
    if visit.is_part:
        response = visit.page("accounts_results.html", **facts)
        query = selection.query()
        response.headers["HX-Push-Url"] = f"/accounts?{query}" if query else "/accounts"
        return response
    options = [(choice, _options(visit, choice)) for choice in CHOICES]
    return visit.page("accounts.html", **facts, options=options, ranges=RANGES)


def _page(
    visit: Visit, selection: Selection, page: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the sums of all that is filtered, and the rows of a page."""
    statement = _PAGE.format(
        where=selection.where, column=selection.sorted_column, direction=selection.direction
    )
    rows = visit.rows(statement, [*selection.values, PAGE_ROWS, (page - 1) * PAGE_ROWS])
    return rows[0]["totals"], [row["row"] for row in rows if row["row"]]


def _options(visit: Visit, choice: Choice) -> list[tuple[str, str]]:
    """Return the codes that the list holds, in the policy's order, each with its words."""
    held = visit.open_list.codes[choice.column]
    words = visit.speech.wording.values.get(choice.column, {}) if visit.speech.wording else {}
    known = [code for code in words if code in held]
    others = sorted(code for code in held if code is not None and code not in words)
    shown = [(code, visit.speech.word(choice.column, code)) for code in (*known, *others)]
    return shown + [(NONE_CODE, visit.speech.word(choice.column, None))] * (None in held)


def _chips(visit: Visit, selection: Selection) -> Iterator[tuple[str, str]]:
    """Yield every filter in words, and the address of the list without it."""
    for key, value in selection.given:
        yield _in_words(visit, key, value), selection.query(without=(key, value), page=1)


def _in_words(visit: Visit, key: str, value: str) -> str:
    speech = visit.speech
    for choice in CHOICES:
        if key == choice.name:
            code = None if value == NONE_CODE else value
            return f"{speech.label(choice.column)}: {speech.word(choice.column, code)}"
    for between in RANGES:
        if key in between.keys:
            text = "accounts.at_least" if key.endswith("_from") else "accounts.at_most"
            number = float(value)
            told = speech.amount(number) if between.kind == "amount" else speech.share(number / 100)
            return speech.say(text, what=speech.label(between.column), value=told)
    return speech.say("accounts.holds", value=value)
