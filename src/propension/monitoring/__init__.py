"""What is known since: what the strategy added, the KPIs of every month, the cash to expect."""

from propension.monitoring.assignment_log import write_assignment_log
from propension.monitoring.candidate import evaluate_candidate
from propension.monitoring.contrast import Estimate, contrast
from propension.monitoring.feedback import FeedbackFigures, count_feedback, measure_feedback
from propension.monitoring.flat import flat_figures
from propension.monitoring.forecast import CashForecast, forecast_cash
from propension.monitoring.impact import (
    Impact,
    Reading,
    measure_challengers,
    measure_strategy,
    measure_treatments,
)
from propension.monitoring.kpis import KPIS, Kpi, KpiReport, measure_kpis, write_figure
from propension.monitoring.off_policy import PolicyValue, evaluate_policy
from propension.monitoring.outcomes import lists_to_read, write_outcomes
from propension.monitoring.plain import plain_values
from propension.monitoring.planning import (
    Prospect,
    Traffic,
    foresee,
    read_traffic,
    size_for_money,
)
from propension.monitoring.portfolio import (
    MONITORING_FILE,
    MONITORING_FOLDER,
    measure_portfolio,
    monitoring_file,
)
from propension.monitoring.reading import (
    ExperimentReading,
    Maturity,
    read_experiment,
    reading_windows,
)
from propension.monitoring.report import render_monitoring, summarise_monitoring
from propension.monitoring.stopping import Look, StopRule, Verdict

__all__ = [
    "KPIS",
    "MONITORING_FILE",
    "MONITORING_FOLDER",
    "CashForecast",
    "Estimate",
    "ExperimentReading",
    "FeedbackFigures",
    "Impact",
    "Kpi",
    "KpiReport",
    "Look",
    "Maturity",
    "PolicyValue",
    "Prospect",
    "Reading",
    "StopRule",
    "Traffic",
    "Verdict",
    "contrast",
    "count_feedback",
    "evaluate_candidate",
    "evaluate_policy",
    "flat_figures",
    "forecast_cash",
    "foresee",
    "lists_to_read",
    "measure_challengers",
    "measure_feedback",
    "measure_kpis",
    "measure_portfolio",
    "measure_strategy",
    "measure_treatments",
    "monitoring_file",
    "plain_values",
    "read_experiment",
    "read_traffic",
    "reading_windows",
    "render_monitoring",
    "size_for_money",
    "summarise_monitoring",
    "write_assignment_log",
    "write_figure",
    "write_outcomes",
]
