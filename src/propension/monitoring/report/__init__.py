"""The monitoring report: one page for managers first, in three languages."""

from propension.monitoring.report.page import render_monitoring

__all__ = ["render_monitoring"]
