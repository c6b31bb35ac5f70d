"""Addresses of this board, told from those of others."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_place(address: str) -> str:
    """Return an address where it is a path of this board, else the first page.

    >>> own_place("/accounts?band=A")
    '/accounts?band=A'
    >>> own_place("//elsewhere.example")
    '/'
    """
    # A browser reads a backslash as a slash, and drops tabs and line breaks.
    if not address.startswith("/") or any(sign in address for sign in "\\\t\r\n"):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address
