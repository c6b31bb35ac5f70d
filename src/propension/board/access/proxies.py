"""Where a request comes from, seen through the proxies that are believed."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from propension.config import Board


def comes_from_proxy(request: Request, board: Board) -> bool:
    """Return whether a proxy that is believed hands the request on."""
    return request.client is not None and _is_trusted(request.client.host, board)


def address_of(request: Request, board: Board) -> str:
    """Return the address that asks: the last one that no believed proxy bears.

    What stands before it in ``X-Forwarded-For`` is what the asker says of themselves.
    """
    address = request.client.host if request.client else ""
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for before in reversed([one.strip() for one in said if one.strip()]):
        if not _is_trusted(address, board):
            break
        address = before
    return address[:64]


def _is_trusted(address: str, board: Board) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in board.trusted_proxies)
