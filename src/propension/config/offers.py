"""What may be offered to an account: a part of the policy, bounded by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from propension.config.base import Model

ExactAmount = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]
# Shares and rates count to the millionth.
Part = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Days = Annotated[int, Field(ge=1, le=1825)]


class InstalmentPlan(Model):
    """The overdue balance in the fewest instalments that the bounds and the customer allow."""

    kind: Literal["instalment_plan"]
    """Which kind of offer this is."""
    min_instalments: Annotated[int, Field(ge=2, le=60)] = 2
    """Least instalments, the down payment aside."""
    max_instalments: Annotated[int, Field(ge=2, le=60)] = 6
    """Most instalments, the down payment aside."""
    min_amount: ExactAmount = Decimal(0)
    """Least instalment, in the portfolio's currency."""
    down_payment_share: Annotated[Decimal, Field(ge=0, le=Decimal("0.9"), decimal_places=6)] = (
        Decimal(0)
    )
    """Share of the balance paid on the first date; it is not an instalment."""
    every: Literal["week", "fortnight", "month"] = "month"
    """Time between instalments: a month is on the customer's day, a fortnight 15 days."""
    notice_days: Days = 3
    """Least days until the first payment."""
    max_days: Days = 180
    """Most days from the as-of date to the last payment."""
    ability_multiple: (
        Annotated[Decimal, Field(gt=0, le=100, max_digits=9, decimal_places=6)] | None
    ) = Decimal("1.5")
    """Largest payment, in times the account's mean past payment; any when empty."""

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
    """Which kind of offer this is."""
    notice_days: Days = 3
    """Least days until the new date."""
    max_days: Days = 15
    """Most days from the as-of date to the new date."""

    @model_validator(mode="after")
    def _rising(self) -> Extension:
        if self.notice_days > self.max_days:
            raise ValueError("notice_days must not be above max_days")
        return self


class DiscountStep(Model):
    """The discount from a number of days past due on."""

    from_days: Annotated[int, Field(ge=0, le=3650)]
    """Days past due from which it holds."""
    discount: Part
    """Share of the overdue balance that is forgone."""


class Settlement(Model):
    """One payment of less than what is overdue, for old debts unlikely to be paid otherwise."""

    kind: Literal["settlement"]
    """Which kind of offer this is."""
    steps: Annotated[tuple[DiscountStep, ...], Field(min_length=1)]
    """The discount by days past due; none before the first step."""
    min_discount: Part = Decimal(0)
    """Least discount of a step, as a share."""
    max_discount: Part
    """Largest discount of a step, as a share."""
    floor_share: Part
    """Least share of the overdue balance that is collected."""
    max_propensity: Annotated[float, Field(gt=0, le=1)]
    """Only accounts less likely to pay than this."""
    due_days: Days = 10
    """Days to pay."""

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
    """Which kind of offer this is."""
    late_fee: ExactAmount = Decimal(0)
    """Late fee in the portfolio's currency; give this or `late_fee_share`."""
    late_fee_share: Part = Decimal(0)
    """Late fee as a share of the overdue balance; give this or `late_fee`."""
    annual_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)] = Decimal(0)
    """Simple interest a year, as a share: 0.24 is 24%."""
    max_annual_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)]
    """The legal cap in force, as a share a year."""
    fee_under_cap: bool = True
    """Whether the cap holds for fee and interest together, the strict reading."""
    waived_share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] = Decimal(1)
    """Share of fee and interest that is waived when the offer is accepted."""
    due_days: Days = 10
    """Days to pay."""

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
    """Most days that its payments spread around their usual day of the month."""
    min_payments: Annotated[int, Field(ge=3, le=365)] = 3
    """Least payments of the last year."""
