"""What is owed, how old it is, and where it goes: balances, roll rates, vintages, DSO."""

from __future__ import annotations

from itertools import pairwise

from propension.config import Texts
from propension.monitoring.kpis.kpi import COHORT_MONTHS, DIMENSIONS, Kpi
from propension.snapshots import BUCKETS
from propension.sources import text_literal

_OURS = "docs/kpis.md"
_SCORECARDS = "Siddiqi, Credit Risk Scorecards, Wiley 2006"
_CRF = "Credit Research Foundation"


def _roll_rate(bucket: str, after: str) -> Kpi:
    # Nothing leaves the last bucket for a later one: what is in it already stays in the comparison.
    held = (bucket, after) if after == BUCKETS[-1] else (bucket,)
    return Kpi(
        f"roll_rate_{bucket.replace('-', '_')}",
        f"sum(balance) FILTER (WHERE dpd_bucket = '{after}')",
        f"sum(opening_balance) FILTER (WHERE opening_dpd_bucket IN ({', '.join(map(text_literal, held))}))",
        "share",
        "down",
        "opening",
        Texts(
            es=f"Tasa de rodamiento de {bucket} a {after}".replace("current", "al día"),
            pt=f"Taxa de rolagem de {bucket} para {after}".replace("current", "em dia"),
            en=f"Roll rate from {bucket} to {after}",
        ),
        Texts(
            es="Saldo de las cuentas que al cierre están en el tramo siguiente, sobre el saldo de las que al inicio estaban en este "
            "(y, hacia el último tramo, de las que ya estaban en él).",
            pt="Saldo das contas que no fechamento estão na faixa seguinte, sobre o saldo das que na abertura estavam nesta "
            "(e, para a última faixa, das que já estavam nela).",
            en="Balance of the accounts in the next bucket at the close, over the balance of those in this one at the opening "
            "(and, into the last bucket, of those already in it).",
        ),
        _SCORECARDS,
        within=tuple(name for name in DIMENSIONS if name != "dpd_bucket"),
    )


BALANCE_KPIS = (
    Kpi(
        "balance",
        "sum(balance)",
        None,
        "amount",
        "none",
        "close",
        Texts(es="Saldo total", pt="Saldo total", en="Open balance"),
        Texts(
            es="Todo lo que las cuentas deben al cierre, vencido o no; por tramo, según su obligación impaga más antigua.",
            pt="Tudo o que as contas devem no fechamento, vencido ou não; por faixa, segundo a dívida em aberto mais antiga.",
            en="All that accounts owe at the close, past due or not; by bucket, that of their oldest unpaid debt.",
        ),
        _OURS,
    ),
    Kpi(
        "overdue_balance",
        "sum(overdue)",
        None,
        "amount",
        "down",
        "close",
        Texts(es="Saldo vencido", pt="Saldo vencido", en="Overdue balance"),
        Texts(
            es="Lo que al cierre ya venció y sigue sin pagar.",
            pt="O que no fechamento já venceu e continua sem pagamento.",
            en="What is past due and unpaid at the close.",
        ),
        _OURS,
    ),
    Kpi(
        "overdue_share",
        "sum(overdue)",
        "sum(balance)",
        "share",
        "down",
        "close",
        Texts(es="Índice de morosidad", pt="Índice de inadimplência", en="Overdue share"),
        Texts(
            es="Saldo vencido sobre saldo total, al cierre.",
            pt="Saldo vencido sobre saldo total, no fechamento.",
            en="Overdue balance over open balance, at the close.",
        ),
        _OURS,
    ),
    Kpi(
        "overdue_accounts",
        "count(*) FILTER (WHERE overdue > 0)",
        None,
        "count",
        "down",
        "close",
        Texts(es="Cuentas en mora", pt="Contas em atraso", en="Overdue accounts"),
        Texts(
            es="Cuentas que al cierre tienen algo vencido.",
            pt="Contas que no fechamento têm algo vencido.",
            en="Accounts with something past due at the close.",
        ),
        _OURS,
    ),
    *(_roll_rate(bucket, after) for bucket, after in pairwise(BUCKETS)),
    Kpi(
        "vintage",
        "sum(balance)",
        "sum(amount)",
        "share",
        "down",
        "close",
        Texts(es="Cosecha sin pagar", pt="Safra sem pagamento", en="Unpaid vintage"),
        Texts(
            es="De lo que vencía en un mes, la parte sin pagar al cierre de ese mes y de los siguientes.",
            pt="Do que vencia em um mês, a parte sem pagamento no fechamento desse mês e dos seguintes.",
            en="Of what fell due in a month, the share unpaid at the close of that month and of each later one.",
        ),
        _SCORECARDS,
        within=(),
        rows=COHORT_MONTHS,
    ),
    Kpi(
        "days_sales_outstanding",
        "90 * sum(balance)",
        "sum(billed_90d)",
        "days",
        "down",
        "close",
        Texts(
            es="Días de ventas por cobrar (DSO)",
            pt="Prazo médio de recebimento (DSO)",
            en="Days sales outstanding (DSO)",
        ),
        Texts(
            es="Saldo total al cierre sobre lo facturado en los últimos 90 días, por 90.",
            pt="Saldo total no fechamento sobre o faturado nos últimos 90 dias, vezes 90.",
            en="Open balance at the close over what was billed in the last 90 days, times 90.",
        ),
        _CRF,
        within=("country", "product_line", "segment"),
    ),
    Kpi(
        "collection_effectiveness_index",
        "sum(opening_balance + billed - balance)",
        "sum(opening_balance + billed - balance + overdue)",
        "share",
        "up",
        "opening",
        Texts(
            es="Índice de efectividad de cobranza (CEI)",
            pt="Índice de eficácia de cobrança (CEI)",
            en="Collection effectiveness index (CEI)",
        ),
        Texts(
            es="Saldo inicial más lo facturado menos el saldo final, sobre saldo inicial más lo facturado menos el saldo final no vencido.",
            pt="Saldo inicial mais o faturado menos o saldo final, sobre saldo inicial mais o faturado menos o saldo final a vencer.",
            en="Opening balance plus billed less closing balance, over opening balance plus billed less what is not yet due at the close.",
        ),
        _CRF,
    ),
)
