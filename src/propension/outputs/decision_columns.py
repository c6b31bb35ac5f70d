"""What to do about an account, and on whose authority: the last columns of the scored list."""

from __future__ import annotations

import pyarrow as pa

from propension.config import texts
from propension.outputs.column import AMOUNT, SHARE, TEXT, ScoredColumn

REFUSAL = pa.struct([("treatment", TEXT), ("rule", TEXT), ("citation", TEXT)])

DECISION_COLUMNS = (
    ScoredColumn(
        "treatment",
        TEXT,
        "text",
        texts("Gestión", "Ação", "Treatment"),
        texts(
            "Lo que la política decide hacer con la cuenta.",
            "O que a política decide fazer com a conta.",
            "What the policy decides to do about the account.",
        ),
    ),
    ScoredColumn(
        "channel",
        TEXT,
        "text",
        texts("Canal", "Canal", "Channel"),
        texts(
            "Medio por el que se contacta al cliente.",
            "Meio pelo qual o cliente é contatado.",
            "Means by which the customer is contacted.",
        ),
    ),
    ScoredColumn(
        "tone",
        TEXT,
        "text",
        texts("Tono", "Tom", "Tone"),
        texts(
            "Tono del mensaje o de la conversación.",
            "Tom da mensagem ou da conversa.",
            "Tone of the message or the conversation.",
        ),
    ),
    ScoredColumn(
        "offer",
        TEXT,
        "text",
        texts("Oferta", "Oferta", "Offer"),
        texts(
            "Facilidad de pago que se puede ofrecer, dentro de los límites de la política.",
            "Condição de pagamento que se pode oferecer, dentro dos limites da política.",
            "Payment arrangement that may be offered, within the policy's limits.",
        ),
    ),
    ScoredColumn(
        "message",
        TEXT,
        "text",
        texts("Mensaje o guion", "Mensagem ou roteiro", "Message or script"),
        texts(
            "Texto listo para enviar, o guion para quien llama; el producto no envía nada.",
            "Texto pronto para enviar, ou roteiro para quem liga; o produto não envia nada.",
            "Text ready to be sent, or a script for who calls; the product sends nothing.",
        ),
    ),
    ScoredColumn(
        "manual",
        pa.bool_(),
        "boolean",
        texts("Requiere gestor", "Exige operador", "Needs an agent"),
        texts(
            "Sí: la atiende una persona. No: la gestión es automática.",
            "Sim: uma pessoa atende. Não: a ação é automática.",
            "Yes: a person handles it. No: the treatment is automatic.",
        ),
    ),
    ScoredColumn(
        "expected_uplift",
        AMOUNT,
        "amount",
        texts("Recuperación adicional", "Recuperação adicional", "Expected uplift"),
        texts(
            "Importe adicional que se espera recuperar con la gestión frente a no hacer nada.",
            "Valor adicional que se espera recuperar com a ação em relação a não fazer nada.",
            "Extra amount expected from the treatment compared with doing nothing.",
        ),
    ),
    ScoredColumn(
        "expected_cost",
        AMOUNT,
        "amount",
        texts("Costo esperado", "Custo esperado", "Expected cost"),
        texts(
            "Lo que cuesta aplicar la gestión a esta cuenta.",
            "Quanto custa aplicar a ação a esta conta.",
            "What it costs to apply the treatment to this account.",
        ),
    ),
    ScoredColumn(
        "priority",
        pa.int64(),
        "integer",
        texts("Prioridad", "Prioridade", "Priority"),
        texts(
            "Orden en que conviene trabajar la lista; 1 es la primera cuenta.",
            "Ordem em que convém trabalhar a lista; 1 é a primeira conta.",
            "The order in which to work the list; 1 is the first account.",
        ),
    ),
    ScoredColumn(
        "scheduled_at",
        pa.timestamp("us"),
        "date",
        texts("Fecha programada", "Data programada", "Scheduled for"),
        texts(
            "Día y hora previstos para la gestión en el reloj del cliente, dentro de las reglas de contacto.",
            "Dia e hora previstos para a ação no relógio do cliente, dentro das regras de contato.",
            "Day and time planned for the treatment on the customer's clock, within the contact rules.",
        ),
    ),
    ScoredColumn(
        "starts_at",
        pa.timestamp("us"),
        "date",
        texts("Empieza", "Começa", "Starts"),
        texts(
            "Día y hora en que el equipo empieza la gestión, en el reloj del equipo.",
            "Dia e hora em que a equipe começa a ação, no relógio da equipe.",
            "Day and time at which the team begins the treatment, on the team's clock.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "team",
        TEXT,
        "text",
        texts("Equipo", "Equipe", "Team"),
        texts(
            "Equipo que hace la gestión, o canal por el que sale el envío automático.",
            "Equipe que faz a ação, ou canal por onde sai o envio automático.",
            "Team that carries the treatment out, or channel by which it is sent automatically.",
        ),
    ),
    ScoredColumn(
        "agent",
        pa.int64(),
        "integer",
        texts("Agente", "Agente", "Agent"),
        texts(
            "Agente del equipo a quien le toca; su calendario está en la carpeta agenda.",
            "Agente da equipe a quem cabe; o calendário dele está na pasta agenda.",
            "Agent of the team who does it; the calendar is in the folder agenda.",
        ),
    ),
    ScoredColumn(
        "arm",
        TEXT,
        "text",
        texts("Grupo", "Grupo", "Experiment arm"),
        texts(
            "Grupo del experimento; el de control no recibe gestión, para poder medir el efecto.",
            "Grupo do experimento; o de controle não recebe ação, para medir o efeito.",
            "Arm of the experiment; the control group gets no treatment, to measure effects.",
        ),
    ),
    ScoredColumn(
        "strategy",
        TEXT,
        "text",
        texts("Estrategia", "Estratégia", "Strategy"),
        texts(
            "Estrategia que decidió: la vigente (champion) o una retadora; vacío en control y exploración.",
            "Estratégia que decidiu: a vigente (champion) ou uma desafiante; vazio em controle e exploração.",
            "Strategy that decided: the one in force (champion) or a challenger; empty in control and exploration.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "feedback",
        TEXT,
        "text",
        texts("Lo pedido por el equipo", "O pedido pela equipe", "Asked for by people"),
        texts(
            "Si alguien pidió otra gestión o posponer el contacto, qué se hizo con eso.",
            "Se alguém pediu outra ação ou adiar o contato, o que foi feito com isso.",
            "Where somebody asked for another treatment, or to put contact off, what became of it.",
        ),
    ),
    ScoredColumn(
        "assignment_probability",
        SHARE,
        "share",
        texts(
            "Probabilidad de asignación", "Probabilidade de atribuição", "Assignment probability"
        ),
        texts(
            "Probabilidad con la que esta cuenta recibió esta gestión; sirve para medir efectos.",
            "Probabilidade com que esta conta recebeu esta ação; serve para medir efeitos.",
            "Probability with which this account got this treatment; used to measure effects.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "refusals",
        pa.list_(REFUSAL),
        "list",
        texts("Gestiones descartadas", "Ações descartadas", "Refused treatments"),
        texts(
            "Gestiones que no se pueden aplicar a la cuenta, con la regla y su fuente.",
            "Ações que não podem ser aplicadas à conta, com a regra e sua fonte.",
            "Treatments that may not be applied to the account, with the rule and its source.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "model_name",
        TEXT,
        "text",
        texts("Modelo", "Modelo", "Model"),
        texts(
            "Nombre del modelo que calculó la propensión.",
            "Nome do modelo que calculou a propensão.",
            "Name of the model that computed the propensity.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "model_version",
        TEXT,
        "text",
        texts("Versión del modelo", "Versão do modelo", "Model version"),
        texts(
            "Versión registrada de ese modelo.",
            "Versão registrada desse modelo.",
            "Registered version of that model.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "policy_version",
        TEXT,
        "text",
        texts("Versión de la política", "Versão da política", "Policy version"),
        texts(
            "Versión de la política de cobranza que decidió la gestión.",
            "Versão da política de cobrança que decidiu a ação.",
            "Version of the collections policy that decided the treatment.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "run_id",
        TEXT,
        "text",
        texts("Corrida", "Execução", "Run"),
        texts(
            "Identificador de la corrida; los mismos datos, modelo y política dan el mismo.",
            "Identificador da execução; os mesmos dados, modelo e política dão o mesmo.",
            "Identifier of the run; the same data, model and policy give the same one.",
        ),
        in_list=False,
    ),
)
