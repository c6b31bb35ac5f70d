"""When teams work, and how automatic sends go out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from propension.config.base import Model


def _as_time(value: Any) -> Any:
    # Unquoted, YAML 1.1 reads 13:00 as the number of its minutes.
    return dt.time(*divmod(value, 60)) if isinstance(value, int) and value < 1440 else value


Time = Annotated[dt.time, BeforeValidator(_as_time)]


class Shift(Model):
    """A stretch of work without a break, on the portfolio's clock; whole hours."""

    start: Time
    """The whole hour at which work begins, as "08:00"."""
    end: Time
    """The whole hour at which it ends, as "12:00"."""

    @model_validator(mode="after")
    def _whole_hours(self) -> Shift:
        # A time with a zone is not of this clock, and cannot be compared with one that has none.
        whole = all(time.replace(hour=0) == dt.time(0) for time in (self.start, self.end))
        if not whole or self.start >= self.end:
            raise ValueError("a shift goes from one whole hour to a later one, as 08:00 to 12:00")
        return self


class Agenda(Model):
    """Working days and hours of the teams, and the batches of automatic sends.

    It reaches as far as ``contact.within_days``.
    """

    weekdays: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)
    ] = (1, 2, 3, 4, 5)
    """Days of work, 1 is Monday; holidays are never worked."""
    shifts: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=6)] = (
        Shift(start=dt.time(8), end=dt.time(12)),
        Shift(start=dt.time(13), end=dt.time(17)),
    )
    """Hours of work, one stretch after another."""
    sends_per_hour: Annotated[int, Field(ge=1, le=100_000_000)] = 20000
    """Most automatic sends of a channel in an hour."""

    @model_validator(mode="after")
    def _in_turn(self) -> Agenda:
        ends = [shift.end for shift in self.shifts]
        starts = [shift.start for shift in self.shifts]
        if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
            raise ValueError("shifts must follow one another")
        return self
