"""The terms of every kind of offer: what is paid, what is forgone, or why there is no offer.

Money is whole hundredths, and payments are whole minor units of the currency but for the last,
which takes the rest: sums are exact.
"""

from __future__ import annotations

from decimal import Decimal

from propension.config import Charges, Extension, InstalmentPlan, Offer, Settlement, Texts
from propension.sources import text_literal

_MILLION = 1_000_000
_NO_CEILING = 10**18

REFUSALS: dict[str, Texts] = {
    "nothing_overdue": Texts(
        es="No hay saldo vencido", pt="Não há saldo vencido", en="Nothing is overdue"
    ),
    "amount_too_small": Texts(
        es="El saldo es menor que el mínimo", pt="O saldo é menor que o mínimo",
        en="The balance is below the minimum",
    ),
    "down_payment_above_ability": Texts(
        es="La cuota inicial supera lo que suele pagar",
        pt="A entrada supera o que costuma pagar",
        en="The down payment is more than it usually pays",
    ),
    "too_few_due_dates": Texts(
        es="El plazo máximo no alcanza para las cuotas", pt="O prazo máximo não comporta as parcelas",
        en="The longest duration does not hold the instalments",
    ),
    "needs_more_instalments": Texts(
        es="Necesitaría más cuotas que el máximo", pt="Precisaria de mais parcelas que o máximo",
        en="It would need more instalments than the maximum",
    ),
    "ability_below_least": Texts(
        es="La cuota mínima supera lo que suele pagar",
        pt="A parcela mínima supera o que costuma pagar",
        en="The least instalment is more than it usually pays",
    ),
    "no_working_day": Texts(
        es="El plazo no tiene ningún día hábil", pt="O prazo não tem nenhum dia útil",
        en="The period holds no working day",
    ),
    "propensity_unknown": Texts(
        es="No se conoce su propensión", pt="A propensão não é conhecida",
        en="Its propensity is not known",
    ),
    "propensity_too_high": Texts(
        es="Es probable que pague sin descuento", pt="É provável que pague sem desconto",
        en="It is likely to pay without a discount",
    ),
    "too_few_days_past_due": Texts(
        es="Aún no tiene los días de mora requeridos", pt="Ainda não tem os dias de atraso exigidos",
        en="It is not long enough past due",
    ),
    "nothing_to_waive": Texts(
        es="No hay cargos que condonar", pt="Não há encargos a dispensar",
        en="There are no charges to waive",
    ),
}  # fmt: skip


def terms_sql(treatment: str, offer: Offer, step: int) -> str:
    """Return a SELECT of account_id, kind, dates, payments, discount and refused for one offer.

    Parameters
    ----------
    treatment : str
        Whose accounts of ``offered`` it is for.
    offer : Offer
    step : int
        Hundredths in the currency's minor unit: 1 or 100.
    """
    accounts = f"(SELECT * FROM offered WHERE treatment = {text_literal(treatment)})"
    match offer:
        case InstalmentPlan():
            kind = _plan_sql(offer, accounts, step)
        case Extension():
            kind = _extension_sql(accounts)
        case Settlement():
            kind = _settlement_sql(offer, accounts, step)
        case Charges():
            kind = _charges_sql(offer, accounts, step)
    return f"""
SELECT account_id, '{offer.kind}' AS kind, dates,
       CASE WHEN refused IS NULL THEN payments END::BIGINT[] AS payments,
       CASE WHEN refused IS NULL THEN discount END::BIGINT AS discount, refused
FROM ({kind})"""


def _plan_sql(plan: InstalmentPlan, accounts: str, step: int) -> str:
    initial = 1 if plan.down_payment_share else 0
    least = max(_hundredths(plan.min_amount), step)
    ceiling = "NULL"
    if plan.ability_multiple is not None:
        ceiling = f"mean_paid::HUGEINT * {_millionths(plan.ability_multiple)} // {_MILLION}"

    def each(count: str) -> str:
        return f"(rest // ({count} * {step}) * {step})"

    def last(count: str) -> str:
        return f"(rest - ({count} - 1) * {each(count)})"

    down = (
        f"(cents::HUGEINT * {_millionths(plan.down_payment_share)} + {_MILLION - 1}) // {_MILLION}"
    )
    return f"""
SELECT *, 0 AS discount,
       {"[down] ||" if initial else ""} list_transform(range(1, count + 1),
           lambda k: CASE WHEN k < count THEN {each("count")} ELSE {last("count")} END) AS payments,
       CASE WHEN cents <= 0 THEN 'nothing_overdue'
            WHEN down > ceiling THEN 'down_payment_above_ability'
            WHEN count IS NOT NULL THEN NULL
            WHEN most < {plan.min_instalments} THEN 'too_few_due_dates'
            WHEN {each(str(plan.min_instalments))} < {least} THEN 'amount_too_small'
            WHEN ceiling < {least} THEN 'ability_below_least'
            WHEN {last(str(plan.max_instalments))} > ceiling THEN 'needs_more_instalments'
            WHEN {last("most")} > ceiling THEN 'too_few_due_dates'
            ELSE 'ability_below_least' END AS refused
FROM (
    SELECT *, list_filter(range({plan.min_instalments}, most + 1),
        lambda n: {each("n")} >= {least} AND {last("n")} <= ceiling)[1] AS count
    FROM (
        SELECT *, cents - down AS rest, least({plan.max_instalments}, len(dates) - {initial}) AS most
        FROM (
            SELECT *, (({down}) + {step - 1}) // {step} * {step} AS down,
                   least(coalesce({ceiling}, {_NO_CEILING}), {_NO_CEILING}) AS ceiling
            FROM {accounts}
        )
    )
)"""


def _extension_sql(accounts: str) -> str:
    return f"""
SELECT *, [cents] AS payments, 0 AS discount,
       CASE WHEN cents <= 0 THEN 'nothing_overdue'
            WHEN len(dates) = 0 THEN 'no_working_day' END AS refused
FROM {accounts}"""


def _settlement_sql(offer: Settlement, accounts: str, step: int) -> str:
    steps = " ".join(
        f"WHEN days_past_due >= {found.from_days} THEN {_millionths(found.discount)}"
        for found in reversed(offer.steps)
    )
    return f"""
SELECT *, [cents - discount] AS payments,
       CASE WHEN cents <= 0 THEN 'nothing_overdue'
            WHEN propensity IS NULL THEN 'propensity_unknown'
            WHEN propensity >= {offer.max_propensity} THEN 'propensity_too_high'
            WHEN discount IS NULL THEN 'too_few_days_past_due'
            WHEN discount = 0 THEN 'amount_too_small' END AS refused
FROM (SELECT *, {_part("cents", f"CASE {steps} END", step)} AS discount FROM {accounts})"""


def _charges_sql(offer: Charges, accounts: str, step: int) -> str:
    fee = str(_hundredths(offer.late_fee) // step * step)
    if offer.late_fee_share:
        fee = _part("cents", str(_millionths(offer.late_fee_share)), step)
    interest = _interest("cents", offer.annual_rate, step)
    charged = f"{fee} + {interest}"
    if offer.fee_under_cap:
        charged = f"least({charged}, {_interest('cents', offer.max_annual_rate, step)})"
    return f"""
SELECT *, [cents + charged - discount] AS payments,
       CASE WHEN cents <= 0 THEN 'nothing_overdue'
            WHEN discount = 0 THEN 'nothing_to_waive' END AS refused
FROM (
    SELECT *, {_part("charged", str(_millionths(offer.waived_share)), step)} AS discount
    FROM (SELECT *, {charged} AS charged FROM {accounts})
)"""


def _interest(amount: str, annual_rate: Decimal, step: int) -> str:
    """Simple interest over the days past due; a year has 365 days."""
    days = "greatest(coalesce(days_past_due, 0), 0)"
    grown = f"{amount}::HUGEINT * {_millionths(annual_rate)} * {days}"
    return f"({grown} // {365 * _MILLION} // {step} * {step})"


def _part(amount: str, millionths: str, step: int) -> str:
    """A share of an amount in whole minor units, rounded down."""
    return f"({amount}::HUGEINT * {millionths} // {_MILLION} // {step} * {step})"


def _millionths(share: Decimal) -> int:
    return int(share * _MILLION)


def _hundredths(amount: Decimal) -> int:
    return int(amount * 100)
