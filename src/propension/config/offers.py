"""What may be offered to an account: a part of the policy, bounded by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from propension.config.base import Model

Amount = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]
# Shares and rates count to the millionth.
Part = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Days = Annotated[int, Field(ge=1, le=1825)]


class InstalmentPlan(Model):
    """The overdue balance in the fewest instalments that the bounds and the customer allow."""

    kind: Literal["instalment_plan"]
    min_instalments: Annotated[int, Field(ge=2, le=60)] = 2
    max_instalments: Annotated[int, Field(ge=2, le=60)] = 6
    min_amount: Amount = Field(default=Decimal(0), description="least instalment")
    down_payment_share: Annotated[Decimal, Field(ge=0, le=Decimal("0.9"), decimal_places=6)] = (
        Field(default=Decimal(0), description="paid on the first date; it is not an instalment")
    )
    every: Literal["week", "fortnight", "month"] = Field(
        default="month", description="a month: on the customer's day; a fortnight: 15 days"
    )
    notice_days: Days = Field(default=3, description="least days until the first payment")
    max_days: Days = Field(default=180, description="from today to the last payment")
    ability_multiple: (
        Annotated[Decimal, Field(gt=0, le=100, max_digits=9, decimal_places=6)] | None
    ) = Field(
        default=Decimal("1.5"),
        description="largest payment, in times the account's mean past payment",
    )

    @model_validator(mode="after")
    def _rising(self) -> InstalmentPlan:
        if self.min_instalments > self.max_instalments:
            raise ValueError("min_instalments must not be above max_instalments")
        if self.notice_days > self.max_days:
            raise ValueError("notice_days must not be above max_days")
        return self


class Extension(Model):
    """The whole overdue balance on the customer's next liquidity day within the bound."""

    kind: Literal["extension"]
    notice_days: Days = 3
    max_days: Days = 15

    @model_validator(mode="after")
    def _rising(self) -> Extension:
        if self.notice_days > self.max_days:
            raise ValueError("notice_days must not be above max_days")
        return self


class DiscountStep(Model):
    """The discount from a number of days past due on."""

    from_days: Annotated[int, Field(ge=0, le=3650)]
    discount: Part


class Settlement(Model):
    """One payment of less than what is overdue, for old debts unlikely to be paid otherwise."""

    kind: Literal["settlement"]
    steps: Annotated[tuple[DiscountStep, ...], Field(min_length=1)]
    min_discount: Part = Decimal(0)
    max_discount: Part
    floor_share: Part = Field(description="least share of the overdue balance that is collected")
    max_propensity: Annotated[float, Field(gt=0, le=1)] = Field(
        description="only accounts less likely to pay than this"
    )
    due_days: Days = Field(default=10, description="days to pay")

    @model_validator(mode="after")
    def _bounded(self) -> Settlement:
        days = [step.from_days for step in self.steps]
        if days != sorted(set(days)):
            raise ValueError("steps must rise in from_days")
        most = min(self.max_discount, 1 - self.floor_share)
        for step in self.steps:
            if not self.min_discount <= step.discount <= most:
                raise ValueError(
                    f"the discount from {step.from_days} days on must be from {self.min_discount} to "
                    f"{most}, the lower of max_discount and 1 - floor_share"
                )
        return self


class Charges(Model):
    """Late fee and simple interest on the overdue balance, part of them waived if paid soon."""

    kind: Literal["charges"]
    late_fee: Amount = Decimal(0)
    late_fee_share: Part = Decimal(0)
    annual_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)] = Decimal(0)
    max_annual_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)] = Field(
        description="the legal cap in force"
    )
    fee_under_cap: bool = Field(
        default=True, description="the cap holds for fee and interest together, the strict reading"
    )
    waived_share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] = Field(
        default=Decimal(1), description="of fee and interest, when the offer is accepted"
    )
    due_days: Days = Field(default=10, description="days to pay")

    @model_validator(mode="after")
    def _legal(self) -> Charges:
        if self.annual_rate > self.max_annual_rate:
            raise ValueError("annual_rate must not be above max_annual_rate")
        if self.late_fee and self.late_fee_share:
            raise ValueError("give late_fee or late_fee_share, not both")
        return self


Offer = Annotated[InstalmentPlan | Extension | Settlement | Charges, Field(discriminator="kind")]


class RecommendedDue(Model):
    """When a customer's own day of payment is sure enough to propose it as due date."""

    max_spread_days: Annotated[float, Field(ge=0, le=15)] = 4
    min_payments: Annotated[int, Field(ge=3, le=365)] = 3
