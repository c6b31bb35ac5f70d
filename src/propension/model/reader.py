"""What the evaluation's readers see besides: measures, contenders and groups by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from propension.config import Texts
from propension.model.report_names import METRIC_TEXTS, NAME_TEXTS
from propension.model.report_texts import REPORT_TEXTS
from propension.writing import Reader


@dataclass(frozen=True)
class ReportReader(Reader):
    """A reader of the evaluation report."""

    texts: Mapping[str, Texts] = field(default_factory=lambda: REPORT_TEXTS, repr=False)

    def metric(self, name: str) -> str:
        """Return a measure's name, with the direction that is better."""
        return METRIC_TEXTS[name].in_language(self.language)

    def name(self, code: str) -> str:
        """Return the words for a coded value; a company's own value as it is."""
        return NAME_TEXTS[code].in_language(self.language) if code in NAME_TEXTS else code
