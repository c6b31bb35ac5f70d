"""What was done and said: contact, work, promises."""

from __future__ import annotations

from propension.config import Texts
from propension.monitoring.kpis.kpi import Kpi

_OURS = "docs/kpis.md"

EFFORT_KPIS = (
    Kpi(
        "penetration",
        "count(*) FILTER (WHERE opening_overdue > 0 AND is_worked)",
        "count(*) FILTER (WHERE opening_overdue > 0)",
        "share",
        "none",
        "opening",
        Texts(es="Penetración", pt="Penetração", en="Penetration"),
        Texts(
            es="De las cuentas en mora al inicio, la parte con al menos un intento de contacto en el mes.",
            pt="Das contas em atraso na abertura, a parte com ao menos uma tentativa de contato no mês.",
            en="Of the accounts overdue at the opening, the share with at least one contact attempt in the month.",
        ),
        _OURS,
        needs="contacts",
    ),
    Kpi(
        "intensity",
        "sum(attempts)",
        "count(*) FILTER (WHERE is_worked)",
        "ratio",
        "none",
        "opening",
        Texts(es="Intensidad", pt="Intensidade", en="Intensity"),
        Texts(
            es="Intentos de contacto por cuenta trabajada en el mes.",
            pt="Tentativas de contato por conta trabalhada no mês.",
            en="Contact attempts per account worked in the month.",
        ),
        _OURS,
        needs="contacts",
    ),
    Kpi(
        "contactability",
        "sum(effective_contacts)",
        "sum(attempts)",
        "share",
        "up",
        "opening",
        Texts(es="Contactabilidad", pt="Contatabilidade", en="Contactability"),
        Texts(
            es="De los intentos de contacto del mes, la parte en que se habló con el titular.",
            pt="Das tentativas de contato do mês, a parte em que se falou com o titular.",
            en="Of the month's contact attempts, the share that reached the debtor in person.",
        ),
        _OURS,
        needs="contacts",
    ),
    Kpi(
        "right_party_contact",
        "count(*) FILTER (WHERE is_worked AND is_reached)",
        "count(*) FILTER (WHERE is_worked)",
        "share",
        "up",
        "opening",
        Texts(
            es="Contacto directo con titular (RPC)",
            pt="Contato direto com o titular (RPC)",
            en="Right-party contact (RPC)",
        ),
        Texts(
            es="De las cuentas trabajadas en el mes, la parte con cuyo titular se habló, llamara quien llamara.",
            pt="Das contas trabalhadas no mês, a parte com cujo titular se falou, quem quer que tenha ligado.",
            en="Of the accounts worked in the month, the share whose debtor was spoken with, whoever called.",
        ),
        _OURS,
        needs="contacts",
    ),
    Kpi(
        "promises_made",
        "sum(promises_made)",
        None,
        "count",
        "up",
        "opening",
        Texts(es="Promesas de pago", pt="Promessas de pagamento", en="Promises made"),
        Texts(
            es="Promesas hechas en el mes.",
            pt="Promessas feitas no mês.",
            en="Promises made in the month.",
        ),
        _OURS,
        needs="promises",
    ),
    Kpi(
        "promised_amount",
        "sum(promised_amount)",
        None,
        "amount",
        "up",
        "opening",
        Texts(es="Importe prometido", pt="Valor prometido", en="Promised amount"),
        Texts(
            es="Importe de las promesas hechas en el mes.",
            pt="Valor das promessas feitas no mês.",
            en="Amount of the promises made in the month.",
        ),
        _OURS,
        needs="promises",
    ),
    Kpi(
        "promises_kept",
        "sum(promises_kept)",
        "sum(promises_matured)",
        "share",
        "up",
        "opening",
        Texts(es="Promesas cumplidas", pt="Promessas cumpridas", en="Promises kept"),
        Texts(
            es="De las promesas que maduraron en el mes (su fecha más los días de gracia), la parte pagada casi por completo hasta entonces.",
            pt="Das promessas que venceram no mês (sua data mais os dias de carência), a parte paga quase por inteiro até então.",
            en="Of the promises that matured in the month (their date and days of grace), the share paid nearly in full by then.",
        ),
        _OURS,
        needs="promises",
    ),
)
