"""What every model of the configuration shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_origin

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=63)]
# What the contract's amounts hold, with room for sums.
Amount = Annotated[float, Field(ge=0, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]
Language = Literal["es", "pt", "en"]
Stage = Literal["overdue", "upcoming"]


class Model(BaseModel):
    """Base of every configuration model: unknown keys are refused, values are frozen, numbers finite."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, given: Any) -> Any:
        # YAML reads the country NO as false, and the library a true as the number 1.
        for name, field in cls.model_fields.items() if isinstance(given, dict) else ():
            if field.annotation is not bool and _holds_truth(given.get(name), field.annotation):
                raise ValueError(
                    f"{name} is neither yes nor no; put words like no and on between quotes"
                )
        return given


def _holds_truth(value: Any, kind: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(one, bool) for one in value)
    if isinstance(value, dict) and get_origin(kind) is dict:
        return any(isinstance(one, bool) for one in value.values())
    return isinstance(value, bool)


class Texts(Model):
    """One text in the three languages of the product."""

    es: str
    """In Spanish."""
    pt: str
    """In Portuguese."""
    en: str
    """In English."""

    def in_language(self, language: Language) -> str:
        """Return the text in ``language``."""
        return str(getattr(self, language))


def texts(es: str, pt: str, en: str) -> Texts:
    """Return one text in Spanish, Portuguese and English."""
    return Texts(es=es, pt=pt, en=en)
