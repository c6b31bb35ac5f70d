"""What people may change in the runs that follow, and the reasons they give."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from propension.config.base import Model, Name, Texts

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

    treatments: tuple[Name, ...] = ()
    """What people may choose for an account; nothing when empty."""
    valid_days: Annotated[int, Field(ge=1, le=180)] = 7
    """Days for which a choice holds."""
    postpone_days: Annotated[int, Field(ge=0, le=180)] = 0
    """Most days for which contact may be put off; not at all when 0."""
    reasons: Annotated[dict[Name, Texts], Field(min_length=1)] = _REASONS
    """What people may give as the reason of a choice, by name."""
