"""What differs between countries: money, language, clock and places."""

from __future__ import annotations

from typing import NamedTuple


class Country(NamedTuple):
    """One country; ``debt`` is the median debt in whole currency units."""

    currency: str
    debt: int
    language: str
    timezone: str
    dialling: str
    regions: tuple[str, ...]


COUNTRIES = {
    "CO": Country("COP", 400_000, "es", "America/Bogota", "+57", ("DC", "ANT", "VAC", "ATL")),
    "MX": Country("MXN", 2_500, "es", "America/Mexico_City", "+52", ("CMX", "JAL", "NLE", "PUE")),
    "PE": Country("PEN", 400, "es", "America/Lima", "+51", ("LIM", "ARE", "LAL", "PIU")),
    "CL": Country("CLP", 90_000, "es", "America/Santiago", "+56", ("RM", "VS", "BI", "AN")),
    "AR": Country("ARS", 150_000, "es", "America/Buenos_Aires", "+54", ("C", "B", "X", "S")),
    "BR": Country("BRL", 600, "pt", "America/Sao_Paulo", "+55", ("SP", "RJ", "MG", "BA")),
    "EC": Country("USD", 120, "es", "America/Guayaquil", "+593", ("P", "G", "A", "M")),
    "US": Country("USD", 250, "en", "America/New_York", "+1", ("NY", "FL", "NJ", "PA")),
    "ES": Country("EUR", 200, "es", "Europe/Madrid", "+34", ("MD", "CT", "AN", "VC")),
}
