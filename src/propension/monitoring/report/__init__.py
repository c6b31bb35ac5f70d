"""The monitoring report: one page for managers first, in three languages."""

from propension.monitoring.report.page import render_monitoring
from propension.monitoring.report.summary import summarise_monitoring

__all__ = ["render_monitoring", "summarise_monitoring"]
