"""Who owes, how much and since when: the first columns of the scored list."""

from __future__ import annotations

import pyarrow as pa

from propension.config import texts
from propension.outputs.column import AMOUNT, TEXT, ScoredColumn

ACCOUNT_COLUMNS = (
    ScoredColumn(
        "as_of",
        pa.date32(),
        "date",
        texts("Fecha de corte", "Data de corte", "As-of date"),
        texts(
            "Día con el que se calcula todo; solo cuenta lo que se sabía hasta entonces.",
            "Dia usado em todos os cálculos; só conta o que se sabia até então.",
            "The day everything is looked at; only what was known by then counts.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "account_id",
        TEXT,
        "text",
        texts("Cuenta", "Conta", "Account"),
        texts(
            "Identificador de la cuenta: todo lo que un cliente debe bajo un mismo número.",
            "Identificador da conta: tudo o que um cliente deve sob um mesmo número.",
            "Identifier of the account: all that one customer owes under one number.",
        ),
    ),
    ScoredColumn(
        "customer_id",
        TEXT,
        "text",
        texts("N.º de cliente", "N.º do cliente", "Customer no."),
        texts(
            "Identificador del cliente que debe la cuenta.",
            "Identificador do cliente que deve a conta.",
            "Identifier of the customer who owes the account.",
        ),
    ),
    ScoredColumn(
        "customer_name",
        TEXT,
        "text",
        texts("Cliente", "Cliente", "Customer"),
        texts(
            "Nombre del cliente; puede venir enmascarado o vacío para proteger sus datos.",
            "Nome do cliente; pode vir mascarado ou vazio para proteger seus dados.",
            "Name of the customer; it may be masked or empty to protect personal data.",
        ),
    ),
    ScoredColumn(
        "customer_phone",
        TEXT,
        "text",
        texts("Teléfono", "Telefone", "Phone"),
        texts(
            "Teléfono del cliente que no consta como errado; solo donde se piden los datos completos.",
            "Telefone do cliente que não consta como errado; só onde se pedem os dados completos.",
            "Phone of the customer, unless known to be wrong; only where data are asked for in full.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "stage",
        TEXT,
        "text",
        texts("Etapa", "Etapa", "Stage"),
        texts(
            "Vencida: tiene saldo en mora. Por vencer: está al día y algo vence pronto.",
            "Em atraso: tem saldo vencido. A vencer: está em dia e algo vence em breve.",
            "Overdue: some balance is past due. Upcoming: up to date, with a due date near.",
        ),
    ),
    ScoredColumn(
        "days_past_due",
        pa.int64(),
        "integer",
        texts("Días de mora", "Dias de atraso", "Days past due"),
        texts(
            "Días desde el vencimiento impago más antiguo hasta la fecha de corte.",
            "Dias entre o vencimento em aberto mais antigo e a data de corte.",
            "Days from the oldest unpaid due date to the as-of date.",
        ),
    ),
    ScoredColumn(
        "dpd_bucket",
        TEXT,
        "text",
        texts("Tramo de mora", "Faixa de atraso", "Delinquency bucket"),
        texts(
            "Tramo en el que caen los días de mora.",
            "Faixa em que caem os dias de atraso.",
            "The range the days past due fall in.",
        ),
    ),
    ScoredColumn(
        "overdue_amount",
        AMOUNT,
        "amount",
        texts("Saldo vencido", "Saldo vencido", "Overdue balance"),
        texts(
            "Lo que ya venció y sigue sin pagar, neto de los pagos conocidos.",
            "O que já venceu e continua sem pagamento, líquido dos pagamentos conhecidos.",
            "What is past due and still unpaid, net of the payments known.",
        ),
    ),
    ScoredColumn(
        "amount_at_stake",
        AMOUNT,
        "amount",
        texts("Importe en juego", "Valor em jogo", "Amount at stake"),
        texts(
            "Lo vencido o, si nada ha vencido, lo que vence pronto: de esto se espera la recuperación.",
            "O que está em atraso ou, se nada venceu, o que vence em breve: é disto que se espera a recuperação.",
            "What is overdue or, where nothing is, what falls due soon: the recovery is expected of this.",
        ),
    ),
    ScoredColumn(
        "open_amount",
        AMOUNT,
        "amount",
        texts("Saldo total", "Saldo total", "Open balance"),
        texts(
            "Todo lo que debe la cuenta: lo vencido más lo que aún no vence.",
            "Tudo o que a conta deve: o vencido mais o que ainda vai vencer.",
            "All that the account owes: past due plus not yet due.",
        ),
    ),
    ScoredColumn(
        "currency",
        TEXT,
        "text",
        texts("Moneda", "Moeda", "Currency"),
        texts(
            "Moneda de los importes (código ISO 4217).",
            "Moeda dos valores (código ISO 4217).",
            "Currency of the amounts (ISO 4217 code).",
        ),
        in_list=False,
    ),
)
