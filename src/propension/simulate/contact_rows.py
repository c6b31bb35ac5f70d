"""The week's work becomes contacts, attempt by attempt, and promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from propension.arrays import Array
from propension.config import CHANNELS
from propension.schema.tables import OUTCOMES
from propension.simulate.arrow import DAY_US, Columns, number_within, words
from propension.simulate.contacting import (
    CALL,
    EMAIL,
    LETTER_POST,
    PROMISED,
    REFUSED,
    SMS,
    WHATSAPP,
    never_on_sunday,
)
from propension.simulate.log import Events
from propension.simulate.policy import REMINDER, TREATMENTS
from propension.simulate.rows import Files, record_late
from propension.simulate.traits import Traits

_LATE_SHARE = 0.02
_HOUR_US = DAY_US // 24


def contact_columns(files: Files, works: Events, timezone: str) -> tuple[Columns, Columns]:
    """Columns of ``contacts`` and of ``promises``.

    A promise is recorded with the contact in which it was made.
    """
    tries = _expand(works)
    instant = _instants(files.rng, tries, timezone)
    outcome = _outcomes(files.rng, files.book.traits, tries)
    order = np.lexsort((instant, tries["customer"]))
    lag = record_late(files.rng, np.zeros(len(instant)), _LATE_SHARE).astype(np.int64)
    recorded = instant + lag * DAY_US
    kept = order[recorded[order] < (files.book.timeline.last + 1) * DAY_US]
    tries = {name: values[kept] for name, values in tries.items()}
    outcome, instant, recorded = outcome[kept], instant[kept], recorded[kept]
    talked = np.isin(outcome, [_code("right_party"), _code("refused"), _code("promise")])
    incoming = talked & (files.rng.random(len(kept)) < 0.06) & (outcome != _code("refused"))
    minutes = np.round(0.5 + files.rng.gamma(2, 1.8, len(kept)), 1)
    # A debt recorded late could not be named yet.
    debt = np.where(files.recorded_on[tries["debt"]] <= tries["day"], tries["debt"], -1)
    contacts = {
        "contact_id": files.numbering.events("T", number_within(tries["customer"])),
        "customer_id": files.numbering.customers(tries["customer"]),
        "debt_id": files.debt_ids(debt),
        "at": instant,
        "channel": words(CHANNELS, tries["channel"]),
        "direction": words(("out", "in"), incoming),
        "outcome": words(OUTCOMES, outcome),
        "minutes": np.where(talked & (tries["channel"] == CALL), minutes, np.nan),
        "treatment": words(TREATMENTS, np.where(incoming, -1, tries["treatment"])),
        "recorded_at": recorded,
    }
    promised = outcome == _code("promise")
    made = {name: values[promised] for name, values in tries.items()}
    return contacts, _promises(files, made, recorded[promised])


def _code(outcome: str) -> int:
    return OUTCOMES.index(outcome)


def _expand(works: Events) -> Events:
    """One row an attempt; only the last of a week can have been answered."""
    made = works["made"]
    work = np.repeat(np.arange(len(made)), made)
    tries = {name: values[work] for name, values in works.items()}
    attempt = np.arange(len(work)) - np.repeat(np.cumsum(made) - made, made)
    planned = tries["start"] + tries["offset"] + attempt
    tries["day"] = never_on_sunday(planned, tries["start"], tries["end"])
    tries["attempt"] = attempt
    tries["answered"] = tries["reached"] & (attempt == tries["made"] - 1)
    return tries


def _instants(rng: Generator, tries: Events, timezone: str) -> Array:
    """UTC microseconds within 07:00-18:00 local time, 08:00-15:00 on Saturdays."""
    saturday = (tries["day"] + 4) % 7 == 6
    hour = np.where(saturday, 8 + (tries["hour"] - 7) * 7 / 11, tries["hour"])
    hour = np.minimum(hour, np.where(saturday, 14.7, 17.7))
    # Attempts moved to the same day keep their order.
    hour = hour + (tries["attempt"] + rng.random(len(hour))) / 20
    local = tries["day"] * DAY_US + (hour * 3_600).astype(np.int64) * 1_000_000
    clock = pd.DatetimeIndex(local.astype("M8[us]")).tz_localize(timezone).tz_convert("UTC")
    instants: Array = clock.tz_localize(None).to_numpy().astype("M8[us]").astype(np.int64)
    return instants


def _outcomes(rng: Generator, traits: Traits, tries: Events) -> Array:
    n, channel, answered = len(tries["day"]), tries["channel"], tries["answered"]
    valid = np.select(
        [channel == EMAIL, channel == LETTER_POST],
        [traits.email_valid[tries["customer"]], True],
        traits.phone_valid[tries["customer"]],
    )
    draw = rng.random(n)
    message = np.isin(channel, (SMS, EMAIL, WHATSAPP)) & (tries["treatment"] == REMINDER)
    said = np.select(
        [tries["answer"] == PROMISED, tries["answer"] == REFUSED],
        [_code("promise"), _code("refused")],
        _code("right_party"),
    )
    outcome: Array = np.select(
        [
            answered & message & (channel == WHATSAPP) & (draw < 0.15),
            answered & message & (channel == SMS),
            answered & message,
            answered & (channel == LETTER_POST),
            answered,
            ~valid & (draw < 0.75),
            (channel == CALL) & (draw > 0.86),
            channel == CALL,
            channel == LETTER_POST,
        ],
        [
            _code("right_party"),
            _code("delivered"),
            _code("read"),
            _code("delivered"),
            said,
            _code("invalid"),
            _code("third_party"),
            _code("no_answer"),
            _code("invalid"),
        ],
        _code("delivered"),
    )
    return outcome


def _promises(files: Files, made: Events, recorded: Array) -> Columns:
    n = len(recorded)
    share = np.where(files.rng.random(n) < 0.7, 1.0, 0.5)
    return {
        "promise_id": files.numbering.events("R", number_within(made["customer"])),
        "customer_id": files.numbering.customers(made["customer"]),
        "debt_id": files.debt_ids(made["debt"]),
        "made_on": made["day"],
        "due_on": made["promised_until"],
        "amount": np.ceil(made["balance"] * share),
        "recorded_at": recorded,
    }
