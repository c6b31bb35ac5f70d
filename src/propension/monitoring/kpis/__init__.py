"""The KPIs of a collections team, every month, computed from the ledger that lists are made from."""

from propension.monitoring.kpis.kpi import DIMENSIONS, UNLISTED, UNLISTED_TEXTS, Kpi
from propension.monitoring.kpis.measure import KPI_SCHEMA, KPIS, KpiReport, measure_kpis
from propension.monitoring.kpis.wording import write_figure

__all__ = [
    "DIMENSIONS",
    "KPIS",
    "KPI_SCHEMA",
    "UNLISTED",
    "UNLISTED_TEXTS",
    "Kpi",
    "KpiReport",
    "measure_kpis",
    "write_figure",
]
