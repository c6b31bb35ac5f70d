"""What the libraries around the flows need to know before they are imported."""

from __future__ import annotations

import os
from pathlib import Path

_DEFAULTS = {
    # Threads that wait by spinning make two cores slower than one.
    "OMP_WAIT_POLICY": "passive",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # The default of 20 seconds fails on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # Hashing arguments to look for cached results costs more than it saves: tasks exchange paths.
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
_LOOPBACK = ("127.0.0.1", "localhost")


def prepare_environment() -> None:
    """Set defaults; what the user has set stays."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(Path.cwd() / ".prefect"))
    # A proxy must not stand between the flows and their own server: it would hang, not fail.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*hosts, *(host for host in _LOOPBACK if host not in hosts)])
