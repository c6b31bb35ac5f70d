"""The portfolio at a glance."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from propension.board.visit import ViewersVisit

router = APIRouter()


@router.get("/")
def portfolio(visit: ViewersVisit) -> Response:
    """Show balances, expected recovery, segments, treatments and what changed."""
    [totals] = visit.rows("SELECT count(*) AS accounts FROM accounts")
    return visit.page("portfolio.html", totals=totals)
