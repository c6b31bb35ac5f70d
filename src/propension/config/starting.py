"""What a new portfolio starts from: settings and policy, commented, in the money and language of its country."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from propension.config.countries import COUNTRIES, Country
from propension.errors import ConfigurationError

# The country whose money the shipped policy is written in.
HOME = "CO"
_MONEY = re.compile(r"^( +(?:cost|worth|amount|min_amount): )(\d+)$", re.MULTILINE)
_DIGITS = 2


def starting_files(name: str, country: str = HOME) -> dict[str, str]:
    """Return the content of every file of a new portfolio, the settings first.

    Costs, budgets and floors are those of the shipped policy at the size that debts have in the country,
    rounded: a start, to be replaced by the company's own.

    Parameters
    ----------
    name : str
        Of the portfolio.
    country : str
        ISO 3166-1, one of ``COUNTRIES``.

    Raises
    ------
    ConfigurationError
        If the country is not known.
    """
    found = COUNTRIES.get(country.upper())
    if found is None:
        raise ConfigurationError(
            f"country {country}: not known here. Choose one of {', '.join(COUNTRIES)}, and change portfolio and money in "
            "the files afterwards."
        )
    folder = files("propension.config") / "template"
    settings = (folder / "propension.yaml").read_text(encoding="utf-8")
    replaced = {
        f"country: {HOME}": f"country: {country.upper()}",
        f"currency: {COUNTRIES[HOME].currency}": f"currency: {found.currency}",
        f"language: {COUNTRIES[HOME].language}": f"language: {found.language}",
        f"# timezone: {COUNTRIES[HOME].timezone}": f"# timezone: {found.timezone}",
        # Last: a name may hold any of these.
        "name: demo": f"name: {json.dumps(name[:80], ensure_ascii=False)}",
    }
    for before, now in replaced.items():
        settings = settings.replace(f"  {before}", f"  {now}", 1)
    policy = (folder / "policy.yaml").read_text(encoding="utf-8")
    return {"propension.yaml": settings, "policy.yaml": _in_money_of(policy, found)}


def _in_money_of(policy: str, country: Country) -> str:
    home = COUNTRIES[HOME]
    if country == home:
        return policy
    scale = country.debt / home.debt
    scaled = _MONEY.sub(lambda found: found[1] + _rounded(int(found[2]) * scale), policy)
    return scaled.replace(f'"{home.dialling} 601 000 0000"', f'"{country.dialling} 000 000 0000"')


def _rounded(amount: float) -> str:
    """An amount with two digits that say something, never in powers of ten."""
    return f"{float(f'{amount:.{_DIGITS - 1}e}'):.6f}".rstrip("0").rstrip(".")
