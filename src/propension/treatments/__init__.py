"""Suppression, treatments and the control group."""

from propension.treatments.assign import treatment_sql

__all__ = ["treatment_sql"]
