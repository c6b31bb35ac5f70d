"""Spark: where a portfolio beyond one machine is scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from propension.config.base import Model


class Spark(Model):
    """Where a portfolio beyond one machine is scored; see docs/distributed.md."""

    master: Annotated[
        str, StringConstraints(pattern=r"^(local(\[[\d*, ]+\])?|yarn|(spark|k8s|sc)://.+)$")
    ]
    """local[2], yarn, spark://..., k8s://..., or a Spark Connect server: sc://..."""
    work: Path | None = None
    """A folder that the driver and every worker reach by the same path; `outputs.path` when empty."""
    group_accounts: Annotated[int, Field(ge=100, le=1_000_000)] = 50000
    """Accounts that a worker decides about at once."""
    sample_accounts: Annotated[int, Field(ge=1000, le=10_000_000)] = 100000
    """Accounts that the first prices of scarce teams are found on."""
    partitions: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Parts of a shuffle; Spark's own choice when empty."""
