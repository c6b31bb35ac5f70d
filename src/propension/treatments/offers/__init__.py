"""What may be negotiated with an account: bounded by the policy and by ability, exact to the cent."""

from propension.treatments.offers.recommended_due import recommended_due_sql
from propension.treatments.offers.statement import offer_sql
from propension.treatments.offers.terms import REFUSALS
from propension.treatments.offers.working_days import national_holidays

__all__ = ["REFUSALS", "national_holidays", "offer_sql", "recommended_due_sql"]
