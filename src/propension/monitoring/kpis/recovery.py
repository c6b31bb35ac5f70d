"""What came back: money, and accounts that are current again."""

from __future__ import annotations

from propension.config import Texts
from propension.monitoring.kpis.kpi import Kpi

_OURS = "docs/kpis.md"

RECOVERY_KPIS = (
    Kpi(
        "collected",
        "sum(collected)",
        None,
        "amount",
        "up",
        "opening",
        Texts(es="Recaudo", pt="Recebimentos", en="Collected"),
        Texts(
            es="Pagos del mes menos reversos, sin lo pagado de más.",
            pt="Pagamentos do mês menos estornos, sem o que foi pago a mais.",
            en="Payments of the month less reversals, without over-payment.",
        ),
        _OURS,
    ),
    Kpi(
        "recovery_rate",
        "sum(recovered)",
        "sum(opening_overdue)",
        "share",
        "up",
        "opening",
        Texts(es="Tasa de recuperación", pt="Taxa de recuperação", en="Recovery rate"),
        Texts(
            es="Del saldo vencido al inicio del mes, la parte que entró en el mes.",
            pt="Do saldo vencido na abertura do mês, a parte que entrou no mês.",
            en="Of the balance overdue at the opening of the month, the share that came in within it.",
        ),
        _OURS,
    ),
    Kpi(
        "recovery_rate_90d",
        "sum(recovered_90d)",
        "sum(opening_overdue)",
        "share",
        "up",
        "opening",
        Texts(
            es="Tasa de recuperación a 90 días",
            pt="Taxa de recuperação em 90 dias",
            en="Recovery rate in 90 days",
        ),
        Texts(
            es="Del saldo vencido al inicio del mes, la parte que entró en 90 días; hasta entonces, lo que va.",
            pt="Do saldo vencido na abertura do mês, a parte que entrou em 90 dias; até lá, o que já entrou.",
            en="Of the balance overdue at the opening of the month, the share that came in within 90 days; until then, so far.",
        ),
        _OURS,
        matures_days=90,
    ),
    Kpi(
        "cure_rate",
        "count(*) FILTER (WHERE opening_overdue > 0 AND overdue = 0)",
        "count(*) FILTER (WHERE opening_overdue > 0)",
        "share",
        "up",
        "opening",
        Texts(es="Tasa de cura", pt="Taxa de cura", en="Cure rate"),
        Texts(
            es="De las cuentas en mora al inicio, la parte que al cierre está al día.",
            pt="Das contas em atraso na abertura, a parte que no fechamento está em dia.",
            en="Of the accounts overdue at the opening, the share that is current at the close.",
        ),
        _OURS,
    ),
    Kpi(
        "self_cure_rate",
        "count(*) FILTER (WHERE opening_overdue > 0 AND overdue = 0 AND NOT is_touched)",
        "count(*) FILTER (WHERE opening_overdue > 0 AND NOT is_touched)",
        "share",
        "none",
        "opening",
        Texts(es="Tasa de autocura", pt="Taxa de autocura", en="Self-cure rate"),
        Texts(
            es="Lo mismo, de las cuentas sin contacto alguno en el mes. A quién se contacta no es al azar: solo la del grupo de control es insesgada.",
            pt="O mesmo, das contas sem nenhum contato no mês. Quem é contatado não é ao acaso: só a do grupo de controle é sem viés.",
            en="The same, of the accounts without any contact in the month. Whom one contacts is not chance: only that of the control group is unbiased.",
        ),
        _OURS,
        needs="contacts",
    ),
    Kpi(
        "cost_to_collect",
        "sum(cost)",
        "sum(collected_late)",
        "share",
        "down",
        "opening",
        Texts(es="Costo de cobrar", pt="Custo de cobrança", en="Cost to collect"),
        Texts(
            es="Costo previsto de las gestiones que decidieron las listas del mes, por cada unidad que entró en él después de vencida.",
            pt="Custo previsto das ações que as listas do mês decidiram, por unidade que entrou nele depois de vencida.",
            en="Expected cost of what the month's lists decided to do, for every unit that came in within it after its due date.",
        ),
        _OURS,
        needs="lists",
    ),
)
