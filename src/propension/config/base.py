"""What every model of the configuration shares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=63)]
# What the contract's amounts hold, with room for sums.
Amount = Annotated[float, Field(ge=0, le=1e12)]


class Model(BaseModel):
    """Base of every configuration model: unknown keys are refused, values are frozen, numbers finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
