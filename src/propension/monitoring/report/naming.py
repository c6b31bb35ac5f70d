"""The words a report has for what is coded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from propension.writing import Reader


def name_of(told: Mapping[str, Any], kind: str, code: str, reader: Reader) -> str:
    """Return the words for a code; one without words stays as it is."""
    found: str = told["words"].get(kind, {}).get(code, {}).get(reader.language, code)
    return found


def subject_of(told: Mapping[str, Any], subject: str, reader: Reader) -> str:
    """Return the words for what drifts: a feature, or a column of the lists."""
    kind = "feature" if subject in told["words"]["feature"] else "column"
    return name_of(told, kind, subject, reader)
