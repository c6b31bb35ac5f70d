"""What makes two runs the same work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import propension
from propension.config import Policy, Settings
from propension.sources import Extraction


def run_id(
    settings: Settings, policy: Policy, extraction: Extraction, model: str, as_of: dt.date
) -> str:
    """Return a hash of inputs, settings, policy, model and code: the same work has the same id.

    Parameters
    ----------
    settings : Settings
    policy : Policy
    extraction : Extraction
    model : str
        Hash of the model's files.
    as_of : date
    """
    said = {
        "code": propension.__version__,
        "settings": settings.digest(),
        "policy": policy.digest(),
        "model": model,
        "as_of": as_of.isoformat(),
        "inputs": {name: count.content_hash for name, count in extraction.tables.items()},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
