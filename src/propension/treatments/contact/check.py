"""Whether proposed contacts are lawful, which rule refuses them, and when they would be allowed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa

from propension.arrays import Array, Ints
from propension.treatments.contact.blocks import Blocks, find_blocks
from propension.treatments.contact.cases import UNKNOWN, Proposals
from propension.treatments.contact.local_time import (
    DAY,
    NEVER,
    country_clocks,
    country_zones,
    is_known_zone,
)
from propension.treatments.contact.reading import read_history, read_proposals
from propension.treatments.contact.rulebook import Rulebook

LOOK_AHEAD_DAYS = 60
# Refusals of what cannot be judged, in this order.
UNJUDGED = {
    "no-pack": "No pack of contact rules for this country",
    "unknown-time-zone": "The time zone is not in the tz database, or the country has none there",
    "no-instant": "No instant between 2000 and 2099",
    "unknown-channel": "Not a channel of the contract",
    "unknown-recipient": "Not a recipient of the contract",
    "no-customer": "No customer, so that no earlier contact can be counted",
}
# From 2000-01-01 and before 2100-01-01.
_FIRST, _LAST = 10_957 * DAY, 47_482 * DAY
# Cases that are judged together: what bounds memory.
_BATCH = 100_000


def check_contacts(proposals: pa.Table, history: pa.Table, rules: Rulebook) -> pa.Table:
    """Return for every proposal whether it is allowed, else the rule that refuses it, and from when.

    Each proposal is judged alone against ``history``. What cannot be judged is refused: a country
    without a pack, an unknown time zone, channel or recipient, no instant, no customer. Where the
    time zone is missing, the contact must be allowed in every time zone of the country.

    Parameters
    ----------
    proposals : pa.Table
        customer_id, channel, at (UTC), country; optional, or null: debt_id, region (ISO 3166-2),
        timezone (IANA). Without a column recipient, everyone is the debtor.
    history : pa.Table
        customer_id, channel, at (UTC), direction, outcome, and optionally debt_id, as in the
        canonical table ``contacts``; planned contacts may be among them. What is not known counts
        for the most it can be.
    rules : Rulebook

    Returns
    -------
    pa.Table
        In the order of the proposals: allowed; rule and citation, null where allowed, else of the
        first rule that refuses; earliest, the first instant from ``at`` on that every rule allows,
        null where there is none within 60 days.

    Raises
    ------
    DataError
        If a column is missing, or a contact of the history has no customer or no instant.
    """
    asked = read_proposals(proposals)
    verdicts = _Verdicts(_unjudged(asked, rules), asked.at.copy(), list(UNJUDGED.items()))
    rows = np.flatnonzero(verdicts.reason == UNKNOWN)
    if len(rows):
        # Two days more than counted: a day of the debtor's is not one of UTC.
        first = int(asked.at[rows].min()) - (rules.memory_days + 2) * DAY
        last = int(asked.at[rows].max()) + (LOOK_AHEAD_DAYS + rules.memory_days + 2) * DAY
        past = read_history(history, asked, first, last)
        clocks = lru_cache(maxsize=None)(partial(country_clocks, first=first, last=last))
        for place, here in asked.by_place(rows):
            country, region, zone = asked.places[place]
            shown = clocks((zone,) if zone else country_zones(country))
            for batch in np.array_split(here, -(-len(here) // _BATCH)):
                cases = asked.cases(batch, country, region, past)
                law = rules.rules(country, region)
                blocks = [found for rule in law for found in find_blocks(rule, cases, shown)]
                verdicts.settle(blocks, batch)
    return verdicts.as_table()


def _unjudged(asked: Proposals, rules: Rulebook) -> Array:
    """Position in UNJUDGED of what keeps a proposal from being judged."""
    no_pack = np.array([country not in rules.packs for country, _, _ in asked.places], bool)
    no_zone = [
        not (is_known_zone(zone) if zone else country_zones(country))
        for country, _, zone in asked.places
    ]
    faults = (
        no_pack[asked.place],
        np.array(no_zone, bool)[asked.place],
        ~asked.timed | (asked.at < _FIRST) | (asked.at >= _LAST),
        asked.channel == UNKNOWN,
        asked.recipient == UNKNOWN,
        asked.customer == UNKNOWN,
    )
    return np.select(faults, range(len(faults)), UNKNOWN)


@dataclass(frozen=True)
class _Verdicts:
    """Verdicts on every proposal, filled in batch by batch.

    Attributes
    ----------
    reason : array of int
        Position in reasons; -1 where allowed.
    at : array of int64
        The proposal's instant, and in the end the earliest that is allowed.
    reasons : list of (rule, citation)
    """

    reason: Array
    at: Ints
    reasons: list[tuple[str, str]]

    def settle(self, blocks: list[Blocks], rows: Array) -> None:
        """Judge a batch by all its blocks, and move it on until none refuses it any more."""
        asked_at = self.at[rows]
        everyone = np.arange(len(rows))
        refusing = np.full(len(rows), UNKNOWN)
        at = asked_at
        for position, block in reversed(list(enumerate(blocks, len(self.reasons)))):
            until = block.until(everyone, asked_at)
            refusing[until > asked_at] = position
            at = np.maximum(at, until)
        limit = asked_at + LOOK_AHEAD_DAYS * DAY
        moving = np.flatnonzero((at > asked_at) & (at <= limit))
        while len(moving):
            before = now = at[moving]
            for block in blocks:
                now = block.until(moving, now)
            at[moving] = now
            moving = moving[(now > before) & (now <= limit[moving])]
        self.reason[rows] = refusing
        self.at[rows] = np.where(at <= limit, at, NEVER)
        self.reasons.extend((block.rule.id, block.rule.citation) for block in blocks)

    def as_table(self) -> pa.Table:
        """Return the verdicts as columns."""
        allowed = self.reason == UNKNOWN
        why = pa.array(self.reason, mask=allowed)
        rule, citation = (pa.array(texts).take(why) for texts in zip(*self.reasons, strict=True))
        none = ~allowed & ((self.reason < len(UNJUDGED)) | (self.at == NEVER))
        earliest = pa.array(self.at, pa.int64(), mask=none).cast(pa.timestamp("us", "UTC"))
        columns = {"allowed": allowed, "rule": rule, "citation": citation, "earliest": earliest}
        return pa.table(columns)
