"""Connections of databases, from Prefect's Secret blocks into the environment the library reads."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from propension.config import Settings
from propension.errors import ConfigurationError


def provide_connections(settings: Settings) -> None:
    """Put the connection of every database that names a Secret block into its variable.

    Raises
    ------
    ConfigurationError
        If a block cannot be loaded, or holds no text.
    """
    places = {"source": settings.source, "outputs.database": settings.outputs.database}
    for name, place in places.items():
        if place is not None and place.uri_block is not None:
            os.environ[place.uri_env] = _secret(place.uri_block, f"{name}.uri_block")


def _secret(block: str, where: str) -> str:
    from prefect.blocks.system import Secret

    loaded: Any = None
    with suppress(ValueError):
        loaded = Secret.load(block)
    held = loaded.get() if loaded is not None else None
    if not isinstance(held, str) or not held:
        raise ConfigurationError(
            f"{where}: Prefect has no Secret block {block} with a connection URI. Create it, or "
            "correct the name."
        )
    return held
