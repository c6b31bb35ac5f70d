"""Suppression, treatments, the control group, and an audit of whom they press."""

from propension.treatments.assign import treatment_sql
from propension.treatments.pressure import audit_pressure

__all__ = ["audit_pressure", "treatment_sql"]
