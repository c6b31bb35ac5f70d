"""Offers in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from propension.config import Language, Texts
from propension.sources import text_literal
from propension.writing import LocalText

_DOWN = Texts(
    es="cuota inicial de {down} el {first_on} y ",
    pt="entrada de {down} em {first_on} e ",
    en="a down payment of {down} on {first_on} and ",
)
_INSTALMENTS = Texts(
    es="{count} cuotas de {each}{uneven}, la primera el {each_on}",
    pt="{count} parcelas de {each}{uneven}, a primeira em {each_on}",
    en="{count} instalments of {each}{uneven}, the first on {each_on}",
)
_UNEVEN = Texts(es=" (la última de {last})", pt=" (a última de {last})", en=" (the last of {last})")
_ONE_PAYMENT = {
    "extension": Texts(
        es="plazo hasta el {first_on} para pagar {amount}",
        pt="prazo até {first_on} para pagar {amount}",
        en="until {first_on} to pay {amount}",
    ),
    "settlement": Texts(
        es="un solo pago de {amount} hasta el {first_on}, con un descuento de {discount}",
        pt="um único pagamento de {amount} até {first_on}, com desconto de {discount}",
        en="a single payment of {amount} by {first_on}, with a discount of {discount}",
    ),
    "charges": Texts(
        es="un pago de {amount} hasta el {first_on}, con un descuento de {discount} en intereses y recargos",
        pt="um pagamento de {amount} até {first_on}, com desconto de {discount} em juros e encargos",
        en="a payment of {amount} by {first_on}, with {discount} of interest and fees waived",
    ),
}


def offer_text_sql(language: Language, local: LocalText, initial: str) -> str:
    """Return SQL for an offer in words, over kind, dates, payments and discount.

    Parameters
    ----------
    language : {"es", "pt", "en"}
    local : LocalText
    initial : str
        SQL for the number of down payments, 0 or 1.
    """
    each = f"payments[1 + {initial}]"
    values = {
        "amount": local.amount_sql("list_sum(payments)::BIGINT"),
        "discount": local.amount_sql("discount"),
        "first_on": local.date_sql("dates[1]"),
        "down": local.amount_sql("payments[1]"),
        "count": f"(len(payments) - {initial})::VARCHAR",
        "each": local.amount_sql(each),
        "last": local.amount_sql("payments[-1]"),
        "each_on": local.date_sql(f"dates[1 + {initial}]"),
    }
    uneven = _phrase(_UNEVEN.in_language(language), values)
    values["uneven"] = f"CASE WHEN payments[-1] <> {each} THEN {uneven} ELSE '' END"
    down = _phrase(_DOWN.in_language(language), values)
    plan = _phrase(_INSTALMENTS.in_language(language), values)
    cases = " ".join(
        f"WHEN '{kind}' THEN {_phrase(text.in_language(language), values)}"
        for kind, text in _ONE_PAYMENT.items()
    )
    return f"CASE t.kind {cases} ELSE CASE WHEN {initial} = 1 THEN {down} ELSE '' END || {plan} END"


def _phrase(text: str, values: Mapping[str, str]) -> str:
    """Return SQL that writes a text with its ``{places}`` filled."""
    pieces = re.split(r"\{(\w+)\}", text)
    return (
        "("
        + " || ".join(
            values[piece] if index % 2 else text_literal(piece)
            for index, piece in enumerate(pieces)
            if piece
        )
        + ")"
    )
