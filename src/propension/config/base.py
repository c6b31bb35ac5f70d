"""What every model of the configuration shares."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=63)]
# What the contract's amounts hold, with room for sums.
Amount = Annotated[float, Field(ge=0, le=1e12)]


class Model(BaseModel):
    """Base of every configuration model: unknown keys are refused, values are frozen, numbers finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, given: Any) -> Any:
        # YAML reads the country NO as false, and the library a true as the number 1.
        for name, field in cls.model_fields.items() if isinstance(given, dict) else ():
            if isinstance(given.get(name), bool) and field.annotation is not bool:
                raise ValueError(
                    f"{name} is neither yes nor no; put words like no and on between quotes"
                )
        return given
