"""What people may change in the runs that follow, and the reasons they give."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from propension.config.base import Model, Name
from propension.config.settings import Texts

_REASONS = {
    "knows_customer": Texts(
        es="Conoce al cliente", pt="Conhece o cliente", en="Knows the customer"
    ),
    "agreed": Texts(
        es="Ya hay un acuerdo con el cliente",
        pt="Já há um acordo com o cliente",
        en="Something is agreed with the customer",
    ),
    "sensitive": Texts(
        es="Situación delicada", pt="Situação delicada", en="The situation is sensitive"
    ),
    "wrong_data": Texts(
        es="Los datos no son correctos",
        pt="Os dados não estão corretos",
        en="The data are not correct",
    ),
    "other": Texts(es="Otro motivo", pt="Outro motivo", en="Another reason"),
}


class FeedbackPolicy(Model):
    """What people may change in the runs that follow: nothing, unless it says so.

    Whatever they ask for, the rules of contact, suppressions, opt-outs, limits and the control group stand.
    """

    treatments: tuple[Name, ...] = Field(
        default=(), description="what people may choose for an account; nothing when empty"
    )
    valid_days: Annotated[int, Field(ge=1, le=180)] = Field(
        default=7, description="how long a choice holds"
    )
    postpone_days: Annotated[int, Field(ge=0, le=180)] = Field(
        default=0, description="how long contact may be put off at most; not at all when 0"
    )
    reasons: Annotated[dict[Name, Texts], Field(min_length=1)] = Field(
        default=_REASONS, description="what people may give as the reason of a choice"
    )
