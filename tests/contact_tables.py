"""Proposals and past contacts as tables, from a few words each."""

import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow as pa

INSTANT = pa.timestamp("us", "UTC")
PROPOSAL = dict.fromkeys(
    ("customer_id", "debt_id", "channel", "at", "country", "region", "timezone", "recipient")
)
CONTACT = dict.fromkeys(("customer_id", "debt_id", "channel", "at", "direction", "outcome"))
HOME = {
    "CO": "America/Bogota",
    "MX": "America/Mexico_City",
    "PE": "America/Lima",
    "CL": "America/Santiago",
    "AR": "America/Argentina/Buenos_Aires",
    "BR": "America/Sao_Paulo",
    "EC": "America/Guayaquil",
    "US": "America/New_York",
    "ES": "Europe/Madrid",
}


def table(rows, columns):
    schema = pa.schema([(name, INSTANT if name == "at" else pa.string()) for name in columns])
    return pa.Table.from_pylist([{**columns, **row} for row in rows], schema=schema)


def proposals(*rows):
    return table(rows, PROPOSAL)


def contacts(*rows):
    return table(rows, CONTACT)


def instant(text, zone):
    """``2026-01-13 19:00`` on the clock of a zone."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def proposal(country, local, channel="call", **other):
    """An ordinary proposal, at a local time of the country's capital or of ``timezone``."""
    zone = other.get("timezone", HOME[country]) or HOME[country]
    row = {"customer_id": "C", "debt_id": "D", "channel": channel, "country": country}
    return {
        **row, "at": instant(local, zone), "timezone": zone, "recipient": "debtor", **other,
    }  # fmt: skip


def contact(country, local, channel="call", outcome="no_answer", **other):
    """An outbound contact with the same customer about the same debt."""
    row = {"customer_id": "C", "debt_id": "D", "channel": channel, "direction": "out"}
    return {**row, "at": instant(local, HOME[country]), "outcome": outcome, **other}
