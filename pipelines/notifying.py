"""A webhook is told of runs that fail."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from prefect.logging.loggers import flow_run_logger

from propension.config import Settings, load_settings
from propension.errors import ConfigurationError, PropensionError

TIMEOUT_SECONDS = 5
_REASON_CHARACTERS = 1000
_CREDENTIALS = re.compile(r"//[^/@\s]+@")


def notify_failure(flow: Any, flow_run: Any, state: Any) -> None:
    """Post flow, portfolio, state and reason to the webhook of ``notify.webhook_env``; never fails.

    The reason is the product's own words; other errors, which may quote data, are told by their name alone.
    """
    log = flow_run_logger(flow_run, flow)
    try:
        settings = load_settings(Path(flow_run.parameters["config"]))
        url = webhook_of(settings)
    except ConfigurationError as error:
        log.warning("Nobody is told of the failure: %s", error)
        return
    if url is None:
        return
    told = {
        "flow": flow.name,
        "portfolio": settings.portfolio.name,
        "state": state.name,
        "reason": _reason(state),
    }
    try:
        _post(url, told)
    except (OSError, HTTPException, ValueError) as error:
        # Its address may be a secret: the error is told without it.
        name = settings.notify.webhook_env
        log.warning("The webhook in %s cannot be reached (%s).", name, type(error).__name__)


def webhook_of(settings: Settings) -> str | None:
    """Return the address that is told of failures; None where nobody asked to be.

    Raises
    ------
    ConfigurationError
        If its environment variable holds no web address.
    """
    name = settings.notify.webhook_env
    if name is None:
        return None
    url = os.environ.get(name, "")
    if not url.startswith(("https://", "http://")):
        raise ConfigurationError(
            f"notify.webhook_env: the environment variable {name} holds no address. Set it to the webhook's "
            "https:// address."
        )
    return url


def _post(url: str, told: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310 - a web address: see webhook_of
        url, json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass


def _reason(state: Any) -> str:
    if state.is_crashed():
        reason = state.message or "The process ended without a word."
    else:
        error = state.result(raise_on_failure=False)
        is_ours = isinstance(error, PropensionError)
        reason = str(error) if is_ours else f"{type(error).__name__}: see the log of the run."
    return _CREDENTIALS.sub("//***@", reason)[:_REASON_CHARACTERS]
