"""The KPIs of a collections team, every month, computed from the ledger that lists are made from."""

from propension.monitoring.kpis.kpi import DIMENSIONS, Kpi
from propension.monitoring.kpis.measure import KPI_SCHEMA, KPIS, KpiReport, measure_kpis

__all__ = ["DIMENSIONS", "KPIS", "KPI_SCHEMA", "Kpi", "KpiReport", "measure_kpis"]
