"""Views of the list that people gave a name: addresses, kept for each of them."""

from __future__ import annotations

from propension.board.filters import Selection
from propension.board.kept import KeptFile
from propension.board.refused import RefusedError
from propension.board.visit import Visit

MOST_VIEWS = 30
_LONGEST_NAME = 60


def views_of(visit: Visit) -> dict[str, str]:
    """Return the reader's views: what of the list, by name."""
    found: dict[str, str] = _file(visit).read().get(visit.known_user.name, {})
    return found


def save_view(visit: Visit, name: str, selection: Selection) -> None:
    """Keep a view under a name; another of that name is replaced.

    Raises
    ------
    RefusedError
        If the name cannot be used or there are too many.
    """
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise RefusedError(400, "accounts.bad_view")
    with _file(visit).changing() as kept:
        views = kept.get(visit.known_user.name, {}) | {name: selection.query(page=1)}
        if len(views) > MOST_VIEWS:
            raise RefusedError(409, "accounts.too_many_views", most=MOST_VIEWS)
        kept[visit.known_user.name] = views


def remove_view(visit: Visit, name: str) -> None:
    """Remove a view; nothing happens where there is none of that name."""
    with _file(visit).changing() as kept:
        views = kept.get(visit.known_user.name, {})
        kept[visit.known_user.name] = {one: views[one] for one in views if one != name}


def _file(visit: Visit) -> KeptFile:
    return KeptFile(visit.site.settings.board_folder / "views.json")
