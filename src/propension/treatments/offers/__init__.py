"""What may be negotiated with an account: bounded by the policy and by ability, exact to the cent."""

from propension.treatments.offers.recommended_due import recommended_due_sql
from propension.treatments.offers.statement import offer_sql
from propension.treatments.offers.terms import REFUSALS

__all__ = ["REFUSALS", "offer_sql", "recommended_due_sql"]
