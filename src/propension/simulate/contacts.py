"""How a legacy policy chased overdue debts: contacts and promises.

The policy calls those who paid late before, so contact goes with not paying. Its only effect
on payment is that someone who merely forgot pays soon after being reached.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from propension.simulate.customers import Columns, keep_where

DAY_US = 86_400_000_000  # microseconds in a day
# Apart enough for a round to end before the next begins.
_ROUNDS_DPD = (2, 8, 14, 23, 37, 60)
_CHANNELS = np.array(["call", "sms", "whatsapp", "email", "letter"], dtype=object)
_EARLY = (0.56, 0.19, 0.15, 0.09, 0.01)
_LATE = (0.7, 0.08, 0.09, 0.05, 0.08)
# Chance that the debtor answers in person, at full reachability.
_ANSWERS = {"call": 0.82, "sms": 0.05, "whatsapp": 0.4, "email": 0.12, "letter": 0.0}


def build_contacts(
    rng: Generator, customers: Columns, debts: Columns, silent: NDArray[Any], until: int
) -> tuple[Columns, Columns]:
    """Contacts on overdue debts, and the promises made in them.

    Parameters
    ----------
    rng : Generator
    customers, debts : Columns
        As built; ``settled_on`` of reminded debts and ``parts_from`` of promised ones are
        moved in place.
    silent : array of shape (n_customers,)
        Day from which nobody contacts the customer.
    until : int
        Last simulated day.

    Returns
    -------
    tuple of Columns
        ``contacts`` and ``promises``.
    """
    contacts, promises = zip(
        *(_work_round(rng, customers, debts, silent, dpd, until) for dpd in _ROUNDS_DPD),
        strict=True,
    )
    return _stack(contacts), _stack(promises)


def _stack(pieces: tuple[Columns, ...]) -> Columns:
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def _work_round(
    rng: Generator, customers: Columns, debts: Columns, silent: NDArray[Any], dpd: int, until: int
) -> tuple[Columns, Columns]:
    day = debts["due_on"] + dpd + rng.integers(0, 4, len(debts["due_on"]))
    day += np.where((day + 4) % 7 == 0, rng.integers(1, 3, len(day)), 0)  # never on a Sunday
    debt = _choose(rng, debts, day, silent, until)
    day, customer = day[debt], debts["customer_id"][debt] - 1
    drawn = rng.choice(_CHANNELS, len(debt), p=_EARLY if dpd < 15 else _LATE)
    liked = customers["preferred_channel"][customer]
    channel = np.where((rng.random(len(debt)) < 0.15) & pd.notna(liked), liked, drawn)
    channel[(channel == "sms") & (customers["opt_out_channels"][customer] == "sms")] = "call"
    outcome = _outcomes(rng, customers, customer, channel)
    reached = np.isin(outcome, ["right_party", "refused", "read"])
    reminded = debt[reached & debts["forgot"][debt] & (rng.random(len(debt)) < 0.8)]
    soon = day[np.searchsorted(debt, reminded)] + rng.integers(1, 6, len(reminded))
    debts["settled_on"][reminded] = np.minimum(debts["settled_on"][reminded], soon)
    promises = _promise(rng, debts, debt, day, outcome)
    incoming = np.isin(outcome, ["right_party", "promise"]) & (rng.random(len(debt)) < 0.1)
    talked = np.isin(outcome, ["right_party", "refused", "promise"]) & (channel == "call")
    contacts = {
        "customer_id": customer + 1,
        "debt_id": debt + 1,
        "at": _instants(rng, day, customers["timezone"][0]),
        "channel": channel,
        "direction": np.where(incoming, "in", "out").astype(object),
        "outcome": outcome,
        "minutes": np.where(talked, np.round(0.5 + rng.gamma(2, 1.8, len(debt)), 1), np.nan),
        "treatment": keep_where(_treatments(channel, dpd), ~incoming),
    }
    return contacts, promises


def _choose(
    rng: Generator, debts: Columns, day: NDArray[Any], silent: NDArray[Any], until: int
) -> NDArray[np.int64]:
    """Debts worked that day: unpaid, rather the oldest, and above all of known late payers."""
    customer = debts["customer_id"]
    older_open = np.zeros(len(day), dtype=bool)
    older_open[1:] = (customer[1:] == customer[:-1]) & (debts["settled_on"][:-1] > day[1:])
    chance = np.clip(0.1 + 1.1 * debts["past_late"], 0, 0.9) * np.where(older_open, 0.35, 1)
    workable = (debts["settled_on"] > day) & (day <= until) & (day < silent[customer - 1])
    return np.flatnonzero(workable & (rng.random(len(day)) < chance))


def _outcomes(
    rng: Generator, customers: Columns, customer: NDArray[Any], channel: NDArray[Any]
) -> NDArray[Any]:
    n = len(customer)
    valid = np.where(
        channel == "email",
        customers["email_valid"][customer],
        customers["phone_valid"][customer] | (channel == "letter"),
    )
    answers = pd.Series(channel).map(_ANSWERS).to_numpy(dtype=np.float64)
    in_person = valid & (rng.random(n) < answers * customers["reachability"][customer] * 1.1)
    refuses = rng.random(n) < np.clip(0.12 - 0.08 * customers["willingness"][customer], 0.02, 0.4)
    draw = rng.random(n)
    return np.select(
        [
            in_person & refuses,
            in_person,
            ~valid & (draw < 0.7),
            (channel == "call") & (draw > 0.85),
            channel == "call",
            (channel != "letter") & (channel != "sms") & (draw < 0.4),
        ],
        ["refused", "right_party", "invalid", "third_party", "no_answer", "read"],
        "delivered",
    ).astype(object)


def _promise(
    rng: Generator, debts: Columns, debt: NDArray[Any], day: NDArray[Any], outcome: NDArray[Any]
) -> Columns:
    """Turn some conversations into promises, likelier where the customer is about to pay."""
    term = rng.integers(3, 11, len(debt))
    about_to = debts["settled_on"][debt] <= day + term
    promised = (outcome == "right_party") & (rng.random(len(debt)) < np.where(about_to, 0.46, 0.11))
    outcome[promised] = "promise"
    share = np.where(rng.random(len(debt)) < 0.7, 1.0, 0.5)
    made = debt[promised]
    # A part paid earlier would leave less than what is promised.
    debts["parts_from"][made] = day[promised] + 1
    return {
        "customer_id": debts["customer_id"][made],
        "debt_id": made + 1,
        "made_on": day[promised],
        "due_on": (day + term)[promised],
        "amount": np.round(debts["amount"][made] * share[promised]),
    }


def _treatments(channel: NDArray[Any], dpd: int) -> NDArray[Any]:
    call = "soft_call" if dpd < 30 else "firm_call"
    return np.select(
        [channel == "call", channel == "letter"], [call, "formal_letter"], "reminder"
    ).astype(object)


def _instants(rng: Generator, day: NDArray[Any], timezone: str) -> NDArray[np.int64]:
    """UTC microseconds within 07:00-19:00 local time, 08:00-15:00 on Saturdays."""
    saturday = (day + 4) % 7 == 6
    hour = np.where(saturday, 8, 7) + rng.random(len(day)) * np.where(saturday, 7, 12)
    local = pd.DatetimeIndex((day * 86_400 + (hour * 3_600).astype(np.int64)).astype("M8[s]"))
    utc = local.tz_localize(timezone).tz_convert("UTC").tz_localize(None)
    return utc.to_numpy().astype("M8[us]").astype(np.int64)
